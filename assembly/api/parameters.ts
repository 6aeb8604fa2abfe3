/** The areas that host and stack share: parameters, descriptor (abi/parameters.ts). */
import { Descriptor, Parameter } from "../abi/parameters";

const parameters: usize = memory.data(Parameter.Octets, 8);
const descriptor: usize = memory.data(4 * Descriptor.Words, 4);

/** Where the parameters lie. */
export function parametersAt(): usize {
  return parameters;
}

/** Word `index` of what begins `offset` octets into the parameters. */
export function parameterWord(offset: usize, index: u32): u32 {
  return load<u32>(parameters + offset + (<usize>index << 2));
}

/** Sets word `index` of the parameters. */
export function setParameterWord(index: u32, value: u32): void {
  store<u32>(parameters + (<usize>index << 2), value);
}

/** Where the descriptor lies. */
export function descriptorAt(): usize {
  return descriptor;
}

/** Says of the outgoing frame what the driver is to do with it. */
export function describeFrame(flags: u32, segmentSize: u32): void {
  describeWord(Descriptor.Flags, flags);
  describeWord(Descriptor.SegmentSize, segmentSize);
}

/** Sets a word of the descriptor. */
export function describeWord(word: Descriptor, value: u32): void {
  store<u32>(descriptor + (<usize>word << 2), value);
}

/** The parameters: the area that host and stack share (abi/parameters.ts). */
import { Parameter } from "../abi/parameters";

const parameters: usize = memory.data(Parameter.Octets, 8);

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

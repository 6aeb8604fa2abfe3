/** What calls tell beside their result. */
import { Descriptor, Waiting } from "../../../assembly/abi/parameters";
import {
  describeOctets, describeWord, descriptorAt, setEventsWait, setFramesWait,
} from "../../../assembly/core/descriptor";

function word(index: Descriptor): u32 {
  return load<u32>(descriptorAt() + 4 * index);
}

describe("the descriptor", () => {
  it("is words", () => {
    describeWord(Descriptor.Events, 77);
    expect<u32>(word(Descriptor.Events)).toBe(77);
    describeWord(Descriptor.Interface, 5);
    expect<u32>(word(Descriptor.Interface)).toBe(5);
    expect<u32>(word(Descriptor.Events)).toBe(77);
  });

  it("has a bit for each that may wait", () => {
    setFramesWait(1);
    expect<u32>(word(Descriptor.Waiting)).toBe(Waiting.Frames);
    setEventsWait(1);
    expect<u32>(word(Descriptor.Waiting)).toBe(Waiting.Frames | Waiting.Events);
    setFramesWait(0);
    expect<u32>(word(Descriptor.Waiting)).toBe(Waiting.Events);
    setEventsWait(0);
    expect<u32>(word(Descriptor.Waiting)).toBe(0);
  });
});

describe("describeOctets", () => {
  const RING: usize = 0x10000;
  const MASK: u32 = 255;

  it("tells where octets of a ring lie, in one piece or in two", () => {
    const lens: u32[] = [0, 1, 55, 56, 57, 100, 256];
    for (let index = 0; index < lens.length; index++) {
      const len = lens[index];
      const piece = min<u32>(len, 56);
      expect<u32>(describeOctets(RING, MASK, 0x12345600 + 200, len)).toBe(piece);
      expect<u32>(word(Descriptor.At)).toBe(<u32>RING + 200);
      expect<u32>(word(Descriptor.Rest)).toBe(len - piece);
      expect<u32>(word(Descriptor.RestAt)).toBe(<u32>RING);
    }
  });

  it("tells of all of a ring from its first octet as of one piece", () => {
    expect<u32>(describeOctets(RING, MASK, 0xffffff00, 256)).toBe(256);
    expect<u32>(word(Descriptor.Rest)).toBe(0);
  });
});

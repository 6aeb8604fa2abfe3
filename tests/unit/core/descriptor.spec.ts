/** What calls tell beside their result. */
import { Descriptor, Waiting } from "../../../assembly/abi/parameters";
import {
  describeWord, descriptorAt, setEventsWait, setFramesWait,
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

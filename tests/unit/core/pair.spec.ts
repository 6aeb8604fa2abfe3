/** Pairs of addresses and ports. */
import { Pair, copyPair, pairOf } from "../../../assembly/core/pair";

const one: Pair = changetype<Pair>(memory.data(offsetof<Pair>(), 8));

describe("pairOf", () => {
  it("is a pair of what it was given, until it is asked again", () => {
    const pair = pairOf(1, 2, 3);
    expect<u64>(pair.remoteHigh).toBe(1);
    expect<u64>(pair.remoteLow).toBe(2);
    expect<u32>(pair.ports).toBe(3);
    pairOf(4, 5, 6);
    expect<u32>(pair.ports).toBe(6);
  });
});

describe("copyPair", () => {
  it("copies the pair, and not the place in a list", () => {
    memory.fill(changetype<usize>(one), 0x11, offsetof<Pair>());
    copyPair(one, pairOf(7, 8, 9));
    expect<u64>(one.remoteHigh).toBe(7);
    expect<u64>(one.remoteLow).toBe(8);
    expect<u32>(one.ports).toBe(9);
    expect<usize>(changetype<usize>(one.next)).toBe(0x11111111);
  });
});

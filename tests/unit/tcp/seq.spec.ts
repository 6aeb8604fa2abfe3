/** Sequence numbers, modulo 2^32. */
import {
  seqDistance, seqGe, seqGt, seqInWindow, seqLe, seqLt, seqMax, seqMin,
} from "../../../assembly/tcp/seq";
import { CORNERS, next, seed } from "../support/numbers";

describe("seqLt, seqLe, seqGt and seqGe", () => {
  it("agree with the shorter way round, from every corner", () => {
    for (let index = 0; index < CORNERS.length; index++) {
      const a = CORNERS[index];
      expect<bool>(seqLt(a, a)).toBe(false);
      expect<bool>(seqLe(a, a)).toBe(true);
      expect<bool>(seqGt(a, a)).toBe(false);
      expect<bool>(seqGe(a, a)).toBe(true);
      const steps: u32[] = [1, 2, 1000, 0x7ffffffe, 0x7fffffff];
      for (let step = 0; step < steps.length; step++) {
        const b = a + steps[step];
        expect<bool>(seqLt(a, b) && seqLe(a, b) && seqGt(b, a) && seqGe(b, a)).toBe(true);
        expect<bool>(seqGt(a, b) || seqGe(a, b) || seqLt(b, a) || seqLe(b, a)).toBe(false);
      }
    }
  });

  it("do not change when both numbers are moved by the same distance", () => {
    seed(1);
    for (let run = 0; run < 2000; run++) {
      const a = next();
      const b = next();
      const by = next();
      if (seqLt(a, b) != seqLt(a + by, b + by)) throw new Error("seqLt depends on the place");
      if (a - b != 0x80000000 && seqLt(a, b) == seqGe(a, b)) throw new Error("both or neither");
      if (seqLt(a, b) != seqGt(b, a) && a - b != 0x80000000) throw new Error("not mirrored");
    }
    expect<bool>(true).toBe(true);
  });
});

describe("seqDistance", () => {
  it("is the way forward, over the wrap too", () => {
    expect<u32>(seqDistance(5, 9)).toBe(4);
    expect<u32>(seqDistance(0xfffffffe, 3)).toBe(5);
    expect<u32>(seqDistance(7, 7)).toBe(0);
  });
});

describe("seqMax", () => {
  it("is the later of the two, across the wrap", () => {
    expect<u32>(seqMax(1, 2)).toBe(2);
    expect<u32>(seqMax(2, 1)).toBe(2);
    expect<u32>(seqMax(0xffffffff, 1)).toBe(1);
  });
});

describe("seqMin", () => {
  it("is the earlier one", () => {
    expect<u32>(seqMin(1, 2)).toBe(1);
    expect<u32>(seqMin(0xffffffff, 1)).toBe(0xffffffff);
    expect<u32>(seqMin(1, 0xffffffff)).toBe(0xffffffff);
  });
});

describe("seqInWindow", () => {
  it("holds for the first and the last number and no other", () => {
    for (let index = 0; index < CORNERS.length; index++) {
      const from = CORNERS[index];
      expect<bool>(seqInWindow(from, from, 10)).toBe(true);
      expect<bool>(seqInWindow(from + 9, from, 10)).toBe(true);
      expect<bool>(seqInWindow(from + 10, from, 10)).toBe(false);
      expect<bool>(seqInWindow(from - 1, from, 10)).toBe(false);
      expect<bool>(seqInWindow(from, from, 0)).toBe(false);
    }
  });
});

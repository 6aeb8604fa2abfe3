/** The counters: words that only go up, and wrap. */
import { Counter } from "../../../assembly/abi/counter";
import { clearCounters, count, countMany, countersAt } from "../../../assembly/core/counters";

function read(counter: Counter): u32 {
  return load<u32>(countersAt() + (<usize>counter << 2));
}

describe("count", () => {
  beforeEach(() => clearCounters());

  it("adds one to the one that is meant and to no other", () => {
    count(Counter.InTcp);
    count(Counter.InTcp);
    count(Counter.Count - 1);
    for (let index = 0; index < Counter.Count; index++) {
      const expected: u32 = index == Counter.InTcp ? 2 : index == Counter.Count - 1 ? 1 : 0;
      expect<u32>(read(index)).toBe(expected);
    }
  });

  it("wraps", () => {
    countMany(Counter.OctetsIn, 0xffffffff);
    count(Counter.OctetsIn);
    expect<u32>(read(Counter.OctetsIn)).toBe(0);
  });
});

describe("countMany", () => {
  it("adds an amount", () => {
    clearCounters();
    countMany(Counter.OctetsOut, 1500);
    countMany(Counter.OctetsOut, 40);
    expect<u32>(read(Counter.OctetsOut)).toBe(1540);
  });
});

describe("clearCounters", () => {
  it("sets all to 0", () => {
    for (let index = 0; index < Counter.Count; index++) count(index);
    clearCounters();
    for (let index = 0; index < Counter.Count; index++) expect<u32>(read(index)).toBe(0);
  });
});

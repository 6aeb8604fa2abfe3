/** The hash over address pairs, against a plain list. */
import { pairOf } from "../../../assembly/core/pair";
import { drawTableKeys } from "../../../assembly/core/random";
import {
  Keyed, enterEntry, findEntry, findPair, leaveEntry, replaceEntry, setTable,
} from "../../../assembly/core/table";
import { below, seed } from "../support/numbers";

const COUNT: u32 = 64;
const BUCKETS: u32 = 8;
const entries: usize = memory.data(32 * COUNT, 8);
const buckets: usize = memory.data(4 * BUCKETS, 4);

function entry(index: u32): Keyed {
  return changetype<Keyed>(entries + <usize>(index * 32));
}

function fresh(): void {
  drawTableKeys();
  memory.fill(buckets, 0, 4 * BUCKETS);
  setTable(buckets, BUCKETS);
  for (let index: u32 = 0; index < COUNT; index++) {
    const one = entry(index);
    one.remoteHigh = index & 1;
    one.remoteLow = (<u64>(index >> 1 & 3) << 32) | 0xffff0000;
    one.ports = index >> 3;
    one.hashNext = 0;
  }
}

function find(index: u32): Keyed | null {
  return findEntry(pairOf(entry(index).remoteHigh, entry(index).remoteLow, entry(index).ports));
}

describe("replaceEntry", () => {
  beforeEach(() => fresh());

  it("puts another in the place of each, and leaves those in the bucket alone", () => {
    for (let index: u32 = 0; index < COUNT - 1; index++) enterEntry(entry(index));
    const spare = entry(COUNT - 1);
    for (let index: u32 = 0; index < COUNT - 1; index++) {
      const old = find(index)!;
      spare.remoteHigh = old.remoteHigh;
      spare.remoteLow = old.remoteLow;
      spare.ports = old.ports;
      replaceEntry(old, spare);
      for (let other: u32 = 0; other < COUNT - 1; other++) {
        expect<bool>(find(other) == (other == index ? spare : entry(other))).toBe(true);
      }
      replaceEntry(spare, old);
      expect<bool>(find(index) == old).toBe(true);
    }
  });
});

describe("enterEntry, findEntry and leaveEntry", () => {
  beforeEach(() => fresh());

  it("find nothing in an empty table", () => {
    expect<bool>(find(0) == null).toBe(true);
  });

  it("find exactly what has been entered, eight to a bucket", () => {
    for (let index: u32 = 0; index < COUNT; index++) enterEntry(entry(index));
    for (let index: u32 = 0; index < COUNT; index++) {
      expect<bool>(find(index) == entry(index)).toBe(true);
    }
    expect<bool>(findEntry(pairOf(2, 0xffff0000, 0)) == null).toBe(true);
  });

  it("behave as a list does, over random steps", () => {
    const inside = new StaticArray<bool>(COUNT);
    seed(4);
    for (let step = 0; step < 3000; step++) {
      const index = below(COUNT);
      // Half of those that leave have just been found.
      if (inside[index] && below(2) == 0) find(index);
      if (inside[index]) leaveEntry(entry(index));
      else enterEntry(entry(index));
      inside[index] = !inside[index];
      const other = below(COUNT);
      if ((find(other) == entry(other)) != inside[other]) throw new Error("the table is wrong");
    }
    expect<bool>(true).toBe(true);
  });
});

describe("leaveEntry", () => {
  it("takes each out that was found, also when another has left since", () => {
    for (let found: u32 = 0; found < COUNT; found++) {
      for (let left: u32 = 0; left < COUNT; left++) {
        if (left == found) continue;
        fresh();
        for (let index: u32 = 0; index < COUNT; index++) enterEntry(entry(index));
        find(found);
        leaveEntry(entry(left));
        leaveEntry(entry(found));
        for (let index: u32 = 0; index < COUNT; index++) {
          const isOut = index == found || index == left;
          if ((find(index) == null) != isOut) throw new Error("the table is wrong");
        }
      }
    }
    expect<bool>(true).toBe(true);
  });
});

describe("findPair", () => {
  beforeEach(() => fresh());

  it("finds what findEntry finds, whatever was found last", () => {
    for (let index: u32 = 0; index < COUNT; index += 2) enterEntry(entry(index));
    for (let step: u32 = 0; step < 2 * COUNT; step++) {
      const index = (step * 5) % COUNT;
      const one = entry(index);
      const found = findPair(one.remoteHigh, one.remoteLow, one.ports);
      expect<bool>(found == (index & 1 ? null : one)).toBe(true);
      // And once more, from memory.
      expect<bool>(findPair(one.remoteHigh, one.remoteLow, one.ports) == found).toBe(true);
    }
  });

  it("heeds all of the pair, right after one that differs in a bit has been found", () => {
    const one = entry(0);
    enterEntry(one);
    for (let bit: u32 = 0; bit < 64; bit++) {
      const flipped = <u64>1 << bit;
      expect<bool>(findPair(one.remoteHigh, one.remoteLow, one.ports) == one).toBe(true);
      expect<bool>(findPair(one.remoteHigh ^ flipped, one.remoteLow, one.ports) == null).toBe(true);
      expect<bool>(findPair(one.remoteHigh, one.remoteLow ^ flipped, one.ports) == null).toBe(true);
      const ports = one.ports ^ (1 << (bit & 31));
      expect<bool>(findPair(one.remoteHigh, one.remoteLow, ports) == null).toBe(true);
    }
  });

  it("forgets what has left, and finds what came in its place", () => {
    const one = entry(0);
    enterEntry(one);
    expect<bool>(findPair(one.remoteHigh, one.remoteLow, one.ports) == one).toBe(true);
    leaveEntry(one);
    expect<bool>(findPair(one.remoteHigh, one.remoteLow, one.ports) == null).toBe(true);
  });
});

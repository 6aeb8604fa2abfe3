/** The table of out-of-order ranges, against a map of octets that does the same. */
import {
  RANGE_LEN, dropRanges, insertRange, rangeFrom, rangeTo, NO_ROOM,
} from "../../../assembly/core/ranges";
import { CORNERS, below, seed } from "../support/numbers";

const CAPACITY: u32 = 4;
const table: usize = memory.data(8 * 8, 4);
let count: u32 = 0;

/** Ranges as distances from `base`: easier to read than sequence numbers. */
function list(base: u32): u32[] {
  const found: u32[] = [];
  for (let index: u32 = 0; index < count; index++) {
    found.push(rangeFrom(table, index) - base);
    found.push(rangeTo(table, index) - base);
  }
  return found;
}

function insert(base: u32, from: u32, to: u32): void {
  const now = insertRange(table, count, CAPACITY, base, base + from, base + to);
  if (now != NO_ROOM) count = now;
}

describe("insertRange", () => {
  beforeEach(() => {
    count = 0;
    memory.fill(table, 0xee, 8 * 8);
  });

  it("keeps ranges sorted, in whatever order they come", () => {
    insert(0, 30, 40);
    insert(0, 10, 20);
    insert(0, 50, 60);
    expect<u32[]>(list(0)).toStrictEqual([10, 20, 30, 40, 50, 60]);
  });

  it("joins what touches or overlaps", () => {
    insert(0, 10, 20);
    insert(0, 20, 30);
    expect<u32[]>(list(0)).toStrictEqual([10, 30]);
    insert(0, 5, 10);
    expect<u32[]>(list(0)).toStrictEqual([5, 30]);
    insert(0, 25, 35);
    expect<u32[]>(list(0)).toStrictEqual([5, 35]);
    insert(0, 7, 8);
    expect<u32[]>(list(0)).toStrictEqual([5, 35]);
  });

  it("swallows all that a long range covers", () => {
    insert(0, 10, 20);
    insert(0, 30, 40);
    insert(0, 50, 60);
    insert(0, 70, 80);
    insert(0, 15, 70);
    expect<u32[]>(list(0)).toStrictEqual([10, 80]);
  });

  it("changes nothing when it needs a range of its own and has none", () => {
    for (let index: u32 = 0; index < CAPACITY; index++) insert(0, 10 + index * 20, 20 + index * 20);
    const before = list(0);
    insert(0, 200, 210);
    expect<u32[]>(list(0)).toStrictEqual(before);
    insert(0, 15, 30);
    expect<u32>(count).toBe(CAPACITY - 1);
  });

  it("does not care where the sequence space wraps", () => {
    for (let index = 0; index < CORNERS.length; index++) {
      count = 0;
      const base = CORNERS[index] - 100;
      insert(base, 150, 160);
      insert(base, 50, 120);
      insert(base, 110, 150);
      expect<u32[]>(list(base)).toStrictEqual([50, 160]);
    }
  });

  it("holds what a map of octets holds, for random insertions", () => {
    for (let run: u32 = 0; run < 300; run++) {
      seed(run);
      const base = CORNERS[run % CORNERS.length] - below(200);
      const held = new StaticArray<bool>(201);
      count = 0;
      for (let step = 0; step < 30; step++) {
        const from = 1 + below(190);
        const to = from + 1 + below(min<u32>(200 - from, 40));
        const before = list(base);
        const now = insertRange(table, count, CAPACITY, base, base + from, base + to);
        if (now != NO_ROOM) count = now;
        if (now == NO_ROOM) expect<u32[]>(list(base)).toStrictEqual(before);
        else for (let octet = from; octet < to; octet++) held[octet] = true;
        for (let octet: u32 = 1; octet < 200; octet++) {
          const is = isHeld(base, octet);
          if (is != held[octet]) throw new Error("the table and the map differ");
        }
        expect<bool>(isSortedApart(base)).toBe(true);
        expect<bool>(count <= CAPACITY).toBe(true);
      }
    }
  });
});

function isHeld(base: u32, octet: u32): bool {
  for (let index: u32 = 0; index < count; index++) {
    const isIn = rangeFrom(table, index) - base <= octet && octet < rangeTo(table, index) - base;
    if (isIn) return true;
  }
  return false;
}

/** Sorted, none empty, none touching the next. */
function isSortedApart(base: u32): bool {
  let end: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const from = rangeFrom(table, index) - base;
    const to = rangeTo(table, index) - base;
    if (from <= end || to <= from) return false;
    end = to;
  }
  return true;
}

describe("dropRanges", () => {
  it("drops the first ones and moves the rest down", () => {
    count = 0;
    insert(0, 10, 20);
    insert(0, 30, 40);
    insert(0, 50, 60);
    count = dropRanges(table, count, 2);
    expect<u32[]>(list(0)).toStrictEqual([50, 60]);
    count = dropRanges(table, count, 0);
    expect<u32[]>(list(0)).toStrictEqual([50, 60]);
    count = dropRanges(table, count, 1);
    expect<u32>(count).toBe(0);
  });
});

describe("RANGE_LEN", () => {
  it("is the distance of two entries", () => {
    count = 0;
    insert(0, 10, 20);
    insert(0, 30, 40);
    expect<u32>(load<u32>(table + RANGE_LEN)).toBe(30);
  });
});

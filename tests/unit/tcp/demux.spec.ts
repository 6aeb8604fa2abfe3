/** The hash over address pairs, against a plain list. */
import { copyPair, enterEntry, findEntry, leaveEntry, setDemux } from "../../../assembly/tcp/demux";
import { Entry } from "../../../assembly/tcp/entry";
import { below, seed } from "../support/numbers";
import { begin } from "../support/peer";

const COUNT: u32 = 64;
const BUCKETS: u32 = 8;
const entries: usize = memory.data(40 * COUNT, 8);
const buckets: usize = memory.data(4 * BUCKETS, 4);

function entry(index: u32): Entry {
  return changetype<Entry>(entries + <usize>(index * 40));
}

function fresh(): void {
  begin();
  memory.fill(buckets, 0, 4 * BUCKETS);
  setDemux(buckets, BUCKETS);
  for (let index: u32 = 0; index < COUNT; index++) {
    const one = entry(index);
    one.remoteHigh = index & 1;
    one.remoteLow = (<u64>(index >> 1 & 3) << 32) | 0xffff0000;
    one.ports = index >> 3;
    one.hashNext = 0;
  }
}

function find(index: u32): Entry | null {
  return findEntry(entry(index).remoteHigh, entry(index).remoteLow, entry(index).ports);
}

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
    expect<bool>(findEntry(2, 0xffff0000, 0) == null).toBe(true);
  });

  it("behave as a list does, over random steps", () => {
    const inside = new StaticArray<bool>(COUNT);
    seed(4);
    for (let step = 0; step < 3000; step++) {
      const index = below(COUNT);
      if (inside[index]) leaveEntry(entry(index));
      else enterEntry(entry(index));
      inside[index] = !inside[index];
      const other = below(COUNT);
      if ((find(other) == entry(other)) != inside[other]) throw new Error("the table is wrong");
    }
    expect<bool>(true).toBe(true);
  });
});

describe("copyPair", () => {
  it("lets another entry answer for the pair", () => {
    fresh();
    enterEntry(entry(0));
    leaveEntry(entry(0));
    copyPair(entry(1), entry(0));
    enterEntry(entry(1));
    expect<bool>(find(0) == entry(1)).toBe(true);
  });
});

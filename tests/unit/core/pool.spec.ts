/** Pools: the order in which entries are used, and used again. */
import { Table } from "../../../assembly/abi/status";
import { startClock } from "../../../assembly/core/clock";
import { takeFirst } from "../../../assembly/core/list";
import {
  Entry, dropEntry, entryAt, oldestOf, poolOf, setPool, touch,
} from "../../../assembly/core/pool";
import { enterEntry, findEntry, setTable } from "../../../assembly/core/table";
import { clearWheel, nextExpired, startTimer } from "../../../assembly/core/wheel";

const COUNT: u32 = 4;
const LEN: u32 = 56;
const entries: usize = memory.data(<i32>(LEN * COUNT), 8);
const buckets: usize = memory.data(4 * 8, 4);

function fresh(): void {
  memory.fill(entries, 0, LEN * COUNT);
  memory.fill(buckets, 0, 4 * 8);
  startClock(0);
  clearWheel();
  setTable(buckets, 8);
  setPool(Table.TimeWait, entries, COUNT, LEN);
}

/** Puts the oldest entry to use, under the pair of these ports. */
function use(ports: u32): Entry {
  const entry = oldestOf(Table.TimeWait);
  entry.state = 1;
  entry.ports = ports;
  enterEntry(entry);
  touch(entry);
  return entry;
}

describe("setPool", () => {
  beforeEach(() => fresh());

  it("gives every entry its kind and its slot, and lists it as free", () => {
    const pool = poolOf(Table.TimeWait);
    expect<u32>(pool.count).toBe(COUNT);
    for (let slot: u32 = 0; slot < COUNT; slot++) {
      const entry = entryAt(pool, slot);
      expect<usize>(changetype<usize>(entry)).toBe(entries + slot * LEN);
      expect<u32>(entry.kind).toBe(Table.TimeWait);
      expect<u32>(entry.slot).toBe(slot);
      expect<bool>(takeFirst(pool) == entry).toBe(true);
    }
    expect<bool>(takeFirst(pool) == null).toBe(true);
  });

  it("makes pools that are apart", () => {
    expect<bool>(poolOf(Table.TimeWait) != poolOf(Table.HalfOpen)).toBe(true);
    setPool(Table.HalfOpen, 0, 0, 64);
    expect<u32>(poolOf(Table.TimeWait).count).toBe(COUNT);
  });
});

describe("oldestOf, touch and dropEntry", () => {
  beforeEach(() => fresh());

  it("use every entry before one makes room", () => {
    const first = use(1);
    const second = use(2);
    use(3);
    use(4);
    expect<bool>(oldestOf(Table.TimeWait) == first).toBe(true);
    touch(first);
    expect<bool>(oldestOf(Table.TimeWait) == second).toBe(true);
  });

  it("use a dropped entry before all others", () => {
    use(1);
    const second = use(2);
    use(3);
    dropEntry(second);
    expect<u32>(second.state).toBe(0);
    expect<bool>(use(4) == second).toBe(true);
  });

  it("leave nothing to be found or timed of a dropped entry", () => {
    const entry = use(7);
    startTimer(entry, 1);
    expect<bool>(findEntry(entry) == entry).toBe(true);
    dropEntry(entry);
    expect<bool>(findEntry(entry) == null).toBe(true);
    expect<bool>(nextExpired() == null).toBe(true);
  });
});

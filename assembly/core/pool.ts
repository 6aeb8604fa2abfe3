/**
 * Pools: for each `Table` of abi/status.ts the entries that the budget gives it. What all entries
 * have is here, so that one list holds them, one hash table finds them, and one wheel times them:
 *
 *    0  next, previous    8  remote address   24  ports    (Link, Pair)
 *   28  hashNext         32  nextNode, pointer, dueAtMs    (Keyed, TimerNode)
 *   44  kind 45 state 46 slot                              (Entry: 48)
 *
 * A pool is the head of a list of its entries: of the free ones, the one freed longest ago first;
 * where entries in use may have to make room, of all, the free ones first and then by age. Why it
 * is so: docs/decisions/one-table.md.
 */
import { Table } from "../abi/status";
import { Link, append, clearLink, unlink } from "./list";
import { leaveEntry } from "./table";
import { TimerNode, stopTimer } from "./wheel";

@unmanaged
export class Entry extends TimerNode {
  /** A `Table`: whose entry it is. */
  kind: u8;
  /** 0: not in use. What else depends on the kind: a `State`, `NeighbourState` or `Phase`. */
  state: u8;
  /** The index in the pool. */
  slot: u16;
}

if (offsetof<Entry>() != 48) ERROR("an entry is 48 octets: see the drawing");

@unmanaged
@final
export class Pool extends Link {
  at: usize;
  count: u32;
  entryLen: u32;
}

const POOL_LEN: u32 = offsetof<Pool>();

/** Behind the pools of the tables: replies (net/replies.ts), packet buffers (net/buffers.ts). */
export const REPLY_POOL: u32 = <u32>Table.Interfaces + 1;
export const PACKET_POOL: u32 = REPLY_POOL + 1;

const pools: usize = memory.data(<i32>(POOL_LEN * (PACKET_POOL + 1)), 4);

/** The pool of a `Table`. */
export function poolOf(table: u32): Pool {
  return changetype<Pool>(pools + <usize>(table * POOL_LEN));
}

/** Makes a pool of `count` cleared entries of `entryLen` octets at `at`. */
export function setPool(table: u32, at: usize, count: u32, entryLen: u32): void {
  const pool = poolOf(table);
  clearLink(pool);
  pool.at = at;
  pool.count = count;
  pool.entryLen = entryLen;
  for (let slot: u32 = 0; slot < count; slot++) {
    const entry = entryAt(pool, slot);
    entry.kind = <u8>table;
    entry.slot = <u16>slot;
    append(pool, entry);
  }
}

/** Entry `slot` of a pool, which must have it. */
export function entryAt(pool: Pool, slot: u32): Entry {
  return changetype<Entry>(pool.at + <usize>(slot * pool.entryLen));
}

/** Of a pool whose entries make room: a free entry, or else the one used longest ago. */
export function oldestOf(table: Table): Entry {
  return changetype<Entry>(poolOf(table).next);
}

/** Of such a pool: the entry has just been used. */
export function touch(entry: Entry): void {
  unlink(entry);
  append(poolOf(entry.kind), entry);
}

/** Of such a pool: the entry is found and timed no more, and is the next to be used. */
export function dropEntry(entry: Entry): void {
  leaveEntry(entry);
  freeEntry(entry);
}

/** The same for an entry that is found no more. */
export function freeEntry(entry: Entry): void {
  stopTimer(entry);
  entry.state = 0;
  unlink(entry);
  append(poolOf(entry.kind).next, entry);
}

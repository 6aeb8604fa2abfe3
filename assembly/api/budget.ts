/**
 * Reading a budget (abi/budget.ts): defaults, bounds, and the plan of the arena that follows from
 * it, so that measuring and carving cannot differ.
 */
import { Budget } from "../abi/budget";
import { Parameter } from "../abi/parameters";
import { align8 } from "../core/bytes";
import { RANGE_LEN } from "../core/ranges";
import {
  DEFAULT_CONNECTIONS, DEFAULT_HALF_OPEN, DEFAULT_LISTENERS, DEFAULT_MSL_SECONDS, DEFAULT_MTU,
  DEFAULT_NEIGHBOURS, DEFAULT_RANGES, DEFAULT_RECEIVE_RING, DEFAULT_REPLIES, DEFAULT_SEND_RING,
  DEFAULT_TIME_WAIT,
} from "../config";
import { FRAME_ROOM } from "../net/frame";
import { NEIGHBOUR_LEN } from "../net/neighbours";
import { REPLY_LEN } from "../net/replies";
import { LISTENER_LEN } from "../tcp/listeners";
import { HALF_OPEN_LEN } from "../tcp/syn_queue";
import { TCB_LEN } from "../tcp/tcb";
import { TIME_WAIT_LEN } from "../tcp/time_wait";
import { parameterWord } from "./parameters";

/** The parts of the arena, in their order: the drawing in config.ts. */
export const enum Part {
  FrameIn = 0,
  FrameOut,
  Icmp,
  Buckets,
  NeighbourBuckets,
  Listeners,
  HalfOpen,
  TimeWait,
  Replies,
  Neighbours,
  Ranges,
  Connections,
  ReceiveRings,
  SendRings,
  Count,
}

// Words behind those of the budget, which follow from it. Word 0, a budget's size, is 1 here.
const ONE: u8 = <u8>Budget.Size;
/** Octets of a frame slot. */
const SLOT: u8 = <u8>Budget.Words;
/** Buckets of the two hash tables: powers of two. */
const BUCKETS: u8 = SLOT + 1;
const NEIGHBOUR_BUCKETS: u8 = SLOT + 2;

/** The budget's words, with defaults filled in: see `Budget`; behind them those that follow. */
const words: usize = memory.data(<i32>(4 * (NEIGHBOUR_BUCKETS + 1)), 4);
/** The address of each `Part`. */
const addresses: usize = memory.data(4 * Part.Count, 4);

// How long each `Part` is: one of the words times another, times so many octets.
const parts: usize = memory.data<u8>([
  ONE, SLOT, 1,
  ONE, SLOT, 1,
  ONE, SLOT, 1,
  ONE, BUCKETS, 4,
  ONE, NEIGHBOUR_BUCKETS, 4,
  ONE, <u8>Budget.Listeners, <u8>LISTENER_LEN,
  ONE, <u8>Budget.HalfOpen, <u8>HALF_OPEN_LEN,
  ONE, <u8>Budget.TimeWait, <u8>TIME_WAIT_LEN,
  ONE, <u8>Budget.Replies, <u8>REPLY_LEN,
  ONE, <u8>Budget.Neighbours, <u8>NEIGHBOUR_LEN,
  <u8>Budget.Connections, <u8>Budget.Ranges, <u8>RANGE_LEN,
  ONE, <u8>Budget.Connections, <u8>TCB_LEN,
  <u8>Budget.Connections, <u8>Budget.ReceiveRing, 1,
  <u8>Budget.Connections, <u8>Budget.SendRing, 1,
]);

if (TCB_LEN > 255 || LISTENER_LEN > 255) ERROR("an entry's length is an octet of `parts`");

/** Rings are told in `limits` in units of 2^8 octets. */
const RING_UNIT: u32 = 8;

// Default, least and most of each word, in the order of `Budget`.
const limits: usize = memory.data<u16>([
  8, 4, 128,
  <u16>DEFAULT_LISTENERS, 1, 4096,
  <u16>DEFAULT_CONNECTIONS, 1, 65535,
  <u16>DEFAULT_HALF_OPEN, 1, 65535,
  <u16>DEFAULT_TIME_WAIT, 1, 65535,
  <u16>(DEFAULT_RECEIVE_RING >> RING_UNIT), 1, 4096,
  <u16>(DEFAULT_SEND_RING >> RING_UNIT), 1, 4096,
  <u16>DEFAULT_RANGES, 1, 32,
  0, 0, 65535,
  0, 0, 65535,
  <u16>DEFAULT_REPLIES, 1, 4096,
  <u16>DEFAULT_NEIGHBOURS, 1, 4096,
  <u16>DEFAULT_MTU, 576, 65535,
  <u16>DEFAULT_MSL_SECONDS, 1, 120,
]);

/** The word `index` as `readBudget` has left it. */
export function budgetWord(index: u32): u32 {
  return load<u32>(words + (<usize>index << 2));
}

/** Where a part of the arena begins, as `planArena` has left it. */
export function partAt(part: Part): usize {
  return load<usize>(addresses + (<usize>part << 2));
}

/** Buckets of the table of connections, a power of two. */
export function buckets(): u32 {
  return budgetWord(BUCKETS);
}

/** Buckets of the table of neighbours, a power of two. */
export function neighbourBuckets(): u32 {
  return budgetWord(NEIGHBOUR_BUCKETS);
}

/** Reads the budget at the parameters. Returns 0, or the index of the word out of range plus 1. */
export function readBudget(): u32 {
  const size = parameterWord(Parameter.Budget, Budget.Size);
  for (let index: u32 = 0; index < <u32>Budget.Words; index++) {
    const limit = limits + <usize>(index * 6);
    const isRing = index == Budget.ReceiveRing || index == Budget.SendRing;
    const unit = isRing ? RING_UNIT : 0;
    let value = index << 2 < size ? parameterWord(Parameter.Budget, index) : 0;
    if (value == 0) value = <u32>load<u16>(limit) << unit;
    if (value >> unit < <u32>load<u16>(limit, 2)) return index + 1;
    if (value >> unit > <u32>load<u16>(limit, 4)) return index + 1;
    if (isRing && popcnt<u32>(value) != 1) return index + 1;
    setWord(index, value);
  }
  return size & 3 ? 1 : 0;
}

/** Plans the arena, from `at` on. Returns where it ends, which may be beyond what 32 bits tell. */
export function planArena(at: usize): u64 {
  const entries = budgetWord(Budget.Connections) + budgetWord(Budget.HalfOpen) +
    budgetWord(Budget.TimeWait);
  setWord(ONE, 1);
  setWord(SLOT, <u32>align8(FRAME_ROOM + budgetWord(Budget.Mtu)));
  setWord(BUCKETS, bucketsFor(entries));
  setWord(NEIGHBOUR_BUCKETS, bucketsFor(budgetWord(Budget.Neighbours)));
  let end: u64 = at;
  for (let part: u32 = 0; part < <u32>Part.Count; part++) {
    store<u32>(addresses + (<usize>part << 2), <u32>end);
    const row = parts + <usize>(part * 3);
    // Every part is a multiple of 8 long.
    const each = budgetWord(load<u8>(row)) * <u32>load<u8>(row, 2);
    end += <u64>budgetWord(load<u8>(row, 1)) * <u64>each;
  }
  return end;
}

function setWord(index: u32, value: u32): void {
  store<u32>(words + (<usize>index << 2), value);
}

/** Buckets of a hash table: a power of two no smaller than the entries, and 2 at least. */
function bucketsFor(entries: u32): u32 {
  return max<u32>(1 << (32 - <u32>clz<u32>(entries - 1)), 2);
}

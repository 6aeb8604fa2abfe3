/**
 * Reading a budget (abi/budget.ts): defaults, bounds, and the plan of the arena that follows from
 * it, so that measuring and carving cannot differ.
 */
import { Budget } from "../abi/budget";
import { Parameter } from "../abi/parameters";
import { align8 } from "../core/bytes";
import { RANGE_LEN } from "../core/ranges";
import {
  DEFAULT_CHALLENGES, DEFAULT_CONNECTIONS, DEFAULT_HALF_OPEN, DEFAULT_LISTENERS,
  DEFAULT_MSL_SECONDS, DEFAULT_MTU, DEFAULT_NEIGHBOURS, DEFAULT_RANGES, DEFAULT_REASSEMBLY,
  DEFAULT_RECEIVE_RING, DEFAULT_RECORDS, DEFAULT_REPLIES, DEFAULT_SEND_RING, DEFAULT_TIME_WAIT,
  IS_BOARD,
} from "../config";
import { OPTIONS_ROOM, PACKET_BUFFER_LEN, bufferLenOf } from "../net/buffers";
import { FRAME_ROOM } from "../net/frame";
import { NEIGHBOUR_LEN } from "../net/neighbours";
import { REPLY_LEN } from "../net/replies";
import { LISTENER_LEN } from "../tcp/listeners";
import { RECORD_LEN } from "../tcp/records";
import { HALF_OPEN_LEN } from "../tcp/syn_queue";
import { TCB_LEN } from "../tcp/tcb";
import { TIME_WAIT_LEN } from "../tcp/time_wait";
import { parameterWord } from "./parameters";

/** The parts of the arena, in their order: the drawing in config.ts. */
export const enum Part {
  FrameIn = 0,
  FrameOut,
  Packets,
  Buckets,
  /** From here on in the order of `Table`. */
  Connections,
  Listeners,
  HalfOpen,
  TimeWait,
  Neighbours,
  Replies,
  PacketRecords,
  Ranges,
  Records,
  ReceiveRings,
  SendRings,
  Count,
}

// Words behind those of the budget, which follow from it. Word 0, a budget's size, is 1 here.
const ONE: u16 = <u16>Budget.Size;
/** Octets of a frame slot. */
const SLOT: u16 = <u16>Budget.Words;
/** Buckets of the hash table: a power of two. */
const BUCKETS: u16 = SLOT + 1;
/** Octets of a packet buffer. */
const BUFFER: u16 = SLOT + 2;

/** The budget's words, with defaults filled in: see `Budget`; behind them those that follow. */
const words: usize = memory.data(<i32>(4 * (BUFFER + 1)), 4);
/** The address of each `Part`. */
const addresses: usize = memory.data(4 * Part.Count, 4);

// How long each `Part` is: one of the words times another, times so many octets.
const parts: usize = memory.data<u16>([
  ONE, SLOT, 1,
  ONE, SLOT, 1,
  <u16>Budget.Reassembly, BUFFER, 1,
  ONE, BUCKETS, 4,
  ONE, <u16>Budget.Connections, <u16>TCB_LEN,
  ONE, <u16>Budget.Listeners, <u16>LISTENER_LEN,
  ONE, <u16>Budget.HalfOpen, <u16>HALF_OPEN_LEN,
  ONE, <u16>Budget.TimeWait, <u16>TIME_WAIT_LEN,
  ONE, <u16>Budget.Neighbours, <u16>NEIGHBOUR_LEN,
  ONE, <u16>Budget.Replies, <u16>REPLY_LEN,
  ONE, <u16>Budget.Reassembly, <u16>PACKET_BUFFER_LEN,
  <u16>Budget.Connections, <u16>Budget.Ranges, <u16>RANGE_LEN,
  <u16>Budget.Connections, <u16>Budget.Records, <u16>RECORD_LEN,
  <u16>Budget.Connections, <u16>Budget.ReceiveRing, 1,
  <u16>Budget.Connections, <u16>Budget.SendRing, 1,
]);

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
  <u16>DEFAULT_RECORDS, 4, 250,
  <u16>DEFAULT_REASSEMBLY, 1, 64,
  <u16>DEFAULT_REPLIES, 1, 4096,
  <u16>DEFAULT_NEIGHBOURS, 1, 4096,
  <u16>DEFAULT_MTU, 576, 65535,
  <u16>DEFAULT_MSL_SECONDS, 1, 120,
  <u16>DEFAULT_CHALLENGES, 1, 65535,
]);

const DEFAULT_ENTRIES: u32 =
  DEFAULT_CONNECTIONS + DEFAULT_LISTENERS + DEFAULT_HALF_OPEN + DEFAULT_TIME_WAIT +
  DEFAULT_NEIGHBOURS;

/** `bufferLenOf` with constants. */
const DEFAULT_BUFFER: u32 =
  (FRAME_ROOM + OPTIONS_ROOM + DEFAULT_MTU + (DEFAULT_MTU >> 6) + 8) & ~7;

/** Octets of arena that the default budget takes: `planArena` with constants. */
export const DEFAULT_ARENA: u32 =
  2 * ((FRAME_ROOM + DEFAULT_MTU + 7) & ~7) +
  DEFAULT_REASSEMBLY * (PACKET_BUFFER_LEN + DEFAULT_BUFFER) +
  (4 << (32 - <u32>clz<u32>(DEFAULT_ENTRIES >> 1))) +
  DEFAULT_CONNECTIONS * (TCB_LEN + DEFAULT_RANGES * RANGE_LEN + DEFAULT_RECORDS * RECORD_LEN) +
  DEFAULT_CONNECTIONS * (DEFAULT_RECEIVE_RING + DEFAULT_SEND_RING) +
  DEFAULT_LISTENERS * LISTENER_LEN +
  DEFAULT_HALF_OPEN * HALF_OPEN_LEN +
  DEFAULT_TIME_WAIT * TIME_WAIT_LEN +
  DEFAULT_NEIGHBOURS * NEIGHBOUR_LEN +
  DEFAULT_REPLIES * REPLY_LEN;

/** The word `index` as `readBudget` has left it. */
export function budgetWord(index: u32): u32 {
  return load<u32>(words + (<usize>index << 2));
}

/** Where a part of the arena begins, as `planArena` has left it. */
export function partAt(part: u32): usize {
  return load<usize>(addresses + (<usize>part << 2));
}

/** Of a part that is a table: how many entries it has. */
export function entriesOf(part: u32): u32 {
  return budgetWord(load<u16>(rowOf(part), 2));
}

/** Of a part that is a table: octets of an entry. */
export function entryLenOf(part: u32): u32 {
  return load<u16>(rowOf(part), 4);
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
  let entries: u32 = 0;
  for (let part: u32 = Part.Connections; part <= <u32>Part.Neighbours; part++) {
    entries += entriesOf(part);
  }
  setWord(ONE, 1);
  setWord(SLOT, <u32>align8(FRAME_ROOM + budgetWord(Budget.Mtu)));
  setWord(BUFFER, bufferLenOf(budgetWord(Budget.Mtu)));
  setWord(BUCKETS, bucketsFor(entries));
  let end: u64 = at;
  for (let part: u32 = 0; part < <u32>Part.Count; part++) {
    store<u32>(addresses + (<usize>part << 2), <u32>end);
    // Every part is a multiple of 8 long.
    const each = budgetWord(load<u16>(rowOf(part))) * entryLenOf(part);
    end += <u64>entriesOf(part) * <u64>each;
  }
  return end;
}

/**
 * Buckets of the hash table: a power of two above half the entries; above twice as many where there
 * is memory, as each entry that is met on the way to another is one more that no cache holds.
 */
function bucketsFor(entries: u32): u32 {
  return 1 << (32 - <u32>clz<u32>(IS_BOARD ? entries >> 1 : entries << 1));
}

function rowOf(part: u32): usize {
  return parts + <usize>(part * 6);
}

function setWord(index: u32, value: u32): void {
  store<u32>(words + (<usize>index << 2), value);
}

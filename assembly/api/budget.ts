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

/** The budget's words, with defaults filled in: see `Budget`. */
const words: usize = memory.data(4 * Budget.Words, 4);
/** The length of each `Part`. */
const lengths: usize = memory.data(4 * Part.Count, 4);

// Default, least and most of each word, in the order of `Budget`.
const limits: usize = memory.data<u32>([
  8, 4, 128,
  DEFAULT_LISTENERS, 1, 4096,
  DEFAULT_CONNECTIONS, 1, 65535,
  DEFAULT_HALF_OPEN, 1, 65535,
  DEFAULT_TIME_WAIT, 1, 65535,
  DEFAULT_RECEIVE_RING, 256, 1048576,
  DEFAULT_SEND_RING, 256, 1048576,
  DEFAULT_RANGES, 1, 32,
  0, 0, 0xffffffff,
  0, 0, 0xffffffff,
  DEFAULT_REPLIES, 1, 4096,
  DEFAULT_NEIGHBOURS, 1, 4096,
  DEFAULT_MTU, 576, 65535,
  DEFAULT_MSL_SECONDS, 1, 120,
]);

/** The word `index` as `readBudget` has left it. */
export function budgetWord(index: Budget): u32 {
  return load<u32>(words + (<usize>index << 2));
}

/** The length of a part of the arena, as `planArena` has left it. */
export function partLen(part: u32): u32 {
  return load<u32>(lengths + (<usize>part << 2));
}

/** Reads the budget at the parameters. Returns 0, or the index of the word out of range plus 1. */
export function readBudget(): u32 {
  const size = parameterWord(Parameter.Budget, Budget.Size);
  for (let index: u32 = 0; index < <u32>Budget.Words; index++) {
    const given = index << 2 < size ? parameterWord(Parameter.Budget, index) : 0;
    const limit = limits + <usize>(index * 12);
    const value = given == 0 ? load<u32>(limit) : given;
    if (value < load<u32>(limit, 4) || value > load<u32>(limit, 8)) return index + 1;
    const isRing = index == Budget.ReceiveRing || index == Budget.SendRing;
    if (isRing && popcnt<u32>(value) != 1) return index + 1;
    store<u32>(words + (<usize>index << 2), value);
  }
  return size & 3 ? 1 : 0;
}

/** Plans the arena. Returns its octets, as a u64 since a budget may ask for more than there is. */
export function planArena(): u64 {
  const connections = budgetWord(Budget.Connections);
  const entries = connections + budgetWord(Budget.HalfOpen) + budgetWord(Budget.TimeWait);
  const neighbours = budgetWord(Budget.Neighbours);
  const slot = <u32>align8(FRAME_ROOM + budgetWord(Budget.Mtu));
  return (
    plan(Part.FrameIn, 1, slot) +
    plan(Part.FrameOut, 1, slot) +
    plan(Part.Icmp, 1, slot) +
    plan(Part.Buckets, bucketsFor(entries), 4) +
    plan(Part.NeighbourBuckets, bucketsFor(neighbours), 4) +
    plan(Part.Listeners, budgetWord(Budget.Listeners), LISTENER_LEN) +
    plan(Part.HalfOpen, budgetWord(Budget.HalfOpen), HALF_OPEN_LEN) +
    plan(Part.TimeWait, budgetWord(Budget.TimeWait), TIME_WAIT_LEN) +
    plan(Part.Replies, budgetWord(Budget.Replies), REPLY_LEN) +
    plan(Part.Neighbours, neighbours, NEIGHBOUR_LEN) +
    plan(Part.Ranges, connections * budgetWord(Budget.Ranges), RANGE_LEN) +
    plan(Part.Connections, connections, TCB_LEN) +
    plan(Part.ReceiveRings, connections, budgetWord(Budget.ReceiveRing)) +
    plan(Part.SendRings, connections, budgetWord(Budget.SendRing))
  );
}

/** Every part is a multiple of 8 long. */
function plan(part: Part, count: u32, each: u32): u64 {
  store<u32>(lengths + (<usize>part << 2), count * each);
  return <u64>count * <u64>each;
}

/** Buckets of a hash table: a power of two no smaller than the entries, and 2 at least. */
function bucketsFor(entries: u32): u32 {
  return max<u32>(1 << (32 - <u32>clz<u32>(entries - 1)), 2);
}

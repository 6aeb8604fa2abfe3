/** Reading a budget (abi/budget.ts): defaults, bounds, and how many octets it comes to. */
import { Budget } from "../abi/budget";
import { Parameter } from "../abi/parameters";
import { align8 } from "../core/bytes";
import {
  DEFAULT_CONNECTIONS, DEFAULT_HALF_OPEN, DEFAULT_LISTENERS, DEFAULT_MSL_SECONDS, DEFAULT_MTU,
  DEFAULT_NEIGHBOURS, DEFAULT_RANGES, DEFAULT_RECEIVE_RING, DEFAULT_REPLIES, DEFAULT_SEND_RING,
  DEFAULT_TIME_WAIT,
} from "../config";
import { FRAME_ROOM } from "../net/frame";
import { NEIGHBOUR_LEN } from "../net/neighbours";
import { REPLY_LEN } from "../net/replies";
import { RANGE_LEN } from "../core/ranges";
import { LISTENER_LEN } from "../tcp/listeners";
import { HALF_OPEN_LEN } from "../tcp/syn_queue";
import { TCB_LEN } from "../tcp/tcb";
import { TIME_WAIT_LEN } from "../tcp/time_wait";
import { parameterWord } from "./parameters";

/** The budget's words, with defaults filled in: see `Budget`. */
const words: usize = memory.data(4 * Budget.Words, 4);

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

/** Octets of the arena, as a u64 since a budget may ask for more than there can be. */
export function arenaNeeded(): u64 {
  const connections = <u64>budgetWord(Budget.Connections);
  return 3 * <u64>frameSlotLen() + 4 * (<u64>demuxBuckets() + <u64>neighbourBuckets()) +
    <u64>budgetWord(Budget.Listeners) * LISTENER_LEN +
    connections * TCB_LEN +
    <u64>budgetWord(Budget.HalfOpen) * HALF_OPEN_LEN +
    <u64>budgetWord(Budget.TimeWait) * TIME_WAIT_LEN +
    <u64>budgetWord(Budget.Neighbours) * NEIGHBOUR_LEN +
    <u64>budgetWord(Budget.Replies) * REPLY_LEN +
    connections * budgetWord(Budget.Ranges) * RANGE_LEN +
    connections * (budgetWord(Budget.ReceiveRing) + budgetWord(Budget.SendRing));
}

/** Octets of a frame slot, and of the ICMP buffer. */
export function frameSlotLen(): u32 {
  return <u32>align8(FRAME_ROOM + budgetWord(Budget.Mtu));
}

/** Buckets of the table of connections: no fewer than entries. */
export function demuxBuckets(): u32 {
  return powerOfTwo(
    budgetWord(Budget.Connections) + budgetWord(Budget.HalfOpen) + budgetWord(Budget.TimeWait),
  );
}

/** Buckets of the table of neighbours. */
export function neighbourBuckets(): u32 {
  return powerOfTwo(budgetWord(Budget.Neighbours));
}

function powerOfTwo(least: u32): u32 {
  // At least two words, so that whatever follows lies at a multiple of 8.
  return least <= 2 ? 2 : 1 << (32 - <u32>clz<u32>(least - 1));
}

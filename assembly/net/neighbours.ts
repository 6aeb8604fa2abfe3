/**
 * Neighbours: which MAC address an IP address on the link has (RFC 826, RFC 1122 section 2.3.2),
 * and who waits for the answer. No packet is held: connections wait on the neighbour's own queue
 * and build their segments when it resolves.
 *
 *             asked          answered             60 s             used
 *   Free -----------> Incomplete -----> Reachable -----> Stale ----------> Probe
 *    ^                    | no answer, 5 s  ^  ^                             | | no answer, 5 s
 *    |       1 s          v                 |  +-----------answered----------+ |
 *    +----------------- Failed <------------|----------------------------------+
 *
 * When the table is full the neighbour used longest ago goes. What nobody here asked for (a request
 * from a stranger) may not push out one that we use.
 */
import { Counter } from "../abi/counter";
import { NeighbourState } from "../abi/status";
import { inMs } from "../core/clock";
import { count } from "../core/counters";
import { hashPair } from "../core/hash";
import { Link, append, clearLink, isLone, splice, unlink } from "../core/list";
import { tableKeysAt } from "../core/random";
import { TimerKind, TimerNode, startTimer, stopTimer } from "../core/wheel";
import { copyMac } from "../wire/ethernet";
import { readyQueue } from "./ready";
import { ReplyKind, addReply, replyTo } from "./replies";

/**
 * Requests before a neighbour counts as failed (RFC 1122 section 2.3.2.1: at most 1 a second).
 * Five, so that on a link that loses one frame in ten it happens once in 4,000 times.
 */
const MOST_REQUESTS: u32 = 5;
const REQUEST_INTERVAL_MS: u32 = 1000;
/** RFC 1122 section 2.3.2.1: the order of a minute. */
const REACHABLE_MS: u32 = 60 * 1000;
/** How long a failure is remembered, so that a burst of packets asks only once. */
const FAILED_MS: u32 = 1000;

@unmanaged
@final
export class Neighbour extends TimerNode {
  /** A `NeighbourState`. */
  state: u8;
  /** Requests sent since the last answer. */
  requests: u8;
  /** 1: we have sent by it; 0: only it has spoken to us. */
  used: u8;
  hashNext: usize;
  /** The MAC address: 6 octets, these two fields. */
  mac: u32;
  macTail: u16;
  high: u64;
  low: u64;
  /** Least recently used first. */
  order: Link;
  orderPrevious: Link;
  /** Connections that wait for the answer. */
  waiting: Link;
  waitingPrevious: Link;
}

@unmanaged
@final
class Neighbours {
  at: usize;
  count: u32;
  buckets: usize;
  mask: u32;
  /** Of all entries, free ones first. */
  order: Link;
  orderPrevious: Link;
}

export const NEIGHBOUR_LEN: u32 = (offsetof<Neighbour>() + 7) & ~7;

const table: Neighbours = changetype<Neighbours>(memory.data(offsetof<Neighbours>(), 4));

/** Carves `count` entries at `at` and `bucketCount` (a power of two) words at `buckets`. */
export function setNeighbours(at: usize, count: u32, buckets: usize, bucketCount: u32): void {
  table.at = at;
  table.count = count;
  table.buckets = buckets;
  table.mask = bucketCount - 1;
  clearLink(orderOf(changetype<usize>(table) + offsetof<Neighbours>("order")));
  for (let index: u32 = 0; index < count; index++) {
    const neighbour = neighbourAt(index);
    neighbour.kind = <u8>TimerKind.Neighbour;
    clearLink(waitingAt(neighbour));
    append(orderList(), orderAt(neighbour));
  }
}

/** Entry `index`, or null past the end. */
export function neighbourOrNull(index: u32): Neighbour | null {
  return index < table.count ? neighbourAt(index) : null;
}

/** Where its MAC address lies. */
export function neighbourMac(neighbour: Neighbour): usize {
  return changetype<usize>(neighbour) + offsetof<Neighbour>("mac");
}

/** The queue of those who wait for it. */
export function waitingAt(neighbour: Neighbour): Link {
  return changetype<Link>(changetype<usize>(neighbour) + offsetof<Neighbour>("waiting"));
}

/** Whether packets may go to its MAC address. */
export function isResolved(neighbour: Neighbour): bool {
  const state = <u32>neighbour.state;
  return state >= <u32>NeighbourState.Reachable && state <= <u32>NeighbourState.Probe;
}

/**
 * The neighbour for a packet that is about to leave, asked for if need be. When the table is full
 * of neighbours that others wait for, the oldest of those: who waits there tries again later.
 */
export function useNeighbour(high: u64, low: u64): Neighbour {
  let neighbour = findNeighbour(high, low);
  if (neighbour == null) {
    const oldest = neighbourOfOrder(orderList().next);
    if (!isLone(waitingAt(oldest))) return oldest;
    neighbour = takeOldest();
    enter(neighbour, high, low);
    ask(neighbour, NeighbourState.Incomplete);
  } else if (neighbour.state == NeighbourState.Stale) {
    ask(neighbour, NeighbourState.Probe);
  }
  neighbour.used = 1;
  touch(neighbour);
  return neighbour;
}

/** It said its MAC address. A stranger is entered only when `isForUs`, and never at our cost. */
export function hearNeighbour(high: u64, low: u64, mac: usize, isForUs: bool): void {
  let neighbour = findNeighbour(high, low);
  if (neighbour == null) {
    if (!isForUs) return;
    const oldest = neighbourOfOrder(orderList().next);
    if (oldest.used || !isLone(waitingAt(oldest))) return;
    neighbour = takeOldest();
    enter(neighbour, high, low);
    touch(neighbour);
  }
  copyMac(neighbourMac(neighbour), mac);
  neighbour.state = <u8>NeighbourState.Reachable;
  neighbour.requests = 0;
  startTimer(neighbour, inMs(REACHABLE_MS));
  splice(readyQueue(), waitingAt(neighbour));
}

/** Its timer expired. */
export function onNeighbourTimer(neighbour: Neighbour): void {
  const state = <u32>neighbour.state;
  if (state == NeighbourState.Reachable) {
    neighbour.state = <u8>NeighbourState.Stale;
  } else if (state == NeighbourState.Failed) {
    leave(neighbour);
  } else if (neighbour.requests < MOST_REQUESTS) {
    ask(neighbour, state);
  } else {
    count(Counter.NeighboursFailed);
    neighbour.state = <u8>NeighbourState.Failed;
    startTimer(neighbour, inMs(FAILED_MS));
    // Each learns of it when its turn comes, so that this costs the same for one and for thousands.
    splice(readyQueue(), waitingAt(neighbour));
  }
}

/** The neighbour with this address, or null. */
export function findNeighbour(high: u64, low: u64): Neighbour | null {
  let at = load<usize>(bucketOf(high, low));
  while (at != 0) {
    const neighbour = changetype<Neighbour>(at);
    if (neighbour.low == low && neighbour.high == high) return neighbour;
    at = neighbour.hashNext;
  }
  return null;
}

/** Sends a request, to all or (Probe) to where it was last, and waits for the answer. */
function ask(neighbour: Neighbour, state: u32): void {
  if (neighbour.state != state) neighbour.requests = 0;
  neighbour.state = <u8>state;
  neighbour.requests++;
  startTimer(neighbour, inMs(REQUEST_INTERVAL_MS));
  const request = addReply(ReplyKind.ArpRequest);
  request.remoteHigh = neighbour.high;
  request.remoteLow = neighbour.low;
  if (state == NeighbourState.Probe) replyTo(request, neighbourMac(neighbour));
}

/** The entry used longest ago, emptied. */
function takeOldest(): Neighbour {
  const oldest = neighbourOfOrder(orderList().next);
  if (oldest.state != NeighbourState.Free) {
    count(Counter.NeighboursEvicted);
    leave(oldest);
  }
  return oldest;
}

function enter(neighbour: Neighbour, high: u64, low: u64): void {
  neighbour.high = high;
  neighbour.low = low;
  const bucket = bucketOf(high, low);
  neighbour.hashNext = load<usize>(bucket);
  store<usize>(bucket, changetype<usize>(neighbour));
}

/** Empties an entry. Who waits on it asks anew. */
function leave(neighbour: Neighbour): void {
  let pointer = bucketOf(neighbour.high, neighbour.low);
  while (load<usize>(pointer) != changetype<usize>(neighbour)) {
    pointer = load<usize>(pointer) + offsetof<Neighbour>("hashNext");
  }
  store<usize>(pointer, neighbour.hashNext);
  stopTimer(neighbour);
  splice(readyQueue(), waitingAt(neighbour));
  neighbour.state = <u8>NeighbourState.Free;
  neighbour.used = 0;
  const order = orderAt(neighbour);
  unlink(order);
  prepend(orderList(), order);
}

function prepend(list: Link, link: Link): void {
  append(list.next, link);
}

function touch(neighbour: Neighbour): void {
  const order = orderAt(neighbour);
  unlink(order);
  append(orderList(), order);
}

function bucketOf(high: u64, low: u64): usize {
  return table.buckets + (<usize>(hashPair(tableKeysAt(), high, low, 0) & table.mask) << 2);
}

function neighbourAt(index: u32): Neighbour {
  return changetype<Neighbour>(table.at + <usize>(index * NEIGHBOUR_LEN));
}

function orderList(): Link {
  return orderOf(changetype<usize>(table) + offsetof<Neighbours>("order"));
}

function orderAt(neighbour: Neighbour): Link {
  return orderOf(changetype<usize>(neighbour) + offsetof<Neighbour>("order"));
}

function orderOf(at: usize): Link {
  return changetype<Link>(at);
}

function neighbourOfOrder(order: Link): Neighbour {
  return changetype<Neighbour>(changetype<usize>(order) - offsetof<Neighbour>("order"));
}

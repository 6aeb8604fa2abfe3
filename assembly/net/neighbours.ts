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
 * When the table is full a stranger goes, whom nobody here has used; or else the neighbour used
 * longest ago. What nobody here asked for (a request from a stranger) may not push out one that we
 * use.
 */
import { Counter } from "../abi/counter";
import { NeighbourState, Table } from "../abi/status";
import { IS_BOARD } from "../config";
import { inMs, nowMs } from "../core/clock";
import { count } from "../core/counters";
import { Link, append, clearLink, isLone, unlink } from "../core/list";
import { copyPair, pairOf } from "../core/pair";
import { Entry, dropEntry, poolOf, touch } from "../core/pool";
import { enterEntry, findEntry } from "../core/table";
import { startTimer, stopTimer } from "../core/wheel";
import { copyMac, sameMac } from "../wire/ethernet";
import { makeAllReady } from "./ready";
import { ReplyKind, addReply, replyTo } from "./replies";

/**
 * Requests before a neighbour counts as failed (RFC 1122 section 2.3.2.1: at most 1 a second).
 * Five, so that on a link that loses one frame in ten it happens once in 4,000 times.
 */
const MOST_REQUESTS: u32 = 5;
const REQUEST_INTERVAL_MS: u32 = 1000;
/** RFC 1122 section 2.3.2.1: the order of a minute. */
const REACHABLE_MS: u32 = 60 * 1000;
/** How long an answer stands against others: the first one is more likely to be right. */
const LOCKED_MS: u32 = 1000;
/** How long a failure is remembered, so that a burst of packets asks only once. */
const FAILED_MS: u32 = 1000;

@unmanaged
@final
export class Neighbour extends Entry {
  /** The MAC address: 6 octets, these two fields. */
  mac: u32;
  macTail: u16;
  /** Requests sent since the last answer. */
  requests: u8;
  /** 1: we have sent by it; 0: only it has spoken to us. */
  used: u8;
  /** Connections that wait for the answer. */
  waiting: Link;
  waitingPrevious: Link;
}

@unmanaged
@final
class Lately {
  /** The host that the last packet of a connection went to. */
  low: u64;
  /** Where the MAC address of the neighbour lies. 0: something has changed since. */
  mac: usize;
}

/** Those whom nobody here uses: the one heard of longest ago is the first to make room. */
const strangers: Link = changetype<Link>(memory.data(offsetof<Link>(), 4));

/** There are none. */
export function clearStrangers(): void {
  clearLink(strangers);
  forgetLately();
}

/**
 * Where the MAC address lies for packets to the host `low` if the last one of a connection went
 * there, too, and nothing is different since; or else 0.
 */
export function latelyMac(low: u64): usize {
  return !IS_BOARD && lately().low == low ? lately().mac : 0;
}

/** A packet to the host `low` goes to the MAC address at `mac`, of the neighbour used just now. */
export function noteLately(low: u64, mac: usize): void {
  if (IS_BOARD) return;
  lately().low = low;
  lately().mac = mac;
}

function forgetLately(): void {
  if (!IS_BOARD) lately().mac = 0;
}

/** Takes no memory where it is not called. */
function lately(): Lately {
  return changetype<Lately>(memory.data(offsetof<Lately>(), 8));
}

export const NEIGHBOUR_LEN: u32 = (offsetof<Neighbour>() + 7) & ~7;

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
export function useNeighbour(low: u64): Neighbour {
  const pool = poolOf(Table.Neighbours);
  const last = changetype<Neighbour>(pool.previous);
  if (!isLone(pool) && isInUse(last, low)) return last;
  forgetLately();
  let neighbour = findNeighbour(low);
  if (neighbour == null) {
    const oldest = oldestNeighbour();
    if (isWaitedFor(oldest)) return oldest;
    neighbour = oldest;
    renew(neighbour, low);
    ask(neighbour, NeighbourState.Incomplete);
  } else if (neighbour.state == NeighbourState.Stale) {
    ask(neighbour, NeighbourState.Probe);
  }
  neighbour.used = 1;
  touch(neighbour);
  return neighbour;
}

/** It said its MAC address. A stranger is entered only when `isForUs`, and never at our cost. */
export function hearNeighbour(low: u64, mac: usize, isForUs: bool): void {
  let neighbour = findNeighbour(low);
  if (neighbour == null) {
    if (!isForUs) return;
    const oldest = oldestNeighbour();
    if (oldest.used) return;
    neighbour = oldest;
    renew(neighbour, low);
    unlink(neighbour);
    append(strangers, neighbour);
  } else if (isLocked(neighbour) && !sameMac(neighbourMac(neighbour), mac)) {
    count(Counter.NeighboursContradicted);
    return;
  }
  copyMac(neighbourMac(neighbour), mac);
  neighbour.state = <u8>NeighbourState.Reachable;
  neighbour.requests = 0;
  startTimer(neighbour, inMs(REACHABLE_MS));
  makeAllReady(waitingAt(neighbour));
}

/** A minute has passed, or what went to it was not answered (R1): its next use asks for it. */
export function doubtNeighbour(neighbour: Neighbour): void {
  if (neighbour.state != NeighbourState.Reachable) return;
  forgetLately();
  stopTimer(neighbour);
  neighbour.state = <u8>NeighbourState.Stale;
}

/** Its timer expired. */
export function onNeighbourTimer(neighbour: Neighbour): void {
  const state = <u32>neighbour.state;
  if (state == NeighbourState.Reachable) {
    doubtNeighbour(neighbour);
  } else if (state == NeighbourState.Failed) {
    leave(neighbour);
  } else if (neighbour.requests < MOST_REQUESTS) {
    ask(neighbour, state);
  } else {
    forgetLately();
    count(Counter.NeighboursFailed);
    neighbour.state = <u8>NeighbourState.Failed;
    startTimer(neighbour, inMs(FAILED_MS));
    // Each learns of it when its turn comes, so that this costs the same for one and for thousands.
    makeAllReady(waitingAt(neighbour));
  }
}

/** The neighbour with this address, or null. */
export function findNeighbour(low: u64): Neighbour | null {
  return changetype<Neighbour | null>(findEntry(pairOf(0, low, 0)));
}

/** Sends a request, to all or (Probe) to where it was last, and waits for the answer. */
function ask(neighbour: Neighbour, state: u32): void {
  if (neighbour.state != state) neighbour.requests = 0;
  neighbour.state = <u8>state;
  neighbour.requests++;
  startTimer(neighbour, inMs(REQUEST_INTERVAL_MS));
  const request = addReply(ReplyKind.ArpRequest);
  copyPair(request, neighbour);
  if (state == NeighbourState.Probe) replyTo(request, neighbourMac(neighbour));
}

/**
 * Whether the last of the pool is the neighbour with this address, used by us, and there is nothing
 * to ask: all that its use would do is to make it the last.
 */
function isInUse(last: Neighbour, low: u64): bool {
  if (last.remoteLow != low || !last.used) return false;
  return last.state == NeighbourState.Reachable || last.state == NeighbourState.Probe;
}

/** Who makes room: a free entry, a stranger, or else the neighbour used longest ago. */
function oldestNeighbour(): Neighbour {
  const pool = poolOf(Table.Neighbours);
  const oldest = changetype<Neighbour>(pool.next);
  const isFull = isLone(pool) || oldest.state != NeighbourState.Free;
  return isFull && !isLone(strangers) ? changetype<Neighbour>(strangers.next) : oldest;
}

/** Whether it has told its MAC address just now. */
function isLocked(neighbour: Neighbour): bool {
  return neighbour.state == NeighbourState.Reachable &&
    neighbour.dueAtMs - nowMs() > REACHABLE_MS - LOCKED_MS;
}

function isWaitedFor(neighbour: Neighbour): bool {
  return neighbour.state != NeighbourState.Free && !isLone(waitingAt(neighbour));
}

/** Makes the entry, for whomever it has been, one for this address. */
function renew(neighbour: Neighbour, low: u64): void {
  if (neighbour.state != NeighbourState.Free) {
    count(Counter.NeighboursEvicted);
    leave(neighbour);
  }
  copyPair(neighbour, pairOf(0, low, 0));
  clearLink(waitingAt(neighbour));
  enterEntry(neighbour);
}

/** Empties an entry. Who waits on it asks anew. */
function leave(neighbour: Neighbour): void {
  forgetLately();
  makeAllReady(waitingAt(neighbour));
  neighbour.used = 0;
  dropEntry(neighbour);
}

/**
 * The table of connections: slots with a control block and two rings each, taken from a queue of
 * free ones, the slot freed longest ago first. Here connections begin and end.
 */
import { Event } from "../abi/event";
import { Reason } from "../abi/error";
import { State } from "../abi/state";
import { Link, append, clearLink, unlink } from "../core/list";
import { TimerKind, stopTimer } from "../core/wheel";
import { makeReady } from "../net/ready";
import { leaveEntry } from "./demux";
import { noteEvents, raise } from "./events";
import { transition } from "./state";
import { TCB_LEN, Tcb, TcbFlag, clearFlag, has, readyLink, setFlag, tcbOfReady } from "./tcb";

/** Generations of a slot's handles before they repeat. */
export const GENERATIONS: u32 = 0x3fff;

@unmanaged
@final
class Connections {
  at: usize;
  count: u32;
  /** The rings' lengths less one. */
  receiveMask: u32;
  sendMask: u32;
  /** Tables of ranges held out of order. */
  ranges: usize;
  rangeCapacity: u32;
  free: Link;
  freePrevious: Link;
}

const table: Connections = changetype<Connections>(memory.data(offsetof<Connections>(), 4));

/** Takes `count` cleared control blocks at `at`. The rings are powers of two. */
export function setConnections(
  at: usize, count: u32, receiveRings: usize, receiveLen: u32, sendRings: usize, sendLen: u32,
): void {
  table.at = at;
  table.count = count;
  table.receiveMask = receiveLen - 1;
  table.sendMask = sendLen - 1;
  clearLink(freeList());
  for (let slot: u32 = 0; slot < count; slot++) {
    const tcb = tcbAt(slot);
    tcb.kind = <u8>TimerKind.Connection;
    tcb.slot = <u16>slot;
    tcb.generation = 1;
    tcb.receiveRing = receiveRings + <usize>(slot * receiveLen);
    tcb.sendRing = sendRings + <usize>(slot * sendLen);
    append(freeList(), readyLink(tcb));
  }
}

/** Takes the tables of ranges: `capacity` for each connection. */
export function setRanges(at: usize, capacity: u32): void {
  table.ranges = at;
  table.rangeCapacity = capacity;
}

export function connectionCount(): u32 {
  return table.count;
}

/** The control block of slot `slot`, which must be below `connectionCount`. */
export function tcbAt(slot: u32): Tcb {
  return changetype<Tcb>(table.at + <usize>(slot * TCB_LEN));
}

/** The length of a receive ring, less one. */
export function receiveMask(): u32 {
  return table.receiveMask;
}

/** The length of a send ring, less one. */
export function sendMask(): u32 {
  return table.sendMask;
}

/** Where the connection's table of ranges lies. */
export function rangesOf(tcb: Tcb): usize {
  return table.ranges + <usize>(<u32>tcb.slot * table.rangeCapacity << 3);
}

export function rangeCapacity(): u32 {
  return table.rangeCapacity;
}

/** Takes the slot freed longest ago, cleared but for what belongs to the slot; or null. */
export function takeSlot(): Tcb | null {
  const link = freeList().next;
  if (link == freeList()) return null;
  unlink(link);
  const tcb = tcbOfReady(link);
  const from = offsetof<Tcb>("listener");
  memory.fill(changetype<usize>(tcb) + from, 0, offsetof<Tcb>() - from);
  tcb.reason = <u8>Reason.None;
  tcb.softError = 0;
  tcb.events = 0;
  return tcb;
}

/** Whether the slot is in use. */
export function isTaken(tcb: Tcb): bool {
  return tcb.state != State.Closed || tcb.path != 0;
}

/** Frees the slot of a connection that nobody holds and that is in no table. */
export function releaseSlot(tcb: Tcb): void {
  unlink(readyLink(tcb));
  stopTimer(tcb);
  tcb.state = <u8>State.Closed;
  tcb.path = 0;
  tcb.flags = 0;
  tcb.events = 0;
  tcb.generation = tcb.generation == GENERATIONS ? 1 : tcb.generation + 1;
  append(freeList(), readyLink(tcb));
}

/** Tells whoever holds, or will hold, the connection. */
export function tell(tcb: Tcb, events: u32): void {
  if (has(tcb, TcbFlag.Orphan)) return;
  if (has(tcb, TcbFlag.Pending)) noteEvents(tcb, events);
  else raise(tcb, events);
}

/** It may have something to send. */
export function wake(tcb: Tcb): void {
  makeReady(readyLink(tcb));
}

/**
 * The connection is over. It leaves the tables; what has been received can still be read until the
 * host lets go of the slot, which is freed at once when nobody holds it.
 */
export function endConnection(tcb: Tcb, reason: Reason): void {
  leaveEntry(tcb);
  transition(tcb, State.Closed);
  retire(tcb, reason);
}

/** The same for a connection whose entry has been taken over by a TIME-WAIT. */
export function retire(tcb: Tcb, reason: Reason): void {
  stopTimer(tcb);
  tcb.retransmitAtMs = 0;
  tcb.persistAtMs = 0;
  tcb.ackAtMs = 0;
  tcb.keepAliveAtMs = 0;
  tcb.lingerAtMs = 0;
  unlink(readyLink(tcb));
  tcb.reason = <u8>reason;
  if (has(tcb, TcbFlag.Orphan)) releaseSlot(tcb);
  else tell(tcb, Event.Closed);
}

/** Whether the connection is in the tables: segments can reach it. */
export function isLive(tcb: Tcb): bool {
  return tcb.state != State.Closed && tcb.state != State.TimeWait;
}

/** The host holds the connection from now on. */
export function handOver(tcb: Tcb): void {
  clearFlag(tcb, TcbFlag.Pending);
}

/** The host lets go. A connection that is over frees its slot; another goes on alone. */
export function orphan(tcb: Tcb): void {
  setFlag(tcb, TcbFlag.Orphan);
  tcb.events = 0;
  // Its handle is void from now on.
  tcb.generation = tcb.generation == GENERATIONS ? 1 : tcb.generation + 1;
  if (!isLive(tcb)) releaseSlot(tcb);
}

function freeList(): Link {
  return changetype<Link>(changetype<usize>(table) + offsetof<Connections>("free"));
}

/**
 * The table of connections: slots with a control block and two rings each, taken from a queue of
 * free ones, the slot freed longest ago first. Here connections begin and end.
 */
import { Event } from "../abi/event";
import { Reason } from "../abi/error";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { unlink } from "../core/list";
import { entryAt, poolOf } from "../core/pool";
import { leaveEntry } from "../core/table";
import { stopTimer } from "../core/wheel";
import { Switch, releaseEndpoint, takeEndpoint, voidHandle } from "./entry";
import { noteEvents, raise } from "./events";
import { transition } from "./state";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import { clearTimers } from "./timers";

@unmanaged
@final
class Connections {
  /** The rings' lengths less one. */
  receiveMask: u32;
  sendMask: u32;
  /** The rings, by slot. */
  receiveRings: usize;
  sendRings: usize;
  /** Tables of ranges held out of order, by slot. */
  ranges: usize;
  rangeCapacity: u32;
  /** Tables of transmission records, by slot. */
  records: usize;
  recordCapacity: u32;
}

const table: Connections = changetype<Connections>(memory.data(offsetof<Connections>(), 4));

/** Takes rings for each connection. They are powers of two. */
export function setRings(
  receiveRings: usize, receiveLen: u32, sendRings: usize, sendLen: u32,
): void {
  table.receiveMask = receiveLen - 1;
  table.sendMask = sendLen - 1;
  table.receiveRings = receiveRings;
  table.sendRings = sendRings;
}

/** Takes the tables of ranges: `capacity` for each connection. */
export function setRanges(at: usize, capacity: u32): void {
  table.ranges = at;
  table.rangeCapacity = capacity;
}

/** Takes the tables of transmission records: `capacity` for each connection. */
export function setRecords(at: usize, capacity: u32): void {
  table.records = at;
  table.recordCapacity = capacity;
}

/** The length of a receive ring, less one. */
export function receiveMask(): u32 {
  return table.receiveMask;
}

/** The length of a send ring, less one. */
export function sendMask(): u32 {
  return table.sendMask;
}

/** Where the connection's receive ring lies. */
export function receiveRing(tcb: Tcb): usize {
  return table.receiveRings + <usize>(<u32>tcb.slot * (table.receiveMask + 1));
}

/** Where the connection's send ring lies. */
export function sendRing(tcb: Tcb): usize {
  return table.sendRings + <usize>(<u32>tcb.slot * (table.sendMask + 1));
}

/** Where the connection's table of ranges lies. */
export function rangesOf(tcb: Tcb): usize {
  return table.ranges + <usize>(<u32>tcb.slot * table.rangeCapacity << 3);
}

export function rangeCapacity(): u32 {
  return table.rangeCapacity;
}

/** Where the connection's table of transmission records lies. */
export function recordTable(tcb: Tcb): usize {
  return table.records + <usize>(<u32>tcb.slot * table.recordCapacity << 3);
}

export function recordCapacity(): u32 {
  return table.recordCapacity;
}

/** The control block of slot `slot`. */
export function connectionAt(slot: u32): Tcb {
  return changetype<Tcb>(entryAt(poolOf(Table.Connections), slot));
}

/** Takes the slot freed longest ago, cleared but for what belongs to the slot; or null. */
export function takeSlot(): Tcb | null {
  return changetype<Tcb | null>(takeEndpoint(Table.Connections));
}

/** Tells whoever holds, or will hold, the connection. */
export function tell(tcb: Tcb, events: u32): void {
  if (has(tcb, TcbFlag.Orphan)) return;
  // SHLD-20: who does not want to hear of soft errors, does not.
  if ((tcb.switches & Switch.SoftErrors) == 0) events &= ~Event.SoftError;
  if (has(tcb, TcbFlag.Pending)) noteEvents(tcb, events);
  else raise(tcb, events);
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
  if (has(tcb, TcbFlag.Orphan)) {
    releaseEndpoint(tcb);
    return;
  }
  clearTimers(tcb);
  unlink(tcb);
  tcb.reason = <u8>reason;
  tell(tcb, Event.Closed);
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
  voidHandle(tcb);
  if (!isLive(tcb)) releaseEndpoint(tcb);
}

/**
 * Listeners: ports in LISTEN, each with its backlog and its accept queue. A listener is never a
 * connection: half-open ones wait in the SYN queue, established ones in the accept queue.
 */
import { Event } from "../abi/event";
import { State } from "../abi/state";
import { TimerKind } from "../core/wheel";
import { isAny } from "../net/address";
import { Endpoint, defaultSettings } from "./entry";
import { raise, tellEvents } from "./events";
import { GENERATIONS, handOver, tcbAt } from "./connections";
import { Tcb } from "./tcb";

@unmanaged
@final
export class Listener extends Endpoint {
  port: u16;
  /** Half-open and not yet accepted connections together, at the most. */
  backlog: u16;
  /** Entries in the SYN queue. */
  halfOpen: u16;
  /** Connections in the accept queue. */
  pending: u16;
  /** The accept queue, through `acceptNext`: slots plus 1; 0 when it is empty. */
  first: u16;
  last: u16;
}

@unmanaged
@final
class Listeners {
  at: usize;
  count: u32;
  /** The accept queues of listeners that have been closed: to be reset, a few at a time. */
  doomedFirst: u16;
  doomedLast: u16;
}

export const LISTENER_LEN: u32 = (offsetof<Listener>() + 7) & ~7;

const table: Listeners = changetype<Listeners>(memory.data(offsetof<Listeners>(), 4));

/** Takes `count` cleared entries at `at`. */
export function setListeners(at: usize, count: u32): void {
  table.at = at;
  table.count = count;
  table.doomedFirst = 0;
  table.doomedLast = 0;
  for (let slot: u32 = 0; slot < count; slot++) {
    const listener = listenerAt(slot);
    listener.kind = <u8>TimerKind.Listener;
    listener.slot = <u16>slot;
    listener.generation = 1;
  }
}

export function listenerCount(): u32 {
  return table.count;
}

/** The entry of slot `slot`, which must be below `listenerCount`. */
export function listenerAt(slot: u32): Listener {
  return changetype<Listener>(table.at + <usize>(slot * LISTENER_LEN));
}

/** The listener on `port`, or null. The table does not grow with the number of connections. */
export function findListener(port: u32): Listener | null {
  for (let slot: u32 = 0; slot < table.count; slot++) {
    const listener = listenerAt(slot);
    if (listener.state == State.Listen && listener.port == port) return listener;
  }
  return null;
}

/** A listener on `port` with default settings; null when the table is full. */
export function openListener(
  port: u32, backlog: u32, high: u64, low: u64, maxSegment: u32,
): Listener | null {
  for (let slot: u32 = 0; slot < table.count; slot++) {
    const listener = listenerAt(slot);
    if (listener.state != State.Closed) continue;
    listener.state = <u8>State.Listen;
    listener.port = <u16>port;
    listener.backlog = <u16>backlog;
    listener.halfOpen = 0;
    listener.pending = 0;
    listener.first = 0;
    listener.last = 0;
    listener.events = 0;
    listener.remoteHigh = 0;
    listener.remoteLow = isAny(high, low) ? 0 : low;
    defaultSettings(listener, maxSegment);
    return listener;
  }
  return null;
}

/** Closes it; who waits in its accept queue is doomed. Its half-open entries find nobody. */
export function closeListener(listener: Listener): void {
  if (listener.first != 0) {
    if (table.doomedLast == 0) table.doomedFirst = listener.first;
    else waitingAt(table.doomedLast).acceptNext = listener.first;
    table.doomedLast = listener.last;
  }
  listener.state = <u8>State.Closed;
  listener.events = 0;
  listener.first = 0;
  listener.last = 0;
  listener.generation = listener.generation == GENERATIONS ? 1 : listener.generation + 1;
}

/** Takes out the next connection that was never accepted and never will be, or null. */
export function takeDoomed(): Tcb | null {
  if (table.doomedFirst == 0) return null;
  const tcb = waitingAt(table.doomedFirst);
  table.doomedFirst = tcb.acceptNext;
  if (table.doomedFirst == 0) table.doomedLast = 0;
  handOver(tcb);
  return tcb;
}

export function hasDoomed(): bool {
  return table.doomedFirst != 0;
}

/** Whether one more SYN fits. */
export function hasBacklog(listener: Listener): bool {
  return <u32>listener.halfOpen + <u32>listener.pending < <u32>listener.backlog;
}

/** Puts an established connection in the accept queue. */
export function pushPending(listener: Listener, tcb: Tcb): void {
  const place = tcb.slot + 1;
  tcb.acceptNext = 0;
  if (listener.last == 0) listener.first = place;
  else waitingAt(listener.last).acceptNext = place;
  listener.last = place;
  listener.pending++;
  raise(listener, Event.Acceptable);
}

/** Takes the oldest connection out of the accept queue, or null. */
export function takePending(listener: Listener): Tcb | null {
  if (listener.first == 0) return null;
  const tcb = waitingAt(listener.first);
  listener.first = tcb.acceptNext;
  if (listener.first == 0) listener.last = 0;
  listener.pending--;
  handOver(tcb);
  tellEvents(tcb);
  return tcb;
}

function waitingAt(place: u32): Tcb {
  return tcbAt(place - 1);
}

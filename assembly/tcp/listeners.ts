/**
 * Listeners: ports in LISTEN, each with its backlog and its accept queue. A listener is never a
 * connection: half-open ones wait in the SYN queue, established ones in the accept queue.
 */
import { Event } from "../abi/event";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { IS_BOARD } from "../config";
import { Link, append, clearLink, isLone, splice, takeFirst } from "../core/list";
import { copyPair, pairOf } from "../core/pair";
import { entryAt, poolOf } from "../core/pool";
import { enterEntry, findEntry, leaveEntry } from "../core/table";
import { makeOthersReady } from "../net/ready";
import { handOver } from "./connections";
import {
  Endpoint, defaultSettings, endpointOfNews, newsOf, releaseEndpoint, takeEndpoint, voidHandle,
} from "./entry";
import { raise, tellEvents } from "./events";
import { Tcb } from "./tcb";

/**
 * Its pair has the port alone: segments find it by theirs. Its own place in a list, which it needs
 * only while it is free, is the head of its accept queue.
 */
@unmanaged
@final
export class Listener extends Endpoint {
  /** 1: only for our address; 0: for any. */
  isBound: u8;
  /**
   * Connections not yet accepted, at the most; and half-open ones beside them that are remembered:
   * more are answered with cookies.
   */
  backlog: u16;
  /** Entries in the SYN queue. */
  halfOpen: u16;
  /** Connections in the accept queue. */
  pending: u16;
}

export const LISTENER_LEN: u32 = (offsetof<Listener>() + 7) & ~7;

/** The part of a header's ports, as loaded, that is the receiver's. */
const OUR_PORT: u32 = 0xffff0000;

/** In the build for Node. */
@unmanaged
@final
class Listeners {
  /** Who was found last, often asked for again; or null. It may have been closed. */
  found: Listener | null;
}

/** Who waits to be accepted by listeners that have been closed: to be reset, a few at a time. */
const doomed: Link = changetype<Link>(memory.data(offsetof<Link>(), 4));

/** Forgets them, and who was found. */
export function clearListeners(): void {
  clearLink(doomed);
  if (!IS_BOARD) listeners().found = null;
}

/** The listener of slot `slot`. */
export function listenerAt(slot: u32): Listener {
  return changetype<Listener>(entryAt(poolOf(Table.Listeners), slot));
}

/** The listener on our port of the two, as they stand in an arriving header; or null. */
export function findListener(ports: u32): Listener | null {
  const key = ports & OUR_PORT;
  if (!IS_BOARD) {
    const last = listeners().found;
    if (last != null && last.ports == key && last.state == State.Listen) return last;
  }
  const found = changetype<Listener | null>(findEntry(pairOf(0, 0, key)));
  if (!IS_BOARD) listeners().found = found;
  return found;
}

/** A listener on our port of `ports` with default settings; null when the table is full. */
export function openListener(ports: u32, backlog: u32, maxSegment: u32): Listener | null {
  const listener = changetype<Listener | null>(takeEndpoint(Table.Listeners));
  if (listener == null) return null;
  listener.state = <u8>State.Listen;
  copyPair(listener, pairOf(0, 0, ports & OUR_PORT));
  listener.backlog = <u16>backlog;
  defaultSettings(listener, maxSegment);
  enterEntry(listener);
  return listener;
}

/** Closes it; who waits in its accept queue is doomed. Its half-open entries find nobody. */
export function closeListener(listener: Listener): void {
  splice(doomed, listener);
  makeOthersReady();
  leaveEntry(listener);
  voidHandle(listener);
  releaseEndpoint(listener);
}

/** Takes out the next connection that was never accepted and never will be, or null. */
export function takeDoomed(): Tcb | null {
  return takeWaiting(doomed);
}

export function hasDoomed(): bool {
  return !isLone(doomed);
}

/** Whether the accept queue has room: without it a SYN is not worth an answer. */
export function hasBacklog(listener: Listener): bool {
  return listener.pending < listener.backlog;
}

/** Puts an established connection in the accept queue. */
export function pushPending(listener: Listener, tcb: Tcb): void {
  append(listener, newsOf(tcb));
  listener.pending++;
  raise(listener, Event.Acceptable);
}

/** Takes the oldest connection out of the accept queue, or null. */
export function takePending(listener: Listener): Tcb | null {
  const tcb = takeWaiting(listener);
  if (tcb == null) return null;
  listener.pending--;
  tellEvents(tcb);
  return tcb;
}

/** The first connection of a queue, taken out: it is the host's now; or null. */
function takeWaiting(list: Link): Tcb | null {
  const news = takeFirst(list);
  if (news == null) return null;
  const tcb = changetype<Tcb>(endpointOfNews(news));
  handOver(tcb);
  return tcb;
}

/** Takes no memory where it is not called. */
function listeners(): Listeners {
  return changetype<Listeners>(memory.data(offsetof<Listeners>(), 4));
}

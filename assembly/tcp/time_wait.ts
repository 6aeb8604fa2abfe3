/**
 * TIME-WAIT (RFC 9293 section 3.6.1): small entries of their own, so that thousands of them take no
 * connection's place. All wait equally long, so they expire in the order in which they (re)started,
 * and one timer serves them all. When the table is full the oldest goes, and is counted.
 *
 * Deviation: an entry so evicted has not waited 2 MSL (MUST-13). A fixed memory has no other way
 * but to refuse the close.
 */
import { Counter } from "../abi/counter";
import { State } from "../abi/state";
import { inMs, isDue } from "../core/clock";
import { count } from "../core/counters";
import { Link, append, clearLink, isLone, unlink } from "../core/list";
import { TimerKind, TimerNode, startTimer, startTimerBy } from "../core/wheel";
import { copyPair, enterEntry, leaveEntry } from "./demux";
import { Entry } from "./entry";
import { Tcb } from "./tcb";

@unmanaged
@final
export class TimeWait extends Entry {
  sndNxt: u32;
  rcvNxt: u32;
  /** The table's order, or the free list. */
  order: Link;
  orderPrevious: Link;
}

@unmanaged
@final
class TimeWaits extends TimerNode {
  at: usize;
  count: u32;
  durationMs: u32;
  waiting: Link;
  waitingPrevious: Link;
  free: Link;
  freePrevious: Link;
}

export const TIME_WAIT_LEN: u32 = (offsetof<TimeWait>() + 7) & ~7;

if (TIME_WAIT_LEN > 64) ERROR("a TIME-WAIT entry takes at most 64 octets");

const table: TimeWaits = changetype<TimeWaits>(memory.data(offsetof<TimeWaits>(), 4));

/** Takes `count` cleared entries at `at`, for connections that wait `durationMs`. */
export function setTimeWaits(at: usize, count: u32, durationMs: u32): void {
  memory.fill(changetype<usize>(table), 0, offsetof<TimeWaits>());
  table.kind = <u8>TimerKind.TimeWaits;
  table.at = at;
  table.count = count;
  table.durationMs = durationMs;
  clearLink(waiting());
  clearLink(free());
  for (let index: u32 = 0; index < count; index++) {
    const entry = timeWaitAt(index);
    entry.kind = <u8>TimerKind.TimeWaits;
    append(free(), orderLink(entry));
  }
}

/** Entry `index`, or null past the end. */
export function timeWaitOrNull(index: u32): TimeWait | null {
  return index < table.count ? timeWaitAt(index) : null;
}

/** Puts an entry in the connection's place: segments of the pair find it from now on. */
export function beginTimeWait(tcb: Tcb): void {
  if (isLone(free())) {
    count(Counter.TcpTimeWaitEvicted);
    endTimeWait(entryOfOrder(waiting().next));
  }
  const link = free().next;
  unlink(link);
  const entry = entryOfOrder(link);
  leaveEntry(tcb);
  copyPair(entry, tcb);
  entry.state = <u8>State.TimeWait;
  entry.sndNxt = tcb.sndMax;
  entry.rcvNxt = tcb.rcvNxt;
  enterEntry(entry);
  waitFrom(entry);
}

/** 2 MSL begin anew: the peer's FIN was sent again. */
export function restartTimeWait(entry: TimeWait): void {
  unlink(orderLink(entry));
  waitFrom(entry);
}

/** Frees the entry. */
export function endTimeWait(entry: TimeWait): void {
  leaveEntry(entry);
  entry.state = <u8>State.Closed;
  const link = orderLink(entry);
  unlink(link);
  append(free(), link);
}

/** The table's timer expired: the oldest entry may be due. One a call: work is bounded. */
export function onTimeWaitTimer(): void {
  const first = firstWaiting();
  if (first != null && isDue(first.dueAtMs)) endTimeWait(first);
  const next = firstWaiting();
  if (next != null) startTimer(table, next.dueAtMs);
}

function waitFrom(entry: TimeWait): void {
  entry.dueAtMs = inMs(table.durationMs);
  append(waiting(), orderLink(entry));
  startTimerBy(table, entry.dueAtMs);
}

function firstWaiting(): TimeWait | null {
  return isLone(waiting()) ? null : entryOfOrder(waiting().next);
}

function timeWaitAt(index: u32): TimeWait {
  return changetype<TimeWait>(table.at + <usize>(index * TIME_WAIT_LEN));
}

function waiting(): Link {
  return changetype<Link>(changetype<usize>(table) + offsetof<TimeWaits>("waiting"));
}

function free(): Link {
  return changetype<Link>(changetype<usize>(table) + offsetof<TimeWaits>("free"));
}

function orderLink(entry: TimeWait): Link {
  return changetype<Link>(changetype<usize>(entry) + offsetof<TimeWait>("order"));
}

function entryOfOrder(link: Link): TimeWait {
  return changetype<TimeWait>(changetype<usize>(link) - offsetof<TimeWait>("order"));
}

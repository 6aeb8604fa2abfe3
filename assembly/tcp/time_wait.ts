/**
 * TIME-WAIT (RFC 9293 section 3.6.1): small entries of their own, so that thousands of them take no
 * connection's place. When the table is full the oldest goes, and is counted.
 *
 * Deviation: an entry so evicted has not waited 2 MSL (MUST-13). A fixed memory has no other way
 * but to refuse the close.
 */
import { Counter } from "../abi/counter";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { inMs } from "../core/clock";
import { count } from "../core/counters";
import { copyPair } from "../core/pair";
import { Entry, oldestOf, touch } from "../core/pool";
import { leaveEntry, replaceEntry } from "../core/table";
import { startTimer } from "../core/wheel";
import { Offer } from "../wire/tcp_options";
import { isAccurate } from "./accurate_ecn";
import { offersOf } from "./options";
import { Tcb } from "./tcb";

@unmanaged
@final
export class TimeWait extends Entry {
  sndNxt: u32;
  rcvNxt: u32;
  /** The peer's newest timestamp, if `offers` has timestamps. */
  tsRecent: u32;
  /**
   * Bits of `Offer`: what the connection had agreed to. With accurate ECN the ACE field takes the
   * place of the scale, which is of no use any more.
   */
  offers: u8;
  /** The connection's; for its service octet there is no room. */
  timeToLive: u8;
  /** The window field as last sent. */
  wnd: u16;
}

@unmanaged
@final
class TimeWaits {
  durationMs: u32;
}

export const TIME_WAIT_LEN: u32 = (offsetof<TimeWait>() + 7) & ~7;

if (TIME_WAIT_LEN > 64) ERROR("a TIME-WAIT entry takes at most 64 octets");

const table: TimeWaits = changetype<TimeWaits>(memory.data(offsetof<TimeWaits>(), 4));

/** Connections wait for `durationMs` from now on. */
export function setTimeWaits(durationMs: u32): void {
  table.durationMs = durationMs;
}

/**
 * Puts an entry in the connection's place: segments of the pair find it from now on, and it answers
 * with this window field.
 */
export function beginTimeWait(tcb: Tcb, wnd: u32): void {
  const entry = changetype<TimeWait>(oldestOf(Table.TimeWait));
  if (entry.state != State.Closed) {
    count(Counter.TcpTimeWaitEvicted);
    leaveEntry(entry);
  }
  copyPair(entry, tcb);
  replaceEntry(tcb, entry);
  entry.state = <u8>State.TimeWait;
  entry.sndNxt = tcb.sndMax;
  entry.rcvNxt = tcb.rcvNxt;
  entry.tsRecent = tcb.tsRecent;
  entry.offers = <u8>offersOf(tcb, false);
  if (isAccurate(tcb)) {
    entry.offers = (entry.offers & ~(<u8>Offer.Scale)) | <u8>(Offer.AccurateEcn | tcb.rCep & 7);
  }
  entry.timeToLive = tcb.timeToLive;
  entry.wnd = <u16>wnd;
  restartTimeWait(entry);
}

/** 2 MSL begin: anew, when the peer's FIN was sent again. */
export function restartTimeWait(entry: TimeWait): void {
  touch(entry);
  startTimer(entry, inMs(table.durationMs));
}

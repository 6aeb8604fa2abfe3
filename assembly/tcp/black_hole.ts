/**
 * The segment size by what comes through (RFC 4821): routers may drop what is too big without a
 * word (RFC 2923 section 2.1). Timeouts in a row make segments smaller, whatever their cause; then,
 * and when a report has grown old, a larger segment is tried now and then, with text that must be
 * sent anyway. If it alone is lost that is no sign of congestion. First the largest is tried, and
 * if that does not come through the next plateau:
 *
 *   sndMss <= min(next plateau, mssLimit) <= mssLimit
 *
 * The segment that is tried is the one whose round trip is timed, so it takes no more to know its
 * fate. Nothing here knows routers' reports: path_mtu.ts.
 */
import { Counter } from "../abi/counter";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { flightSize } from "./congestion";
import { LEAST_PATH_MTU, mssOf, mtuOf, plateauAbove } from "./mss";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";

/** Segments that seem to vanish need no larger path than this at first (RFC 4821 section 7.7). */
const BASE_MTU: u32 = 1024;

/** Timeouts in a row that make doubtful what was proven. */
const PROVEN_TIMEOUTS: u8 = 4;

// Points in time and delays in turns of 2^16 ms: about a minute, of which the first has begun.
const TURN_BITS: u32 = 16;
/** After a report, or when what was tried did not come through: 10 minutes (RFC 1191 section 3). */
export const RAISE_LATER: u32 = 11;
/** When it did: 2 minutes. */
const RAISE_SOON: u32 = 3;
/** When there is no reason to wait. */
const RAISE_NOW: u32 = 0;
/** No delay is longer, so what lies further off is over: a byte wraps after less than 5 hours. */
const LONGEST_DELAY: u32 = 16;

/**
 * Octets of text that fit the next new segment, beside `options` that not all segments have. `text`
 * octets wait, and the windows allow `usable`; 0: it should wait until they allow as much as is to
 * be tried.
 */
export function nextRoom(tcb: Tcb, text: u32, usable: u32, options: u32): u32 {
  const size = <u32>tcb.sndMss;
  if (size >= tcb.mssLimit || options != 0 || !mayTry(tcb)) return size - options;
  const larger = largerSize(tcb);
  if (larger <= size || text < larger || min<u32>(tcb.cwnd, tcb.sndWnd) < larger) return size;
  // Something is outstanding, or all of the window would be usable: an answer will come.
  return usable < larger ? 0 : larger;
}

/** Whether the next new segment may be larger than those before it. */
function mayTry(tcb: Tcb): bool {
  if (has(tcb, TcbFlag.RttTimed | TcbFlag.InRecovery | TcbFlag.ProbeNow)) return false;
  if (tcb.dupAcks != 0 || tcb.sndNxt != tcb.sndMax) return false;
  return ((<u32>tcb.raiseAt - turn() - 1) & 0xff) >= LONGEST_DELAY;
}

function largerSize(tcb: Tcb): u32 {
  // A window never so large could not take more.
  const limit = min<u32>(tcb.mssLimit, tcb.maxSndWnd);
  if (!has(tcb, TcbFlag.LimitLost)) return limit;
  return min<u32>(mssOf(tcb, plateauAbove(mtuOf(tcb))), limit);
}

/** The timed segment was sent once, and has come through. */
export function proveSize(tcb: Tcb): void {
  const len = tcb.timedLen;
  if (len > tcb.provenMss) tcb.provenMss = len;
  if (len <= tcb.sndMss) return;
  tcb.sndMss = len;
  delayRaise(tcb, RAISE_SOON);
  count(Counter.TcpSegmentSizeRaised);
}

/** Whether the oldest outstanding segment, which is lost, is one that was tried; notes it. */
export function noteProbeLost(tcb: Tcb): bool {
  if (!has(tcb, TcbFlag.RttTimed) || tcb.timedLen <= tcb.sndMss) return false;
  if (tcb.rttSeq - tcb.timedLen != tcb.sndUna) return false;
  clearFlag(tcb, TcbFlag.RttTimed);
  if (has(tcb, TcbFlag.LimitLost)) {
    clearFlag(tcb, TcbFlag.LimitLost);
    delayRaise(tcb, RAISE_LATER);
  } else {
    setFlag(tcb, TcbFlag.LimitLost);
  }
  return true;
}

/**
 * A timeout: every second one in a row makes segments smaller, if those outstanding are larger.
 * Where segments so large have come through before, loss is the better guess for the first three.
 */
export function suspectSize(tcb: Tcb): void {
  if ((tcb.retransmissions & 1) != 0) return;
  if (tcb.provenMss >= tcb.sndMss && tcb.retransmissions < PROVEN_TIMEOUTS) return;
  const mtu = mtuOf(tcb);
  const lower = mssOf(tcb, max<u32>(mtu > BASE_MTU ? BASE_MTU : mtu >> 1, LEAST_PATH_MTU));
  if (lower < tcb.sndMss && flightSize(tcb) > lower) lowerSize(tcb, lower, RAISE_NOW);
}

/** Segments have `mss` octets of text at the most; `turns` later a larger one may be tried. */
export function lowerSize(tcb: Tcb, mss: u32, turns: u32): void {
  tcb.sndMss = <u16>mss;
  tcb.provenMss = 0;
  tcb.claimedMss = 0;
  clearFlag(tcb, TcbFlag.RttTimed | TcbFlag.LimitLost);
  delayRaise(tcb, turns);
  count(Counter.TcpSegmentSizeLowered);
}

/** Nothing larger is tried for so many turns. */
export function delayRaise(tcb: Tcb, turns: u32): void {
  tcb.raiseAt = <u8>(turn() + turns);
}

function turn(): u32 {
  return nowMs() >> TURN_BITS;
}

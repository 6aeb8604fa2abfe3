/**
 * Pacing, where a connection is told to: text leaves at a rate, spread over the round trip, and not
 * a window at once, of which a queue on the way that is shorter than the window keeps only a part
 * (RFC 9002 section 7.7 says it of QUIC).
 *
 *   rate = gain * window / SRTT      gain: 2 while the window doubles, 6/5 beyond (N in RFC 9002)
 *
 * `paced` is when all that has left would have left at this rate. Text may leave when that is past;
 * it may be past by no more than a burst takes, so that nobody saves up for a large one:
 *
 *          now - burst      paced                now
 *   ------------|-------------|-------------------|---------
 *                             |<- this much may ->|   and the segment that goes beyond
 *
 * Timers are of a millisecond, here and in hosts: so is a burst, or it is two segments. What is not
 * held back: whatever bears no text; the first text while nothing is on its way, and so what a
 * timeout sends again; probes; and fast recovery, which follows its own clock (RFC 9937).
 */
import { inUs, isAfter, nowUs } from "../core/clock";
import { startTimerBy } from "../core/wheel";
import { PACED } from "./entry";
import { pipe } from "./scoreboard";
import { seqDistance } from "./seq";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";

/** Bits of `Tcb.pacing`. */
export const enum Pacing {
  On = 1,
  /** `paced` is known: not so before the first text, and after a recovery, which has the word. */
  Running = 2,
  /** Text waits for its time, and for nothing else. */
  Waiting = 4,
}

const BURST_US: u32 = 1000;
/** What a host that calls too late may make up for: timers of Node are late by one or two. */
const MOST_LATE_US: u32 = 4000;

// Gains in fifths, and where the doubling ends: in the round trip in which it reaches the threshold
// it needs no twofold rate any more.
const GAIN_FIFTHS: u32 = 6;
const DOUBLING_GAIN_FIFTHS: u32 = 10;

/** What leaves whatever the time. */
const AT_ONCE: u32 = TcbFlag.InRecovery | TcbFlag.Resend | TcbFlag.ProbeNow | TcbFlag.ProbeTail;

/** The connection has its settings, or has got other ones. */
export function beginPacing(tcb: Tcb): void {
  tcb.pacing = tcb.ecn & PACED ? <u8>Pacing.On : 0;
}

/** Whether it is to be paced. */
export function isPaced(tcb: Tcb): bool {
  return tcb.pacing != 0;
}

/** Whether it is, now: its round trip is long enough. */
export function isSpread(tcb: Tcb): bool {
  return isPaced(tcb) && isDivided(tcb);
}

/** Whether text of a paced connection must wait for its time. */
export function mustWait(tcb: Tcb): bool {
  if ((tcb.pacing & Pacing.Running) == 0 || has(tcb, AT_ONCE)) return false;
  const out = pipe(tcb);
  return out != 0 && isDivided(tcb) && isAfter(pacedFrom(tcb, out), nowUs());
}

/** Octets of text that a driver may get at once to cut, if that is less than `usable`. */
export function pacedRoom(tcb: Tcb, usable: u32): u32 {
  if (!isDivided(tcb)) return usable;
  // Not past where text leaves although it is not time.
  const pastUs = max<i32>(<i32>(nowUs() - pacedFrom(tcb, pipe(tcb))), 0);
  return min<u32>(usable, octetsIn(tcb, pastUs) + tcb.sndMss);
}

/** Text of `len` octets has left: the next has to wait for that. */
export function notePaced(tcb: Tcb, len: u32): void {
  if (has(tcb, TcbFlag.InRecovery)) return;
  if (!isDivided(tcb)) {
    stopPace(tcb);
    return;
  }
  tcb.prrFlight = pacedFrom(tcb, pipe(tcb) - len) + timeOf(tcb, len);
  tcb.pacing |= <u8>Pacing.Running;
}

/** Nothing may leave. `isHeld`: because it is not time yet; then a timer says when it is. */
export function waitForPace(tcb: Tcb, isHeld: bool): void {
  tcb.pacing &= ~(<u8>Pacing.Waiting);
  if (!isHeld) return;
  tcb.pacing |= <u8>Pacing.Waiting;
  // RFC 9002 section 7.8: a window that only the pace leaves unused is the limit all the same.
  if (seqDistance(tcb.sndUna, tcb.sndEnd) >= tcb.cwnd) setFlag(tcb, TcbFlag.CwndLimited);
  startTimerBy(tcb, inUs(paced(tcb) - nowUs()));
}

/** What comes next is paced as if nothing had left: `paced` is not known any more. */
export function stopPace(tcb: Tcb): void {
  tcb.pacing &= ~(<u8>Pacing.Running);
}

/** When all that has left would have left at the pace: a word that recovery has otherwise. */
function paced(tcb: Tcb): u32 {
  return tcb.prrFlight;
}

/**
 * `paced`, but not further back than what is past may be made up for: a burst, or what a late host
 * has lost. With nothing on its way there is nothing to wait for.
 */
function pacedFrom(tcb: Tcb, out: u32): u32 {
  const isKnown = out != 0 && (tcb.pacing & Pacing.Running) != 0;
  const isLate = isKnown && (tcb.pacing & Pacing.Waiting) != 0;
  const leastUs = isLate ? MOST_LATE_US : BURST_US;
  if (isKnown && isPacedSince(tcb, leastUs)) return paced(tcb);
  // By a division, which most segments do without.
  const mostUs = max<u32>(timeOf(tcb, tcb.sndMss), leastUs);
  return isKnown && isPacedSince(tcb, mostUs) ? paced(tcb) : nowUs() - mostUs;
}

/**
 * Whether `paced` was no more than `agoUs` ago, or is to come. That it is by what a segment takes
 * at the most, which is less than a round trip: what seems to be further ahead is long past, by
 * more than half of what microseconds in a word can tell (`sleep`).
 */
function isPacedSince(tcb: Tcb, agoUs: u32): bool {
  return paced(tcb) - (nowUs() - agoUs) <= agoUs + (tcb.srttUs8 >> 3);
}

/**
 * Whether a round trip is known, and longer than to be one burst: a path that short has no queue to
 * speak of, and timers are too coarse for it.
 */
function isDivided(tcb: Tcb): bool {
  // Without one SRTT is 0. Fifths of eighths of a microsecond fit: the largest is 60 s.
  return tcb.srttUs8 * 5 > BURST_US * 8 * gainFifths(tcb);
}

/** Microseconds that `len` octets take. */
function timeOf(tcb: Tcb, len: u32): u32 {
  return <u32>(<u64>tcb.srttUs8 * 5 * len / eighths(tcb));
}

/** Octets that leave in `us` microseconds. */
function octetsIn(tcb: Tcb, us: u32): u32 {
  return <u32>(us * eighths(tcb) / (<u64>tcb.srttUs8 * 5));
}

/** The rate's numerator, in the unit of `srttUs8`. A window of the peer's that is less counts. */
function eighths(tcb: Tcb): u64 {
  const window = max<u32>(min<u32>(tcb.cwnd, tcb.sndWnd), tcb.sndMss);
  return <u64>window * (8 * gainFifths(tcb));
}

function gainFifths(tcb: Tcb): u32 {
  return tcb.cwnd < tcb.ssthresh >> 1 ? DOUBLING_GAIN_FIFTHS : GAIN_FIFTHS;
}

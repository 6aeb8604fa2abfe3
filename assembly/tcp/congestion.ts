/**
 * Congestion control: how much may be on its way. A narrow door: what begins, what grows, what
 * shrinks the window. Behind it CUBIC (RFC 9438, cubic.ts), with HyStart++ (RFC 9406, hystart.ts)
 * in the first slow start, or RFC 5681 by the letter (newreno.ts); and what a window is worth that
 * is not used (validation.ts). Nobody else includes these.
 */
import { HAS_HYSTART, IS_SMALL } from "../config";
import { beginCubic, growCubic, pauseCubic, reduceCubic } from "./cubic";
import { Switch } from "./entry";
import { beginHyStart, endHyStartRound, noteSample, stepHyStart } from "./hystart";
import { beginNewReno, growNewReno, stepSlowStart } from "./newreno";
import { seqDistance } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import {
  beginValidation, endsRound, initialWindow, isLimit, isValid, lowerIdle, lowerUnused,
} from "./validation";

/** No threshold has been learnt yet (RFC 5681 section 3.1: arbitrarily high). */
const NO_THRESHOLD: u32 = 0x7fffffff;
/** Keeps sums of windows and sequence numbers far from 2^31. */
const LARGEST_WINDOW: u32 = 1 << 29;

/** The connection is established: the initial window (RFC 6928; one segment after a lost SYN). */
export function beginCongestion(tcb: Tcb): void {
  tcb.ssthresh = NO_THRESHOLD;
  tcb.cwnd = has(tcb, TcbFlag.SynResent) ? tcb.sndMss : initialWindow(tcb);
  beginValidation(tcb);
  beginAlgorithm(tcb);
}

/** Another algorithm from now on, which learns anew. */
export function beginAlgorithm(tcb: Tcb): void {
  clearFlag(tcb, TcbFlag.Reduced | TcbFlag.TimedOut);
  if (!isCubic(tcb)) beginNewReno(tcb);
  else if (isHyStart(tcb)) beginHyStart(tcb);
  else beginCubic(tcb);
}

/** Whether CUBIC is at work, in place of NewReno. */
export function isCubic(tcb: Tcb): bool {
  return !IS_SMALL && (tcb.switches & Switch.NewReno) == 0;
}

/**
 * `acked` octets of new data were acknowledged outside recovery; `sndUna` is beyond them already.
 * The window grows if it was the limit.
 */
export function growWindow(tcb: Tcb, acked: u32): void {
  const isRound = endsRound(tcb);
  if (lowerUnused(tcb, flightSize(tcb) + acked, isRound)) pauseGrowth(tcb);
  if (isRound && isHyStart(tcb) && endHyStartRound(tcb)) {
    // Round trips grow: the path is full.
    tcb.ssthresh = tcb.cwnd;
    beginCubic(tcb);
  }
  if (tcb.cwnd < tcb.ssthresh) {
    if (!isValid(tcb)) return;
    tcb.cwnd += isFirst(tcb) ? stepHyStart(tcb, acked) : stepSlowStart(tcb, acked);
  } else if (!isLimit(tcb)) {
    pauseGrowth(tcb);
  } else if (isCubic(tcb)) {
    growCubic(tcb, acked);
  } else {
    growNewReno(tcb, acked);
  }
  tcb.cwnd = min<u32>(tcb.cwnd, LARGEST_WINDOW);
}

/** Something waits to be sent, and nothing is on its way: a window that is old is no more. */
export function restartIdle(tcb: Tcb): void {
  if (lowerIdle(tcb)) pauseGrowth(tcb);
}

/** A round trip of `rttUs` microseconds has just ended. */
export function noteRoundTrip(tcb: Tcb, rttUs: u32): void {
  if (isHyStart(tcb)) noteSample(tcb, rttUs);
}

/**
 * Congestion, by a loss or a mark: the threshold falls, to half of what is on its way (RFC 5681
 * equation 4) or by CUBIC's factor. The window the caller brings down.
 */
export function reduceThreshold(tcb: Tcb): void {
  const flight = flightSize(tcb);
  if (isHyStart(tcb)) beginCubic(tcb);
  const reduced = isCubic(tcb) ? reduceCubic(tcb, flight) : flight >> 1;
  tcb.ssthresh = max<u32>(reduced, 2 * <u32>tcb.sndMss);
}

/** Segments must be sent again, though nothing was lost to congestion: the window comes back. */
export function keepThreshold(tcb: Tcb): void {
  if (!has(tcb, TcbFlag.InRecovery)) tcb.ssthresh = max<u32>(tcb.ssthresh, tcb.cwnd);
}

/** The retransmission timer expired: start over with one segment (RFC 5681 section 3.1). */
export function collapseWindow(tcb: Tcb): void {
  if (tcb.backoff == 0) reduceThreshold(tcb);
  setFlag(tcb, TcbFlag.TimedOut);
  tcb.cwnd = tcb.sndMss;
}

/** Before the window is reduced: what it is, should there turn out to be no reason. */
export function saveCongestion(tcb: Tcb): void {
  tcb.savedCwnd = tcb.cwnd;
  tcb.savedSsthresh = tcb.ssthresh;
}

/**
 * There was no reason for the last reduction: it is taken back (RFC 9438 section 4.9.2). CUBIC goes
 * on along its old curve, unless it has begun another one.
 */
export function undoCongestion(tcb: Tcb): void {
  tcb.cwnd = max<u32>(tcb.cwnd, tcb.savedCwnd);
  tcb.ssthresh = max<u32>(tcb.ssthresh, tcb.savedSsthresh);
  const isBegun = !has(tcb, TcbFlag.Reduced | TcbFlag.TimedOut);
  clearFlag(tcb, TcbFlag.Reduced | TcbFlag.TimedOut);
  if (isHyStart(tcb)) beginHyStart(tcb);
  else if (isBegun) pauseGrowth(tcb);
}

/** Octets sent and not acknowledged. */
export function flightSize(tcb: Tcb): u32 {
  return seqDistance(tcb.sndUna, tcb.sndMax);
}

/** The window does not grow, for another reason than time: its curve waits. */
function pauseGrowth(tcb: Tcb): void {
  if (isCubic(tcb) && !isFirstSlowStart(tcb)) pauseCubic(tcb);
}

function isHyStart(tcb: Tcb): bool {
  return HAS_HYSTART && isFirst(tcb);
}

/** Whether it is the first slow start of CUBIC: that of RFC 9406, if only by its steps. */
function isFirst(tcb: Tcb): bool {
  return isCubic(tcb) && isFirstSlowStart(tcb);
}

function isFirstSlowStart(tcb: Tcb): bool {
  return tcb.ssthresh == NO_THRESHOLD;
}

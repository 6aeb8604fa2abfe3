/**
 * HyStart++ (RFC 9406): the first slow start ends when round trips grow, before the queue at the
 * bottleneck overflows. At first it only slows down (conservative slow start, CSS), in case that
 * was jitter.
 */
import { HAS_HYSTART, HAS_PACING } from "../config";
import { isSpread } from "./pacing";
import { Tcb, algorithmOf } from "./tcb";

// Section 4.3, in microseconds: how much longer than in the round before is longer.
const MIN_RTT_THRESH_US: u32 = 4000;
const MAX_RTT_THRESH_US: u32 = 16000;
const MIN_RTT_DIVISOR: u32 = 8;
/** Samples of a round trip that make a minimum worth believing. */
const N_RTT_SAMPLE: u8 = 8;
const CSS_GROWTH_DIVISOR: u32 = 4;
/** Rounds of CSS after which it is the path. */
const CSS_ROUNDS: u8 = 5;
/** L: segments that an ACK counts for at the most, where nothing paces them. */
const LARGEST_STEP: u32 = 8;
const NONE: u32 = 0xffffffff;

/** Its variables, among the words that the algorithms share: those of section 4.2. */
@unmanaged
@final
class HyStart {
  lastRoundMinRttUs: u32;
  currentRoundMinRttUs: u32;
  cssBaselineMinRttUs: u32;
  rttSampleCount: u8;
  /** The round of CSS, from 1; 0: slow start. */
  cssRound: u8;
}

/** The first slow start begins, or begins anew. */
export function beginHyStart(tcb: Tcb): void {
  const hystart = hystartOf(tcb);
  hystart.currentRoundMinRttUs = NONE;
  hystart.cssRound = 0;
  endHyStartRound(tcb);
}

/** A round is over, and the next begins. Returns whether slow start is over, too. */
export function endHyStartRound(tcb: Tcb): bool {
  const hystart = hystartOf(tcb);
  hystart.lastRoundMinRttUs = hystart.currentRoundMinRttUs;
  hystart.currentRoundMinRttUs = NONE;
  hystart.rttSampleCount = 0;
  if (hystart.cssRound == 0) return false;
  return hystart.cssRound++ >= CSS_ROUNDS;
}

/** Takes a round trip in, and judges by it. */
export function noteSample(tcb: Tcb, rttUs: u32): void {
  const hystart = hystartOf(tcb);
  const least = min<u32>(hystart.currentRoundMinRttUs, rttUs);
  hystart.currentRoundMinRttUs = least;
  if (hystart.rttSampleCount < N_RTT_SAMPLE) hystart.rttSampleCount++;
  if (hystart.rttSampleCount < N_RTT_SAMPLE) return;
  const last = hystart.lastRoundMinRttUs;
  if (hystart.cssRound != 0) {
    // It was jitter: slow start goes on.
    if (least < hystart.cssBaselineMinRttUs) hystart.cssRound = 0;
  } else if (last != NONE && least >= last + thresholdOf(last)) {
    hystart.cssBaselineMinRttUs = least;
    hystart.cssRound = 1;
  }
}

/** By how much `acked` octets open the window. */
export function stepHyStart(tcb: Tcb, acked: u32): u32 {
  let step = min<u32>(acked, LARGEST_STEP * <u32>tcb.sndMss);
  // What paces itself may count all: its bursts are none (section 4.3).
  if (HAS_PACING && step != acked && isSpread(tcb)) step = acked;
  return HAS_HYSTART && hystartOf(tcb).cssRound != 0 ? step / CSS_GROWTH_DIVISOR : step;
}

function thresholdOf(rttUs: u32): u32 {
  return max<u32>(MIN_RTT_THRESH_US, min<u32>(rttUs / MIN_RTT_DIVISOR, MAX_RTT_THRESH_US));
}

function hystartOf(tcb: Tcb): HyStart {
  return changetype<HyStart>(algorithmOf(tcb));
}

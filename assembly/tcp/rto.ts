/**
 * The retransmission timeout (RFC 6298). Round trips are timed one at a time, and never over a
 * segment that was sent twice (Karn's rule, MUST-18).
 */
import { nowUs } from "../core/clock";
import { proveSize } from "./black_hole";
import { seqGe } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import { Timer, setTimer } from "./timers";
import { timestamp } from "./timestamps";

/** RFC 6298 rule 2.1. */
export const INITIAL_RTO_MS: u32 = 1000;
/** RFC 6298 rule 5.7: after a handshake in which the SYN was lost. */
export const LOST_SYN_RTO_MS: u32 = 3000;
/** RFC 6298 rule 2.5: at least 60 s. */
export const LARGEST_RTO_MS: u32 = 60000;
/** 4 RTTVAR is not less. */
const LEAST_VARIATION_MS: u32 = 100;
/** A sample beyond this says nothing about the path. */
const LARGEST_SAMPLE_US: u32 = 60 * 1000 * 1000;

/** Times the segment of `len` octets of text that ends at `seq`, unless one is being timed. */
export function beginRtt(tcb: Tcb, seq: u32, len: u32): void {
  if (has(tcb, TcbFlag.RttTimed)) return;
  setFlag(tcb, TcbFlag.RttTimed);
  tcb.rttSeq = seq;
  tcb.rttAtUs = nowUs();
  tcb.timedLen = <u16>len;
}

/** Something is sent again: what was being timed cannot be told apart any more. */
export function cancelRtt(tcb: Tcb): void {
  clearFlag(tcb, TcbFlag.RttTimed);
}

/** `ack` arrived: the end of a round trip if it covers what is being timed. */
export function endRtt(tcb: Tcb, ack: u32): void {
  if (!has(tcb, TcbFlag.RttTimed) || !seqGe(ack, tcb.rttSeq)) return;
  clearFlag(tcb, TcbFlag.RttTimed);
  proveSize(tcb);
  sampleRtt(tcb, nowUs() - tcb.rttAtUs);
}

/** The peer echoes the timestamp of what it acknowledges (RFC 7323 section 4.1). */
export function sampleEcho(tcb: Tcb, tsEcr: u32): void {
  const elapsedMs = timestamp(tcb.tsOffset) - tsEcr;
  if (elapsedMs <= LARGEST_SAMPLE_US / 1000) sampleRtt(tcb, max<u32>(elapsedMs, 1) * 1000);
}

/** Takes a measured round trip in. */
export function sampleRtt(tcb: Tcb, rttUs: u32): void {
  rttUs = min<u32>(rttUs, LARGEST_SAMPLE_US);
  if (!has(tcb, TcbFlag.RttKnown)) {
    setFlag(tcb, TcbFlag.RttKnown);
    tcb.srttUs8 = rttUs << 3;
    tcb.rttvarUs4 = rttUs << 1;
  } else {
    // RTTVAR <- 3/4 RTTVAR + 1/4 |SRTT - R'|, then SRTT <- 7/8 SRTT + 1/8 R' (rule 2.3).
    const difference = <i32>(rttUs - (tcb.srttUs8 >> 3));
    tcb.rttvarUs4 = tcb.rttvarUs4 - (tcb.rttvarUs4 >> 2) + abs<i32>(difference);
    tcb.srttUs8 = tcb.srttUs8 - (tcb.srttUs8 >> 3) + rttUs;
  }
  tcb.backoff = 0;
  updateRto(tcb);
}

/** RTO <- SRTT + 4 RTTVAR, within its bounds. */
export function updateRto(tcb: Tcb): void {
  if (!has(tcb, TcbFlag.RttKnown)) {
    tcb.rtoMs = max<u32>(tcb.rtoMs, tcb.minRtoMs);
    return;
  }
  // Rule 2.2 asks for the clock's granularity at least. On a long and steady path that would leave
  // a few milliseconds beyond the round trip, which a short queue takes up.
  const least = min<u32>(tcb.minRtoMs, LEAST_VARIATION_MS) * 1000;
  const us = (tcb.srttUs8 >> 3) + max<u32>(tcb.rttvarUs4, least);
  tcb.rtoMs = min<u32>(max<u32>((us + 999) / 1000, tcb.minRtoMs), LARGEST_RTO_MS);
}

/** RFC 6298 rule 5.5: the timeout is doubled. */
export function backOff(tcb: Tcb): void {
  if (tcb.backoff < 255) tcb.backoff++;
}

/** Starts the retransmission timer unless it runs (RFC 6298 rule 5.1). */
export function ensureRetransmit(tcb: Tcb): void {
  if (tcb.retransmitAtMs == 0) setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));
}

/** The timeout as it stands, backed off. */
export function backedOffRto(tcb: Tcb): u32 {
  return min<u32>(tcb.rtoMs << min<u32>(tcb.backoff, 12), LARGEST_RTO_MS);
}

/**
 * Tail loss probes (RFC 8985 section 7): when no ACK comes for two round trips, a segment is sent
 * to draw one, so that a loss at the end of what was sent is found without a timeout.
 */
import { Counter } from "../abi/counter";
import { nowMs, nowUs } from "../core/clock";
import { count } from "../core/counters";
import { Segment } from "../wire/segment";
import { flightSize, reduceThreshold } from "./congestion";
import { RECORD_LEN, endOfRecords, recordSentUs } from "./records";
import { backedOffRto } from "./rto";
import { delivery, markLost } from "./scoreboard";
import { seqDistance, seqGe, seqGt, seqLt } from "./seq";
import {
  Episode, Tcb, TcbFlag, beginEpisode, endEpisode, has, setFlag,
} from "./tcb";
import { Timer, setTimer } from "./timers";

/** TLP.max_ack_delay: how long a peer is expected to wait with an ACK for a lone segment. */
const LONGEST_ACK_DELAY_MS: u32 = 200;
/** Hosts pause for longer than the round trips of a LAN take: no ACK within those is no loss. */
const LEAST_PROBE_MS: u32 = 10;

/** Whether a probe may become due: something is on its way, and all seems well. */
export function mayProbeTail(tcb: Tcb): bool {
  if (!has(tcb, TcbFlag.Sack) || has(tcb, TcbFlag.InRecovery) || tcb.recordCount == 0) return false;
  if ((tcb.sackedOctets | tcb.lostOctets) != 0 || tcb.srttUs8 == 0) return false;
  return (tcb.episode & Episode.Probed) == 0 && tcb.persistAtMs == 0 && tcb.backoff == 0 &&
    !seqLt(tcb.sndUna, tcb.recover);
}

/** The least PTO, in milliseconds (section 7.2): two round trips, but sooner than a timeout. */
export function leastProbeTimeout(tcb: Tcb): u32 {
  const roundTripsMs = (tcb.srttUs8 >> 2) / 1000 + 1;
  return min<u32>(max<u32>(roundTripsMs, LEAST_PROBE_MS), backedOffRto(tcb) - 1);
}

/** PTO: the peer may wait with the ACK of a lone segment. */
function probeTimeout(tcb: Tcb): u32 {
  const leastMs = leastProbeTimeout(tcb);
  return flightSize(tcb) > tcb.sndMss ? leastMs : leastMs + LONGEST_ACK_DELAY_MS;
}

/**
 * The timer has expired: a probe is due, unless something was sent or acknowledged since it was
 * started. Then it runs on; it is started once, and not with every segment.
 */
export function onProbeTimeout(tcb: Tcb): void {
  if (!mayProbeTail(tcb) || tcb.retransmitAtMs == 0) return;
  const timeoutMs = probeTimeout(tcb);
  const rtoMs = backedOffRto(tcb);
  const sentMsAgo = (nowUs() - recordSentUs(endOfRecords(tcb) - RECORD_LEN)) / 1000;
  // The retransmission timer was started by the last ACK, or the first text after it.
  const heardMsAgo = nowMs() + rtoMs - tcb.retransmitAtMs;
  const quietMs = min<u32>(sentMsAgo, heardMsAgo);
  const waitMs = min<i32>(timeoutMs - quietMs, rtoMs - 1 - heardMsAgo);
  if (waitMs > 0) setTimer(tcb, Timer.Recovery, waitMs);
  else probeTail(tcb);
}

/** New text if there is some and the peer has room for it; otherwise the last segment again. */
function probeTail(tcb: Tcb): void {
  count(Counter.TcpTailProbes);
  // A reduction before this one is settled by now; the number is shared.
  endEpisode(tcb, Episode.Undoable);
  beginEpisode(tcb, Episode.Probed);
  tcb.episodeSeq = tcb.sndNxt;
  const waits = seqDistance(tcb.sndNxt, tcb.sndEnd);
  const isNew = seqGt(tcb.sndEnd, tcb.sndNxt) &&
    !seqGt(tcb.sndNxt + min<u32>(waits, tcb.sndMss), tcb.sndUna + tcb.sndWnd);
  if (isNew) {
    setFlag(tcb, TcbFlag.ProbeTail);
  } else {
    const len = min<u32>(flightSize(tcb), tcb.sndMss);
    markLost(tcb, tcb.sndNxt - len, tcb.sndNxt);
    setFlag(tcb, TcbFlag.Resend);
    beginEpisode(tcb, Episode.ProbedAgain);
  }
  // Section 7.3: what comes next, if this draws no ACK.
  setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));
}

/** An ACK: did the probe repair a loss (section 7.4.2)? If so the window is reduced once. */
export function endProbe(tcb: Tcb, seg: Segment, acked: u32): void {
  if ((tcb.episode & Episode.Probed) == 0 || !seqGe(tcb.sndUna, tcb.episodeSeq)) return;
  const isNew = (tcb.episode & Episode.ProbedAgain) == 0;
  // It came twice: nothing had been lost. So say a D-SACK, or an ACK that says nothing else.
  const isTwice = delivery.duplicateFrom != delivery.duplicateTo
    ? delivery.duplicateTo == tcb.episodeSeq : acked == 0 && seg.textLen == 0 && seg.sackCount == 0;
  const isBeyond = seqGt(tcb.sndUna, tcb.episodeSeq);
  if (!isNew && !isTwice && !isBeyond) return;
  forgetProbe(tcb);
  if (isNew || isTwice) return;
  reduceThreshold(tcb);
  tcb.cwnd = min<u32>(tcb.cwnd, tcb.ssthresh);
}

/** Another recovery takes over, or the probe has had its answer. */
export function forgetProbe(tcb: Tcb): void {
  endEpisode(tcb, Episode.Probed | Episode.ProbedAgain);
}

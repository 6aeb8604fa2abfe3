/** The fifth check of RFC 9293 section 3.10.7.4: the ACK field, and the send window behind it. */
import { Counter } from "../abi/counter";
import { Event } from "../abi/event";
import { Reason } from "../abi/error";
import { State } from "../abi/state";
import { nowUs } from "../core/clock";
import { count } from "../core/counters";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { endConnection, sendMask, tell } from "./connections";
import { heedEcho, isEcho } from "./ecn";
import { establish } from "./establish";
import { LINGER_MS, enterTimeWait } from "./finish";
import { noteProgress } from "./progress";
import { onAck } from "./recovery";
import { backedOffRto, endRtt, sampleEcho, sampleRtt } from "./rto";
import { delivery, takeDelivery } from "./scoreboard";
import { seqDistance, seqGe, seqGt, seqLe, seqLt } from "./seq";
import { transition } from "./state";
import { Tcb, TcbFlag, clearFlag, has } from "./tcb";
import { Timer, setTimer } from "./timers";
import { Verdict } from "./verdict";
import { takeWindow } from "./window";

/** Fifth: the ACK field. */
export function processAck(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Ack) == 0) return Verdict.Drop;
  if (has(tcb, TcbFlag.Opening)) {
    const verdict = processAckOfSyn(tcb, seg);
    if (verdict) return verdict;
  }
  const verdict = checkAckRange(tcb, seg);
  if (verdict) return verdict;
  const acked = takeDelivery(tcb, seg);
  if (acked != 0) processNewAck(tcb, seg);
  onAck(tcb, seg, acked, acked == 0 && isDuplicateAck(tcb, seg), isEcho(tcb, seg));
  heedEcho(tcb, seg);
  updateSendWindow(tcb, seg);
  return has(tcb, TcbFlag.FinQueued) && isFinAcked(tcb) ? onFinAcked(tcb) : Verdict.Continue;
}

/**
 * SYN-RECEIVED, or FIN-WAIT-1 before ESTABLISHED: our SYN must be acknowledged, or the segment is
 * answered with a RST.
 */
function processAckOfSyn(tcb: Tcb, seg: Segment): Verdict {
  if (!seqGt(seg.ack, tcb.sndUna) || !seqLe(seg.ack, tcb.sndMax)) return Verdict.SendRst;
  establish(tcb, seg);
  return Verdict.Continue;
}

/** An ACK of something never sent, or one that is a guess, is answered and dropped. */
function checkAckRange(tcb: Tcb, seg: Segment): Verdict {
  if (isAckInRange(tcb, seg.ack)) return Verdict.Continue;
  count(Counter.TcpBadAck);
  return Verdict.Challenge;
}

/** One that is older than the largest window explains is a guess (RFC 5961 section 5, MAY-12). */
export function isAckInRange(tcb: Tcb, ack: u32): bool {
  return seqLe(ack, tcb.sndMax) && seqGe(ack, tcb.sndUna - tcb.maxSndWnd);
}

/** Something is acknowledged for the first time. */
function processNewAck(tcb: Tcb, seg: Segment): void {
  const ack = tcb.sndUna;
  endRtt(tcb, ack);
  // After a timeout nothing is timed. By the echoed timestamp the round trip is known all the same;
  // or by what was sent once only.
  if (tcb.backoff != 0) {
    if (has(tcb, TcbFlag.Timestamps)) sampleEcho(tcb, seg.tsEcr);
    else if (delivery.isTimed && !delivery.isResent) sampleRtt(tcb, nowUs() - delivery.sentUs);
  }
  // One less: a keep-alive probe comes before `sndUna`.
  if (seqLe(tcb.sndUp, ack)) tcb.sndUp = ack - 1;
  noteProgress(tcb);
  // RFC 6298 rules 5.2 and 5.3; `settle` stops it when nothing is outstanding.
  if (ack != tcb.sndMax) setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));
  else if (seqGe(ack, tcb.sndEnd)) tell(tcb, Event.Sent);
  tellWritable(tcb);
}

/** RFC 5681 section 2: what counts as a duplicate ACK. */
function isDuplicateAck(tcb: Tcb, seg: Segment): bool {
  if (seg.ack != tcb.sndUna || tcb.sndMax == tcb.sndUna) return false;
  if (seg.textLen != 0 || (seg.flags & (Flag.Syn | Flag.Fin)) != 0) return false;
  return seg.wnd == tcb.sndWnd && tcb.sndWnd != 0;
}

/**
 * SND.WND, unless the segment is older than the one that last set it.
 *
 * Deviation: RFC 9293 goes by SEG.SEQ first. A segment sent again with a newer ACK would then move
 * SND.UNA and leave SND.WND, and the right edge would seem to be where the peer never announced
 * it. The peer's ACK never goes back, so here it comes first.
 */
function updateSendWindow(tcb: Tcb, seg: Segment): void {
  if ((tcb.sndWnd == 0 || tcb.persistAtMs != 0) && !has(tcb, TcbFlag.Orphan)) {
    // The peer answers probes: it lives, however long its window stays closed (MUST-37). That is
    // worth a connection as long as somebody here owns it.
    noteProgress(tcb);
  }
  const isNewer = seqLt(tcb.sndWl2, seg.ack) ||
    (tcb.sndWl2 == seg.ack && seqLe(tcb.sndWl1, seg.seq));
  if (!isNewer || seqLt(seg.ack, tcb.sndUna)) return;
  takeWindow(tcb, seg.ack, seg.wnd);
  tcb.sndWl1 = seg.seq;
  tcb.sndWl2 = seg.ack;
}

/**
 * The host was refused room: it is told when there is some worth telling, two segments or an
 * eighth of the ring. Half of it would be too late: on a long path the other half would have to
 * last for a whole round trip. (Half of a small ring it is.)
 */
export function tellWritable(tcb: Tcb): void {
  if (!has(tcb, TcbFlag.NoRoom)) return;
  const ring = sendMask() + 1;
  const worth = min<u32>(ring >> 1, max<u32>(ring >> 3, 2 * <u32>tcb.sndMss));
  if (ring - seqDistance(tcb.sndUna, tcb.sndEnd) < worth) return;
  clearFlag(tcb, TcbFlag.NoRoom);
  tell(tcb, Event.Writable);
}

/** Whether our FIN has been sent and acknowledged. */
function isFinAcked(tcb: Tcb): bool {
  return seqGt(tcb.sndUna, tcb.sndEnd);
}

/** The peer has all we ever send. */
function onFinAcked(tcb: Tcb): Verdict {
  const state = tcb.state;
  if (state == State.FinWait1) {
    transition(tcb, State.FinWait2);
    if (has(tcb, TcbFlag.Orphan)) setTimer(tcb, Timer.Linger, LINGER_MS);
  } else if (state == State.Closing) {
    enterTimeWait(tcb);
    return Verdict.Closed;
  } else if (state == State.LastAck) {
    endConnection(tcb, Reason.Finished);
    return Verdict.Closed;
  }
  return Verdict.Continue;
}

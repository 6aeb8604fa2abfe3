/**
 * SEGMENT ARRIVES, otherwise (RFC 9293 section 3.10.7.4): all states from SYN-RECEIVED on. Eight
 * checks in the RFC's order; the first that does not say Continue decides.
 */
import { Counter } from "../abi/counter";
import { Reason } from "../abi/error";
import { State } from "../abi/state";
import { IS_BOARD } from "../config";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { noteAgain } from "./accurate_ecn";
import { isAckInRange, processAck } from "./acknowledge";
import { mayChallengeOn } from "./challenge";
import { endConnection, receiveMask } from "./connections";
import { dropSynBits, noteMark } from "./ecn";
import { answerCrossing } from "./establish";
import { processFin } from "./finish";
import { refuseSegment, resetPeer, segmentLen } from "./reset";
import { noteDuplicate } from "./sack";
import { seqDistance, seqInWindow, seqLe, seqLt } from "./seq";
import { settle } from "./settle";
import { isSynchronized } from "./state";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import { processText } from "./text";
import { Age, ageFor, noteTimestamp } from "./timestamps";
import { processUrgent } from "./urgent";
import { noteTimeout } from "./user_timeout";
import { Verdict } from "./verdict";
import { receiveWindow } from "./window";

/** With these set the checks that prediction leaves out have something to do. */
const UNUSUAL: u32 = TcbFlag.Opening | TcbFlag.Ecn | TcbFlag.PeerFinKnown;

/** Takes a segment whose checksum is right. */
export function segmentArrives(tcb: Tcb, packet: Packet, seg: Segment): void {
  // RFC 7323 section 2.2: the window of a SYN is never scaled.
  if ((seg.flags & Flag.Syn) == 0) seg.wnd <<= tcb.sndScale;
  const isPlain = IS_BOARD && isPredicted(tcb, seg);
  const verdict = isPlain ? takePredicted(tcb, seg) : checkSegment(tcb, seg);
  if (verdict == Verdict.Closed) return;
  if (verdict == Verdict.SendRst) {
    refuse(tcb, packet, seg);
    return;
  }
  if (verdict == Verdict.SendAck) setFlag(tcb, TcbFlag.AckNow);
  if (verdict == Verdict.Challenge && mayChallengeOn(tcb)) setFlag(tcb, TcbFlag.AckNow);
  settle(tcb);
}

/**
 * Header prediction in the build for boards, which has no room for more of it (arrives_usual.ts).
 * For the next segment in order, in a connection where nothing else goes on, the checks that are
 * left out below have no effect and say Continue: no SYN, RST, URG or FIN, at RCV.NXT, in an open
 * window, its ACK field between SND.UNA and SND.MAX, its timestamp not before the last one, no user
 * timeout, no ECN.
 */
function isPredicted(tcb: Tcb, seg: Segment): bool {
  if ((seg.flags & ~Flag.Psh) != Flag.Ack || seg.seq != tcb.rcvNxt || tcb.rcvAdv == tcb.rcvNxt) {
    return false;
  }
  if (seqDistance(tcb.sndUna, seg.ack) > seqDistance(tcb.sndUna, tcb.sndMax)) return false;
  if (has(tcb, UNUSUAL) || seg.timeoutS != 0) return false;
  if (!has(tcb, TcbFlag.Timestamps)) return true;
  return (seg.offers & Offer.Timestamps) != 0 && !seqLt(seg.tsVal, tcb.tsRecent);
}

function takePredicted(tcb: Tcb, seg: Segment): Verdict {
  noteTimestamp(tcb, seg);
  hear(tcb);
  return processAck(tcb, seg) || processText(tcb, seg);
}

function checkSegment(tcb: Tcb, seg: Segment): Verdict {
  return (
    checkCrossing(tcb, seg) || //  (section 3.5: SYNs that cross)
    checkTimestamp(tcb, seg) || // (RFC 7323 section 5.3: PAWS)
    checkSequence(tcb, seg) || //  first
    checkReset(tcb, seg) || //     second
    //                             third, security: not supported, and not in use
    checkSyn(tcb, seg) || //       fourth
    recognise(tcb, seg) || //      (the segment is the peer's: its timestamp and its life count)
    processAck(tcb, seg) || //     fifth
    processUrgent(tcb, seg) || //  sixth
    processText(tcb, seg) || //    seventh
    processFin(tcb) //             eighth
  );
}

/**
 * Simultaneous open: in SYN-RECEIVED the peer's SYN is known, and comes again. With an ACK it is
 * figure 7's fifth line, and only the rest of the segment is new. Without one the peer has not got
 * our SYN+ACK, which is sent again.
 */
function checkCrossing(tcb: Tcb, seg: Segment): Verdict {
  if (!has(tcb, TcbFlag.Opening) || seg.seq + 1 != tcb.rcvNxt) return Verdict.Continue;
  if ((seg.flags & (Flag.Syn | Flag.Rst)) != Flag.Syn) return Verdict.Continue;
  if ((seg.flags & Flag.Ack) == 0) {
    answerCrossing(tcb);
    return Verdict.Drop;
  }
  seg.seq++;
  dropSynBits(tcb, seg);
  return Verdict.Continue;
}

/** A segment from an earlier turn of the sequence numbers is answered, as it may be no such one. */
function checkTimestamp(tcb: Tcb, seg: Segment): Verdict {
  switch (ageFor(tcb, seg)) {
    case Age.Fine:
      return Verdict.Continue;
    case Age.Old:
      return answerUnacceptable(tcb, seg);
    default:
      return Verdict.Drop;
  }
}

/**
 * First: the sequence number. Four cases by whether the segment has a length and the window has
 * one. With the window closed, a segment at its edge may still bear an ACK (MUST-66): its text is
 * cut off, and it is answered.
 */
function checkSequence(tcb: Tcb, seg: Segment): Verdict {
  const wnd = receiveWindow(tcb);
  const len = segmentLen(seg);
  if (wnd == 0 && seg.seq == tcb.rcvNxt) {
    if (len != 0) {
      seg.textLen = 0;
      seg.flags &= ~Flag.Fin;
      setFlag(tcb, TcbFlag.AckNow);
    }
    return Verdict.Continue;
  }
  if (seqInWindow(seg.seq, tcb.rcvNxt, wnd)) return Verdict.Continue;
  if (len != 0 && wnd != 0 && seqInWindow(seg.seq + len - 1, tcb.rcvNxt, wnd)) {
    return Verdict.Continue;
  }
  count(Counter.TcpOutOfWindow);
  if (seg.flags & Flag.Rst) return Verdict.Drop;
  return isOld(tcb, seg) && (seg.flags & Flag.Ack) != 0
    ? processOldAck(tcb, seg) : answerUnacceptable(tcb, seg);
}

/** Whether the segment may be the peer's own, of less than a window ago. */
function isOld(tcb: Tcb, seg: Segment): bool {
  const age = seqDistance(seg.seq, tcb.rcvNxt);
  return age - 1 <= receiveMask() && (seg.flags & Flag.Syn) == 0;
}

/**
 * Two sides whose segments have all arrived, and all of whose acknowledgments were lost, send each
 * other only old segments. Dropping them with their ACK fields, as the RFC's text says, they would
 * never get out of it (RFC 9293 section 3.10.7.4 refers to draft-gont-tcpm-tcp-seq-validation). So
 * the ACK field counts, within the range that RFC 5961 checks; the rest does not.
 */
function processOldAck(tcb: Tcb, seg: Segment): Verdict {
  if (!isSynchronized(tcb.state)) return answerUnacceptable(tcb, seg);
  // The timestamps of one who only probes for years must not seem to have stood still.
  if (isAckInRange(tcb, seg.ack)) noteTimestamp(tcb, seg);
  return hear(tcb) || processAck(tcb, seg) || answerUnacceptable(tcb, seg);
}

/**
 * An ACK. Always for what a good peer may send: what it has sent before, all or the end of which we
 * have, and probes of a window or of a silent connection. For all else, a SYN (RFC 5961 section 4)
 * or a bare ACK among it, within a limit, so that two cannot shout at each other.
 */
function answerUnacceptable(tcb: Tcb, seg: Segment): Verdict {
  const end = seg.seq + seg.textLen;
  noteAgain(tcb, seg);
  if (seqLt(seg.seq, end) && seqLe(end, tcb.rcvNxt)) noteDuplicate(tcb, seg.seq, end);
  const isAgain = segmentLen(seg) != 0 || seg.seq + 1 == tcb.rcvNxt;
  return isAgain && isOld(tcb, seg) ? Verdict.SendAck : Verdict.Challenge;
}

/** Second: RST. Believed only at exactly RCV.NXT; elsewhere in the window challenged (RFC 5961). */
function checkReset(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Rst) == 0) return Verdict.Continue;
  if (seg.seq != tcb.rcvNxt) return Verdict.Challenge;
  count(Counter.TcpResetReceived);
  // SYN-RECEIVED here was reached from SYN-SENT: the open is refused.
  endConnection(tcb, reasonOfReset(tcb));
  return Verdict.Closed;
}

function reasonOfReset(tcb: Tcb): Reason {
  if (tcb.state == State.SynReceived) return Reason.Refused;
  // CLOSING, LAST-ACK: the peer has all our octets, and has told us all of its own.
  const isSaid = tcb.state == State.Closing || tcb.state == State.LastAck;
  return isSaid && tcb.sndUna == tcb.sndEnd ? Reason.Finished : Reason.Reset;
}

/** Fourth: SYN, in a connection that had its SYN: challenged (RFC 5961 section 4). */
function checkSyn(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Syn) == 0) return Verdict.Continue;
  return Verdict.Challenge;
}

/** An ACK that is a guess must not set TS.Recent, or nothing of the peer's would be new enough. */
function recognise(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Ack) == 0 || !isAckInRange(tcb, seg.ack)) return Verdict.Continue;
  noteTimestamp(tcb, seg);
  noteMark(tcb, seg);
  noteTimeout(tcb, seg);
  return hear(tcb);
}

/** The peer is alive. */
function hear(tcb: Tcb): Verdict {
  tcb.heardAtMs = nowMs();
  tcb.keepAliveProbes = 0;
  clearFlag(tcb, TcbFlag.KeepAliveNow);
  return Verdict.Continue;
}

/** Answers with a RST. Where the text came for nobody, the connection ends with it. */
function refuse(tcb: Tcb, packet: Packet, seg: Segment): void {
  if (has(tcb, TcbFlag.Opening)) {
    refuseSegment(packet, seg);
    settle(tcb);
    return;
  }
  resetPeer(tcb);
  endConnection(tcb, Reason.Aborted);
}

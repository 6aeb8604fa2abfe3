/** SEGMENT ARRIVES in SYN-SENT (RFC 9293 section 3.10.7.3). The checks in the RFC's order. */
import { Reason } from "../abi/error";
import { Counter } from "../abi/counter";
import { State } from "../abi/state";
import { HAS_SHORT_WAYS } from "../config";
import { count } from "../core/counters";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { endConnection } from "./connections";
import { agreedEcn } from "./ecn";
import { answerCrossing, establish, takeSyn } from "./establish";
import { processFin } from "./finish";
import { agreedOffers } from "./options";
import { refuseSegment } from "./reset";
import { seqGt, seqLe } from "./seq";
import { settle } from "./settle";
import { transition } from "./state";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";
import { processText } from "./text";
import { processUrgent } from "./urgent";
import { noteTimeout } from "./user_timeout";
import { Verdict } from "./verdict";
import { takeWindow } from "./window";

/** Takes a segment whose checksum is right. */
export function segmentArrivesInSynSent(tcb: Tcb, packet: Packet, seg: Segment): void {
  const verdict = checkAck(tcb, seg) || checkReset(tcb, seg) || processSyn(tcb, seg);
  if (verdict == Verdict.Closed) return;
  if (verdict == Verdict.SendRst) refuseSegment(packet, seg);
  settle(tcb);
}

/** First: an ACK must be of our SYN. */
function checkAck(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Ack) == 0 || isOfSyn(tcb, seg)) return Verdict.Continue;
  count(Counter.TcpBadAck);
  return Verdict.SendRst;
}

/** Second: a RST is believed when it acknowledges our SYN (RFC 5961 section 3.2). */
function checkReset(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Rst) == 0) return Verdict.Continue;
  if ((seg.flags & Flag.Ack) == 0) return Verdict.Drop;
  count(Counter.TcpResetReceived);
  endConnection(tcb, Reason.Refused);
  return Verdict.Closed;
}

/** Third, security, is not supported. Fourth: the peer's SYN, with or without an ACK of ours. */
function processSyn(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Syn) == 0) return dropBare(tcb, seg);
  const offers = agreedOffers(seg.offers, tcb.switches);
  const agreed = agreedEcn(tcb, offers, (seg.flags & Flag.Ack) != 0);
  takeSyn(tcb, seg.seq, seg.mss, agreed, seg.tsVal);
  noteTimeout(tcb, seg);
  if ((seg.flags & Flag.Ack) == 0) return openSimultaneously(tcb, seg);
  establish(tcb, seg);
  setFlag(tcb, TcbFlag.AckNow);
  if (HAS_SHORT_WAYS && isBare(seg)) return Verdict.Continue;
  // Text and FIN may ride on the SYN+ACK: on with the sixth step, as in the other states.
  seg.seq++;
  seg.flags &= ~Flag.Syn;
  return processUrgent(tcb, seg) || processText(tcb, seg) || processFin(tcb);
}

/** Whether nothing rides on the SYN+ACK: what follows has nothing to do. */
function isBare(seg: Segment): bool {
  return seg.textLen == 0 && (seg.flags & (Flag.Urg | Flag.Fin)) == 0;
}

/**
 * Fifth: neither SYN nor RST. Deviation: an ACK of our SYN, which we have sent twice by now, comes
 * from a peer that still has the pair's last connection, and had this very sequence number from us
 * before a restart with the same entropy. Nothing but a RST makes it let go (figure 10, where the
 * numbers differ), and then our SYN is welcome.
 */
function dropBare(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Ack) == 0 || !has(tcb, TcbFlag.SynResent)) return Verdict.Drop;
  tcb.sndNxt = tcb.sndUna;
  return Verdict.SendRst;
}

/** SYNs cross: SYN-RECEIVED, and our SYN once more, now with an ACK (section 3.5, MUST-10). */
function openSimultaneously(tcb: Tcb, seg: Segment): Verdict {
  transition(tcb, State.SynReceived);
  takeWindow(tcb, tcb.sndUna + 1, seg.wnd);
  answerCrossing(tcb);
  return Verdict.Drop;
}

function isOfSyn(tcb: Tcb, seg: Segment): bool {
  return seqGt(seg.ack, tcb.sndUna) && seqLe(seg.ack, tcb.sndMax);
}

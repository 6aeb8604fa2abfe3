/**
 * Explicit congestion notification (RFC 3168): a router marks a packet in place of dropping it, the
 * receiver echoes the mark (ECE) until the sender says that it has slowed down (CWR), which it does
 * once in a window.
 */
import { HAS_ACCURATE_ECN } from "../config";
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { thePacket } from "../net/packet";
import { CONGESTION_EXPERIENCED, ECN_CAPABLE, ECN_FIELD } from "../wire/ipv4";
import { Segment } from "../wire/segment";
import { ACE_SHIFT, Flag, aceOf } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import {
  Accurate, FIRST_COUNT, accurateBits, beginAccurate, countMark, hearFirstCount, isAccurate,
  isForAccurate, ownCode, takeSynAckCode, takeThirdCode, tellsMark,
} from "./accurate_ecn";
import { reduceThreshold } from "./congestion";
import { ecnSetting } from "./entry";
import { plan } from "./plan";
import { seqGe, seqLt } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";

const CLASSIC: u32 = 1;
const ACCURATE: u32 = 2;

/**
 * What our SYN asks for: ECN once, as some routers drop such SYNs (section 6.1.1.1), accurate ECN
 * twice (RFC 9768 section 3.1.4.1).
 */
export function askedEcn(tcb: Tcb): u32 {
  if (!HAS_ACCURATE_ECN) return u32(ecnSetting(tcb) != 0 && tcb.backoff == 0);
  const asked = ecnSetting(tcb);
  return tcb.backoff < asked ? asked : 0;
}

/**
 * What of the `offers` in the peer's SYN or SYN+ACK is left after what we have asked for. An
 * accurate SYN+ACK answers one of our SYNs, even if the last of them did not ask.
 */
export function agreedEcn(tcb: Tcb, offers: u32, isAnswer: bool): u32 {
  const isExact = isForAccurate(offers);
  const asked = isAnswer && isExact ? <u32>ecnSetting(tcb) : askedEcn(tcb);
  if (HAS_ACCURATE_ECN && asked == ACCURATE) return offers;
  // Our SYN and the peer's cross: of the two kinds the lesser.
  if (asked == CLASSIC && !(isAnswer && isExact)) return offers & ~Offer.Cookie;
  return offers & ~Offer.AccurateEcn;
}

/** What both SYNs have agreed on. */
export function beginEcn(tcb: Tcb, offers: u32): void {
  if (offers & Offer.Ecn) setFlag(tcb, TcbFlag.Ecn);
  if (isForAccurate(offers)) beginAccurate(tcb);
}

/** Control bits for a SYN or SYN+ACK of the connection. */
export function ecnSynBits(tcb: Tcb, isAnswer: bool): u32 {
  if (isAnswer) {
    if (isAccurate(tcb)) return ownCode(tcb) << ACE_SHIFT;
    return has(tcb, TcbFlag.Ecn) ? Flag.Ece : 0;
  }
  const asked = askedEcn(tcb);
  if (HAS_ACCURATE_ECN && asked == ACCURATE) return Flag.Ae | Flag.Cwr | Flag.Ece;
  return asked != 0 ? Flag.Cwr | Flag.Ece : 0;
}

/** SYN+ACK in SYN-RECEIVED: its bits say no more than the SYN did, and are no echo. */
export function dropSynBits(tcb: Tcb, seg: Segment): void {
  seg.flags &= ~(Flag.Syn | Flag.Ae | Flag.Cwr | Flag.Ece);
  if (isAccurate(tcb)) seg.flags |= FIRST_COUNT << ACE_SHIFT;
}

/** `seg` has completed the handshake: a SYN+ACK, or the ACK of ours. */
export function endHandshake(tcb: Tcb, seg: Segment): void {
  if ((seg.flags & Flag.Syn) == 0) takeThirdCode(tcb, seg);
  else if (isAccurate(tcb) && takeSynAckCode(tcb, seg)) slowDown(tcb);
}

/** A segment of the peer's: the mark of its packet, and whether the last one has had its effect. */
export function noteMark(tcb: Tcb, seg: Segment): void {
  if (!has(tcb, TcbFlag.Ecn)) return;
  if (isAccurate(tcb)) {
    countMark(tcb, seg);
    return;
  }
  if (seg.flags & Flag.Cwr) clearFlag(tcb, TcbFlag.EcnEcho);
  if ((thePacket().service & ECN_FIELD) == CONGESTION_EXPERIENCED) setFlag(tcb, TcbFlag.EcnEcho);
}

/** Whether the segment's ACK tells of a mark: such a one does not open the window (6.1.2). */
export function isEcho(tcb: Tcb, seg: Segment): bool {
  if (isAccurate(tcb)) return tellsMark(tcb, seg);
  return has(tcb, TcbFlag.Ecn) && (seg.flags & Flag.Ece) != 0;
}

/**
 * An ACK with or without an echo: the window is halved once for all that was sent before. The ACK
 * of the last octet of that has ECE, too: CWR is behind it. So `ecnMark` is beyond.
 */
export function heedEcho(tcb: Tcb, seg: Segment): void {
  if (!has(tcb, TcbFlag.Ecn)) return;
  const isHeeded = seqLt(tcb.sndUna, tcb.ecnMark);
  if (!isHeeded) tcb.ecnMark = tcb.sndUna;
  if (isAccurate(tcb)) hearFirstCount(tcb, seg);
  const isEchoed = isEcho(tcb, seg);
  if (isAccurate(tcb)) {
    // A count of before, that others have overtaken (RFC 9768 section 3.2.2.2).
    if (seqLt(seg.ack, tcb.sndUna)) return;
    tcb.sCep = <u8>aceOf(seg.flags);
  }
  if (isEchoed && !isHeeded && !has(tcb, TcbFlag.InRecovery)) slowDown(tcb);
}

function slowDown(tcb: Tcb): void {
  reduceThreshold(tcb);
  tcb.cwnd = tcb.ssthresh;
  tcb.ecnMark = tcb.sndMax + 1;
  if (!isAccurate(tcb)) setFlag(tcb, TcbFlag.CwrDue);
  count(Counter.TcpEcnReductions);
}

/** Control bits for the planned segment, which acknowledges and is no SYN. */
export function ecnBits(tcb: Tcb): u32 {
  if (isAccurate(tcb)) return accurateBits(tcb);
  const echo = has(tcb, TcbFlag.EcnEcho) ? <u32>Flag.Ece : 0;
  return isNewText(tcb) && has(tcb, TcbFlag.CwrDue) ? echo | Flag.Cwr : echo;
}

/**
 * The service octet of the planned segment. Only new text may be marked: not what is sent again,
 * nor probes, nor bare acknowledgments (sections 6.1.4 to 6.1.6).
 */
export function serviceOf(tcb: Tcb): u32 {
  if (!has(tcb, TcbFlag.Ecn) || !isNewText(tcb)) return tcb.service;
  if (isAccurate(tcb) && tcb.accurate & Accurate.NotCapable) return tcb.service;
  return (<u32>tcb.service & ~ECN_FIELD) | ECN_CAPABLE;
}

function isNewText(tcb: Tcb): bool {
  return plan.len != 0 && seqGe(plan.seq, tcb.sndMax) && !has(tcb, TcbFlag.ProbeNow);
}

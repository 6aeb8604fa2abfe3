/**
 * Explicit congestion notification (RFC 3168): a router marks a packet in place of dropping it, the
 * receiver echoes the mark (ECE) until the sender says that it has slowed down (CWR), which it does
 * once in a window.
 */
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { thePacket } from "../net/packet";
import { CONGESTION_EXPERIENCED, ECN_CAPABLE, ECN_FIELD } from "../wire/ipv4";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { reduceThreshold } from "./congestion";
import { Switch } from "./entry";
import { plan } from "./plan";
import { seqGe, seqLt } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";

/** Whether our SYN asks for it: once, as some routers drop such SYNs (section 6.1.1.1). */
export function asksForEcn(tcb: Tcb): bool {
  return (tcb.switches & Switch.Ecn) != 0 && tcb.backoff == 0;
}

/** A segment of the peer's: the mark of its packet, and whether the last one has had its effect. */
export function noteMark(tcb: Tcb, seg: Segment): void {
  if (!has(tcb, TcbFlag.Ecn)) return;
  if (seg.flags & Flag.Cwr) clearFlag(tcb, TcbFlag.EcnEcho);
  if ((thePacket().service & ECN_FIELD) == CONGESTION_EXPERIENCED) setFlag(tcb, TcbFlag.EcnEcho);
}

/** Whether the segment's ACK bears ECE: such a one does not open the window (section 6.1.2). */
export function isEcho(tcb: Tcb, seg: Segment): bool {
  return has(tcb, TcbFlag.Ecn) && (seg.flags & Flag.Ece) != 0;
}

/** An ACK with or without ECE: the window is halved once for all that was sent before. */
export function heedEcho(tcb: Tcb, seg: Segment): void {
  if (!has(tcb, TcbFlag.Ecn)) return;
  const isHeeded = seqLt(tcb.sndUna, tcb.ecnMark);
  if (!isHeeded) tcb.ecnMark = tcb.sndUna;
  if (!isEcho(tcb, seg) || isHeeded || has(tcb, TcbFlag.InRecovery)) return;
  reduceThreshold(tcb);
  tcb.cwnd = tcb.ssthresh;
  tcb.ecnMark = tcb.sndMax;
  setFlag(tcb, TcbFlag.CwrDue);
  count(Counter.TcpEcnReductions);
}

/** Control bits for the planned segment, which acknowledges and is no SYN. */
export function ecnBits(tcb: Tcb): u32 {
  const echo = has(tcb, TcbFlag.EcnEcho) ? <u32>Flag.Ece : 0;
  return isNewText(tcb) && has(tcb, TcbFlag.CwrDue) ? echo | Flag.Cwr : echo;
}

/**
 * The service octet of the planned segment. Only new text may be marked: not what is sent again,
 * nor probes, nor bare acknowledgments (sections 6.1.4 to 6.1.6).
 */
export function serviceOf(tcb: Tcb): u32 {
  if (!has(tcb, TcbFlag.Ecn) || !isNewText(tcb)) return tcb.service;
  return (<u32>tcb.service & ~ECN_FIELD) | ECN_CAPABLE;
}

function isNewText(tcb: Tcb): bool {
  return plan.len != 0 && seqGe(plan.seq, tcb.sndMax) && !has(tcb, TcbFlag.ProbeNow);
}

/**
 * Forming segments: the one place where a connection's frames are built, and what sending them does
 * to the control block. The reply records of connections without one are formed here too.
 */
import { Counter } from "../abi/counter";
import { addOctets, finish } from "../core/checksum";
import { count } from "../core/counters";
import { ringReadAdd } from "../core/ring";
import { textOut } from "../net/frame";
import { pseudoSum } from "../net/interface";
import { finishPacket, wayMac } from "../net/output";
import { Reply } from "../net/replies";
import { PROTOCOL_TCP } from "../wire/ipv4";
import { Flag, TCP_HEADER_LEN, emitTcp, emitTcpChecksum, emitUrgent, swapPorts } from "../wire/tcp";
import { emitMss, emitWindowScale } from "../wire/tcp_options";
import { sendMask, sendRing } from "./connections";
import { plan } from "./plan";
import { backedOffRto, beginRtt, cancelRtt } from "./rto";
import { seqGt, seqLt } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import { Timer, clearTimer, ensureTimer } from "./timers";
import { urgentPointer } from "./urgent";
import { advanceWindow, announcedWindow, bareSeq, offeredScale } from "./window";

/** Builds the planned segment, to the station that was resolved. Returns the frame's length. */
export function emitPlan(tcb: Tcb): u32 {
  const at = textOut();
  const isSyn = (plan.flags & Flag.Syn) != 0;
  const headerLen = TCP_HEADER_LEN + (isSyn ? emitSynOptions(tcb, at + TCP_HEADER_LEN) : 0);
  const hasAck = (plan.flags & Flag.Ack) != 0;
  const wnd = isSyn ? announcedWindow() : advanceWindow(tcb);
  emitTcp(at, swapPorts(tcb.ports), plan.seq, hasAck ? tcb.rcvNxt : 0, plan.flags, wnd, headerLen);
  if (!isSyn) emitUrgent(at, urgentPointer(tcb, plan.seq));
  const len = headerLen + plan.len;
  let sum = pseudoSum(tcb, PROTOCOL_TCP, len);
  sum = addOctets(sum, at, headerLen);
  sum = ringReadAdd(sum, at + headerLen, sendRing(tcb), sendMask(), plan.seq, plan.len);
  emitTcpChecksum(at, finish(sum));
  count(Counter.TcpSegmentsOut);
  noteSent(tcb);
  return finishPacket(tcb.remoteLow, wayMac(), len, PROTOCOL_TCP, tcb.service, tcb.timeToLive);
}

/** Builds the segment of a record, to the station at `mac`. Returns the frame's length. */
export function emitReply(reply: Reply, mac: usize): u32 {
  const at = textOut();
  let headerLen = TCP_HEADER_LEN;
  if (reply.mss != 0) headerLen += emitMss(at + headerLen, reply.mss);
  if (reply.scale != 0) headerLen += emitWindowScale(at + headerLen, reply.scale - 1);
  emitTcp(at, swapPorts(reply.ports), reply.seq, reply.ack, reply.flags, reply.wnd, headerLen);
  const sum = pseudoSum(reply, PROTOCOL_TCP, headerLen);
  emitTcpChecksum(at, finish(addOctets(sum, at, headerLen)));
  count(Counter.TcpSegmentsOut);
  if (reply.flags & Flag.Rst) count(Counter.TcpResetsSent);
  return finishPacket(
    reply.remoteLow, mac, headerLen, PROTOCOL_TCP, reply.service, reply.timeToLive,
  );
}

/** MSS, and window scale when we open or the peer has offered it (RFC 7323 section 2.2). */
function emitSynOptions(tcb: Tcb, at: usize): u32 {
  const len = emitMss(at, tcb.rcvMss);
  const mayScale = (plan.flags & Flag.Ack) == 0 || has(tcb, TcbFlag.WindowScale);
  return mayScale ? len + emitWindowScale(at + len, offeredScale()) : len;
}

/** What the planned segment, now sent, changes. */
function noteSent(tcb: Tcb): void {
  const end = plan.seq + plan.len + u32((plan.flags & (Flag.Syn | Flag.Fin)) != 0);
  if (plan.flags & Flag.Ack) {
    tcb.rcvAcked = tcb.rcvNxt;
    if (tcb.acksOwed != 0) tcb.acksOwed--;
    if (tcb.acksOwed == 0) clearFlag(tcb, TcbFlag.AckNow);
    clearTimer(tcb, Timer.Ack);
  }
  if (end == plan.seq) {
    if (has(tcb, TcbFlag.KeepAliveNow) && plan.seq != bareSeq(tcb)) {
      clearFlag(tcb, TcbFlag.KeepAliveNow);
      count(Counter.TcpKeepAlives);
    }
    return;
  }
  noteOccupied(tcb, end);
}

/** The segment took up sequence numbers, up to `end`. */
function noteOccupied(tcb: Tcb, end: u32): void {
  if (seqLt(plan.seq, tcb.sndMax)) {
    count(Counter.TcpRetransmissions);
    cancelRtt(tcb);
    if (plan.flags & Flag.Syn) setFlag(tcb, TcbFlag.SynResent);
  } else {
    beginRtt(tcb, end);
  }
  const isProbe = has(tcb, TcbFlag.ProbeNow);
  clearFlag(tcb, TcbFlag.ProbeNow | TcbFlag.Resend);
  if (seqGt(end, tcb.sndMax)) tcb.sndMax = end;
  if (isProbe && seqGt(end, tcb.sndUna + tcb.sndWnd)) {
    // Beyond the window: `sndNxt` stays, so that the octet is sent again when the window opens.
    count(Counter.TcpWindowProbes);
    cancelRtt(tcb);
    return;
  }
  if (seqGt(end, tcb.sndNxt)) tcb.sndNxt = end;
  clearTimer(tcb, Timer.Persist);
  ensureTimer(tcb, Timer.Retransmit, backedOffRto(tcb));
}

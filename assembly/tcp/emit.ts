/**
 * Forming segments: the one place where a connection's frames are built, and what sending them does
 * to the control block. The reply records of connections without one are formed here too.
 */
import { Counter } from "../abi/counter";
import { FrameFlag } from "../abi/parameters";
import { finish, fold } from "../core/checksum";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { Pair } from "../core/pair";
import { ringRead, ringReadAdd } from "../core/ring";
import { HAS_PACING, IS_BOARD, IS_SMALL } from "../config";
import { noteFrame, textOut } from "../net/frame";
import { hasOffload, pseudoSum } from "../net/interface";
import { finishPacket, wayMac } from "../net/output";
import { Reply } from "../net/replies";
import { PROTOCOL_TCP } from "../wire/ipv4";
import {
  Flag, TCP_HEADER_LEN, addHeader, addOptions, emitTcp, emitTcpChecksum, emitUrgent, swapPorts,
} from "../wire/tcp";
import { Offer, emitSynOptions, emitTimestamps } from "../wire/tcp_options";
import { noteTold } from "./accurate_ecn";
import { sendMask, sendRing } from "./connections";
import { ecnBits, serviceOf } from "./ecn";
import { timestampOffset } from "./isn";
import { findListener } from "./listeners";
import { emitOptions, emitSynTimeout, offersOf } from "./options";
import { isSmall, plannedSize } from "./output";
import { isPaced, notePaced } from "./pacing";
import { outdatePlan, plan } from "./plan";
import { appendRecord } from "./records";
import { noteLeft } from "./recovery";
import { beginRtt, cancelRtt, ensureRetransmit } from "./rto";
import { replyFlags } from "./reset";
import { endDuplicate } from "./sack";
import { markResent } from "./scoreboard";
import { seqGt, seqLt } from "./seq";
import { cookieClock } from "./syn_cookie";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import { Timer, clearTimer } from "./timers";
import { timestamp } from "./timestamps";
import { urgentPointer } from "./urgent";
import { advanceWindow, announcedWindow, bareSeq, offeredScale } from "./window";

/** Builds the planned segment, to the station that was resolved. Returns the frame's length. */
export function emitPlan(tcb: Tcb): u32 {
  outdatePlan();
  const at = textOut();
  const isSyn = (plan.flags & Flag.Syn) != 0;
  const service = serviceOf(tcb);
  if (isSyn) {
    plan.optionsLen = emitOffers(tcb, at + TCP_HEADER_LEN);
  } else {
    if (plan.optionsLen != 0) emitOptions(tcb, at + TCP_HEADER_LEN);
    plan.flags |= ecnBits(tcb);
  }
  const headerLen = TCP_HEADER_LEN + plan.optionsLen;
  const hasAck = (plan.flags & Flag.Ack) != 0;
  const wnd = isSyn ? announcedWindow() : advanceWindow(tcb);
  emitTcp(at, swapPorts(tcb.ports), plan.seq, hasAck ? tcb.rcvNxt : 0, plan.flags, wnd, headerLen);
  if (!isSyn) emitUrgent(at, urgentPointer(tcb, plan.seq));
  const len = headerLen + plan.len;
  const sum = addHeader(0, at, headerLen);
  if (!IS_BOARD && plan.len == 0) emitNoText(tcb, at, headerLen, sum);
  else emitPlannedText(tcb, at, headerLen, sum);
  count(Counter.TcpSegmentsOut);
  noteSent(tcb);
  return finishPacket(tcb.remoteLow, wayMac(), len, PROTOCOL_TCP, service, tcb.timeToLive);
}

/** The checksum (MUST-2) of a segment that is nothing but the header at `at`, which adds `sum`. */
export function emitNoText(pair: Pair, at: usize, headerLen: u32, sum: u64): void {
  emitTcpChecksum(at, finish(sum + pseudoSum(pair, PROTOCOL_TCP, headerLen)));
}

/** The planned text behind the header at `at`, which adds `sum`, and the checksum. */
export function emitPlannedText(tcb: Tcb, at: usize, headerLen: u32, sum: u64): void {
  if (hasOffload()) emitUnfinished(tcb, at, headerLen);
  else emitText(tcb, at, headerLen, sum);
}

function emitText(tcb: Tcb, at: usize, headerLen: u32, sum: u64): void {
  sum += pseudoSum(tcb, PROTOCOL_TCP, headerLen + plan.len);
  sum = ringReadAdd(sum, at + headerLen, sendRing(tcb), sendMask(), plan.seq, plan.len);
  emitTcpChecksum(at, finish(sum));
}

/** The same for a driver that adds header and text to the checksum, and cuts what is too large. */
function emitUnfinished(tcb: Tcb, at: usize, headerLen: u32): void {
  emitTcpChecksum(at, fold(pseudoSum(tcb, PROTOCOL_TCP, headerLen + plan.len)));
  ringRead(at + headerLen, sendRing(tcb), sendMask(), plan.seq, plan.len);
  noteFrame(FrameFlag.PartialChecksum, plan.size < plan.len ? plan.size : 0);
}

/** Builds the segment of a record, to the station at `mac`. Returns the frame's length. */
export function emitReply(reply: Reply, mac: usize): u32 {
  const at = textOut();
  const headerLen = TCP_HEADER_LEN + emitReplyOptions(reply, at + TCP_HEADER_LEN);
  const flags = replyFlags(reply);
  let sum = emitTcp(
    at, swapPorts(reply.ports), reply.seq, reply.ack, flags, reply.wnd, headerLen,
  );
  sum = addOptions(sum, at, headerLen);
  emitNoText(reply, at, headerLen, sum);
  count(Counter.TcpSegmentsOut);
  if (reply.flags & Flag.Rst) count(Counter.TcpResetsSent);
  return finishPacket(
    reply.remoteLow, mac, headerLen, PROTOCOL_TCP, reply.service, reply.timeToLive,
  );
}

/** The options of a SYN: all that we offer, or what the peer has offered, too. */
function emitOffers(tcb: Tcb, at: usize): u32 {
  const offers = offersOf(tcb, (plan.flags & Flag.Ack) == 0);
  const len = emitSynOptions(
    at, tcb.rcvMss, offers, offeredScale(), timestamp(tcb.tsOffset), tcb.tsRecent,
  );
  return len + emitSynTimeout(tcb, at + len);
}

function emitReplyOptions(reply: Reply, at: usize): u32 {
  const offers = reply.offers;
  if (offers == 0 && reply.mss == 0) return 0;
  const clock = (offers & Offer.AccurateEcn) == Offer.Cookie ? cookieClock(offers) : nowMs();
  const value = offers & Offer.Timestamps ? clock + timestampOffset(reply) : 0;
  if (reply.mss == 0) return emitTimestamps(at, value, reply.tsEcr);
  const len = emitSynOptions(at, reply.mss, offers, offeredScale(), value, reply.tsEcr);
  const listener = findListener(reply.ports);
  return listener == null ? len : len + emitSynTimeout(listener, at + len);
}

/** What the planned segment, now sent, changes. */
function noteSent(tcb: Tcb): void {
  const end = plan.seq + plan.len + u32((plan.flags & (Flag.Syn | Flag.Fin)) != 0);
  if (plan.flags & Flag.Ack) {
    tcb.rcvAcked = tcb.rcvNxt;
    if (tcb.acksOwed != 0) tcb.acksOwed--;
    if (tcb.acksOwed == 0) clearFlag(tcb, TcbFlag.AckNow);
    clearTimer(tcb, Timer.Ack);
    endDuplicate(tcb);
    noteTold(tcb);
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

/**
 * The planned segment, which ends with `end` and has `extraLen` octets of options that SND.MSS does
 * not count, was sent for the first time: it may be timed.
 */
export function noteFirstSent(tcb: Tcb, end: u32, extraLen: u32): void {
  // Of several that leave as one, the first: its ACK need not wait for the others.
  const size = plannedSize();
  // If it comes through, so does as much text without the options.
  beginRtt(tcb, !IS_BOARD && size < plan.len ? plan.seq + size : end, size + extraLen);
  if (isSmall(tcb)) tcb.sndSmall = end;
}

/** The segment took up sequence numbers, up to `end`. */
function noteOccupied(tcb: Tcb, end: u32): void {
  const len = end - plan.seq;
  tcb.sentAtMs = nowMs();
  if (seqLt(plan.seq, tcb.sndMax)) {
    count(Counter.TcpRetransmissions);
    cancelRtt(tcb);
    // After a timeout, that is: where SYNs cross it is sent twice, and nothing is lost.
    if ((plan.flags & Flag.Syn) != 0 && tcb.backoff != 0) setFlag(tcb, TcbFlag.SynResent);
  } else {
    noteFirstSent(tcb, end, IS_BOARD ? 0 : plan.extraLen);
  }
  if (plan.flags & Flag.Cwr) clearFlag(tcb, TcbFlag.CwrDue);
  const isProbe = has(tcb, TcbFlag.ProbeNow);
  const isResent = seqLt(plan.seq, tcb.sndNxt);
  clearFlag(tcb, TcbFlag.ProbeNow | (isResent ? TcbFlag.Resend : TcbFlag.ProbeTail));
  if (seqGt(end, tcb.sndMax)) tcb.sndMax = end;
  if (isProbe && seqGt(end, tcb.sndUna + tcb.sndWnd)) {
    // Beyond the window: it is sent again when the window opens.
    count(Counter.TcpWindowProbes);
    cancelRtt(tcb);
    return;
  }
  if (isResent) markResent(tcb, plan.seq, end);
  else if ((plan.flags & Flag.Syn) == 0) appendRecord(tcb, end);
  if (!isResent) tcb.sndNxt = end;
  if (!IS_SMALL) noteLeft(tcb, len, isResent);
  if (HAS_PACING && isPaced(tcb) && plan.len != 0) notePaced(tcb, len);
  clearTimer(tcb, Timer.Persist);
  ensureRetransmit(tcb);
}

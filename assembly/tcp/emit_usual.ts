/**
 * Forming segments, in the usual case: new text, an acknowledgment, or both. All else is formed by
 * emit.ts.
 */
import { Counter } from "../abi/counter";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { textOut } from "../net/frame";
import { finishPacket, wayMac } from "../net/output";
import { PROTOCOL_TCP } from "../wire/ipv4";
import { Flag, TCP_HEADER_LEN, emitTcp, swapPorts } from "../wire/tcp";
import { emitTimestamps } from "../wire/tcp_options";
import { emitPlannedText, noteFirstSent } from "./emit";
import { planUsual } from "./output";
import { outdatePlan, plan } from "./plan";
import { appendRecord } from "./records";
import { seqGt } from "./seq";
import { settle, watchSent } from "./settle";
import { Tcb, TcbFlag, clearFlag, has } from "./tcb";
import { Timer, clearTimer } from "./timers";
import { timestamp } from "./timestamps";
import { goOnOrWait, useTurn } from "./turn";
import { isUsual } from "./usual";
import { advanceWindow } from "./window";

/** Whether the planned segment is a usual one. */
export function isPlanUsual(tcb: Tcb): bool {
  if ((plan.flags & ~Flag.Psh) != Flag.Ack || plan.extraLen != 0) return false;
  return isUsual(tcb) && plan.seq == tcb.sndNxt && !seqGt(tcb.sndUp, plan.seq);
}

/**
 * Builds it, to the station that was resolved, and puts the connection back in the queue if it has
 * more. Returns the frame's length.
 */
export function transmitUsual(tcb: Tcb): u32 {
  const textLen = plan.len;
  const len = emitUsual(tcb);
  useTurn(tcb, len);
  const isWaiting = tcb.sndNxt != tcb.sndEnd;
  if (textLen != 0) {
    watchSent(tcb);
    if (isWaiting && planUsual(tcb)) goOnOrWait(tcb);
  } else if (isWaiting) {
    settle(tcb);
  }
  return len;
}

function emitUsual(tcb: Tcb): u32 {
  outdatePlan();
  const at = textOut();
  const wnd = advanceWindow(tcb);
  const headerLen = TCP_HEADER_LEN + plan.optionsLen;
  emitTcp(at, swapPorts(tcb.ports), plan.seq, tcb.rcvNxt, plan.flags, wnd, headerLen);
  if (headerLen != TCP_HEADER_LEN) {
    emitTimestamps(at + TCP_HEADER_LEN, timestamp(tcb.tsOffset), tcb.tsRecent);
  }
  emitPlannedText(tcb, at, headerLen);
  count(Counter.TcpSegmentsOut);
  tcb.rcvAcked = tcb.rcvNxt;
  clearFlag(tcb, TcbFlag.AckNow);
  clearTimer(tcb, Timer.Ack);
  const len = plan.len;
  if (len != 0) noteText(tcb, plan.seq + len);
  return finishPacket(
    tcb.remoteLow, wayMac(), headerLen + len, PROTOCOL_TCP, tcb.service, tcb.timeToLive,
  );
}

/** Text up to `end`, the planned segment's, has been sent for the first time. */
export function noteText(tcb: Tcb, end: u32): void {
  tcb.sentAtMs = nowMs();
  noteFirstSent(tcb, end);
  tcb.sndMax = end;
  tcb.sndNxt = end;
  appendRecord(tcb, end);
}

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
import { Flag, TCP_HEADER_LEN, addOptions, emitTcp, swapPorts } from "../wire/tcp";
import { emitTimestamps } from "../wire/tcp_options";
import { emitNoText, emitPlannedText, noteFirstSent } from "./emit";
import { planUsual } from "./output";
import { outdatePlan, plan } from "./plan";
import { appendRecord } from "./records";
import { seqGt, seqLt } from "./seq";
import { settle, watchSent } from "./settle";
import { Tcb, TcbFlag, clearFlag } from "./tcb";
import { Timer, clearTimer } from "./timers";
import { timestamp } from "./timestamps";
import { goOnOrWait, useTurn } from "./turn";
import { isFinAlone } from "./usual";
import { advanceWindow } from "./window";

/** Whether the planned segment is a usual one, without options of its own or the urgent pointer. */
export function isPlanUsual(tcb: Tcb): bool {
  return plan.isUsual && plan.extraLen == 0 && !seqGt(tcb.sndUp, plan.seq);
}

/**
 * Builds it, to the station that was resolved, and puts the connection back in the queue if it has
 * more. Returns the frame's length.
 */
export function transmitUsual(tcb: Tcb): u32 {
  const isWatched = (plan.len | (plan.flags & Flag.Fin)) != 0;
  const len = emitUsual(tcb);
  useTurn(tcb, len);
  const isWaiting = seqLt(tcb.sndNxt, tcb.sndEnd);
  if (isWatched) {
    watchSent(tcb);
    if (isWaiting && planUsual(tcb)) goOnOrWait(tcb);
  } else if (isWaiting) {
    settle(tcb);
  }
  return len;
}

/** Whether the planned segment is a bare FIN, sent for the first time, and nothing else goes on. */
export function isPlanFin(tcb: Tcb): bool {
  if (plan.flags != (Flag.Ack | Flag.Fin) || plan.len != 0 || plan.extraLen != 0) return false;
  return isFinAlone(tcb) && plan.seq == tcb.sndMax && !seqGt(tcb.sndUp, plan.seq);
}

function emitUsual(tcb: Tcb): u32 {
  outdatePlan();
  const at = textOut();
  const wnd = advanceWindow(tcb);
  const headerLen = TCP_HEADER_LEN + plan.optionsLen;
  let sum = emitTcp(
    at, swapPorts(tcb.ports), plan.seq, tcb.rcvNxt, plan.flags, wnd, headerLen,
  );
  if (headerLen != TCP_HEADER_LEN) {
    emitTimestamps(at + TCP_HEADER_LEN, timestamp(tcb.tsOffset), tcb.tsRecent);
    sum = addOptions(sum, at, headerLen);
  }
  count(Counter.TcpSegmentsOut);
  tcb.rcvAcked = tcb.rcvNxt;
  clearFlag(tcb, TcbFlag.AckNow);
  clearTimer(tcb, Timer.Ack);
  if (plan.len != 0) {
    emitPlannedText(tcb, at, headerLen, sum);
    noteText(tcb, plan.seq + plan.len);
  } else {
    emitNoText(tcb, at, headerLen, sum);
    if (plan.flags & Flag.Fin) noteText(tcb, plan.seq + 1);
  }
  return finishPacket(
    tcb.remoteLow, wayMac(), headerLen + plan.len, PROTOCOL_TCP, tcb.service, tcb.timeToLive,
  );
}

/** Text up to `end`, the planned segment's, has been sent for the first time. */
export function noteText(tcb: Tcb, end: u32): void {
  tcb.sentAtMs = nowMs();
  noteFirstSent(tcb, end, 0);
  tcb.sndMax = end;
  tcb.sndNxt = end;
  appendRecord(tcb, end);
}

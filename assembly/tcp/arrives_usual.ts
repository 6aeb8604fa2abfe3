/**
 * SEGMENT ARRIVES, in the usual case (header prediction: Van Jacobson, 1990): the next text in
 * order, an acknowledgment of what was sent once, a window, or all of them. Nothing is done before
 * all is known to be usual; whatever is not goes the whole way of RFC 9293 section 3.10.7.4, from
 * the beginning (arrives_synchronized.ts).
 */
import { Event } from "../abi/event";
import { IS_SMALL } from "../config";
import { isIntact } from "../core/checksum";
import { nowMs } from "../core/clock";
import { ringWrite, ringWriteAdd } from "../core/ring";
import { isChecked } from "../net/packet";
import { IPV4_HEADER_LEN, ipv4PseudoSum, ipv4TotalLen } from "../wire/ipv4";
import {
  TCP_HEADER_LEN, addHeader, hasHeaderLen, tcpAcknowledgment, tcpSequence, tcpWindow,
} from "../wire/tcp";
import { TIMESTAMPS_LEN, areTimestampsAlone, timestampValue } from "../wire/tcp_options";
import { tellWritable } from "./acknowledge";
import { growWindow, noteRoundTrip } from "./congestion";
import { receiveMask, receiveRing, tell } from "./connections";
import { planUsual } from "./output";
import { outdatePlan } from "./plan";
import { noteArrived, noteLeastRtt } from "./rack";
import { dropTo, lastCovered, recordSentUs, recordTo } from "./records";
import { backedOffRto, endRtt } from "./rto";
import { seqDistance, seqGt, seqLe, seqLt, seqMax } from "./seq";
import { settle, settleIdle, watchSent } from "./settle";
import { Tcb, TcbFlag, has } from "./tcb";
import { noteText } from "./text";
import { Timer, setTimer } from "./timers";
import { wake } from "./turn";
import { isUsual } from "./usual";
import { receiveWindow, takeWindow } from "./window";

/**
 * Takes the segment in the IPv4 packet at `packet`, which bears an ACK alone, as net/usual.ts has
 * it, if it is usual. False: it is not, and nothing is done.
 */
export function takeUsual(tcb: Tcb, packet: usize): bool {
  const at = packet + IPV4_HEADER_LEN;
  if (!isUsual(tcb) || tcpSequence(at) != tcb.rcvNxt) return false;
  const headerLen = usualHeaderLen(tcb);
  const segmentLen = ipv4TotalLen(packet) - IPV4_HEADER_LEN;
  if (segmentLen < headerLen || !hasHeaderLen(at, headerLen)) return false;
  if (headerLen != TCP_HEADER_LEN && !areTimestampsUsual(tcb, at + TCP_HEADER_LEN)) return false;
  const len = segmentLen - headerLen;
  if (len > receiveWindow(tcb)) return false;
  const ack = tcpAcknowledgment(at);
  const wnd = tcpWindow(at) << tcb.sndScale;
  const isNew = ack != tcb.sndUna;
  let record: usize = 0;
  if (isNew) {
    if (seqDistance(tcb.sndUna, ack) > seqDistance(tcb.sndUna, tcb.sndNxt)) return false;
    record = lastCovered(tcb, ack);
    if (record == 0) return false;
  } else if ((len == 0 && wnd == tcb.sndWnd) || seqGt(tcb.sndWl1, tcb.rcvNxt)) {
    // It may be a duplicate ACK; or its window is older than the last one.
    return false;
  }
  if (wnd == 0 || !isSound(tcb, packet, headerLen, segmentLen)) return false;
  if (headerLen != TCP_HEADER_LEN && tcb.rcvAcked == tcb.rcvNxt) {
    tcb.tsRecent = timestampValue(at + TCP_HEADER_LEN);
  }
  take(tcb, ack, record, wnd, len);
  return true;
}

/** Octets of the header of its segments. */
export function usualHeaderLen(tcb: Tcb): u32 {
  return has(tcb, TcbFlag.Timestamps) ? TCP_HEADER_LEN + TIMESTAMPS_LEN : TCP_HEADER_LEN;
}

/** Whether the options at `at` are timestamps alone, and not older than the last. */
function areTimestampsUsual(tcb: Tcb, at: usize): bool {
  return areTimestampsAlone(at) && !seqLt(timestampValue(at), tcb.tsRecent);
}

/** Whether the checksum is right (MUST-3). The text goes to its place meanwhile. */
export function isSound(tcb: Tcb, packet: usize, headerLen: u32, segmentLen: u32): bool {
  const at = packet + IPV4_HEADER_LEN;
  const len = segmentLen - headerLen;
  if (isChecked()) {
    ringWrite(receiveRing(tcb), receiveMask(), tcb.rcvNxt, at + headerLen, len);
    return true;
  }
  let sum = ipv4PseudoSum(packet, segmentLen);
  sum = addHeader(sum, at, headerLen);
  if (len != 0) {
    sum = ringWriteAdd(sum, receiveRing(tcb), receiveMask(), tcb.rcvNxt, at + headerLen, len);
  }
  return isIntact(sum);
}

/** From here on it counts. */
function take(tcb: Tcb, ack: u32, record: usize, wnd: u32, len: u32): void {
  tcb.heardAtMs = nowMs();
  const isNews = record != 0 || wnd != tcb.sndWnd;
  tcb.sndWl1 = tcb.rcvNxt;
  tcb.sndWl2 = ack;
  if (record != 0) takeAck(tcb, ack, record);
  takeWindow(tcb, ack, wnd);
  if (len != 0) noteText(tcb, len);
  outdatePlan();
  const isWaiting = isNews && tcb.sndNxt != tcb.sndEnd;
  const isQuiet = tcb.sndUna == tcb.sndMax;
  if (isWaiting && isQuiet) {
    settle(tcb);
    return;
  }
  if (record != 0) {
    if (isQuiet) settleIdle(tcb);
    else watchSent(tcb);
  }
  if (isWaiting ? planUsual(tcb) : has(tcb, TcbFlag.AckNow)) wake(tcb);
}

/** What was sent at `sentUs`, once, up to `end`, has arrived. */
function noteSentOnce(tcb: Tcb, sentUs: u32, end: u32): void {
  const rttUs = noteArrived(tcb, sentUs, end);
  noteLeastRtt(tcb, rttUs);
  noteRoundTrip(tcb, rttUs);
}

/** All up to `ack`, which lies in the record at `record`, has arrived, having been sent once. */
function takeAck(tcb: Tcb, ack: u32, record: usize): void {
  const acked = seqDistance(tcb.sndUna, ack);
  const sentUs = recordSentUs(record);
  const end = recordTo(record);
  tcb.sndUna = ack;
  dropTo(tcb, record, ack);
  endRtt(tcb, ack);
  // One less: a keep-alive probe comes before `sndUna`.
  if (seqLe(tcb.sndUp, ack)) tcb.sndUp = ack - 1;
  tcb.claimedMss = 0;
  if (ack != tcb.sndMax) setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));
  else if (ack == tcb.sndEnd) tell(tcb, Event.Sent);
  tellWritable(tcb);
  if (!IS_SMALL) noteSentOnce(tcb, sentUs, end);
  growWindow(tcb, acked);
  tcb.recover = seqMax(tcb.recover, ack - 2);
}

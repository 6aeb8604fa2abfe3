/**
 * Forming segments in a run: while one connection alone has something to say, its segments of new
 * text differ in sequence number, PSH, text and checksum, and the last one in its length. All else
 * is copied from the one before.
 */
import { Counter } from "../abi/counter";
import { copyBlock } from "../core/bytes";
import { finish } from "../core/checksum";
import { countMany } from "../core/counters";
import { ringReadAdd } from "../core/ring";
import { ipv4Of } from "../net/address";
import { hasRoom, keepFrame, stepOf } from "../net/burst";
import { frameOut } from "../net/frame";
import { linkHeaderLen, pseudoSum } from "../net/interface";
import { isOnlyReady, passRound, takeReady } from "../net/ready";
import { IPV4_HEADER_LEN, PROTOCOL_TCP, changeIpv4Len, ipv4Destination } from "../wire/ipv4";
import {
  Flag, addHeader, advanceTcp, emitTcpChecksum, swapPorts, tcpAcknowledgment, tcpPorts, tcpSequence,
} from "../wire/tcp";
import { usualHeaderLen } from "./arrives_usual";
import { sendMask, sendRing } from "./connections";
import { isPlanUsual, noteText } from "./emit_usual";
import { planUsual } from "./output";
import { outdatePlan, plan } from "./plan";
import { seqDistance } from "./seq";
import { Tcb } from "./tcb";
import { beginTurn, goOnOrWait, useTurn } from "./turn";

/**
 * Keeps more frames like the last one that was kept, which is `len` octets long, if the plan that
 * stands says that such a segment is next: as many as the windows allow and as have room, and one
 * that is shorter if the text ends with it.
 */
export function emitRun(len: u32): void {
  if (plan.tcb == 0 || !plan.isReady || plan.len == 0) return;
  const tcb = changetype<Tcb>(plan.tcb);
  const before = linkHeaderLen() + IPV4_HEADER_LEN;
  const headersLen = before + usualHeaderLen(tcb);
  let frame = frameOut() - stepOf(len);
  // Of what has no text, or is none of its segments, this is no number to go on from.
  const size = len - headersLen;
  if (plan.len > size || !isPlanUsual(tcb)) return;
  if (!isItsOwn(tcb, frame + before, size) || !isOnlyReady(tcb)) return;
  const most = plan.len == size ? usualOnes(tcb, size) : 0;
  let sent: u32 = 0;
  while (sent < most && hasRoom()) {
    frame = follow(tcb, frame, headersLen, size, sent == 0);
    sent++;
  }
  let octets = sent * len;
  // What is watched for has been since the first segment: nothing has arrived.
  const isPlanned = sent == 0 || (tcb.sndNxt != tcb.sndEnd && planUsual(tcb));
  if (isPlanned && isEnd(tcb) && hasRoom()) {
    octets += headersLen + plan.len;
    follow(tcb, frame, headersLen, size, sent == 0);
    sent++;
  } else if (isPlanned && sent != 0) {
    goOnOrWait(tcb);
  }
  countMany(Counter.FramesOut, sent);
  countMany(Counter.OctetsOut, octets);
  countMany(Counter.TcpSegmentsOut, sent);
}

/**
 * How many segments of `size` octets, the planned one's, `planUsual` would plan one after another.
 * One that is not full is what text or window end with; none is larger, to try that
 * (black_hole.ts), while the one sent just now is being timed.
 */
function usualOnes(tcb: Tcb, size: u32): u32 {
  const room = min<u32>(tcb.cwnd, tcb.sndWnd) - seqDistance(tcb.sndUna, tcb.sndNxt);
  return min<u32>(room, seqDistance(tcb.sndNxt, tcb.sndEnd)) / size;
}

/** Whether the segment at `at` is the connection's, and the planned one follows it. */
function isItsOwn(tcb: Tcb, at: usize, size: u32): bool {
  return tcpPorts(at) == swapPorts(tcb.ports) && tcpSequence(at) + size == plan.seq &&
    ipv4Destination(at - IPV4_HEADER_LEN) == ipv4Of(tcb.remoteLow) &&
    tcpAcknowledgment(at) == tcb.rcvNxt;
}

/** Whether the planned segment is the last of the text. */
function isEnd(tcb: Tcb): bool {
  return plan.len != 0 && plan.seq + plan.len == tcb.sndEnd;
}

/**
 * The connection's next turn: a frame like the one at `last`, whose text is of `size` octets, with
 * as many of new text as the plan has. Returns where it lies.
 */
function follow(tcb: Tcb, last: usize, headersLen: u32, size: u32, isFirst: bool): usize {
  if (isFirst) takeReady();
  else if (tcb.turnLeft <= 0) passRound();
  beginTurn(tcb);
  const frame = frameOut();
  copyBlock(frame, last, headersLen);
  emitNext(tcb, frame + linkHeaderLen() + IPV4_HEADER_LEN, usualHeaderLen(tcb), size);
  const len = headersLen + plan.len;
  keepFrame(len);
  useTurn(tcb, len);
  return frame;
}

/** At `at` lies a copy of the header of the segment before, which has `size` octets of text. */
function emitNext(tcb: Tcb, at: usize, headerLen: u32, size: u32): void {
  const len = plan.len;
  plan.seq = tcb.sndNxt;
  plan.flags = plan.seq + len == tcb.sndEnd ? Flag.Ack | Flag.Psh : Flag.Ack;
  if (len != size) changeIpv4Len(at - IPV4_HEADER_LEN, headerLen + len);
  advanceTcp(at, plan.seq, plan.flags);
  let sum = addHeader(pseudoSum(tcb, PROTOCOL_TCP, headerLen + len), at, headerLen);
  sum = ringReadAdd(sum, at + headerLen, sendRing(tcb), sendMask(), plan.seq, len);
  emitTcpChecksum(at, finish(sum));
  noteText(tcb, plan.seq + len);
  outdatePlan();
}

/**
 * Forming segments in a run: while one connection alone has something to say, its full segments of
 * new text differ in sequence number, PSH, text and checksum. All else is copied from the one
 * before.
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
import { IPV4_HEADER_LEN, PROTOCOL_TCP, ipv4Destination } from "../wire/ipv4";
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
 * stands says that such a segment is next: as many as the windows allow and as have room.
 */
export function emitRun(len: u32): void {
  if (plan.tcb == 0 || !plan.isReady || plan.len == 0) return;
  const tcb = changetype<Tcb>(plan.tcb);
  const size = plan.len;
  const headerLen = usualHeaderLen(tcb);
  const before = linkHeaderLen() + IPV4_HEADER_LEN;
  let frame = frameOut() - stepOf(len);
  if (len != before + headerLen + size || !isPlanUsual(tcb)) return;
  if (!isItsOwn(tcb, frame + before, size) || !isOnlyReady(tcb)) return;
  const most = usualOnes(tcb, size);
  let sent: u32 = 0;
  while (sent < most && hasRoom()) {
    if (sent == 0) takeReady();
    else if (tcb.turnLeft <= 0) passRound();
    beginTurn(tcb);
    const next = frameOut();
    copyBlock(next, frame, before + headerLen);
    emitNext(tcb, next + before, headerLen);
    keepFrame(len);
    frame = next;
    sent++;
    useTurn(tcb, len);
  }
  // What is watched for has been since the first segment: nothing has arrived.
  if (sent != 0 && tcb.sndNxt != tcb.sndEnd && planUsual(tcb)) goOnOrWait(tcb);
  countMany(Counter.FramesOut, sent);
  countMany(Counter.OctetsOut, sent * len);
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

/** A segment like the planned one: at `at` lies a copy of the header of the one before. */
function emitNext(tcb: Tcb, at: usize, headerLen: u32): void {
  const size = plan.len;
  plan.seq = tcb.sndNxt;
  plan.flags = plan.seq + size == tcb.sndEnd ? Flag.Ack | Flag.Psh : Flag.Ack;
  advanceTcp(at, plan.seq, plan.flags);
  let sum = addHeader(pseudoSum(tcb, PROTOCOL_TCP, headerLen + size), at, headerLen);
  sum = ringReadAdd(sum, at + headerLen, sendRing(tcb), sendMask(), plan.seq, size);
  emitTcpChecksum(at, finish(sum));
  noteText(tcb, plan.seq + size);
  outdatePlan();
}

/**
 * SEGMENT ARRIVES, behind another one in the same burst: the next text of a connection that has
 * just taken a usual segment, with the same headers but for the sequence number. What was found of
 * that one need not be looked for again.
 */
import { LinkKind } from "../abi/parameters";
import { theInterface } from "../net/interface";
import { areHeadersAlike, areLinksAlike } from "../wire/alike";
import { IPV4_HEADER_LEN, ipv4TotalLen } from "../wire/ipv4";
import { tcpAcknowledgment, tcpSequence, tcpWindow } from "../wire/tcp";
import { TIMESTAMPS_LEN, timestampValue } from "../wire/tcp_options";
import { isSound, usualHeaderLen } from "./arrives_usual";
import { outdatePlan } from "./plan";
import { seqGt } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";
import { noteText } from "./text";
import { wake } from "./turn";
import { isUsual } from "./usual";
import { receiveWindow } from "./window";

/**
 * Takes the segment in the IPv4 packet at `packet`, whose frame is as long as that of the packet at
 * `before`, which the connection has just taken. False: it is not alike, and nothing is done.
 */
export function takeAlikeSegment(tcb: Tcb, packet: usize, before: usize): bool {
  if (theInterface().link == LinkKind.Ethernet && !areLinksAlike(packet, before)) return false;
  const headerLen = usualHeaderLen(tcb);
  if (!areHeadersAlike(packet, before, headerLen)) return false;
  const at = packet + IPV4_HEADER_LEN;
  const segmentLen = ipv4TotalLen(packet) - IPV4_HEADER_LEN;
  const len = segmentLen - headerLen;
  if (len == 0 || len > receiveWindow(tcb) || tcpSequence(at) != tcb.rcvNxt) return false;
  // With an ACK of ours in between, it may have become another case.
  if (!isUsual(tcb) || tcpAcknowledgment(at) != tcb.sndUna) return false;
  if (tcpWindow(at) << tcb.sndScale != tcb.sndWnd || seqGt(tcb.sndWl1, tcb.rcvNxt)) return false;
  if (!isSound(tcb, packet, headerLen, segmentLen)) return false;
  if (has(tcb, TcbFlag.Timestamps) && tcb.rcvAcked == tcb.rcvNxt) {
    tcb.tsRecent = timestampValue(at + headerLen - TIMESTAMPS_LEN);
  }
  tcb.sndWl1 = tcb.rcvNxt;
  noteText(tcb, len);
  outdatePlan();
  if (has(tcb, TcbFlag.AckNow)) wake(tcb);
  return true;
}

/**
 * SEGMENT ARRIVES, behind another one in the same burst, for a connection that has just taken a
 * usual segment: what was found of that one need not be looked for again. Text with the same
 * headers but for sequence number and length is the next; anything else from the same peer, an
 * acknowledgment mostly, goes on where the short way knows its connection.
 */
import { LinkKind } from "../abi/parameters";
import { addTwenty, isIntact } from "../core/checksum";
import { theInterface } from "../net/interface";
import { LENGTH, areLinksAlike, arePairsAlike, areSegmentsAlike } from "../wire/alike";
import { IPV4_HEADER_LEN, ipv4TotalLen } from "../wire/ipv4";
import { bearsAckAlone, tcpAcknowledgment, tcpSequence, tcpWindow } from "../wire/tcp";
import { TIMESTAMPS_LEN, timestampValue } from "../wire/tcp_options";
import { isSound, takeUsual, usualHeaderLen } from "./arrives_usual";
import { outdatePlan } from "./plan";
import { seqGt } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";
import { noteText } from "./text";
import { wake } from "./turn";
import { isUsual } from "./usual";
import { receiveWindow } from "./window";

/**
 * Takes the segment in the IPv4 packet at `packet`, if it is alike to the one at `before`, which
 * the connection has just taken, or usual for itself. Their frames are of the same length; or else
 * the packet fills its frame, in which `room` octets are left for it. False: nothing is done.
 */
export function takeAlikeSegment(tcb: Tcb, packet: usize, before: usize, room: u32): bool {
  if (theInterface().link == LinkKind.Ethernet && !areLinksAlike(packet, before)) return false;
  if (!arePairsAlike(packet, before, room == 0 ? 0 : LENGTH)) return false;
  if (room != 0 && (ipv4TotalLen(packet) != room || !isIntact(addTwenty(0, packet)))) return false;
  const at = packet + IPV4_HEADER_LEN;
  const headerLen = usualHeaderLen(tcb);
  if (!areSegmentsAlike(packet, before, headerLen)) {
    return bearsAckAlone(at) && takeUsual(tcb, packet);
  }
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

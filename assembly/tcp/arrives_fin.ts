/**
 * SEGMENT ARRIVES, where the peer closes a connection in the usual case: a bare FIN, the next in
 * order, that acknowledges nothing new. As with usual.ts, nothing is done before all is known; and
 * what is anything else goes the whole way (arrives_synchronized.ts).
 */
import { Table } from "../abi/status";
import { nowMs } from "../core/clock";
import { Entry } from "../core/pool";
import { findPair } from "../core/table";
import { mapIpv4 } from "../net/address";
import { IPV4_HEADER_LEN, ipv4Source, ipv4TotalLen } from "../wire/ipv4";
import {
  TCP_HEADER_LEN, bearsFinAndAck, hasHeaderLen, tcpAcknowledgment, tcpPorts, tcpSequence, tcpWindow,
} from "../wire/tcp";
import { timestampValue } from "../wire/tcp_options";
import { areTimestampsUsual, isSound, usualHeaderLen } from "./arrives_usual";
import { processFin } from "./finish";
import { seqGt } from "./seq";
import { settle } from "./settle";
import { Tcb, TcbFlag, setFlag } from "./tcb";
import { isUsual } from "./usual";
import { takeWindow } from "./window";

/**
 * Takes the segment in the IPv4 packet at `packet`, as net/usual.ts has it, if it is one. Returns
 * its connection, or 0.
 */
export function takeUsualFin(packet: usize): usize {
  const at = packet + IPV4_HEADER_LEN;
  if (!bearsFinAndAck(at)) return 0;
  const found = findPair(0, mapIpv4(ipv4Source(packet)), tcpPorts(at));
  const entry = changetype<Entry | null>(found);
  if (entry == null || entry.kind != Table.Connections) return 0;
  const tcb = changetype<Tcb>(entry);
  if (!isUsual(tcb) || tcpSequence(at) != tcb.rcvNxt) return 0;
  const headerLen = usualHeaderLen(tcb);
  const segmentLen = ipv4TotalLen(packet) - IPV4_HEADER_LEN;
  if (segmentLen != headerLen || !hasHeaderLen(at, headerLen)) return 0;
  if (headerLen != TCP_HEADER_LEN && !areTimestampsUsual(tcb, at + TCP_HEADER_LEN)) return 0;
  // The FIN must fit the window, and its own window not be older than the last one.
  if (tcb.rcvAdv == tcb.rcvNxt || seqGt(tcb.sndWl1, tcb.rcvNxt)) return 0;
  const wnd = tcpWindow(at) << tcb.sndScale;
  if (wnd == 0 || tcpAcknowledgment(at) != tcb.sndUna) return 0;
  if (!isSound(tcb, packet, headerLen, segmentLen)) return 0;
  if (headerLen != TCP_HEADER_LEN && tcb.rcvAcked == tcb.rcvNxt) {
    tcb.tsRecent = timestampValue(at + TCP_HEADER_LEN);
  }
  take(tcb, wnd);
  return changetype<usize>(tcb);
}

/** From here on it counts. */
function take(tcb: Tcb, wnd: u32): void {
  tcb.heardAtMs = nowMs();
  tcb.sndWl1 = tcb.rcvNxt;
  tcb.sndWl2 = tcb.sndUna;
  takeWindow(tcb, tcb.sndUna, wnd);
  setFlag(tcb, TcbFlag.PeerFinKnown);
  tcb.rcvFin = tcb.rcvNxt;
  processFin(tcb);
  settle(tcb);
}

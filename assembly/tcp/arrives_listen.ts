/** SEGMENT ARRIVES in CLOSED and in LISTEN (RFC 9293 sections 3.10.7.1 and 3.10.7.2). */
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { enterEntry } from "../core/table";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { segmentArrives } from "./arrives_synchronized";
import { Switch } from "./entry";
import { promote } from "./establish";
import { initialSequence } from "./isn";
import { Listener, findListener, hasBacklog } from "./listeners";
import { refuseSegment } from "./reset";
import { seqLt } from "./seq";
import { Match, matchCookie, mssOfCookie, offersOfCookie } from "./syn_cookie";
import { answerWithCookie, enterHalfOpen, hasEntry } from "./syn_queue";

/**
 * Takes a segment that no connection owns. `leastIss`: 0, or where our sequence numbers must begin
 * at least, as the pair has just been in use. Says under what it counts.
 */
export function segmentArrivesInListen(packet: Packet, seg: Segment, leastIss: u32): Counter {
  const listener = findListener(packet.ports);
  if (listener == null) {
    refuseSegment(packet, seg);
    if ((seg.flags & (Flag.Syn | Flag.Rst)) == Flag.Syn) count(Counter.TcpConnectionsRefused);
    return Counter.DropTcpNoConnection;
  }
  // First a RST, second an ACK: neither means anything to a listener.
  if (seg.flags & Flag.Rst) return Counter.DropTcpListen;
  if (seg.flags & Flag.Ack) {
    const match = seg.flags & Flag.Syn ? Match.None : matchCookie(packet, seg);
    if (match == Match.Third) return openByCookie(packet, seg, listener);
    // The third segment was lost, or had no slot: it will come again, unless a RST forbids it.
    if (match == Match.Later) return Counter.DropTcpNoSlot;
    refuseSegment(packet, seg);
    return Counter.DropTcpListen;
  }
  // Third: a SYN. Text on it is not kept: the peer sends it again.
  if ((seg.flags & Flag.Syn) == 0) return Counter.DropTcpListen;
  if (!hasBacklog(listener)) return Counter.DropTcpBacklog;
  if (!hasEntry(listener)) {
    answerWithCookie(packet, seg, listener);
    return Counter.InTcp;
  }
  let iss = initialSequence(packet);
  if (leastIss != 0 && seqLt(iss, leastIss)) iss = leastIss;
  enterHalfOpen(packet, seg, listener, iss);
  return Counter.InTcp;
}

/** The third segment, of a handshake that only the peer remembers. */
function openByCookie(packet: Packet, seg: Segment, listener: Listener): Counter {
  if (!hasBacklog(listener)) return Counter.DropTcpBacklog;
  let offers: u32 = 0;
  if ((seg.offers & Offer.Timestamps) != 0 && (listener.switches & Switch.Timestamps) != 0) {
    offers = offersOfCookie(packet, seg.tsEcr);
  }
  const mss = mssOfCookie(seg.ack);
  const tcb = promote(packet, listener, seg.ack - 1, seg.seq - 1, mss, offers, seg.tsVal);
  if (tcb == null) return Counter.DropTcpNoSlot;
  enterEntry(tcb);
  count(Counter.TcpCookiesAccepted);
  segmentArrives(tcb, packet, seg);
  return Counter.InTcp;
}

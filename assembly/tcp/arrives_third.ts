/**
 * SEGMENT ARRIVES in SYN-RECEIVED by passive open, where the third segment of the handshake is bare
 * and does no more than to establish the connection. Nothing is done before all is known to be so;
 * what is anything else goes the whole way (arrives_half_open.ts).
 */
import { IPV4_HEADER_LEN } from "../wire/ipv4";
import { segment } from "../wire/segment";
import { Flag, TCP_HEADER_LEN, tcpAcknowledgment, tcpSequence, tcpWindow } from "../wire/tcp";
import { Offer, timestampEcho } from "../wire/tcp_options";
import { bareTimestamp, isBare } from "./bare";
import { establish, promoteEntry } from "./establish";
import { hasBacklog } from "./listeners";
import { outdatePlan } from "./plan";
import { sampleEcho } from "./rto";
import { HalfOpen, listenerOf } from "./syn_queue";
import { TcbFlag, has } from "./tcb";

/**
 * Takes the segment in the IPv4 packet at `packet`, which bears an ACK alone, if it is that.
 * Returns the connection, or 0.
 */
export function takeThird(entry: HalfOpen, packet: usize): usize {
  const at = packet + IPV4_HEADER_LEN;
  if (tcpSequence(at) != entry.irs + 1 || tcpAcknowledgment(at) != entry.iss + 1) return 0;
  if (entry.offers & Offer.Ecn) return 0;
  const listener = listenerOf(entry);
  if (listener == null || !hasBacklog(listener)) return 0;
  const hasTimestamps = (entry.offers & Offer.Timestamps) != 0;
  if (!isBare(packet, hasTimestamps, entry.tsRecent)) return 0;
  const tcb = promoteEntry(entry, listener);
  if (tcb == null) return 0;
  if (hasTimestamps) {
    // The round trip of our SYN, sent once: it is not timed otherwise (RFC 7323 section 4.1).
    if (!has(tcb, TcbFlag.SynResent)) sampleEcho(tcb, timestampEcho(at + TCP_HEADER_LEN));
    tcb.tsRecent = bareTimestamp(packet);
  }
  segment.seq = tcb.rcvNxt;
  segment.ack = tcb.sndNxt;
  segment.flags = Flag.Ack;
  segment.wnd = tcpWindow(at) << tcb.sndScale;
  establish(tcb, segment);
  outdatePlan();
  return changetype<usize>(tcb);
}

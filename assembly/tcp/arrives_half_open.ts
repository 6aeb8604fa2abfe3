/**
 * SEGMENT ARRIVES in SYN-RECEIVED by passive open, where there is no control block yet (RFC 9293
 * section 3.10.7.4). What completes the handshake makes one, and is then processed there.
 */
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { FIRST_COUNT, isForAccurate } from "./accurate_ecn";
import { segmentArrivesInListen } from "./arrives_listen";
import { segmentArrives } from "./arrives_synchronized";
import { mayChallenge } from "./challenge";
import { promoteEntry } from "./establish";
import { Listener, hasBacklog } from "./listeners";
import { acknowledgeSegment, refuseSegment, segmentLen, setAce } from "./reset";
import { sampleEcho } from "./rto";
import { seqInWindow, seqLt } from "./seq";
import { Match, matchCookie } from "./syn_cookie";
import {
  HalfOpen, answerSynAgain, leaveHalfOpen, listenerOf, takeAskedAgain,
} from "./syn_queue";
import { TcbFlag } from "./tcb";
import { Age, ageOf } from "./timestamps";
import { announcedWindow, offeredScale } from "./window";

/** Takes a segment whose checksum is right. Says under what it counts. */
export function segmentArrivesHalfOpen(entry: HalfOpen, packet: Packet, seg: Segment): Counter {
  const listener = listenerOf(entry);
  if (listener == null) {
    // The listener has been closed. There may be another.
    leaveHalfOpen(entry);
    return segmentArrivesInListen(packet, seg, 0);
  }
  const expected = entry.irs + 1;
  if (isSynAgain(entry, seg)) {
    if (!takeAskedAgain(entry, packet, seg)) {
      // RFC 9768 section 3.1.5: reset with a RST.
      refuseSegment(packet, seg);
      leaveHalfOpen(entry);
      return Counter.DropTcpHalfOpen;
    }
    // RFC 7323 section 4.3: the echo is of the SYN that is being answered.
    const hasTimestamp = (seg.offers & Offer.Timestamps) != 0;
    if (hasTimestamp && !seqLt(seg.tsVal, entry.tsRecent)) entry.tsRecent = seg.tsVal;
    answerSynAgain(entry, listener, packet.sourceMac);
    return Counter.InTcp;
  }
  const age = ageOf(seg, entry.offers, entry.tsRecent);
  if (age == Age.Unknown) return Counter.DropTcpHalfOpen;
  if (age == Age.Old || !isAcceptable(expected, seg)) {
    if ((seg.flags & Flag.Rst) == 0) challenge(entry, listener, packet);
    return Counter.DropTcpHalfOpen;
  }
  if (seg.flags & Flag.Rst) {
    if (seg.seq == expected) leaveHalfOpen(entry);
    else challenge(entry, listener, packet);
    return Counter.DropTcpHalfOpen;
  }
  if (seg.flags & Flag.Syn) {
    leaveHalfOpen(entry);
    return Counter.DropTcpHalfOpen;
  }
  if ((seg.flags & Flag.Ack) == 0) return Counter.DropTcpHalfOpen;
  if (seg.ack != entry.iss + 1) {
    if (matchCookie(packet, seg) != Match.None) {
      // An earlier copy of the SYN, when there was no room, was answered with a cookie.
      leaveHalfOpen(entry);
      return segmentArrivesInListen(packet, seg, 0);
    }
    count(Counter.TcpBadAck);
    refuseSegment(packet, seg);
    return Counter.DropTcpHalfOpen;
  }
  // Without room in the accept queue, or a slot, the entry stays, and the peer is asked again.
  const tcb = hasBacklog(listener) ? promoteEntry(entry, listener) : null;
  if (tcb == null) return Counter.DropTcpNoSlot;
  // The round trip of our SYN, sent once: it is not timed otherwise (RFC 7323 section 4.1).
  const isKnown = (tcb.flags & (TcbFlag.Timestamps | TcbFlag.SynResent)) == TcbFlag.Timestamps;
  if (isKnown) sampleEcho(tcb, seg.tsEcr);
  segmentArrives(tcb, packet, seg);
  return Counter.InTcp;
}

function isSynAgain(entry: HalfOpen, seg: Segment): bool {
  return (seg.flags & (Flag.Syn | Flag.Ack | Flag.Rst)) == Flag.Syn && seg.seq == entry.irs;
}

function isAcceptable(expected: u32, seg: Segment): bool {
  const len = segmentLen(seg);
  const wnd = announcedWindow();
  if (seqInWindow(seg.seq, expected, wnd)) return true;
  return len != 0 && seqInWindow(seg.seq + len - 1, expected, wnd);
}

function challenge(entry: HalfOpen, listener: Listener, packet: Packet): void {
  if (!mayChallenge()) return;
  // Both SYNs have been sent: from here on the field is scaled.
  const wnd = announcedWindow() >> (entry.offers & Offer.Scale ? offeredScale() : 0);
  const reply = acknowledgeSegment(
    packet, entry.iss + 1, entry.irs + 1, wnd, entry.offers, entry.tsRecent,
  );
  reply.service = listener.service;
  reply.timeToLive = listener.timeToLive;
  if (isForAccurate(entry.offers)) setAce(reply, FIRST_COUNT);
}

/**
 * The SYN queue: connections in SYN-RECEIVED by passive open, as small entries without control
 * block or rings, so that no flood of SYNs takes a connection's place (RFC 4987 section 3.3). The
 * SYN+ACK is sent again at 1, 2, 4 ... seconds, a bounded number of times; the entry lives as long
 * as that takes: 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 seconds, above the three minutes of MUST-23.
 *
 * When the queue is full the SYN is answered with a cookie (syn_cookie.ts), and nothing is kept.
 */
import { Counter } from "../abi/counter";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { inMs } from "../core/clock";
import { count } from "../core/counters";
import { Pair, copyPair } from "../core/pair";
import { Entry, dropEntry, oldestOf, touch } from "../core/pool";
import { enterEntry } from "../core/table";
import { startTimer } from "../core/wheel";
import { ReplyKind, addReply, replyTo } from "../net/replies";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { Listener, findListener } from "./listeners";
import { agreedOffers } from "./options";
import { makeCookie } from "./syn_cookie";
import { announcedWindow } from "./window";

/** SYN+ACKs sent again before the entry goes. */
const MOST_RETRANSMISSIONS: u32 = 7;
const FIRST_TIMEOUT_MS: u32 = 1000;
const LONGEST_TIMEOUT_MS: u32 = 60000;

@unmanaged
@final
export class HalfOpen extends Entry {
  iss: u32;
  irs: u32;
  /** The TSval of its SYN. */
  tsRecent: u32;
  /** The peer's MSS option; 0 for none. */
  mss: u16;
  /** Times the SYN+ACK was sent again by the timer. */
  retransmissions: u8;
  /** Bits of `Offer`: what the peer offers and we agree to. */
  offers: u8;
}

export const HALF_OPEN_LEN: u32 = (offsetof<HalfOpen>() + 7) & ~7;

if (HALF_OPEN_LEN > 64) ERROR("a half-open entry takes at most 64 octets");

/** Whether one more SYN of the listener can be entered. */
export function hasEntry(listener: Listener): bool {
  const isFree = oldestOf(Table.HalfOpen).state == State.Closed;
  return isFree && <u32>listener.halfOpen + <u32>listener.pending < <u32>listener.backlog;
}

/** Enters the SYN `seg`, for which there is room, and answers it. */
export function enterHalfOpen(
  packet: Packet, seg: Segment, listener: Listener, iss: u32,
): void {
  const entry = changetype<HalfOpen>(oldestOf(Table.HalfOpen));
  touch(entry);
  copyPair(entry, packet);
  entry.state = <u8>State.SynReceived;
  entry.iss = iss;
  entry.irs = seg.seq;
  entry.tsRecent = seg.tsVal;
  entry.mss = seg.mss;
  entry.offers = <u8>agreedOffers(seg.offers, listener.switches);
  entry.retransmissions = 0;
  listener.halfOpen++;
  enterEntry(entry);
  startTimer(entry, inMs(FIRST_TIMEOUT_MS));
  answerSyn(entry, listener, packet.sourceMac);
}

/** Answers the SYN `seg` with a cookie, and keeps nothing. */
export function answerWithCookie(packet: Packet, seg: Segment, listener: Listener): void {
  count(Counter.TcpCookiesSent);
  let offers = agreedOffers(seg.offers, listener.switches) | Offer.Cookie;
  // There is nowhere else to keep them.
  if ((offers & Offer.Timestamps) == 0) offers = Offer.Cookie;
  offers &= ~Offer.Ecn;
  const iss = makeCookie(packet, seg);
  addSynAck(packet, listener, packet.sourceMac, iss, seg.seq, offers, seg.tsVal);
}

/**
 * The peer's SYN has come again: our SYN+ACK was lost, or is late. No other copy follows this one
 * within a timeout (RFC 6298 section 5).
 */
export function answerSynAgain(entry: HalfOpen, listener: Listener, mac: usize): void {
  startTimer(entry, inMs(timeoutOf(entry)));
  answerSyn(entry, listener, mac);
}

/** Sends the SYN+ACK, to the station at `mac` or, when that is 0, to whom ARP names. */
function answerSyn(entry: HalfOpen, listener: Listener, mac: usize): void {
  addSynAck(entry, listener, mac, entry.iss, entry.irs, entry.offers, entry.tsRecent);
}

/** Takes the entry out: it became a connection, or came to nothing. */
export function leaveHalfOpen(entry: HalfOpen): void {
  const listener = listenerOf(entry);
  // Another listener on the same port has not counted what it found.
  if (listener != null && listener.halfOpen != 0) listener.halfOpen--;
  dropEntry(entry);
}

/** The entry's timer expired. */
export function onHalfOpenTimer(entry: HalfOpen): void {
  const listener = listenerOf(entry);
  if (entry.retransmissions == MOST_RETRANSMISSIONS || listener == null) {
    count(Counter.TcpHalfOpenExpired);
    leaveHalfOpen(entry);
    return;
  }
  entry.retransmissions++;
  startTimer(entry, inMs(timeoutOf(entry)));
  count(Counter.TcpSynAckRetransmissions);
  answerSyn(entry, listener, 0);
}

function timeoutOf(entry: HalfOpen): u32 {
  return min<u32>(FIRST_TIMEOUT_MS << entry.retransmissions, LONGEST_TIMEOUT_MS);
}

/** The listener on the entry's port, or null when it has been closed. */
export function listenerOf(entry: HalfOpen): Listener | null {
  return findListener(entry.ports);
}

function addSynAck(
  pair: Pair, listener: Listener, mac: usize, iss: u32, irs: u32, offers: u32, tsEcr: u32,
): void {
  const reply = addReply(ReplyKind.Segment);
  copyPair(reply, pair);
  reply.flags = <u8>(Flag.Syn | Flag.Ack);
  if (offers & Offer.Ecn) reply.flags |= <u8>Flag.Ece;
  reply.seq = iss;
  reply.ack = irs + 1;
  reply.mss = listener.maxSegment;
  reply.offers = <u8>offers;
  reply.tsEcr = tsEcr;
  reply.wnd = <u16>announcedWindow();
  reply.service = listener.service;
  reply.timeToLive = listener.timeToLive;
  replyTo(reply, mac);
}

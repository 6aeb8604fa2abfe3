/**
 * The SYN queue: connections in SYN-RECEIVED by passive open, as small entries without control
 * block or rings, so that no flood of SYNs takes a connection's place (RFC 4987 section 3.3). The
 * SYN+ACK is sent again at 1, 2, 4 ... seconds, a bounded number of times; the entry lives as long
 * as that takes: 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 seconds, above the three minutes of MUST-23.
 *
 * When the queue is full the SYN is answered with a cookie (syn_cookie.ts), and nothing is kept.
 */
import { HAS_ACCURATE_ECN } from "../config";
import { Counter } from "../abi/counter";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { inMs } from "../core/clock";
import { count } from "../core/counters";
import { Pair, copyPair } from "../core/pair";
import { Entry, freeEntry, oldestOf, touch } from "../core/pool";
import { enterEntry, leaveEntry } from "../core/table";
import { startTimer } from "../core/wheel";
import { Reply, ReplyKind, addReply, replyTo } from "../net/replies";
import { Packet } from "../net/packet";
import { ECN_FIELD } from "../wire/ipv4";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { codeOf } from "./accurate_ecn";
import { Listener, findListener } from "./listeners";
import { agreedOffers } from "./options";
import { setAce } from "./reset";
import { makeCookie } from "./syn_cookie";
import { announcedWindow } from "./window";

/** SYN+ACKs sent again before the entry goes. */
const MOST_RETRANSMISSIONS: u32 = 7;
const FIRST_TIMEOUT_MS: u32 = 1000;
const LONGEST_TIMEOUT_MS: u32 = 60000;

const enum Progress {
  /** Times the SYN+ACK was sent again by the timer. */
  Resent = 7,
  /** Accurate ECN: that a SYN did not ask for it, and the ECN field of the last one. */
  NotAsked = 8,
  Field = 48,
}

const FIELD_SHIFT: u32 = 4;
/** A SYN+ACK sent again by the timer so often has no ECN any more (RFC 9768 section 3.2.3.2.2). */
const DECLINING: u32 = 2;

@unmanaged
@final
export class HalfOpen extends Entry {
  iss: u32;
  irs: u32;
  /** The TSval of its SYN. */
  tsRecent: u32;
  /** The peer's MSS option; 0 for none. */
  mss: u16;
  /** Bits of `Progress`. */
  progress: u8;
  /** Bits of `Offer`: what the peer offers and we agree to. */
  offers: u8;
}

export const HALF_OPEN_LEN: u32 = (offsetof<HalfOpen>() + 7) & ~7;

if (HALF_OPEN_LEN > 64) ERROR("a half-open entry takes at most 64 octets");

/** Times the SYN+ACK was sent again by the timer. */
export function resent(entry: HalfOpen): u32 {
  return entry.progress & Progress.Resent;
}

/** Of accurate ECN: whether a SYN or SYN+ACK had no part of it (RFC 9768 section 3.1.5). */
export function wasDeclined(entry: HalfOpen): bool {
  return resent(entry) >= DECLINING || (entry.progress & Progress.NotAsked) != 0;
}

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
  entry.progress = HAS_ACCURATE_ECN ? <u8>((packet.service & ECN_FIELD) << FIELD_SHIFT) : 0;
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
 * What the SYN that comes again asks for. False: ECN of another kind than the one before it did, so
 * that the two ends cannot know which it is.
 */
export function takeAskedAgain(entry: HalfOpen, packet: Packet, seg: Segment): bool {
  const asked = seg.offers & <u8>Offer.AccurateEcn;
  const agreed = entry.offers & <u8>Offer.AccurateEcn;
  if (HAS_ACCURATE_ECN && agreed == <u8>Offer.AccurateEcn) {
    const service = (packet.service & ECN_FIELD) << FIELD_SHIFT;
    entry.progress = (entry.progress & ~(<u8>Progress.Field)) | <u8>service;
    if (asked == 0) entry.progress |= <u8>Progress.NotAsked;
  } else if (asked == 0) {
    // RFC 3168 section 6.1.1: who has sent one SYN that does not ask for it, does not use it.
    entry.offers &= ~(<u8>Offer.AccurateEcn);
  }
  return !HAS_ACCURATE_ECN || asked == 0 || agreed == 0 || asked == agreed;
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
  const reply = addSynAck(
    entry, listener, mac, entry.iss, entry.irs, entry.offers, entry.tsRecent,
  );
  const agreed = entry.offers & Offer.AccurateEcn;
  if (agreed == Offer.Ecn) reply.flags |= <u8>Flag.Ece;
  else if (HAS_ACCURATE_ECN && agreed != 0 && resent(entry) < DECLINING) {
    setAce(reply, codeOf(<u32>entry.progress >> FIELD_SHIFT));
  }
}

/** Takes the entry out: it came to nothing. */
export function leaveHalfOpen(entry: HalfOpen): void {
  leaveEntry(entry);
  freeHalfOpen(entry);
}

/** The same for an entry in whose place there is a connection now. */
export function freeHalfOpen(entry: HalfOpen): void {
  const listener = listenerOf(entry);
  // Another listener on the same port has not counted what it found.
  if (listener != null && listener.halfOpen != 0) listener.halfOpen--;
  freeEntry(entry);
}

/** The entry's timer expired. */
export function onHalfOpenTimer(entry: HalfOpen): void {
  const listener = listenerOf(entry);
  if (resent(entry) == MOST_RETRANSMISSIONS || listener == null) {
    count(Counter.TcpHalfOpenExpired);
    leaveHalfOpen(entry);
    return;
  }
  entry.progress++;
  startTimer(entry, inMs(timeoutOf(entry)));
  count(Counter.TcpSynAckRetransmissions);
  answerSyn(entry, listener, 0);
}

function timeoutOf(entry: HalfOpen): u32 {
  return min<u32>(FIRST_TIMEOUT_MS << resent(entry), LONGEST_TIMEOUT_MS);
}

/** The listener on the entry's port, or null when it has been closed. */
export function listenerOf(entry: HalfOpen): Listener | null {
  return findListener(entry.ports);
}

function addSynAck(
  pair: Pair, listener: Listener, mac: usize, iss: u32, irs: u32, offers: u32, tsEcr: u32,
): Reply {
  const reply = addReply(ReplyKind.Segment);
  copyPair(reply, pair);
  reply.flags = <u8>(Flag.Syn | Flag.Ack);
  reply.seq = iss;
  reply.ack = irs + 1;
  reply.mss = listener.maxSegment;
  reply.offers = <u8>offers;
  reply.tsEcr = tsEcr;
  reply.wnd = <u16>announcedWindow();
  reply.service = listener.service;
  reply.timeToLive = listener.timeToLive;
  replyTo(reply, mac);
  return reply;
}

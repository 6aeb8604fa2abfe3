/**
 * SYN cookies (RFC 4987 section 3.6): when the SYN queue has no room the SYN+ACK carries, in its
 * initial sequence number, all that an entry would have held, and the third segment brings it back.
 *
 *   iss        hash of the pair and of the two below                       9 bits
 *              the same, and of the peer's ISN                            18 bits
 *              the time, in units of 65.5 s                                2 bits
 *              the peer's MSS, as one of eight                             3 bits
 *   TSval      the peer's window scale and SACK-permitted, in the lowest   5 bits
 *
 * Without timestamps the peer gets neither window scale nor SACK. The SYN+ACK is not sent again:
 * the peer sends its SYN again, and gets another.
 */
import { nowMs } from "../core/clock";
import { Pair } from "../core/pair";
import { Segment } from "../wire/segment";
import { Offer } from "../wire/tcp_options";
import { cookieHash, timestampOffset } from "./isn";

/** A unit of the cookie's time, in milliseconds: 2 to this power. */
const EPOCH_SHIFT: u32 = 16;
/** A cookie is good for what is left of its unit, and for the next. */
const LIFETIME_MS: u32 = 2 << EPOCH_SHIFT;
const EPOCH_BITS: u32 = 3;
const MSS_BITS: u32 = 7;
const PAIR_BITS: u32 = 0x1ff << 23;
/** Odd, so that every bit of what it multiplies counts in the upper half. */
const SPREAD: u32 = 0x9e3779b1;
/** What goes into TSval. */
const OPTION_BITS: u32 = Offer.Scale | Offer.Sack;

/** The MSS that a cookie can tell: of those that are not above the peer's, the largest. */
const sizes: usize = memory.data<u16>([48, 216, 536, 1024, 1220, 1380, 1440, 1460]);

@unmanaged
@final
class Cookies {
  /** When one was sent last. */
  sentAtMs: u32;
  /** 0: never. Else no cookie is asked for, and none believed. */
  sent: u32;
}

const cookies: Cookies = changetype<Cookies>(memory.data(offsetof<Cookies>(), 4));

/** No cookie has been sent. */
export function clearCookies(): void {
  cookies.sent = 0;
}

/** The initial sequence number that answers the SYN `seg` of this pair. */
export function makeCookie(pair: Pair, seg: Segment): u32 {
  cookies.sentAtMs = nowMs();
  cookies.sent = 1;
  let index = MSS_BITS;
  while (index != 0 && sizeAt(index) > seg.mss) index--;
  // No option means 536 (MUST-15).
  if (seg.mss == 0) index = 2;
  return cookieOf(pair, seg.seq, nowMs() >> EPOCH_SHIFT, index);
}

/** What a segment is that acknowledges a number of ours. */
export const enum Match {
  /** None of a cookie's connection. */
  None = 0,
  /** One that follows the third segment: without that it says too little. */
  Later,
  /** The third segment of the handshake. */
  Third,
}

/** Whether `seg` acknowledges a cookie of ours. */
export function matchCookie(pair: Pair, seg: Segment): Match {
  if (cookies.sent == 0 || nowMs() - cookies.sentAtMs > LIFETIME_MS) return Match.None;
  const cookie = seg.ack - 1;
  const epoch = nowMs() >> EPOCH_SHIFT;
  const age = (epoch - (cookie >> EPOCH_BITS)) & 3;
  if (age > 1) return Match.None;
  const expected = cookieOf(pair, seg.seq - 1, epoch - age, cookie & MSS_BITS);
  if (cookie == expected) return Match.Third;
  return ((cookie ^ expected) & PAIR_BITS) == 0 ? Match.Later : Match.None;
}

/** The peer's MSS, from the cookie that `ack` acknowledges. */
export function mssOfCookie(ack: u32): u32 {
  return sizeAt((ack - 1) & MSS_BITS);
}

/** What the peer offered, from the TSval that it echoes. */
export function offersOfCookie(pair: Pair, tsEcr: u32): u32 {
  return ((tsEcr - timestampOffset(pair)) & OPTION_BITS) | Offer.Timestamps;
}

/** The clock of a cookie's TSval: with the options in it, and not ahead of time. */
export function cookieClock(offers: u32): u32 {
  const clock = (nowMs() & ~OPTION_BITS) | (offers & OPTION_BITS);
  return clock > nowMs() ? clock - (OPTION_BITS + 1) : clock;
}

function cookieOf(pair: Pair, irs: u32, epoch: u32, index: u32): u32 {
  // Milliseconds wrap, and the unit before the first is the last.
  const hash = cookieHash(pair, ((epoch << EPOCH_BITS) & 0xffff) | index);
  const bound = ((<u32>hash ^ irs) * SPREAD) >> 14;
  return (<u32>(hash >> 32) & PAIR_BITS) | (bound << 5) | ((epoch & 3) << EPOCH_BITS) | index;
}

function sizeAt(index: u32): u32 {
  return load<u16>(sizes + (<usize>index << 1));
}

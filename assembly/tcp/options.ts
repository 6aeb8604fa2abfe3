/**
 * The options of our segments: what a side has offered or agreed to, and what they take of a
 * segment's room (RFC 9293 section 3.7.1, RFC 6691: text and options share SND.MSS).
 */
import { HAS_ACCURATE_ECN } from "../config";
import { TIMESTAMPS_LEN, Offer, emitTimestamps, emitUserTimeout } from "../wire/tcp_options";
import { Endpoint, Switch } from "./entry";
import { countsLen, tellCounts } from "./ecn_counts";
import { emitSack, sackLen } from "./sack";
import { Tcb, TcbFlag, clearFlag, has } from "./tcb";
import { timestamp } from "./timestamps";
import { tellsTimeout, timeoutLen } from "./user_timeout";

/** Without any of these no segment has options but timestamps and SACK. */
const MORE_OPTIONS: u32 = TcbFlag.TellTimeout | TcbFlag.Ecn;

/** Offered in a SYN, by settings: window scale always. */
export function offersBy(switches: u32): u32 {
  let offers: u32 = 1;
  if (switches & Switch.Sack) offers |= Offer.Sack;
  if (switches & Switch.Timestamps) offers |= Offer.Timestamps;
  return offers;
}

/** Of what a peer offers, what we agree to: any scale, ECN, and what our settings allow. */
export function agreedOffers(offers: u32, switches: u32): u32 {
  return offers & (offersBy(switches) | Offer.Scale | Offer.AccurateEcn);
}

/** What the connection has agreed to; in SYN-SENT: what it offers. */
export function offersOf(tcb: Tcb, isFirstSyn: bool): u32 {
  if (isFirstSyn) return offersBy(tcb.switches);
  return u32(has(tcb, TcbFlag.WindowScale)) |
    (has(tcb, TcbFlag.Sack) ? <u32>Offer.Sack : 0) |
    (has(tcb, TcbFlag.Ecn) ? <u32>Offer.Ecn : 0) |
    (has(tcb, TcbFlag.Timestamps) ? <u32>Offer.Timestamps : 0);
}

/** Octets of the options that every segment has but SYNs. */
export function usualLen(tcb: Tcb): u32 {
  return has(tcb, TcbFlag.Timestamps) ? TIMESTAMPS_LEN : 0;
}

/** Octets of those that not all segments have, and that SND.MSS does not count. */
export function extraLen(tcb: Tcb): u32 {
  let len = sackLen(tcb);
  if (HAS_ACCURATE_ECN && !has(tcb, MORE_OPTIONS)) return len;
  len += timeoutLen(tcb, len);
  return HAS_ACCURATE_ECN ? len + countsLen(tcb, len) : len;
}

/** Writes them. */
export function emitOptions(tcb: Tcb, at: usize): void {
  if (has(tcb, TcbFlag.Timestamps)) {
    at += emitTimestamps(at, timestamp(tcb.tsOffset), tcb.tsRecent);
  }
  const len = sackLen(tcb);
  if (HAS_ACCURATE_ECN) at += tellCounts(tcb, at, countsLen(tcb, len + timeoutLen(tcb, len)));
  if (len != 0) {
    emitSack(tcb, at, len);
  } else if (has(tcb, TcbFlag.TellTimeout)) {
    emitUserTimeout(at, tcb.userTimeoutS);
    clearFlag(tcb, TcbFlag.TellTimeout);
  }
}

/** Writes the user timeout in a SYN of an endpoint that tells it. Returns its length, or 0. */
export function emitSynTimeout(endpoint: Endpoint, at: usize): u32 {
  return tellsTimeout(endpoint) ? emitUserTimeout(at, endpoint.userTimeoutS) : 0;
}

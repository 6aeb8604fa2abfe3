/**
 * The options of our segments: what a side has offered or agreed to, and what they take of a
 * segment's room (RFC 9293 section 3.7.1, RFC 6691: text and options share SND.MSS).
 */
import { TIMESTAMPS_LEN, Offer, emitTimestamps } from "../wire/tcp_options";
import { Switch } from "./entry";
import { emitSack, sackLen } from "./sack";
import { Tcb, TcbFlag, has } from "./tcb";
import { timestamp } from "./timestamps";

/** Offered in a SYN, by settings: window scale always. */
export function offersBy(switches: u32): u32 {
  let offers: u32 = 1;
  if (switches & Switch.Sack) offers |= Offer.Sack;
  if (switches & Switch.Timestamps) offers |= Offer.Timestamps;
  return offers;
}

/** Of what a peer offers, what we agree to: all of a scale, and what our settings allow. */
export function agreedOffers(offers: u32, switches: u32): u32 {
  return offers & (offersBy(switches) | Offer.Scale);
}

/** What the connection has agreed to; in SYN-SENT: what it offers. */
export function offersOf(tcb: Tcb, isFirstSyn: bool): u32 {
  if (isFirstSyn) return offersBy(tcb.switches);
  return u32(has(tcb, TcbFlag.WindowScale)) |
    (has(tcb, TcbFlag.Sack) ? <u32>Offer.Sack : 0) |
    (has(tcb, TcbFlag.Timestamps) ? <u32>Offer.Timestamps : 0);
}

/** Octets of the options on the connection's next segment, which is not a SYN. */
export function optionsLen(tcb: Tcb): u32 {
  return sackLen(tcb) + (has(tcb, TcbFlag.Timestamps) ? TIMESTAMPS_LEN : 0);
}

/** Writes them. */
export function emitOptions(tcb: Tcb, at: usize): void {
  if (has(tcb, TcbFlag.Timestamps)) {
    at += emitTimestamps(at, timestamp(tcb.tsOffset), tcb.tsRecent);
  }
  const len = sackLen(tcb);
  if (len != 0) emitSack(tcb, at, len);
}

/**
 * Numbers of a pair that an outsider cannot foretell: where timestamps begin, and initial sequence
 * numbers (RFC 6528, RFC 9293 section 3.4.1). These are M + F(pair, key), where M is a clock of
 * 4 us and F is SipHash under a key that nobody knows.
 */
import { isnTicks } from "../core/clock";
import { lastSipHashWord, sipHash } from "../core/hash";
import { Pair } from "../core/pair";
import { functionKeyAt, tableKeysAt } from "../core/random";
import { theInterface } from "../net/interface";

const MOST_WORDS: u32 = 4;
const message: usize = memory.data(8 * MOST_WORDS, 8);

/** What a function of the pair is for: the same pair must not give related numbers. */
const enum Purpose {
  SequenceNumber = 1,
  // From here on under a key that a reseed leaves alone: a handshake may be under way.
  Timestamp = 3,
  Cookie = 4,
}

/** The ISN of a connection with this pair, now. */
export function initialSequence(pair: Pair): u32 {
  return isnTicks() + <u32>pairHash(pair, Purpose.SequenceNumber, 0);
}

/** RFC 7323 section 5.4: what a connection's timestamps are beyond our clock. */
export function timestampOffset(pair: Pair): u32 {
  return <u32>pairHash(pair, Purpose.Timestamp, 0);
}

/** What vouches for a SYN cookie: a function of the pair and of what else it must be bound to. */
export function cookieHash(pair: Pair, bound: u32): u64 {
  return pairHash(pair, Purpose.Cookie, bound);
}

function pairHash(pair: Pair, purpose: Purpose, bound: u32): u64 {
  // An IPv4 pair leaves the first half of the message empty; lengths tell the two forms apart.
  const words: u32 = (pair.remoteHigh | <u64>bound) == 0 ? MOST_WORDS >> 1 : MOST_WORDS;
  const address = <u64>theInterface().address;
  store<u64>(message, pair.remoteHigh);
  store<u64>(message, (address << 32) | <u64>bound, 8);
  store<u64>(message, pair.remoteLow ^ address, 16);
  store<u64>(message, lastSipHashWord(words, (<u64>purpose << 32) | <u64>pair.ports), 24);
  const key = purpose >= Purpose.Timestamp ? tableKeysAt() : functionKeyAt();
  return sipHash(key, message + (<usize>(MOST_WORDS - words) << 3), words);
}

/**
 * Initial sequence numbers (RFC 6528, RFC 9293 section 3.4.1): ISN = M + F(pair, key), where M is a
 * clock of 4 us and F is SipHash under a key that nobody outside knows.
 */
import { isnTicks } from "../core/clock";
import { sipHash } from "../core/hash";
import { functionKeyAt } from "../core/random";
import { localLow } from "../net/interface";

const WORDS: u32 = 4;
const message: usize = memory.data(8 * WORDS, 8);

/** What a function of the pair is for: the same pair must not give related numbers. */
const enum Purpose {
  SequenceNumber = 1,
  Port = 2,
}

/** The ISN of a connection with this pair, now. */
export function initialSequence(high: u64, low: u64, ports: u32): u32 {
  return isnTicks() + pairHash(high, low, (<u64>Purpose.SequenceNumber << 32) | <u64>ports);
}

/** RFC 6056 section 3.3.3: where the search for a local port towards this peer begins. */
export function portOffset(high: u64, low: u64, remotePort: u32): u32 {
  return pairHash(high, low, (<u64>Purpose.Port << 32) | <u64>remotePort);
}

function pairHash(high: u64, low: u64, rest: u64): u32 {
  store<u64>(message, high);
  store<u64>(message, low, 8);
  store<u64>(message, localLow(), 16);
  store<u64>(message, rest, 24);
  return <u32>sipHash(functionKeyAt(), message, WORDS);
}

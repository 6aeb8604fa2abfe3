/**
 * Initial sequence numbers (RFC 6528, RFC 9293 section 3.4.1): ISN = M + F(pair, key), where M is a
 * clock of 4 us and F is SipHash under a key that nobody outside knows.
 */
import { isnTicks } from "../core/clock";
import { sipHash } from "../core/hash";
import { Pair } from "../core/pair";
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
export function initialSequence(pair: Pair): u32 {
  return isnTicks() + pairHash(pair, Purpose.SequenceNumber);
}

/** RFC 6056 section 3.3.3: where the search for a local port, as yet 0, towards the peer begins. */
export function portOffset(pair: Pair): u32 {
  return pairHash(pair, Purpose.Port);
}

function pairHash(pair: Pair, purpose: Purpose): u32 {
  store<u64>(message, pair.remoteHigh);
  store<u64>(message, pair.remoteLow, 8);
  store<u64>(message, localLow(), 16);
  store<u64>(message, (<u64>purpose << 32) | <u64>pair.ports, 24);
  return <u32>sipHash(functionKeyAt(), message, WORDS);
}

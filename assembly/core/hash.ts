/**
 * Two keyed functions. SipHash-2-4 (Aumasson and Bernstein, 2012) where an outsider sees results
 * and must not compute others: sequence numbers, ports, random numbers. NH (RFC 4418 section 5.2)
 * where only the spread over buckets counts: two keys collide as often as chance says, whatever an
 * outsider picks, as long as he does not know the keys.
 */

/** Octets of a SipHash key. */
export const SIPHASH_KEY_LEN: usize = 16;

/** u64 words of an NH key for `hashPair`. */
export const NH_KEY_WORDS: u32 = 4;

/** Where a SipHash message has its length: in the uppermost octet of its last word. */
const SIPHASH_LEN_SHIFT: u64 = 56;

/** The last word of a message of `words` u64 words, with 7 octets of `rest`. */
export function lastSipHashWord(words: u32, rest: u64): u64 {
  return (<u64>(8 * words - 1) << SIPHASH_LEN_SHIFT) | rest;
}

/**
 * SipHash-2-4 under the 16 octets at `key` of `words` u64 words at `at`, the last one made by
 * `lastSipHashWord`: so the message is one octet shorter, and needs no word for its length alone.
 */
export function sipHash(key: usize, at: usize, words: u32): u64 {
  const k0 = load<u64>(key);
  const k1 = load<u64>(key, 8);
  let v0 = k0 ^ 0x736f6d6570736575;
  let v1 = k1 ^ 0x646f72616e646f6d;
  let v2 = k0 ^ 0x6c7967656e657261;
  let v3 = k1 ^ 0x7465646279746573;
  // The message's words, and two words 0 for the end: two rounds for each.
  for (let index: u32 = 0; index < words + 2; index++) {
    let word: u64 = 0;
    if (index < words) word = load<u64>(at + (<usize>index << 3));
    else if (index == words) v2 ^= 0xff;
    v3 ^= word;
    for (let round: u32 = 0; round < 2; round++) {
      v0 += v1;
      v2 += v3;
      v1 = rotl<u64>(v1, 13) ^ v0;
      v3 = rotl<u64>(v3, 16) ^ v2;
      v0 = rotl<u64>(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = rotl<u64>(v1, 17) ^ v2;
      v3 = rotl<u64>(v3, 21) ^ v0;
      v2 = rotl<u64>(v2, 32);
    }
    v0 ^= word;
  }
  return v0 ^ v1 ^ v2 ^ v3;
}

/** NH of an address (two words) and a pair of ports, under `NH_KEY_WORDS` u64 words at `key`. */
export function hashPair(key: usize, high: u64, low: u64, ports: u32): u32 {
  const sum = nh(key, high) + nh(key + 8, low) + nh(key + 16, <u64>ports);
  // NH promises little for a few bits of the sum: a multiplication spreads it over the upper half.
  return <u32>((sum * (load<u64>(key, 24) | 1)) >> 32);
}

function nh(key: usize, word: u64): u64 {
  const low = <u32>word + load<u32>(key);
  const high = <u32>(word >> 32) + load<u32>(key, 4);
  return <u64>low * <u64>high;
}

/**
 * The Internet checksum (RFC 1071): a ones' complement sum of 16-bit words, made while copying
 * where it can be. Sums are kept in native order and unfolded in 64 bits; RFC 1071 section 2(B)
 * shows that the order does not matter as long as the result is stored natively too.
 *
 * A sum always begins at an even offset of what it is the sum of. `addOdd` adds a part that does
 * not (RFC 1071 section 2(A)).
 */

/** Octets that SIMD instructions take in one turn, and in one of the turns for what is left. */
const BLOCK: usize = 128;
const VECTOR: usize = 16;
/** From so many octets on they are worth their preparation. */
const WORTH: usize = 64;

/** Adds `len` octets at `at` to `sum`. A lone last octet counts as the first of a pair. */
export function addOctets(sum: u64, at: usize, len: usize): u64 {
  if (ASC_FEATURE_SIMD) {
    if (len >= WORTH) {
      const vectors = len & ~(VECTOR - 1);
      sum += sumVectors(at, vectors);
      at += vectors;
      len -= vectors;
    }
  }
  // Sums of two, so that no addition waits for more than two others.
  while (len >= 16) {
    sum += (<u64>load<u32>(at) + <u64>load<u32>(at, 4)) +
      (<u64>load<u32>(at, 8) + <u64>load<u32>(at, 12));
    at += 16;
    len -= 16;
  }
  while (len >= 4) {
    sum += <u64>load<u32>(at);
    at += 4;
    len -= 4;
  }
  return addTail(sum, at, len);
}

/** The same for 20 octets: an IPv4 header, or the fixed part of a TCP header. */
export function addTwenty(sum: u64, at: usize): u64 {
  return sum + <u64>load<u32>(at) + <u64>load<u32>(at, 4) + <u64>load<u32>(at, 8) +
    <u64>load<u32>(at, 12) + <u64>load<u32>(at, 16);
}

/** The same for a multiple of 4 octets, few: as they were written just now, by words. */
export function addWords(sum: u64, at: usize, len: usize): u64 {
  for (const end = at + len; at < end; at += 4) sum += <u64>load<u32>(at);
  return sum;
}

/** Copies `len` octets from `from` to `to`, which do not overlap, and adds them to `sum`. */
export function copyAndAdd(sum: u64, to: usize, from: usize, len: usize): u64 {
  // Without SIMD the engine's own copy and a sum by itself are faster than both at once, and less.
  if (!ASC_FEATURE_SIMD) {
    memory.copy(to, from, len);
    return addOctets(sum, from, len);
  }
  if (len >= WORTH) {
    const vectors = len & ~(VECTOR - 1);
    sum += copyVectors(to, from, vectors);
    to += vectors;
    from += vectors;
    len -= vectors;
  }
  while (len >= 4) {
    const word = load<u32>(from);
    store<u32>(to, word);
    sum += <u64>word;
    to += 4;
    from += 4;
    len -= 4;
  }
  const whole = addTail(sum, from, len);
  while (len > 0) {
    store<u8>(to++, load<u8>(from++));
    len--;
  }
  return whole;
}

/** Adds `part`, the sum of octets that begin at an odd offset of the whole. */
export function addOdd(sum: u64, part: u64): u64 {
  const folded = fold(part);
  return sum + <u64>(((folded & 0xff) << 8) | (folded >> 8));
}

/** Folds a sum to 16 bits. A packet with a right checksum in it folds to 0xffff. */
export function fold(sum: u64): u32 {
  const word = fold64(sum);
  // The same again, of halves.
  return (word + rotl<u32>(word, 16)) >> 16;
}

/** Folds a sum to 32 bits: of its halves, added crosswise, the upper has the carry of the lower. */
export function fold64(sum: u64): u32 {
  return <u32>((sum + rotl<u64>(sum, 32)) >> 32);
}

/** Whether what has been summed, a checksum of its own among it, is intact. */
export function isIntact(sum: u64): bool {
  return fold(sum) == 0xffff;
}

/** The checksum field of what `sum` is the sum of, in native order: store it with `store<u16>`. */
export function finish(sum: u64): u32 {
  return fold(sum) ^ 0xffff;
}

/** The last 0 to 3 octets. */
function addTail(sum: u64, at: usize, len: usize): u64 {
  if (len & 2) {
    sum += <u64>load<u16>(at);
    at += 2;
  }
  return len & 1 ? sum + <u64>load<u8>(at) : sum;
}

/** The sum of `len` octets, a multiple of `VECTOR`. */
function sumVectors(at: usize, len: usize): u64 {
  const bias = biasOf(len);
  const ones = onesOf(bias);
  let even = i32x4.splat(0);
  let odd = i32x4.splat(0);
  const end = at + len;
  const blocksEnd = at + (len & ~(BLOCK - 1));
  while (at < blocksEnd) {
    even = i32x4.add(even, sumPairs(v128.load(at), bias, ones));
    odd = i32x4.add(odd, sumPairs(v128.load(at, 16), bias, ones));
    even = i32x4.add(even, sumPairs(v128.load(at, 32), bias, ones));
    odd = i32x4.add(odd, sumPairs(v128.load(at, 48), bias, ones));
    even = i32x4.add(even, sumPairs(v128.load(at, 64), bias, ones));
    odd = i32x4.add(odd, sumPairs(v128.load(at, 80), bias, ones));
    even = i32x4.add(even, sumPairs(v128.load(at, 96), bias, ones));
    odd = i32x4.add(odd, sumPairs(v128.load(at, 112), bias, ones));
    at += BLOCK;
  }
  while (at < end) {
    even = i32x4.add(even, sumPairs(v128.load(at), bias, ones));
    at += VECTOR;
  }
  return sumLanes(i32x4.add(even, odd), len);
}

/** The same, copying on the way. */
function copyVectors(to: usize, from: usize, len: usize): u64 {
  const bias = biasOf(len);
  const ones = onesOf(bias);
  let even = i32x4.splat(0);
  let odd = i32x4.splat(0);
  const end = from + len;
  const blocksEnd = from + (len & ~(BLOCK - 1));
  while (from < blocksEnd) {
    const first = v128.load(from);
    const second = v128.load(from, 16);
    const third = v128.load(from, 32);
    const fourth = v128.load(from, 48);
    v128.store(to, first);
    v128.store(to, second, 16);
    v128.store(to, third, 32);
    v128.store(to, fourth, 48);
    even = i32x4.add(even, sumPairs(first, bias, ones));
    odd = i32x4.add(odd, sumPairs(second, bias, ones));
    even = i32x4.add(even, sumPairs(third, bias, ones));
    odd = i32x4.add(odd, sumPairs(fourth, bias, ones));
    const fifth = v128.load(from, 64);
    const sixth = v128.load(from, 80);
    const seventh = v128.load(from, 96);
    const eighth = v128.load(from, 112);
    v128.store(to, fifth, 64);
    v128.store(to, sixth, 80);
    v128.store(to, seventh, 96);
    v128.store(to, eighth, 112);
    even = i32x4.add(even, sumPairs(fifth, bias, ones));
    odd = i32x4.add(odd, sumPairs(sixth, bias, ones));
    even = i32x4.add(even, sumPairs(seventh, bias, ones));
    odd = i32x4.add(odd, sumPairs(eighth, bias, ones));
    from += BLOCK;
    to += BLOCK;
  }
  while (from < end) {
    const words = v128.load(from);
    v128.store(to, words);
    even = i32x4.add(even, sumPairs(words, bias, ones));
    from += VECTOR;
    to += VECTOR;
  }
  return sumLanes(i32x4.add(even, odd), len);
}

/**
 * The sums of four pairs of words, each word less 2^15: as signed numbers a multiplication adds
 * them up in one instruction, where unsigned ones take three. A lane holds 2^16 words, more than
 * any IP packet has.
 */
function sumPairs(words: v128, bias: v128, ones: v128): v128 {
  return i32x4.dot_i16x8_s(v128.xor(words, bias), ones);
}

/**
 * Eight words of 2^15. Not a constant for V8, which from version 13 on (Node 24) makes constants
 * anew wherever they are used: that was a third of the time of the loops above.
 */
function biasOf(len: usize): v128 {
  const any = i16x8.splat(<i16>len);
  return i16x8.shl(i16x8.eq(any, any), 15);
}

/** Eight words of 1. */
function onesOf(bias: v128): v128 {
  return i16x8.shr_u(bias, 15);
}

/** The sum of four lanes, and of what each word of `len` octets had less in them. */
function sumLanes(lanes: v128, len: usize): u64 {
  const sum = <i64>i32x4.extract_lane(lanes, 0) + <i64>i32x4.extract_lane(lanes, 1) +
    <i64>i32x4.extract_lane(lanes, 2) + <i64>i32x4.extract_lane(lanes, 3);
  return <u64>(sum + (<i64>len << 14));
}

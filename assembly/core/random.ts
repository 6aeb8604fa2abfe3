/**
 * Random numbers that an outsider cannot foretell: SipHash of a counter under a key from the
 * host's entropy. The second key is for what must be a function of its input (sequence numbers,
 * ports), and a third set for hash tables, which outlives a reseed because the tables do.
 */
import { IS_BOARD } from "../config";
import { NH_KEY_WORDS, SIPHASH_KEY_LEN, lastSipHashWord, sipHash } from "./hash";

@unmanaged
@final
class Random {
  counter: u64;
  streamKey0: u64;
  streamKey1: u64;
  functionKey0: u64;
  functionKey1: u64;
}

/** In the build for Node. */
@unmanaged
@final
class Drawn {
  /** Bits of a number drawn that have not been given yet, below one that is set. */
  rest: u64;
}

const random: Random = changetype<Random>(memory.data(offsetof<Random>(), 8));
const tableKeys: usize = memory.data(8 * NH_KEY_WORDS, 8);

/** Takes 32 octets of entropy at `entropy`, mixes them with what was there, and wipes them. */
export function seedRandom(entropy: usize): void {
  const keys = changetype<usize>(random) + offsetof<Random>("streamKey0");
  for (let offset: usize = 0; offset < 2 * SIPHASH_KEY_LEN; offset += 8) {
    store<u64>(keys + offset, load<u64>(keys + offset) ^ load<u64>(entropy + offset));
    store<u64>(entropy + offset, 0);
  }
  if (!IS_BOARD) drawn().rest = 0;
}

/** Forgets all keys. */
export function clearRandom(): void {
  memory.fill(changetype<usize>(random), 0, offsetof<Random>());
}

/** Draws the keys of the hash tables: once, before the first entry. */
export function drawTableKeys(): void {
  for (let index: u32 = 0; index < NH_KEY_WORDS; index++) {
    store<u64>(tableKeys + (<usize>index << 3), random64());
  }
}

/** `NH_KEY_WORDS` u64 words. */
export function tableKeysAt(): usize {
  return tableKeys;
}

/** The key of functions that an outsider must not be able to compute: 16 octets. */
export function functionKeyAt(): usize {
  return changetype<usize>(random) + offsetof<Random>("functionKey0");
}

/** 64 random bits. */
export function random64(): u64 {
  random.counter = lastSipHashWord(1, random.counter + 1);
  const at = changetype<usize>(random);
  return sipHash(at + offsetof<Random>("streamKey0"), at, 1);
}

/** 15 random bits: a number drawn serves four times, where there is room for that. */
export function random15(): u32 {
  if (IS_BOARD) return <u32>random64() & 0x7fff;
  if (drawn().rest >> 15 == 0) drawn().rest = random64() | (1 << 63);
  const bits = <u32>drawn().rest & 0x7fff;
  drawn().rest >>= 15;
  return bits;
}

/** A random number below `bound`, which is at most 2^16 (the bias is then below 2^-16). */
export function randomBelow(bound: u32): u32 {
  return <u32>(((random64() >> 32) * <u64>bound) >> 32);
}

/** Takes no memory where it is not called. */
function drawn(): Drawn {
  return changetype<Drawn>(memory.data(offsetof<Drawn>(), 8));
}

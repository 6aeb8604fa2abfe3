/**
 * Numbers for properties: the corners of 32 bits, and a sequence that looks random and is the same
 * in every run. Specs are no product: they have a heap and may use arrays.
 */

/** Where comparisons and carries go wrong. */
export const CORNERS: u32[] = [0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];

let state: u32 = 1;

/** Begins the sequence of `seed`. */
export function seed(seed: u32): void {
  state = seed * 2654435761 + 1;
  if (state == 0) state = 1;
}

/** The next number (xorshift32 by Marsaglia). */
export function next(): u32 {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/** The next number below `bound`. */
export function below(bound: u32): u32 {
  return next() % bound;
}

/** Fills memory with the sequence. */
export function fillRandom(at: usize, len: u32): void {
  for (let index: u32 = 0; index < len; index++) store<u8>(at + index, <u8>(next() >> 11));
}

/** Whether all of `len` octets at `at` are `octet`. */
export function isFilled(at: usize, len: u32, octet: u8): bool {
  for (let index: u32 = 0; index < len; index++) {
    if (load<u8>(at + index) != octet) return false;
  }
  return true;
}

/** Octets in network order (RFC 791 appendix B). Addresses of any alignment are fine. */

/** A 16-bit number with its two octets exchanged: less than `bswap` is made of. */
export function swap16(value: u32): u32 {
  return ((value << 8) | (value >> 8)) & 0xffff;
}

/** The 16-bit number at `at`. */
export function load16(at: usize): u32 {
  return swap16(load<u16>(at));
}

/** The 32-bit number at `at`. */
export function load32(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

/** Writes the low 16 bits of `value`. */
export function store16(at: usize, value: u32): void {
  store<u16>(at, <u16>swap16(value & 0xffff));
}

/** Writes `value`. */
export function store32(at: usize, value: u32): void {
  store<u32>(at, bswap<u32>(value));
}

/** Clears `len` octets at `at`, multiples of 8: a few take less time so than by `memory.fill`. */
export function clearWords(at: usize, len: usize): void {
  const end = at + len;
  if (ASC_FEATURE_SIMD) {
    for (; at + 32 <= end; at += 32) {
      v128.store(at, i64x2.splat(0));
      v128.store(at, i64x2.splat(0), 16);
    }
  }
  for (; at < end; at += 8) store<u64>(at, 0);
}

/** Copies `len` octets, up to 15 more where SIMD does it, of what does not overlap. */
export function copyBlock(to: usize, from: usize, len: usize): void {
  if (!ASC_FEATURE_SIMD) {
    memory.copy(to, from, len);
    return;
  }
  for (let at: usize = 0; at < len; at += 16) v128.store(to + at, v128.load(from + at));
}

/** The smallest multiple of 8 that is not below `size`. */
export function align8(size: usize): usize {
  return (size + 7) & ~7;
}

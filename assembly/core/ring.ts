/**
 * Rings of octets, a power of two long, in which an octet's place is its sequence number modulo
 * the length: no head, no tail, nothing to move when data is acknowledged or read.
 *
 *   sequence  ... 4094 4095 | 4096 4097 ...      length 4096
 *   place     ... 4094 4095 |    0    1 ...
 *
 * A ring is given by the address of its first octet and its length less one (`mask`).
 */
import { addOdd, copyAndAdd } from "./checksum";

/** The address of the octet with sequence number `seq`. */
export function ringAt(ring: usize, mask: u32, seq: u32): usize {
  return ring + <usize>(seq & mask);
}

/** How many of `len` octets from `seq` lie in one piece, before the ring's end. */
export function ringPiece(mask: u32, seq: u32, len: u32): u32 {
  return min<u32>(len, mask + 1 - (seq & mask));
}

/** Copies `len` octets at `from` to their place in the ring. */
export function ringWrite(ring: usize, mask: u32, seq: u32, from: usize, len: u32): void {
  const piece = ringPiece(mask, seq, len);
  memory.copy(ringAt(ring, mask, seq), from, piece);
  if (piece < len) memory.copy(ring, from + piece, len - piece);
}

/** The same, adding the octets to `sum` on the way; they begin at an even offset of the whole. */
export function ringWriteAdd(
  sum: u64, ring: usize, mask: u32, seq: u32, from: usize, len: u32,
): u64 {
  const piece = ringPiece(mask, seq, len);
  sum = copyAndAdd(sum, ringAt(ring, mask, seq), from, piece);
  if (piece == len) return sum;
  const rest = copyAndAdd(0, ring, from + piece, len - piece);
  return piece & 1 ? addOdd(sum, rest) : sum + rest;
}

/** Copies `len` octets from their place in the ring to `to`. */
export function ringRead(to: usize, ring: usize, mask: u32, seq: u32, len: u32): void {
  const piece = ringPiece(mask, seq, len);
  memory.copy(to, ringAt(ring, mask, seq), piece);
  if (piece < len) memory.copy(to + piece, ring, len - piece);
}

/** The same, adding them to `sum`. */
export function ringReadAdd(
  sum: u64, to: usize, ring: usize, mask: u32, seq: u32, len: u32,
): u64 {
  const piece = ringPiece(mask, seq, len);
  sum = copyAndAdd(sum, to, ringAt(ring, mask, seq), piece);
  if (piece == len) return sum;
  const rest = copyAndAdd(0, to + piece, ring, len - piece);
  return piece & 1 ? addOdd(sum, rest) : sum + rest;
}

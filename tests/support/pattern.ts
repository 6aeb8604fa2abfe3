/**
 * What simulated applications send: octets that are a function of stream and position, so that
 * whoever gets them can tell whether they are the right ones at the right place. Random octets, so
 * that all that SLIP escapes is among them.
 */
import { Random } from "../../host/link/random.js";

/** A prime, so that no ring's length divides it and a shift by a ring is seen. */
const PERIOD = 65521;
/** Distance of neighbouring streams in the pattern. */
const STRIDE = 7919;
const SEED = 20060102;

// Twice over, so that a piece that passes the end of the period lies in one stretch.
const octets = new Uint8Array(2 * PERIOD);
new Random(SEED).fill(octets.subarray(0, PERIOD));
octets.copyWithin(PERIOD, 0, PERIOD);

/** Octets of a piece at the most. */
export const LARGEST_PIECE = PERIOD;

/** The `len` octets at `offset` of a stream: a view that must not be written to. */
export function patternAt(stream: number, offset: number, len: number): Uint8Array {
  if (len > LARGEST_PIECE) throw new RangeError(`a piece is at most ${LARGEST_PIECE} octets`);
  const at = (stream * STRIDE + offset) % PERIOD;
  return octets.subarray(at, at + len);
}

/** Whether `piece` is what lies at `offset` of a stream. */
export function isPattern(stream: number, offset: number, piece: Uint8Array): boolean {
  const at = (stream * STRIDE + offset) % PERIOD;
  for (let index = 0; index < piece.length; index++) {
    if (piece[index] !== octets[(at + index) % PERIOD]) return false;
  }
  return true;
}

/**
 * The random numbers of faults and simulations: xoshiro128** 1.1 by Blackman and Vigna (period
 * 2^128 - 1), its state filled by SplitMix32 from a seed and a stream number. The same seed and
 * stream give the same numbers on every machine. Browser-safe; not for secrets.
 */
export class Random {
  private s0 = 0;
  private s1 = 0;
  private s2 = 0;
  private s3 = 0;

  /**
   * `seed` and `stream`: integers; seeds up to 2^53 - 1 all differ, of `stream` the low 32 bits
   * count. Streams of one seed are independent of each other.
   */
  constructor(seed: number, stream = 0) {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(`a seed is an integer up to 2^53 - 1, not ${seed}`);
    }
    let mix = splitMix32(seed >>> 0);
    mix = splitMix32((mix ^ Math.floor(seed / 0x1_0000_0000)) >>> 0);
    mix = splitMix32((mix ^ stream) >>> 0);
    this.setState(
      (mix = splitMix32(mix)),
      (mix = splitMix32(mix)),
      (mix = splitMix32(mix)),
      splitMix32(mix) | 1, // never all zero, the one state that does not move
    );
  }

  /** Sets the 128 bits of state: for the published test vectors. Not all zero. */
  setState(s0: number, s1: number, s2: number, s3: number): void {
    this.s0 = s0 | 0;
    this.s1 = s1 | 0;
    this.s2 = s2 | 0;
    this.s3 = s3 | 0;
  }

  /** The next 32 bits, 0 to 2^32 - 1. */
  u32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.s1, 5), 7), 9) >>> 0;
    const shifted = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= shifted;
    this.s3 = rotateLeft(this.s3, 11);
    return result;
  }

  /** A number in [0, 1), in steps of 2^-32. */
  unit(): number {
    return this.u32() / 0x1_0000_0000;
  }

  /** True with the given probability: never for 0, always for 1. One number is drawn either way. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** An integer from 0 to `limit` - 1, evenly; `limit` from 1 to 2^32. */
  below(limit: number): number {
    // The few highest values that would favour small results are drawn again.
    const even = 0x1_0000_0000 - (0x1_0000_0000 % limit);
    let value = this.u32();
    while (value >= even) value = this.u32();
    return value % limit;
  }

  /** An integer from `low` to `high`, both included, evenly. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** Fills the octets. */
  fill(octets: Uint8Array): Uint8Array {
    for (let at = 0; at < octets.length; at++) octets[at] = this.u32() >>> 24;
    return octets;
  }
}

/** One step of SplitMix32: mixes 32 bits so that neighbouring seeds have nothing in common. */
function splitMix32(value: number): number {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

function rotateLeft(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}

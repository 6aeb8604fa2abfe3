/**
 * Views on a stack's memory, kept by place and length, so that none is made for a frame, or for
 * the octets of a message, where one was before: making one costs as much as a call or two.
 */

/** A power of two. Rings of usual lengths and messages of one length fit. */
const KEPT = 1024;
const KEPT_BITS = 10;
/** Above any length of a view. */
const LENGTHS = 2 ** 21;
/** The golden ratio as a fraction of 2^32 (multiplicative hashing). */
const GOLDEN = 0x9e3779b1;

export class KeptViews {
  private buffer = new ArrayBuffer(0);
  private views: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  /** Place and length of each as one number. */
  private readonly keys = new Float64Array(KEPT);

  /** To be called when the memory has become another. */
  update(buffer: ArrayBuffer): void {
    this.buffer = buffer;
    this.keys.fill(-1);
    this.views = new Array(KEPT).fill(undefined);
  }

  /** The `length` octets at `at`. */
  of(at: number, length: number): Uint8Array<ArrayBuffer> {
    const index = Math.imul(at + length, GOLDEN) >>> (32 - KEPT_BITS);
    const key = at * LENGTHS + length;
    if (this.keys[index] === key) return this.views[index]!;
    // `subarray` would take twice as long.
    const view = new Uint8Array(this.buffer, at, length);
    this.keys[index] = key;
    return (this.views[index] = view);
  }
}

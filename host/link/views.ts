/**
 * The first N octets of one buffer, as a view made once for each usual N: a driver that reads
 * every frame to the same place hands it on without an allocation.
 */

/** Views up to this length are kept; longer frames are rare enough to get a new one each. */
const KEPT_LEN_MAX = 2048;

export class LengthViews {
  readonly buffer: Uint8Array;
  private readonly views = new Array<Uint8Array | undefined>(KEPT_LEN_MAX + 1).fill(undefined);

  constructor(octets: number) {
    this.buffer = new Uint8Array(octets);
  }

  /** The view of the first `length` octets; `length` up to the buffer's. */
  of(length: number): Uint8Array {
    if (length > KEPT_LEN_MAX) return this.buffer.subarray(0, length);
    return (this.views[length] ??= this.buffer.subarray(0, length));
  }
}

/**
 * N octets of one buffer, from one place on, as a view made once for each usual N: a driver that
 * reads every frame to the same place hands it on without an allocation.
 */

/** Views up to this length are kept; of longer ones the last: they come in a row. */
const KEPT_LEN_MAX = 2048;

export class LengthViews {
  readonly buffer: Uint8Array<ArrayBuffer>;
  private readonly views = new Array<Uint8Array | undefined>(KEPT_LEN_MAX + 1).fill(undefined);
  private long = new Uint8Array(0);

  /** A buffer of `from` octets, and behind them the `octets` that views are of. */
  constructor(octets: number, private readonly from = 0) {
    this.buffer = new Uint8Array(from + octets);
  }

  /** The view of the first `length` octets from `from` on; `length` up to `octets`. */
  of(length: number): Uint8Array {
    if (length <= KEPT_LEN_MAX) return (this.views[length] ??= this.make(length));
    if (this.long.length !== length) this.long = this.make(length);
    return this.long;
  }

  private make(length: number): Uint8Array<ArrayBuffer> {
    return this.buffer.subarray(this.from, this.from + length);
  }
}

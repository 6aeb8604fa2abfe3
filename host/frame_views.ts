/**
 * The frame slots of a stack as the host sees them. A view is made once for each length that a
 * frame has had, and kept, so that none is made for a frame on its way.
 */
import type { Core } from "./core.js";

/** Longer frames are GSO's, which are few for what they carry. */
const LONGEST_KEPT = 2048;

export class FrameViews {
  /** Where a frame is handed over, and octets of the longest one. */
  inAt = 0;
  inSize = 0;
  private outAt = 0;
  private octets = new Uint8Array(0);
  private views: (Uint8Array | undefined)[] = [];

  /** To be called when the memory or the link has become another. */
  update({ exports, octets }: Core): void {
    this.inAt = exports.frameInPtr() >>> 0;
    this.inSize = exports.frameInSize() >>> 0;
    this.outAt = exports.frameOutPtr() >>> 0;
    this.octets = octets;
    this.views = new Array(LONGEST_KEPT + 1).fill(undefined);
  }

  /** The outgoing frame, of `length` octets. */
  frameOut(length: number): Uint8Array {
    const kept = this.views[length];
    if (kept !== undefined) return kept;
    const view = this.octets.subarray(this.outAt, this.outAt + length);
    if (length <= LONGEST_KEPT) this.views[length] = view;
    return view;
  }
}

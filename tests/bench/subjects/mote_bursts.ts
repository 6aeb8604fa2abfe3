/**
 * The raw exports, as many frames in one call as a slot holds (docs/decisions/bursts.md). All else
 * is as in mote_raw.ts.
 */
import { ReceiveFlag } from "../../../assembly/abi/parameters.js";
import type { Stack } from "../../../host/stack.js";
import { KeptViews } from "./kept_views.js";
import type { MoteOptions } from "./mote_options.js";
import { MoteRawPair, type Side } from "./mote_raw.js";

/** Octets of a slot: ten full frames and a bit. */
const SLOT = 16_384;
/** A burst begins so many octets in front of its first frame. */
const LENGTH = 2;

export class MoteBurstPair extends MoteRawPair {
  constructor(options: MoteOptions, stacks: Stack[] = []) {
    super({ ...options, slot: SLOT }, stacks);
    for (const side of [this.left, this.right]) {
      side.frames = new KeptViews(side.octets, (side.calls.frameOutPtr() >>> 0) - LENGTH);
      side.frameIn -= LENGTH;
    }
  }

  /** Frames from one to the other. Events are taken after each burst. */
  protected override pass(from: Side, to: Side): number {
    const length = from.calls.transmitBurst(this.nowUs);
    if (length === 0) return 0;
    to.octets.set(from.frames.of(length), to.frameIn);
    this.frames++;
    return to.calls.receiveBurst(length, ReceiveFlag.News, this.nowUs);
  }
}

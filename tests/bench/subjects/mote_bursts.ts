/**
 * The raw exports, as many frames in one call as a slot holds (docs/decisions/bursts.md). All else
 * is as in mote_raw.ts.
 */
import { Descriptor, ReceiveFlag } from "../../../assembly/abi/parameters.js";
import type { Stack } from "../../../host/stack.js";
import { KeptViews } from "./kept_views.js";
import type { MoteOptions } from "./mote_options.js";
import { MoteRawPair, copyTo, findRoom, noteRoom, type Side } from "./mote_raw.js";

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

  /** Written, and gone, in one call. */
  override fill(inPlace: boolean): void {
    const { left, right } = this;
    const handle = this.handles[0]!;
    findRoom(left, handle);
    const length = copyTo(left, inPlace ? null : this.source);
    if (length === 0) return;
    const burst = left.calls.exchangeBurst(handle, 0, length, this.nowUs);
    noteRoom(left, 0);
    if (burst > 0) this.serve(this.hand(left, right, burst));
  }

  /** Both pieces, and what that has to say to the peer, in one call. */
  protected override read(handle: number): void {
    const { left, right } = this;
    const { calls, words, descriptor } = right;
    const length = words[descriptor + Descriptor.Received]! + words[descriptor + Descriptor.Rest]!;
    this.received += length;
    const burst = calls.exchangeBurst(handle, length, 0, this.nowUs);
    if (burst > 0) this.attend(this.hand(right, left, burst));
  }

  protected override pass(from: Side, to: Side): number {
    const length = from.calls.transmitBurst(this.nowUs);
    return length === 0 ? 0 : this.hand(from, to, length);
  }

  protected override hand(from: Side, to: Side, length: number): number {
    to.octets.set(from.frames.of(length), to.frameIn);
    this.frames++;
    return to.calls.receiveBurst(length, ReceiveFlag.News, this.nowUs);
  }
}

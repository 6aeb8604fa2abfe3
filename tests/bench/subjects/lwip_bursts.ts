/**
 * lwIP in Wasm, with as many frames in one call as ours has in bursts: what of our gain is the
 * carrier's.
 */
import { KeptViews } from "./kept_views.js";
import { LwipPair, type Side } from "./lwip.js";

export class LwipBurstPair extends LwipPair {
  private readonly framesIn: number;

  constructor(path: string) {
    super(path);
    for (const side of [this.left, this.right]) {
      side.frames = new KeptViews(side.octets, side.calls.frames_out());
    }
    // Two instances of one module.
    this.framesIn = this.left.calls.frames_in();
  }

  protected override pass(from: Side, to: Side): void {
    // The first frames are carried while there is nothing but the peer.
    if (this.framesIn === undefined) return super.pass(from, to);
    const length = from.calls.next_frames();
    to.octets.set(from.frames.of(length), this.framesIn);
    to.calls.receive_frames(length);
    this.frames++;
  }
}

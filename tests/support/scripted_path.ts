/**
 * Two links, joined in virtual time by a path that a test rules over, frame by frame: each is on
 * its way as long as the test says, or lost. Bare IP.
 */
import type { Clock } from "../../host/link/clock.js";
import { LinkCallbacks, type Link } from "../../host/link/link.js";
import { Decoded, decodeFrame } from "./wire.js";

/** Microseconds by which a frame is late; Infinity: it is lost. */
export type Lateness = (frame: Decoded) => number;

export interface ScriptedPathOptions {
  clock: Clock;
  /** Of an empty path; both ways are equally long. */
  rttMs: number;
  /** Of the way to the right, where frames wait for each other. */
  rateBitsPerSecond: number;
}

export class ScriptedPath {
  readonly left: ScriptedEnd;
  readonly right: ScriptedEnd;
  /** What befalls frames from the left: on time, unless the test sets something else. */
  late: Lateness = () => 0;
  private readonly decoded = new Decoded();
  private freeAtUs = 0;

  constructor(private readonly options: ScriptedPathOptions) {
    this.left = new ScriptedEnd((frame) => this.there(frame));
    this.right = new ScriptedEnd((frame) => this.carry(frame, this.left, this.delayUs));
  }

  /** Nothing leaves on the way to the right until then; it waits in order. */
  stall(untilUs: number): void {
    this.freeAtUs = Math.max(this.freeAtUs, untilUs);
  }

  private get delayUs(): number {
    return (this.options.rttMs * 1000) / 2;
  }

  private there(frame: Uint8Array): void {
    const { clock, rateBitsPerSecond } = this.options;
    const fault = decodeFrame("ip", frame, this.left.mtu, this.decoded);
    if (fault !== null) throw new Error(`a bad frame: ${fault}`);
    const nowUs = clock.now();
    const lateUs = this.late(this.decoded);
    this.freeAtUs = Math.max(nowUs, this.freeAtUs) + (frame.length * 8e6) / rateBitsPerSecond;
    if (lateUs === Infinity) return;
    this.carry(frame, this.right, Math.ceil(this.freeAtUs) - nowUs + this.delayUs + lateUs);
  }

  private carry(frame: Uint8Array, to: ScriptedEnd, delayUs: number): void {
    const copy = frame.slice();
    this.options.clock.setTimer(delayUs, () => {
      to.onFrame(copy);
      to.onBatchEnd();
    });
  }
}

class ScriptedEnd extends LinkCallbacks implements Link {
  readonly kind = "ip";
  readonly name = "scripted";
  readonly mtu = 1500;

  constructor(private readonly carry: (frame: Uint8Array) => void) {
    super();
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  send(frame: Uint8Array): boolean {
    this.carry(frame);
    return true;
  }
}

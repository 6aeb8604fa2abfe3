/** The lower half of `Stack`: frames in and out, alone or in bursts, serial lines, and time. */
import { Descriptor, ReceiveFlag, Waiting } from "../assembly/abi/parameters.js";
import { LENGTH } from "./burst.js";
import type { Core } from "./core.js";
import { argumentError } from "./error.js";
import { KeptViews } from "./kept_views.js";
import { check } from "./verdict.js";

export const ONLY_INTERFACE = 0;

export abstract class Frames {
  /** The instance behind; `core.exports` are the raw calls. */
  readonly core: Core;
  /** The time that the stack was told last. */
  nowUs: number;
  /** `configure` was told `offload`. */
  hasOffload = false;
  /** The words of `Descriptor`. */
  protected descriptor!: Uint32Array;
  protected readonly views = new KeptViews();
  /** The frame slots: where they begin, and octets of the longest frame that is taken. */
  private frameInAt = 0;
  private frameOutAt = 0;
  private longestFrame = 0;

  protected constructor(core: Core, nowUs: number) {
    this.core = core;
    this.nowUs = nowUs;
    this.locate();
  }

  /** Octets of the longest frame that `receive` takes. */
  get frameSize(): number {
    return this.longestFrame;
  }

  /**
   * Hands over one frame: Ethernet II without FCS, or an IP packet, as configured. What is wrong
   * with it is counted, never an error; one too long for the budget's MTU is counted as such.
   * `flags`: bits of `ReceiveFlag`.
   */
  receive(frame: Uint8Array, now: number, flags = ReceiveFlag.None): void {
    const { core } = this;
    // The core refuses any length above its slot, and counts it; it does not look at the octets.
    if (frame.length <= this.longestFrame) core.octets.set(frame, this.frameInAt);
    this.nowUs = now;
    core.exports.receive(ONLY_INTERFACE, frame.length, flags, now);
  }

  /** The next frame to send, or null: a view, good until the next `transmit` or `receiveBurst`. */
  transmit(now: number): Uint8Array | null {
    this.nowUs = now;
    const length = this.core.exports.transmit(now);
    return length > 0 ? this.views.of(this.frameOutAt, length) : null;
  }

  /** Octets of the longest burst; how many frames that are follows from the budget's MTU. */
  get burstSize(): number {
    return LENGTH + this.longestFrame;
  }

  /**
   * Hands over several frames at once, in the order in which they came; `burstsOf` makes bursts of
   * them. What must be acknowledged at once is acknowledged between them. Throws RangeError for one
   * that is longer than `burstSize`, StackError (EINVAL) on boards, with offload, and on a link
   * with frames above 65,535 octets.
   */
  receiveBurst(burst: Uint8Array, now: number, flags = ReceiveFlag.None): void {
    const { core } = this;
    if (burst.length > this.burstSize) {
      const room = `a burst has ${this.burstSize} octets at most (see the budget's mtu)`;
      throw argumentError("ERR_OUT_OF_RANGE", `${room}, not ${burst.length}`);
    }
    core.octets.set(burst, this.frameInAt - LENGTH);
    this.nowUs = now;
    check(core.exports.receiveBurst(burst.length, flags, now), "receiveBurst");
  }

  /**
   * All frames that are to be sent, as many as have room, or null; `framesOf` tells them apart. A
   * view that is good until the next call that takes or gives frames. Throws as `receiveBurst`.
   */
  transmitBurst(now: number): Uint8Array | null {
    this.nowUs = now;
    const length = check(this.core.exports.transmitBurst(now), "transmitBurst");
    return length > 0 ? this.views.of(this.frameOutAt - LENGTH, length) : null;
  }

  /**
   * Whether `transmit`, or `serialTransmit`, has more to do than timers: false when it need not be
   * called before `nextDeadline` says so, or something else happens.
   */
  get hasFrames(): boolean {
    return (this.descriptor[Descriptor.Waiting]! & Waiting.Frames) !== 0;
  }

  /** What the frame that `transmit` gave last still lacks: bits of `FrameFlag`. */
  get frameFlags(): number {
    return this.descriptor[Descriptor.Flags]!;
  }

  /** Octets of text of each segment that this frame is to be cut into; 0: it is one. */
  get segmentSize(): number {
    return this.descriptor[Descriptor.SegmentSize]!;
  }

  /** Octets from a serial line, SLIP-encoded (RFC 1055), cut anywhere. */
  serialReceive(octets: Uint8Array, now: number): void {
    this.nowUs = now;
    const { core } = this;
    const size = core.exports.serialSize() >>> 0;
    for (let at = 0; at < octets.length; at += size) {
      const chunk = octets.subarray(at, at + size);
      core.octets.set(chunk, core.exports.serialPtr() >>> 0);
      core.exports.serialReceive(chunk.length, now);
    }
  }

  /** The next octets for the serial line, or null. A view that is good until the next call. */
  serialTransmit(now: number): Uint8Array | null {
    this.nowUs = now;
    const length = this.core.exports.serialTransmit(now);
    return length > 0 ? this.views.of(this.core.exports.serialPtr() >>> 0, length) : null;
  }

  /** Microseconds until `transmit` must be called again; 0: at once. At most 30 minutes. */
  nextDeadline(now: number): number {
    return this.core.exports.nextDeadline(now) >>> 0;
  }

  /** Tells of time that `now` did not show: a machine asleep. Seconds. */
  sleep(seconds: number): void {
    this.core.exports.sleep(seconds);
  }

  /** To be called when the memory or the link has become another. */
  protected locate(): void {
    const { exports, buffer, descriptor } = this.core;
    this.views.update(buffer);
    this.descriptor = descriptor;
    this.frameInAt = exports.frameInPtr() >>> 0;
    this.frameOutAt = exports.frameOutPtr() >>> 0;
    this.longestFrame = exports.frameInSize() >>> 0;
  }
}

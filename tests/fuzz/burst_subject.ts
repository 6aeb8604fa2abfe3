/**
 * The stack under attack, its frames in bursts: some of them cut off, or with lengths that nobody
 * has made. Every reason still stands for one frame.
 */
import { framesOf } from "../../host/burst.js";
import type { LinkType } from "../../host/link/link.js";
import type { Random } from "../../host/link/random.js";
import { FuzzFailure, MOST_FRAMES, SIZES, type Sink, Subject } from "./subject.js";

/** Octets of a frame slot: about five full frames. */
const SLOT = 8192;
/** Octets from one frame to the next are a multiple of this, two of them its length. */
const ALIGNMENT = 16;
const LENGTH = 2;

export class BurstSubject extends Subject {
  /** Octets of the burst that is being written, from its first length on. */
  private octets = 0;
  private next = 0;

  constructor(
    kind: LinkType, entropy: Uint8Array, nowUs: number, private readonly random: Random,
    module: "node" | WebAssembly.Module = "node", sizes = SIZES,
  ) {
    super(module, kind, entropy, nowUs, { ...sizes, mtu: SLOT });
  }

  /** Frames are written anywhere, and copied behind each other. */
  override place(): void {
    this.slot.size = SIZES.mtu! + this.stack.frameSize - SLOT;
  }

  override hand(len: number): void {
    if (this.next + LENGTH + len > this.stack.burstSize) this.flush();
    const { octets } = this.stack.core;
    const at = this.start() + this.next;
    octets[at] = len & 0xff;
    octets[at + 1] = len >> 8;
    octets.set(this.slot.octets.subarray(this.slot.at, this.slot.at + len), at + LENGTH);
    this.octets = this.next + LENGTH + len;
    this.next += Math.ceil((LENGTH + len) / ALIGNMENT) * ALIGNMENT;
    if (this.random.chance(0.2)) this.flush();
  }

  override drain(sink: Sink, most = MOST_FRAMES): void {
    this.flush();
    const { core } = this.stack;
    for (let count = 0; count < MOST_FRAMES; count++) {
      // A host may ask for frames one by one as well.
      if (most === 1) {
        super.drain(sink, most);
        return;
      }
      const length = core.exports.transmitBurst(this.nowUs);
      if (length === 0) return;
      this.takeBurst(length, sink);
    }
    throw new FuzzFailure(`${MOST_FRAMES} bursts, and no end`);
  }

  override exchange(handle: number, taken: number, length: number, sink: Sink): number {
    if (this.random.chance(0.3)) return super.exchange(handle, taken, length, sink);
    const result = this.stack.core.exports.exchangeBurst(handle, taken, length, this.nowUs);
    if (result > 0) this.takeBurst(result, sink);
    return result;
  }

  private takeBurst(length: number, sink: Sink): void {
    const { core } = this.stack;
    const at = (core.exports.frameOutPtr() >>> 0) - LENGTH;
    const frames = [...framesOf(core.octets.slice(at, at + length))];
    if (frames.at(-1)!.length === 0) throw new FuzzFailure("a burst with nothing at its end");
    for (const frame of frames) this.look(frame, sink);
  }

  private flush(): void {
    if (this.octets === 0) return;
    const { random } = this;
    let length = this.octets;
    this.octets = 0;
    this.next = 0;
    const isSpoilt = random.below(50) === 0;
    if (isSpoilt) this.spoil(length);
    if (random.below(50) === 0) length = random.below(random.chance(0.5) ? SLOT * 2 : length + 1);
    // Text may have been hit: its checksum is not right then.
    const flags = length % 3 === 0 && !isSpoilt ? this.flags : 0;
    const result = this.stack.core.exports.receiveBurst(length, flags, this.nowUs);
    if (result !== 0) throw new FuzzFailure(`receiveBurst says ${result}`);
    this.checkCounters();
  }

  /** Something where lengths may lie becomes something else. */
  private spoil(length: number): void {
    const at = this.random.below(length) & ~(ALIGNMENT - 1);
    this.stack.core.octets[this.start() + at + this.random.below(2)] = this.random.below(256);
  }

  private start(): number {
    return (this.stack.core.exports.frameInPtr() >>> 0) - LENGTH;
  }
}

/**
 * One direction of a line, with everything that can go wrong on it. Wires are made of two, a link
 * with faults has one for each direction. Browser-safe, in real or virtual time.
 *
 *   offer -> [ queue, at the rate of the line ] -> fate -> [ on the way: delay ] -> deliver
 *                                                   |
 *                       lost, corrupted, duplicated, held back until later frames went past
 *
 * Stages that are not asked for are passed straight through, without a copy and without a timer.
 * The n-th frame that comes to `fate` meets the same fate for the same seed, whatever the time and
 * whatever else is turned on.
 */
import type { Clock, Timer } from "./clock.js";
import { corruptOneBit } from "./corrupt.js";
import { FrameQueue, Slot } from "./frame_queue.js";
import type { LinkType } from "./link.js";
import { Losses } from "./losses.js";
import { Random } from "./random.js";

/** Frames held back for reordering that nothing overtakes go on after this time. */
export const REORDER_TIMEOUT_US = 10_000;
/** A frame is held back until 1 to so many later ones went past, if nobody says otherwise. */
export const REORDER_FRAMES_DEFAULT = 3;
/** The last so many frames of a burst are its tail. */
export const TAIL_FRAMES = 3;
/** Frames held back at a time; further ones are not reordered. */
const HELD_MAX = 16;
/** Frames that wait in one direction before `offer` says no (or drops). */
export const QUEUE_PACKETS_DEFAULT = 1024;

export interface ChannelOptions {
  /** Decides where a frame has its IP packet, for `corrupt`. */
  readonly kind: LinkType;
  readonly clock: Clock;
  readonly seed: number;
  /** Which of the seed's random streams: another one for each direction. */
  readonly stream: number;
  /** Probabilities, 0 to 1. */
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly corrupt: number;
  /** Frames lost in a row, on average; up to 1: each for itself. */
  readonly lossBurst: number;
  /** Loss befalls only frames that fewer than `TAIL_FRAMES` follow within the delay. */
  readonly isTailLoss: boolean;
  /** A frame held back is overtaken by 1 to so many. */
  readonly reorderFrames: number;
  /** Microseconds from the one end to the other. */
  readonly delayUs: number;
  /** Octets take time; 0: they take none. */
  readonly rateBitsPerSecond: number;
  /** Bits that an octet takes at that rate: 8, or 10 with start and stop bit. */
  readonly bitsPerOctet: number;
  /** Limit of the frames that wait: for the rate if there is one, else on the way. */
  readonly queuePackets: number;
  /** The same in octets; Infinity: none. */
  readonly queueOctets: number;
  /** At that limit: "refuse" (`offer` says false) or "drop" (it takes and loses the frame). */
  readonly whenFull: "refuse" | "drop";
  /** True: `deliver` is never called from within `offer`. */
  readonly isAsynchronous: boolean;
}

export interface ChannelOutput {
  /** Hands on a borrowed frame. False: not taken; `resume` is called when it is worth a try. */
  deliver(frame: Uint8Array): boolean;
  /** A number of `deliver` calls that came from a timer is over. */
  batchEnd(): void;
  /** There is room again after `offer` had said false. */
  drained(): void;
}

/** What a channel has done; frames still inside make the difference between the sums. */
export interface ChannelCounts {
  /** Frames taken by `offer`. */
  offered: number;
  /** Frames handed on, duplicates included. */
  delivered: number;
  lost: number;
  duplicated: number;
  reordered: number;
  corrupted: number;
  /** Chosen for corruption, but without a bit that a checksum covers (ARP): handed on intact. */
  incorruptible: number;
  /** Lost because the queue was full (`whenFull: "drop"`). */
  overflowed: number;
}

class Held extends Slot {
  framesToGo = 0;
}

export class Channel {
  readonly counts: ChannelCounts = {
    offered: 0, delivered: 0, lost: 0, duplicated: 0,
    reordered: 0, corrupted: 0, incorruptible: 0, overflowed: 0,
  };
  /** Waits for its octets to go out, one after the other; only with a rate. */
  private readonly queued = new FrameQueue();
  /** When the last octet of what is queued will be out. */
  private lineFreeAtUs = 0;
  private readonly held: Held[] = [];
  private readonly heldSpare: Held[] = [];
  private readonly underWay = new FrameQueue();
  /** What `deliver` refused, or what may not overtake that, waits in `underWay` until `resume`. */
  private isBlocked = false;
  private hasRefused = false;
  private isClosed = false;
  private timer: Timer | undefined;
  private timerAtUs = Infinity;
  /** Four numbers for each frame, whatever is turned on. */
  private readonly fates: Random;
  /** As many numbers as a fault needs. */
  private readonly details: Random;
  private readonly losses: Losses;
  private readonly scratch = new Slot();

  constructor(
    private readonly options: ChannelOptions,
    private readonly output: ChannelOutput,
  ) {
    this.fates = new Random(options.seed, 2 * options.stream);
    this.details = new Random(options.seed, 2 * options.stream + 1);
    this.losses = new Losses(options.loss, options.lossBurst);
  }

  /** Whether `offer` would take a frame. If not, `drained` will be called. */
  hasRoom(): boolean {
    if (this.options.whenFull === "drop") return true;
    if (!this.isFull() && !this.isBlocked) return true;
    this.hasRefused = true;
    return false;
  }

  /** Takes a borrowed frame. False: no room, not taken, `drained` will be called. */
  offer(frame: Uint8Array): boolean {
    if (!this.hasRoom()) return false;
    this.push(frame);
    return true;
  }

  /** As `offer`, but takes the frame even beyond the limit: for the rest of a chunk of packets. */
  push(frame: Uint8Array): void {
    if (this.isClosed) return;
    this.counts.offered++;
    if (this.options.whenFull === "drop" && this.isFull(frame.length)) {
      this.counts.overflowed++;
      return;
    }
    const nowUs = this.options.clock.now();
    const rate = this.options.rateBitsPerSecond;
    if (rate === 0) {
      this.meetFate(frame, nowUs);
    } else {
      const durationUs = (frame.length * this.options.bitsPerOctet * 1e6) / rate;
      this.lineFreeAtUs = Math.max(nowUs, this.lineFreeAtUs) + durationUs;
      // Whole microseconds, so that virtual time stays whole; the sum above stays exact.
      this.queued.push(frame, Math.ceil(this.lineFreeAtUs));
    }
    this.setTimer();
  }

  /** `deliver` may succeed again: delivers what is due. Then `drained`, if somebody waits. */
  resume(): void {
    this.isBlocked = false;
    this.run();
  }

  /** Octets that wait for the rate, the frame that is on its way out among them. */
  get queuedOctets(): number {
    return this.queued.octets;
  }

  /** Forgets all frames; nothing is called any more. */
  close(): void {
    this.isClosed = true;
    this.queued.clear();
    this.underWay.clear();
    this.held.length = 0;
    if (this.timer !== undefined) this.options.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  /** Whether there is no room for so many octets more. An empty queue has room for any frame. */
  private isFull(octets = 1): boolean {
    if (this.waitingCount() >= this.options.queuePackets) return true;
    return this.queued.count > 0 && this.queued.octets + octets > this.options.queueOctets;
  }

  private waitingCount(): number {
    if (this.options.rateBitsPerSecond > 0) return this.queued.count;
    return this.underWay.count + this.held.length;
  }

  /** Loses, damages, doubles or holds back the frame; what remains goes on its way. */
  private meetFate(frame: Uint8Array, nowUs: number): void {
    const { duplicate, reorder, corrupt, kind, isTailLoss } = this.options;
    const isLost = this.losses.next(this.fates);
    const isDuplicated = this.fates.chance(duplicate);
    const isReordered = this.fates.chance(reorder);
    const isCorrupted = this.fates.chance(corrupt);
    if (isLost && !isTailLoss) {
      this.counts.lost++;
      return;
    }
    if (isLost) return this.travel(frame, nowUs, true);
    if (isCorrupted) {
      this.scratch.set(frame, 0);
      frame = this.scratch.frame;
      if (corruptOneBit(kind, frame, this.details)) this.counts.corrupted++;
      else this.counts.incorruptible++;
    }
    if (isDuplicated) {
      this.counts.duplicated++;
      this.depart(frame, nowUs);
    }
    if (isReordered && this.held.length < HELD_MAX) this.holdBack(frame, nowUs);
    else this.depart(frame, nowUs);
  }

  private holdBack(frame: Uint8Array, nowUs: number): void {
    const held = this.heldSpare.pop() ?? new Held();
    held.set(frame, nowUs + REORDER_TIMEOUT_US);
    held.framesToGo = this.details.between(1, this.options.reorderFrames);
    this.held.push(held);
    this.counts.reordered++;
  }

  /** The frame leaves; those held back that have now been overtaken often enough follow it. */
  private depart(frame: Uint8Array, nowUs: number): void {
    this.travel(frame, nowUs);
    for (let index = 0; index < this.held.length; ) {
      const held = this.held[index]!;
      held.framesToGo--;
      if (held.framesToGo > 0) index++;
      else this.letGo(index, nowUs);
    }
  }

  private letGo(index: number, nowUs: number): void {
    const [held] = this.held.splice(index, 1);
    this.travel(held!.frame, nowUs);
    this.heldSpare.push(held!);
  }

  /**
   * The way to the other end, which keeps the order since it is equally long for all.
   * `isDoomed`: lost at its end if it is then in the tail of a burst.
   */
  private travel(frame: Uint8Array, nowUs: number, isDoomed = false): void {
    const isDirect = !this.options.isAsynchronous && this.options.delayUs === 0;
    if (isDirect && this.underWay.count === 0 && !this.isBlocked && this.deliver(frame)) return;
    this.underWay.push(frame, nowUs + this.options.delayUs, isDoomed);
  }

  private deliver(frame: Uint8Array): boolean {
    const isTaken = this.output.deliver(frame);
    if (isTaken) this.counts.delivered++;
    else this.isBlocked = true;
    return isTaken;
  }

  /** Moves everything that is due one stage on. The owner may close us from within `deliver`. */
  private run(): void {
    const deliveredBefore = this.counts.delivered;
    this.moveDue(this.options.clock.now());
    if (this.isClosed) return;
    if (this.counts.delivered !== deliveredBefore) this.output.batchEnd();
    if (this.isClosed) return;
    this.setTimer();
    this.tellDrained();
  }

  private moveDue(nowUs: number): void {
    for (let atUs = this.queued.firstAtUs(); atUs <= nowUs; atUs = this.queued.firstAtUs()) {
      this.meetFate(this.queued.first(), atUs);
      if (this.isClosed) return;
      this.queued.shift();
    }
    for (let index = 0; index < this.held.length; ) {
      if (this.held[index]!.atUs <= nowUs) this.letGo(index, nowUs);
      else index++;
    }
    while (!this.isBlocked && this.underWay.firstAtUs() <= nowUs) {
      if (this.underWay.firstIsDoomed() && this.isInTail()) this.counts.lost++;
      else if (!this.deliver(this.underWay.first()) || this.isClosed) return;
      this.underWay.shift();
    }
  }

  /** Whether the frame that arrives now is among the last of a burst. */
  private isInTail(): boolean {
    return this.underWay.count + this.queued.count + this.held.length <= TAIL_FRAMES;
  }

  /** Half the queue has to be empty, so that the owner has a batch to send and not one frame. */
  private tellDrained(): void {
    if (!this.hasRefused || this.isBlocked) return;
    if (this.waitingCount() > this.options.queuePackets / 2) return;
    this.hasRefused = false;
    this.output.drained();
  }

  private setTimer(): void {
    let atUs = this.queued.firstAtUs();
    for (const held of this.held) atUs = Math.min(atUs, held.atUs);
    if (!this.isBlocked) atUs = Math.min(atUs, this.underWay.firstAtUs());
    if (atUs === Infinity) return;
    if (this.timer !== undefined) {
      if (this.timerAtUs <= atUs) return;
      this.options.clock.clearTimer(this.timer);
    }
    this.timerAtUs = atUs;
    const delayUs = Math.max(0, atUs - this.options.clock.now());
    this.timer = this.options.clock.setTimer(delayUs, () => this.onTimer());
  }

  private onTimer(): void {
    this.timer = undefined;
    this.timerAtUs = Infinity;
    this.run();
  }
}

/**
 * Joins a stack to a link and a clock: frames in, frames out, one timer, events to whoever holds
 * the handle. Knows nothing of streams; runs as well on a virtual clock, where the same input gives
 * the same output.
 *
 * The core never calls back, so nothing here can re-enter it. What can nest is a turn inside a
 * turn, when a handler makes a socket call: that only notes that another round is wanted.
 */
import { backgroundClock } from "./background_clock.js";
import type { StackError } from "./error.js";
import type { Clock, Timer } from "./link/clock.js";
import type { Link } from "./link/link.js";
import type { Stack } from "./stack.js";

export interface DriverOptions {
  /** Initialised and configured. Its time goes on from where it stands, at the clock's pace. */
  stack: Stack;
  /** Not yet open, or open and not yet used by anybody. */
  link: Link;
  /** The machine's by default. */
  clock?: Clock;
}

/** Takes the bits of `Event` that are new for a handle. */
export type EventHandler = (bits: number) => void;

/** Frames sent in one turn, before input gets its chance. */
const FRAMES_PER_TURN = 256;

/**
 * A link that has no room for so long loses frames, as a cable would. TCP heals that. A full frame
 * takes as long at 1,200 bit/s: a link that is only slow loses none.
 */
const STALL_US = 10_000_000;

export class Driver {
  readonly stack: Stack;
  readonly link: Link;
  readonly clock: Clock;
  /** Frames lost because the link had no room for ten seconds. */
  framesDropped = 0;
  /** The link broke by itself. Unset, the error is thrown and nobody catches it. */
  onLinkError: (error: Error) => void = throwLater;

  private readonly handlers = new Map<number, EventHandler>();
  /** Add this to the clock's time to get the stack's. */
  private readonly offsetUs: number;
  private timer: Timer | undefined;
  private timerAtUs = Infinity;
  private isOpen = false;
  private isInTurn = false;
  private isTurnWanted = false;
  private isTurnQueued = false;
  /** A frame that the link has refused, copied; it goes first when there is room. */
  private refused: Uint8Array | null = null;
  private refusedFlags = 0;
  private refusedSegmentSize = 0;
  /** The link has no room: `onDrain` will come. */
  private isHeld = false;
  private heldAtUs = 0;
  private keepAlive: ReturnType<typeof setInterval> | undefined;
  private holdCount = 0;

  constructor({ stack, link, clock = backgroundClock }: DriverOptions) {
    this.stack = stack;
    this.link = link;
    this.clock = clock;
    this.offsetUs = stack.nowUs - clock.now();
  }

  /** Opens the link and begins. Rejects with the link's message. */
  async open(): Promise<void> {
    await this.link.open();
    this.start();
  }

  /** Begins, on a link that is open. */
  start(): void {
    const { link } = this;
    const isSerial = link.kind === "serial";
    link.onFrame = isSerial
      ? (octets) => this.stack.serialReceive(octets, this.now())
      : (frame, flags) => this.take(frame, flags);
    link.onBatchEnd = () => this.turn();
    link.onDrain = () => this.resume();
    link.onError = (error) => this.onLinkError(error);
    this.isOpen = true;
    this.turn();
  }

  /**
   * A frame arrived. Its ACK leaves before the next one is taken: one ACK for a whole batch (RFC
   * 2525 section 2.13, stretch ACK) covers on a bad line almost always something that was sent
   * twice, and a sender without timestamps then measures no round trip and backs off to minutes.
   * With offload a frame is many segments: it is read first, so that its ACK tells the new window.
   */
  private take(frame: Uint8Array, flags?: number): void {
    const nowUs = this.now();
    this.stack.receive(frame, nowUs, flags);
    if (this.stack.hasOffload) this.turn();
    else if (this.isOpen && !this.isInTurn && this.stack.hasFrames) this.sendFrames(nowUs);
  }

  /** Sends what is ready, as far as the link takes it, and closes the link. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.flush();
    this.isOpen = false;
    this.stopTimer();
    clearInterval(this.keepAlive);
    this.keepAlive = undefined;
    await this.link.close();
  }

  /** Sends what is ready, now, as far as the link takes it: before the process ends. */
  flush(): void {
    if (this.isOpen) while (this.sendFrames(this.now())) continue;
  }

  /** The stack's time in microseconds. */
  now(): number {
    return this.clock.now() + this.offsetUs;
  }

  /** From now on the handle's events go to the handler. */
  attach(handle: number, handler: EventHandler): void {
    this.handlers.set(handle, handler);
  }

  detach(handle: number): void {
    this.handlers.delete(handle);
  }

  /** To be called after socket calls: what they made ready is sent when the caller is done. */
  wake(): void {
    if (this.isInTurn) {
      this.isTurnWanted = true;
    } else if (!this.isTurnQueued) {
      this.isTurnQueued = true;
      queueMicrotask(() => {
        this.isTurnQueued = false;
        this.turn();
      });
    }
  }

  /** One more reason to keep the process alive. */
  hold(): void {
    this.holdCount++;
    // The clock's timers do not keep it alive, and a link in memory has nothing that would.
    if (this.holdCount === 1 && this.clock === backgroundClock) {
      this.keepAlive = setInterval(() => {}, 0x7fffffff);
    }
  }

  /** One less. */
  letGo(): void {
    this.holdCount--;
    if (this.holdCount > 0) return;
    clearInterval(this.keepAlive);
    this.keepAlive = undefined;
  }

  /** Frames out and events round, until there is neither, or it is somebody else's turn. */
  private turn(): void {
    if (this.isInTurn || !this.isOpen) {
      this.isTurnWanted = true;
      return;
    }
    this.isInTurn = true;
    let isMore = false;
    do {
      this.isTurnWanted = false;
      if (this.stack.hasOffload) this.dispatchEvents();
      isMore = this.sendFrames(this.now());
      this.dispatchEvents();
    } while (this.isTurnWanted && this.isOpen && !isMore);
    this.isInTurn = false;
    if (this.isOpen) this.schedule(isMore ? 0 : this.stack.nextDeadline(this.now()));
  }

  /** True: there may be more, but this turn has sent enough. */
  private sendFrames(nowUs: number): boolean {
    if (this.isHeld) return false;
    const { stack, link } = this;
    for (let count = 0; count < FRAMES_PER_TURN; count++) {
      // The first call is also for timers, and for the application in a firmware.
      if (count > 0 && !stack.hasFrames) return false;
      if (link.hasRoom !== undefined && !link.hasRoom()) return this.waitForRoom();
      const frame = this.nextFrame(nowUs);
      if (frame === null) return false;
      // These are 0 but for links that have been told to offload.
      const flags = stack.frameFlags;
      const segmentSize = stack.segmentSize;
      if (!link.send(frame, flags, segmentSize)) {
        this.refused = frame.slice();
        this.refusedFlags = flags;
        this.refusedSegmentSize = segmentSize;
        return this.waitForRoom();
      }
    }
    return true;
  }

  private nextFrame(nowUs: number): Uint8Array | null {
    const { stack, link } = this;
    return link.kind === "serial" ? stack.serialTransmit(nowUs) : stack.transmit(nowUs);
  }

  /** The link has no room. There is no more to be sent in this turn: false. */
  private waitForRoom(): boolean {
    this.isHeld = true;
    this.heldAtUs = this.clock.now();
    return false;
  }

  private dispatchEvents(): void {
    const { stack } = this;
    for (let handle = stack.pollEvent(); handle !== 0; handle = stack.pollEvent()) {
      const handler = this.handlers.get(handle);
      if (handler === undefined) continue;
      try {
        handler(stack.eventBits);
      } catch (error) {
        // A listener of the user's threw. That must end neither this turn nor the link's batch.
        throwLater(error);
      }
    }
  }

  /** The link has room again. */
  private resume(): void {
    if (!this.isHeld) return;
    const frame = this.refused;
    if (frame !== null) {
      if (!this.link.send(frame, this.refusedFlags, this.refusedSegmentSize)) return;
      this.refused = null;
    }
    this.isHeld = false;
    this.stopTimer();
    this.turn();
  }

  private schedule(deadlineUs: number): void {
    const delayUs = this.isHeld ? STALL_US : deadlineUs;
    const atUs = this.clock.now() + delayUs;
    // A timer that comes too early does no harm and saves setting one for every batch.
    if (this.timer !== undefined) {
      if (this.timerAtUs <= atUs) return;
      this.clock.clearTimer(this.timer);
    }
    this.timerAtUs = atUs;
    this.timer = this.clock.setTimer(delayUs, () => {
      this.timer = undefined;
      if (this.isHeld) this.dropFrames();
      this.turn();
    });
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  /** The link stands still. Its frames are dropped so that the stack's timers go on. */
  private dropFrames(): void {
    if (this.clock.now() - this.heldAtUs < STALL_US) return;
    for (let count = 0; count < FRAMES_PER_TURN && this.isHeld; count++) {
      if (this.refused !== null || this.nextFrame(this.now()) !== null) this.framesDropped++;
      this.refused = null;
      this.isHeld = false;
      this.sendFrames(this.now());
    }
  }
}

/** Throws where nothing of ours is on the call stack: `uncaughtException` in Node. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error as StackError;
  });
}

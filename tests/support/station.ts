/**
 * A stack at the end of a link, in virtual time: frames in, frames out, events to whoever holds the
 * handle, one timer. Everything it is told passes through here, so that a twin (a fork of the
 * stack) can be told the same and must answer the same, octet by octet.
 */
import { isDeepStrictEqual } from "node:util";
import type { Clock, Timer } from "../../host/link/clock.js";
import type { Link } from "../../host/link/link.js";
import type { Stack } from "../../host/stack.js";

/** Rounds in which a stack may say "call again" and then do nothing: a few timers a call. */
const MOST_IDLE_ROUNDS = 2000;

/** What the rest of the simulation wants to know of a station. */
export interface StationHooks {
  /** It sends: a frame, or a chunk of a serial line. The view is borrowed. */
  onSend(station: Station, octets: Uint8Array): void;
  /** Something must not be; does not return. */
  fail(message: string): never;
}

export class Station {
  /** Frames (or chunks) sent. */
  sent = 0;
  /** Gets a handle and the bits of `Event` that are new for it. */
  onEvent: (handle: number, bits: number) => void = () => {};
  /** True: what is sent and what arrives is lost. */
  isCut = false;
  private twin: Stack | null = null;
  private timer: Timer | undefined;
  /** What the link has refused. */
  private refused: Uint8Array | null = null;
  private isInTurn = false;

  constructor(
    readonly name: string,
    readonly stack: Stack,
    readonly link: Link,
    private readonly clock: Clock,
    private readonly hooks: StationHooks,
  ) {
    link.onFrame = (frame) => this.receive(frame);
    link.onBatchEnd = () => this.turn();
    link.onDrain = () => this.resume();
    // Opens at once: links in memory are open before the promise is made.
    void link.open();
  }

  /** A call of the stack's that answers with a number, or nothing. */
  do<Result extends number | void>(call: (stack: Stack) => Result): Result {
    const result = attempt(call, this.stack);
    if (this.twin !== null) this.same("call", result, attempt(call, this.twin));
    if (result.error !== undefined) throw result.error;
    return result.value as Result;
  }

  /** Reads up to `limit` octets that lie in one piece, and shows them to `look`. */
  read(handle: number, limit: number, look: (octets: Uint8Array) => void): number {
    const piece = this.stack.readable(handle);
    const octets = piece.length > limit ? piece.subarray(0, limit) : piece;
    if (this.twin !== null) {
      this.same("read", octets, this.twin.readable(handle).subarray(0, limit));
    }
    if (octets.length > 0) {
      look(octets);
      this.do((stack) => stack.consume(handle, octets.length));
    }
    return octets.length;
  }

  /** Frames out, events round, until there is neither; then waits for the deadline. */
  turn(): void {
    if (this.isInTurn) return;
    this.isInTurn = true;
    for (let idle = 0; ; idle++) {
      if (this.sendAll() + this.tellAll() > 0) idle = 0;
      const waitUs = this.do((stack) => stack.nextDeadline(this.clock.now()));
      if (waitUs > 0 || this.refused !== null) {
        this.waitFor(waitUs);
        break;
      }
      if (idle > MOST_IDLE_ROUNDS) this.hooks.fail("the next deadline is 0 and nothing happens");
    }
    this.isInTurn = false;
  }

  /** From now on a copy of the stack is told all that the stack is told. */
  fork(): void {
    this.twin = this.stack.fork({ reseed: false });
  }

  /** Ends that; both memories must be the same, but for what looking at one of them left there. */
  endFork(): void {
    const { twin, stack } = this;
    this.twin = null;
    if (twin === null) return;
    const at = stack.core.parametersAt;
    for (const { core } of [twin, stack]) core.octets.fill(0, at, at + 256);
    if (Buffer.compare(twin.core.octets, stack.core.octets) === 0) return;
    this.hooks.fail("a fork that was told the same has another memory in the end");
  }

  get isForked(): boolean {
    return this.twin !== null;
  }

  /** True when no frame waits for room on the link. */
  get isClear(): boolean {
    return this.refused === null;
  }

  private receive(octets: Uint8Array): void {
    if (this.isCut) return;
    const nowUs = this.clock.now();
    const isSerial = this.link.kind === "serial";
    this.do((stack) =>
      isSerial ? stack.serialReceive(octets, nowUs) : stack.receive(octets, nowUs));
  }

  private sendAll(): number {
    let count = 0;
    while (this.refused === null) {
      const frame = this.transmit();
      if (frame === null) break;
      count++;
      this.sent++;
      this.hooks.onSend(this, frame);
      if (!this.isCut && !this.link.send(frame)) this.refused = frame.slice();
    }
    return count;
  }

  private transmit(): Uint8Array | null {
    const nowUs = this.clock.now();
    const isSerial = this.link.kind === "serial";
    const take = (stack: Stack): Uint8Array | null =>
      isSerial ? stack.serialTransmit(nowUs) : stack.transmit(nowUs);
    const frame = take(this.stack);
    const most = isSerial ? this.stack.core.exports.serialSize() : Infinity;
    if ((frame?.length ?? 0) > most) this.hooks.fail(`a chunk of more than ${most} octets`);
    if (this.twin !== null) this.same("frame", frame, take(this.twin));
    return frame;
  }

  private tellAll(): number {
    let count = 0;
    for (;;) {
      const handle = this.do((stack) => stack.pollEvent());
      if (handle === 0) return count;
      count++;
      this.onEvent(handle, this.stack.eventBits);
    }
  }

  private waitFor(waitUs: number): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
    // `onDrain` will come.
    if (this.refused !== null) return;
    this.timer = this.clock.setTimer(waitUs, () => {
      this.timer = undefined;
      this.turn();
    });
  }

  private resume(): void {
    if (this.refused !== null && this.link.send(this.refused)) this.refused = null;
    if (this.refused === null) this.turn();
  }

  private same(what: string, ours: unknown, twins: unknown): void {
    if (isDeepStrictEqual(ours, twins)) return;
    this.hooks.fail(`a fork that was told the same gave another ${what}`);
  }
}

interface Outcome {
  value?: number | void;
  error?: Error;
}

function attempt(call: (stack: Stack) => number | void, stack: Stack): Outcome {
  try {
    return { value: call(stack) };
  } catch (error) {
    return { error: error as Error };
  }
}

/**
 * The application at one end of a connection: it writes, reads, pauses and leaves as its script
 * says, and compares what it reads with what the other end wrote.
 */
import { Event } from "../../assembly/abi/event.js";
import type { VirtualClock } from "../../host/link/clock.js";
import type { Random } from "../../host/link/random.js";
import { StackError } from "../../host/error.js";
import type { OptionName, ReasonName } from "../../host/names.js";
import type { Station } from "../support/station.js";
import { Reader, type Stream, type Streams } from "./stream.js";

/**
 * How an end leaves. "finish": FIN after all is written, reads on to the peer's FIN, lets go when
 * the connection is over. "let go": the same, but lets go as soon as both FINs are queued, and the
 * stack finishes alone. "walk away": lets go once all is written, whatever the peer has to say.
 * "abort": RST in the middle.
 */
export type Leave = "finish" | "let go" | "walk away" | "abort";

export interface Script {
  sendLen: number;
  /** Octets of one write at the most, and the longest pause between two, in microseconds. */
  writeMost: number;
  writePauseUs: number;
  /** The same for reading. */
  readMost: number;
  readPauseUs: number;
  /** Nothing is read before so much time has passed: the window closes. */
  readDelayUs: number;
  leave: Leave;
  /** "abort": so long after the connection stands. */
  abortAfterUs: number;
  options: Partial<Record<OptionName, number>>;
}

export interface EndpointContext {
  clock: VirtualClock;
  random: Random;
  streams: Streams;
  fail(message: string): never;
}

export class Endpoint {
  readonly sending: Stream;
  readonly reading: Reader;
  isConnected = false;
  /** The handle has been given back. */
  isDone = false;
  /** Why the connection ended, when this end has heard of it. */
  reason: ReasonName | undefined;
  /** The states that it went through by then. */
  path: string[] = [];
  /** The peer's FIN has come, and all before it has been read. */
  hasReadAll = false;
  private hasPeerFinished = false;
  private hasShutDown = false;
  private mayReadAtUs: number;
  private mayWriteAtUs = 0;
  private isReadSet = false;
  private isWriteSet = false;
  private isAbortSet = false;

  constructor(
    readonly station: Station,
    readonly handle: number,
    readonly script: Script,
    private readonly context: EndpointContext,
  ) {
    const { localPort, remotePort } = station.stack.status(handle);
    this.sending = context.streams.open(script.sendLen, localPort, remotePort);
    this.reading = new Reader(context.streams, localPort, remotePort);
    this.mayReadAtUs = context.clock.now() + script.readDelayUs;
    for (const [name, value] of Object.entries(script.options)) {
      station.do((stack) => stack.setOption(handle, name as OptionName, value));
    }
  }

  /** The bits of `Event` that are new. */
  onEvent(bits: number): void {
    if (this.isDone) return;
    if ((bits & Event.Connected) !== 0) this.isConnected = true;
    if ((bits & Event.PeerFinished) !== 0) this.hasPeerFinished = true;
    if ((bits & Event.Closed) !== 0) this.onClosed();
    this.act();
  }

  /** Established: opened by the peer, and accepted here. */
  onAccepted(): void {
    this.isConnected = true;
    this.act();
  }

  /** Does what can be done now; the caller gives the station its turn. */
  act(): void {
    if (this.isDone) return;
    if (this.isConnected && this.script.leave === "abort") this.setAbort();
    this.read();
    this.write();
    this.leave();
  }

  private onClosed(): void {
    const { reason, path } = this.station.stack.status(this.handle);
    this.reason = reason;
    this.path = path;
    if (this.reason === "none") this.context.fail("is closed without a reason");
  }

  private read(): void {
    const { script, handle, station } = this;
    const { clock, random } = this.context;
    for (;;) {
      if (clock.now() < this.mayReadAtUs) return this.readLater();
      const limit = random.between(1, script.readMost);
      let fault: string | null = null;
      const len = station.read(handle, limit, (octets) => (fault = this.reading.take(octets)));
      if (fault !== null) this.context.fail(fault);
      if (len === 0) break;
      if (script.readPauseUs > 0) this.mayReadAtUs = clock.now() + random.below(script.readPauseUs);
    }
    // Closed without the peer's FIN: there is nothing more to come either.
    if (this.hasPeerFinished || this.reason !== undefined) this.hasReadAll = true;
  }

  private write(): void {
    const { script, handle, station, sending } = this;
    const { clock, random } = this.context;
    while (!sending.isWritten && !this.hasShutDown && this.reason === undefined) {
      if (clock.now() < this.mayWriteAtUs) return this.writeLater();
      const octets = sending.next(random.between(1, script.writeMost));
      const taken = this.tryWrite(octets);
      sending.written += taken;
      if (taken < octets.length) return;
      if (script.writePauseUs > 0) {
        this.mayWriteAtUs = clock.now() + random.below(script.writePauseUs);
      }
    }
    if (!sending.isWritten || this.hasShutDown || this.reason !== undefined) return;
    if (script.leave === "walk away") return this.letGo();
    if (script.leave === "abort") return;
    this.hasShutDown = true;
    this.unlessOver(() => void station.do((stack) => stack.shutdown(handle)));
  }

  private tryWrite(octets: Uint8Array): number {
    let taken = 0;
    this.unlessOver(() => (taken = this.station.do((stack) => stack.write(this.handle, octets))));
    return taken;
  }

  /** A connection may be over before that has been told: then the call is refused. */
  private unlessOver(call: () => void): void {
    try {
      call();
    } catch (error) {
      const isRefused = error instanceof StackError && ["EPIPE", "ENOTCONN"].includes(error.code);
      const isOver = this.station.stack.status(this.handle).reason !== "none";
      if (!isRefused || !isOver) throw error;
    }
  }

  private leave(): void {
    if (this.isDone || !this.hasReadAll) return;
    const isReady = this.reason !== undefined ||
      (this.script.leave === "let go" && this.hasShutDown);
    if (isReady) this.letGo();
  }

  private letGo(): void {
    this.isDone = true;
    this.station.do((stack) => stack.close(this.handle));
  }

  private setAbort(): void {
    if (this.isAbortSet) return;
    this.isAbortSet = true;
    this.context.clock.setTimer(this.script.abortAfterUs, () => {
      if (this.isDone) return;
      this.isDone = true;
      this.station.do((stack) => stack.abort(this.handle));
      this.station.turn();
    });
  }

  private readLater(): void {
    if (this.isReadSet) return;
    this.isReadSet = true;
    this.at(this.mayReadAtUs, () => (this.isReadSet = false));
  }

  private writeLater(): void {
    if (this.isWriteSet) return;
    this.isWriteSet = true;
    this.at(this.mayWriteAtUs, () => (this.isWriteSet = false));
  }

  private at(atUs: number, note: () => void): void {
    this.context.clock.setTimer(atUs - this.context.clock.now(), () => {
      note();
      this.act();
      this.station.turn();
    });
  }
}

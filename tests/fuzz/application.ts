/**
 * The application on the stack under attack: listens, connects, reads and writes without a plan,
 * and calls everything with arguments that make no sense. Leaves the honest connection alone.
 */
import { CommitFlag, Parameter } from "../../assembly/abi/parameters.js";
import { Option } from "../../assembly/abi/option.js";
import { Status, StatusFlag, Table } from "../../assembly/abi/status.js";
import type { Random } from "../../host/link/random.js";
import { StackError } from "../../host/error.js";
import type { CoreExports } from "../../host/core.js";
import { FuzzFailure, SIZES, type Subject } from "./subject.js";
import { PORTS } from "./sparring.js";

const MOST_HANDLES = 32;
const MOST_WRITE = 600;

export class Application {
  private readonly handles: number[] = [];
  private readonly listeners: number[] = [];
  private readonly exports: CoreExports;

  constructor(
    private readonly subject: Subject,
    private readonly random: Random,
    /** Handles that are somebody else's. */
    private readonly isForeign: (handle: number) => boolean,
    private readonly someHost: () => number,
  ) {
    this.exports = subject.stack.core.exports;
  }

  /** Does one thing. */
  act(): void {
    const pick = this.random.below(32);
    if (pick < 4) this.listen();
    else if (pick < 10) this.accept();
    else if (pick < 12) this.connect();
    else if (pick < 26) this.use();
    else if (pick < 30) this.nonsense();
    else if (pick < 31) this.abortOrphan();
    else this.events();
  }

  /** Whether the handle is one of its own. */
  holds(handle: number): boolean {
    return this.handles.includes(handle) || this.listeners.includes(handle);
  }

  /** Lets go of everything. */
  end(): void {
    for (const handle of [...this.listeners, ...this.handles]) this.exports.close(handle);
    for (const { handle } of [...this.subject.stack.entries("connections")]) {
      if (handle !== 0 && !this.isForeign(handle)) this.exports.abort(handle);
    }
    this.listeners.length = 0;
    this.handles.length = 0;
  }

  private listen(): void {
    const { random, listeners } = this;
    if (random.chance(0.02) && listeners.length > 0) {
      const [handle] = listeners.splice(random.below(listeners.length), 1);
      this.exports.close(handle!);
      return;
    }
    this.writeAddress(0, 0);
    const handle = this.exports.listen(PORTS[random.below(PORTS.length)]!, random.between(1, 6));
    if (handle > 0) listeners.push(handle);
  }

  private accept(): void {
    const { random, listeners, handles, exports } = this;
    if (listeners.length === 0 || handles.length === MOST_HANDLES) return;
    const handle = exports.accept(listeners[random.below(listeners.length)]!);
    if (handle > 0) handles.push(handle);
  }

  private connect(): void {
    if (this.handles.length > MOST_HANDLES / 4) return;
    try {
      const address = `10.0.0.${this.someHost()}`;
      this.handles.push(this.subject.stack.connect({ address, port: 80 }));
    } catch (error) {
      if (!(error instanceof StackError)) throw error;
    }
  }

  private use(): void {
    const { random, handles, exports } = this;
    const index = random.below(handles.length || 1);
    const handle = handles[index];
    if (handle === undefined) return;
    const pick = random.below(40);
    if (pick < 16) {
      const len = exports.receiveLen(handle);
      if (len > 0) exports.consume(handle, random.between(1, len));
    } else if (pick < 32) {
      const room = exports.sendSpace(handle);
      const len = random.between(1, Math.min(room, MOST_WRITE));
      if (room > 0) exports.commit(handle, len, random.chance(0.1) ? CommitFlag.Urgent : 0);
    } else if (pick < 34) {
      exports.shutdown(handle);
    } else if (pick < 38) {
      exports.setOption(handle, random.below(Option.Count), random.below(600));
    } else {
      handles[index] = handles.at(-1)!;
      handles.pop();
      if (random.chance(0.7)) exports.close(handle);
      else exports.abort(handle);
    }
  }

  /** Any call with any argument is refused, or does something harmless. */
  private nonsense(): void {
    const { random, exports } = this;
    const handle = this.someHandle();
    if (this.isForeign(handle)) return;
    const number = random.chance(0.5) ? random.u32() : random.below(3000);
    this.writeAddress(random.u32(), random.below(8));
    const made = this.openNonsense(handle, number);
    if (made > 0) exports.close(made);
    const calls: (() => number)[] = [
      () => exports.sendPtr(handle), () => exports.sendSpace(handle),
      () => exports.commit(handle, number, random.below(8)), () => exports.receivePtr(handle),
      () => exports.receiveLen(handle), () => exports.consume(handle, number),
      () => exports.shutdown(handle), () => exports.getOption(handle, number),
      () => exports.setOption(handle, random.below(14), number), () => exports.status(handle),
      () => exports.describe(random.below(8), number), () => exports.configure(random.below(2)),
      // With two numbers it may build a frame, which here would be lost.
      () => exports.exchange(handle, number | 0x80000000, number, this.subject.nowUs),
      () => exports.exchange(handle, 0, number | 0x80000000, this.subject.nowUs),
      () => exports.exchangeBurst(handle, number | 0x80000000, number, this.subject.nowUs),
      () => exports.receive(random.below(3), number | 0x80000000, 0, this.subject.nowUs),
    ];
    const result = calls[random.below(calls.length)]!();
    if (typeof result !== "number") throw new FuzzFailure("a call without an answer");
  }

  /** A handle that nobody will know, if the arguments happen to make sense. */
  private openNonsense(handle: number, number: number): number {
    const { random, exports } = this;
    const pick = random.below(4);
    if (pick === 0) return exports.accept(handle);
    if (pick === 1) return exports.connect(number, random.below(9));
    return pick === 2 ? exports.listen(random.below(3), number) : 0;
  }

  private someHandle(): number {
    const { random, handles } = this;
    const pick = random.below(4);
    if (pick === 0) return random.u32() | 0;
    const known = handles[random.below(handles.length || 1)] ?? 0x10000;
    if (pick === 1) return known;
    return (known ^ (1 << random.below(31))) | 0;
  }

  /** So that connections without a peer do not keep all places until they time out. */
  private abortOrphan(): void {
    const { random, exports, subject } = this;
    const { words, parametersWord } = subject.stack.core;
    if (exports.describe(Table.Connections, random.below(SIZES.connections)) !== 1) return;
    const at = parametersWord + (Parameter.Status >>> 2);
    if ((words[at + Status.Flags]! & StatusFlag.Orphan) === 0) return;
    exports.abort(words[at + Status.Handle]!);
  }

  private events(): void {
    for (let count = 0; count < 4; count++) {
      const handle = this.exports.nextEvent();
      if (handle < 0) throw new FuzzFailure(`an event for handle ${handle}`);
      if (handle === 0) return;
    }
  }

  /** The peer's address at the parameters: kinds of nonsense, or any. */
  private writeAddress(address: number, kind: number): void {
    const { octets, parametersAt } = this.subject.stack.core;
    octets.fill(0, parametersAt, parametersAt + 32);
    if (kind === 0) return;
    const at = parametersAt + Parameter.Address;
    octets[at + 10] = kind > 2 ? 0xff : 0;
    octets[at + 11] = 0xff;
    for (let index = 0; index < 4; index++) octets[at + 12 + index] = address >>> (8 * index);
  }
}

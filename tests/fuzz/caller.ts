/**
 * An application that makes any call in any state, on handles that it holds and on such that it has
 * let go, and knows what each must answer: of a handle that it holds never "no such connection", of
 * one that it has let go always; SEND and CLOSE as the state has them (RFC 9293 section 3.10).
 */
import { Err, Reason } from "../../assembly/abi/error.js";
import { Option } from "../../assembly/abi/option.js";
import { CommitFlag, Parameter } from "../../assembly/abi/parameters.js";
import { State } from "../../assembly/abi/state.js";
import { Status, StatusFlag, Table } from "../../assembly/abi/status.js";
import type { CoreExports } from "../../host/core.js";
import type { Random } from "../../host/link/random.js";
import { writeAddress } from "../../host/address.js";
import { REASON_NAMES, STATE_NAMES } from "../../host/names.js";
import { FORGED_HOSTS, FORGED_PORTS, OWN_PORTS } from "./forger.js";
import { FuzzFailure, type Sink, type Subject } from "./subject.js";

const LISTENER = 1 << 30;
const MOST_RELEASED = 16;
const EVENT_BITS = 511;
const VALUES = [0, 1, 2, 3, 10, 40, 88, 100, 255, 256, 499, 536, 600] as const;
/** The states in which SEND is taken, unless CLOSE has come before it. */
const SENDING: readonly State[] = [
  State.SynSent, State.SynReceived, State.Established, State.CloseWait,
];
const OVER: readonly State[] = [State.Closed, State.TimeWait];

export class Caller {
  readonly held = new Set<number>();
  /** States and reasons that were seen. */
  readonly met = new Set<string>();
  private readonly released: number[] = [];
  private readonly exports: CoreExports;

  constructor(
    private readonly subject: Subject, private readonly random: Random, private readonly sink: Sink,
    /** Whether somebody else holds the handle. */
    private readonly isForeign: (handle: number) => boolean,
  ) {
    this.exports = subject.stack.core.exports;
  }

  /** Makes one call, or a few that belong together. */
  act(): void {
    const pick = this.random.below(32);
    if (pick < 4) this.listen();
    else if (pick < 8) this.connect();
    else if (pick < 12) this.accept();
    else if (pick < 15) this.takeEvents();
    else if (pick < 16) this.stale();
    else if (pick < 17) this.useOrphan();
    else this.use();
  }

  /** What the tables tell of who is held is what the calls have told. */
  check(): void {
    const { exports, held } = this;
    for (const table of [Table.Connections, Table.Listeners]) {
      for (let index = 0; ; index++) {
        const result = exports.describe(table, index);
        if (result < 0) break;
        const handle = this.word(Status.Handle);
        const isLetGo = (this.word(Status.Flags) & StatusFlag.Orphan) !== 0;
        if (result === 0 || handle === 0 || this.isForeign(handle)) continue;
        if (held.has(handle) === isLetGo) {
          throw new FuzzFailure(`handle ${handle} is ${isLetGo ? "" : "not "}held`);
        }
      }
    }
    for (const handle of held) this.stateOf(handle);
  }

  /** Lets go of every connection, in one way or the other, and of those nobody has accepted. */
  endConnections(): void {
    for (const listener of this.listeners()) {
      let handle = this.exports.accept(listener);
      for (; handle > 0; handle = this.exports.accept(listener)) this.hold(handle);
    }
    for (const handle of [...this.held]) {
      if ((handle & LISTENER) !== 0) continue;
      this.release(handle, this.random.chance(0.3) ? "abort" : "close");
    }
  }

  endListeners(): void {
    for (const handle of this.listeners()) this.release(handle, "close");
  }

  /** The ports that it listens on. */
  ports(): number[] {
    return this.listeners().map((handle) => {
      this.stateOf(handle);
      return this.word(Status.LocalPort);
    });
  }

  private listen(): void {
    const { random, exports } = this;
    this.writeAddresses("0.0.0.0");
    const backlog = random.between(1, 3);
    this.hold(exports.listen(OWN_PORTS[random.below(2)]!, backlog));
  }

  private connect(): void {
    const { random, exports } = this;
    this.writeAddresses(`10.0.0.${FORGED_HOSTS[random.below(FORGED_HOSTS.length)]!}`);
    const port = FORGED_PORTS[random.below(FORGED_PORTS.length)]!;
    const [listener] = this.listeners();
    if (listener !== undefined && random.chance(0.15)) {
      const result = exports.connect(port, listener);
      if (result === Err.Handle) throw new FuzzFailure("connect knows no listener");
      if (result > 0) this.forget(listener);
      this.hold(result);
      return;
    }
    const own = random.chance(0.2) ? 0 : OWN_PORTS[random.below(OWN_PORTS.length)]!;
    this.hold(exports.connect(port, own));
  }

  private accept(): void {
    const handle = this.someHandle();
    if (handle === undefined) return;
    const result = this.exports.accept(handle);
    this.expect("accept", result === Err.Handle, (handle & LISTENER) === 0);
    this.hold(result);
  }

  private use(): void {
    const { random } = this;
    const handle = this.someHandle();
    if (handle === undefined) return;
    const state = this.stateOf(handle);
    if ((handle & LISTENER) !== 0) {
      this.useListener(handle);
      return;
    }
    const isFinishing = (this.word(Status.Flags) & StatusFlag.Finishing) !== 0;
    const maySend = SENDING.includes(state) && !isFinishing;
    const pick = random.below(40);
    if (pick < 12) this.write(handle, maySend);
    else if (pick < 18) this.read(handle);
    else if (pick < 24) this.exchange(handle, maySend);
    else if (pick < 28) {
      this.expect("shutdown", this.exports.shutdown(handle) === Err.State, OVER.includes(state));
    } else if (pick < 32) this.setOption(handle);
    else if (pick < 37) this.release(handle, "close");
    else this.release(handle, "abort");
  }

  /** Nothing that a connection has is for it. */
  private useListener(handle: number): void {
    const { random } = this;
    if (random.chance(0.2)) this.release(handle, "close");
    else if (random.chance(0.5)) this.setOption(handle);
    else this.refuseConnection(handle);
  }

  private write(handle: number, maySend: boolean): void {
    const { random, exports } = this;
    const room = exports.sendSpace(handle);
    this.expect("sendSpace", room === Err.State, !maySend);
    const most = Math.max(room, 1) + (random.chance(0.05) ? 5000 : 0);
    const length = random.chance(0.5) ? random.below(10) : random.between(1, most);
    const flags = random.chance(0.1) ? CommitFlag.Urgent : random.below(2);
    const result = exports.commit(handle, length, flags);
    this.expect("commit", result === Err.State, !maySend);
    if (maySend && length <= room && length > 0) this.expect("commit", result < 0, false);
  }

  private read(handle: number): void {
    const { random, exports } = this;
    const len = exports.receiveLen(handle);
    this.expect("receiveLen", len < 0, false);
    const length = random.chance(0.5) ? len : random.below(len + 3);
    const result = exports.consume(handle, length);
    if (length <= len) this.expect("consume", result < 0, false);
  }

  private exchange(handle: number, maySend: boolean): void {
    const { random, exports } = this;
    const taken = random.chance(0.7) ? Math.max(0, exports.receiveLen(handle)) : random.below(3);
    const length = random.below(random.chance(0.8) ? 20 : 3000);
    const result = this.subject.exchange(handle, taken, length, this.sink);
    // That so much has not been received is found first.
    const isSend = length > 0 && result !== Err.Invalid;
    if (isSend) this.expect("exchange", result === Err.State, !maySend);
  }

  private setOption(handle: number): void {
    const { random, exports } = this;
    const option = random.below(Option.Count + 1);
    const value = random.chance(0.05) ? random.u32() : VALUES[random.below(VALUES.length)]!;
    const result = exports.setOption(handle, option, value);
    const now = exports.getOption(handle, option);
    this.expect("getOption", now === Err.Handle || result === Err.Handle, false);
    if (result === 0 && now !== value) throw new FuzzFailure(`option ${option}: ${value}, ${now}`);
  }

  private takeEvents(): void {
    const { stack } = this.subject;
    for (let handle = stack.pollEvent(); handle !== 0; handle = stack.pollEvent()) {
      const isKnown = this.held.has(handle) || this.isForeign(handle);
      if (!isKnown) throw new FuzzFailure(`an event for handle ${handle}, which nobody holds`);
      const bits = stack.eventBits;
      if (bits === 0 || bits > EVENT_BITS) throw new FuzzFailure(`an event of bits ${bits}`);
      if (this.random.chance(0.2)) return;
    }
  }

  /** A handle that was let go is nobody's, whatever is asked of it. */
  private stale(): void {
    const { random, released, exports } = this;
    const handle = released[random.below(released.length || 1)];
    if (handle === undefined) return;
    this.refuseEndpoint(handle);
    this.refuseConnection(handle);
    this.refuse(handle, [exports.abort(handle)]);
  }

  /** Of a connection that is let go the tables still tell the handle: for ABORT alone. */
  private useOrphan(): void {
    const { random, exports } = this;
    const index = random.below(4);
    if (exports.describe(Table.Connections, index) !== 1) return;
    const handle = this.word(Status.Handle);
    if ((this.word(Status.Flags) & StatusFlag.Orphan) === 0) return;
    this.refuseEndpoint(handle);
    this.refuseConnection(handle);
    if (random.chance(0.2)) this.expect("abort", exports.abort(handle) !== 0, false);
  }

  /** Every call that listeners have, too, says that this is nobody's. */
  private refuseEndpoint(handle: number): void {
    const { exports } = this;
    this.refuse(handle, [
      exports.accept(handle), exports.close(handle), exports.status(handle),
      exports.getOption(handle, Option.NoDelay), exports.setOption(handle, Option.NoDelay, 1),
    ]);
  }

  /** Every call that a connection alone has says that this is none. */
  private refuseConnection(handle: number): void {
    const { exports } = this;
    this.refuse(handle, [
      exports.sendSpace(handle), exports.commit(handle, 1, 0), exports.receiveLen(handle),
      exports.consume(handle, 0), exports.shutdown(handle),
      exports.exchange(handle, 0, 1, this.subject.nowUs),
    ]);
  }

  private refuse(handle: number, answers: number[]): void {
    if (answers.every((answer) => answer === Err.Handle)) return;
    throw new FuzzFailure(`handle ${handle} is nobody's, and taken: ${answers.join(", ")}`);
  }

  private stateOf(handle: number): State {
    const state = this.exports.status(handle);
    if (state < 0) throw new FuzzFailure(`status of a handle that is held says ${state}`);
    if (this.word(Status.Handle) !== handle) throw new FuzzFailure("status is of another handle");
    this.met.add(STATE_NAMES[state as keyof typeof STATE_NAMES]);
    const reason: Reason = this.word(Status.Reason);
    this.met.add(REASON_NAMES[reason as keyof typeof REASON_NAMES]);
    return state;
  }

  private hold(result: number): void {
    if (result <= 0) return;
    const { held, released } = this;
    if (held.has(result) || released.includes(result) || this.isForeign(result)) {
      throw new FuzzFailure(`handle ${result} is given twice`);
    }
    held.add(result);
  }

  private release(handle: number, call: "close" | "abort"): void {
    const result = this.exports[call](handle);
    if (result !== 0) throw new FuzzFailure(`${call} says ${result}`);
    this.forget(handle);
  }

  private forget(handle: number): void {
    this.held.delete(handle);
    this.released.push(handle);
    if (this.released.length > MOST_RELEASED) this.released.shift();
  }

  private listeners(): number[] {
    return [...this.held].filter((handle) => (handle & LISTENER) !== 0);
  }

  private someHandle(): number | undefined {
    const all = [...this.held];
    return all[this.random.below(all.length || 1)];
  }

  private expect(call: string, is: boolean, shall: boolean): void {
    if (is !== shall) throw new FuzzFailure(`${call} ${is ? "refuses" : "takes"} what it must not`);
  }

  private word(index: Status): number {
    const { words, parametersWord } = this.subject.stack.core;
    return words[parametersWord + (Parameter.Status >>> 2) + index]!;
  }

  /** The peer's, and any local one. */
  private writeAddresses(address: string): void {
    const { core } = this.subject.stack;
    writeAddress(address, core.octets, core.parametersAt + Parameter.Address);
    writeAddress("0.0.0.0", core.octets, core.parametersAt + Parameter.LocalAddress);
  }
}

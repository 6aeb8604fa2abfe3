/**
 * A stack, call by call: frames in, frames out, time as an argument, all socket calls at once, no
 * I/O, no timers, no callbacks. This is the public API for tests and simulations
 * (docs/virtual-time.md) and what the driver and the sockets stand on.
 *
 * Contract: hand over frames with `receive` as they come; then, and whenever `nextDeadline`
 * microseconds have passed or a socket call was made, call `transmit` until null and `nextEvent`
 * until null. Calls too many do no harm. Time is microseconds that never go backwards.
 */
import { Descriptor, Parameter, Waiting } from "../assembly/abi/parameters.js";
import { Counter } from "../assembly/abi/counter.js";
import { Err } from "../assembly/abi/error.js";
import { State } from "../assembly/abi/state.js";
import { Table } from "../assembly/abi/status.js";
import { writeAddress } from "./address.js";
import { initCore, randomEntropy, writeEntropy } from "./budget.js";
import {
  type ConnectCall, type ListenCall, MOST_PORT, type RestoreOptions, type StackEvent,
  type StackOptions, type WriteFlags, checkBacklog, checkPort, commitBits,
} from "./calls.js";
import { Core, compileModule, compileModuleSync } from "./core.js";
import { argumentError } from "./error.js";
import { Frames, ONLY_INTERFACE } from "./frames.js";
import { type InterfaceOptions, describeInterface, writeInterface } from "./interface.js";
import {
  COUNTER_NAMES, type CounterName, LISTED_TABLES, OPTIONS, type OptionName, type PhaseName,
  TABLE_NAMES, type TableName, eventNames,
} from "./names.js";
import { type ConnectionStatus, decodeStatus } from "./status.js";
import { check, refuse } from "./verdict.js";

export type {
  ConnectCall, ListenCall, RestoreOptions, StackEvent, StackOptions, WriteFlags,
} from "./calls.js";

export class Stack extends Frames {
  /** Compiles the module if need be, and initialises a stack. Throws StackError, see `budget`. */
  static async create(options: StackOptions = {}): Promise<Stack> {
    return Stack.initialise(await compileModule(options.module), options);
  }

  /** The same at once; in a browser only with `module` given as octets or compiled. */
  static createSync(options: StackOptions = {}): Stack {
    return Stack.initialise(compileModuleSync(options.module), options);
  }

  private static initialise(module: WebAssembly.Module, options: StackOptions): Stack {
    const core = new Core(module);
    const { budget = {}, entropy = randomEntropy(), now = 0 } = options;
    initCore(core, budget, entropy, now);
    return new Stack(core, now);
  }

  /** Sets link and addresses of the one interface. Throws AddressError and StackError (EINVAL). */
  configure(options: InterfaceOptions): void {
    writeInterface(this.core, options);
    const result = this.core.exports.configure(ONLY_INTERFACE);
    this.locate();
    if (result < 0) refuse(result, "configure", undefined, describeInterface(options));
    this.hasOffload = options.offload === true;
  }

  // Events

  /** A handle with news, and what they are; null when there is none. */
  nextEvent(): StackEvent | null {
    const handle = this.pollEvent();
    if (handle === 0) return null;
    return { handle, bits: this.eventBits, names: eventNames(this.eventBits) };
  }

  /** The same without an object: the handle or 0; `eventBits` has the news. */
  pollEvent(): number {
    const isNews = (this.descriptor[Descriptor.Waiting]! & Waiting.Events) !== 0;
    return isNews ? this.core.exports.nextEvent() : 0;
  }

  /** The bits of `Event` that go with the handle that `pollEvent` named last. */
  get eventBits(): number {
    return this.descriptor[Descriptor.Events]!;
  }

  // Sockets. All throw StackError; EBADF says that the handle is not, or no longer, of anything.

  /** Waits for connections on a port. EADDRINUSE, EADDRNOTAVAIL, ENOBUFS (no listener left). */
  listen({ port, backlog, address = "0.0.0.0" }: ListenCall): number {
    this.writeAddress(Parameter.Address, address);
    const result = this.core.exports.listen(checkPort(port, 1), checkBacklog(backlog));
    return result < 0 ? refuse(result, "listen", { address, port }) : result;
  }

  /** The handle of a connection that has been opened to the listener; 0: none waits. */
  accept(listener: number): number {
    return check(this.core.exports.accept(listener), "accept");
  }

  /**
   * Begins to open a connection, and returns its handle. `connected` or `closed` will follow.
   * ENETUNREACH, EADDRINUSE, ENOBUFS (no connection or no local port left).
   */
  connect({ address, port, localAddress = "0.0.0.0", localPort = 0 }: ConnectCall): number {
    this.writeAddress(Parameter.Address, address);
    this.writeAddress(Parameter.LocalAddress, localAddress);
    const { exports } = this.core;
    const result = exports.connect(checkPort(port, 1), checkPort(localPort, 0));
    return result < 0 ? refuse(result, "connect", { address, port }) : result;
  }

  /**
   * Turns a listener into a connection that opens actively, from its port and with its settings
   * (RFC 9293 section 3.10.1: LISTEN to SYN-SENT; what is written at once is SEND in LISTEN). The
   * listener's handle is void then; what nobody has accepted is reset. Throws as `connect`.
   */
  connectFrom(listener: number, { address, port }: Pick<ConnectCall, "address" | "port">): number {
    this.writeAddress(Parameter.Address, address);
    this.writeAddress(Parameter.LocalAddress, "0.0.0.0");
    // What is no larger than a port would be taken for one.
    const isHandle = listener > MOST_PORT;
    const result = isHandle ? this.core.exports.connect(checkPort(port, 1), listener) : Err.Handle;
    return result < 0 ? refuse(result, "connect", { address, port }) : result;
  }

  /**
   * Queues octets, and returns how many were taken: fewer than given when the send ring is full;
   * `writable` says when to go on. EPIPE after `shutdown` or when the connection is over. `flags`:
   * those of SEND, which go with the last octet, if that was taken; `true` is PUSH.
   */
  write(handle: number, octets: Uint8Array, flags: WriteFlags | boolean = false): number {
    const { core, descriptor } = this;
    let taken = 0;
    for (let room = 0; taken < octets.length; ) {
      // Who asks in vain is told when there is room.
      if (room === 0) room = check(core.exports.sendSpace(handle), "write");
      if (room === 0) break;
      const isWhole = taken === 0 && octets.length <= room;
      const piece = isWhole ? octets : octets.subarray(taken, taken + room);
      core.octets.set(piece, descriptor[Descriptor.At]!);
      let length = piece.length;
      const more = Math.min(descriptor[Descriptor.Rest]!, octets.length - taken - length);
      if (more > 0) {
        // Behind the ring's end; on boards that comes with the next turn.
        const rest = octets.subarray(taken + length, taken + length + more);
        core.octets.set(rest, descriptor[Descriptor.RestAt]!);
        length += more;
      }
      taken += length;
      room = this.commit(handle, length, taken === octets.length ? flags : false);
    }
    return taken;
  }

  /**
   * Received octets, copied: at most `limit`, and at most what lies in one piece, so call until
   * null. Null: nothing there now; `peerFinished` or `closed` tell whether there ever will be.
   */
  read(handle: number, limit = Infinity): Uint8Array<ArrayBuffer> | null {
    const { core } = this;
    const length = check(core.exports.receiveLen(handle), "read");
    if (length === 0) return null;
    const at = this.descriptor[Descriptor.At]!;
    const octets = core.octets.slice(at, at + Math.min(length, limit));
    this.consume(handle, octets.length);
    return octets;
  }

  /** Where octets to send can be put in place: a view on the ring, good until `commit`. */
  writable(handle: number): Uint8Array<ArrayBuffer> {
    const length = check(this.core.exports.sendSpace(handle), "write");
    return this.views.of(this.descriptor[Descriptor.At]!, length);
  }

  /** So many octets have been put at `writable`. Returns how many more have room in one piece. */
  commit(handle: number, length: number, flags: WriteFlags | boolean = false): number {
    return check(this.core.exports.commit(handle, length, commitBits(flags)), "write");
  }

  /** Received octets in place: a view on the ring, good until `consume`. */
  readable(handle: number): Uint8Array<ArrayBuffer> {
    const length = check(this.core.exports.receiveLen(handle), "read");
    return this.views.of(this.descriptor[Descriptor.At]!, length);
  }

  /** So many octets of `readable` have been read: the window opens. Returns how many come next. */
  consume(handle: number, length: number): number {
    return check(this.core.exports.consume(handle, length), "read");
  }

  /** FIN after all that is queued; reading goes on. */
  shutdown(handle: number): void {
    check(this.core.exports.shutdown(handle), "shutdown");
  }

  /**
   * Lets go: the handle is invalid at once. The connection is ended with FIN, or with RST when
   * octets are unread or still come (RFC 9293 section 3.6.1). Of a listener: it stops, and what
   * nobody has accepted is reset.
   */
  close(handle: number): void {
    check(this.core.exports.close(handle), "close");
  }

  /** Lets go with RST. */
  abort(handle: number): void {
    check(this.core.exports.abort(handle), "abort");
  }

  /** Of a listener: for those it will accept. EINVAL: out of range, or not in this module. */
  setOption(handle: number, option: OptionName, value: number | boolean): void {
    const result = this.core.exports.setOption(handle, OPTIONS[option], Number(value));
    if (result >= 0) return;
    this.getOption(handle, option); // Throws for what cannot be read either: not for the value.
    refuse(result, "setOption", undefined, `${option} = ${value}`);
  }

  getOption(handle: number, option: OptionName): number {
    return check(this.core.exports.getOption(handle, OPTIONS[option]), "getOption", option);
  }

  /** Octets to be read before the stream is not urgent any more (RFC 9293 section 3.8.5). */
  urgentLeft(handle: number): number {
    return this.status(handle).urgentLeft;
  }

  // Looking

  /** What there is to know of a handle. */
  status(handle: number): ConnectionStatus {
    const state = check(this.core.exports.status(handle), "status");
    return this.decode(state === State.Listen ? Table.Listeners : Table.Connections);
  }

  /** The used entries of one table. */
  *entries(table: TableName): Generator<ConnectionStatus> {
    const number = Object.values(TABLE_NAMES).indexOf(table) as Table; // they count from 0
    for (let index = 0; ; index++) {
      const result = this.core.exports.describe(number, index);
      if (result < 0) return;
      if (result > 0) yield this.decode(number);
    }
  }

  /** netstat: listeners, connections, half-open and TIME-WAIT entries, neighbours. */
  connections(): ConnectionStatus[] {
    return LISTED_TABLES.flatMap((table) => [...this.entries(table)]);
  }

  /** "READY" or "ANNOUNCING": our address may be used. "CONFLICT": somebody else has it. */
  get addressPhase(): PhaseName {
    const [only] = this.entries("interfaces");
    return only === undefined ? "DOWN" : (only.state as PhaseName);
  }

  /** What has been counted, by the names of assembly/abi/counter.ts. They wrap at 2^32. */
  counters(): Record<CounterName, number> {
    const counted = COUNTER_NAMES.map((name) => [name, this.counter(name)]);
    return Object.fromEntries(counted) as Record<CounterName, number>;
  }

  /** One of them. */
  counter(name: CounterName): number {
    const number = COUNTER_NAMES.indexOf(name) as Counter;
    return this.core.words[(this.core.exports.countersPtr() >>> 2) + number]!;
  }

  // The memory is the stack

  /** A copy of the stack as it stands, to be kept anywhere and given to `restore`. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return this.core.octets.slice();
  }

  /** Becomes the stack of the snapshot, which must be of the same build. */
  restore(snapshot: Uint8Array, options: RestoreOptions = {}): void {
    const { core } = this;
    core.grow(snapshot.length);
    if (snapshot.length > core.octets.length) {
      throw argumentError("ERR_OUT_OF_RANGE", "the snapshot is larger than this build's memory");
    }
    core.octets.set(snapshot);
    this.locate();
    if (options.reseed === false) return;
    writeEntropy(core, options.entropy ?? randomEntropy());
    core.exports.reseed();
  }

  /** A second stack in the same state. */
  fork(options: RestoreOptions = {}): Stack {
    const stack = new Stack(new Core(this.core.module), this.nowUs);
    stack.hasOffload = this.hasOffload;
    stack.restore(this.core.octets, options);
    return stack;
  }

  private writeAddress(offset: Parameter, text: string): void {
    writeAddress(text, this.core.octets, this.core.parametersAt + offset);
  }

  private decode(table: Table): ConnectionStatus {
    const { octets, words, parametersWord } = this.core;
    return decodeStatus(octets, words, parametersWord + (Parameter.Status >>> 2), table);
  }
}

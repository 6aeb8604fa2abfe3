/**
 * The stack under attack: takes frames from one slot, whatever the link; after every frame the sum
 * of the reasons must be the number of frames. What it sends is checked and handed on.
 */
import { Counter } from "../../assembly/abi/counter.js";
import { ReceiveFlag } from "../../assembly/abi/parameters.js";
import type { LinkType } from "../../host/link/link.js";
import { COUNTER_NAMES, type CounterName } from "../../host/names.js";
import { SlipDecoder } from "../../host/link/slip.js";
import { Stack } from "../../host/stack.js";
import { watchHints } from "../support/hints.js";
import { Canary, Inspector, type Sizes } from "../support/inspect.js";
import { Decoded, decodeFrame } from "../support/wire.js";
import { NETWORK, OWN_HOST, writeArp, type Slot } from "./packets.js";

/** The reasons under which a frame ends: see assembly/abi/counter.ts. */
export const REASONS: readonly CounterName[] =
  COUNTER_NAMES.filter((name) => /^(In|Drop)/.test(name));
const REASON_WORDS = REASONS.map((name) => COUNTER_NAMES.indexOf(name));

/** A budget, `mtu` in it. */
export type FuzzSizes = Sizes & Record<string, number>;

export const SIZES: FuzzSizes = {
  connections: 8, receiveRing: 1024, sendRing: 1024, listeners: 4, halfOpen: 8, timeWait: 8,
  ranges: 4, replies: 8, neighbours: 8, mtu: 1500, mslSeconds: 5,
};

const END = 0xc0;
const ESC = 0xdb;
/** Frames sent in one go at the most: more is a storm. */
export const MOST_FRAMES = 5000;

export class FuzzFailure extends Error {
  override readonly name = "FuzzFailure";
}

/** Gets a frame that the stack has sent, taken apart; the octets are borrowed. */
export type Sink = (frame: Uint8Array, decoded: Decoded) => void;

export class Subject {
  readonly stack: Stack;
  readonly slot: Slot;
  nowUs: number;
  /** What is said of every third length: that its checksum is right, whatever it is. */
  protected readonly flags: ReceiveFlag;
  /** The interface's: the budget's, if it is not for bursts. */
  private readonly mtu: number;
  private readonly canary: Canary;
  private readonly inspector: Inspector;
  private readonly countersWord: number;
  private readonly slip = new SlipDecoder();
  private readonly decoded = new Decoded();

  constructor(
    module: "node" | "board" | WebAssembly.Module, readonly kind: LinkType, entropy: Uint8Array,
    nowUs = 0, private readonly sizes: FuzzSizes = SIZES,
  ) {
    this.nowUs = nowUs;
    this.flags = module === "board" ? ReceiveFlag.None : ReceiveFlag.Checked;
    this.mtu = Math.min(sizes.mtu!, SIZES.mtu!);
    const budget = { ...sizes, reassembly: kind === "serial" ? 3 : 1 };
    this.stack = Stack.createSync({ module, budget, entropy, now: nowUs });
    watchHints(this.stack, (message) => {
      throw new FuzzFailure(message);
    });
    this.canary = new Canary(this.stack);
    this.inspector = new Inspector(this.stack, sizes, kind === "ethernet");
    const { core } = this.stack;
    this.countersWord = core.exports.countersPtr() >>> 2;
    // Before `configure` the slot lies where a link without a header has it.
    this.slot = { octets: new Uint8Array(4096), at: 0, size: 2048 };
  }

  configure(probe = false): void {
    const { kind, stack, mtu } = this;
    stack.configure({ kind, mac: "02:00:00:00:00:01", address: "10.0.0.1/24", probe, mtu });
    this.place();
  }

  /** Frames are written where the stack takes them; of a serial line only encoded. */
  place(): void {
    const { core } = this.stack;
    if (this.kind === "serial") return;
    this.slot.octets = core.octets;
    this.slot.at = core.exports.frameInPtr() >>> 0;
    this.slot.size = core.exports.frameInSize() >>> 0;
  }

  /** Hands over the `len` octets in the slot. A length beyond the slot is told, not written. */
  hand(len: number): void {
    if (this.kind === "serial") this.handSerial(len);
    else this.stack.core.exports.receive(0, len, len % 3 === 0 ? this.flags : 0, this.nowUs);
    this.checkCounters();
  }

  /** Hands octets of a serial line over as they are, noise included. */
  handNoise(noise: Uint8Array, len: number): void {
    const { core } = this.stack;
    core.octets.set(noise.subarray(0, len), core.exports.serialPtr() >>> 0);
    core.exports.serialReceive(len, this.nowUs);
    this.checkCounters();
  }

  /** Takes what the stack has to send: all of it, or so many frames (chunks of a serial line). */
  drain(sink: Sink, most = MOST_FRAMES): void {
    const { core } = this.stack;
    for (let count = 0; count < most; count++) {
      const isSerial = this.kind === "serial";
      const len = isSerial
        ? core.exports.serialTransmit(this.nowUs)
        : core.exports.transmit(this.nowUs);
      if (len === 0) return;
      if (isSerial && len > core.exports.serialSize()) throw new FuzzFailure(`a chunk of ${len}`);
      const at = (isSerial ? core.exports.serialPtr() : core.exports.frameOutPtr()) >>> 0;
      const octets = core.octets.subarray(at, at + len);
      if (isSerial) this.slip.push(octets, (packet) => this.look(packet, sink));
      else this.look(octets, sink);
    }
    if (most === MOST_FRAMES) throw new FuzzFailure(`${MOST_FRAMES} frames, and no end`);
  }

  /** Reads, writes, and takes what is to be said then. Returns the call's answer. */
  exchange(handle: number, taken: number, length: number, sink: Sink): number {
    const { core } = this.stack;
    const result = core.exports.exchange(handle, taken, length, this.nowUs);
    const at = core.exports.frameOutPtr() >>> 0;
    if (result > 0) this.look(core.octets.subarray(at, at + result), sink);
    return result;
  }

  /** Answers an ARP request for a host. */
  answerArp(host: number): void {
    this.hand(writeArp(this.slot, host, OWN_HOST, 2, NETWORK + host, NETWORK + OWN_HOST));
  }

  /** Calls until there is nothing to do at this moment, so that the tables are at rest. */
  settle(sink: Sink): void {
    for (let round = 0; round < MOST_FRAMES; round++) {
      this.drain(sink);
      if (this.stack.nextDeadline(this.nowUs) > 0) return;
      while (this.stack.pollEvent() !== 0) continue;
    }
    throw new FuzzFailure("the next deadline is 0 and nothing happens");
  }

  /** Looks at everything that can be seen from outside. */
  check(isAtRest: boolean): void {
    const fault = this.inspector.findFault(isAtRest) ?? this.canary.findFault();
    if (fault !== null) throw new FuzzFailure(fault);
    const census = this.inspector.census();
    for (const name of ["connections", "halfOpen", "timeWait"] as const) {
      const size = this.sizes[name]!;
      if (census[name] <= size) continue;
      throw new FuzzFailure(`${census[name]} entries in a table of ${size}: ${name}`);
    }
  }

  /** How many entries are in use, of connections, half-open and TIME-WAIT together. */
  entries(): number {
    const { connections, halfOpen, timeWait } = this.inspector.census();
    return connections + halfOpen + timeWait;
  }

  /** Adds how often each reason was counted. */
  addReasons(total: Map<CounterName, number>): void {
    for (const name of REASONS) {
      total.set(name, (total.get(name) ?? 0) + this.stack.counter(name));
    }
  }

  protected look(frame: Uint8Array, sink: Sink): void {
    const kind = this.kind === "serial" ? "ip" : this.kind;
    const fault = decodeFrame(kind, frame, this.mtu, this.decoded);
    if (fault !== null) {
      throw new FuzzFailure(`sends a bad frame: ${fault}: ${Buffer.from(frame).toString("hex")}`);
    }
    sink(frame, this.decoded);
  }

  protected checkCounters(): void {
    const { words } = this.stack.core;
    let sum = 0;
    for (let index = 0; index < REASON_WORDS.length; index++) {
      sum += words[this.countersWord + REASON_WORDS[index]!]!;
    }
    const frames = words[this.countersWord + Counter.FramesIn]!;
    if (sum !== frames) throw new FuzzFailure(`${frames} frames, counted under ${sum} reasons`);
  }

  /** SLIP (RFC 1055), written apart from the core's and the host's. */
  private handSerial(len: number): void {
    const { core } = this.stack;
    const { octets } = core;
    const from = core.exports.serialPtr() >>> 0;
    const size = core.exports.serialSize() >>> 0;
    let at = 0;
    for (let index = -1; index <= len; index++) {
      if (at + 2 > size) {
        core.exports.serialReceive(at, this.nowUs);
        at = 0;
      }
      const octet = index < 0 || index === len ? -1 : this.slot.octets[index]!;
      if (octet === -1) {
        octets[from + at++] = END;
      } else if (octet === END || octet === ESC) {
        octets[from + at++] = ESC;
        octets[from + at++] = octet === END ? 0xdc : 0xdd;
      } else {
        octets[from + at++] = octet;
      }
    }
    core.exports.serialReceive(at, this.nowUs);
  }
}

/**
 * One stack in virtual time, and nothing around it but what a test puts there: frames made by hand
 * go in, every frame that comes out is checked and must be looked at.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetOptions } from "../../host/budget.js";
import type { InterfaceOptions } from "../../host/interface.js";
import type { EventName } from "../../host/names.js";
import { Stack } from "../../host/stack.js";
import { cutFrame } from "./cut.js";
import { Decoded, ETHERNET_HEADER, decodeFrame, describeFrame } from "./wire.js";

export const OWN_ADDRESS = "10.0.0.1";
export const OWN_MAC = [2, 0, 0, 0, 0, 1];

export type Build = "node" | "board";

export interface LabOptions {
  /** Over four connections with rings of 4 KiB, which fit a board. */
  budget?: BudgetOptions;
  interface?: Partial<InterfaceOptions>;
  /** Each octet of the entropy. 7 by default. */
  entropy?: number;
  /** Where time begins, in microseconds. */
  nowUs?: number;
  /** In place of the build's own, one that behaves like it. */
  module?: WebAssembly.Module;
  /** The build for boards does not fit, or has nothing to do with it. */
  onlyNode?: boolean;
}

/** What fits a board. */
export const SMALL_BUDGET: BudgetOptions = {
  listeners: 2, connections: 4, halfOpen: 4, timeWait: 4, receiveRing: 4096, sendRing: 4096,
  ranges: 4, replies: 8, neighbours: 4,
};
/** More frames in one go than any test has use for. */
const MOST_FRAMES = 10_000;
/** Turns of the wheel in one wait. */
const MOST_TURNS = 200_000;

/** A frame that the stack has sent. */
export interface SentFrame {
  decoded: Decoded;
  /** Microseconds since the lab began. */
  atUs: number;
}

/** Registers a test for each build: the same module source, two products. */
export function onBothBuilds(
  title: string, run: (lab: Lab) => void, options: LabOptions = {},
): void {
  const builds: Build[] = options.onlyNode ? ["node"] : ["node", "board"];
  for (const build of builds) {
    test(`${title} [${build}]`, () => {
      const lab = new Lab(build, options);
      run(lab);
      lab.checkNothingLeft();
    });
  }
}

export class Lab {
  readonly stack: Stack;
  /** Microseconds since the lab began; may go beyond 2^32, the stack's `now` wraps. */
  atUs = 0;
  /** Sent, and not looked at yet. */
  readonly frames: SentFrame[] = [];
  /** Frames that had to be cut for the wire: with offload only. */
  cutFrames = 0;
  private readonly news: { handle: number; names: EventName[] }[] = [];
  private readonly startUs: number;
  private readonly kind: "ip" | "ethernet";
  private readonly mtu: number;

  constructor(readonly build: Build, options: LabOptions = {}) {
    this.startUs = options.nowUs ?? 0;
    this.stack = Stack.createSync({
      module: options.module ?? build, now: this.startUs,
      budget: { ...SMALL_BUDGET, ...options.budget },
      entropy: new Uint8Array(32).fill(options.entropy ?? 7),
    });
    this.kind = options.interface?.kind === "ethernet" ? "ethernet" : "ip";
    this.mtu = options.interface?.mtu ?? 1500;
    this.stack.configure({
      kind: this.kind, mac: "02:00:00:00:00:01", address: `${OWN_ADDRESS}/24`,
      ...options.interface,
    });
  }

  /** The stack's own time. */
  get nowUs(): number {
    return (this.startUs + this.atUs) % 2 ** 32;
  }

  /** Hands a frame to the stack, and lets it answer. */
  receive(frame: Uint8Array): void {
    this.receiveOnly(frame);
    this.turn();
  }

  /** Hands a frame to the stack, which is not asked for an answer yet. */
  receiveOnly(frame: Uint8Array): void {
    this.stack.receive(frame, this.nowUs);
  }

  /** Takes everything that the stack has to say at this moment: frames and events. */
  turn(): void {
    for (let count = 0; this.take(); count++) {
      assert.ok(count < MOST_FRAMES, "a storm of frames at one moment");
    }
    for (let event = this.stack.nextEvent(); event; event = this.stack.nextEvent()) {
      this.news.push({ handle: event.handle, names: event.names });
    }
  }

  /** Takes one frame, in the pieces in which it goes on the wire. False: there was none. */
  take(): boolean {
    const frame = this.stack.transmit(this.nowUs);
    if (frame === null) return false;
    this.note(frame);
    return true;
  }

  /** Takes a frame that the stack has built, by whatever call. */
  note(frame: Uint8Array): void {
    const { stack } = this;
    const ipAt = this.kind === "ethernet" ? ETHERNET_HEADER : 0;
    const pieces = cutFrame(frame, ipAt, stack.frameFlags, stack.segmentSize);
    if (pieces.length > 1) this.cutFrames++;
    for (const piece of pieces) {
      const decoded = new Decoded();
      assert.equal(decodeFrame(this.kind, piece, this.mtu, decoded), null);
      this.frames.push({ decoded, atUs: this.atUs });
    }
  }

  /** Lets time pass, deadline by deadline. */
  wait(seconds: number): void {
    const untilUs = this.atUs + Math.round(seconds * 1e6);
    for (let turns = 0; ; turns++) {
      assert.ok(turns < MOST_TURNS, "timers go off without end");
      this.turn();
      if (this.atUs >= untilUs) return;
      const waitUs = Math.max(1, this.stack.nextDeadline(this.nowUs));
      this.atUs = Math.min(untilUs, this.atUs + waitUs);
    }
  }

  /** Lets time pass to the next moment at which a frame leaves. Returns how many seconds. */
  waitForFrame(mostSeconds = 3600): number {
    this.turn();
    const beganUs = this.atUs;
    const before = this.frames.length;
    while (this.frames.length === before) {
      assert.ok(this.atUs - beganUs < mostSeconds * 1e6, `no frame in ${mostSeconds} s`);
      this.atUs += Math.max(1, this.stack.nextDeadline(this.nowUs));
      this.turn();
    }
    return (this.atUs - beganUs) / 1e6;
  }

  /** The events of a handle since they were last asked for, in order. */
  newsOf(handle: number): EventName[] {
    const own = this.news.filter((event) => event.handle === handle);
    const rest = this.news.filter((event) => event.handle !== handle);
    this.news.splice(0, this.news.length, ...rest);
    return own.flatMap(({ names }) => names);
  }

  /** Reads all that has come in order, and lets the stack say what it has to say of that. */
  read(handle: number, limit = Infinity): Buffer {
    const pieces: Uint8Array[] = [];
    for (let left = limit; left > 0; left -= pieces.at(-1)!.length) {
      const piece = this.stack.read(handle, left);
      if (piece === null) break;
      pieces.push(piece);
    }
    this.turn();
    return Buffer.concat(pieces);
  }

  /** Writes octets, all of which must fit, and lets them leave. */
  write(handle: number, octets: Uint8Array, push = false): void {
    assert.equal(this.stack.write(handle, octets, push), octets.length, "octets taken");
    this.turn();
  }

  /** A call, and what the stack has to say at once. */
  do<Result>(call: (stack: Stack) => Result): Result {
    const result = call(this.stack);
    this.turn();
    return result;
  }

  /** Forgets frames that are not what the test is about. */
  ignoreFrames(): void {
    this.turn();
    this.frames.length = 0;
  }

  /** Fails if the stack has sent something that the test has not looked at. */
  checkNothingLeft(): void {
    this.turn();
    assert.deepEqual(this.frames.map(({ decoded }) => describeFrame(decoded)), [], "unexpected");
  }
}

/** An Ethernet frame around a packet. */
export function ethernetFrame(
  type: number, destination: number[], source: number[], payload: Uint8Array,
): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEADER + payload.length);
  frame.set([...destination, ...source, type >> 8, type & 255]);
  frame.set(payload, ETHERNET_HEADER);
  return frame;
}

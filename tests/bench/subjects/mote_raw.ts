/**
 * MoteTCP through the raw exports (docs/embedding.md), with views and pointers kept: what the class
 * `Stack` costs is the difference. The peers' carrier calls their exports likewise.
 */
import { Event } from "../../../assembly/abi/event.js";
import {
  CommitFlag, Descriptor, Parameter, ReceiveFlag, Waiting,
} from "../../../assembly/abi/parameters.js";
import { parseAddress } from "../../../host/address.js";
import type { CoreExports } from "../../../host/core.js";
import type { Stack } from "../../../host/stack.js";
import { KeptViews } from "./kept_views.js";
import { SMALL_RING, createStacks, isTimestamped, type MoteOptions } from "./mote_options.js";
import { MESSAGE, PORT, type Subject, type Workload } from "./subject.js";

export interface Side {
  stack: Stack;
  calls: CoreExports;
  octets: Uint8Array;
  words: Uint32Array;
  /** At `frameOutPtr`, which stays where it is once the stack is configured. */
  frames: KeptViews;
  frameIn: number;
  parametersAt: number;
  /** The index of the descriptor in `words`. */
  descriptor: number;
  /** `Fact.Words` of each connection, by the slot in its handle. */
  facts: Uint32Array;
  /** W1: octets of the send ring, and where there is room in it. */
  ring: number;
  room: Room;
}

/** In one piece, and behind the ring's end. */
interface Room {
  length: number;
  at: number;
  rest: number;
  restAt: number;
  /** All that was sent is acknowledged. */
  isAll: boolean;
}

/** What is known of a connection, side by side in memory: of 10,000 one is seldom in a cache. */
const enum Fact {
  /** How many octets fit, told last, and where. */
  Room,
  Place,
  /** W2: what was read, and is told of with the next request. */
  Taken,
  Words = 4,
}

/** The part of a handle that is its connection's place in the table (docs/embedding.md). */
const SLOT = 0xffff;

/** Octets that fit a ring of W1. */
const SOURCE = 65536;

/** What `connect` reads: the peer's address, and any of ours. */
const ADDRESSES = new Uint8Array([...parseAddress("10.0.0.2"), ...new Uint8Array(16)]);

export class MoteRawPair implements Subject {
  frames = 0;
  received = 0;
  established = 0;
  replies = 0;
  finished = 0;
  protected readonly left: Side;
  protected readonly right: Side;
  protected readonly handles: number[] = [];
  /** What is written: it is all the same, so any piece is one of the first octets. */
  protected readonly source = new KeptViews(new Uint8Array(SOURCE), 0, SOURCE);
  private readonly message = new Uint8Array(MESSAGE);
  private listener = 0;
  private workload: Workload = "w1";
  protected nowUs = 0;
  protected flags = ReceiveFlag.None;

  /** `stacks`: where to note the two. */
  constructor(private readonly options: MoteOptions, stacks: Stack[] = []) {
    const [left, right] = createStacks(options);
    stacks.push(left, right);
    this.left = sideOf(left, options.ring);
    this.right = sideOf(right, options.ring);
    this.left.octets.set(ADDRESSES, this.left.parametersAt + Parameter.Address);
  }

  listen(workload: Workload): void {
    this.workload = workload;
    const servesEach = workload !== "w1" || this.options.ring < SMALL_RING;
    this.flags = servesEach ? ReceiveFlag.News : ReceiveFlag.None;
    this.listener = this.right.stack.listen({ port: PORT });
    this.right.stack.setOption(this.listener, "timestamps", isTimestamped);
  }

  connect(index: number): void {
    const { calls } = this.left;
    const handle = calls.connect(PORT, 0);
    this.left.facts[factsOf(handle) + Fact.Room] = 0;
    this.handles[index] = handle;
  }

  fill(inPlace: boolean): void {
    write(this.left, this.handles[0]!, inPlace ? null : this.source);
  }

  request(index: number): void {
    const { left, right } = this;
    const handle = this.handles[index]!;
    const at = factsOf(handle) + Fact.Taken;
    const taken = left.facts[at]!;
    left.facts[at] = 0;
    const length = exchange(left, handle, taken, this.message, this.nowUs);
    if (length !== 0) this.serve(this.hand(left, right, length));
  }

  close(index: number): void {
    this.left.calls.close(this.handles[index]!);
  }

  carry(): void {
    const { left, right } = this;
    do {
      while (waits(left, Waiting.Frames)) {
        const first = this.pass(left, right);
        if (first !== 0) this.serve(first);
        if (waits(right, Waiting.Frames)) this.answer();
      }
      // Events are taken at a batch's end, as by the driver (host/driver.ts); where two segments
      // fill the window, after each frame, as by a loop on a board: one ACK then tells of both.
      if (waits(right, Waiting.Events)) this.serve(nextOf(right));
      if (waits(right, Waiting.Frames)) this.answer();
      if (waits(left, Waiting.Events)) this.attend(nextOf(left));
    } while (waits(left, Waiting.Frames));
  }

  advance(ms: number): void {
    this.nowUs += ms * 1000;
    // Timers run out, whatever waits.
    this.serve(this.pass(this.left, this.right));
    this.attend(this.pass(this.right, this.left));
    this.carry();
  }

  /** A frame from one to the other. Returns whose news it has brought, if it is to be told. */
  protected pass(from: Side, to: Side): number {
    const length = from.calls.transmit(this.nowUs);
    return length === 0 ? 0 : this.hand(from, to, length);
  }

  /** The same of a frame that has been built. */
  protected hand(from: Side, to: Side, length: number): number {
    to.octets.set(from.frames.of(length), to.frameIn);
    this.frames++;
    return to.calls.receive(0, length, this.flags, this.nowUs);
  }

  /** Frames from right to left. */
  protected answer(): void {
    do {
      const first = this.pass(this.right, this.left);
      if (first !== 0) this.attend(first);
    } while (waits(this.right, Waiting.Frames));
  }

  /** The server: reads, answers, closes. `first`: the handle that has news, or 0. */
  protected serve(first: number): void {
    const { right } = this;
    const { calls } = right;
    for (let handle = first; handle !== 0; handle = nextOf(right)) {
      const bits = right.words[right.descriptor + Descriptor.Events]!;
      if (handle === this.listener) {
        right.facts[factsOf(calls.accept(handle)) + Fact.Room] = 0;
      } else if ((bits & Event.Readable) !== 0) {
        if (this.workload === "w2") this.respond(handle);
        else this.read(handle);
      } else if ((bits & Event.PeerFinished) !== 0) {
        calls.close(handle);
        this.finished++;
      }
    }
  }

  /** Takes what is there of the connection that `nextEvent` has named, without copying it. */
  protected read(handle: number): void {
    const { calls, words, descriptor } = this.right;
    // Both pieces at once; on boards one after the other.
    let length = words[descriptor + Descriptor.Received]! + words[descriptor + Descriptor.Rest]!;
    while (length > 0) {
      this.received += length;
      length = calls.consume(handle, length);
    }
  }

  /** The server has read a request. */
  private respond(handle: number): void {
    const { left, right } = this;
    const taken = readMessage(right, handle);
    if (taken === 0) throw new Error("half a request");
    const frame = exchange(right, handle, taken, this.message, this.nowUs);
    if (frame !== 0) this.attend(this.hand(right, left, frame));
  }

  /** The client: reads responses. */
  protected attend(first: number): void {
    const { left } = this;
    for (let handle = first; handle !== 0; handle = nextOf(left)) {
      const bits = left.words[left.descriptor + Descriptor.Events]!;
      if ((bits & Event.Connected) !== 0) this.established++;
      if ((bits & Event.Sent) !== 0) left.room.isAll = true;
      if ((bits & Event.Readable) === 0) continue;
      const taken = readMessage(left, handle);
      left.facts[factsOf(handle) + Fact.Taken] = taken;
      if (taken !== 0) this.replies++;
    }
  }
}

/** Where those of a connection are. */
function factsOf(handle: number): number {
  return (handle & SLOT) * Fact.Words;
}

function sideOf(stack: Stack, ring: number): Side {
  const { exports: calls, octets, words, parametersAt } = stack.core;
  const descriptor = calls.descriptorPtr() >>> 2;
  const frames = new KeptViews(octets, calls.frameOutPtr() >>> 0);
  const frameIn = calls.frameInPtr() >>> 0;
  const facts = new Uint32Array((SLOT + 1) * Fact.Words);
  const room = { length: 0, at: 0, rest: 0, restAt: 0, isAll: false };
  return {
    stack, calls, octets, words, frames, frameIn, parametersAt, descriptor, facts, ring, room,
  };
}

/** Whether the stack has something, by its word that says so: no call is made in vain. */
function waits({ words, descriptor }: Side, what: Waiting): boolean {
  return (words[descriptor + Descriptor.Waiting]! & what) !== 0;
}

/** The next handle with news; 0: none. */
function nextOf(side: Side): number {
  return waits(side, Waiting.Events) ? side.calls.nextEvent() : 0;
}

/** As many octets as fit, copied from `text`, or as they lie there. */
function write(side: Side, handle: number, text: KeptViews | null): void {
  const { calls, room } = side;
  for (findRoom(side, handle); room.length > 0; ) {
    const length = copyTo(side, text);
    noteRoom(side, calls.commit(handle, length, CommitFlag.None));
  }
}

/** Fills the room that is known with `text`, if there is any. Returns how many octets it is. */
export function copyTo({ octets, room }: Side, text: KeptViews | null): number {
  if (text !== null) octets.set(text.of(room.length), room.at);
  if (text !== null && room.rest > 0) octets.set(text.of(room.rest), room.restAt);
  return room.length + room.rest;
}

/** Asks for room, unless all of the ring is known to be free. On boards that is asked for, too. */
export function findRoom(side: Side, handle: number): void {
  const { calls, room, ring } = side;
  if (!room.isAll || room.restAt === 0) {
    noteRoom(side, calls.sendSpace(handle));
    return;
  }
  room.length = room.restAt + ring - room.at;
  room.rest = ring - room.length;
}

/** What `sendSpace` or `commit` has told. */
export function noteRoom({ words, descriptor, room }: Side, length: number): void {
  room.length = length;
  room.at = words[descriptor + Descriptor.At]!;
  room.rest = words[descriptor + Descriptor.Rest]!;
  room.restAt = words[descriptor + Descriptor.RestAt]!;
  room.isAll = false;
}

/**
 * What was read is told of, and `text` is written and leaves, if the stack lets it. Returns the
 * length of the frame.
 */
function exchange(
  side: Side, handle: number, taken: number, text: Uint8Array, nowUs: number,
): number {
  const { calls, octets, words, descriptor, facts } = side;
  const known = factsOf(handle);
  let room = facts[known + Fact.Room]!;
  let at = facts[known + Fact.Place]!;
  if (room < text.length) {
    room = calls.sendSpace(handle);
    at = words[descriptor + Descriptor.At]!;
    if (room < text.length) {
      // The ring's end lies in between.
      octets.set(text.subarray(0, room), at);
      text = text.subarray(room);
      room = calls.commit(handle, room, CommitFlag.None);
      at = words[descriptor + Descriptor.At]!;
    }
  }
  octets.set(text, at);
  facts[known + Fact.Room] = room - text.length;
  facts[known + Fact.Place] = at + text.length;
  return calls.exchange(handle, taken, text.length, nowUs);
}

/**
 * Reads a message of the connection that `nextEvent` has named. Returns the length of its last
 * piece, which the stack is still to be told of; 0: the message is not whole.
 */
function readMessage({ calls, words, descriptor }: Side, handle: number): number {
  let piece = words[descriptor + Descriptor.Received]!;
  for (let total = piece; total < MESSAGE; total += piece) {
    // The ring's end lies in between.
    piece = calls.consume(handle, piece);
    if (piece <= 0) return 0;
  }
  return piece;
}

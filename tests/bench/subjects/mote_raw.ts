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

interface Side {
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
}

/** Octets offered at once in W1. */
const SOURCE = 65536;

/** What `connect` reads: the peer's address, and any of ours. */
const ADDRESSES = new Uint8Array([...parseAddress("10.0.0.2"), ...new Uint8Array(16)]);

export class MoteRawPair implements Subject {
  frames = 0;
  received = 0;
  established = 0;
  replies = 0;
  finished = 0;
  private readonly left: Side;
  private readonly right: Side;
  private readonly handles: number[] = [];
  /** What is written: it is all the same, so any piece is one of the first octets. */
  private readonly source = new KeptViews(new Uint8Array(SOURCE), 0);
  private readonly message = new KeptViews(new Uint8Array(MESSAGE), 0);
  private listener = 0;
  private workload: Workload = "w1";
  private nowUs = 0;
  private servesEach = false;

  /** `stacks`: where to note the two. */
  constructor(private readonly options: MoteOptions, stacks: Stack[] = []) {
    const [left, right] = createStacks(options);
    stacks.push(left, right);
    this.left = sideOf(left);
    this.right = sideOf(right);
  }

  listen(workload: Workload): void {
    this.workload = workload;
    this.servesEach = workload !== "w1" || this.options.ring < SMALL_RING;
    this.listener = this.right.stack.listen({ port: PORT });
    this.right.stack.setOption(this.listener, "timestamps", isTimestamped);
  }

  connect(index: number): void {
    const { calls, octets, parametersAt } = this.left;
    octets.set(ADDRESSES, parametersAt + Parameter.Address);
    this.handles[index] = calls.connect(PORT, 0);
  }

  fill(inPlace: boolean): void {
    const { calls } = this.left;
    const handle = this.handles[0]!;
    if (!inPlace) {
      write(this.left, handle, this.source, SOURCE);
      return;
    }
    for (let room = calls.sendSpace(handle); room > 0; room = calls.sendSpace(handle)) {
      calls.commit(handle, room, CommitFlag.None);
    }
  }

  request(index: number): void {
    write(this.left, this.handles[index]!, this.message, MESSAGE);
  }

  close(index: number): void {
    this.left.calls.close(this.handles[index]!);
  }

  carry(): void {
    const { left, right } = this;
    do {
      while (waits(left, Waiting.Frames)) {
        this.pass(left, right);
        if (this.servesEach) this.serve();
        this.answer();
      }
      // Events are taken at a batch's end, as by the driver (host/driver.ts); where two segments
      // fill the window, after each frame, as by a loop on a board: one ACK then tells of both.
      this.serve();
      this.answer();
      this.attend();
    } while (waits(left, Waiting.Frames));
  }

  advance(ms: number): void {
    this.nowUs += ms * 1000;
    // Timers run out, whatever waits.
    this.pass(this.left, this.right);
    this.pass(this.right, this.left);
    this.carry();
  }

  private pass(from: Side, to: Side): void {
    const length = from.calls.transmit(this.nowUs);
    if (length === 0) return;
    to.octets.set(from.frames.of(length), to.frameIn);
    to.calls.receive(0, length, ReceiveFlag.None, this.nowUs);
    this.frames++;
  }

  /** Frames from right to left. */
  private answer(): void {
    while (waits(this.right, Waiting.Frames)) this.pass(this.right, this.left);
  }

  /** The server: reads, answers, closes. */
  private serve(): void {
    const { right } = this;
    const { calls } = right;
    while (waits(right, Waiting.Events)) {
      const handle = calls.nextEvent();
      const bits = right.words[right.descriptor + Descriptor.Events]!;
      if (handle === this.listener) {
        calls.accept(handle);
      } else if ((bits & Event.Readable) !== 0) {
        this.received += consumeAll(right, handle);
        if (this.workload === "w2") write(right, handle, this.message, MESSAGE);
      } else if ((bits & Event.PeerFinished) !== 0) {
        calls.close(handle);
        this.finished++;
      }
    }
  }

  /** The client: reads responses. */
  private attend(): void {
    const { left } = this;
    const { calls } = left;
    while (waits(left, Waiting.Events)) {
      const handle = calls.nextEvent();
      const bits = left.words[left.descriptor + Descriptor.Events]!;
      if ((bits & Event.Connected) !== 0) this.established++;
      if ((bits & Event.Readable) !== 0 && consumeAll(left, handle) > 0) this.replies++;
    }
  }
}

function sideOf(stack: Stack): Side {
  const { exports: calls, octets, words, parametersAt } = stack.core;
  const descriptor = calls.descriptorPtr() >>> 2;
  const frames = new KeptViews(octets, calls.frameOutPtr() >>> 0);
  const frameIn = calls.frameInPtr() >>> 0;
  return { stack, calls, octets, words, frames, frameIn, parametersAt, descriptor };
}

/** Whether the stack has something, by its word that says so: no call is made in vain. */
function waits({ words, descriptor }: Side, what: Waiting): boolean {
  return (words[descriptor + Descriptor.Waiting]! & what) !== 0;
}

/** As much of `length` octets as fits, copied. */
function write(side: Side, handle: number, text: KeptViews, length: number): void {
  const { calls, octets, words, descriptor } = side;
  for (let taken = 0; taken < length; ) {
    const room = calls.sendSpace(handle);
    if (room <= 0) return;
    const piece = text.of(Math.min(room, length - taken));
    octets.set(piece, words[descriptor + Descriptor.At]!);
    calls.commit(handle, piece.length, CommitFlag.None);
    taken += piece.length;
  }
}

/** Takes what is there of the connection that `nextEvent` has named, without copying it. */
function consumeAll({ calls, words, descriptor }: Side, handle: number): number {
  let total = 0;
  for (let length = words[descriptor + Descriptor.Received]!; length > 0; ) {
    total += length;
    length = calls.consume(handle, length);
  }
  return total;
}

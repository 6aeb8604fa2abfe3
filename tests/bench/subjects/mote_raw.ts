/**
 * MoteTCP through the raw exports (docs/embedding.md), with views and pointers kept: what the class
 * `Stack` costs is the difference. The peers' carrier calls their exports likewise.
 */
import { Event } from "../../../assembly/abi/event.js";
import {
  CommitFlag, Descriptor, Parameter, ReceiveFlag,
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
  eventWord: number;
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
      calls.sendPtr(handle);
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
    const { left, right, nowUs } = this;
    for (let isMore = true; isMore; ) {
      isMore = false;
      for (let length = left.calls.transmit(nowUs); length > 0;
        length = left.calls.transmit(nowUs)) {
        isMore = true;
        this.pass(left, right, length);
        if (this.servesEach) this.serve();
        this.answer();
      }
      // Events are taken at a batch's end, as by the driver (host/driver.ts); where two segments
      // fill the window, after each frame, as by a loop on a board: one ACK then tells of both.
      this.serve();
      if (this.answer()) isMore = true;
      this.attend();
    }
  }

  advance(ms: number): void {
    this.nowUs += ms * 1000;
    this.carry();
  }

  private pass(from: Side, to: Side, length: number): void {
    to.octets.set(from.frames.of(length), to.frameIn);
    to.calls.receive(0, length, ReceiveFlag.None, this.nowUs);
    this.frames++;
  }

  /** Frames from right to left. */
  private answer(): boolean {
    const { left, right, nowUs } = this;
    let isMore = false;
    for (let length = right.calls.transmit(nowUs); length > 0;
      length = right.calls.transmit(nowUs)) {
      isMore = true;
      this.pass(right, left, length);
    }
    return isMore;
  }

  /** The server: reads, answers, closes. */
  private serve(): void {
    const { right } = this;
    const { calls } = right;
    for (let handle = calls.nextEvent(); handle !== 0; handle = calls.nextEvent()) {
      const bits = right.words[right.eventWord]!;
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
    for (let handle = calls.nextEvent(); handle !== 0; handle = calls.nextEvent()) {
      const bits = left.words[left.eventWord]!;
      if ((bits & Event.Connected) !== 0) this.established++;
      if ((bits & Event.Readable) !== 0 && consumeAll(left, handle) > 0) this.replies++;
    }
  }
}

function sideOf(stack: Stack): Side {
  const { exports: calls, octets, words, parametersAt } = stack.core;
  const eventWord = (calls.descriptorPtr() >>> 2) + Descriptor.Events;
  const frames = new KeptViews(octets, calls.frameOutPtr() >>> 0);
  const frameIn = calls.frameInPtr() >>> 0;
  return { stack, calls, octets, words, frames, frameIn, parametersAt, eventWord };
}

/** As much of `length` octets as fits, copied. */
function write({ calls, octets }: Side, handle: number, text: KeptViews, length: number): void {
  for (let taken = 0; taken < length; ) {
    const room = calls.sendSpace(handle);
    if (room <= 0) return;
    const piece = text.of(Math.min(room, length - taken));
    octets.set(piece, calls.sendPtr(handle));
    calls.commit(handle, piece.length, CommitFlag.None);
    taken += piece.length;
  }
}

/** Takes what is there, without copying it. */
function consumeAll({ calls }: Side, handle: number): number {
  let total = 0;
  for (let length = calls.receiveLen(handle); length > 0; length = calls.receiveLen(handle)) {
    calls.receivePtr(handle);
    calls.consume(handle, length);
    total += length;
  }
  return total;
}

/**
 * Two stacks joined by nothing but a loop: frames go from one to the other at once, time stands
 * still unless it is moved. For tests of what a stack promises, call by call.
 */
import { Stack, type StackEvent, type StackOptions } from "../../host/stack.js";

export const LEFT = "10.0.0.1";
export const RIGHT = "10.0.0.2";

/** The same entropy in every run, so that a failure comes again. */
export function entropy(fill: number): Uint8Array {
  return new Uint8Array(32).fill(fill);
}

export class StackPair {
  nowUs = 0;
  /** False cuts the wire: frames are lost. */
  isJoined = true;

  private constructor(
    readonly left: Stack,
    readonly right: Stack,
  ) {}

  static async create(left: StackOptions = {}, right: StackOptions = left): Promise<StackPair> {
    const pair = new StackPair(
      await Stack.create({ entropy: entropy(1), ...left }),
      await Stack.create({ entropy: entropy(2), ...right }),
    );
    pair.left.configure({ address: `${LEFT}/24` });
    pair.right.configure({ address: `${RIGHT}/24` });
    return pair;
  }

  /** Passes frames until neither side has any. Returns how many. */
  settle(): number {
    let count = 0;
    for (let before = -1; before !== count; ) {
      before = count;
      count += this.pass(this.left, this.right) + this.pass(this.right, this.left);
      if (count > 100_000) throw new Error("the stacks do not come to rest");
    }
    return count;
  }

  private pass(from: Stack, to: Stack): number {
    let count = 0;
    for (let frame = from.transmit(this.nowUs); frame; frame = from.transmit(this.nowUs)) {
      if (this.isJoined) to.receive(frame, this.nowUs);
      count++;
    }
    return count;
  }

  /** Lets so much time pass, from deadline to deadline. */
  run(seconds: number): void {
    const untilUs = this.nowUs + seconds * 1e6;
    while (this.nowUs < untilUs) {
      this.settle();
      events(this.left);
      events(this.right);
      const { left, right, nowUs } = this;
      const waitUs = Math.min(left.nextDeadline(nowUs), right.nextDeadline(nowUs));
      this.nowUs = Math.min(untilUs, nowUs + Math.max(1, waitUs));
    }
    this.settle();
  }

  /** A connection from left to a port of the right, accepted there. */
  open(port = 80): { client: number; server: number; listener: number } {
    const listener = this.right.listen({ port });
    const client = this.left.connect({ address: RIGHT, port });
    this.settle();
    return { client, server: this.right.accept(listener), listener };
  }
}

/** All the events that wait. */
export function events(stack: Stack): StackEvent[] {
  const list: StackEvent[] = [];
  for (let event = stack.nextEvent(); event; event = stack.nextEvent()) list.push(event);
  return list;
}

/** Reads all that is there. */
export function readAll(stack: Stack, handle: number): Buffer {
  const pieces: Uint8Array[] = [];
  for (let piece = stack.read(handle); piece; piece = stack.read(handle)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Octets that differ from place to place, the same for the same seed. */
export function pattern(length: number, seed = 1): Buffer {
  const octets = Buffer.alloc(length);
  let state = seed >>> 0;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    octets[at] = state >>> 24;
  }
  return octets;
}

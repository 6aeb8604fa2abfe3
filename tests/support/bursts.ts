/** A stack whose frames pass in bursts, and that is used as one whose frames pass one by one. */
import { burstsOf, framesOf } from "../../host/burst.js";
import type { Stack } from "../../host/stack.js";

/** How many went in and out, and how many frames were in them. */
export interface BurstCounts {
  bursts: number;
  frames: number;
}

/**
 * From now on frames that arrive wait until something else is asked of the stack: they came at one
 * time. So do those that leave, and they are handed out one by one, `waiting` first.
 */
export function useBursts(
  stack: Stack, counts: BurstCounts = { bursts: 0, frames: 0 }, waiting: Uint8Array[] = [],
): void {
  let arrived: Uint8Array[] = [];
  let left = waiting;
  let nowUs = 0;

  const hand = (): void => {
    if (arrived.length === 0) return;
    const bursts = [...burstsOf(arrived, stack.burstSize)];
    arrived = [];
    for (const burst of bursts) {
      note([...framesOf(burst)].length);
      stack.receiveBurst(burst, nowUs);
    }
  };
  const note = (frames: number): void => {
    counts.bursts++;
    counts.frames += frames;
  };

  const { receive, nextDeadline, pollEvent, fork, snapshot, restore } = stack;
  stack.receive = (frame, atUs, flags) => {
    if (frame.length > stack.frameSize) return receive.call(stack, frame, atUs, flags);
    if (atUs !== nowUs) hand();
    nowUs = atUs;
    arrived.push(frame.slice());
  };
  stack.transmit = (atUs) => {
    hand();
    if (left.length === 0) {
      const burst = stack.transmitBurst(atUs);
      if (burst !== null) left = [...framesOf(burst)].map((frame) => frame.slice());
      if (left.length > 0) note(left.length);
    }
    return left.shift() ?? null;
  };
  stack.nextDeadline = (atUs) => {
    hand();
    return left.length > 0 ? 0 : nextDeadline.call(stack, atUs);
  };
  stack.pollEvent = () => {
    hand();
    return pollEvent.call(stack);
  };
  // What waits outside of the stack belongs to its image.
  const waitingOf = new WeakMap<Uint8Array, Uint8Array[]>();
  stack.snapshot = () => {
    hand();
    const image = snapshot.call(stack);
    waitingOf.set(image, [...left]);
    return image;
  };
  stack.restore = (image, options) => {
    restore.call(stack, image, options);
    arrived = [];
    left = [...waitingOf.get(image) ?? []];
  };
  stack.fork = (options) => {
    hand();
    const twin = fork.call(stack, options);
    useBursts(twin, undefined, [...left]);
    return twin;
  };
}

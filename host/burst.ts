/**
 * Bursts: several frames as one piece of memory, which `Stack.transmitBurst` gives and
 * `Stack.receiveBurst` takes. In front of each frame are two octets with its length, the low one
 * first, and frames begin at multiples of 16 from the first one (docs/embedding.md).
 */
import { argumentError } from "./error.js";

/** Octets of a length, in front of a frame. */
export const LENGTH = 2;
const ALIGNMENT = 16;
const MOST_LENGTH = 0xffff;

/** The frames of a burst, one after the other: views, good for as long as the burst is. */
export function* framesOf(burst: Uint8Array): Generator<Uint8Array> {
  for (let at = LENGTH; at < burst.length; ) {
    const length = burst[at - 2]! | (burst[at - 1]! << 8);
    yield burst.subarray(at, at + length);
    at += stepOf(length);
  }
}

/**
 * Bursts of frames, which are copied: as few as it takes where none may be longer than `size`
 * octets (`Stack.burstSize`). Throws RangeError at a frame that none has room for, after a burst of
 * those before it.
 */
export function* burstsOf(frames: Iterable<Uint8Array>, size: number): Generator<Uint8Array> {
  const most = Math.min(size - LENGTH, MOST_LENGTH);
  let burst: Uint8Array[] = [];
  let next = LENGTH;
  for (const frame of frames) {
    if (frame.length > most) {
      if (burst.length > 0) yield joined(burst);
      throw argumentError(
        "ERR_OUT_OF_RANGE", `a frame has ${most} octets at most here, not ${frame.length}`,
      );
    }
    if (next + frame.length > size) {
      yield joined(burst);
      burst = [];
      next = LENGTH;
    }
    burst.push(frame);
    next += stepOf(frame.length);
  }
  if (burst.length > 0) yield joined(burst);
}

function joined(frames: Uint8Array[]): Uint8Array {
  const steps = frames.reduce((sum, { length }) => sum + stepOf(length), 0);
  const last = frames.at(-1)!.length;
  const burst = new Uint8Array(LENGTH + steps - stepOf(last) + last);
  let at = LENGTH;
  for (const frame of frames) {
    burst[at - 2] = frame.length & 0xff;
    burst[at - 1] = frame.length >> 8;
    burst.set(frame, at);
    at += stepOf(frame.length);
  }
  return burst;
}

/** Octets from one frame to the next. */
function stepOf(length: number): number {
  return Math.ceil((length + LENGTH) / ALIGNMENT) * ALIGNMENT;
}

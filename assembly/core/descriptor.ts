/**
 * The descriptor: what calls tell beside their result (abi/parameters.ts). Here, below all layers,
 * as whoever queues something for the host says so at once: then no call has to look for it.
 */
import { Descriptor, Waiting } from "../abi/parameters";
import { HAS_RESTS } from "../config";
import { ringAt, ringPiece } from "./ring";

const descriptor: usize = memory.data(4 * Descriptor.Words, 4);

/** Where each of the two has an octet of its own, so that setting one is a store and no more. */
const FRAMES_AT: usize = 4 * Descriptor.Waiting;
const EVENTS_AT: usize = FRAMES_AT + 1;

if (Waiting.Frames != 1 || Waiting.Events != 0x100) ERROR("an octet of the word for each");

/** Where the descriptor lies. */
export function descriptorAt(): usize {
  return descriptor;
}

/** Says of the outgoing frame what the driver is to do with it. */
export function describeFrame(flags: u32, segmentSize: u32): void {
  describeWord(Descriptor.Flags, flags);
  describeWord(Descriptor.SegmentSize, segmentSize);
}

/**
 * Tells of the `len` octets from `seq` on in a ring (core/ring.ts): where they lie, and how many of
 * them behind the ring's end. Returns how many before it.
 */
export function describeOctets(ring: usize, mask: u32, seq: u32, len: u32): u32 {
  describeWord(Descriptor.At, <u32>ringAt(ring, mask, seq));
  const piece = ringPiece(mask, seq, len);
  if (HAS_RESTS) {
    describeWord(Descriptor.Rest, len - piece);
    describeWord(Descriptor.RestAt, <u32>ring);
  }
  return piece;
}

/** Sets a word of the descriptor. */
export function describeWord(word: Descriptor, value: u32): void {
  store<u32>(descriptor + (<usize>word << 2), value);
}

/** `transmit` has something to do (1), or nothing but timers (0). */
export function setFramesWait(value: u32): void {
  store<u8>(descriptor + FRAMES_AT, value);
}

/** What `setFramesWait` said last. */
export function isWaiting(): bool {
  return load<u8>(descriptor + FRAMES_AT) != 0;
}

/** `nextEvent` has news (1), or none (0). */
export function setEventsWait(value: u32): void {
  store<u8>(descriptor + EVENTS_AT, value);
}

/**
 * Bursts: several frames in one frame slot, so that a host to whom calls and copies are dear moves
 * them together. The first lies where a frame lies alone (net/frame.ts); in the two octets in front
 * of each is its length, in the machine's order, and the next one follows at a multiple of 16:
 *
 *   frame - 2   frame                    frame + 16 n - 2   frame + 16 n
 *   | length    | octets ...  | unused   | length           | octets ...
 *
 * Frames that were built in between, while a burst came in, stay in the slot until the host asks
 * for frames, one by one or all of them.
 */
import { HAS_BURSTS } from "../config";
import { FRAME_ROOM, frameMtu, frameOut, moveSlotOut, slotOut } from "./frame";
import { linkHeaderLen, theInterface } from "./interface";

/** Octets in front of a frame, which have its length. */
export const LENGTH_LEN: u32 = 2;
const ALIGNMENT: u32 = 16;

@unmanaged
@final
class Burst {
  /** The slot, where the next frame is built when none is kept. */
  slot: usize;
  /** Where the last frame that was kept ends. */
  end: usize;
  /** The next frame of those that wait for the host. */
  next: usize;
  /** 1: some do. */
  waits: u32;
}

const burst: Burst = changetype<Burst>(HAS_BURSTS ? memory.data(offsetof<Burst>(), 4) : 0);

/** Begins: the slot has been set. */
export function startBursts(): void {
  if (!HAS_BURSTS) return;
  burst.slot = slotOut();
  burst.waits = 0;
}

/** Nothing is kept any more. */
export function dropBurst(): void {
  if (!HAS_BURSTS) return;
  burst.waits = 0;
  moveSlotOut(burst.slot);
}

/** Where the first frame of the slot begins. */
export function firstFrame(): usize {
  return HAS_BURSTS ? burst.slot + FRAME_ROOM - linkHeaderLen() : frameOut();
}

/** Octets from a frame of `len` octets to the next. */
export function stepOf(len: u32): u32 {
  return (len + LENGTH_LEN + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Whether any frame that the link takes fits behind those that are kept. */
export function hasRoom(): bool {
  return slotOut() + theInterface().mtu <= burst.slot + frameMtu();
}

/** The frame of `len` octets that has been built stays; the next one comes behind it. */
export function keepFrame(len: u32): void {
  const at = frameOut();
  store<u16>(at - LENGTH_LEN, <u16>len);
  burst.end = at + len;
  moveSlotOut(slotOut() + stepOf(len));
}

/** Whether frames are kept in the slot. */
export function hasKept(): bool {
  return slotOut() != burst.slot;
}

/** What is kept waits for the host. */
export function letBurstWait(): void {
  if (burst.waits == 0) burst.next = firstFrame();
  burst.waits = 1;
}

/** Whether something does. */
export function isBurstWaiting(): bool {
  return HAS_BURSTS && burst.waits != 0;
}

/** The next of the frames that wait, at `firstFrame()`. Returns its length. */
export function takeWaiting(): u32 {
  const at = burst.next;
  const len = <u32>load<u16>(at - LENGTH_LEN);
  memory.copy(firstFrame(), at, len);
  burst.next = at + stepOf(len);
  if (burst.next >= burst.end) dropBurst();
  return len;
}

/** The frames that wait become the first ones of a burst that is being built. */
export function resumeBurst(): void {
  if (burst.waits == 0) return;
  burst.waits = 0;
  const gone = burst.next - firstFrame();
  if (gone == 0) return;
  const from = burst.next - LENGTH_LEN;
  memory.copy(from - gone, from, burst.end - from);
  burst.end -= gone;
  moveSlotOut(slotOut() - gone);
}

/** Octets of all frames that are kept, from the length of the first on: the host takes them. */
export function takeBurst(): u32 {
  const len = hasKept() ? <u32>(burst.end - firstFrame()) + LENGTH_LEN : 0;
  dropBurst();
  return len;
}

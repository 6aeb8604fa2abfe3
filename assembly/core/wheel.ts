/**
 * A hierarchical timing wheel (Varghese and Lauck, 1987, scheme 7): 7 levels of 32 slots, 1 ms at
 * the finest, so that starting and stopping a timer costs the same however many there are.
 *
 * `time` is the wheel's own clock. A node due at `d` hangs at the level of the highest 5-bit digit
 * in which `d` and `time` differ, in the slot that the digit names:
 *
 *   digit      6  5     4     3     2     1     0
 *   time    | 00 00000 00000 00000 00011 01101 00010 |
 *   due     | 00 00000 00000 00000 00011 10001 11111 |   level 1, slot 17
 *
 * When `time` reaches a slot above level 0 its nodes are due sooner than that slot is long, and
 * move down. A bit for each slot says where nodes may be; an empty slot's bit goes when it is met.
 */
import { CASCADES_PER_CALL } from "../config";
import { isDue, nowMs } from "./clock";
import { Keyed } from "./table";

@unmanaged
export class TimerNode extends Keyed {
  nextNode: usize;
  /** Address of the pointer that points here; 0 when the timer does not run. */
  pointer: usize;
  /** When the wheel hands the node out, in milliseconds. */
  dueAtMs: u32;
}

const LEVELS: u32 = 7;
const BITS: u32 = 5;
const SLOTS: u32 = 1 << BITS;
const DIGIT: u32 = SLOTS - 1;
/** The highest digit is what is left of 32 bits. */
const ALL_SLOTS: i32 = (LEVELS - 1) * SLOTS + (1 << (32 - (LEVELS - 1) * BITS));

/** 24 and a half days: within what two points in time may be apart, above any timer. */
const LONGEST_SKIP_MS: u32 = 2116800000;

@unmanaged
@final
class Wheel {
  time: u32;
  /** Nodes of a slot that `time` has reached, on their way to a finer level: before all others. */
  moving: usize;
}

const wheel: Wheel = changetype<Wheel>(memory.data(offsetof<Wheel>(), 4));
const bitmaps: usize = memory.data(4 * LEVELS, 4);
const heads: usize = memory.data(4 * ALL_SLOTS, 4);

if (sizeof<usize>() != 4) ERROR("slots hold 32-bit addresses");

/** Stops every timer. The clock must run. */
export function clearWheel(): void {
  wheel.time = nowMs();
  wheel.moving = 0;
  memory.fill(bitmaps, 0, 4 * LEVELS);
  memory.fill(heads, 0, 4 * ALL_SLOTS);
}

/** Starts `node`, or moves it, to be handed out at `atMs`: now if that is past. */
export function startTimer(node: TimerNode, atMs: u32): void {
  stopTimer(node);
  node.dueAtMs = atMs;
  insert(node);
}

/** Starts `node` unless it is handed out by `atMs` anyway. */
export function startTimerBy(node: TimerNode, atMs: u32): void {
  if (node.pointer != 0 && <i32>(node.dueAtMs - atMs) <= 0) return;
  startTimer(node, atMs);
}

/** Stops `node`; harmless when it does not run. */
export function stopTimer(node: TimerNode): void {
  const pointer = node.pointer;
  if (pointer == 0) return;
  const next = node.nextNode;
  store<usize>(pointer, next);
  if (next != 0) changetype<TimerNode>(next).pointer = pointer;
  node.pointer = 0;
}

/** Takes out a node that is due, or null: none, or the bound on work was reached. */
export function nextExpired(): TimerNode | null {
  if (isNothingDue()) return null;
  for (let moves: u32 = 0; moves < CASCADES_PER_CALL; moves++) {
    if (wheel.moving != 0) {
      const node = changetype<TimerNode>(wheel.moving);
      stopTimer(node);
      insert(node);
      continue;
    }
    const level = lowestLevel();
    if (level == LEVELS) return catchUp();
    const start = slotStart(level);
    if (!isDue(start)) return catchUp();
    wheel.time = start;
    const at = slotAt(level, start);
    const node = changetype<TimerNode>(load<usize>(at));
    if (level == 0) {
      stopTimer(node);
      return node;
    }
    store<usize>(at, 0);
    wheel.moving = changetype<usize>(node);
    node.pointer = changetype<usize>(wheel) + offsetof<Wheel>("moving");
  }
  return null;
}

/** Seconds that may pass in one go before `nextExpired` says that there is nothing left to do. */
export function mostSkip(): u32 {
  const passed = nowMs() - wheel.time;
  return passed < LONGEST_SKIP_MS ? (LONGEST_SKIP_MS - passed) / 1000 : 0;
}

/** When `nextExpired` must be called again, in milliseconds; 0 is a moment like any other. */
export function wheelDueAtMs(idleMs: u32): u32 {
  if (wheel.moving != 0) return wheel.time;
  const level = lowestLevel();
  return level == LEVELS ? nowMs() + idleMs : slotStart(level);
}

/**
 * Whether nothing can be due: the wheel's time is now, which it only is when all before has been
 * handed out; a slot above level 0 begins later, or would have been met; so there is only this one.
 */
export function isNothingDue(): bool {
  if (wheel.time != nowMs() || wheel.moving != 0) return false;
  return ((load<u32>(bitmaps) >> digit(0, wheel.time)) & 1) == 0;
}

/** Nothing is due up to now, so the wheel's clock may jump there: no slot on the way is taken. */
function catchUp(): TimerNode | null {
  wheel.time = nowMs();
  return null;
}

function insert(node: TimerNode): void {
  let due = node.dueAtMs;
  if (<i32>(due - wheel.time) < 0) due = wheel.time;
  const difference = due ^ wheel.time;
  const level = difference == 0 ? 0 : (31 - <u32>clz<u32>(difference)) / BITS;
  const at = slotAt(level, due);
  const first = load<usize>(at);
  node.nextNode = first;
  node.pointer = at;
  if (first != 0) {
    const pointer = changetype<usize>(node) + offsetof<TimerNode>("nextNode");
    changetype<TimerNode>(first).pointer = pointer;
  }
  store<usize>(at, changetype<usize>(node));
  const bitmap = bitmaps + (<usize>level << 2);
  store<u32>(bitmap, load<u32>(bitmap) | (1 << digit(level, due)));
}

/** The lowest level with a node, which is where the earliest one is; `LEVELS` for none. */
function lowestLevel(): u32 {
  for (let level: u32 = 0; level < LEVELS; level++) {
    const at = bitmaps + (<usize>level << 2);
    // At most 32 turns: each ends the loop or clears a bit.
    while (load<u32>(at) != 0) {
      const slot = firstSlot(level, load<u32>(at));
      if (load<usize>(heads + (<usize>(level * SLOTS + slot) << 2)) != 0) return level;
      store<u32>(at, load<u32>(at) & ~(1 << slot));
    }
  }
  return LEVELS;
}

/** The first slot with its bit set, counted round from the wheel's time. */
function firstSlot(level: u32, bitmap: u32): u32 {
  const from = digit(level, wheel.time);
  return (from + <u32>ctz<u32>(rotr<u32>(bitmap, from))) & DIGIT;
}

/** When the first occupied slot of `level` begins: not before the wheel's time. */
function slotStart(level: u32): u32 {
  const slot = firstSlot(level, load<u32>(bitmaps + (<usize>level << 2)));
  const shift = level * BITS;
  if (level == 0) return (wheel.time & ~DIGIT) | slot;
  if (level == LEVELS - 1) return slot << shift;
  return (wheel.time & ~((<u32>1 << (shift + BITS)) - 1)) | (slot << shift);
}

function digit(level: u32, time: u32): u32 {
  return (time >> (level * BITS)) & DIGIT;
}

function slotAt(level: u32, time: u32): usize {
  return heads + (<usize>(level * SLOTS + digit(level, time)) << 2);
}

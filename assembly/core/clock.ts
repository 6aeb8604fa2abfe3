/**
 * Time. The host gives a u32 of microseconds that wraps; the clock makes from the differences what
 * the stack counts in: microseconds that do not wrap (round trips, initial sequence numbers) and
 * u32 milliseconds (timers), which wrap after 49 days and are only ever compared by difference.
 */
import { Counter } from "../abi/counter";
import { count } from "./counters";

@unmanaged
@final
class Clock {
  /** Microseconds since `init`. */
  us: u64;
  /** The last `now`. */
  last: u32;
  /** Whole milliseconds of `us`. */
  ms: u32;
  /** Microseconds of `us` beyond `ms`. */
  rest: u32;
}

const clock: Clock = changetype<Clock>(memory.data(offsetof<Clock>(), 8));

/** Begins at `now`. */
export function startClock(now: u32): void {
  clock.us = 0;
  clock.last = now;
  // Not 0, so that a point in time before the start (a moment ago) is below, not wrapped.
  clock.ms = 1;
  clock.rest = 0;
}

/** Moves on to `now`. A `now` before the last one is counted, and time stands still. */
export function advanceClock(now: u32): void {
  if (now != clock.last) moveTo(now);
}

/**
 * Lets `seconds` pass that `now` did not show. Timers see `mostS` of them at the most: points in
 * time further apart than 24 days could not be told from such to come.
 */
export function skipSeconds(seconds: u32, mostS: u32): void {
  clock.us += <u64>seconds * 1000000;
  clock.ms += min<u32>(seconds, mostS) * 1000;
}

/** Microseconds since the start, as far as u32 goes: for differences below 71 minutes. */
export function nowUs(): u32 {
  return <u32>clock.us;
}

/** RFC 9293 section 3.4.1: the clock that drives initial sequence numbers, 4 us a tick. */
export function isnTicks(): u32 {
  return <u32>(clock.us >> 2);
}

/** Whether the point in time `aUs` is later than `bUs`: right when they are within 35 minutes. */
export function isAfter(aUs: u32, bUs: u32): bool {
  return <i32>(aUs - bUs) > 0;
}

/** Milliseconds since the start. */
export function nowMs(): u32 {
  return clock.ms;
}

/** The point in time `delayMs` from now, never early: a begun millisecond does not count. */
export function inMs(delayMs: u32): u32 {
  return clock.ms + delayMs + u32(clock.rest != 0);
}

/** The same for `delayUs`, half an hour at the most: the millisecond in which it is not early. */
export function inUs(delayUs: u32): u32 {
  return clock.ms + (clock.rest + delayUs + 999) / 1000;
}

/** Whether the point in time `atMs` has come. Points within 24 days either way compare right. */
export function isDue(atMs: u32): bool {
  return <i32>(clock.ms - atMs) >= 0;
}

/** Microseconds until `atMs`; 0 when it has come; at most `most`. */
export function usUntil(atMs: u32, most: u32): u32 {
  const leftMs = <i32>(atMs - clock.ms);
  if (leftMs <= 0) return 0;
  if (<u32>leftMs > most / 1000) return most;
  return <u32>leftMs * 1000 - clock.rest;
}

function moveTo(now: u32): void {
  const elapsed = now - clock.last;
  if (elapsed > 0x7fffffff) {
    count(Counter.ClockBackwards);
    return;
  }
  clock.last = now;
  pass(elapsed);
}

function pass(elapsedUs: u32): void {
  clock.us += elapsedUs;
  const rest = clock.rest + elapsedUs;
  clock.ms += rest / 1000;
  clock.rest = rest % 1000;
}

/** What an application does in its turn: it looks at the clock, and takes the events. */
import { Descriptor } from "../abi/parameters";
import { advanceClock, nowMs, usUntil } from "../core/clock";
import { descriptorAt } from "../core/descriptor";
import { LONGEST_SLEEP_US } from "../config";

/** What a turn returns when only an event, a frame or a call from outside asks for the next one. */
export const NEVER: u32 = LONGEST_SLEEP_US;

/** The bits of `Event` that go with the handle which `nextEvent` gave last. */
export function news(): u32 {
  return load<u32>(descriptorAt(), 4 * Descriptor.Events);
}

/**
 * Milliseconds since `init`, at the time `now` that the turn was told. They wrap after 49 days:
 * points in time are compared by `untilMs`, never by <.
 */
export function millis(now: u32): u32 {
  advanceClock(now);
  return nowMs();
}

/**
 * Microseconds until `millis` will be `at`; 0: it has come, within the last 24 days; half an hour
 * at the most. What a turn returns, so that the next one comes in time.
 */
export function untilMs(at: u32): u32 {
  return usUntil(at, LONGEST_SLEEP_US);
}

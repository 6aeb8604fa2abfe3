/** The stack's counters: u32 words that wrap, read in place by the host. */
import { Counter } from "../abi/counter";

const counters: usize = memory.data(4 * Counter.Count, 4);

/** Where the words are; the index is a `Counter`. */
export function countersAt(): usize {
  return counters;
}

/** Counts one. Not by way of `countMany`: an argument more at each of sixty calls is code. */
export function count(counter: Counter): void {
  const at = counters + (<usize>counter << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Counts `amount`. */
export function countMany(counter: Counter, amount: u32): void {
  const at = counters + (<usize>counter << 2);
  store<u32>(at, load<u32>(at) + amount);
}

/** Sets all to 0. */
export function clearCounters(): void {
  memory.fill(counters, 0, 4 * Counter.Count);
}

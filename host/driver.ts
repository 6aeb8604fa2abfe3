/** SKELETON: drives a stack by a link and a clock. */
import type { Clock } from "./link/clock.js";
import type { Link } from "./link/link.js";
import type { Stack } from "./stack.js";

export interface DriverOptions {
  stack: Stack;
  link: Link;
  clock?: Clock;
}

export class Driver {
  constructor(readonly options: DriverOptions) {}
  close(): Promise<void> {
    throw new Error("not yet");
  }
}

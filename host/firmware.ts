/**
 * Firmware: a module that holds an application beside the stack (docs/library.md). It exports
 * `start` and `step` beyond the door, and is driven as any stack is; what is put in between here
 * gives the application its turns: before each frame that is asked for, and when it wants one.
 */
import type { CoreExports } from "./core.js";
import { check } from "./verdict.js";

/** What an application adds to the door. */
interface Application {
  /** Once, after `configure`. Below 0: an `Err`. */
  start(now: number): number;
  /** A turn. In how many microseconds the next one is due at the latest. */
  step(now: number): number;
}

/** Whether there is an application in the module. */
function isFirmware(exports: object): exports is CoreExports & Application {
  return "start" in exports && "step" in exports;
}

/**
 * From now on the calls of the door drive the application, too. Its events are its own: the host
 * gets none. A fork or a restored stack goes on without `start`, as it has been configured before.
 */
export function giveTurns(exports: CoreExports): void {
  if (!isFirmware(exports)) return;
  const { configure, transmit, serialTransmit, nextDeadline, start, step } = exports;
  let isToStart = false;
  let dueAtUs = 0;
  const turn = (now: number): void => {
    if (isToStart) check(start(now), "start");
    isToStart = false;
    dueAtUs = now + (step(now) >>> 0);
  };
  exports.configure = (interfaceIndex) => {
    const result = configure(interfaceIndex);
    isToStart = result >= 0;
    return result;
  };
  exports.transmit = (now) => {
    turn(now);
    return transmit(now);
  };
  exports.serialTransmit = (now) => {
    turn(now);
    return serialTransmit(now);
  };
  exports.nextDeadline = (now) => Math.min(nextDeadline(now) >>> 0, Math.max(0, dueAtUs - now));
  exports.nextEvent = () => 0;
}

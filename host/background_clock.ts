/**
 * The machine's clock for a driver: its timers do not keep a process alive. A TIME-WAIT that runs
 * for another minute is no reason to stay; sockets and servers are (`Driver.hold`), as in Node.
 */
import { type Clock, realClock } from "./link/clock.js";

export const backgroundClock: Clock = {
  now: realClock.now,
  setTimer(delayUs, callback) {
    if (delayUs <= 0) return realClock.setTimer(0, callback);
    const timer = setTimeout(callback, Math.ceil(delayUs / 1000)) as unknown as NodeTimer;
    timer.unref?.();
    return () => clearTimeout(timer as unknown as ReturnType<typeof setTimeout>);
  },
  clearTimer: realClock.clearTimer,
};

/** Browsers number their timers and have nothing to keep alive. */
interface NodeTimer {
  unref?(): void;
}

/**
 * The idle timer of `socket.setTimeout`: fires when nothing has happened for so long. Activity only
 * notes the time, so that it costs nothing per segment; the timer looks at the note when it fires.
 */
import type { Clock, Timer } from "./link/clock.js";

export class IdleTimer {
  private limitUs = 0;
  private activeAtUs = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly onIdle: () => void,
  ) {}

  /** Milliseconds without activity; 0 turns it off. Starts anew. */
  set(limitMs: number): void {
    this.stop();
    this.limitUs = limitMs * 1000;
    this.touch();
  }

  /** Something happened. */
  touch(): void {
    if (this.limitUs === 0) return;
    this.activeAtUs = this.clock.now();
    // New, or fired before: activity starts it again.
    if (this.timer === undefined) this.wait(this.limitUs);
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
    this.limitUs = 0;
  }

  private wait(delayUs: number): void {
    this.timer = this.clock.setTimer(delayUs, () => {
      this.timer = undefined;
      const leftUs = this.activeAtUs + this.limitUs - this.clock.now();
      if (leftUs > 0) this.wait(leftUs);
      else this.onIdle();
    });
  }
}

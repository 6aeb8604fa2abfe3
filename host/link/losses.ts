/**
 * Which frames a bad line loses: each for itself, or several in a row (the model of Gilbert and
 * Elliott, in its simplest form: the line is good or bad, and a bad one loses everything).
 * Browser-safe. One random number a frame, whatever the pattern.
 */
import type { Random } from "./random.js";

export class Losses {
  private isBad = false;
  /** Probability that the line is bad for the next frame, if it was good or bad for the last. */
  private readonly afterGood: number;
  private readonly afterBad: number;

  /**
   * `loss`: the share of the frames that are lost in the long run. `burst`: how many are lost in
   * a row on average; up to 1, each frame for itself.
   */
  constructor(loss: number, burst: number) {
    const isRandom = burst <= 1 || loss >= 1;
    this.afterGood = isRandom ? loss : Math.min(1, loss / (1 - loss) / burst);
    this.afterBad = isRandom ? loss : 1 - 1 / burst;
  }

  /** Whether the next frame is lost. */
  next(random: Random): boolean {
    this.isBad = random.chance(this.isBad ? this.afterBad : this.afterGood);
    return this.isBad;
  }
}

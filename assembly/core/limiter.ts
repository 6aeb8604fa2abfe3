/** A limit on how often something is done: so many times in a second, whatever asks for it. */
import { nowMs } from "./clock";

const SECOND_MS: u32 = 1000;

@unmanaged
@final
export class Limiter {
  /** When the second began. Only distances from it count, so 49 days of quiet do no harm. */
  beganAtMs: u32;
  /** How often it was done since. */
  done: u32;
}

/** Begins a second. */
export function clearLimiter(limiter: Limiter): void {
  limiter.beganAtMs = nowMs();
  limiter.done = 0;
}

/** Whether it may be done once more, at most `most` times a second; it then counts as done. */
export function mayDo(limiter: Limiter, most: u32): bool {
  if (nowMs() - limiter.beganAtMs >= SECOND_MS) clearLimiter(limiter);
  if (limiter.done == most) return false;
  limiter.done++;
  return true;
}

/** A limit on how often something is done: so many times in a second, whatever asks for it. */
import { nowMs } from "./clock";

const SECOND_MS: u32 = 1000;

@unmanaged
export class Limiter {
  /** When the second began. Only distances from it count, so 49 days of quiet do no harm. */
  beganAtMs: u32;
  /** How often it may yet be done in it. */
  left: u32;
}

/** No second has begun: the first to ask begins one. */
export function clearLimiter(limiter: Limiter): void {
  limiter.beganAtMs = nowMs() - SECOND_MS;
}

/** Whether the second is over, and `beginSecond` must begin another. */
export function isOver(limiter: Limiter): bool {
  return nowMs() - limiter.beganAtMs >= SECOND_MS;
}

/** Begins a second in which it may be done `most` times. */
export function beginSecond(limiter: Limiter, most: u32): void {
  limiter.beganAtMs = nowMs();
  limiter.left = most;
}

/** Whether it may be done once more in this second; it then counts as done. */
export function takeOne(limiter: Limiter): bool {
  if (limiter.left == 0) return false;
  limiter.left--;
  return true;
}

/** The same, at most `most` times in any second that begins. */
export function mayDo(limiter: Limiter, most: u32): bool {
  if (isOver(limiter)) beginSecond(limiter, most);
  return takeOne(limiter);
}

/** A connection's timers: a table of deadlines in its control block, and one node on the wheel. */
import { inMs, isDue } from "../core/clock";
import { startTimerBy } from "../core/wheel";
import { DEADLINES, DEADLINES_LEN, Tcb } from "./tcb";

export const enum Timer {
  /** Something is unacknowledged (RFC 6298). */
  Retransmit = 0,
  /** Something waits for the peer's window (RFC 9293 section 3.8.6.1). */
  Persist = 1,
  /** An acknowledgment waits for company (RFC 9293 section 3.8.6.3). */
  Ack = 2,
  /** Nothing has been heard (RFC 9293 section 3.8.4). */
  KeepAlive = 3,
  /** Nobody holds the connection, and the peer's FIN does not come. */
  Linger = 4,
  /** What was overtaken may be lost; or no ACK came for a while (RFC 8985). */
  Recovery = 5,
  Count = 6,
}

if (DEADLINES_LEN != 4 * Timer.Count) ERROR("a connection has a deadline for each timer");

/** The deadline, in milliseconds; 0: the timer is off. */
export function deadline(tcb: Tcb, timer: u32): u32 {
  return load<u32>(changetype<usize>(tcb) + DEADLINES + (<usize>timer << 2));
}

/** Starts the timer, or starts it anew. */
export function setTimer(tcb: Tcb, timer: Timer, delayMs: u32): void {
  // 0 means off: a deadline at that moment is a millisecond late.
  const atMs = max<u32>(inMs(delayMs), 1);
  setDeadline(tcb, timer, atMs);
  startTimerBy(tcb, atMs);
}

/** Stops the timer. The wheel may still hand the connection out; it finds nothing due. */
export function clearTimer(tcb: Tcb, timer: u32): void {
  setDeadline(tcb, timer, 0);
}

/** Stops all of them. */
export function clearTimers(tcb: Tcb): void {
  for (let timer: u32 = 0; timer < <u32>Timer.Count; timer++) clearTimer(tcb, timer);
}

/** Starts the timer unless it runs. */
export function ensureTimer(tcb: Tcb, timer: Timer, delayMs: u32): void {
  if (deadline(tcb, timer) == 0) setTimer(tcb, timer, delayMs);
}

/** Whether the timer runs and has come to its end. */
export function isExpired(tcb: Tcb, timer: u32): bool {
  const atMs = deadline(tcb, timer);
  return atMs != 0 && isDue(atMs);
}

/** Puts the connection on the wheel for the earliest of its deadlines. */
export function scheduleTimers(tcb: Tcb): void {
  for (let timer: u32 = 0; timer < <u32>Timer.Count; timer++) {
    const atMs = deadline(tcb, timer);
    if (atMs != 0) startTimerBy(tcb, atMs);
  }
}

function setDeadline(tcb: Tcb, timer: u32, atMs: u32): void {
  store<u32>(changetype<usize>(tcb) + DEADLINES + (<usize>timer << 2), atMs);
}

/**
 * One call for those who answer at once, like a server of requests: what `consume`, `commit` and
 * `transmit` do one after the other.
 */
import { Err } from "../abi/error";
import { CommitFlag } from "../abi/parameters";
import { HAS_BURSTS, HAS_SHORT_WAYS } from "../config";
import { advanceClock } from "../core/clock";
import { hasBursts, transmitBurst } from "./bursts";
import { exchangeUsual, isExchangeUsual } from "./exchange_usual";
import { connectionOf } from "./handles";
import { commit, consume } from "./sockets";
import { countFrameOut, transmit } from "./stack";

/**
 * `taken` octets have been read and `length` written; then builds the next frame, whoever's it is.
 * Returns its length, 0: none. Or the `Err` of `consume`, and nothing has been done; or that of
 * `commit`, and nothing after `consume` has.
 */
export function exchange(handle: i32, taken: u32, length: u32, now: u32): i32 {
  advanceClock(now);
  if (HAS_SHORT_WAYS) {
    const tcb = connectionOf(handle);
    if (tcb != null && isExchangeUsual(tcb, taken, length)) {
      const frameLen = exchangeUsual(tcb, taken, length);
      return frameLen == 0 ? transmit(now) : countFrameOut(frameLen);
    }
  }
  const error = readAndWrite(handle, taken, length);
  return error < 0 ? error : transmit(now);
}

/**
 * The same, and then as many frames as `transmitBurst` gives, whose result this is. `Err.Invalid`,
 * and nothing has been done: there are no bursts.
 */
export function exchangeBurst(handle: i32, taken: u32, length: u32, now: u32): i32 {
  if (!HAS_BURSTS || !hasBursts()) return Err.Invalid;
  advanceClock(now);
  const error = readAndWrite(handle, taken, length);
  return error < 0 ? error : transmitBurst(now);
}

/** Below 0: an `Err`, of `consume` and nothing has been done, or of `commit`. */
function readAndWrite(handle: i32, taken: u32, length: u32): i32 {
  const rest = taken == 0 ? 0 : consume(handle, taken);
  return rest < 0 || length == 0 ? rest : commit(handle, length, CommitFlag.None);
}

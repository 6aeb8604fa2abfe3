/**
 * One call for those who answer at once, like a server of requests: what `consume`, `commit` and
 * `transmit` do one after the other.
 */
import { CommitFlag } from "../abi/parameters";
import { HAS_SHORT_WAYS } from "../config";
import { advanceClock } from "../core/clock";
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
  const rest = taken == 0 ? 0 : consume(handle, taken);
  if (rest < 0) return rest;
  const room = length == 0 ? 0 : commit(handle, length, CommitFlag.None);
  return room < 0 ? room : transmit(now);
}

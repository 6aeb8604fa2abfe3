/**
 * What a congestion window is worth that is not used: it tells of a path as it once was, and a
 * burst of it would meet another one.
 *
 * RFC 7661 calls a window valid when at least half of it was on its way at some time in the last
 * second (or three round trips), and lets it grow only then. One that was not keeps its size for
 * five minutes there, if what leaves is paced.
 *
 * Deviation: few connections are paced, and so here, for all, it is halved with every such second,
 * down to the initial window; and after an idle retransmission timeout it is the initial window at
 * once (RFC 5681 section 4.1). The threshold remembers how large it was.
 */
import { nowMs } from "../core/clock";
import { seqLt, seqMax } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";

/** `usedAt` counts turns of 64 ms: it wraps after more than an hour, long after it matters. */
const TURN_BITS: u32 = 6;
/** RFC 7661 section 4.2: the sampling period is a second, or three round trips. */
const PERIOD_MS: u32 = 1000;
const PERIOD_ROUND_TRIPS: u32 = 3;

/** The initial window (RFC 6928), and the largest after idleness. */
export function initialWindow(tcb: Tcb): u32 {
  const mss = <u32>tcb.sndMss;
  return min<u32>(10 * mss, max<u32>(2 * mss, 14600));
}

/** The connection is established, and nothing sent. */
export function beginValidation(tcb: Tcb): void {
  tcb.roundEnd = tcb.sndUna + 1;
  tcb.used = 0;
  tcb.usedAt = turn();
  tcb.sentAtMs = nowMs();
}

/** Whether what was sent when the last round ended is acknowledged: about a round trip. */
export function endsRound(tcb: Tcb): bool {
  if (seqLt(tcb.sndUna, tcb.roundEnd)) return false;
  // With nothing on its way, it is what comes next.
  tcb.roundEnd = seqMax(tcb.sndMax, tcb.sndUna + 1);
  return true;
}

/**
 * `used` octets were on their way until now. Returns whether the window had to shrink, having not
 * been used for a period. `isRound`: another round has begun.
 */
export function lowerUnused(tcb: Tcb, used: u32, isRound: bool): bool {
  // Of ACKs that come together the last find little on its way, and the first knew.
  if (isRound) {
    clearFlag(tcb, TcbFlag.WasLimited);
    if (has(tcb, TcbFlag.CwndLimited)) setFlag(tcb, TcbFlag.WasLimited);
    clearFlag(tcb, TcbFlag.CwndLimited);
  }
  if (used + tcb.sndMss > tcb.cwnd) setFlag(tcb, TcbFlag.CwndLimited);
  if (used >= tcb.used) {
    tcb.used = used;
    if (isValid(tcb)) tcb.usedAt = turn();
  }
  if (tcb.usedAt == turn() || !isPeriodOver(tcb)) return false;
  tcb.used = used;
  tcb.usedAt = turn();
  return !isValid(tcb) && lowerTo(tcb, max<u32>(tcb.cwnd >> 1, initialWindow(tcb)));
}

/** Whether a new segment is the first for longer than a timeout, and the window had to shrink. */
export function lowerIdle(tcb: Tcb): bool {
  return nowMs() - tcb.sentAtMs > tcb.rtoMs && lowerTo(tcb, initialWindow(tcb));
}

/** Whether at least half of the window was used in the last period: it may grow in slow start. */
export function isValid(tcb: Tcb): bool {
  return tcb.used >= tcb.cwnd >> 1;
}

/** Whether the window was all used in this round or the last. */
export function isLimit(tcb: Tcb): bool {
  return has(tcb, TcbFlag.CwndLimited | TcbFlag.WasLimited);
}

/** pipeACK: the most that was on its way in the last period. */
export function usedLately(tcb: Tcb): u32 {
  return tcb.used;
}

/** Lowers the window, if that is lower. The threshold: three quarters (RFC 7661 section 4.4.3). */
function lowerTo(tcb: Tcb, cwnd: u32): bool {
  if (cwnd >= tcb.cwnd) return false;
  tcb.ssthresh = max<u32>(tcb.ssthresh, (tcb.cwnd >> 1) + (tcb.cwnd >> 2));
  tcb.cwnd = cwnd;
  return true;
}

function isPeriodOver(tcb: Tcb): bool {
  const periodMs = max<u32>(PERIOD_MS, (tcb.srttUs8 >> 3) * PERIOD_ROUND_TRIPS / 1000);
  return <u32>(turn() - tcb.usedAt) > periodMs >> TURN_BITS;
}

function turn(): u16 {
  return <u16>(nowMs() >> TURN_BITS);
}

/**
 * CUBIC (RFC 9438): after a reduction the window grows along a cubic curve, fast at first, hardly
 * at all around where congestion was met the last time, then ever faster; but never slower than
 * Reno would. The names are the RFC's. Times are in ticks of 4 ms, windows in octets.
 *
 *   W_cubic(t) = W_max + C (t - K)^3, in segments and seconds; C = 0.4
 *              = W_max + MSS (t - K)^3 / 39,062,500, in octets and ticks, of which a second has 250
 */
import { nowMs } from "../core/clock";
import { Tcb, TcbFlag, algorithmOf, clearFlag, has, setFlag } from "./tcb";
import { usedLately } from "./validation";

const TICK_BITS: u32 = 2;
/** 250^3 / C. */
const CUBIC_TICKS: i64 = 39062500;
/** Bits of the largest K: over two minutes, for which a window of 800,000 segments must be lost. */
const K_BITS: u32 = 15;
/** Further from K the curve is steeper than the window may grow, whatever the window. */
const LARGEST_TIME: i32 = 1 << 16;

/** Its variables, among the words that the algorithms share. */
@unmanaged
@final
class Cubic {
  /** W_max; 0: no congestion has been met yet. */
  wMax: u32;
  /** When the curve's time began, in milliseconds; 0: it begins with the next ACK. */
  epochAtMs: u32;
  /** W_est, in quarters of an octet: a step may be less than one. */
  wEst4: u32;
  /** K in ticks. Below 0 where the curve goes on beyond W_max. */
  k: i16;
}

if (offsetof<Cubic>() != 14) ERROR("the words that the algorithms share are 14 octets");

/** Congestion avoidance without a loss before it. */
export function beginCubic(tcb: Tcb): void {
  const cubic = cubicOf(tcb);
  cubic.wMax = 0;
  cubic.epochAtMs = 0;
}

/**
 * Section 4.6: the threshold after congestion. What is on its way may be less than what the window
 * let out a moment ago, when the application had a little less to send (RFC 7661 section 4.4.1).
 * The variables stay as they are until the window grows again: until then all can be undone.
 */
export function reduceCubic(tcb: Tcb, flight: u32): u32 {
  if (has(tcb, TcbFlag.Reduced)) takeReduction(tcb, cubicOf(tcb));
  setFlag(tcb, TcbFlag.Reduced);
  const used = max<u32>(flight, min<u32>(usedLately(tcb), tcb.cwnd));
  // Rounded up: `priorWindow` gives no less than `used`.
  return <u32>((<u64>used * 7 + 9) / 10);
}

/** The window stands still for want of text: the curve's time does, too (section 5.8). */
export function pauseCubic(tcb: Tcb): void {
  cubicOf(tcb).epochAtMs = 0;
}

/** Congestion avoidance: `acked` octets were acknowledged (sections 4.2 to 4.5). */
export function growCubic(tcb: Tcb, acked: u32): void {
  const cubic = cubicOf(tcb);
  if (has(tcb, TcbFlag.Reduced | TcbFlag.TimedOut)) takeReduction(tcb, cubic);
  if (cubic.epochAtMs == 0) beginEpoch(tcb, cubic);
  const cwnd = tcb.cwnd;
  acked = min<u32>(acked, cwnd);
  const wEst = growReno(tcb, cubic, acked);
  const time = <i32>min<u32>((nowMs() - cubic.epochAtMs) >> TICK_BITS, LARGEST_TIME);
  if (windowAt(tcb, cubic, time) < wEst) {
    tcb.cwnd = max<u32>(cwnd, wEst);
    return;
  }
  // The curve a round trip from now, within bounds (section 4.2).
  const rtt = <i32>((tcb.srttUs8 >> 3) / (1000 << TICK_BITS));
  const ahead = windowAt(tcb, cubic, time + rtt);
  const target = max<u32>(cwnd, min<u32>(ahead, cwnd + (cwnd >> 1)));
  tcb.cwnd += <u32>(<u64>(target - cwnd) * acked / cwnd);
}

/** The largest number whose cube is at most `cube`, below 2^15. */
export function cubeRoot(cube: u64): u32 {
  let root: u64 = 0;
  for (let bit: u64 = 1 << (K_BITS - 1); bit != 0; bit >>= 1) {
    const next = root | bit;
    if (next * next * next <= cube) root = next;
  }
  return <u32>root;
}

/** W_est: what Reno would have, were it reduced as little as CUBIC is (section 4.3). */
function growReno(tcb: Tcb, cubic: Cubic, acked: u32): u32 {
  let step4 = <u32>(<u64>acked * <u64>(4 * <u32>tcb.sndMss) / tcb.cwnd);
  // Alpha is 3 (1 - 0.7) / (1 + 0.7) = 9/17 until it has caught up, then 1.
  if (cubic.wEst4 >> 2 < priorWindow(tcb)) step4 = step4 * 9 / 17;
  cubic.wEst4 += step4;
  return cubic.wEst4 >> 2;
}

/** W_cubic, which below 0 is 0. */
function windowAt(tcb: Tcb, cubic: Cubic, time: i32): u32 {
  const distance = <i64>(time - cubic.k);
  const beyond = distance * distance * distance * tcb.sndMss / CUBIC_TICKS;
  return <u32>max<i64>(min<i64>(<i64>cubic.wMax + beyond, i32.MAX_VALUE), 0);
}

/**
 * The curve begins where the window is: before W_max by K, or after it. Where the window stood
 * still, that is where the curve was.
 */
function beginEpoch(tcb: Tcb, cubic: Cubic): void {
  const cwnd = tcb.cwnd;
  if (cubic.wMax == 0) cubic.wMax = cwnd;
  const below = cwnd < cubic.wMax;
  const gap = below ? cubic.wMax - cwnd : cwnd - cubic.wMax;
  const k = <i32>cubeRoot(<u64>gap * CUBIC_TICKS / tcb.sndMss);
  cubic.k = <i16>(below ? k : -k);
  cubic.epochAtMs = max<u32>(nowMs(), 1);
  cubic.wEst4 = cwnd << 2;
}

/**
 * W_max after a reduction: the window before it; less when that was less than the time before, to
 * leave room for who has come (section 4.7: fast convergence). After a timeout it is the window
 * with which congestion avoidance begins (section 4.8).
 */
function takeReduction(tcb: Tcb, cubic: Cubic): void {
  const prior = priorWindow(tcb);
  if (has(tcb, TcbFlag.TimedOut)) cubic.wMax = 0;
  else cubic.wMax = prior < cubic.wMax ? <u32>(<u64>prior * 17 / 20) : prior;
  cubic.epochAtMs = 0;
  clearFlag(tcb, TcbFlag.Reduced | TcbFlag.TimedOut);
}

/** cwnd_prior: the window before the last reduction, to which the threshold is 0.7. */
function priorWindow(tcb: Tcb): u32 {
  return <u32>(<u64>tcb.ssthresh * 10 / 7);
}

function cubicOf(tcb: Tcb): Cubic {
  return changetype<Cubic>(algorithmOf(tcb));
}

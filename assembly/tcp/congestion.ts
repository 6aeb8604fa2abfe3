/**
 * Congestion control: how much may be on its way (RFC 5681). A narrow door, so that another
 * algorithm is another file: what begins, what grows, what shrinks the window.
 */
import { seqDistance } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";

/** No threshold has been learnt yet (RFC 5681 section 3.1: arbitrarily high). */
const NO_THRESHOLD: u32 = 0x7fffffff;
/** Keeps sums of windows and sequence numbers far from 2^31. */
const LARGEST_WINDOW: u32 = 1 << 29;

/** The connection is established: the initial window (RFC 6928; one segment after a lost SYN). */
export function beginCongestion(tcb: Tcb): void {
  tcb.ssthresh = NO_THRESHOLD;
  tcb.cwnd = initialWindow(tcb);
  if (has(tcb, TcbFlag.SynResent)) tcb.cwnd = tcb.sndMss;
}

/** `acked` octets of new data were acknowledged outside recovery. */
export function growWindow(tcb: Tcb, acked: u32): void {
  const mss = <u32>tcb.sndMss;
  if (tcb.cwnd < tcb.ssthresh) {
    // Slow start, by octets counted, at most one segment an ACK (RFC 5681 equation 2).
    tcb.cwnd += min<u32>(acked, mss);
  } else {
    // Congestion avoidance: a segment a round trip (equation 3). An ACK of less than a segment
    // counts for what it acknowledges: a peer gains nothing by sending many.
    tcb.cwnd += max<u32>(min<u32>(acked, mss) * mss / tcb.cwnd, u32(acked >= mss));
  }
  tcb.cwnd = min<u32>(tcb.cwnd, LARGEST_WINDOW);
}

/** A segment was lost: half of what is on its way (RFC 5681 equation 4). */
export function reduceThreshold(tcb: Tcb): void {
  tcb.ssthresh = max<u32>(flightSize(tcb) >> 1, 2 * <u32>tcb.sndMss);
}

/** Segments must be sent again, though nothing was lost to congestion: the window comes back. */
export function keepThreshold(tcb: Tcb): void {
  if (!has(tcb, TcbFlag.InRecovery)) tcb.ssthresh = max<u32>(tcb.ssthresh, tcb.cwnd);
}

/** The retransmission timer expired: start over with one segment (RFC 5681 section 3.1). */
export function collapseWindow(tcb: Tcb): void {
  if (tcb.backoff == 0) reduceThreshold(tcb);
  tcb.cwnd = tcb.sndMss;
}

/** A round trip of `rttUs` microseconds has just ended. */
export function noteRoundTrip(tcb: Tcb, rttUs: u32): void {
}

/** Before the window is reduced: what it is, should the reduction turn out to be for nothing. */
export function saveCongestion(tcb: Tcb): void {
  tcb.savedCwnd = tcb.cwnd;
  tcb.savedSsthresh = tcb.ssthresh;
}

/** Nothing was lost: the last reduction is taken back (RFC 9438 section 4.9). */
export function undoCongestion(tcb: Tcb): void {
  tcb.cwnd = max<u32>(tcb.cwnd, tcb.savedCwnd);
  tcb.ssthresh = max<u32>(tcb.ssthresh, tcb.savedSsthresh);
}

/** Octets sent and not acknowledged. */
export function flightSize(tcb: Tcb): u32 {
  return seqDistance(tcb.sndUna, tcb.sndMax);
}

function initialWindow(tcb: Tcb): u32 {
  const mss = <u32>tcb.sndMss;
  return min<u32>(10 * mss, max<u32>(2 * mss, 14600));
}

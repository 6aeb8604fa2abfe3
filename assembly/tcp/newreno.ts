/**
 * The window's growth by RFC 5681. Slow start as every algorithm has it but in the very first one:
 * a segment an ACK at the most (equation 2). RFC 3465's two would make up for delayed
 * acknowledgments, but is an experiment.
 */
import { Tcb, algorithmOf } from "./tcb";

/** Its variable, among the words that the algorithms share. */
@unmanaged
@final
class NewReno {
  /** Octets acknowledged since the window last grew. */
  counted: u32;
}

/** Congestion avoidance begins. */
export function beginNewReno(tcb: Tcb): void {
  newRenoOf(tcb).counted = 0;
}

/** By how much `acked` octets open the window in slow start. */
export function stepSlowStart(tcb: Tcb, acked: u32): u32 {
  return min<u32>(acked, tcb.sndMss);
}

/**
 * Congestion avoidance: a segment when a window has been acknowledged, by octets counted. A peer
 * gains nothing by many ACKs, and loses nothing by few.
 */
export function growNewReno(tcb: Tcb, acked: u32): void {
  const reno = newRenoOf(tcb);
  reno.counted += acked;
  if (reno.counted < tcb.cwnd) return;
  reno.counted = 0;
  tcb.cwnd += tcb.sndMss;
}

function newRenoOf(tcb: Tcb): NewReno {
  return changetype<NewReno>(algorithmOf(tcb));
}

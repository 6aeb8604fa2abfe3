/**
 * Path MTU discovery (RFC 1191): what routers report of segments that were too big for the next
 * link. A report may be forged, so it takes effect at once only while nothing that large has come
 * through; after that it waits, and counts when the segment it may be about times out (RFC 5927
 * section 7). Any new acknowledgment refutes it.
 */
import { RAISE_LATER, delayRaise, lowerSize, noteProbeLost } from "./black_hole";
import { flightSize } from "./congestion";
import { LEAST_PATH_MTU, mssOf, mtuOf, plateauBelow } from "./mss";
import { Tcb } from "./tcb";

/** What a report comes to. */
export const enum Report {
  /** It says nothing that could be true and new. */
  Idle = 0,
  /** It may be true: a timeout will tell. */
  Pending,
  /** Segments are smaller from now on, and what is outstanding must be sent again. */
  Believed,
}

/**
 * A router says that the next link takes `mtu` octets, or, when that is 0, no packet like the one
 * it quotes, of `totalLen` octets with a header of `headerLen`.
 */
export function takeReport(tcb: Tcb, mtu: u32, totalLen: u32, headerLen: u32): Report {
  if (mtu == 0) {
    // RFC 1191 section 5: some routers add the header's length to the total length.
    if (totalLen >= mtuOf(tcb)) totalLen -= headerLen;
    mtu = plateauBelow(min<u32>(totalLen, mtuOf(tcb)));
  }
  const mss = mssOf(tcb, max<u32>(mtu, LEAST_PATH_MTU));
  // Whatever is outstanding would have come through.
  if (flightSize(tcb) <= mss) return Report.Idle;
  if (mss < tcb.sndMss) {
    if (mss <= tcb.provenMss && tcb.retransmissions == 0) {
      tcb.claimedMss = <u16>mss;
      return Report.Pending;
    }
    lowerSize(tcb, mss, RAISE_LATER);
  } else if (noteProbeLost(tcb)) {
    delayRaise(tcb, RAISE_LATER);
  } else {
    return Report.Idle;
  }
  return Report.Believed;
}

/** A timeout confirms the report that waits, if there is one: segments are smaller from now on. */
export function takeClaim(tcb: Tcb): bool {
  if (tcb.claimedMss == 0) return false;
  lowerSize(tcb, tcb.claimedMss, RAISE_LATER);
  return true;
}

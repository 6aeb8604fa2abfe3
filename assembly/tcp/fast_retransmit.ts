/**
 * Loss recovery with a peer that does not tell what it has: fast retransmit and NewReno (RFC 5681
 * section 3.2, RFC 6582), in two events: a duplicate ACK, and an ACK of something new.
 */
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { noteProbeLost } from "./black_hole";
import { flightSize, growWindow, keepThreshold, reduceThreshold } from "./congestion";
import { DUPLICATE_THRESHOLD } from "./rack";
import { markLost } from "./scoreboard";
import { seqGe, seqGt, seqMax } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";

/** An ACK that says: a segment arrived, and not the one expected. */
export function onDuplicateAck(tcb: Tcb): void {
  if (tcb.dupAcks < 255) tcb.dupAcks++;
  if (has(tcb, TcbFlag.InRecovery)) {
    // Another segment has left the network.
    tcb.cwnd += tcb.sndMss;
    return;
  }
  if (tcb.dupAcks != DUPLICATE_THRESHOLD) return;
  // RFC 6582 step 2: the duplicates may stem from what the last recovery sent twice.
  if (!seqGt(tcb.sndUna - 1, tcb.recover)) return;
  count(Counter.TcpFastRetransmits);
  if (noteProbeLost(tcb)) {
    // It was a try, and says nothing of congestion (RFC 4821 section 7.6.2).
    keepThreshold(tcb);
  } else {
    reduceThreshold(tcb);
    tcb.cwnd = tcb.ssthresh;
  }
  tcb.cwnd += DUPLICATE_THRESHOLD * <u32>tcb.sndMss;
  setFlag(tcb, TcbFlag.InRecovery);
  resendOldest(tcb);
  tcb.recover = tcb.sndMax;
}

/**
 * `acked` octets were acknowledged for the first time; `sndUna` is beyond them already. `isMarked`:
 * the ACK tells of congestion.
 */
export function onNewAck(tcb: Tcb, acked: u32, isMarked: bool): void {
  tcb.dupAcks = 0;
  if (!has(tcb, TcbFlag.InRecovery)) {
    if (!isMarked) growWindow(tcb, acked);
    // Long past it goes along, or after 2^31 octets it would seem to lie ahead.
    tcb.recover = seqMax(tcb.recover, tcb.sndUna - 2);
    return;
  }
  const mss = <u32>tcb.sndMss;
  if (seqGe(tcb.sndUna, tcb.recover)) {
    // A full acknowledgment: RFC 6582 step 3, the first way, which avoids a burst.
    clearFlag(tcb, TcbFlag.InRecovery | TcbFlag.Resend);
    tcb.cwnd = min<u32>(tcb.ssthresh, max<u32>(flightSize(tcb), mss) + mss);
    return;
  }
  // A partial one: the next segment is missing, too.
  resendOldest(tcb);
  tcb.cwnd = tcb.cwnd > acked ? tcb.cwnd - acked : 0;
  if (acked >= mss) tcb.cwnd += mss;
  tcb.cwnd = max<u32>(tcb.cwnd, mss);
}

/** The segment at SND.UNA is sent again, whatever the window says. */
function resendOldest(tcb: Tcb): void {
  markLost(tcb, tcb.sndUna, tcb.sndUna + tcb.sndMss);
  setFlag(tcb, TcbFlag.Resend);
}

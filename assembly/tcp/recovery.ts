/**
 * Loss recovery: what an ACK and a timeout do to what has been sent. With a peer that takes
 * selective acknowledgments losses are known by RACK (rack.ts) and repaired by PRR (prr.ts), at the
 * end of what was sent by probes (tail_probe.ts), and reductions for nothing are taken back
 * (undo.ts). With others: newreno.ts. The smallest build finds losses by counting (RFC 6675).
 */
import { Counter } from "../abi/counter";
import { IS_SMALL } from "../config";
import { count } from "../core/counters";
import { Segment } from "../wire/segment";
import { noteProbeLost } from "./black_hole";
import {
  collapseWindow, growWindow, keepThreshold, noteRoundTrip, reduceThreshold,
} from "./congestion";
import { onDuplicateAck, onNewAck } from "./fast_retransmit";
import { beginPrr, noteOut, reduceProportionally } from "./prr";
import {
  beginRack, detectLoss, forgetDuplicates, isManySacked, mayHaveLost, noteDelivery, noteDuplicates,
} from "./rack";
import { clearRecords } from "./records";
import { clearDelivery, delivery, highestSacked, markAllLost, markLost } from "./scoreboard";
import { seqGe, seqLt, seqMax } from "./seq";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import { endProbe, forgetProbe } from "./tail_probe";
import { beginFrto, beginUndo, endUndo, mayUndo, noteResent } from "./undo";

/**
 * The connection is established: nothing has been lost. One less than RFC 6582 says, by whose
 * letter the loss of the very first segment would not be recovered fast.
 */
export function beginRecovery(tcb: Tcb): void {
  tcb.recover = tcb.sndUna - 2;
  if (!IS_SMALL) beginRack(tcb);
}

/**
 * An ACK, after `takeDelivery`: `acked` octets were acknowledged for the first time. `isDuplicate`:
 * RFC 5681 section 2 says so. `isMarked`: it tells of congestion.
 */
export function onAck(
  tcb: Tcb, seg: Segment, acked: u32, isDuplicate: bool, isMarked: bool,
): void {
  if (!has(tcb, TcbFlag.Sack)) {
    if (acked != 0) onNewAck(tcb, acked, isMarked);
    else if (isDuplicate) onDuplicateAck(tcb);
    return;
  }
  if (acked != 0) tcb.dupAcks = 0;
  else if (delivery.sacked != 0 && tcb.dupAcks < 255) tcb.dupAcks++;
  if (!IS_SMALL) {
    const rttUs = noteDelivery(tcb);
    if (rttUs != 0) noteRoundTrip(tcb, rttUs);
    noteDuplicates(tcb);
    endProbe(tcb, seg, acked);
    // RFC 4015 section 3.2: a mark is reason enough for the reduction.
    if (isMarked) endUndo(tcb);
    if (mayUndo(tcb, seg, acked)) return;
  }
  const isOver = has(tcb, TcbFlag.InRecovery) && seqGe(tcb.sndUna, tcb.recover);
  if (isOver) leaveRecovery(tcb);
  const isFound = IS_SMALL ? countLoss(tcb) : mayHaveLost(tcb) && findLoss(tcb);
  if (isFound) enterRecovery(tcb);
  if (has(tcb, TcbFlag.InRecovery)) {
    if (!IS_SMALL) reduceProportionally(tcb, acked != 0 && !isFound);
  } else if (acked != 0) {
    if (!isMarked && !isOver) growWindow(tcb, acked);
    // Long past it goes along, or after 2^31 octets it would seem to lie ahead.
    tcb.recover = seqMax(tcb.recover, tcb.sndUna - 2);
  }
}

/** A segment of `len` octets has left; `isResent`: not for the first time. */
export function noteLeft(tcb: Tcb, len: u32, isResent: bool): void {
  if (has(tcb, TcbFlag.InRecovery)) noteOut(tcb, len);
  if (isResent) noteResent(tcb, len);
}

/** The recovery timer has expired while something was waited for: it may be lost by now. */
export function onRecoveryTimeout(tcb: Tcb): void {
  clearDelivery();
  if (detectLoss(tcb)) enterRecovery(tcb);
}

/** Something is lost: recovery begins, once for all that was sent before (RFC 6675 section 5). */
function enterRecovery(tcb: Tcb): void {
  if (has(tcb, TcbFlag.InRecovery) || seqLt(tcb.sndUna, tcb.recover)) return;
  count(Counter.TcpFastRetransmits);
  if (!IS_SMALL) beginUndo(tcb);
  if (noteProbeLost(tcb)) {
    // It was a try, and says nothing of congestion (RFC 4821 section 7.6.2).
    keepThreshold(tcb);
  } else {
    reduceThreshold(tcb);
  }
  if (IS_SMALL) tcb.cwnd = min<u32>(tcb.cwnd, tcb.ssthresh);
  else beginPrr(tcb);
  forgetProbe(tcb);
  setFlag(tcb, TcbFlag.InRecovery | TcbFlag.Resend);
  tcb.recover = tcb.sndMax;
}

/** All that was sent before it began has been acknowledged. */
function leaveRecovery(tcb: Tcb): void {
  clearFlag(tcb, TcbFlag.InRecovery | TcbFlag.Resend);
  // Where nothing was reduced the threshold may be none: the window is what it was.
  tcb.cwnd = min<u32>(tcb.ssthresh, IS_SMALL ? tcb.cwnd : max<u32>(tcb.cwnd, tcb.savedCwnd));
  if (!IS_SMALL) forgetDuplicates(tcb);
}

/** By time; and where records have merged, so that no time is known, by counting. */
function findLoss(tcb: Tcb): bool {
  if (detectLoss(tcb)) return true;
  // An ACK that delivers nothing, such as one of a window, tells of no loss.
  if (delivery.octets == 0 || delivery.isTimed || has(tcb, TcbFlag.InRecovery)) return false;
  return !seqLt(tcb.sndUna, tcb.recover) && countLoss(tcb);
}

/**
 * RFC 6675 section 4, IsLost, as far as the oldest hole goes: enough has arrived beyond it. What
 * was sent again is left to the timeout.
 */
function countLoss(tcb: Tcb): bool {
  if (tcb.sackedOctets == 0 || !isManySacked(tcb)) return false;
  const before = tcb.lostOctets;
  markLost(tcb, tcb.sndUna, highestSacked(tcb));
  return tcb.lostOctets > before;
}

/** The retransmission timer expired: all that is outstanding counts as lost. */
export function onRetransmissionTimeout(tcb: Tcb): void {
  if (!IS_SMALL && !has(tcb, TcbFlag.Opening)) {
    // RFC 5682 section 2.1: not when a recovery is under way, or a timeout has been there before.
    const isFirst = tcb.backoff == 0 && !seqLt(tcb.sndUna, tcb.recover);
    if (isFirst && (tcb.flags & (TcbFlag.InRecovery | TcbFlag.Sack)) == TcbFlag.Sack) {
      beginUndo(tcb);
      beginFrto(tcb);
    } else {
      endUndo(tcb);
    }
  }
  collapseWindow(tcb);
  goBack(tcb);
}

/**
 * What is outstanding was larger than the path takes, and is sent again in smaller segments. That
 * is no sign of congestion: the window is what it was, once it has opened again from one segment
 * (RFC 1191 section 6.4).
 */
export function onTooBig(tcb: Tcb): void {
  keepThreshold(tcb);
  goBack(tcb);
  tcb.cwnd = tcb.sndMss;
}

/** All that is outstanding is sent again, as the window allows. */
function goBack(tcb: Tcb): void {
  clearFlag(tcb, TcbFlag.InRecovery | TcbFlag.Resend | TcbFlag.ProbeTail);
  if (!IS_SMALL) forgetProbe(tcb);
  tcb.dupAcks = 0;
  tcb.recover = tcb.sndMax;
  if (has(tcb, TcbFlag.Opening)) {
    tcb.sndNxt = tcb.sndUna;
    clearRecords(tcb);
  } else {
    markAllLost(tcb);
  }
}

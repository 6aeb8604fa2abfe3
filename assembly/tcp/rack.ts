/**
 * RACK (RFC 8985): a loss is known by time. What was sent a while before something that has arrived
 * since, and has not arrived itself, is lost. The while is the reordering window: a quarter of the
 * least round trip, more where the peer has told that what was sent again came twice.
 */
import { Counter } from "../abi/counter";
import { nowUs } from "../core/clock";
import { count } from "../core/counters";
import {
  Mark, RECORD_LEN, endOfRecords, firstRecord, recordMarks, recordSentUs, recordTo,
  recount, setMarks,
} from "./records";
import { delivery, isSentAfter } from "./scoreboard";
import { seqGe, seqLt } from "./seq";
import {
  Episode, Tcb, TcbFlag, beginEpisode, endEpisode, has, setFlag,
} from "./tcb";
import { Timer, clearTimer, setTimer } from "./timers";

/** DupThresh (RFC 5681 section 3.2, RFC 6675 section 2, RFC 8985 section 6.1). */
export const DUPLICATE_THRESHOLD: u32 = 3;
/** Recoveries after which a reordering window that has grown is forgotten. */
const PERSISTENCE: u8 = 16;

/** The connection is established. */
export function beginRack(tcb: Tcb): void {
  tcb.reorderingMult = 1;
}

/** Steps 1 to 3 of section 6.2: takes in what has been delivered. Returns its round trip, or 0. */
export function noteDelivery(tcb: Tcb): u32 {
  if (delivery.isReordered && !has(tcb, TcbFlag.Reordered)) {
    setFlag(tcb, TcbFlag.Reordered);
    count(Counter.TcpReorderings);
  }
  if (!delivery.isTimed) return 0;
  const rttUs = noteArrived(tcb, delivery.sentUs, delivery.end);
  if (delivery.marks & Mark.Resent) return 0;
  noteLeastRtt(tcb, rttUs);
  return rttUs;
}

/** What was sent at `sentUs`, up to `end`, has arrived: step 2. Returns its round trip. */
export function noteArrived(tcb: Tcb, sentUs: u32, end: u32): u32 {
  const rttUs = max<u32>(nowUs() - sentUs, 1);
  tcb.rackRttUs = rttUs;
  if (isSentAfter(sentUs, end, tcb.rackUs, tcb.rackEnd)) {
    tcb.rackUs = sentUs;
    tcb.rackEnd = end;
  }
  return rttUs;
}

/** A round trip that no retransmission makes doubtful: step 1. */
export function noteLeastRtt(tcb: Tcb, rttUs: u32): void {
  if (tcb.minRttUs == 0 || rttUs < tcb.minRttUs) tcb.minRttUs = rttUs;
}

/** Duplicates that the peer tells of widen the reordering window, once a round trip (step 4). */
export function noteDuplicates(tcb: Tcb): void {
  if ((tcb.episode & Episode.Widened) != 0 && seqGe(tcb.sndUna, tcb.widenedTo)) {
    endEpisode(tcb, Episode.Widened);
  }
  if (delivery.duplicateFrom == delivery.duplicateTo) return;
  count(Counter.TcpDuplicatesTold);
  if (tcb.episode & Episode.Widened) return;
  beginEpisode(tcb, Episode.Widened);
  tcb.widenedTo = tcb.sndNxt;
  if (tcb.reorderingMult < 255) tcb.reorderingMult++;
  tcb.reorderingPersist = PERSISTENCE;
}

/** A recovery is over: after some of them without duplicates the window is what it was. */
export function forgetDuplicates(tcb: Tcb): void {
  if (tcb.reorderingPersist == 0) return;
  if (--tcb.reorderingPersist == 0) tcb.reorderingMult = 1;
}

/** Whether something may be lost that the delivery tells of. */
export function mayHaveLost(tcb: Tcb): bool {
  return tcb.sackedOctets != 0 || (delivery.marks & Mark.Resent) != 0 ||
    has(tcb, TcbFlag.InRecovery) || seqLt(tcb.sndUna, tcb.recover);
}

/**
 * Marks what is lost by now (step 5), and starts the timer for what may be soon. Returns whether
 * something has been found lost.
 */
export function detectLoss(tcb: Tcb): bool {
  const windowUs = tcb.rackRttUs + reorderingWindow(tcb);
  let isFound = false;
  let waitUs: i32 = 0;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    const marks = recordMarks(at);
    const sentUs = recordSentUs(at);
    if ((marks & (Mark.Sacked | Mark.Lost)) != 0) continue;
    if (!isSentAfter(tcb.rackUs, tcb.rackEnd, sentUs, recordTo(at))) continue;
    const leftUs = <i32>(sentUs + windowUs - nowUs());
    if (leftUs <= 0) {
      setMarks(at, marks | Mark.Lost);
      isFound = true;
    } else if (leftUs > waitUs) {
      waitUs = leftUs;
    }
  }
  if (isFound) recount(tcb);
  if (waitUs != 0) setTimer(tcb, Timer.Recovery, <u32>waitUs / 1000 + 1);
  else clearTimer(tcb, Timer.Recovery);
  return isFound;
}

/** How long what was overtaken is waited for, in microseconds. */
function reorderingWindow(tcb: Tcb): u32 {
  if (!has(tcb, TcbFlag.Reordered)) {
    if (has(tcb, TcbFlag.InRecovery) || seqLt(tcb.sndUna, tcb.recover)) return 0;
    if (isManySacked(tcb)) return 0;
  }
  // Without a round trip measured otherwise there is this one.
  const longestUs = tcb.srttUs8 == 0 ? tcb.minRttUs : tcb.srttUs8 >> 3;
  return min<u32>(<u32>tcb.reorderingMult * (tcb.minRttUs >> 2), longestUs);
}

/** RFC 6675 section 4: DupThresh ACKs have told of segments, or as many octets have arrived. */
export function isManySacked(tcb: Tcb): bool {
  return tcb.dupAcks >= DUPLICATE_THRESHOLD ||
    tcb.sackedOctets > (DUPLICATE_THRESHOLD - 1) * <u32>tcb.sndMss;
}

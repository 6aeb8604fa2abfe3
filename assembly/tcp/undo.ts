/**
 * What was sent again although nothing was lost: how it is known, and taken back. Three ways: the
 * peer tells that all of it came twice (D-SACK, RFC 2883, RFC 3708); its timestamp says that the
 * ACK answers what was sent first (Eifel, RFC 3522, RFC 4015); after a timeout, new text is sent,
 * and what was not sent again is acknowledged (F-RTO, RFC 5682).
 */
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { Segment } from "../wire/segment";
import { saveCongestion, undoCongestion } from "./congestion";
import { hasUnsent } from "./output";
import { Mark, firstRecord, recordMarks } from "./records";
import { delivery, unmarkLost } from "./scoreboard";
import { seqDistance, seqGe, seqLe, seqLt } from "./seq";
import {
  Episode, Tcb, TcbFlag, beginEpisode, clearFlag, endEpisode, has,
} from "./tcb";
import { timestamp } from "./timestamps";

/** A reduction that may turn out to be for nothing begins. */
export function beginUndo(tcb: Tcb): void {
  saveCongestion(tcb);
  endEpisode(tcb, Episode.Datable);
  beginEpisode(tcb, Episode.Undoable | (isResending(tcb) ? 0 : Episode.Datable));
  tcb.episodeSeq = tcb.sndUna;
  tcb.undoOctets = 0;
  tcb.resentStamp = 0;
}

/** `len` octets have been sent again. */
export function noteResent(tcb: Tcb, len: u32): void {
  if ((tcb.episode & Episode.Undoable) == 0) return;
  if (tcb.undoOctets == 0 && (tcb.episode & Episode.Datable) != 0) {
    tcb.resentStamp = timestamp(tcb.tsOffset);
  }
  tcb.undoOctets += len;
}

/** The retransmission timer has expired, for the first time of this text: F-RTO step 1. */
export function beginFrto(tcb: Tcb): void {
  endEpisode(tcb, Episode.FrtoFirst | Episode.FrtoSecond);
  beginEpisode(tcb, Episode.FrtoFirst);
}

/** Takes in an ACK. Returns whether what had been reduced was taken back. */
export function mayUndo(tcb: Tcb, seg: Segment, acked: u32): bool {
  if ((tcb.episode & Episode.Undoable) == 0) return false;
  const isFrto = isSpuriousTimeout(tcb, acked);
  if (!isFrto && !isAllTwice(tcb) && !isOfFirst(tcb, seg, acked)) return false;
  endUndo(tcb);
  count(Counter.TcpSpuriousRecoveries);
  undoCongestion(tcb);
  unmarkLost(tcb);
  clearFlag(tcb, TcbFlag.InRecovery | TcbFlag.Resend);
  tcb.dupAcks = 0;
  // A loss from here on is another one.
  tcb.recover = tcb.sndUna - 2;
  return true;
}

/** Nothing can be taken back any more. */
export function endUndo(tcb: Tcb): void {
  endEpisode(tcb, Episode.Undoable | Episode.FrtoFirst | Episode.FrtoSecond);
}

/** RFC 5682 section 3.1, steps 2 and 3. */
function isSpuriousTimeout(tcb: Tcb, acked: u32): bool {
  if (tcb.episode & Episode.FrtoSecond) {
    if (acked == 0 && delivery.octets == 0) return false;
    endEpisode(tcb, Episode.FrtoSecond);
    return delivery.isOriginal;
  }
  if ((tcb.episode & Episode.FrtoFirst) == 0 || (acked == 0 && delivery.octets == 0)) return false;
  endEpisode(tcb, Episode.FrtoFirst);
  if (acked != 0 && seqLt(tcb.sndUna, tcb.recover) && hasUnsent(tcb)) {
    beginEpisode(tcb, Episode.FrtoSecond);
  }
  return false;
}

/** Whether all that was sent again came twice. */
function isAllTwice(tcb: Tcb): bool {
  const from = delivery.duplicateFrom;
  const to = delivery.duplicateTo;
  if (from == to || tcb.undoOctets == 0) return false;
  if (!seqGe(from, tcb.episodeSeq) || !seqLe(to, tcb.recover)) return false;
  tcb.undoOctets -= min<u32>(tcb.undoOctets, seqDistance(from, to));
  return tcb.undoOctets == 0;
}

/**
 * Whether the oldest had been sent again before: the ACK that goes on may answer that, and its
 * timestamp would be earlier than what is sent again from now on.
 */
function isResending(tcb: Tcb): bool {
  return tcb.recordCount != 0 && (recordMarks(firstRecord(tcb)) & Mark.Resent) != 0;
}

/** Whether the ACK answers what was sent before anything was sent again. */
function isOfFirst(tcb: Tcb, seg: Segment, acked: u32): bool {
  if (acked == 0 || tcb.resentStamp == 0 || !has(tcb, TcbFlag.Timestamps)) return false;
  // Only the first ACK that moves SND.UNA can tell: it answers what was sent first or again.
  const isEarlier = seqLt(seg.tsEcr, tcb.resentStamp);
  tcb.resentStamp = 0;
  endEpisode(tcb, Episode.Datable);
  return isEarlier;
}

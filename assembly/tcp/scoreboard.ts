/**
 * What an ACK says of the transmission records: which octets have been delivered for the first time
 * (RFC 9293, RFC 2018), what came twice (RFC 2883), and what follows from when they were sent.
 */
import { IS_SMALL } from "../config";
import { nowUs, isAfter } from "../core/clock";
import { Segment } from "../wire/segment";
import { sackBlockFrom, sackBlockTo } from "../wire/tcp_options";
import {
  Mark, RECORD_LEN, dropFirst, endOfRecords, firstRecord, joinSacked, makeRoom, recordMarks,
  recordSentUs, recordTo, recount, resendRecord, setMarks, splitRecord,
} from "./records";
import { seqDistance, seqGe, seqGt, seqLe, seqLt, seqMax, seqMin } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";
import { timestamp } from "./timestamps";

/** What one ACK has delivered. */
@unmanaged
@final
export class Delivery {
  /** Octets, acknowledged or selectively acknowledged for the first time. */
  octets: u32;
  /** Octets of them by SACK. */
  sacked: u32;
  /** Of what was sent last: when, its end, and its marks. Nothing, if `isTimed` is false. */
  sentUs: u32;
  end: u32;
  marks: u32;
  isTimed: bool;
  /** Something that was sent again is among it. */
  isResent: bool;
  /** Something that was sent once only arrived after what was sent later. */
  isReordered: bool;
  /** Something arrived that was sent once only, before the last timeout. */
  isOriginal: bool;
  /** What the peer says came twice; two equal numbers: nothing. */
  duplicateFrom: u32;
  duplicateTo: u32;
  /** The octet after the highest that was selectively acknowledged before. */
  highest: u32;
}

/**
 * Marks of what is not marked as lost. Where losses are found by counting (RFC 6675), what was sent
 * again is left to the timeout.
 */
const NOT_AGAIN: u32 = IS_SMALL ? <u32>Mark.All : <u32>(Mark.Sacked | Mark.Lost);

const DELIVERY_LEN: usize = (offsetof<Delivery>() + 7) & ~7;

/** Of the last ACK. */
export const delivery: Delivery = changetype<Delivery>(memory.data(<i32>DELIVERY_LEN, 8));

/** Takes in what `seg` acknowledges: SND.UNA moves on. Returns by how many octets. */
export function takeDelivery(tcb: Tcb, seg: Segment): u32 {
  const una = tcb.sndUna;
  clearDelivery();
  delivery.highest = highestSacked(tcb);
  if (seqGt(seg.ack, una)) takeAcknowledged(tcb, seg);
  if (seg.sackCount != 0 && has(tcb, TcbFlag.Sack)) takeBlocks(tcb, seg);
  return seqDistance(una, tcb.sndUna);
}

/** Nothing has been delivered. By words: `memory.fill` is a call, which so few are not worth. */
export function clearDelivery(): void {
  for (let at: usize = 0; at < DELIVERY_LEN; at += 8) {
    store<u64>(changetype<usize>(delivery) + at, 0);
  }
}

/** Octets on their way (RFC 6675 section 2: pipe): neither with the peer nor lost. */
export function pipe(tcb: Tcb): u32 {
  return seqDistance(tcb.sndUna, tcb.sndNxt) - tcb.sackedOctets - tcb.lostOctets;
}

/** The timeout has come: all that the peer does not have is lost (RFC 8985 section 8). */
export function markAllLost(tcb: Tcb): void {
  // The oldest can't be with the peer, or it would be acknowledged: the peer has let go of what it
  // held, and may have of all of it (RFC 2018 section 8).
  const isForgotten = tcb.recordCount != 0 && recordMarks(firstRecord(tcb)) & Mark.Sacked;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    const marks = recordMarks(at);
    if (isForgotten) setMarks(at, (marks & ~Mark.Sacked) | Mark.Lost);
    else if ((marks & Mark.Sacked) == 0) setMarks(at, marks | Mark.Lost);
  }
  recount(tcb);
}

/** What is lost is on its way after all. */
export function unmarkLost(tcb: Tcb): void {
  if (tcb.lostOctets == 0) return;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    setMarks(at, recordMarks(at) & ~Mark.Lost);
  }
  tcb.lostOctets = 0;
}

/** The octets `from` to `to`, on their way and within one record, must be sent again. */
export function markLost(tcb: Tcb, from: u32, to: u32): void {
  makeRoom(tcb, 2);
  let start = tcb.sndUna;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb) && seqLt(start, to); at += RECORD_LEN) {
    const end = recordTo(at);
    const isInside = seqGt(end, from) && (recordMarks(at) & NOT_AGAIN) == 0;
    if (isInside && seqLt(start, from)) {
      splitRecord(tcb, at, from);
    } else if (isInside) {
      if (seqGt(end, to)) splitRecord(tcb, at, to);
      setMarks(at, recordMarks(at) | Mark.Lost);
    }
    start = recordTo(at);
  }
  recount(tcb);
}

/** The octets `from` to `to`, lost, have been sent again. */
export function markResent(tcb: Tcb, from: u32, to: u32): void {
  makeRoom(tcb, 1);
  let start = tcb.sndUna;
  let at = firstRecord(tcb);
  while (at < endOfRecords(tcb) && seqLt(start, to)) {
    const end = recordTo(at);
    if (!seqLt(start, from)) {
      if (seqGt(end, to)) splitRecord(tcb, at, to);
      start = recordTo(at);
      if (resendRecord(tcb, at)) continue;
    }
    start = end;
    at += RECORD_LEN;
  }
  recount(tcb);
}

/** The octet after the highest that the peer has; SND.UNA without such. */
export function highestSacked(tcb: Tcb): u32 {
  if (tcb.sackedOctets == 0) return tcb.sndUna;
  let at = endOfRecords(tcb) - RECORD_LEN;
  while (at > firstRecord(tcb) && (recordMarks(at) & Mark.Sacked) == 0) at -= RECORD_LEN;
  return recordTo(at);
}

/** The records that `seg.ack` covers go; one that it covers in part stays, and begins later. */
function takeAcknowledged(tcb: Tcb, seg: Segment): void {
  const ack = seg.ack;
  let start = tcb.sndUna;
  tcb.sndUna = ack;
  if (seqLt(tcb.sndNxt, ack)) tcb.sndNxt = ack;
  for (let at = firstRecord(tcb); tcb.recordCount != 0 && seqLt(start, ack); at += RECORD_LEN) {
    const end = recordTo(at);
    const marks = recordMarks(at);
    const len = seqDistance(start, seqMin(end, ack));
    if (marks & Mark.Sacked) {
      tcb.sackedOctets -= len;
    } else {
      if (marks & Mark.Lost) tcb.lostOctets -= len;
      deliver(tcb, seg, at, len);
    }
    if (seqGt(end, ack)) return;
    dropFirst(tcb);
    start = end;
  }
}

/** The blocks of a SACK option; the first may tell of a duplicate (RFC 2883 section 4). */
function takeBlocks(tcb: Tcb, seg: Segment): void {
  for (let index: u32 = 0; index < seg.sackCount; index++) {
    const from = sackBlockFrom(seg.sackAt, index);
    const to = sackBlockTo(seg.sackAt, index);
    if (!seqLt(from, to) || seqGt(to, tcb.sndNxt)) continue;
    if (index == 0 && isDuplicate(seg, from, to)) {
      delivery.duplicateFrom = from;
      delivery.duplicateTo = to;
    } else if (seqGt(to, tcb.sndUna)) {
      takeBlock(tcb, seg, from, to);
    }
  }
  if (delivery.sacked == 0) return;
  joinSacked(tcb);
  recount(tcb);
}

/** Whether the first block repeats what the ACK, or the second block, says anyway. */
function isDuplicate(seg: Segment, from: u32, to: u32): bool {
  if (seqLe(to, seg.ack)) return true;
  if (seg.sackCount < 2) return false;
  return seqGe(from, sackBlockFrom(seg.sackAt, 1)) && seqLe(to, sackBlockTo(seg.sackAt, 1));
}

/** The peer has the octets `from` to `to`. */
function takeBlock(tcb: Tcb, seg: Segment, from: u32, to: u32): void {
  makeRoom(tcb, 2);
  let start = tcb.sndUna;
  from = seqMax(from, start);
  for (let at = firstRecord(tcb); at < endOfRecords(tcb) && seqLt(start, to); at += RECORD_LEN) {
    const end = recordTo(at);
    if (seqGt(end, from) && (recordMarks(at) & Mark.Sacked) == 0) {
      if (seqLt(start, from)) {
        splitRecord(tcb, at, from);
      } else {
        if (seqGt(end, to)) splitRecord(tcb, at, to);
        const len = seqDistance(start, recordTo(at));
        delivery.sacked += len;
        deliver(tcb, seg, at, len);
        setMarks(at, Mark.Sacked);
      }
    }
    start = recordTo(at);
  }
}

/** `len` octets of the record at `at` have arrived for the first time. */
function deliver(tcb: Tcb, seg: Segment, at: usize, len: u32): void {
  const end = recordTo(at);
  const marks = recordMarks(at);
  const sentUs = recordSentUs(at);
  delivery.octets += len;
  if (marks & Mark.Resent) {
    delivery.isResent = true;
    if (isAmbiguous(tcb, seg, sentUs)) return;
  } else {
    if (seqLt(end, delivery.highest)) delivery.isReordered = true;
    if (seqLe(end, tcb.recover)) delivery.isOriginal = true;
  }
  if (delivery.isTimed && !isSentAfter(sentUs, end, delivery.sentUs, delivery.end)) return;
  delivery.isTimed = true;
  delivery.sentUs = sentUs;
  delivery.end = end;
  delivery.marks = marks;
}

/** RFC 8985 section 5.2: which of two was sent later; at the same time: which lies further on. */
export function isSentAfter(aUs: u32, aEnd: u32, bUs: u32, bEnd: u32): bool {
  return aUs == bUs ? seqGt(aEnd, bEnd) : isAfter(aUs, bUs);
}

/**
 * Sent again at `sentUs`: the ACK may be for what was sent before (section 6.2, step 2). Where a
 * timestamp tells, half the shortest round trip is enough: all others may have waited for a delayed
 * ACK or behind each other, what is sent again alone does not.
 */
function isAmbiguous(tcb: Tcb, seg: Segment, sentUs: u32): bool {
  const elapsedUs = nowUs() - sentUs;
  if (!has(tcb, TcbFlag.Timestamps)) return elapsedUs < tcb.minRttUs;
  if (timestamp(tcb.tsOffset) - seg.tsEcr > elapsedUs / 1000 + 1) return true;
  return elapsedUs < tcb.minRttUs >> 1;
}

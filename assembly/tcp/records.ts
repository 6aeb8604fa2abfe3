/**
 * Transmission records: what has been sent and not been acknowledged, in order, from SND.UNA to
 * SND.NXT; when each part was sent last, and what is known of it. They are the scoreboard of
 * RFC 6675 and the segments of RFC 8985 in one.
 *
 *   sndUna                                                             sndNxt
 *     | sent at 10, lost | sent at 12, sacked | sent again at 80 | sent at 81 |
 *                        to                   to                 to           to
 *
 * A record is two words: the sequence number after its last, and the time in microseconds, the low
 * three bits of which are its marks. It begins where the one before it ends, the first at SND.UNA.
 * Text sent in short succession shares a record, so that no more than about 100 in a window differ
 * by time alone. When there is no room, neighbours merge and keep the later time: a loss is then
 * found later, never one that is none.
 */
import { isAfter, nowUs } from "../core/clock";
import { recordCapacity, recordTable } from "./connections";
import { seqDistance, seqLt } from "./seq";
import { Tcb } from "./tcb";

/** Octets of a record. */
export const RECORD_LEN: u32 = 8;

/** What is known of a record. With neither of the first two it is on its way. */
export const enum Mark {
  /** The peer has it (RFC 2018). */
  Sacked = 1,
  /** It must be sent again. */
  Lost = 2,
  /** It was sent more than once. */
  Resent = 4,
  All = 7,
}

/** A round trip of sending is told apart in at most 2^7 parts, and at least 2^6. */
const PARTS_BITS: u32 = 6;
/** Where the time begins. */
const MARKS_BITS: u32 = 3;

/** Where the first record lies. */
export function firstRecord(tcb: Tcb): usize {
  return recordTable(tcb) + <usize>(<u32>tcb.recordFirst * RECORD_LEN);
}

/** Where the records end. */
export function endOfRecords(tcb: Tcb): usize {
  return firstRecord(tcb) + <usize>(<u32>tcb.recordCount * RECORD_LEN);
}

/** The sequence number after the last of the record at `at`. */
export function recordTo(at: usize): u32 {
  return load<u32>(at);
}

/** When it was sent last, in microseconds. */
export function recordSentUs(at: usize): u32 {
  return load<u32>(at, 4) & ~Mark.All;
}

/** Bits of `Mark`. */
export function recordMarks(at: usize): u32 {
  return load<u32>(at, 4) & Mark.All;
}

/** Sets them, and leaves the time. */
export function setMarks(at: usize, marks: u32): void {
  store<u32>(at, recordSentUs(at) | marks, 4);
}

/** The time, as records have it. */
export function stampNow(): u32 {
  return nowUs() & ~Mark.All;
}

/** New text up to `end` has been sent. */
export function appendRecord(tcb: Tcb, end: u32): void {
  const word = stampNow();
  if (tcb.recordCount == 0) {
    // What arrived before says nothing of what is sent from now on.
    tcb.rackUs = word - 1;
  } else {
    const last = endOfRecords(tcb) - RECORD_LEN;
    if (isAlike(tcb, load<u32>(last, 4), word)) {
      setRecord(last, end, word);
      return;
    }
    makeRoom(tcb, 1);
  }
  setRecord(endOfRecords(tcb), end, word);
  tcb.recordCount++;
}

/** Takes the first record out. */
export function dropFirst(tcb: Tcb): void {
  tcb.recordFirst++;
  if (--tcb.recordCount == 0) tcb.recordFirst = 0;
}

/**
 * The record that `ack`, which is beyond SND.UNA, lies in or ends, if all up to it were sent once
 * and nothing else is known of them; or else 0.
 */
export function lastCovered(tcb: Tcb, ack: u32): usize {
  const end = endOfRecords(tcb);
  for (let at = firstRecord(tcb); at < end && recordMarks(at) == 0; at += RECORD_LEN) {
    if (!seqLt(recordTo(at), ack)) return at;
  }
  return 0;
}

/** Takes out those before the one at `at`, and that too if it ends with `ack`. */
export function dropTo(tcb: Tcb, at: usize, ack: u32): void {
  const isWhole = recordTo(at) == ack;
  const dropped = <u32>(at - firstRecord(tcb)) / RECORD_LEN + u32(isWhole);
  tcb.recordCount -= <u8>dropped;
  tcb.recordFirst = tcb.recordCount == 0 ? 0 : <u8>(tcb.recordFirst + dropped);
}

/** Takes all of them out. */
export function clearRecords(tcb: Tcb): void {
  tcb.recordCount = 0;
  tcb.recordFirst = 0;
}

/**
 * Cuts the record at `at` in two at `seq`, which lies within it. There must be room: `makeRoom`.
 * Records behind it move; the first part stays where it is.
 */
export function splitRecord(tcb: Tcb, at: usize, seq: u32): void {
  memory.copy(at + RECORD_LEN, at, endOfRecords(tcb) - at);
  tcb.recordCount++;
  store<u32>(at, seq);
}

/**
 * The record at `at` has been sent again. Returns whether it has joined the one before it, as that
 * was sent again as lately: at `at` is then what follows.
 */
export function resendRecord(tcb: Tcb, at: usize): bool {
  const word = stampNow() | Mark.Resent;
  store<u32>(at, word, 4);
  const before = at - RECORD_LEN;
  if (at == firstRecord(tcb) || !isAlike(tcb, load<u32>(before, 4), word)) return false;
  joinNext(tcb, before);
  return true;
}

/** Makes neighbours one that both are with the peer: when they were sent does not matter more. */
export function joinSacked(tcb: Tcb): void {
  let at = firstRecord(tcb);
  while (at + RECORD_LEN < endOfRecords(tcb)) {
    if (recordMarks(at) & recordMarks(at + RECORD_LEN) & Mark.Sacked) joinNext(tcb, at);
    else at += RECORD_LEN;
  }
}

/** Makes room for `more` records behind the others, by merging as many as it takes. */
export function makeRoom(tcb: Tcb, more: u32): void {
  const capacity = recordCapacity();
  if (<u32>tcb.recordFirst + tcb.recordCount + more <= capacity) return;
  memory.copy(recordTable(tcb), firstRecord(tcb), endOfRecords(tcb) - firstRecord(tcb));
  tcb.recordFirst = 0;
  if (<u32>tcb.recordCount + more <= capacity) return;
  while (<u32>tcb.recordCount + more > capacity) mergeTwo(tcb);
  recount(tcb);
}

/** Counts what is with the peer, and what is lost, anew. */
export function recount(tcb: Tcb): void {
  let start = tcb.sndUna;
  let sacked: u32 = 0;
  let lost: u32 = 0;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    const len = seqDistance(start, recordTo(at));
    const marks = recordMarks(at);
    if (marks & Mark.Sacked) sacked += len;
    else if (marks & Mark.Lost) lost += len;
    start = recordTo(at);
  }
  tcb.sackedOctets = sacked;
  tcb.lostOctets = lost;
}

/** Merges the two neighbours by which the least is forgotten. */
function mergeTwo(tcb: Tcb): void {
  let best = endOfRecords(tcb) - 2 * RECORD_LEN;
  let least: u32 = 0xffffffff;
  let sacked: usize = 0;
  for (let at = firstRecord(tcb); at + RECORD_LEN < endOfRecords(tcb); at += RECORD_LEN) {
    const next = at + RECORD_LEN;
    if (recordMarks(next) & Mark.Sacked) sacked = at;
    const gap = <u32>abs<i32>(<i32>(load<u32>(at, 4) - load<u32>(next, 4)));
    if (recordMarks(at) != recordMarks(next) || gap >= least) continue;
    least = gap;
    best = at;
  }
  // None are alike: the last one that is with the peer is forgotten to be, which does no harm.
  if (least == 0xffffffff && sacked != 0) best = sacked;
  // Part of it was sent sooner than the time will say: what arrives of it is as ambiguous as what
  // was sent again, and tells no round trip.
  setMarks(best, recordMarks(best) | Mark.Resent);
  joinNext(tcb, best);
}

/** The record at `at` takes in the one behind it: the later time, and what is so of both. */
function joinNext(tcb: Tcb, at: usize): void {
  const next = at + RECORD_LEN;
  const later = isAfter(recordSentUs(next), recordSentUs(at)) ? next : at;
  const isResent = (recordMarks(at) | recordMarks(next)) & Mark.Resent;
  const marks = (recordMarks(at) & recordMarks(next)) | isResent;
  setRecord(at, recordTo(next), recordSentUs(later) | marks);
  memory.copy(next, next + RECORD_LEN, endOfRecords(tcb) - next - RECORD_LEN);
  tcb.recordCount--;
}

/** Whether two second words say the same, as nearly as it matters. */
function isAlike(tcb: Tcb, one: u32, other: u32): bool {
  const difference = one ^ other;
  if (difference == 0) return true;
  if ((difference & Mark.All) != 0) return false;
  const bits: u32 = 31 - clz<u32>((tcb.srttUs8 >> 3) | 1);
  return difference >> (bits > PARTS_BITS + MARKS_BITS ? bits - PARTS_BITS : MARKS_BITS) == 0;
}

function setRecord(at: usize, to: u32, word: u32): void {
  store<u32>(at, to);
  store<u32>(at, word, 4);
}

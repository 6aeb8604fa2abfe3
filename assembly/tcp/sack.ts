/**
 * Selective acknowledgment, the receiver's side (RFC 2018): which of the ranges that are held out
 * of order an ACK names, and in which order; and, before them, what came twice (RFC 2883).
 */
import { HAS_ACCURATE_ECN } from "../config";
import { rangeFrom, rangeTo } from "../core/ranges";
import {
  SACK_BLOCK_LEN, SACK_HEADER_LEN, emitSackBlock, emitSackHeader,
} from "../wire/tcp_options";
import { rangesOf } from "./connections";
import { blocksFewer } from "./ecn_counts";
import { seqLt } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";

/** Blocks that fit beside timestamps; without them there is room for one more. */
const MOST_BLOCKS: u32 = 3;
/** Ranges whose order of arrival is remembered: `Tcb.sackRecent0` and its neighbours. */
const RECENT: usize = offsetof<Tcb>("sackRecent0");
const RECENT_COUNT: u32 = 3;

/** No range holds the octet. */
const NONE: u32 = 0xff;

/** Octet `seq` has come out of order: its range is the first to be named (section 4). */
export function noteArrival(tcb: Tcb, seq: u32): void {
  const range = rangeWith(tcb, seq);
  let moved = seq;
  for (let index: u32 = 0; index < RECENT_COUNT; index++) {
    const next = recent(tcb, index);
    store<u32>(recentAt(tcb, index), moved);
    // The others move down one place, to where the same range stood before.
    if (rangeWith(tcb, next) == range) return;
    moved = next;
  }
}

/** The octets `from` to `to`, exclusive, came twice: the next ACK says so, once (RFC 2883). */
export function noteDuplicate(tcb: Tcb, from: u32, to: u32): void {
  tcb.dsackFrom = from;
  tcb.dsackTo = to;
}

/** An ACK has left: the duplicate has been told. */
export function endDuplicate(tcb: Tcb): void {
  tcb.dsackTo = tcb.dsackFrom;
}

/** Octets of the SACK option on the next segment; 0: none. */
export function sackLen(tcb: Tcb): u32 {
  if (tcb.rangeCount == 0 && !hasDuplicate(tcb)) return 0;
  if (!has(tcb, TcbFlag.Sack)) return 0;
  const fewer = HAS_ACCURATE_ECN ? blocksFewer(tcb) : 0;
  const most = MOST_BLOCKS + u32(!has(tcb, TcbFlag.Timestamps)) - fewer;
  const blocks = min<u32>(<u32>tcb.rangeCount + u32(hasDuplicate(tcb)), most);
  return SACK_HEADER_LEN + blocks * SACK_BLOCK_LEN;
}

/** Writes a SACK option of `len` octets, as `sackLen` has them. */
export function emitSack(tcb: Tcb, at: usize, len: u32): void {
  const end = at + len;
  at += emitSackHeader(at, (len - SACK_HEADER_LEN) / SACK_BLOCK_LEN);
  if (hasDuplicate(tcb)) {
    emitSackBlock(at, tcb.dsackFrom, tcb.dsackTo);
    at += SACK_BLOCK_LEN;
  }
  // First the ranges that changed last, in that order, then the others.
  let named: u32 = 0;
  for (let index: u32 = 0; index < RECENT_COUNT + tcb.rangeCount && at < end; index++) {
    const range = index < RECENT_COUNT
      ? rangeWith(tcb, recent(tcb, index)) : index - RECENT_COUNT;
    if (range == NONE || ((named >> range) & 1) != 0) continue;
    named |= 1 << range;
    const ranges = rangesOf(tcb);
    emitSackBlock(at, rangeFrom(ranges, range), rangeTo(ranges, range));
    at += SACK_BLOCK_LEN;
  }
}

/** Whether something came twice that has not been told. */
export function hasDuplicate(tcb: Tcb): bool {
  return tcb.dsackFrom != tcb.dsackTo;
}

/** The index of the range that holds octet `seq`, or `NONE`. */
function rangeWith(tcb: Tcb, seq: u32): u32 {
  const ranges = rangesOf(tcb);
  for (let index: u32 = 0; index < tcb.rangeCount; index++) {
    if (seqLt(seq, rangeFrom(ranges, index))) break;
    if (seqLt(seq, rangeTo(ranges, index))) return index;
  }
  return NONE;
}

function recentAt(tcb: Tcb, index: u32): usize {
  return changetype<usize>(tcb) + RECENT + (<usize>index << 2);
}

function recent(tcb: Tcb, index: u32): u32 {
  return load<u32>(recentAt(tcb, index));
}

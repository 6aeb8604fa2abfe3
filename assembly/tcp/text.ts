/**
 * The seventh check of RFC 9293 section 3.10.7.4: the text, and the receive ring behind it.
 *
 * Text is put in its place twice over. While its checksum is being made, `placeText` copies it into
 * the ring if it lies wholly in the window and beyond all that is held: nobody looks there before
 * `processText` says that it counts. All other text may touch held octets, and is copied by
 * `processText`, piece by piece around them, when its checksum is known to be right.
 */
import { Counter } from "../abi/counter";
import { Event } from "../abi/event";
import { count } from "../core/counters";
import { addOctets } from "../core/checksum";
import { ringWrite, ringWriteAdd } from "../core/ring";
import { NO_ROOM, dropRanges, insertRange, rangeFrom, rangeTo } from "../core/ranges";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { rangeCapacity, rangesOf, receiveMask, receiveRing, tell } from "./connections";
import { noteArrival, noteDuplicate } from "./sack";
import { seqDistance, seqGt, seqLt, seqMax, seqMin } from "./seq";
import { mayReceive } from "./state";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";
import { Timer, ensureTimer } from "./timers";
import { Verdict } from "./verdict";
import { receiveWindow } from "./window";

/** Adds the text to `sum`, and puts it in its place in the ring if that does no harm. */
export function placeText(sum: u64, tcb: Tcb, seg: Segment): u64 {
  const offset = seqDistance(tcb.rcvNxt, seg.seq);
  const wnd = receiveWindow(tcb);
  if (mayReceive(tcb.state) && offset < wnd && seg.textLen <= wnd - offset) {
    if (!seqLt(seg.seq, heldTo(tcb))) {
      seg.placed = true;
      return ringWriteAdd(sum, receiveRing(tcb), receiveMask(), seg.seq, seg.textAt, seg.textLen);
    }
  }
  return addOctets(sum, seg.textAt, seg.textLen);
}

/** Seventh: the text. Notes a FIN behind it, too, for `processFin`. */
export function processText(tcb: Tcb, seg: Segment): Verdict {
  const hasFin = (seg.flags & Flag.Fin) != 0;
  if ((seg.textLen == 0 && !hasFin) || !mayReceive(tcb.state)) return Verdict.Continue;
  // New text for an application that has let go is lost: the peer must know (SHLD-3).
  let end = seg.seq + seg.textLen;
  if (has(tcb, TcbFlag.Orphan) && seqGt(end, tcb.rcvNxt)) return Verdict.SendRst;
  const edge = tcb.rcvAdv;
  if (seqGt(end, edge)) end = edge;
  else if (hasFin && end != edge && !has(tcb, TcbFlag.PeerFinKnown)) noteFin(tcb, end);
  // Nothing follows a FIN.
  if (has(tcb, TcbFlag.PeerFinKnown) && seqGt(end, tcb.rcvFin)) end = tcb.rcvFin;
  const from = seqLt(seg.seq, tcb.rcvNxt) ? tcb.rcvNxt : seg.seq;
  if (from != seg.seq) noteDuplicate(tcb, seg.seq, seqMin(from, seg.seq + seg.textLen));
  noteSize(tcb, seg.textLen);
  if (!seqLt(from, end)) {
    if (seg.textLen != 0) {
      count(Counter.TcpDuplicateText);
      setFlag(tcb, TcbFlag.AckNow);
    }
  } else if (from == tcb.rcvNxt) {
    takeInOrder(tcb, seg, from, end);
  } else {
    takeOutOfOrder(tcb, seg, from, end);
  }
  return Verdict.Continue;
}

/** Remembers where the stream ends: not before what is held already. */
function noteFin(tcb: Tcb, seq: u32): void {
  if (seqLt(seq, heldTo(tcb))) return;
  setFlag(tcb, TcbFlag.PeerFinKnown);
  tcb.rcvFin = seq;
  if (seq != tcb.rcvNxt) setFlag(tcb, TcbFlag.AckNow);
}

/** The octets that were waited for, and perhaps held ones behind them. */
function takeInOrder(tcb: Tcb, seg: Segment, from: u32, end: u32): void {
  if (!seg.placed) copyUnheld(tcb, seg, from, end);
  tcb.rcvNxt = end;
  tcb.acksOwed = 0;
  if (tcb.rangeCount != 0) closeHole(tcb);
  tell(tcb, Event.Readable);
  scheduleAck(tcb);
}

/** `len` octets have come in order, where nothing was missing. */
export function noteText(tcb: Tcb, len: u32): void {
  tcb.rcvNxt += len;
  noteSize(tcb, len);
  tell(tcb, Event.Readable);
  scheduleAck(tcb);
}

/** What is larger than we have announced is several segments, which the driver has joined. */
function noteSize(tcb: Tcb, len: u32): void {
  if (len > tcb.rmss && len <= tcb.rcvMss) tcb.rmss = <u16>len;
}

/** A hole was closed, wholly or in part: the sender waits to hear of it (RFC 5681 section 4.2). */
function closeHole(tcb: Tcb): void {
  const ranges = rangesOf(tcb);
  let taken: u32 = 0;
  while (taken < tcb.rangeCount && !seqGt(rangeFrom(ranges, taken), tcb.rcvNxt)) {
    if (seqGt(rangeTo(ranges, taken), tcb.rcvNxt)) tcb.rcvNxt = rangeTo(ranges, taken);
    taken++;
  }
  setFlag(tcb, TcbFlag.AckNow);
  tcb.rangeCount = <u8>dropRanges(ranges, tcb.rangeCount, taken);
}

/** Octets beyond a hole: kept (SHLD-31), and answered at once: the sender must hear of it. */
function takeOutOfOrder(tcb: Tcb, seg: Segment, from: u32, end: u32): void {
  // One for each: a sender without SACK counts them, so here they must not be made one.
  setFlag(tcb, TcbFlag.AckNow);
  if (tcb.acksOwed < 255) tcb.acksOwed++;
  // Without room in the table the octets lie there, and nobody knows.
  if (!seg.placed) copyUnheld(tcb, seg, from, end);
  const held = insertRange(
    rangesOf(tcb), tcb.rangeCount, rangeCapacity(), tcb.rcvNxt, from, end,
  );
  if (held == NO_ROOM) {
    count(Counter.TcpTextBeyondRanges);
    return;
  }
  count(Counter.TcpOutOfOrderText);
  tcb.rangeCount = <u8>held;
  noteArrival(tcb, from);
}

/** The octet after the last that is held or has been received in order. */
function heldTo(tcb: Tcb): u32 {
  const held = <u32>tcb.rangeCount;
  return held == 0 ? tcb.rcvNxt : rangeTo(rangesOf(tcb), held - 1);
}

/** Copies what of `from` to `end` is not held yet: what came first, stays. */
function copyUnheld(tcb: Tcb, seg: Segment, from: u32, end: u32): void {
  const ranges = rangesOf(tcb);
  for (let index: u32 = 0; index < tcb.rangeCount && seqLt(from, end); index++) {
    const heldFrom = rangeFrom(ranges, index);
    const heldTo = rangeTo(ranges, index);
    if (!seqGt(heldTo, from)) continue;
    if (!seqLt(heldFrom, end)) break;
    if (seqGt(heldFrom, from)) copyText(tcb, seg, from, heldFrom);
    noteDuplicate(tcb, seqMax(from, heldFrom), seqMin(heldTo, end));
    from = heldTo;
  }
  if (seqLt(from, end)) copyText(tcb, seg, from, end);
}

function copyText(tcb: Tcb, seg: Segment, from: u32, end: u32): void {
  const skipped = seqDistance(seg.seq, from);
  ringWrite(
    receiveRing(tcb), receiveMask(), from, seg.textAt + skipped, seqDistance(from, end),
  );
}

/** RFC 9293 section 3.8.6.3: at once for every second full segment, else within the delay. */
function scheduleAck(tcb: Tcb): void {
  if (seqDistance(tcb.rcvAcked, tcb.rcvNxt) >= 2 * <u32>tcb.rmss || tcb.ackDelayMs == 0) {
    setFlag(tcb, TcbFlag.AckNow);
  } else {
    ensureTimer(tcb, Timer.Ack, tcb.ackDelayMs);
  }
}

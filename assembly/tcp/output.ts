/**
 * What a connection sends next. A plan is made first, without effect, so that the same question
 * serves to ask whether there is anything to say.
 *
 *              sndUna                 sndNxt           sndEnd
 *   -------------|----------------------|----------------|------
 *                | sent: on its way,    | to be sent     | free
 *                | lost, or with the    |                |
 *                | peer (records.ts)    |                |
 *
 * `sndMax` is `sndNxt`, or one beyond it: where a window probe has been sent.
 */
import { Event } from "../abi/event";
import { State } from "../abi/state";
import { HAS_PACING, HAS_SHORT_WAYS, IS_BOARD } from "../config";
import { frameMtu } from "../net/frame";
import { hasOffload } from "../net/interface";
import { Flag } from "../wire/tcp";
import { owesBareAck } from "./accurate_ecn";
import { nextRoom } from "./black_hole";
import { sendMask } from "./connections";
import { ecnBits, ecnSynBits } from "./ecn";
import { Switch } from "./entry";
import { HEADERS_LEN } from "./mss";
import { extraLen, usualLen } from "./options";
import { isPaced, mustWait, pacedRoom } from "./pacing";
import { plan } from "./plan";
import { Mark, RECORD_LEN, endOfRecords, firstRecord, recordMarks, recordTo } from "./records";
import { hasDuplicate } from "./sack";
import { pipe } from "./scoreboard";
import { seqDistance, seqGt, seqLe, seqLt, seqMin } from "./seq";
import { maySend } from "./state";
import { Episode, Tcb, TcbFlag, has } from "./tcb";
import { isFinAlone, isUsual } from "./usual";
import { bareSeq, usableWindow } from "./window";

/** What waits, or is asked for, when there is anything to plan. */
const CAUSES: u32 = TcbFlag.Opening | TcbFlag.AckNow | TcbFlag.KeepAliveNow;

/** The plan that stands, or another. False: the connection has nothing to say. */
export function currentPlan(tcb: Tcb): bool {
  return plan.tcb == changetype<usize>(tcb) ? plan.isReady : planSegment(tcb);
}

/** Plans the next segment. False: the connection has nothing to say. */
export function planSegment(tcb: Tcb): bool {
  if (HAS_SHORT_WAYS && isUsual(tcb)) return planUsual(tcb);
  plan.tcb = changetype<usize>(tcb);
  if (HAS_PACING) plan.isHeld = false;
  if (HAS_SHORT_WAYS) plan.isUsual = false;
  plan.isReady = makePlan(tcb);
  return plan.isReady;
}

/** The same in the usual case: new text, or a bare ACK. */
export function planUsual(tcb: Tcb): bool {
  plan.tcb = changetype<usize>(tcb);
  plan.isUsual = true;
  planBare(tcb);
  plan.seq = tcb.sndNxt;
  plan.isReady = planUsualText(tcb) || has(tcb, TcbFlag.AckNow);
  return plan.isReady;
}

/**
 * The same after CLOSE where nothing but our FIN is to be sent, and nothing is on its way. False:
 * there is more to it, and `planSegment` must tell.
 */
export function planFin(tcb: Tcb): bool {
  if (tcb.sndUna != tcb.sndEnd || tcb.sndNxt != tcb.sndEnd || tcb.sndWnd == 0) return false;
  // What makes options of its own, where nothing has come out of order.
  if (!isFinAlone(tcb) || has(tcb, TcbFlag.TellTimeout) || hasDuplicate(tcb)) return false;
  planAlone(tcb, tcb.sndEnd, Flag.Ack | Flag.Fin);
  plan.isUsual = true;
  return true;
}

/** The same for a connection in SYN-SENT to which nothing has happened yet. */
export function planFirstSyn(tcb: Tcb): void {
  planAlone(tcb, tcb.sndNxt, Flag.Syn | ecnSynBits(tcb, false));
  plan.isUsual = false;
}

/** Plans a segment without text, and without options that not all segments have. */
function planAlone(tcb: Tcb, seq: u32, flags: u32): void {
  plan.tcb = changetype<usize>(tcb);
  plan.isReady = true;
  plan.isHeld = false;
  plan.seq = seq;
  plan.len = 0;
  plan.size = 0;
  plan.flags = flags;
  plan.extraLen = 0;
  plan.optionsLen = usualLen(tcb);
  plan.room = textRoom(tcb);
}

function planUsualText(tcb: Tcb): bool {
  const text = seqDistance(tcb.sndNxt, tcb.sndEnd);
  if (text == 0) return false;
  // Nothing is lost or with the peer out of order: all that was sent is on its way.
  const room = <i32>(min<u32>(tcb.cwnd, tcb.sndWnd) - seqDistance(tcb.sndUna, tcb.sndNxt));
  if (room <= 0) return false;
  const least = tcb.sndMss < tcb.mssLimit ? roomFor(tcb, text, room) : plan.room;
  const len = min<u32>(min<u32>(text, room), least);
  if (len == 0 || !mayLeave(tcb, text, len)) return false;
  planNew(tcb, text, room, len, false);
  return true;
}

/** A segment without text, so far: its options, and the room they leave. */
function planBare(tcb: Tcb): void {
  plan.len = 0;
  if (!IS_BOARD) plan.size = 0;
  plan.flags = Flag.Ack;
  plan.extraLen = extraLen(tcb);
  plan.optionsLen = plan.extraLen + usualLen(tcb);
  plan.room = textRoom(tcb);
}

function makePlan(tcb: Tcb): bool {
  const isUnsent = hasUnsent(tcb);
  if (!has(tcb, CAUSES) && !isUnsent && tcb.lostOctets == 0) return false;
  planBare(tcb);
  if (has(tcb, TcbFlag.Opening)) return planSyn(tcb);
  plan.seq = bareSeq(tcb);
  if (owesBareAck(tcb)) return true;
  if (maySend(tcb.state)) {
    // RFC 5682 step 2b: once after a timeout new text shows whether it was for nothing.
    const isLost = tcb.lostOctets != 0;
    if (isLost && (tcb.episode & Episode.FrtoSecond) == 0 && planLost(tcb)) return true;
    if (isUnsent && planText(tcb)) return true;
    if (isLost && planLost(tcb)) return true;
  }
  if (has(tcb, TcbFlag.KeepAliveNow)) {
    // One octet back, and no text: unacceptable, so that the peer must answer (SHLD-12).
    plan.seq--;
    return true;
  }
  return has(tcb, TcbFlag.AckNow);
}

/** Whether the planned segment takes up sequence numbers. */
export function isOccupying(): bool {
  return plan.len != 0 || (plan.flags & (Flag.Syn | Flag.Fin)) != 0;
}

/** Whether text or FIN waits that has not been sent, or must be sent again. */
export function hasUnsent(tcb: Tcb): bool {
  return seqLt(tcb.sndNxt, tcb.sndEnd) || isFinUnsent(tcb);
}

/** Our SYN, and in FIN-WAIT-1 the FIN behind it. */
function planSyn(tcb: Tcb): bool {
  const isAnswer = tcb.state != State.SynSent;
  plan.seq = tcb.sndNxt;
  if (tcb.sndNxt == tcb.sndUna) {
    plan.flags = isAnswer ? Flag.Syn | Flag.Ack : Flag.Syn;
    plan.flags |= ecnSynBits(tcb, isAnswer);
    return true;
  }
  if (tcb.state == State.FinWait1 && isFinUnsent(tcb)) {
    plan.flags |= Flag.Fin;
    return true;
  }
  return isAnswer && has(tcb, TcbFlag.AckNow);
}

/**
 * The first that is lost, once more, as far as the windows allow; beyond what it asks for it waits
 * for nothing. With the peer's window closed a probe is its first octet.
 */
function planLost(tcb: Tcb): bool {
  const end = endOfRecords(tcb);
  let at = firstRecord(tcb);
  let seq = tcb.sndUna;
  while (at < end && (recordMarks(at) & Mark.Lost) == 0) {
    seq = recordTo(at);
    at += RECORD_LEN;
  }
  let to = recordTo(at);
  while (at + RECORD_LEN < end && (recordMarks(at + RECORD_LEN) & Mark.Lost) != 0) {
    at += RECORD_LEN;
    to = recordTo(at);
  }
  const isProbe = has(tcb, TcbFlag.ProbeNow);
  const room = max<i32>(<i32>(tcb.sndUna + tcb.sndWnd - seq), i32(isProbe));
  if (room <= 0) return false;
  const text = seqDistance(seq, seqMin(to, tcb.sndEnd));
  const len = min<u32>(min<u32>(text, plan.room), room);
  const out = pipe(tcb);
  if (out != 0 && out + len > tcb.cwnd && !has(tcb, TcbFlag.Resend | TcbFlag.ProbeNow)) {
    return false;
  }
  if (HAS_PACING && isHeld(tcb, len)) return false;
  finishPlan(tcb, seq, len, seqGt(to, tcb.sndEnd));
  return true;
}

/**
 * Text and FIN from `sndNxt` on, as far as the windows, Nagle and good sense allow. A probe of the
 * window (section 3.8.6.1) is one octet beyond it; or, when the window is open but small, what
 * silly window avoidance has held back long enough.
 */
function planText(tcb: Tcb): bool {
  const isProbe = has(tcb, TcbFlag.ProbeNow);
  const text = seqDistance(tcb.sndNxt, tcb.sndEnd);
  const usable = max<u32>(usableWindow(tcb), u32(isProbe));
  const len = min<u32>(min<u32>(text, usable), roomFor(tcb, text, usable));
  const mayFin = isFinUnsent(tcb) && usable > text;
  if (len == 0 && !mayFin) return false;
  if (!has(tcb, TcbFlag.ProbeNow | TcbFlag.ProbeTail) && !mayLeave(tcb, text, len)) return false;
  if (HAS_PACING && isHeld(tcb, len)) return false;
  const isCut = HAS_PACING && hasOffload() && isPaced(tcb);
  const most = isCut ? pacedRoom(tcb, usable) : usable;
  planNew(tcb, text, most, len, mayFin);
  return true;
}

/** Whether `len` octets of text, which might leave otherwise, must wait for their time. */
function isHeld(tcb: Tcb, len: u32): bool {
  if (!isPaced(tcb) || len == 0 || !mustWait(tcb)) return false;
  plan.isHeld = true;
  return true;
}

/** Octets of text for the next new segment; a larger one may be tried (black_hole.ts). */
function roomFor(tcb: Tcb, text: u32, usable: u32): u32 {
  return min<u32>(nextRoom(tcb, text, usable, plan.extraLen), halfRing());
}

/** Notes `len` octets of new text; where the driver cuts, as many times that as may leave. */
function planNew(tcb: Tcb, text: u32, usable: u32, len: u32, mayFin: bool): void {
  finishPlan(tcb, tcb.sndNxt, len, mayFin);
  if (hasOffload() && len == plan.room && mayJoin(tcb)) {
    finishPlan(tcb, tcb.sndNxt, joinedLen(text, usable, len), mayFin);
    plan.size = len;
  }
}

/**
 * Whether the next segments may leave as one, for the driver to cut: while nothing seems lost. All
 * get one header, but for CWR, which stays with the first; and what counts from the sequence number
 * (URG) would be wrong in the others.
 */
function mayJoin(tcb: Tcb): bool {
  if (has(tcb, TcbFlag.InRecovery | TcbFlag.ProbeNow | TcbFlag.ProbeTail)) return false;
  if ((tcb.dupAcks | tcb.sackedOctets | tcb.lostOctets) != 0) return false;
  if ((tcb.episode & (Episode.FrtoFirst | Episode.FrtoSecond)) != 0) return false;
  return !seqGt(tcb.sndUp, tcb.sndNxt) && (ecnBits(tcb) & Flag.Cwr) == 0;
}

/** Octets of text of as many full segments, of `len` each, as a frame and the windows hold. */
function joinedLen(text: u32, usable: u32, len: u32): u32 {
  const most = min<u32>(min<u32>(text, usable), frameMtu() - HEADERS_LEN - plan.optionsLen);
  return most - most % len;
}

/**
 * RFC 9293 section 3.8.6.2.1 (the sender's side of silly window avoidance) and Nagle's algorithm
 * (section 3.7.4): a full segment may always leave; a part may when it is half of the largest
 * window seen; the last of what is queued may when no other small segment is outstanding, or when
 * Nagle's algorithm is off.
 *
 * Deviation: by the letter nothing at all may be outstanding. The end of a write of one and a half
 * segments would then wait for an ACK, and a peer that got one segment delays that (appendix A.3).
 */
function mayLeave(tcb: Tcb, text: u32, len: u32): bool {
  if (len >= plan.room) return true;
  // What was sent before is not held back: the rules are for new text.
  if (seqLt(tcb.sndNxt, tcb.sndMax)) return true;
  if (len < text) return len >= tcb.maxSndWnd >> 1;
  if (!isSmallOutstanding(tcb) || isWritePending(tcb)) return true;
  return (tcb.switches & Switch.NoDelay) != 0 || has(tcb, TcbFlag.FinQueued);
}

/** Octets of text of a planned segment, or of each of those that leave as one. */
export function plannedSize(): u32 {
  return IS_BOARD ? plan.len : plan.size;
}

/** Whether the planned segment is a small one for Nagle's algorithm: the end of a write. */
export function isSmall(tcb: Tcb): bool {
  return plan.len < plan.room && plan.seq + plan.len == tcb.sndEnd && !isWritePending(tcb);
}

/** Whether a small segment is outstanding: `sndSmall` is the end of the last that was sent. */
function isSmallOutstanding(tcb: Tcb): bool {
  const small = seqDistance(tcb.sndUna, tcb.sndSmall);
  return small != 0 && small <= seqDistance(tcb.sndUna, tcb.sndMax);
}

/**
 * Whether a write goes on that found no room: what is queued is not the end of it, and the rest
 * comes only when this has left.
 */
function isWritePending(tcb: Tcb): bool {
  if (has(tcb, TcbFlag.NoRoom) || (tcb.events & Event.Writable) != 0) return true;
  return seqDistance(tcb.sndUna, tcb.sndEnd) > sendMask();
}

/** Octets of text that fit the next segment: options of its own take room (RFC 6691). */
function textRoom(tcb: Tcb): u32 {
  return min<u32>(tcb.sndMss - plan.extraLen, halfRing());
}

/**
 * The send ring holds two segments at least: of two the peer delays no ACK, and what waits behind
 * a ring that is full waits for nothing else.
 */
function halfRing(): u32 {
  return (sendMask() + 1) >> 1;
}

/** Notes `len` octets from `seq`; PSH at the end of what is queued (MUST-61), FIN if it may be. */
function finishPlan(tcb: Tcb, seq: u32, len: u32, mayFin: bool): void {
  plan.seq = seq;
  plan.len = len;
  if (!IS_BOARD) plan.size = len;
  if (seq + len != tcb.sndEnd) return;
  if (len != 0) plan.flags |= Flag.Psh;
  if (mayFin) plan.flags |= Flag.Fin;
}

function isFinUnsent(tcb: Tcb): bool {
  return has(tcb, TcbFlag.FinQueued) && seqLe(tcb.sndNxt, tcb.sndEnd);
}

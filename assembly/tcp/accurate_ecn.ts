/**
 * Accurate ECN feedback (RFC 9768): each end counts the packets that came to it marked, and tells
 * the three low bits of the count in the ACE field of every segment; SYN+ACK, and the ACK of it,
 * tell there what the ECN field of the segment that they answer was. The AccECN option is skipped
 * when it comes; ecn_counts.ts sends it.
 *
 * Deviation: how often the count grew is of no matter here, where one mark or seven in a round trip
 * halve the window once. So an ACK of eight or more segments whose field stands where it stood is
 * taken as one without a mark (section 3.2.2.5.2 would have the safest likely case).
 */
import { HAS_ACCURATE_ECN } from "../config";
import { thePacket } from "../net/packet";
import { CONGESTION_EXPERIENCED, ECN_FIELD } from "../wire/ipv4";
import { Segment } from "../wire/segment";
import { ACE_SHIFT, Flag, aceOf } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import {
  beginCounts, countText, noteTextAgain, noteTextEnd, noteWindowTold,
} from "./ecn_counts";
import { plan } from "./plan";
import { sackLen } from "./sack";
import { seqLe } from "./seq";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";

/** Bits of `Tcb.accurate`; none of them: it is not in use. */
export const enum Accurate {
  /** The ECN field of the last SYN or SYN+ACK that came. */
  Field = 3,
  /** The ACK of the SYN+ACK is to tell it. */
  TellField = 4,
  /** The last packet came marked. */
  WasMarked = 8,
  /** No packet may be marked as capable: the field is changed on the way, or may be. */
  NotCapable = 16,
  /** What the peer tells is not heeded: its field was zeroed. */
  Deaf = 32,
  On = 64,
  /** A count has come, or the code in its place. */
  Heard = 128,
}

/** The counts begin here, so that a field that was zeroed on the way is told (section 3.2.1). */
export const FIRST_COUNT: u32 = 5;
/** The handshake's codes (table 3): that of CE; and, a bit each, of all that a not capable segment
 * cannot have become but by an error of the path: ECT(1), ECT(0), CE. */
const MARKED_CODE: u32 = 6;
const MANGLED_CODES: u32 = (1 << 3) | (1 << 4) | (1 << MARKED_CODE);

/** Both ends have agreed. */
export function isAccurate(tcb: Tcb): bool {
  return HAS_ACCURATE_ECN && tcb.accurate != 0;
}

/** Whether it is accurate ECN that is offered, or agreed on. */
export function isForAccurate(offers: u32): bool {
  return HAS_ACCURATE_ECN && (offers & Offer.AccurateEcn) == Offer.AccurateEcn;
}

/** The peer's SYN or SYN+ACK, in the packet at hand, has agreed. */
export function beginAccurate(tcb: Tcb): void {
  tcb.rCep = <u8>FIRST_COUNT;
  tcb.rCepTold = <u8>FIRST_COUNT;
  tcb.sCep = <u8>FIRST_COUNT;
  tcb.accurate = <u8>(Accurate.On | (thePacket().service & ECN_FIELD));
  beginCounts(tcb);
}

/** Tables 2 and 3: the code of an ECN field. */
export function codeOf(field: u32): u32 {
  return field + 2 + u32(field == CONGESTION_EXPERIENCED);
}

/** The code that a SYN+ACK of the connection bears. */
export function ownCode(tcb: Tcb): u32 {
  return codeOf(tcb.accurate & Accurate.Field);
}

/**
 * The SYN+ACK: what became of our SYN. What its own ECN field was is told, and counted once; its
 * text counts, too. True: our SYN came marked (section 3.2.2.2).
 */
export function takeSynAckCode(tcb: Tcb, seg: Segment): bool {
  noteSynAck(tcb);
  countText(tcb, tcb.accurate & Accurate.Field, seg.textLen);
  return isMarkedCode(tcb, aceOf(seg.flags));
}

/** An unacceptable segment, most likely one that has come before. */
export function noteAgain(tcb: Tcb, seg: Segment): void {
  if (!isAccurate(tcb)) return;
  if (seg.textLen != 0 && seqLe(seg.seq + seg.textLen, tcb.rcvNxt)) noteTextAgain(tcb);
  // The same SYN+ACK: its peer has not got our ACK, if nothing else has come yet.
  if (has(tcb, TcbFlag.Passive)) return;
  if ((seg.flags & (Flag.Syn | Flag.Ack)) != (Flag.Syn | Flag.Ack)) return;
  if (seg.seq + 1 == tcb.rcvNxt && seg.ack == tcb.sndUna) noteSynAck(tcb);
}

function noteSynAck(tcb: Tcb): void {
  const field = thePacket().service & ECN_FIELD;
  tcb.accurate = (tcb.accurate & ~(<u8>Accurate.Field)) | <u8>(Accurate.TellField | field);
  if (field == CONGESTION_EXPERIENCED) tcb.rCep = <u8>(FIRST_COUNT + 1);
}

/**
 * The ACK of our SYN+ACK (table 4). With text it bears the count already. Without, its code is
 * replaced in `seg` by the count that it stands for.
 */
export function takeThirdCode(tcb: Tcb, seg: Segment): void {
  if (!isAccurate(tcb) || (seg.textLen | seg.sackCount) != 0) return;
  const code = aceOf(seg.flags);
  if (code == 0) tcb.accurate |= <u8>(Accurate.NotCapable | Accurate.Deaf);
  const ace = FIRST_COUNT + u32(isMarkedCode(tcb, code));
  seg.flags = (seg.flags & ~(Flag.Ae | Flag.Cwr | Flag.Ece)) | (ace << ACE_SHIFT);
}

/** Whether the code says that our segment, which was not capable, came marked. */
function isMarkedCode(tcb: Tcb, code: u32): bool {
  if ((MANGLED_CODES >> code) & 1) tcb.accurate |= <u8>Accurate.NotCapable;
  return code == MARKED_CODE;
}

/** An acceptable segment: counted if marked. Some marks are told at once (section 3.2.2.5.1). */
export function countMark(tcb: Tcb, seg: Segment): void {
  const wasMarked = (tcb.accurate & Accurate.WasMarked) != 0;
  tcb.accurate &= ~(<u8>Accurate.WasMarked);
  const field = thePacket().service & ECN_FIELD;
  countText(tcb, field, seg.textLen);
  if (seg.textLen != 0) noteTextEnd(tcb, seg.seq + seg.textLen);
  if (field != CONGESTION_EXPERIENCED) return;
  tcb.accurate |= <u8>Accurate.WasMarked;
  tcb.rCep++;
  const untold = <u32>(tcb.rCep - tcb.rCepTold);
  const hasText = seg.textLen != 0;
  const most: u32 = hasText || tcb.rcvAcked != tcb.rcvNxt ? 2 : 3;
  if (untold >= most || (hasText && !wasMarked)) setFlag(tcb, TcbFlag.AckNow);
}

/**
 * The first count that comes: 0 would be the third mark already, and is most likely a field that is
 * zeroed on the way (section 3.2.2.4). No mark could be told of, so none may be made.
 */
export function hearFirstCount(tcb: Tcb, seg: Segment): void {
  if (tcb.accurate & Accurate.Heard) return;
  const isZeroed = aceOf(seg.flags) == 0;
  tcb.accurate |= <u8>(Accurate.Heard | (isZeroed ? Accurate.NotCapable | Accurate.Deaf : 0));
}

/** Whether the ACE field of `seg` tells of more marks than the last one did. */
export function tellsMark(tcb: Tcb, seg: Segment): bool {
  return (tcb.accurate & Accurate.Deaf) == 0 && aceOf(seg.flags) != tcb.sCep;
}

/** An ACK of the SYN+ACK is due, which must be a bare one (section 3.2.2.1). */
export function owesBareAck(tcb: Tcb): bool {
  return isAccurate(tcb) && (tcb.accurate & Accurate.TellField) != 0 && has(tcb, TcbFlag.AckNow);
}

/** Control bits for the planned segment, which is no SYN. */
export function accurateBits(tcb: Tcb): u32 {
  const isBare = plan.len == 0 && (plan.flags & Flag.Fin) == 0 && sackLen(tcb) == 0;
  const ace = isBare && tcb.accurate & Accurate.TellField ? ownCode(tcb) : <u32>tcb.rCep & 7;
  return ace << ACE_SHIFT;
}

/** A segment with ACK has left. */
export function noteTold(tcb: Tcb): void {
  if (!isAccurate(tcb)) return;
  tcb.rCepTold = tcb.rCep;
  tcb.accurate &= ~(<u8>Accurate.TellField);
  noteWindowTold(tcb);
}

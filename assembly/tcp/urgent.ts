/**
 * Urgent data (RFC 9293 section 3.8.5, RFC 6093): a mark in the stream, one in each direction, that
 * says how far it is urgent. The octets before it are text like all others and stay in line: no
 * single octet is taken out of the stream (RFC 6093 section 3.1).
 *
 *            rcvRead      rcvNxt        rcvUp
 *   ------------|------------|------------|------------
 *               |<------ urgent: left --->|
 *
 * Where nothing is urgent the marks go along with the stream, or 2^31 octets later it would be.
 */
import { Event } from "../abi/event";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { tell } from "./connections";
import { seqDistance, seqGt } from "./seq";
import { mayReceive, maySend } from "./state";
import { Tcb, TcbFlag, setFlag } from "./tcb";
import { Verdict } from "./verdict";
import { readable } from "./window";

/** The field's largest value: what it cannot reach, a later segment points to. */
const FURTHEST: i32 = 0xffff;

/** SEND with the URGENT flag: all that is queued is urgent (SND.UP, MUST-62: the octet after). */
export function markUrgent(tcb: Tcb): void {
  tcb.sndUp = tcb.sndEnd;
  // The peer hears of it at once, though its window or Nagle's algorithm may hold the text back.
  if (maySend(tcb.state)) setFlag(tcb, TcbFlag.AckNow);
}

/** The urgent pointer of a segment of ours that begins with `seq`; 0: it bears no URG. */
export function urgentPointer(tcb: Tcb, seq: u32): u32 {
  const ahead = <i32>(tcb.sndUp - seq);
  return ahead > 0 ? min<i32>(ahead, FURTHEST) : 0;
}

/** Sixth: the URG bit. The host hears of each advance of the mark (MUST-32). */
export function processUrgent(tcb: Tcb, seg: Segment): Verdict {
  if ((seg.flags & Flag.Urg) == 0 || !mayReceive(tcb.state)) return Verdict.Continue;
  if (seqGt(seg.up, tcb.rcvUp)) {
    tcb.rcvUp = seg.up;
    tell(tcb, Event.Urgent);
  }
  return Verdict.Continue;
}

/** Urgent octets that have not been read (MUST-33), those included that have yet to come. */
export function urgentLeft(tcb: Tcb): u32 {
  const left = seqDistance(tcb.rcvRead, tcb.rcvUp);
  // Nothing comes any more, whatever the pointer has said.
  return mayReceive(tcb.state) ? left : min<u32>(left, readable(tcb));
}

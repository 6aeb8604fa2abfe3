/**
 * What a connection sends next. A plan is made first, without effect, so that the same question
 * serves to ask whether there is anything to say.
 *
 *              sndUna           sndNxt            sndMax        sndEnd
 *   -------------|----------------|-----------------|-------------|------
 *                | sent, not      | to be sent      | to be sent  | free
 *                | acknowledged   | again           |             |
 */
import { State } from "../abi/state";
import { Switch } from "./entry";
import { seqDistance, seqLe, seqLt } from "./seq";
import { maySend } from "./state";
import { Tcb, TcbFlag, has } from "./tcb";
import { bareSeq, usableWindow } from "./window";
import { Flag } from "../wire/tcp";

@unmanaged
@final
export class Plan {
  seq: u32;
  /** Octets of text. */
  len: u32;
  /** Control bits. */
  flags: u32;
}

const plan: Plan = changetype<Plan>(memory.data(offsetof<Plan>(), 4));

/** The plan last made. */
export function thePlan(): Plan {
  return plan;
}

/** Plans the next segment. False: the connection has nothing to say. */
export function planSegment(tcb: Tcb): bool {
  plan.seq = tcb.sndNxt;
  plan.len = 0;
  plan.flags = Flag.Ack;
  if (tcb.state == State.SynSent || tcb.state == State.SynReceived) return planSyn(tcb);
  if (maySend(tcb.state)) {
    if (has(tcb, TcbFlag.Resend)) return planResend(tcb);
    if (planText(tcb)) return true;
    if (has(tcb, TcbFlag.ProbeNow) && planProbe(tcb)) return true;
  }
  plan.seq = bareSeq(tcb);
  plan.len = 0;
  plan.flags = Flag.Ack;
  if (has(tcb, TcbFlag.KeepAliveNow)) {
    // One octet back, and no text: unacceptable, so that the peer must answer (SHLD-12).
    plan.seq--;
    return true;
  }
  return has(tcb, TcbFlag.AckNow);
}

/** Whether the planned segment takes up sequence numbers. */
export function isOccupying(plan: Plan): bool {
  return plan.len != 0 || (plan.flags & (Flag.Syn | Flag.Fin)) != 0;
}

/** Whether text or FIN waits that has not been sent, or must be sent again. */
export function hasUnsent(tcb: Tcb): bool {
  return seqLt(tcb.sndNxt, tcb.sndEnd) || isFinUnsent(tcb);
}

function planSyn(tcb: Tcb): bool {
  const isPassiveWay = tcb.state == State.SynReceived;
  if (tcb.sndNxt != tcb.sndUna) return isPassiveWay && has(tcb, TcbFlag.AckNow);
  plan.flags = isPassiveWay ? Flag.Syn | Flag.Ack : Flag.Syn;
  return true;
}

/** The segment at `sndUna`, once more: all of it that is text and was sent. */
function planResend(tcb: Tcb): bool {
  plan.seq = tcb.sndUna;
  const sentText = seqLt(tcb.sndEnd, tcb.sndMax) ? tcb.sndEnd : tcb.sndMax;
  plan.len = min<u32>(seqDistance(tcb.sndUna, sentText), tcb.sndMss);
  finishPlan(tcb, seqLt(tcb.sndEnd, tcb.sndMax));
  return true;
}

/** Text and FIN from `sndNxt` on, as far as the windows, Nagle and good sense allow. */
function planText(tcb: Tcb): bool {
  if (!hasUnsent(tcb)) return false;
  const text = seqDistance(tcb.sndNxt, tcb.sndEnd);
  const usable = usableWindow(tcb);
  plan.len = min<u32>(min<u32>(text, usable), tcb.sndMss);
  const mayFin = isFinUnsent(tcb) && usable > text;
  if (plan.len == 0 && !(text == 0 && mayFin)) return false;
  if (!mayLeave(tcb, text)) return false;
  finishPlan(tcb, mayFin);
  return true;
}

/**
 * RFC 9293 section 3.8.6.2.1 (the sender's side of silly window avoidance) and Nagle's algorithm
 * (section 3.7.4): a full segment may always leave; the last of what is queued may when nothing is
 * outstanding or Nagle's algorithm is off; a part may when it is half of the largest window seen.
 */
function mayLeave(tcb: Tcb, text: u32): bool {
  if (plan.len == tcb.sndMss) return true;
  // What was sent before is not held back: the rules are for new text.
  if (seqLt(tcb.sndNxt, tcb.sndMax)) return true;
  if (plan.len < text) return plan.len >= tcb.maxSndWnd >> 1;
  if (tcb.sndNxt == tcb.sndUna) return true;
  return isUrged(tcb);
}

/** Whether small segments need not wait for acknowledgments. */
function isUrged(tcb: Tcb): bool {
  return (tcb.switches & Switch.NoDelay) != 0 || has(tcb, TcbFlag.FinQueued);
}

/**
 * A probe of the window (section 3.8.6.1): one octet beyond it. Or, when the window is open but
 * small, what silly window avoidance has held back long enough.
 */
function planProbe(tcb: Tcb): bool {
  if (!hasUnsent(tcb)) return false;
  const text = seqDistance(tcb.sndNxt, tcb.sndEnd);
  const most = max<u32>(usableWindow(tcb), 1);
  plan.seq = tcb.sndNxt;
  plan.len = min<u32>(min<u32>(text, most), tcb.sndMss);
  finishPlan(tcb, isFinUnsent(tcb) && most > text);
  return true;
}

/** Adds PSH to the end of what is queued (MUST-61), and FIN when it may come along. */
function finishPlan(tcb: Tcb, mayFin: bool): void {
  if (plan.seq + plan.len != tcb.sndEnd) return;
  if (plan.len != 0) plan.flags |= Flag.Psh;
  if (mayFin) plan.flags |= Flag.Fin;
}

function isFinUnsent(tcb: Tcb): bool {
  return has(tcb, TcbFlag.FinQueued) && seqLe(tcb.sndNxt, tcb.sndEnd);
}

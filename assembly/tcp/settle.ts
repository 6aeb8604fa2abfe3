/**
 * After anything has happened to a connection: is it ready to send, and which of the two timers of
 * sending must run (RFC 6298 section 5, RFC 9293 section 3.8.6.1)? Never both.
 */
import { HAS_PACING, HAS_SHORT_WAYS, IS_SMALL } from "../config";
import { restartIdle } from "./congestion";
import { hasUnsent, isOccupying, planFin, planSegment } from "./output";
import { isPaced, waitForPace } from "./pacing";
import { outdatePlan, plan } from "./plan";
import { noteProgress } from "./progress";
import { backedOffRto, ensureRetransmit } from "./rto";
import { pipe } from "./scoreboard";
import { Tcb, TcbFlag, clearFlag, has } from "./tcb";
import { leastProbeTimeout, mayProbeTail } from "./tail_probe";
import { Timer, clearTimer, setTimer } from "./timers";
import { wake } from "./turn";
import { usableWindow } from "./window";

/** What is asked for, if anything, where no text waits. */
const ASKED: u32 = TcbFlag.AckNow | TcbFlag.KeepAliveNow;

/** Puts the connection in the ready queue, and its timers right. */
export function settle(tcb: Tcb): void {
  const isQuiet = tcb.sndMax == tcb.sndUna;
  const isWaiting = hasUnsent(tcb);
  if (HAS_SHORT_WAYS && !isWaiting && isAllSent(tcb)) {
    settleSent(tcb);
  } else {
    if (isQuiet && isWaiting) restartIdle(tcb);
    const isReady = planSegment(tcb);
    if (isReady) wake(tcb);
    else if (HAS_PACING && isPaced(tcb)) waitForPace(tcb, plan.isHeld);
    const sendsText = isReady && isOccupying();
    if ((isQuiet || pipe(tcb) == 0) && isWaitingForWindow(tcb, isWaiting, sendsText)) {
      clearTimer(tcb, Timer.Retransmit);
      // SHLD-29, SHLD-30: first after one timeout, then at growing intervals.
      if (tcb.persistAtMs == 0) setTimer(tcb, Timer.Persist, backedOffRto(tcb));
      return;
    }
    // The window is open: what was learnt while it was not says nothing about the path.
    if (tcb.persistAtMs != 0) {
      tcb.backoff = 0;
      clearTimer(tcb, Timer.Persist);
    }
  }
  if (!isQuiet) watchSent(tcb);
  else if (isWaiting) clearTimer(tcb, Timer.Retransmit);
  else settleIdle(tcb);
}

/** The same after CLOSE where our FIN is all there is. False: there is more, for `settle`. */
export function settleFin(tcb: Tcb): bool {
  if (!planFin(tcb)) return false;
  restartIdle(tcb);
  wake(tcb);
  clearTimer(tcb, Timer.Retransmit);
  return true;
}

/** Whether nothing that was sent waits, either: then there is nothing to plan. */
function isAllSent(tcb: Tcb): bool {
  if (tcb.lostOctets != 0 || tcb.persistAtMs != 0) return false;
  return !has(tcb, TcbFlag.Opening) || !has(tcb, ASKED);
}

/** The same where it is so: at the most a bare segment is asked for. */
function settleSent(tcb: Tcb): void {
  outdatePlan();
  if (has(tcb, ASKED)) wake(tcb);
  else if (HAS_PACING && isPaced(tcb)) waitForPace(tcb, false);
}

/** Something is on its way: it is waited for, and its end is probed for (RFC 8985 section 7.2). */
export function watchSent(tcb: Tcb): void {
  ensureRetransmit(tcb);
  if (!IS_SMALL && tcb.recoveryAtMs == 0 && mayProbeTail(tcb)) {
    setTimer(tcb, Timer.Recovery, leastProbeTimeout(tcb));
  }
}

/** Nothing is on its way, and nothing waits. */
export function settleIdle(tcb: Tcb): void {
  clearTimer(tcb, Timer.Retransmit);
  clearFlag(tcb, TcbFlag.ProbeNow);
  noteProgress(tcb);
}

/** Nothing is on its way, something waits, and the peer's window is what it waits for. */
function isWaitingForWindow(tcb: Tcb, isWaiting: bool, sendsText: bool): bool {
  if (has(tcb, TcbFlag.Opening)) return false;
  if (tcb.lostOctets != 0) return !sendsText || tcb.sndWnd == 0;
  return isWaiting && (!sendsText || usableWindow(tcb) == 0);
}

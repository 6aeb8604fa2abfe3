/** What a connection's timers do when they expire (RFC 9293 section 3.10.8). */
import { Counter } from "../abi/counter";
import { Event } from "../abi/event";
import { Reason, SoftError } from "../abi/error";
import { State } from "../abi/state";
import { isDue, nowMs } from "../core/clock";
import { count } from "../core/counters";
import { IS_SMALL } from "../config";
import { doubtWay } from "../net/output";
import { noteProbeLost, suspectSize } from "./black_hole";
import { endConnection, tell } from "./connections";
import { Switch } from "./entry";
import { takeClaim } from "./path_mtu";
import { onRecoveryTimeout, onRetransmissionTimeout, onTooBig } from "./recovery";
import { resetPeer } from "./reset";
import { backOff, backedOffRto } from "./rto";
import { settle } from "./settle";
import { onProbeTimeout } from "./tail_probe";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";
import { Timer, clearTimer, isExpired, scheduleTimers, setTimer } from "./timers";
import { tellsTimeout, userTimeout } from "./user_timeout";

/** R1: retransmissions after which IP and the host are told (MUST-20, SHLD-9, SHLD-10). */
const R1: u32 = 3;
/** R2 for a SYN: three minutes (MUST-23), whatever the host asks of the rest. */
const SYN_TIMEOUT_S: u32 = 180;

/** The wheel handed the connection out: what is due is done, the rest is scheduled again. */
export function onConnectionTimer(tcb: Tcb): void {
  for (let timer: u32 = 0; timer < <u32>Timer.Count; timer++) {
    if (!isExpired(tcb, timer)) continue;
    clearTimer(tcb, timer);
    if (!onTimer(tcb, timer)) return;
  }
  settle(tcb);
  scheduleTimers(tcb);
}

/** Returns whether the connection is still there. */
function onTimer(tcb: Tcb, timer: u32): bool {
  switch (timer) {
    case Timer.Retransmit:
      return onRetransmit(tcb);
    case Timer.Persist:
      return onPersist(tcb);
    case Timer.Ack:
      setFlag(tcb, TcbFlag.AckNow);
      return true;
    case Timer.KeepAlive:
      return onKeepAlive(tcb);
    case Timer.Recovery:
      if (!IS_SMALL) onRecovery(tcb);
      return true;
    default:
      return onLinger(tcb);
  }
}

/** RFC 6298 rules 5.4 to 5.6, within R1 and R2 (section 3.8.3). */
function onRetransmit(tcb: Tcb): bool {
  if (!mayGoOn(tcb)) return false;
  // With nothing outstanding it is the neighbour that did not answer: there is no loss to learn of.
  if (tcb.sndMax == tcb.sndUna) return true;
  count(Counter.TcpRetransmissionTimeouts);
  if (takeClaim(tcb)) {
    onTooBig(tcb);
  } else {
    if (!noteProbeLost(tcb)) suspectSize(tcb);
    onRetransmissionTimeout(tcb);
  }
  // What was sent is beyond the peer's window now: the first probe (MUST-35, SHLD-29).
  if (tcb.sndWnd == 0 && !has(tcb, TcbFlag.Opening)) setFlag(tcb, TcbFlag.ProbeNow);
  backOff(tcb);
  setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));
  return true;
}

/** RFC 8985: a segment that was overtaken may be lost by now; or the end of what was sent. */
function onRecovery(tcb: Tcb): void {
  onRecoveryTimeout(tcb);
  if (tcb.recoveryAtMs == 0) onProbeTimeout(tcb);
}

/** The peer's window is still closed, or too small for what waits. */
function onPersist(tcb: Tcb): bool {
  if (!mayGoOn(tcb)) return false;
  // SHLD-30: the interval grows although the peer answers; its answers keep R2 away (MUST-37).
  backOff(tcb);
  setFlag(tcb, TcbFlag.ProbeNow);
  return true;
}

/** Nothing was heard for a while (section 3.8.4), and nothing is outstanding (MUST-26). */
function onKeepAlive(tcb: Tcb): bool {
  if ((tcb.switches & Switch.KeepAlive) == 0) return true;
  let idleS = <u32>tcb.keepAliveIdleS;
  // RFC 5482 section 4.2: what the user timeout would let live, keep-alive does.
  if (tellsTimeout(tcb)) idleS = max<u32>(idleS, userTimeout(tcb) + 1);
  let delayMs = idleS * 1000;
  const silentMs = nowMs() - tcb.heardAtMs;
  if (tcb.keepAliveProbes == 0 && silentMs < delayMs) {
    delayMs -= silentMs;
  } else if (tcb.sndMax == tcb.sndUna) {
    // Otherwise it is retransmission that watches over the peer now.
    if (tcb.keepAliveProbes >= tcb.keepAliveCount) return giveUp(tcb);
    tcb.keepAliveProbes++;
    setFlag(tcb, TcbFlag.KeepAliveNow);
    delayMs = <u32>tcb.keepAliveIntervalS * 1000;
  }
  setTimer(tcb, Timer.KeepAlive, delayMs);
  return true;
}

/** The peer's FIN has not come, and nobody waits for it. */
function onLinger(tcb: Tcb): bool {
  endConnection(tcb, Reason.TimedOut);
  return false;
}

/** Counts a retransmission or probe without an answer. False: R2 has passed, and it is over. */
function mayGoOn(tcb: Tcb): bool {
  if (tcb.stalledAtMs == 0) tcb.stalledAtMs = nowMs();
  const limitS = tcb.state == State.SynSent ? SYN_TIMEOUT_S : userTimeout(tcb);
  if (isDue(tcb.stalledAtMs + limitS * 1000)) return giveUp(tcb);
  if (tcb.retransmissions < 255) tcb.retransmissions++;
  if (tcb.retransmissions >= R1 && !has(tcb, TcbFlag.Advised)) {
    setFlag(tcb, TcbFlag.Advised);
    doubtWay(tcb.remoteLow);
    tcb.softError = <u8>SoftError.Retransmitting;
    tell(tcb, Event.SoftError);
  }
  return true;
}

/** R2: the connection is given up. A RST tells the peer, should it be there after all. */
function giveUp(tcb: Tcb): bool {
  count(Counter.TcpTimeouts);
  if (tcb.state != State.SynSent) resetPeer(tcb);
  endConnection(tcb, Reason.TimedOut);
  return false;
}

/** The user's calls (RFC 9293 section 3.10): what they do to a connection. */
import { Counter } from "../abi/counter";
import { Err, Reason } from "../abi/error";
import { State } from "../abi/state";
import { HAS_SHORT_WAYS } from "../config";
import { count } from "../core/counters";
import { copyPair, pairOf } from "../core/pair";
import { random15 } from "../core/random";
import { enterEntry, findEntry } from "../core/table";
import { ipv4Of } from "../net/address";
import { isForeignHost, isUp, nextHop } from "../net/interface";
import { portsWord } from "../wire/tcp";
import {
  endConnection, isLive, orphan, receiveMask, sendMask, takeSlot,
} from "./connections";
import { copySettings, defaultSettings } from "./entry";
import { beginTcb } from "./establish";
import { LINGER_MS } from "./finish";
import { initialSequence } from "./isn";
import { Listener, closeListener } from "./listeners";
import { largestMss } from "./mss";
import { planFirstSyn } from "./output";
import { outdatePlan } from "./plan";
import { resetPeer } from "./reset";
import { seqDistance, seqMax, seqGt } from "./seq";
import { settle, settleFin } from "./settle";
import { maySend, transition } from "./state";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";
import { Timer, setTimer } from "./timers";
import { wake } from "./turn";
import { markUrgent } from "./urgent";
import { nextEdge, readable, receiveWindow } from "./window";

/** RFC 6335 section 6: the dynamic ports. */
const FIRST_DYNAMIC_PORT: u32 = 49152;
const DYNAMIC_PORTS: u32 = 16384;
/** Ports tried before "in use": more are taken only when most of them are. */
const MOST_PORT_TRIES: u32 = 64;

/**
 * OPEN, active. The slot of the new connection; or an `Err`. `localPort` 0: any. In
 * LISTEN the `listener` becomes active (section 3.10.1, and 3.10.2 for SEND): the connection has
 * its port and its settings, and it is no more.
 */
export function openActive(
  high: u64, low: u64, remotePort: u32, localPort: u32, listener: Listener | null,
): i32 {
  if (!isForeignHost(high, low)) return Err.Invalid;
  if (!isUp() || nextHop(ipv4Of(low)) == 0) return Err.Unreachable;
  localPort = freePort(high, low, remotePort, localPort);
  if (localPort == 0) return Err.InUse;
  const tcb = takeSlot();
  if (tcb == null) return Err.Full;
  copyPair(tcb, pairOf(high, low, portsWord(remotePort, localPort)));
  if (listener != null) {
    copySettings(tcb, listener);
    transition(tcb, State.Listen);
    closeListener(listener);
  } else {
    defaultSettings(tcb, largestMss());
  }
  beginTcb(tcb, initialSequence(tcb));
  enterEntry(tcb);
  transition(tcb, State.SynSent);
  count(Counter.TcpActiveOpens);
  // The SYN waits to leave; nothing else can be the matter.
  if (HAS_SHORT_WAYS) planFirstSyn(tcb);
  else outdatePlan();
  wake(tcb);
  return tcb.slot;
}

/** Whether SEND is allowed: not after CLOSE, not when the connection is over, ever open or not. */
export function maySendMore(tcb: Tcb): bool {
  if (has(tcb, TcbFlag.FinQueued) || !isLive(tcb)) return false;
  return maySend(tcb.state) || has(tcb, TcbFlag.Opening);
}

/** SEND: octets that fit in the ring. */
export function unusedRoom(tcb: Tcb): u32 {
  return sendMask() + 1 - queuedLen(tcb);
}

/** The host asked for room, and there is none: `Event.Writable` will come. */
export function refuseRoom(tcb: Tcb): void {
  setFlag(tcb, TcbFlag.NoRoom);
}

/** Octets committed and not acknowledged. */
export function queuedLen(tcb: Tcb): u32 {
  // Our SYN is before the first octet, our FIN after the last.
  const first = tcb.sndUna + u32(has(tcb, TcbFlag.Opening));
  const queued = <i32>seqDistance(first, tcb.sndEnd);
  return queued > 0 ? queued : 0;
}

/** SEND: `len` octets have been written at the ring's end. */
export function sendText(tcb: Tcb, len: u32, isUrgent: bool): void {
  tcb.sndEnd += len;
  if (isUrgent) markUrgent(tcb);
  settle(tcb);
}

/**
 * RECEIVE: `len` octets have been read. The window opens when that is worth a segment; and if the
 * peer has half of it left, and room for a full segment, with the next ACK. When one is owed, room
 * for as large a segment as it has ever sent will do.
 */
export function receiveText(tcb: Tcb, len: u32): void {
  tcb.rcvRead += len;
  tcb.rcvUp = seqMax(tcb.rcvUp, tcb.rcvRead);
  if (!isLive(tcb) || has(tcb, TcbFlag.PeerFinReceived)) return;
  const full = <u32>(tcb.rcvAcked == tcb.rcvNxt ? tcb.rcvMss : tcb.rmss);
  if (receiveWindow(tcb) >= max<u32>((receiveMask() + 1) >> 1, full)) return;
  if (nextEdge(tcb) == tcb.rcvAdv) return;
  setFlag(tcb, TcbFlag.AckNow);
  outdatePlan();
  wake(tcb);
}

/** CLOSE: our FIN follows what is queued (section 3.10.4). Once is enough. */
export function finishSending(tcb: Tcb): void {
  if (has(tcb, TcbFlag.FinQueued)) return;
  setFlag(tcb, TcbFlag.FinQueued);
  // In SYN-SENT, or with text queued in SYN-RECEIVED, it waits until our SYN is acknowledged.
  const mayFinish = tcb.state == State.SynReceived && queuedLen(tcb) == 0;
  if (tcb.state == State.Established || mayFinish) {
    transition(tcb, State.FinWait1);
  } else if (tcb.state == State.CloseWait) {
    transition(tcb, State.LastAck);
  }
  if (!HAS_SHORT_WAYS || !settleFin(tcb)) settle(tcb);
}

/**
 * The host lets go. In SYN-SENT there is nothing to finish; with octets unread the peer must know
 * that they are lost (RFC 9293 section 3.6.1, SHLD-3); else the stack finishes alone.
 */
export function letGo(tcb: Tcb): void {
  if (!isLive(tcb)) {
    orphan(tcb);
  } else if (tcb.state == State.SynSent) {
    orphan(tcb);
    endConnection(tcb, Reason.Aborted);
  } else if (readable(tcb) != 0) {
    abandon(tcb);
  } else {
    finishSending(tcb);
    orphan(tcb);
    if (tcb.state == State.FinWait2) setTimer(tcb, Timer.Linger, LINGER_MS);
  }
}

/** ABORT (section 3.10.5): a RST where the peer must hear of it, and nothing is left. */
export function abandon(tcb: Tcb): void {
  const isOver = !isLive(tcb);
  const mustTell = tcb.state != State.SynSent && !isSaid(tcb);
  orphan(tcb);
  if (isOver) return;
  if (mustTell) resetPeer(tcb);
  endConnection(tcb, Reason.Aborted);
}

/** CLOSING or LAST-ACK, as the RFC has them: our FIN is sent, and all of the peer's is read. */
function isSaid(tcb: Tcb): bool {
  if (tcb.state != State.Closing && tcb.state != State.LastAck) return false;
  return seqGt(tcb.sndMax, tcb.sndEnd) && readable(tcb) == 0;
}

/**
 * The port `wanted`, or 0 when it is in use with this peer. 0 asks for any (RFC 6056 section 3.3.1,
 * algorithm 1), and is given when too many are in use.
 */
function freePort(high: u64, low: u64, remotePort: u32, wanted: u32): u32 {
  const start = wanted == 0 ? random15() : 0;
  for (let attempt: u32 = 0; attempt < MOST_PORT_TRIES; attempt++) {
    const port = wanted == 0 ? FIRST_DYNAMIC_PORT + (start + attempt) % DYNAMIC_PORTS : wanted;
    if (findEntry(pairOf(high, low, portsWord(remotePort, port))) == null) return port;
    if (wanted != 0) return 0;
  }
  return 0;
}

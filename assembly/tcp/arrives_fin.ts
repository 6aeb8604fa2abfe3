/**
 * SEGMENT ARRIVES, where the peer closes a connection in the usual case: a bare FIN, the next in
 * order, that acknowledges nothing new. As with usual.ts, nothing is done before all is known; and
 * what is anything else goes the whole way (arrives_synchronized.ts).
 */
import { Event } from "../abi/event";
import { State } from "../abi/state";
import { nowMs } from "../core/clock";
import { IPV4_HEADER_LEN } from "../wire/ipv4";
import { tcpAcknowledgment, tcpSequence, tcpWindow } from "../wire/tcp";
import { bareTimestamp, isBare } from "./bare";
import { tell } from "./connections";
import { outdatePlan } from "./plan";
import { seqGt } from "./seq";
import { settle, settleIdle } from "./settle";
import { transition } from "./state";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";
import { wake } from "./turn";
import { isUsual } from "./usual";
import { takeWindow } from "./window";

/**
 * Takes the segment in the IPv4 packet at `packet`, which bears FIN and ACK, if it is one. False:
 * it is not, and nothing is done.
 */
export function takeUsualFin(tcb: Tcb, packet: usize): bool {
  const at = packet + IPV4_HEADER_LEN;
  if (!isUsual(tcb) || tcpSequence(at) != tcb.rcvNxt) return false;
  // The FIN must fit the window, and its own window not be older than the last one.
  if (tcb.rcvAdv == tcb.rcvNxt || seqGt(tcb.sndWl1, tcb.rcvNxt)) return false;
  const wnd = tcpWindow(at) << tcb.sndScale;
  if (wnd == 0 || tcpAcknowledgment(at) != tcb.sndUna) return false;
  const hasTimestamps = has(tcb, TcbFlag.Timestamps);
  if (!isBare(packet, hasTimestamps, tcb.tsRecent)) return false;
  if (hasTimestamps && tcb.rcvAcked == tcb.rcvNxt) tcb.tsRecent = bareTimestamp(packet);
  take(tcb, wnd);
  return true;
}

/** From here on it counts: what `processFin` and `settle` come to. */
function take(tcb: Tcb, wnd: u32): void {
  tcb.heardAtMs = nowMs();
  tcb.sndWl1 = tcb.rcvNxt;
  tcb.sndWl2 = tcb.sndUna;
  takeWindow(tcb, tcb.sndUna, wnd);
  tcb.rcvFin = tcb.rcvNxt;
  tcb.rcvNxt++;
  setFlag(tcb, TcbFlag.PeerFinKnown | TcbFlag.PeerFinReceived | TcbFlag.AckNow);
  tell(tcb, Event.PeerFinished);
  transition(tcb, State.CloseWait);
  if (tcb.sndUna != tcb.sndMax || tcb.sndNxt != tcb.sndEnd) {
    settle(tcb);
    return;
  }
  // Nothing is on its way, and nothing waits.
  outdatePlan();
  wake(tcb);
  settleIdle(tcb);
}

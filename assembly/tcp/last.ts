/**
 * The last segment of a connection that nobody holds any more, in the build for Node. What its ACK
 * tells of the path, of windows and of losses is of no use to anybody: of the eight checks
 * (arrives_synchronized.ts) only what leads to the next state is left. All others have no effect,
 * or the segment goes the whole way, from the beginning.
 */
import { Reason } from "../abi/error";
import { State } from "../abi/state";
import { IPV4_HEADER_LEN } from "../wire/ipv4";
import { tcpAcknowledgment, tcpSequence } from "../wire/tcp";
import { bareTimestamp, isBare } from "./bare";
import { endConnection } from "./connections";
import { enterTimeWait } from "./finish";
import { transition } from "./state";
import { Tcb, TcbFlag, has, isUntroubled, setFlag } from "./tcb";

/** With any of these set something else goes on. */
const UNUSUAL: u32 = TcbFlag.Opening | TcbFlag.Ecn | TcbFlag.InRecovery;

/**
 * Takes the segment in the IPv4 packet at `packet`, which bears an ACK alone, if it is the last:
 * the ACK of our FIN in LAST-ACK or CLOSING. False: it is not, and nothing is done.
 */
export function takeLastAck(tcb: Tcb, packet: usize): bool {
  const state = <u32>tcb.state;
  if ((state != State.LastAck && state != State.Closing) || !isLast(tcb, packet)) return false;
  if (state == State.LastAck) {
    endConnection(tcb, Reason.Finished);
  } else {
    noteTimestamp(tcb, packet);
    enterTimeWait(tcb);
  }
  return true;
}

/** The same of one that bears FIN and ACK: in FIN-WAIT-1, where it acknowledges ours, too, or 2. */
export function takeLastFin(tcb: Tcb, packet: usize): bool {
  const state = <u32>tcb.state;
  if (state != State.FinWait1 && state != State.FinWait2) return false;
  if (has(tcb, TcbFlag.PeerFinKnown) || tcb.rcvAdv == tcb.rcvNxt) return false;
  if (!isLast(tcb, packet)) return false;
  noteTimestamp(tcb, packet);
  tcb.rcvNxt++;
  setFlag(tcb, TcbFlag.PeerFinKnown | TcbFlag.PeerFinReceived | TcbFlag.AckNow);
  if (state == State.FinWait1) transition(tcb, State.FinWait2);
  enterTimeWait(tcb);
  return true;
}

/** Whether it is bare, the next in order, for nobody, and acknowledges our FIN. */
function isLast(tcb: Tcb, packet: usize): bool {
  const at = packet + IPV4_HEADER_LEN;
  if (!has(tcb, TcbFlag.Orphan) || has(tcb, UNUSUAL) || !isUntroubled(tcb)) return false;
  if (tcb.sndMax != tcb.sndEnd + 1 || tcpAcknowledgment(at) != tcb.sndMax) return false;
  if (tcpSequence(at) != tcb.rcvNxt) return false;
  return isBare(packet, has(tcb, TcbFlag.Timestamps), tcb.tsRecent);
}

function noteTimestamp(tcb: Tcb, packet: usize): void {
  // RFC 7323 section 4.3: of the first segment that the next ACK will answer.
  if (has(tcb, TcbFlag.Timestamps) && tcb.rcvAcked == tcb.rcvNxt) {
    tcb.tsRecent = bareTimestamp(packet);
  }
}

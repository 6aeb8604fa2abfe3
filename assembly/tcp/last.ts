/**
 * The last segment of a connection that nobody holds any more, in the build for Node. What its ACK
 * tells of the path, of windows and of losses is of no use to anybody: of the eight checks
 * (arrives_synchronized.ts) only what leads to the next state is left. All others have no effect.
 */
import { Reason } from "../abi/error";
import { State } from "../abi/state";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { endConnection } from "./connections";
import { enterTimeWait } from "./finish";
import { seqLt } from "./seq";
import { transition } from "./state";
import { Tcb, TcbFlag, has, isUntroubled, setFlag } from "./tcb";
import { noteTimestamp } from "./timestamps";
import { Verdict } from "./verdict";

/**
 * Whether `seg` is the next in order, without text, acknowledges our FIN, and ends the connection:
 * with a FIN in FIN-WAIT-1 or FIN-WAIT-2, without one in CLOSING or LAST-ACK.
 */
export function isLast(tcb: Tcb, seg: Segment): bool {
  if (!has(tcb, TcbFlag.Orphan) || seg.ack != tcb.sndMax || seg.seq != tcb.rcvNxt) return false;
  if (tcb.sndMax != tcb.sndEnd + 1 || seg.textLen != 0 || seg.sackCount != 0) return false;
  const unusual = TcbFlag.Opening | TcbFlag.Ecn | TcbFlag.InRecovery;
  if (has(tcb, unusual) || !isUntroubled(tcb)) return false;
  if (has(tcb, TcbFlag.Timestamps)) {
    if ((seg.offers & Offer.Timestamps) == 0 || seqLt(seg.tsVal, tcb.tsRecent)) return false;
  }
  const flags = seg.flags & ~Flag.Psh;
  const state = <u32>tcb.state;
  if (flags == Flag.Ack) return state == State.LastAck || state == State.Closing;
  if (flags != (Flag.Ack | Flag.Fin) || tcb.rcvAdv == tcb.rcvNxt || tcb.rangeCount != 0) {
    return false;
  }
  return (state == State.FinWait1 || state == State.FinWait2) && !has(tcb, TcbFlag.PeerFinKnown);
}

/** Takes it. */
export function takeLast(tcb: Tcb, seg: Segment): Verdict {
  if (tcb.state == State.LastAck) {
    endConnection(tcb, Reason.Finished);
    return Verdict.Closed;
  }
  noteTimestamp(tcb, seg);
  if (tcb.state != State.Closing) {
    tcb.rcvNxt++;
    setFlag(tcb, TcbFlag.PeerFinKnown | TcbFlag.PeerFinReceived | TcbFlag.AckNow);
    if (tcb.state == State.FinWait1) transition(tcb, State.FinWait2);
  }
  enterTimeWait(tcb);
  return Verdict.Closed;
}

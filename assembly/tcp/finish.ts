/** The end of the stream, theirs and ours (RFC 9293 section 3.6). */
import { Event } from "../abi/event";
import { Reason } from "../abi/error";
import { State } from "../abi/state";
import { retire, tell } from "./connections";
import { acknowledgeLast } from "./reset";
import { transition } from "./state";
import { Tcb, TcbFlag, has, setFlag } from "./tcb";
import { beginTimeWait } from "./time_wait";
import { Verdict } from "./verdict";
import { advanceWindow } from "./window";

/**
 * How long FIN-WAIT-2 lasts when nobody holds the connection (S11): the peer's FIN may never come,
 * and nobody is there who would wait for it.
 */
export const LINGER_MS: u32 = 60000;

/** Eighth: the FIN bit. The FIN counts once everything before it has arrived. */
export function processFin(tcb: Tcb): Verdict {
  if (!has(tcb, TcbFlag.PeerFinKnown) || has(tcb, TcbFlag.PeerFinReceived)) {
    return Verdict.Continue;
  }
  if (tcb.rcvNxt != tcb.rcvFin) return Verdict.Continue;
  tcb.rcvNxt++;
  setFlag(tcb, TcbFlag.PeerFinReceived | TcbFlag.AckNow);
  tell(tcb, Event.PeerFinished);
  switch (<u32>tcb.state) {
    case State.Established:
      transition(tcb, State.CloseWait);
      break;
    case State.FinWait1:
      // Ours is not acknowledged yet: if it were, we would be in FIN-WAIT-2.
      transition(tcb, State.Closing);
      break;
    case State.FinWait2:
      enterTimeWait(tcb);
      return Verdict.Closed;
  }
  return Verdict.Continue;
}

/**
 * Both FINs are acknowledged, ours by the peer: an entry of the TIME-WAIT table answers for the
 * connection from now on, and the host has nothing more to wait for.
 */
export function enterTimeWait(tcb: Tcb): void {
  transition(tcb, State.TimeWait);
  const wnd = advanceWindow(tcb);
  if (has(tcb, TcbFlag.AckNow)) acknowledgeLast(tcb, wnd);
  beginTimeWait(tcb, wnd);
  retire(tcb, Reason.Finished);
}

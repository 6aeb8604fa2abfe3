/**
 * The usual case: an established connection whose segments come in order and are acknowledged,
 * where nothing else goes on. Nine of ten segments meet it. They take the short ways of
 * arrives_usual.ts and emit_usual.ts; what these leave out has nothing to do then. Which segment
 * goes which way makes no difference on the wire (tests/simulation/usual.test.ts).
 */
import { State } from "../abi/state";
import { seqLt } from "./seq";
import { Tcb, TcbFlag, isUntroubled } from "./tcb";

/** With any of these set something else goes on. */
const UNUSUAL: u32 = TcbFlag.PeerFinKnown | TcbFlag.FinQueued | TcbFlag.Orphan | TcbFlag.Ecn |
  TcbFlag.InRecovery | TcbFlag.Resend | TcbFlag.ProbeNow | TcbFlag.ProbeTail |
  TcbFlag.KeepAliveNow | TcbFlag.Advised;

/** Whether the connection is in it. */
export function isUsual(tcb: Tcb): bool {
  // A peer without selective acknowledgments is rare enough.
  if (tcb.state != State.Established || (tcb.flags & (UNUSUAL | TcbFlag.Sack)) != TcbFlag.Sack) {
    return false;
  }
  if (!isUntroubled(tcb) || tcb.persistAtMs != 0 || tcb.sndWnd == 0) return false;
  return tcb.sndNxt == tcb.sndMax && !seqLt(tcb.sndUna, tcb.recover);
}

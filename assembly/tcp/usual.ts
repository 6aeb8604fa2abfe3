/**
 * The usual case: an established connection whose segments come in order and are acknowledged,
 * where nothing else goes on. Nine of ten segments meet it. They take the short ways of
 * arrives_usual.ts and emit_usual.ts; what these leave out has nothing to do then. Which segment
 * goes which way makes no difference on the wire (tests/simulation/usual.test.ts).
 */
import { State } from "../abi/state";
import { seqLt } from "./seq";
import { Tcb, TcbFlag, has, isUntroubled } from "./tcb";

/** With any of these set something else goes on. */
const UNUSUAL: u32 = TcbFlag.PeerFinKnown | TcbFlag.FinQueued | TcbFlag.Orphan | TcbFlag.Ecn |
  TcbFlag.InRecovery | TcbFlag.Resend | TcbFlag.ProbeNow | TcbFlag.ProbeTail |
  TcbFlag.KeepAliveNow | TcbFlag.Advised;

/** With any of these set a FIN is more than that. */
const BESIDE_A_FIN: u32 = TcbFlag.Opening | TcbFlag.Ecn | TcbFlag.InRecovery | TcbFlag.Resend |
  TcbFlag.ProbeNow | TcbFlag.ProbeTail | TcbFlag.KeepAliveNow;

/** Whether the connection is in it. */
export function isUsual(tcb: Tcb): bool {
  // A peer without selective acknowledgments is rare enough.
  if (tcb.state != State.Established || (tcb.flags & (UNUSUAL | TcbFlag.Sack)) != TcbFlag.Sack) {
    return false;
  }
  if (!isUntroubled(tcb) || tcb.persistAtMs != 0 || tcb.sndWnd == 0) return false;
  return tcb.sndNxt == tcb.sndMax && !seqLt(tcb.sndUna, tcb.recover);
}

/** Whether our FIN, when it is next, goes for the first time, and nothing else goes on. */
export function isFinAlone(tcb: Tcb): bool {
  if (has(tcb, BESIDE_A_FIN) || !isUntroubled(tcb) || tcb.persistAtMs != 0) return false;
  return tcb.sndNxt == tcb.sndMax;
}

/** Progress: what the peer's answers do to the thresholds R1 and R2 (RFC 9293 section 3.8.3). */
import { SoftError } from "../abi/error";
import { Tcb, TcbFlag, clearFlag, has } from "./tcb";

/** Retransmissions have been answered, or there is nothing more to be: both count anew. */
export function noteProgress(tcb: Tcb): void {
  tcb.retransmissions = 0;
  tcb.stalledAtMs = 0;
  tcb.claimedMss = 0;
  if (!has(tcb, TcbFlag.Advised)) return;
  clearFlag(tcb, TcbFlag.Advised);
  tcb.softError = <u8>SoftError.None;
}

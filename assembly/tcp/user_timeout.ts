/**
 * The user timeout (R2 of RFC 9293 section 3.8.3), and the option by which two ends tell each other
 * theirs (RFC 5482): `Option.UserTimeoutOption` is the RFC's ENABLED, `Option.UserTimeout` ADV_UTO
 * and, until the peer has a say, USER_TIMEOUT.
 */
import { Segment } from "../wire/segment";
import { USER_TIMEOUT_LEN } from "../wire/tcp_options";
import { Endpoint, Switch } from "./entry";
import { Tcb, TcbFlag, has } from "./tcb";

/** L_LIMIT and U_LIMIT of RFC 5482 section 3.1: what the peer may ask of us, in seconds. */
const LOWER_LIMIT_S: u32 = 100;
const UPPER_LIMIT_S: u32 = 3600;

/** Whether the option is sent and heeded. */
export function tellsTimeout(endpoint: Endpoint): bool {
  return (endpoint.switches & Switch.UserTimeoutOption) != 0;
}

/** USER_TIMEOUT in seconds: ours, or what follows from both sides' (RFC 5482 section 3.1). */
export function userTimeout(tcb: Tcb): u32 {
  const ours = <u32>tcb.userTimeoutS;
  const theirs = <u32>tcb.peerTimeoutS;
  if (theirs == 0 || (tcb.switches & Switch.UserTimeoutChangeable) == 0) return ours;
  return min<u32>(UPPER_LIMIT_S, max<u32>(max<u32>(ours, theirs), LOWER_LIMIT_S));
}

/** REMOTE_UTO: the peer's segment may bear the option. */
export function noteTimeout(tcb: Tcb, seg: Segment): void {
  if (seg.timeoutS != 0 && tellsTimeout(tcb)) tcb.peerTimeoutS = seg.timeoutS;
}

/**
 * Octets of the option on the next segment, which has `taken` octets of selective acknowledgment:
 * 0 when the peer has been told, or where there may be no room.
 */
export function timeoutLen(tcb: Tcb, taken: u32): u32 {
  return has(tcb, TcbFlag.TellTimeout) && taken == 0 ? USER_TIMEOUT_LEN : 0;
}

/**
 * The state machine (RFC 9293 section 3.3.2, figure 5): which state may follow which, and the one
 * door through which a connection changes its state.
 *
 *   LISTEN and the way to SYN-RECEIVED by passive open hold no control block: a listener stays in
 *   LISTEN, and a half-open entry (syn_queue.ts) is in SYN-RECEIVED. TIME-WAIT moves to an entry of
 *   its own (time_wait.ts); the control block says TIME-WAIT until the host has let go of it.
 */
import { State } from "../abi/state";
import { Tcb } from "./tcb";

/** Sets of states: a bit for each. */
const CLOSED: u16 = 1 << <u16>State.Closed;
const LISTEN: u16 = 1 << <u16>State.Listen;
const SYN_SENT: u16 = 1 << <u16>State.SynSent;
const SYN_RECEIVED: u16 = 1 << <u16>State.SynReceived;
const ESTABLISHED: u16 = 1 << <u16>State.Established;
const FIN_WAIT_1: u16 = 1 << <u16>State.FinWait1;
const FIN_WAIT_2: u16 = 1 << <u16>State.FinWait2;
const CLOSE_WAIT: u16 = 1 << <u16>State.CloseWait;
const CLOSING: u16 = 1 << <u16>State.Closing;
const LAST_ACK: u16 = 1 << <u16>State.LastAck;
const TIME_WAIT: u16 = 1 << <u16>State.TimeWait;

// The edges of figure 5 by the state they leave: the states they lead to. CLOSED can be reached
// from everywhere: by abort, by RST, by giving up.
const edges: usize = memory.data<u16>([
  LISTEN | SYN_SENT,
  CLOSED | SYN_SENT | SYN_RECEIVED,
  CLOSED | SYN_RECEIVED | ESTABLISHED,
  CLOSED | LISTEN | ESTABLISHED | FIN_WAIT_1,
  CLOSED | FIN_WAIT_1 | CLOSE_WAIT,
  CLOSED | FIN_WAIT_2 | CLOSING | TIME_WAIT,
  CLOSED | TIME_WAIT,
  CLOSED | LAST_ACK,
  CLOSED | TIME_WAIT,
  CLOSED,
  CLOSED,
]);

/** Whether figure 5 has an edge from `from` to `to`. */
export function isEdge(from: u32, to: u32): bool {
  return isIn(load<u16>(edges + (<usize>from << 1)), to);
}

/** Changes the connection's state, along an edge of figure 5. */
export function transition(tcb: Tcb, to: State): void {
  assert(isEdge(tcb.state, to), "no such edge in RFC 9293 figure 5");
  tcb.state = <u8>to;
  tcb.path = (tcb.path << 4) | to;
}

/** ESTABLISHED and after: both initial sequence numbers are known to both sides. */
export function isSynchronized(state: u32): bool {
  return state >= <u32>State.Established;
}

/** Whether the peer may still send text: its FIN has not been processed. */
export function mayReceive(state: u32): bool {
  return isIn(ESTABLISHED | FIN_WAIT_1 | FIN_WAIT_2, state);
}

/** Whether we may send, or send again: SYN acknowledged, FIN not. */
export function maySend(state: u32): bool {
  return isIn(ESTABLISHED | CLOSE_WAIT | FIN_WAIT_1 | CLOSING | LAST_ACK, state);
}

/** Whether a set of states, as bits, holds `state`. */
function isIn(states: u32, state: u32): bool {
  return ((states >> state) & 1) != 0;
}

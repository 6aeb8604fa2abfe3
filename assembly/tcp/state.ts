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

// The edges of figure 5 by the state they leave: a bit for each state they lead to. CLOSED can be
// reached from everywhere: by abort, by RST, by giving up.
const edges: usize = memory.data<i32>([
  (1 << State.Listen) | (1 << State.SynSent),
  (1 << State.Closed) | (1 << State.SynSent) | (1 << State.SynReceived),
  (1 << State.Closed) | (1 << State.SynReceived) | (1 << State.Established),
  (1 << State.Closed) | (1 << State.Listen) | (1 << State.Established) | (1 << State.FinWait1),
  (1 << State.Closed) | (1 << State.FinWait1) | (1 << State.CloseWait),
  (1 << State.Closed) | (1 << State.FinWait2) | (1 << State.Closing) | (1 << State.TimeWait),
  (1 << State.Closed) | (1 << State.TimeWait),
  (1 << State.Closed) | (1 << State.LastAck),
  (1 << State.Closed) | (1 << State.TimeWait),
  (1 << State.Closed),
  (1 << State.Closed),
]);

/** Whether figure 5 has an edge from `from` to `to`. */
export function isEdge(from: u32, to: u32): bool {
  return ((load<u32>(edges + (<usize>from << 2)) >> to) & 1) != 0;
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
  return state == State.Established || state == State.FinWait1 || state == State.FinWait2;
}

/** Whether we may send, or send again: SYN acknowledged, FIN not. */
export function maySend(state: u32): bool {
  return state == State.Established || state == State.CloseWait ||
    state == State.FinWait1 || state == State.Closing || state == State.LastAck;
}

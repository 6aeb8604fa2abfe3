/**
 * Handles: what the host knows an endpoint by. They carry the generation of the slot, so that a
 * stale one is an error, never somebody else's connection.
 *
 *   bit   31   30         29 .. 16      15 .. 0
 *          0   listener   generation    slot
 */
import { State } from "../abi/state";
import { TimerKind } from "../core/wheel";
import { connectionCount, isTaken, tcbAt } from "../tcp/connections";
import { Endpoint } from "../tcp/entry";
import { Listener, listenerAt, listenerCount } from "../tcp/listeners";
import { Tcb, TcbFlag, has } from "../tcp/tcb";

const LISTENER_BIT: i32 = 1 << 30;

/** The handle of an endpoint: positive. */
export function handleOf(endpoint: Endpoint): i32 {
  const handle = (<i32>endpoint.generation << 16) | <i32>endpoint.slot;
  return endpoint.kind == TimerKind.Listener ? handle | LISTENER_BIT : handle;
}

/** Whether it is of a listener, as far as it is a handle at all. */
export function isListenerHandle(handle: i32): bool {
  return handle > 0 && (handle & LISTENER_BIT) != 0;
}

/** The connection of a handle that the host holds, or null. */
export function connectionOf(handle: i32): Tcb | null {
  const tcb = takenOf(handle);
  return tcb != null && isHeld(tcb) ? tcb : null;
}

/** The same, or a connection that the host has let go and `describe` has named; or null. */
export function takenOf(handle: i32): Tcb | null {
  if (handle <= 0 || isListenerHandle(handle)) return null;
  const slot = <u32>handle & 0xffff;
  if (slot >= connectionCount()) return null;
  const tcb = tcbAt(slot);
  if (<u32>tcb.generation != <u32>handle >> 16 || !isTaken(tcb)) return null;
  return has(tcb, TcbFlag.Pending) ? null : tcb;
}

/** The listener of a handle, or null. */
export function listenerOfHandle(handle: i32): Listener | null {
  if (!isListenerHandle(handle)) return null;
  const slot = <u32>handle & 0xffff;
  if (slot >= listenerCount()) return null;
  const listener = listenerAt(slot);
  if (listener.state != State.Listen) return null;
  return <u32>listener.generation == (<u32>handle & ~LISTENER_BIT) >> 16 ? listener : null;
}

/** Whether the host may be told of the endpoint: it holds, or may hold, its handle. */
export function isHeld(endpoint: Endpoint): bool {
  if (endpoint.kind == TimerKind.Listener) return endpoint.state == State.Listen;
  const tcb = changetype<Tcb>(endpoint);
  return isTaken(tcb) && !has(tcb, TcbFlag.Orphan | TcbFlag.Pending);
}

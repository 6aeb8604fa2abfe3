/**
 * Handles: what the host knows an endpoint by. They carry the generation of the slot, so that a
 * stale one is an error, never somebody else's connection.
 *
 *   bit   31   30         29 .. 16      15 .. 0
 *          0   listener   generation    slot + 1
 */
import { Table } from "../abi/status";
import { entryAt, poolOf } from "../core/pool";
import { Endpoint, GENERATIONS } from "../tcp/entry";
import { Listener } from "../tcp/listeners";
import { Tcb, TcbFlag, has } from "../tcp/tcb";

const KIND_SHIFT: i32 = 30;
const GENERATION_SHIFT: i32 = 16;

if (<i32>Table.Connections != 0 || <i32>Table.Listeners != 1) ERROR("a handle has a bit for both");
if (GENERATIONS != 0x3fff) ERROR("a handle has 14 bits for the generation");

/** The handle of an endpoint: positive. */
export function handleOf(endpoint: Endpoint): i32 {
  return (<i32>endpoint.kind << KIND_SHIFT) | (<i32>endpoint.generation << GENERATION_SHIFT) |
    (<i32>endpoint.slot + 1);
}

/** The connection of a handle that the host holds, or null. */
export function connectionOf(handle: i32): Tcb | null {
  const tcb = changetype<Tcb | null>(endpointOf(Table.Connections, handle));
  return tcb != null && !has(tcb, TcbFlag.Orphan | TcbFlag.Pending) ? tcb : null;
}

/** The same, or a connection that the host has let go and `describe` has named; or null. */
export function takenOf(handle: i32): Tcb | null {
  const tcb = changetype<Tcb | null>(endpointOf(Table.Connections, handle));
  return tcb != null && !has(tcb, TcbFlag.Pending) ? tcb : null;
}

/** The listener of a handle, or null. */
export function listenerOfHandle(handle: i32): Listener | null {
  return changetype<Listener | null>(endpointOf(Table.Listeners, handle));
}

/** The listener, or the connection that the host holds, of a handle; or null. */
export function heldOf(handle: i32): Endpoint | null {
  const listener = listenerOfHandle(handle);
  return listener != null ? listener : connectionOf(handle);
}

function endpointOf(table: Table, handle: i32): Endpoint | null {
  const pool = poolOf(table);
  const slot = (<u32>handle & 0xffff) - 1;
  if (slot >= pool.count) return null;
  const endpoint = changetype<Endpoint>(entryAt(pool, slot));
  const upper = (<u32>table << (KIND_SHIFT - GENERATION_SHIFT)) | endpoint.generation;
  return endpoint.taken && <u32>handle >> GENERATION_SHIFT == upper ? endpoint : null;
}

/** Connections as an application uses them: octets are copied in and out of the rings. */
import { Err } from "../abi/error";
import { CommitFlag, Parameter } from "../abi/parameters";
import { Status } from "../abi/status";
import { connectionOf } from "../api/handles";
import { parameterWord } from "../api/parameters";
import {
  commit, connect as open, consume, listen as openListener, receiveLen, receivePtr, sendPtr,
  sendSpace,
} from "../api/sockets";
import { status } from "../api/status";
import { sendMask } from "../tcp/connections";
import { queuedLen } from "../tcp/calls";
import { readable as unread } from "../tcp/window";
import { putAddress } from "./addresses";
import { putCharacter } from "./text";

/** Waits for connections to `port`: a listener's handle, or an `Err`. */
export function listen(port: u32, backlog: u32 = 4): i32 {
  putAddress(Parameter.Address, 0);
  return openListener(port, backlog);
}

/**
 * Begins to open a connection to an address of `ip`: its handle at once, or an `Err`.
 * `Event.Connected` or `Event.Closed` will follow; what is written before is sent then.
 */
export function connect(address: u32, port: u32, localPort: u32 = 0): i32 {
  putAddress(Parameter.Address, address);
  putAddress(Parameter.LocalAddress, 0);
  return open(port, localPort);
}

/** Octets that can be read now, or an `Err`. */
export function readable(handle: i32): i32 {
  const tcb = connectionOf(handle);
  return tcb == null ? Err.Handle : unread(tcb);
}

/** Octets that `write` would take now, or an `Err`: `State` when nothing more may be sent. */
export function writable(handle: i32): i32 {
  const piece = sendSpace(handle);
  const tcb = connectionOf(handle);
  return piece <= 0 || tcb == null ? piece : sendMask() + 1 - queuedLen(tcb);
}

/** Reads up to `length` octets to `to`. Returns how many; 0: none are there now; or an `Err`. */
export function read(handle: i32, to: usize, length: u32): i32 {
  let taken: u32 = 0;
  // What is there lies in two pieces at the most.
  for (let piece: u32 = 0; piece < 2 && taken < length; piece++) {
    const there = receiveLen(handle);
    if (there < 0) return there;
    const part = min<u32>(there, length - taken);
    memory.copy(to + taken, receivePtr(handle), part);
    consume(handle, part);
    taken += part;
  }
  return taken;
}

/**
 * Queues up to `length` octets at `from`. Returns how many were taken; when none,
 * `Event.Writable` says when to go on; or an `Err`.
 */
export function write(handle: i32, from: usize, length: u32): i32 {
  let taken: u32 = 0;
  for (let piece: u32 = 0; piece < 2 && taken < length; piece++) {
    const room = sendSpace(handle);
    if (room < 0) return room;
    const part = min<u32>(room, length - taken);
    memory.copy(sendPtr(handle), from + taken, part);
    commit(handle, part, CommitFlag.None);
    taken += part;
  }
  return taken;
}

/** Queues a text, an octet a character (ASCII): all of it or, where there is no room, nothing. */
export function writeText(handle: i32, text: string): i32 {
  const room = writable(handle);
  if (room < text.length) return min<i32>(room, 0);
  for (let index = 0; index < text.length; index++) {
    putCharacter(sendPtr(handle), text, index);
    commit(handle, 1, CommitFlag.None);
  }
  return text.length;
}

/** The `State` of a connection or a listener, or an `Err`. */
export function stateOf(handle: i32): i32 {
  return status(handle);
}

/** Why the connection ended, a `Reason`; or an `Err`. */
export function reasonOf(handle: i32): i32 {
  const state = status(handle);
  return state < 0 ? state : parameterWord(Parameter.Status, Status.Reason);
}

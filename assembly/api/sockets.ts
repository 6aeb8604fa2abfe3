/** Socket calls: arguments are checked here, the work is done in tcp/. */
import { Err } from "../abi/error";
import { CommitFlag, Parameter } from "../abi/parameters";
import { Phase } from "../abi/status";
import { describeOctets } from "../core/descriptor";
import { ringAt } from "../core/ring";
import { isAny } from "../net/address";
import { isLocal, theInterface } from "../net/interface";
import { portsWord, secondPort } from "../wire/tcp";
import {
  abandon, finishSending, letGo, maySendMore, openActive, receiveText, refuseRoom, sendText,
  unusedRoom,
} from "../tcp/calls";
import {
  connectionAt, isLive, receiveMask, receiveRing, sendMask, sendRing,
} from "../tcp/connections";
import { closeListener, findListener, openListener, takePending } from "../tcp/listeners";
import { largestMss } from "../tcp/mss";
import { SETTINGS, applySetting, readSetting, writeSetting } from "../tcp/settings";
import { Tcb } from "../tcp/tcb";
import { readable } from "../tcp/window";
import { connectionOf, handleOf, heldOf, listenerOfHandle, takenOf } from "./handles";
import { describeReceived } from "./events";
import { parametersAt } from "./parameters";
import { isReady } from "./ready";

/** OPEN, passive, on `port`, for as many connections at once as `backlog` says before `accept`. */
export function listen(port: u32, backlog: u32): i32 {
  if (!isReady() || theInterface().state == Phase.Down) return Err.NotReady;
  if (port == 0 || port > 0xffff || backlog == 0 || backlog > 0xffff) return Err.Invalid;
  const at = parametersAt() + Parameter.Address;
  if (!isAnyOrLocal(at)) return Err.Invalid;
  const ports = portsWord(0, port);
  if (findListener(ports) != null) return Err.InUse;
  const listener = openListener(ports, backlog, largestMss());
  if (listener == null) return Err.Full;
  listener.isBound = u8(!isAny(load<u64>(at), load<u64>(at, 8)));
  return handleOf(listener);
}

/** The next connection of a listener; 0: none is waiting. */
export function accept(handle: i32): i32 {
  const listener = listenerOfHandle(handle);
  if (listener == null) return Err.Handle;
  const tcb = takePending(listener);
  return tcb == null ? 0 : handleOf(tcb);
}

/**
 * OPEN, active, to the address at the parameters: from the port `from`; 0: any; or a listener's
 * handle, which becomes void: its port goes from LISTEN to SYN-SENT.
 */
export function connect(port: u32, from: u32): i32 {
  if (!isReady() || theInterface().state == Phase.Down) return Err.NotReady;
  if (port == 0 || port > 0xffff) return Err.Invalid;
  const listener = listenerOfHandle(from);
  if (listener == null && from > 0xffff) return Err.Handle;
  const localPort = listener != null ? secondPort(listener.ports) : from;
  const at = parametersAt();
  if (!isAnyOrLocal(at + Parameter.LocalAddress)) return Err.Invalid;
  const high = load<u64>(at, Parameter.Address);
  const low = load<u64>(at, Parameter.Address + 8);
  const slot = openActive(high, low, port, localPort, listener);
  return slot < 0 ? slot : handleOf(connectionAt(slot));
}

/** Where the next octets to send are written. 0: no such connection. */
export function sendPtr(handle: i32): usize {
  const tcb = connectionOf(handle);
  return tcb == null ? 0 : ringAt(sendRing(tcb), sendMask(), tcb.sndEnd);
}

/**
 * How many octets fit at `sendPtr`, which the descriptor has too, in one piece; 0: none, and
 * `Event.Writable` will say when.
 */
export function sendSpace(handle: i32): i32 {
  const tcb = connectionOf(handle);
  if (tcb == null) return Err.Handle;
  if (!maySendMore(tcb)) return Err.State;
  const room = describeRoom(tcb);
  if (room == 0) refuseRoom(tcb);
  return room;
}

/**
 * `length` octets have been written at `sendPtr`. How many more fit in one piece, and in the
 * descriptor where; of 0 nobody is told when it is more.
 */
export function commit(handle: i32, length: u32, flags: u32): i32 {
  const tcb = connectionOf(handle);
  if (tcb == null) return Err.Handle;
  if (!maySendMore(tcb)) return Err.State;
  const isUrgent = (flags & CommitFlag.Urgent) != 0;
  if (flags > <u32>(CommitFlag.Push | CommitFlag.Urgent)) return Err.Invalid;
  if (length > unusedRoom(tcb)) return Err.Invalid;
  if (isUrgent && length == 0) return Err.Invalid;
  sendText(tcb, length, isUrgent);
  return describeRoom(tcb);
}

/** Where the next received octets lie. 0: no such connection. */
export function receivePtr(handle: i32): usize {
  const tcb = connectionOf(handle);
  return tcb == null ? 0 : ringAt(receiveRing(tcb), receiveMask(), tcb.rcvRead);
}

/** How many lie there in one piece. The descriptor has where, too. */
export function receiveLen(handle: i32): i32 {
  const tcb = connectionOf(handle);
  return tcb == null ? Err.Handle : describeReceived(tcb);
}

/** `length` octets have been read. How many more lie in one piece, and in the descriptor where. */
export function consume(handle: i32, length: u32): i32 {
  const tcb = connectionOf(handle);
  if (tcb == null) return Err.Handle;
  if (length > readable(tcb)) return Err.Invalid;
  receiveText(tcb, length);
  return describeReceived(tcb);
}

/** CLOSE of our direction: FIN follows what has been committed. */
export function shutdown(handle: i32): i32 {
  const tcb = connectionOf(handle);
  if (tcb == null) return Err.Handle;
  if (!isLive(tcb)) return Err.State;
  finishSending(tcb);
  return 0;
}

/** CLOSE, and the handle is void. */
export function close(handle: i32): i32 {
  const tcb = connectionOf(handle);
  if (tcb != null) {
    letGo(tcb);
    return 0;
  }
  const listener = listenerOfHandle(handle);
  if (listener == null) return Err.Handle;
  closeListener(listener);
  return 0;
}

/** ABORT, and the handle is void. Also for what was let go: a host that ends leaves nothing. */
export function abort(handle: i32): i32 {
  const tcb = takenOf(handle);
  if (tcb == null) return Err.Handle;
  abandon(tcb);
  return 0;
}

/** Sets an `Option` of a connection, or of a listener for those it will accept. */
export function setOption(handle: i32, option: u32, value: u32): i32 {
  const endpoint = heldOf(handle);
  if (endpoint == null) return Err.Handle;
  if (option >= SETTINGS || !writeSetting(endpoint, option, value)) return Err.Invalid;
  const tcb = connectionOf(handle);
  if (tcb != null) applySetting(tcb, option);
  return 0;
}

/** The value of an `Option`. */
export function getOption(handle: i32, option: u32): i32 {
  const endpoint = heldOf(handle);
  if (endpoint == null) return Err.Handle;
  return option < SETTINGS ? readSetting(endpoint, option) : Err.Invalid;
}

/** How many octets to send fit in one piece; the descriptor has where. */
function describeRoom(tcb: Tcb): u32 {
  return describeOctets(sendRing(tcb), sendMask(), tcb.sndEnd, unusedRoom(tcb));
}

function isAnyOrLocal(at: usize): bool {
  const high = load<u64>(at);
  const low = load<u64>(at, 8);
  return isAny(high, low) || isLocal(high, low);
}

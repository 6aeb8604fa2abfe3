/** Looking at connections (S25): a record of words for whatever is in a table. */
import { Err } from "../abi/error";
import { State } from "../abi/state";
import { Parameter } from "../abi/parameters";
import { NeighbourState, Phase, Status, StatusFlag, Table, Timers } from "../abi/status";
import { nowMs } from "../core/clock";
import { rangeFrom, rangeTo } from "../core/ranges";
import { localLow, theInterface } from "../net/interface";
import { neighbourOrNull } from "../net/neighbours";
import { firstPort, secondPort } from "../wire/tcp";
import { queuedLen } from "../tcp/calls";
import { connectionCount, isLive, isTaken, rangesOf, tcbAt } from "../tcp/connections";
import { Entry } from "../tcp/entry";
import { Listener, listenerAt, listenerCount } from "../tcp/listeners";
import { backedOffRto } from "../tcp/rto";
import { halfOpenOrNull } from "../tcp/syn_queue";
import { STATUS_FLAGS, Tcb, TcbFlag, has } from "../tcp/tcb";
import { timeWaitOrNull } from "../tcp/time_wait";
import { Timer, deadline } from "../tcp/timers";
import { readable, receiveWindow } from "../tcp/window";
import { connectionOf, handleOf, listenerOfHandle } from "./handles";
import { parametersAt, setParameterWord } from "./parameters";

// The words that are fields of a control block as they are: the word, and the field's offset.
const PLAIN_WORDS: usize = 14;
const plainWords: usize = memory.data<u8>([
  <u8>Status.SendUnacknowledged, <u8>offsetof<Tcb>("sndUna"),
  <u8>Status.SendNext, <u8>offsetof<Tcb>("sndMax"),
  <u8>Status.SendWindow, <u8>offsetof<Tcb>("sndWnd"),
  <u8>Status.ReceiveNext, <u8>offsetof<Tcb>("rcvNxt"),
  <u8>Status.CongestionWindow, <u8>offsetof<Tcb>("cwnd"),
  <u8>Status.SlowStartThreshold, <u8>offsetof<Tcb>("ssthresh"),
  <u8>Status.Path, <u8>offsetof<Tcb>("path"),
]);

/** Writes the record of a handle. Returns its `State`, or an `Err`. */
export function status(handle: i32): i32 {
  const listener = listenerOfHandle(handle);
  if (listener != null) {
    writeListener(listener);
    return State.Listen;
  }
  const tcb = connectionOf(handle);
  if (tcb == null) return Err.Handle;
  writeConnection(tcb);
  return tcb.state;
}

/** Writes the record of entry `index` of a `Table`. 1: it is used; 0: free; `Err`: past the end. */
export function describe(table: u32, index: u32): i32 {
  switch (table) {
    case Table.Connections:
      return describeConnection(index);
    case Table.Listeners:
      return describeListener(index);
    case Table.HalfOpen:
      return describeHalfOpen(index);
    case Table.TimeWait:
      return describeTimeWait(index);
    case Table.Neighbours:
      return describeNeighbour(index);
    case Table.Interfaces:
      return describeInterface(index);
    default:
      return Err.Invalid;
  }
}

function describeInterface(index: u32): i32 {
  if (index != 0) return Err.Invalid;
  clearRecord();
  put(Status.State, theInterface().phase);
  putAddress(Status.LocalAddress, 0, localLow());
  return u32(theInterface().phase != Phase.Down);
}

function describeConnection(index: u32): i32 {
  if (index >= connectionCount()) return Err.Invalid;
  const tcb = tcbAt(index);
  if (!isTaken(tcb)) return 0;
  // It is listed with its TIME-WAIT entry from there on.
  if (tcb.state == State.TimeWait) return 0;
  writeConnection(tcb);
  return 1;
}

function describeListener(index: u32): i32 {
  if (index >= listenerCount()) return Err.Invalid;
  const listener = listenerAt(index);
  if (listener.state != State.Listen) return 0;
  writeListener(listener);
  return 1;
}

function describeHalfOpen(index: u32): i32 {
  const entry = halfOpenOrNull(index);
  if (entry == null) return Err.Invalid;
  if (entry.state != State.SynReceived) return 0;
  writeEntry(entry, State.SynReceived);
  put(Status.SendUnacknowledged, entry.iss);
  put(Status.SendNext, entry.iss + 1);
  put(Status.ReceiveNext, entry.irs + 1);
  put(Status.Retransmissions, entry.retransmissions);
  put(Status.SynAckTimer, leftOf(entry.dueAtMs));
  put(Status.Flags, StatusFlag.Passive);
  put(Status.Path, (State.Listen << 4) | State.SynReceived);
  return 1;
}

function describeTimeWait(index: u32): i32 {
  const entry = timeWaitOrNull(index);
  if (entry == null) return Err.Invalid;
  if (entry.state != State.TimeWait) return 0;
  writeEntry(entry, State.TimeWait);
  put(Status.SendUnacknowledged, entry.sndNxt);
  put(Status.SendNext, entry.sndNxt);
  put(Status.ReceiveNext, entry.rcvNxt);
  put(Status.TimeWaitTimer, leftOf(entry.dueAtMs));
  return 1;
}

function describeNeighbour(index: u32): i32 {
  const neighbour = neighbourOrNull(index);
  if (neighbour == null) return Err.Invalid;
  if (neighbour.state == NeighbourState.Free) return 0;
  clearRecord();
  put(Status.State, neighbour.state);
  putAddress(Status.RemoteAddress, neighbour.high, neighbour.low);
  putAddress(Status.LocalAddress, <u64>neighbour.mac, neighbour.macTail);
  return 1;
}

function writeConnection(tcb: Tcb): void {
  writeEntry(tcb, tcb.state);
  put(Status.Handle, has(tcb, TcbFlag.Pending) ? 0 : handleOf(tcb));
  put(Status.SendQueue, isLive(tcb) ? queuedLen(tcb) : 0);
  put(Status.ReceiveQueue, readable(tcb));
  put(Status.ReceiveWindow, receiveWindow(tcb));
  put(Status.SegmentSize, tcb.sndMss);
  put(Status.SmoothedRtt, tcb.srttUs8 >> 3);
  put(Status.RttVariation, tcb.rttvarUs4 >> 2);
  put(Status.RetransmissionTimeout, backedOffRto(tcb));
  put(Status.Retransmissions, tcb.retransmissions);
  put(Status.Reason, tcb.reason);
  put(Status.SoftError, tcb.softError);
  put(Status.Flags, tcb.flags & STATUS_FLAGS);
  put(Status.OutOfOrder, heldOutOfOrder(tcb));
  for (let row = plainWords; row < plainWords + PLAIN_WORDS; row += 2) {
    const at = changetype<usize>(tcb) + load<u8>(row, 1);
    setParameterWord(load<u8>(row), load<u32>(at));
  }
  // The words of the timers stand in the order of `Timer`.
  for (let timer: u32 = 0; timer <= <u32>Timer.KeepAlive; timer++) {
    const atMs = deadline(tcb, timer);
    if (atMs != 0) setParameterWord(Status.RetransmitTimer + timer, leftOf(atMs));
  }
}

function writeListener(listener: Listener): void {
  clearRecord();
  put(Status.Handle, handleOf(listener));
  put(Status.State, State.Listen);
  putAddress(Status.LocalAddress, listener.remoteHigh, listener.remoteLow);
  put(Status.LocalPort, listener.port);
  put(Status.SendQueue, listener.backlog);
  put(Status.ReceiveQueue, listener.pending);
}

/** What all entries have; the rest of the record is cleared. */
function writeEntry(entry: Entry, state: u32): void {
  clearRecord();
  put(Status.State, state);
  putAddress(Status.LocalAddress, 0, localLow());
  putAddress(Status.RemoteAddress, entry.remoteHigh, entry.remoteLow);
  put(Status.LocalPort, secondPort(entry.ports));
  put(Status.RemotePort, firstPort(entry.ports));
}

function clearRecord(): void {
  memory.fill(parametersAt() + Parameter.Status, 0, 4 * Status.Words);
  for (let word: u32 = Status.RetransmitTimer; word <= <u32>Status.SynAckTimer; word++) {
    setParameterWord(word, Timers.Off);
  }
}

function heldOutOfOrder(tcb: Tcb): u32 {
  const ranges = rangesOf(tcb);
  let held: u32 = 0;
  for (let index: u32 = 0; index < tcb.rangeCount; index++) {
    held += rangeTo(ranges, index) - rangeFrom(ranges, index);
  }
  return held;
}

function leftOf(atMs: u32): u32 {
  const left = <i32>(atMs - nowMs());
  return left > 0 ? left : 0;
}

function put(word: Status, value: u32): void {
  setParameterWord(word, value);
}

function putAddress(word: Status, high: u64, low: u64): void {
  const at = parametersAt() + (<usize>word << 2);
  store<u64>(at, high);
  store<u64>(at, low, 8);
}

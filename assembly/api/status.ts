/** Looking at connections (S25): a record of words for whatever is in a table. */
import { Err } from "../abi/error";
import { Parameter } from "../abi/parameters";
import { State } from "../abi/state";
import { Status, StatusFlag, Table } from "../abi/status";
import { nowMs } from "../core/clock";
import { Entry, entryAt, poolOf } from "../core/pool";
import { rangeFrom, rangeTo } from "../core/ranges";
import { localLow } from "../net/interface";
import { Neighbour } from "../net/neighbours";
import { firstPort, secondPort } from "../wire/tcp";
import { queuedLen } from "../tcp/calls";
import { isCubic } from "../tcp/congestion";
import { isLive, rangesOf } from "../tcp/connections";
import { Listener } from "../tcp/listeners";
import { mtuOf } from "../tcp/mss";
import { isAccurate } from "../tcp/accurate_ecn";
import { backedOffRto } from "../tcp/rto";
import { HalfOpen, resent } from "../tcp/syn_queue";
import { STATUS_FLAGS, Tcb, TcbFlag, has } from "../tcp/tcb";
import { TimeWait } from "../tcp/time_wait";
import { Timer, deadline } from "../tcp/timers";
import { urgentLeft } from "../tcp/urgent";
import { userTimeout } from "../tcp/user_timeout";
import { readable, receiveWindow } from "../tcp/window";
import { handleOf, heldOf } from "./handles";
import { parametersAt, setParameterWord } from "./parameters";

/** Words of timers in a record: all ones, `Timers.Off`, unless they run. */
const TIMER_WORDS: usize = Status.SynAckTimer - Status.RetransmitTimer + 1;

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
  const endpoint = heldOf(handle);
  if (endpoint == null) return Err.Handle;
  writeEntry(endpoint);
  return endpoint.state;
}

/** Writes the record of entry `index` of a `Table`. 1: it is used; 0: free; `Err`: past the end. */
export function describe(table: u32, index: u32): i32 {
  if (table > <u32>Table.Interfaces) return Err.Invalid;
  const pool = poolOf(table);
  if (index >= pool.count) return Err.Invalid;
  const entry = entryAt(pool, index);
  if (!isListed(entry)) return 0;
  writeEntry(entry);
  return 1;
}

/** A connection that is over is listed, but one in TIME-WAIT with its entry of that table. */
function isListed(entry: Entry): bool {
  if (entry.kind != Table.Connections) return entry.state != 0;
  return changetype<Tcb>(entry).taken != 0 && entry.state != State.TimeWait;
}

/** What all entries have, and then what those of its kind have; the rest is cleared. */
function writeEntry(entry: Entry): void {
  const record = parametersAt() + Parameter.Status;
  memory.fill(record, 0, 4 * Status.Words);
  memory.fill(record + 4 * Status.RetransmitTimer, 0xff, 4 * TIMER_WORDS);
  put(Status.State, entry.state);
  putAddress(Status.LocalAddress, 0, localLow());
  putAddress(Status.RemoteAddress, entry.remoteHigh, entry.remoteLow);
  put(Status.LocalPort, secondPort(entry.ports));
  put(Status.RemotePort, firstPort(entry.ports));
  switch (<u32>entry.kind) {
    case Table.Connections:
      writeConnection(changetype<Tcb>(entry));
      break;
    case Table.Listeners:
      writeListener(changetype<Listener>(entry));
      break;
    case Table.HalfOpen:
      writeHalfOpen(changetype<HalfOpen>(entry));
      break;
    case Table.TimeWait:
      writeTimeWait(changetype<TimeWait>(entry));
      break;
    case Table.Neighbours:
      writeNeighbour(changetype<Neighbour>(entry));
  }
}

function writeListener(listener: Listener): void {
  put(Status.Handle, handleOf(listener));
  if (!listener.isBound) putAddress(Status.LocalAddress, 0, 0);
  put(Status.SendQueue, listener.backlog);
  put(Status.ReceiveQueue, listener.pending);
}

function writeHalfOpen(entry: HalfOpen): void {
  putSequence(entry.iss, entry.iss + 1, entry.irs + 1);
  put(Status.Retransmissions, resent(entry));
  put(Status.SynAckTimer, leftOf(entry.dueAtMs));
  put(Status.Flags, StatusFlag.Passive);
  put(Status.Path, (State.Listen << 4) | State.SynReceived);
}

function writeTimeWait(entry: TimeWait): void {
  putSequence(entry.sndNxt, entry.sndNxt, entry.rcvNxt);
  put(Status.TimeWaitTimer, leftOf(entry.dueAtMs));
}

function writeNeighbour(neighbour: Neighbour): void {
  putAddress(Status.LocalAddress, <u64>neighbour.mac, neighbour.macTail);
}

function putSequence(una: u32, nxt: u32, rcvNxt: u32): void {
  put(Status.SendUnacknowledged, una);
  put(Status.SendNext, nxt);
  put(Status.ReceiveNext, rcvNxt);
}

function writeConnection(tcb: Tcb): void {
  put(Status.Handle, has(tcb, TcbFlag.Pending) ? 0 : handleOf(tcb));
  put(Status.SendQueue, isLive(tcb) ? queuedLen(tcb) : 0);
  put(Status.ReceiveQueue, readable(tcb));
  put(Status.ReceiveWindow, receiveWindow(tcb));
  put(Status.SegmentSize, tcb.sndMss);
  put(Status.PathMtu, mtuOf(tcb));
  put(Status.SmoothedRtt, tcb.srttUs8 >> 3);
  put(Status.RttVariation, tcb.rttvarUs4 >> 2);
  put(Status.RetransmissionTimeout, backedOffRto(tcb));
  put(Status.Retransmissions, tcb.retransmissions);
  put(Status.Reason, tcb.reason);
  put(Status.SoftError, tcb.softError);
  const accurate: u32 = isAccurate(tcb) ? StatusFlag.AccurateEcn : 0;
  const cubic: u32 = isCubic(tcb) ? StatusFlag.Cubic : 0;
  put(Status.Flags, (tcb.flags & STATUS_FLAGS) | accurate | cubic);
  put(Status.OutOfOrder, heldOutOfOrder(tcb));
  put(Status.UrgentLeft, urgentLeft(tcb));
  put(Status.UserTimeout, userTimeout(tcb));
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

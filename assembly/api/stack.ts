/**
 * The drive shaft: frames in, timers, frames out. The layers below say what a frame was; here it
 * goes on upwards, and is counted.
 */
import { Counter } from "../abi/counter";
import { Err } from "../abi/error";
import { FrameFlag, ReceiveFlag } from "../abi/parameters";
import { Table } from "../abi/status";
import { advanceClock, skipSeconds, usUntil } from "../core/clock";
import { count, countMany } from "../core/counters";
import { describeFrame, setFramesWait } from "../core/descriptor";
import { Entry, PACKET_POOL, dropEntry } from "../core/pool";
import { isNothingDue, mostSkip, nextExpired, wheelDueAtMs } from "../core/wheel";
import {
  HAS_SHORT_WAYS, IS_BOARD, LONGEST_SLEEP_US, READY_PER_CALL, TIMERS_PER_CALL,
} from "../config";
import { emitArpReply, onInterfaceTimer } from "../net/arp";
import { PacketBuffer } from "../net/buffers";
import { firstFrame, isBurstWaiting, takeWaiting } from "../net/burst";
import { frameFlags, frameIn, frameInLen, frameSegmentSize, noteFrame } from "../net/frame";
import { emitIcmp, hasIcmp } from "../net/icmp";
import { inputFrame } from "../net/input";
import { hasOffload, isInUse } from "../net/interface";
import { Neighbour, onNeighbourTimer } from "../net/neighbours";
import { Way, resolve, wayMac } from "../net/output";
import { flagPacket, thePacket } from "../net/packet";
import { clearOthers, hasReady, mayHaveOthers, takeReady } from "../net/ready";
import { parseUsualPacket, usualPacketAt } from "../net/usual";
import { onReassemblyTimer } from "../net/reassembly";
import { Reply, ReplyKind, dropReply, firstReply, hasReplies, replyMac } from "../net/replies";
import { abandon } from "../tcp/calls";
import { emitReply } from "../tcp/emit";
import { inputIcmpError } from "../tcp/icmp_errors";
import { inputSegment } from "../tcp/input";
import { inputUsual } from "../tcp/input_usual";
import { hasDoomed, takeDoomed } from "../tcp/listeners";
import { HalfOpen, onHalfOpenTimer } from "../tcp/syn_queue";
import { Tcb } from "../tcp/tcb";
import { onConnectionTimer } from "../tcp/timeouts";
import { transmitNext } from "../tcp/transmit";
import { hasEvents } from "../tcp/events";
import { nextEvent } from "./events";
import { isReady } from "./ready";

/** The longest time without a timer, in milliseconds: what `nextDeadline` can tell. */
const IDLE_MS: u32 = LONGEST_SLEEP_US / 1000;

export function frameInPtr(): usize {
  return frameIn();
}

export function frameInSize(): u32 {
  return frameInLen();
}

export function frameOutPtr(): usize {
  return firstFrame();
}

/** All that `receive` may be told of a frame. */
export const RECEIVE_FLAGS: u32 =
  ReceiveFlag.News | (IS_BOARD ? ReceiveFlag.None : ReceiveFlag.Checked);

/**
 * Takes the frame of `length` octets at `frameInPtr()`. Whatever it is, it is counted. 0, or, when
 * the flags ask for news, what `nextEvent` says.
 */
export function receive(interface_: u32, length: u32, flags: u32, now: u32): i32 {
  if (!isInUse() && !isReady()) return Err.NotReady;
  if (interface_ != 0 || (flags & ~RECEIVE_FLAGS) != 0) return Err.Invalid;
  advanceClock(now);
  count(Counter.FramesIn);
  countMany(Counter.OctetsIn, length);
  if (length > frameInLen()) count(Counter.DropFrameLength);
  else takeFrame(frameIn(), length, flags);
  return flags & ReceiveFlag.News ? nextEvent() : 0;
}

/**
 * Expires timers, then builds the next frame at `frameOutPtr()`. Returns its length; 0: none. The
 * descriptor says what is to be done with it: nothing, unless the driver has offered offload.
 */
export function transmit(now: u32): u32 {
  if (!isInUse()) return 0;
  turnClock(now);
  // What was built while a burst came in has been counted.
  const length = isBurstWaiting() ? takeWaiting() : buildFrame();
  if (!hasFrames()) noteIdle();
  return length;
}

/** What comes before frames: timers, and who is to be reset. */
export function turnClock(now: u32): void {
  advanceClock(now);
  if (IS_BOARD || !isNothingDue()) expireTimers();
  if (mayHaveOthers()) tendOthers();
}

function buildFrame(): u32 {
  const length = hasOffload() ? nextLargeFrame() : nextFrame();
  return length == 0 ? 0 : countFrameOut(length);
}

/** Counts a frame of `length` octets, which it returns. */
export function countFrameOut(length: u32): u32 {
  count(Counter.FramesOut);
  countMany(Counter.OctetsOut, length);
  return length;
}

/** Microseconds until `transmit` must be called, whatever else happens; 30 minutes at the most. */
export function nextDeadline(now: u32): u32 {
  if (!isReady()) return LONGEST_SLEEP_US;
  advanceClock(now);
  if (hasFrames() || hasEvents()) return 0;
  return usUntil(wheelDueAtMs(IDLE_MS), LONGEST_SLEEP_US);
}

/** `seconds` passed in which nobody looked at the clock: `now` goes on from where it was. */
export function sleep(seconds: u32): void {
  if (isReady()) skipSeconds(seconds, mostSkip());
}

/** Whether somebody waits for a frame of theirs to be built, or for their end. */
export function hasFrames(): bool {
  return hasReady() || (mayHaveOthers() && hasOthers());
}

/** Nobody waits. */
function noteIdle(): void {
  clearOthers();
  setFramesWait(0);
}

function hasOthers(): bool {
  return hasReplies() || hasIcmp() || hasDoomed() || isBurstWaiting();
}

/**
 * Brings a frame up through the layers. `flags`: bits of `ReceiveFlag`. Returns the connection that
 * took it by a short way, and may have ended with it; or else 0.
 */
export function takeFrame(at: usize, length: u32, flags: u32): usize {
  flagPacket(flags);
  const usual = HAS_SHORT_WAYS ? usualPacketAt(at, length) : 0;
  if (usual != 0) {
    const taker = inputUsual(usual);
    if (taker != 0) {
      count(Counter.InTcp);
      return taker;
    }
  }
  const isParsed = usual != 0 && parseUsualPacket(at, usual);
  let counter = isParsed ? Counter.InTcp : inputFrame(at, length);
  if (counter == Counter.InTcp) counter = inputSegment(thePacket());
  else if (counter == Counter.InIcmpError) counter = inputIcmpError(thePacket());
  count(counter);
  return 0;
}

/** A few of the timers that are due; the rest makes `nextDeadline` say 0. */
function expireTimers(): void {
  for (let fired: u32 = 0; fired < TIMERS_PER_CALL; fired++) {
    const node = nextExpired();
    if (node == null) return;
    count(Counter.TimersFired);
    const entry = changetype<Entry>(node);
    switch (<u32>entry.kind) {
      case Table.Connections:
        onConnectionTimer(changetype<Tcb>(entry));
        break;
      case Table.HalfOpen:
        onHalfOpenTimer(changetype<HalfOpen>(entry));
        break;
      case Table.TimeWait:
        dropEntry(entry);
        break;
      case Table.Neighbours:
        onNeighbourTimer(changetype<Neighbour>(entry));
        break;
      case PACKET_POOL:
        onReassemblyTimer(changetype<PacketBuffer>(entry));
        break;
      default:
        onInterfaceTimer();
    }
  }
}

/** Resets a connection whose listener was closed before it was accepted: one a call. */
function tendOthers(): void {
  const tcb = takeDoomed();
  if (tcb != null) abandon(tcb);
  if (!hasOthers()) clearOthers();
}

/** The next frame, and what the driver is to do with it. */
function nextLargeFrame(): u32 {
  noteFrame(FrameFlag.None, 0);
  const length = nextFrame();
  describeFrame(frameFlags(), frameSegmentSize());
  return length;
}

/** Replies go first: they are few, bounded, and somebody waits for each. */
export function nextFrame(): u32 {
  for (let turn: u32 = 0; turn < READY_PER_CALL; turn++) {
    let length: u32 = 0;
    if (mayHaveOthers() && hasReplies()) {
      length = emitRecord(firstReply());
      dropReply();
    } else if (mayHaveOthers() && hasIcmp()) {
      length = emitIcmp();
    } else {
      const tcb = takeReady();
      if (tcb == null) return 0;
      length = transmitNext(changetype<Tcb>(tcb));
    }
    if (length != 0) return length;
  }
  return 0;
}

function emitRecord(reply: Reply): u32 {
  if (reply.kind != ReplyKind.Segment) return emitArpReply(reply);
  if (reply.hasMac) return emitReply(reply, replyMac(reply));
  if (resolve(reply.remoteLow) == Way.Open) return emitReply(reply, wayMac());
  // The neighbour is not known any more; the peer will ask again.
  count(Counter.RepliesUnresolved);
  return 0;
}

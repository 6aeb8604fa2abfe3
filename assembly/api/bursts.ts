/** Several frames in one call, in and out: net/burst.ts. Not in the build for boards. */
import { Counter } from "../abi/counter";
import { Err } from "../abi/error";
import { ReceiveFlag } from "../abi/parameters";
import { Table } from "../abi/status";
import { HAS_BURSTS, HAS_SHORT_WAYS } from "../config";
import { advanceClock } from "../core/clock";
import { count, countMany } from "../core/counters";
import { setFramesWait } from "../core/descriptor";
import { Entry } from "../core/pool";
import { findEntry } from "../core/table";
import {
  LENGTH_LEN, hasRoom, keepFrame, letBurstWait, resumeBurst, stepOf, takeBurst,
} from "../net/burst";
import { frameIn, frameInLen } from "../net/frame";
import { hasIcmp } from "../net/icmp";
import { hasOffload, isInUse, linkHeaderLen, theInterface } from "../net/interface";
import { thePacket } from "../net/packet";
import { makeOthersReady, mayHaveOthers } from "../net/ready";
import { hasReplies } from "../net/replies";
import { takeAlikeSegment } from "../tcp/arrives_alike";
import { isLive } from "../tcp/connections";
import { emitRun } from "../tcp/emit_run";
import { Tcb, TcbFlag, has } from "../tcp/tcb";
import { nextEvent } from "./events";
import { isReady } from "./ready";
import { RECEIVE_FLAGS, countFrameOut, hasFrames, nextFrame, takeFrame, turnClock } from "./stack";

/** In place of the length of a frame that is as long as the one before. */
const SAME: u32 = u32.MAX_VALUE;

/**
 * What `receive` does, for each of the frames of a burst, which takes up `length` octets from
 * `frameInPtr() - 2` on. A segment that must be acknowledged at once is, before the next frame is
 * taken (RFC 2525 section 2.13: no stretch ACKs), and what is for no connection is answered; what
 * follows the last one, the host asks for.
 */
export function receiveBurst(length: u32, flags: u32, now: u32): i32 {
  if (!HAS_BURSTS) return Err.Invalid;
  if (!isInUse() && !isReady()) return Err.NotReady;
  if (!hasBursts() || (flags & ~RECEIVE_FLAGS) != 0) return Err.Invalid;
  advanceClock(now);
  if (length > LENGTH_LEN + frameInLen()) {
    // As one frame that is too long.
    count(Counter.FramesIn);
    countMany(Counter.OctetsIn, length - LENGTH_LEN);
    count(Counter.DropFrameLength);
  } else {
    takeFrames(frameIn(), frameIn() + length - LENGTH_LEN, flags);
  }
  return flags & ReceiveFlag.News ? nextEvent() : 0;
}

/**
 * What `transmit` does, until nobody has anything to say or the frame slot is full. Returns how
 * many octets the burst takes up from `frameOutPtr() - 2` on, or an `Err`; 0: no frame.
 */
export function transmitBurst(now: u32): i32 {
  if (!HAS_BURSTS) return Err.Invalid;
  if (!isInUse()) return 0;
  if (!hasBursts()) return Err.Invalid;
  resumeBurst();
  turnClock(now);
  while (hasRoom()) {
    const len = nextFrame();
    if (len == 0) break;
    keepFrame(countFrameOut(len));
    if (HAS_SHORT_WAYS) emitRun(len);
  }
  if (!hasFrames()) setFramesWait(0);
  return takeBurst();
}

/** Takes the frames from the one at `at` on. What goes beyond `end` is none. */
function takeFrames(at: usize, end: usize, flags: u32): void {
  // Who has taken the frame before, by a short way; and that frame.
  let taker: usize = 0;
  let before: usize = 0;
  let lenBefore: u32 = 0;
  while (at <= end) {
    const len = <u32>load<u16>(at - LENGTH_LEN);
    count(Counter.FramesIn);
    countMany(Counter.OctetsIn, len);
    if (at + len > end) {
      count(Counter.DropFrameLength);
      return;
    }
    if (taker != 0 && takeAlike(taker, at, before, len == lenBefore ? SAME : len)) {
      count(Counter.InTcp);
    } else {
      thePacket().ports = 0;
      taker = takeFrame(at, len, flags);
      // It may have ended with that.
      if (taker != 0 && !isLive(changetype<Tcb>(taker))) taker = 0;
    }
    before = at;
    lenBefore = len;
    at += stepOf(len);
    if (at <= end) answer(taker != 0 ? taker : lastConnection());
  }
}

/** `len`: of the frame; or `SAME`. */
function takeAlike(taker: usize, at: usize, before: usize, len: u32): bool {
  const offset = linkHeaderLen();
  if (len <= offset) return false;
  const room = len == SAME ? 0 : len - offset;
  return takeAlikeSegment(changetype<Tcb>(taker), at + offset, before + offset, room);
}

/** The connection that the last packet was for, however it went; 0: there is none. */
function lastConnection(): usize {
  const entry = changetype<Entry | null>(findEntry(thePacket()));
  return entry != null && entry.kind == Table.Connections ? changetype<usize>(entry) : 0;
}

/** Frames leave, in their turns, until the connection at `at` need not acknowledge at once. */
function answer(at: usize): void {
  while (mustAnswer(at) && hasRoom()) {
    const len = nextFrame();
    if (len == 0) return;
    keepFrame(countFrameOut(len));
    letBurstWait();
    makeOthersReady();
  }
}

/** Of what is for no connection (`at` is 0) few answers can wait, and of echoes one alone. */
function mustAnswer(at: usize): bool {
  if (at != 0) return has(changetype<Tcb>(at), TcbFlag.AckNow);
  return mayHaveOthers() && (hasReplies() || hasIcmp());
}

/** Whether the link has bursts: with offload a frame is many, and a length is of two octets. */
export function hasBursts(): bool {
  return !hasOffload() && linkHeaderLen() + theInterface().mtu <= <u32>u16.MAX_VALUE;
}

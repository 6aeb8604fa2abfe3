/**
 * The two windows. What we announce, without ever moving the right edge left (SHLD-14) and without
 * silly steps (MUST-39); and what we may send.
 *
 *          rcvRead        rcvNxt                  rcvAdv
 *   ----------|--------------|----------------------|------------------|------
 *             | to be read   | announced: RCV.WND   | freed, not yet   |
 *             |                                     | announced        |
 *             |<-------------- the receive ring ---------------------->|
 */
import { TIMESTAMPS_LEN } from "../wire/tcp_options";
import { receiveMask } from "./connections";
import { pipe } from "./scoreboard";
import { seqDistance, seqGt } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";

const LARGEST_FIELD: u32 = 0xffff;

/** The shift that we offer: the smallest with which the window field can tell the whole ring. */
export function offeredScale(): u32 {
  let shift: u32 = 0;
  while ((receiveMask() + 1) >> shift > LARGEST_FIELD) shift++;
  return shift;
}

/** The window field of a SYN, which is never scaled (RFC 7323 section 2.2). */
export function announcedWindow(): u32 {
  return min<u32>(receiveMask() + 1, LARGEST_FIELD);
}

/** RCV.WND: octets from `rcvNxt` that the peer has been told it may send. */
export function receiveWindow(tcb: Tcb): u32 {
  return seqDistance(tcb.rcvNxt, tcb.rcvAdv);
}

/** Where the right edge may be announced now: where it is, or further by a step worth telling. */
export function nextEdge(tcb: Tcb): u32 {
  let room = seqDistance(tcb.rcvNxt, tcb.rcvRead + receiveMask() + 1);
  room = min<u32>(room, LARGEST_FIELD << tcb.rcvScale);
  const step = <i32>(tcb.rcvNxt + room - tcb.rcvAdv);
  // Mostly nothing was read since.
  if (step <= 0) return tcb.rcvAdv;
  // A segment of the peer's that is full: timestamps take of its text (RFC 6691).
  const full = <u32>tcb.rcvMss - (has(tcb, TcbFlag.Timestamps) ? TIMESTAMPS_LEN : 0);
  const least = min<u32>((receiveMask() + 1) >> 1, full);
  return step >= <i32>least ? tcb.rcvNxt + room : tcb.rcvAdv;
}

/** Moves the right edge as far as it may go, and returns the window field that says so. */
export function advanceWindow(tcb: Tcb): u32 {
  const edge = nextEdge(tcb);
  if (edge == tcb.rcvAdv) return min<u32>(receiveWindow(tcb) >> tcb.rcvScale, LARGEST_FIELD);
  const field = seqDistance(tcb.rcvNxt, edge) >> tcb.rcvScale;
  // The shift hides 31 octets of a ring of 1 MiB, less than a step: those announced before stay
  // announced (RFC 7323 section 2.4).
  tcb.rcvAdv = tcb.rcvNxt + (field << tcb.rcvScale);
  return min<u32>(field, LARGEST_FIELD);
}

/** Octets received in order that the host has not read. */
export function readable(tcb: Tcb): u32 {
  return seqDistance(tcb.rcvRead, tcb.rcvNxt) - u32(has(tcb, TcbFlag.PeerFinReceived));
}

/** The usable window (RFC 9293 section 3.8.6.2.1: U), within the congestion window too. */
export function usableWindow(tcb: Tcb): u32 {
  const room = <i32>(tcb.cwnd + extraWindow(tcb) - pipe(tcb));
  const usable = min<i32>(room, <i32>(tcb.sndUna + tcb.sndWnd - tcb.sndNxt));
  return usable > 0 ? usable : 0;
}

/**
 * What may leave beyond the congestion window: limited transmit (RFC 3042) lets a new segment out
 * for each of the first two duplicate ACKs; where the peer tells what it has, `pipe` does. And a
 * tail loss probe.
 */
function extraWindow(tcb: Tcb): u32 {
  if (has(tcb, TcbFlag.ProbeTail)) return pipe(tcb) + tcb.sndMss;
  if (tcb.dupAcks == 0 || has(tcb, TcbFlag.InRecovery | TcbFlag.Sack)) return 0;
  return min<u32>(tcb.dupAcks, 2) * tcb.sndMss;
}

/**
 * The sequence number of a segment without text: beyond everything sent, or the peer would take it
 * for an old one after a timeout has moved `sndNxt` back; but not beyond its window, where a probe
 * may have left `sndMax`.
 */
export function bareSeq(tcb: Tcb): u32 {
  return seqGt(tcb.sndMax, tcb.sndEdge) ? tcb.sndEdge : tcb.sndMax;
}

/** Sets SND.WND, as announced with the acknowledgment `ack`. */
export function takeWindow(tcb: Tcb, ack: u32, wnd: u32): void {
  tcb.sndWnd = wnd;
  if (seqGt(ack + wnd, tcb.sndEdge)) tcb.sndEdge = ack + wnd;
  if (wnd > tcb.maxSndWnd) tcb.maxSndWnd = wnd;
}

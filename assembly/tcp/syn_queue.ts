/**
 * The SYN queue: connections in SYN-RECEIVED by passive open, as small entries without control
 * block or rings, so that no flood of SYNs takes a connection's place (RFC 4987 section 3.3). The
 * SYN+ACK is sent again at 1, 2, 4 ... seconds, a bounded number of times; the entry lives as long
 * as that takes: 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 seconds, above the three minutes of MUST-23.
 *
 * When the queue is full the oldest entry goes, and is counted.
 */
import { Counter } from "../abi/counter";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { inMs } from "../core/clock";
import { count } from "../core/counters";
import { copyPair } from "../core/pair";
import { Entry, dropEntry, oldestOf, touch } from "../core/pool";
import { enterEntry } from "../core/table";
import { startTimer } from "../core/wheel";
import { Reply, ReplyKind, addReply, replyTo } from "../net/replies";
import { Packet } from "../net/packet";
import { Flag } from "../wire/tcp";
import { Segment } from "../wire/segment";
import { Listener, listenerAt } from "./listeners";
import { announcedWindow, offeredScale } from "./window";

/** SYN+ACKs sent again before the entry goes. */
const MOST_RETRANSMISSIONS: u32 = 7;
const FIRST_TIMEOUT_MS: u32 = 1000;
const LONGEST_TIMEOUT_MS: u32 = 60000;

@unmanaged
@final
export class HalfOpen extends Entry {
  iss: u32;
  irs: u32;
  /** The peer's MSS option; 0 for none. */
  mss: u16;
  listener: u16;
  /** The listener's generation: another one may have taken its slot. */
  generation: u16;
  /** Times the SYN+ACK was sent again by the timer. */
  retransmissions: u8;
  /** The peer's window scale shift plus 1; 0 for none. */
  scale: u8;
}

export const HALF_OPEN_LEN: u32 = (offsetof<HalfOpen>() + 7) & ~7;

if (HALF_OPEN_LEN > 64) ERROR("a half-open entry takes at most 64 octets");

/** Enters the SYN `seg`, and answers it. */
export function enterHalfOpen(
  packet: Packet, seg: Segment, listener: Listener, iss: u32,
): void {
  const entry = changetype<HalfOpen>(oldestOf(Table.HalfOpen));
  if (entry.state != State.Closed) {
    count(Counter.TcpHalfOpenEvicted);
    leaveHalfOpen(entry);
  }
  touch(entry);
  copyPair(entry, packet);
  entry.state = <u8>State.SynReceived;
  entry.iss = iss;
  entry.irs = seg.seq;
  entry.mss = seg.mss;
  entry.scale = seg.scale;
  entry.listener = listener.slot;
  entry.generation = listener.generation;
  entry.retransmissions = 0;
  listener.halfOpen++;
  enterEntry(entry);
  startTimer(entry, inMs(FIRST_TIMEOUT_MS));
  answerSyn(entry, packet.sourceMac);
}

/** Sends the SYN+ACK, to the station at `mac` or, when that is 0, to whom ARP names. */
export function answerSyn(entry: HalfOpen, mac: usize): void {
  const listener = listenerOf(entry);
  if (listener == null) return;
  const reply = addReply(ReplyKind.Segment);
  fillSynAck(reply, entry, listener);
  replyTo(reply, mac);
}

/** Takes the entry out: it became a connection, or came to nothing. */
export function leaveHalfOpen(entry: HalfOpen): void {
  const listener = listenerOf(entry);
  if (listener != null) listener.halfOpen--;
  dropEntry(entry);
}

/** The entry's timer expired. */
export function onHalfOpenTimer(entry: HalfOpen): void {
  if (entry.retransmissions == MOST_RETRANSMISSIONS || listenerOf(entry) == null) {
    count(Counter.TcpHalfOpenExpired);
    leaveHalfOpen(entry);
    return;
  }
  entry.retransmissions++;
  const timeout = min<u32>(FIRST_TIMEOUT_MS << entry.retransmissions, LONGEST_TIMEOUT_MS);
  startTimer(entry, inMs(timeout));
  count(Counter.TcpSynAckRetransmissions);
  answerSyn(entry, 0);
}

/** The listener that the entry belongs to, or null when it has been closed. */
export function listenerOf(entry: HalfOpen): Listener | null {
  const listener = listenerAt(entry.listener);
  if (listener.state != State.Listen || listener.generation != entry.generation) return null;
  return listener;
}

function fillSynAck(reply: Reply, entry: HalfOpen, listener: Listener): void {
  reply.flags = <u8>(Flag.Syn | Flag.Ack);
  copyPair(reply, entry);
  reply.seq = entry.iss;
  reply.ack = entry.irs + 1;
  reply.mss = listener.maxSegment;
  reply.scale = entry.scale == 0 ? 0 : <u8>(offeredScale() + 1);
  reply.wnd = <u16>announcedWindow();
  reply.service = listener.service;
  reply.timeToLive = listener.timeToLive;
}

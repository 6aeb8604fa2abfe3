/**
 * Replies that belong to no connection, as small records in a bounded ring: ARP packets, and
 * segments of TCP without a control block (RST, SYN+ACK, the ACKs of TIME-WAIT). When the ring is
 * full a reply is dropped and counted: each of them is one that the peer will ask for again.
 */
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { copyMac } from "../wire/ethernet";

export const enum ReplyKind {
  /** A request for the neighbour `remote`, to `mac` or, when `hasMac` is 0, to all. */
  ArpRequest = 0,
  /** An answer to the neighbour `remote` at `mac`. */
  ArpReply = 1,
  /** "Has anybody my address?" (RFC 5227 section 1.1). */
  ArpProbe = 2,
  /** "This is my address." */
  ArpAnnouncement = 3,
  /** A segment without text. */
  Segment = 4,
}

@unmanaged
@final
export class Reply {
  /** A `ReplyKind`. */
  kind: u8;
  /** TCP: the control bits. */
  flags: u8;
  /** 1: goes to `mac`, the station that it answers; 0: to whom ARP names. */
  hasMac: u8;
  /** TCP: the window scale option's shift plus 1; 0 for none. */
  scale: u8;
  mac: u32;
  macTail: u16;
  /** TCP: the window field. */
  wnd: u16;
  remoteHigh: u64;
  remoteLow: u64;
  /** TCP: our port and the peer's. */
  ports: u32;
  seq: u32;
  ack: u32;
  /** TCP: the MSS option; 0 for none. */
  mss: u16;
  /** The header's service octet, and its time to live. */
  service: u8;
  timeToLive: u8;
}

@unmanaged
@final
class Replies {
  at: usize;
  size: u32;
  first: u32;
  count: u32;
}

export const REPLY_LEN: u32 = offsetof<Reply>();

const replies: Replies = changetype<Replies>(memory.data(offsetof<Replies>(), 4));
/** Where a reply is written that finds no room: so that nobody has to ask. */
const spare: Reply = changetype<Reply>(memory.data(offsetof<Reply>(), 8));

if (REPLY_LEN != 48) ERROR("a reply record is 48 octets: budgets count on it");

/** Carves a ring of `size` records at `at`. */
export function setReplies(at: usize, size: u32): void {
  replies.at = at;
  replies.size = size;
  replies.first = 0;
  replies.count = 0;
}

export function hasReplies(): bool {
  return replies.count != 0;
}

/** A cleared record to fill in: the ring's next, or one that goes nowhere when it is full: counted. */
export function addReply(kind: ReplyKind): Reply {
  let reply = spare;
  if (replies.count == replies.size) count(Counter.RepliesDropped);
  else reply = replyAt(replies.count++);
  memory.fill(changetype<usize>(reply), 0, REPLY_LEN);
  reply.kind = <u8>kind;
  return reply;
}

/** The oldest record. There must be one. */
export function firstReply(): Reply {
  return replyAt(0);
}

/** Takes the oldest record out: its frame has been built, or it goes nowhere. */
export function dropReply(): void {
  replies.first = replies.first + 1 == replies.size ? 0 : replies.first + 1;
  replies.count--;
}

/** Sends the reply to the station at `mac`; 0: to whom ARP names, or there are no stations. */
export function replyTo(reply: Reply, mac: usize): void {
  if (mac == 0) return;
  reply.hasMac = 1;
  copyMac(replyMac(reply), mac);
}

/** Where its MAC address lies. */
export function replyMac(reply: Reply): usize {
  return changetype<usize>(reply) + offsetof<Reply>("mac");
}

function replyAt(index: u32): Reply {
  let place = replies.first + index;
  if (place >= replies.size) place -= replies.size;
  return changetype<Reply>(replies.at + <usize>(place * REPLY_LEN));
}

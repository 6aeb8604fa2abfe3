/**
 * Replies that belong to no connection, as small records of a bounded number: ARP packets, and
 * segments of TCP without a control block (RST, SYN+ACK, the ACKs of TIME-WAIT). When none is free
 * a reply is dropped and counted: each of them is one that the peer will ask for again.
 */
import { Counter } from "../abi/counter";
import { clearWords } from "../core/bytes";
import { count } from "../core/counters";
import { Link, append, clearLink, isLone, takeFirst, unlink } from "../core/list";
import { Pair } from "../core/pair";
import { REPLY_POOL, poolOf, setPool } from "../core/pool";
import { copyMac } from "../wire/ethernet";
import { makeOthersReady } from "./ready";

export const enum ReplyKind {
  /** A segment without text. */
  Segment = 0,
  /** ARP: a question for `remote`, to the station at `mac` or, when `hasMac` is 0, to all. */
  ArpRequest = 1,
  /** ARP: an answer to `remote`, at `mac`. */
  ArpReply = 2,
}

@unmanaged
@final
export class Reply extends Pair {
  mac: u32;
  macTail: u16;
  /** TCP: the window field. */
  wnd: u16;
  seq: u32;
  ack: u32;
  /** A `ReplyKind`. */
  kind: u8;
  /** TCP: the control bits; in the place of FIN, AE (tcp/reset.ts). */
  flags: u8;
  /** TCP: the MSS option; 0 for none. */
  mss: u16;
  /** 1: goes to `mac`, the station that it answers; 0: to whom ARP names. */
  hasMac: u8;
  /** TCP: bits of `Offer` (wire/tcp_options.ts): the options to send; a cookie has all of them. */
  offers: u8;
  /** The header's service octet, and its time to live. */
  service: u8;
  timeToLive: u8;
  /** TCP: TSecr, when `offers` has timestamps. */
  tsEcr: u32;
}

export const REPLY_LEN: u32 = (offsetof<Reply>() + 7) & ~7;

if (REPLY_LEN != 56) ERROR("a reply record is 56 octets: budgets count on it");

/** The replies that wait. */
const queue: Link = changetype<Link>(memory.data(offsetof<Link>(), 4));
/** Where a reply is written that finds no room: so that nobody has to ask. */
const spare: Reply = changetype<Reply>(memory.data(REPLY_LEN, 8));

/** Carves `size` records at `at`. */
export function setReplies(at: usize, size: u32): void {
  setPool(REPLY_POOL, at, size, REPLY_LEN);
  clearLink(queue);
}

export function hasReplies(): bool {
  return !isLone(queue);
}

/** A cleared record to fill in; when none is free, which is counted, one that goes nowhere. */
export function addReply(kind: ReplyKind): Reply {
  let reply = spare;
  const link = takeFirst(poolOf(REPLY_POOL));
  if (link == null) {
    count(Counter.RepliesDropped);
  } else {
    append(queue, link);
    makeOthersReady();
    reply = changetype<Reply>(link);
  }
  clearWords(changetype<usize>(reply) + offsetof<Link>(), REPLY_LEN - offsetof<Link>());
  reply.kind = <u8>kind;
  return reply;
}

/** The oldest record. There must be one. */
export function firstReply(): Reply {
  return changetype<Reply>(queue.next);
}

/** Takes the oldest record out: its frame has been built, or it goes nowhere. */
export function dropReply(): void {
  const reply = queue.next;
  unlink(reply);
  append(poolOf(REPLY_POOL), reply);
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

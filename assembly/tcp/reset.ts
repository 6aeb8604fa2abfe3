/** Resets and other segments that answer without a connection: the one place that forms a RST. */
import { HAS_ACCURATE_ECN } from "../config";
import { copyPair } from "../core/pair";
import { Reply, ReplyKind, addReply, replyTo } from "../net/replies";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { ACE_SHIFT, Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { isAccurate } from "./accurate_ecn";
import { offersOf } from "./options";
import { Tcb } from "./tcb";
import { bareSeq } from "./window";

const TIME_TO_LIVE: u8 = 64;

/** SEG.LEN: the sequence numbers that the segment takes up, SYN and FIN included. */
export function segmentLen(seg: Segment): u32 {
  return seg.textLen + u32((seg.flags & Flag.Syn) != 0) + u32((seg.flags & Flag.Fin) != 0);
}

/** Answers a segment that no connection wants, unless it is a RST (RFC 9293 section 3.10.7.1). */
export function refuseSegment(packet: Packet, seg: Segment): void {
  if (seg.flags & Flag.Rst) return;
  const reply = addReply(ReplyKind.Segment);
  answerTo(reply, packet);
  if (seg.flags & Flag.Ack) {
    reply.flags = <u8>Flag.Rst;
    reply.seq = seg.ack;
  } else {
    reply.flags = <u8>(Flag.Rst | Flag.Ack);
    reply.ack = seg.seq + segmentLen(seg);
  }
}

/**
 * Answers a segment with an acknowledgment, from an entry that has no control block, and that
 * agreed on timestamps if its `offers` say so.
 */
export function acknowledgeSegment(
  packet: Packet, seq: u32, ack: u32, wnd: u32, offers: u32, tsRecent: u32,
): Reply {
  const reply = addReply(ReplyKind.Segment);
  answerTo(reply, packet);
  reply.flags = <u8>Flag.Ack;
  reply.seq = seq;
  reply.ack = ack;
  reply.wnd = <u16>min<u32>(wnd, 0xffff);
  reply.offers = <u8>(offers & Offer.Timestamps);
  reply.tsEcr = tsRecent;
  return reply;
}

/**
 * Has the reply, which is no RST, bear `ace` in its ACE field (RFC 9768 section 3.2.2). AE, the
 * field's upper bit, is kept in the place of FIN, which no reply bears.
 */
export function setAce(reply: Reply, ace: u32): void {
  if (HAS_ACCURATE_ECN) reply.flags |= <u8>((ace << ACE_SHIFT) | (ace >> 2));
}

/** The control bits of a reply. */
export function replyFlags(reply: Reply): u32 {
  const flags = <u32>reply.flags;
  return HAS_ACCURATE_ECN ? (flags & 0xfe) | ((flags & 1) << 8) : flags;
}

/** The last acknowledgment of a connection, before it moves to TIME-WAIT, with its window field. */
export function acknowledgeLast(tcb: Tcb, wnd: u32): void {
  const reply = addLast(tcb, Flag.Ack, tcb.sndMax);
  reply.wnd = <u16>wnd;
  if (isAccurate(tcb)) setAce(reply, tcb.rCep & 7);
}

/** Tells the peer that the connection is no more (RFC 9293 section 3.10.5). */
export function resetPeer(tcb: Tcb): void {
  addLast(tcb, Flag.Rst | Flag.Ack, bareSeq(tcb));
}

/** A segment that leaves when the connection is gone. */
function addLast(tcb: Tcb, flags: u32, seq: u32): Reply {
  const reply = addReply(ReplyKind.Segment);
  copyPair(reply, tcb);
  reply.flags = <u8>flags;
  reply.seq = seq;
  reply.ack = tcb.rcvNxt;
  reply.offers = <u8>(offersOf(tcb, false) & Offer.Timestamps);
  reply.tsEcr = tcb.tsRecent;
  reply.service = tcb.service;
  reply.timeToLive = tcb.timeToLive;
  return reply;
}

/** Addresses a reply to where the segment came from. */
function answerTo(reply: Reply, packet: Packet): void {
  copyPair(reply, packet);
  reply.timeToLive = TIME_TO_LIVE;
  replyTo(reply, packet.sourceMac);
}

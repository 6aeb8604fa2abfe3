/**
 * The packet buffers: for IP packets that stay longer than a frame. In any of them a datagram is
 * put together from its fragments (reassembly.ts); in the first one an ICMP message waits to leave
 * (icmp.ts). Text lies where the longest header leaves it, as fragment zero, which has the header,
 * need not come first; and behind it a bit for every unit of 8 octets that has come:
 *
 *   | 2 free | Ethernet header 14 | room for options 40 | IP header 20 | text, MTU - 20 | bits |
 */
import { Counter } from "../abi/counter";
import { align8 } from "../core/bytes";
import { count } from "../core/counters";
import { Entry, PACKET_POOL, dropEntry, entryAt, poolOf } from "../core/pool";
import { ETHERNET_HEADER_LEN, copyMac, etherSource } from "../wire/ethernet";
import { IPV4_HEADER_LEN } from "../wire/ipv4";
import { FRAME_ROOM, frameMtu, packetsAt } from "./frame";
import { Packet } from "./packet";

/** What a buffer holds: its `state`. */
export const enum Holds {
  Nothing = 0,
  /** Fragments of a datagram; its pair is that of core/table.ts. */
  Fragments = 1,
  /** An ICMP message for `remote`, in place of text. */
  Message = 2,
}

@unmanaged
@final
export class PacketBuffer extends Entry {
  /** Octets of the datagram's text, 0: not known yet; of the message. */
  len: u16;
  /** Octets of text that have come, and where the last of them ends. */
  received: u16;
  end: u16;
  /** Octets of the header of fragment zero, once it has come. */
  headerLen: u8;
  /** Of a message: the header's service octet; of fragments: the mark that one of them bears. */
  service: u8;
}

/** Octets of options that a header can have. */
export const OPTIONS_ROOM: u32 = 40;
/** Octets of a buffer in front of the text. */
const TEXT: u32 = FRAME_ROOM + OPTIONS_ROOM + IPV4_HEADER_LEN;

export const PACKET_BUFFER_LEN: u32 = offsetof<PacketBuffer>();

if (PACKET_BUFFER_LEN != 56) ERROR("a record is 56 octets: budgets count on it");

/** Octets of a buffer for packets of `mtu` octets: the last word of bits may be a part of one. */
export function bufferLenOf(mtu: u32): u32 {
  return <u32>align8(FRAME_ROOM + OPTIONS_ROOM + mtu + bitsLenOf(mtu));
}

/** Where what an IP packet in a buffer carries begins. */
export function textIn(buffer: PacketBuffer): usize {
  return packetsAt() + <usize>(buffer.slot * bufferLenOf(frameMtu()) + TEXT);
}

/** Where its bits begin, the first unit's in the lowest place. */
export function bitsIn(buffer: PacketBuffer): usize {
  return textIn(buffer) + frameMtu() - IPV4_HEADER_LEN;
}

/** Forgets what has come. */
export function clearBits(buffer: PacketBuffer): void {
  memory.fill(bitsIn(buffer), 0, bitsLenOf(frameMtu()));
}

/** Where the MAC address lies that the packet came from, or that the message goes to. */
export function macIn(buffer: PacketBuffer): usize {
  return etherSource(textIn(buffer) - TEXT + FRAME_ROOM - ETHERNET_HEADER_LEN);
}

/** Remembers the station that `packet` came from. */
export function keepMac(buffer: PacketBuffer, packet: Packet): void {
  if (packet.sourceMac != 0) copyMac(macIn(buffer), packet.sourceMac);
}

/** The first buffer, the one for messages. */
export function firstBuffer(): PacketBuffer {
  return changetype<PacketBuffer>(poolOf(PACKET_POOL).at);
}

/**
 * A buffer for a new datagram: one used longest ago, a free one before any other. The first is last
 * in that order after each message. Null: a message waits in the only one.
 */
export function takeBuffer(): PacketBuffer | null {
  const pool = poolOf(PACKET_POOL);
  let buffer = changetype<PacketBuffer>(pool.next);
  if (buffer.state == Holds.Message) buffer = changetype<PacketBuffer>(buffer.next);
  if (changetype<usize>(buffer) == changetype<usize>(pool)) return null;
  evict(buffer);
  return buffer;
}

/** A datagram in it makes room, and that is counted. */
export function evict(buffer: PacketBuffer): void {
  if (buffer.state != Holds.Fragments) return;
  count(Counter.IpReassembliesEvicted);
  dropEntry(buffer);
}

function bitsLenOf(mtu: u32): u32 {
  return (mtu >> 6) + 1;
}

/**
 * Putting datagrams together from fragments (RFC 791 section 3.2, RFC 1122 section 3.3.2). A
 * datagram has one of a few buffers, and a minute. Fragments of honest senders do not overlap: a
 * datagram with two that do is given up, as RFC 5722 has it for IPv6, and only exact copies of
 * what is there are let pass. A fragment that cannot be part of a datagram of ours (RFC 1858, RFC
 * 3128, the "ping of death") is dropped by itself.
 */
import { Counter } from "../abi/counter";
import { ReceiveFlag } from "../abi/parameters";
import { addOctets } from "../core/checksum";
import { inMs } from "../core/clock";
import { count } from "../core/counters";
import { copyPair, pairOf } from "../core/pair";
import { dropEntry, touch } from "../core/pool";
import { enterEntry, findEntry } from "../core/table";
import { startTimer } from "../core/wheel";
import { ICMP_HEADER_LEN, ICMP_TIME_EXCEEDED } from "../wire/icmp";
import {
  CONGESTION_EXPERIENCED, ECN_FIELD, IPV4_HEADER_LEN, PROTOCOL_TCP, ipv4FragmentOffset,
  ipv4HasMore, ipv4HeaderLen, ipv4Identification, ipv4Protocol, ipv4Service,
} from "../wire/ipv4";
import { TCP_HEADER_LEN, tcpHeaderLen } from "../wire/tcp";
import {
  Holds, PacketBuffer, bitsIn, clearBits, keepMac, macIn, takeBuffer, textIn,
} from "./buffers";
import { frameMtu } from "./frame";
import { sendError } from "./icmp";
import { Packet, flagPacket, thePacket } from "./packet";

/** RFC 1122 section 3.3.2: fixed, 60 to 120 seconds. */
const LIFETIME_MS: u32 = 60 * 1000;
/** The upper half of the address under which a datagram is found: no connection has it. */
const FRAGMENTS: u64 = 1;
/** TIME EXCEEDED: the code for "fragment reassembly time exceeded". */
const REASSEMBLY_TIME: u32 = 1;

/**
 * Takes a fragment. Says under what it counts; `IpReassembled`, which it has counted by itself:
 * the datagram is whole, and `packet` is now that.
 */
export function addFragment(packet: Packet): Counter {
  const at = packet.at;
  const from = ipv4FragmentOffset(at);
  const hasMore = ipv4HasMore(at);
  if (!checkFragment(packet, from, hasMore)) return Counter.DropIpFragment;
  const which = ipv4Identification(at) | (packet.protocol << 16);
  const pair = pairOf(FRAGMENTS, packet.remoteLow, which);
  let buffer = changetype<PacketBuffer | null>(findEntry(pair));
  if (buffer == null) {
    buffer = takeBuffer();
    if (buffer == null) return Counter.DropIpFragmentBusy;
    copyPair(buffer, pair);
    begin(buffer);
  }
  const counter = place(buffer, packet, from, hasMore);
  if (counter == Counter.InIpFragment) {
    if (buffer.received != buffer.len) return counter;
  } else if (counter == Counter.DropIpFragmentDuplicate) {
    return counter;
  }
  // It is over with this datagram: it is whole, or can never be.
  dropEntry(buffer);
  if (counter != Counter.InIpFragment) return counter;
  count(Counter.IpReassembled);
  present(buffer, packet, buffer.len);
  return Counter.IpReassembled;
}

/** The time is over (RFC 1122 section 3.3.2): the sender learns of it if fragment zero has come. */
export function onReassemblyTimer(buffer: PacketBuffer): void {
  count(Counter.IpReassemblyTimeouts);
  const hasBeginning = (load<u8>(bitsIn(buffer)) & 1) != 0;
  dropEntry(buffer);
  if (!hasBeginning) return;
  const packet = thePacket();
  packet.remoteLow = buffer.remoteLow;
  packet.sourceMac = macIn(buffer);
  present(buffer, packet, ICMP_HEADER_LEN);
  sendError(packet, ICMP_TIME_EXCEEDED, REASSEMBLY_TIME, Counter.IpReassemblyTimeouts);
}

/**
 * Whether it can be a part of a datagram that fits: some text, in units of 8 octets unless it is
 * the end; a TCP header in one piece, in the first.
 */
function checkFragment(packet: Packet, from: u32, hasMore: bool): bool {
  const len = packet.textLen;
  if (len == 0 || (hasMore && (len & 7) != 0)) return false;
  if (from + len > frameMtu() - IPV4_HEADER_LEN) return false;
  if (packet.protocol != PROTOCOL_TCP) return true;
  if (from != 0) return from >= TCP_HEADER_LEN;
  return len >= TCP_HEADER_LEN && len >= tcpHeaderLen(packet.textAt);
}

function begin(buffer: PacketBuffer): void {
  buffer.state = <u8>Holds.Fragments;
  buffer.len = 0;
  buffer.received = 0;
  buffer.end = 0;
  buffer.service = 0;
  clearBits(buffer);
  enterEntry(buffer);
  touch(buffer);
  startTimer(buffer, inMs(LIFETIME_MS));
}

/** Puts the fragment in its place, if what has come leaves that free. */
function place(buffer: PacketBuffer, packet: Packet, from: u32, hasMore: bool): Counter {
  const text = packet.textAt;
  const len = packet.textLen;
  const to = from + len;
  if (!checkEnd(buffer, to, hasMore)) return Counter.DropIpFragmentOverlap;
  const units = (len + 7) >> 3;
  const marked = mark(bitsIn(buffer), from >> 3, units);
  const there = textIn(buffer) + from;
  if (marked != 0) {
    // Their sums will do: whatever else has the same is let pass, and nothing is changed by it.
    return marked == units && addOctets(0, there, len) == addOctets(0, text, len)
      ? Counter.DropIpFragmentDuplicate
      : Counter.DropIpFragmentOverlap;
  }
  if (from == 0) takeHeader(buffer, packet);
  memory.copy(there, text, len);
  // RFC 3168 section 5.3: a mark on any of them is one on the whole.
  if ((packet.service & ECN_FIELD) == CONGESTION_EXPERIENCED) buffer.service = <u8>ECN_FIELD;
  buffer.received += <u16>len;
  return Counter.InIpFragment;
}

/** Whether the fragment agrees with the others on where the datagram ends. */
function checkEnd(buffer: PacketBuffer, to: u32, hasMore: bool): bool {
  const len = <u32>buffer.len;
  const end = <u32>buffer.end;
  if (end < to) buffer.end = <u16>to;
  if (hasMore) return len == 0 || to < len;
  buffer.len = <u16>to;
  return len == 0 ? end < to : len == to;
}

/** Fragment zero: its header, with its options, is that of the datagram. */
function takeHeader(buffer: PacketBuffer, packet: Packet): void {
  const headerLen = ipv4HeaderLen(packet.at);
  memory.copy(textIn(buffer) - headerLen, packet.at, headerLen);
  buffer.headerLen = <u8>headerLen;
  keepMac(buffer, packet);
}

/** Sets the bits of so many units, from `unit` on. Returns how many were set before. */
function mark(bits: usize, unit: u32, units: u32): u32 {
  let marked: u32 = 0;
  // A word at a time. Beyond the last bit a word stays as it is, whatever it is.
  while (units > 0) {
    const at = bits + <usize>((unit >> 5) << 2);
    const first = unit & 31;
    const some = min(32 - first, units);
    const mask = (<u32>0xffffffff >> (32 - some)) << first;
    marked += popcnt<u32>(load<u32>(at) & mask);
    store<u32>(at, load<u32>(at) | mask);
    unit += some;
    units -= some;
  }
  return marked;
}

/** Makes `packet` what lies in the buffer, with `len` octets of text. */
function present(buffer: PacketBuffer, packet: Packet, len: u32): void {
  const text = textIn(buffer);
  const at = text - buffer.headerLen;
  packet.at = at;
  packet.textAt = text;
  packet.textLen = len;
  packet.protocol = ipv4Protocol(at);
  packet.service = ipv4Service(at) | buffer.service;
  // Whatever was said of its last fragment.
  flagPacket(ReceiveFlag.None);
}

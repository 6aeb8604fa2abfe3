/**
 * TCP headers (RFC 9293 section 3.1). Formats only: a header is validated once by `parseTcp`, and
 * from there on a `Segment` says what was in it.
 */
import { HAS_ACCURATE_ECN } from "../config";
import { load16, load32, store16, store32, swap16 } from "../core/bytes";
import { addTwenty, addWords } from "../core/checksum";
import { Offer, parseOptions } from "./tcp_options";
import { Segment } from "./segment";

export const TCP_HEADER_LEN: u32 = 20;

const SOURCE_PORT: usize = 0;
const SEQUENCE: usize = 4;
const ACKNOWLEDGMENT: usize = 8;
const OFFSET_FLAGS: usize = 12;
const WINDOW: usize = 14;
const CHECKSUM: usize = 16;
const URGENT_POINTER: usize = 18;

/** The control bits, as they stand in the header. */
export const enum Flag {
  Fin = 0x01,
  Syn = 0x02,
  Rst = 0x04,
  Psh = 0x08,
  Ack = 0x10,
  Urg = 0x20,
  /** RFC 3168: congestion experienced, told back; and the window reduced for it. */
  Ece = 0x40,
  Cwr = 0x80,
  /** RFC 9768: accurate ECN, the lowest of the bits that RFC 9293 has as reserved. */
  Ae = 0x100,
}

/** AE, CWR and ECE as one field (RFC 9768 section 3.2.2): ACE is these bits, shifted. */
export const ACE_SHIFT: u32 = 6;
const ACE_BITS: u32 = 7;
const FLAGS: u32 = HAS_ACCURATE_ECN ? 0x1ff : 0xff;

/**
 * Fills `seg` from the `len` octets at `at`. False: the lengths do not fit, or an option has an
 * illegal length. The checksum is not looked at.
 */
export function parseTcp(at: usize, len: u32, seg: Segment): bool {
  if (len < TCP_HEADER_LEN) return false;
  const headerLen = tcpHeaderLen(at);
  if (headerLen < TCP_HEADER_LEN || headerLen > len) return false;
  seg.seq = load32(at + SEQUENCE);
  seg.ack = load32(at + ACKNOWLEDGMENT);
  seg.flags = load16(at + OFFSET_FLAGS) & FLAGS;
  seg.wnd = load16(at + WINDOW);
  seg.up = seg.seq + load16(at + URGENT_POINTER);
  seg.textAt = at + headerLen;
  seg.textLen = len - headerLen;
  seg.placed = false;
  const isSound = parseOptions(at + TCP_HEADER_LEN, headerLen - TCP_HEADER_LEN, seg);
  if (seg.flags & Flag.Syn) seg.offers |= <u8>offeredEcn(seg.flags);
  return isSound;
}

/** Whether the header at `at` has no control bit but ACK and perhaps PSH. */
export function bearsAckAlone(at: usize): bool {
  return (load<u8>(at, OFFSET_FLAGS + 1) & ~(<u8>Flag.Psh)) == <u8>Flag.Ack;
}

/** The same for FIN and ACK, of which it has both. */
export function bearsFinAndAck(at: usize): bool {
  return (load<u8>(at, OFFSET_FLAGS + 1) & ~(<u8>Flag.Psh)) == <u8>(Flag.Ack | Flag.Fin);
}

/** Whether the header at `at` has `headerLen` octets, and its reserved bits are 0. */
export function hasHeaderLen(at: usize, headerLen: u32): bool {
  return load<u8>(at, OFFSET_FLAGS) == <u8>(headerLen << 2);
}

/** The ACE field of a header's control bits. */
export function aceOf(flags: u32): u32 {
  return (flags >> ACE_SHIFT) & ACE_BITS;
}

/**
 * RFC 3168 section 6.1.1: ECE and CWR on a SYN ask for ECN, ECE alone on a SYN+ACK agrees. RFC 9768
 * table 2 and section 3.1.3: all else is of accurate ECN, but for no bits, and a SYN+ACK that has
 * them all, being but an echo.
 */
function offeredEcn(flags: u32): u32 {
  const bits = aceOf(flags);
  if (HAS_ACCURATE_ECN && bits == 0) return 0;
  const isAnswer = (flags & Flag.Ack) != 0;
  if (bits == (isAnswer ? 1 : 3)) return Offer.Ecn;
  if (!HAS_ACCURATE_ECN || (isAnswer && bits == ACE_BITS)) return 0;
  return Offer.AccurateEcn;
}

/** Octets of the header with its options, from the header at `at`: 0 to 60. */
export function tcpHeaderLen(at: usize): u32 {
  return (<u32>load<u8>(at, OFFSET_FLAGS) >> 4) << 2;
}

/** Source and destination port as one word, in network order as loaded: a key, not numbers. */
export function tcpPorts(at: usize): u32 {
  return load<u32>(at, SOURCE_PORT);
}

/** The sequence number of the header at `at`. Of a quoted header it is all one can rely on. */
export function tcpSequence(at: usize): u32 {
  return load32(at + SEQUENCE);
}

/** The acknowledgment number of the header at `at`. */
export function tcpAcknowledgment(at: usize): u32 {
  return load32(at + ACKNOWLEDGMENT);
}

/** The window field of the header at `at`. */
export function tcpWindow(at: usize): u32 {
  return load16(at + WINDOW);
}

/** The word that `tcpPorts` loads, from port numbers. */
export function portsWord(source: u32, destination: u32): u32 {
  return bswap<u32>((source << 16) | destination);
}

/** The first port of such a word. */
export function firstPort(ports: u32): u32 {
  return swap16(ports & 0xffff);
}

/** The second port of such a word. */
export function secondPort(ports: u32): u32 {
  return swap16(ports >> 16);
}

/** The word seen from the other end. */
export function swapPorts(ports: u32): u32 {
  return rotl<u32>(ports, 16);
}

/**
 * Writes a header of `headerLen` octets, its checksum 0; the options are the caller's. Returns the
 * sum of what it has written.
 */
export function emitTcp(
  at: usize, ports: u32, seq: u32, ack: u32, flags: u32, wnd: u32, headerLen: u32,
): u64 {
  const second = bswap<u32>(seq);
  const third = bswap<u32>(ack);
  // By words: where it is summed anew, halves would have to be waited for.
  const fourth = bswap<u32>((headerLen << 26) | (flags << 16) | wnd);
  store<u32>(at, ports, SOURCE_PORT);
  store<u32>(at, second, SEQUENCE);
  store<u32>(at, third, ACKNOWLEDGMENT);
  store<u32>(at, fourth, OFFSET_FLAGS);
  store<u32>(at, 0, CHECKSUM);
  return <u64>ports + <u64>second + <u64>third + <u64>fourth;
}

/** Makes the header at `at` one of another segment, without URG; its checksum is 0. */
export function advanceTcp(at: usize, seq: u32, flags: u32): void {
  store32(at + SEQUENCE, seq);
  store<u8>(at, <u8>flags, OFFSET_FLAGS + 1);
  store<u32>(at, 0, CHECKSUM);
}

/** Sets URG and the urgent pointer in the header at `at`. 0: neither. */
export function emitUrgent(at: usize, pointer: u32): void {
  if (pointer == 0) return;
  store<u8>(at, load<u8>(at, OFFSET_FLAGS + 1) | <u8>Flag.Urg, OFFSET_FLAGS + 1);
  store16(at + URGENT_POINTER, pointer);
}

/** Adds the header of `len` octets at `at` to `sum`. */
export function addHeader(sum: u64, at: usize, len: u32): u64 {
  return addOptions(addTwenty(sum, at), at, len);
}

/** Adds to `sum` what the header of `len` octets at `at` has behind its fixed part. */
export function addOptions(sum: u64, at: usize, len: u32): u64 {
  return len == TCP_HEADER_LEN ? sum : addWords(sum, at + TCP_HEADER_LEN, len - TCP_HEADER_LEN);
}

/** Stores the finished checksum, in native order. */
export function emitTcpChecksum(at: usize, checksum: u32): void {
  store<u16>(at, <u16>checksum, CHECKSUM);
}

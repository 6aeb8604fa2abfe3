/** IPv4 headers (RFC 791) and the pseudo-header of the protocols above. Formats only. */
import { load16, store16 } from "../core/bytes";
import { addOctets, addTwenty, finish, isIntact } from "../core/checksum";

export const IPV4_HEADER_LEN: u32 = 20;
export const PROTOCOL_ICMP: u32 = 1;
export const PROTOCOL_TCP: u32 = 6;
export const PROTOCOL_UDP: u32 = 17;

// The ECN field: the two low bits of the service octet (RFC 3168 section 5).
export const ECN_FIELD: u32 = 3;
export const ECN_CAPABLE: u32 = 2;
export const CONGESTION_EXPERIENCED: u32 = 3;

const VERSION_LEN: usize = 0;
const SERVICE: usize = 1;
const TOTAL_LEN: usize = 2;
const IDENTIFICATION: usize = 4;
const FRAGMENT: usize = 6;
const TIME_TO_LIVE: usize = 8;
const PROTOCOL: usize = 9;
const CHECKSUM: usize = 10;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;

const DO_NOT_FRAGMENT: u32 = 0x4000;
/** More fragments, or an offset: the packet is a part of a datagram. */
const FRAGMENT_BITS: u32 = 0x3fff;
/** These, and version and length, among the first 8 octets, as loaded. */
const PLAIN_BITS: u64 = <u64>((FRAGMENT_BITS >> 8) | ((FRAGMENT_BITS & 0xff) << 8)) << 48 | 0xff;

/** The version field of the IP packet at `at`. */
export function ipVersion(at: usize): u32 {
  return <u32>load<u8>(at, VERSION_LEN) >> 4;
}

/** Whether the header has no options, and the packet is whole and carries TCP, as most do. */
export function isPlainIpv4(at: usize): bool {
  return (load<u64>(at) & PLAIN_BITS) == 0x45 && load<u8>(at, PROTOCOL) == <u8>PROTOCOL_TCP;
}

/** Whether header length and total length fit each other and the `len` octets at `at`. */
export function checkIpv4Lengths(at: usize, len: u32): bool {
  if (len < IPV4_HEADER_LEN) return false;
  const headerLen = ipv4HeaderLen(at);
  const totalLen = ipv4TotalLen(at);
  if (headerLen < IPV4_HEADER_LEN) return false;
  return headerLen <= totalLen && totalLen <= len;
}

/** Whether the header's checksum is right. The lengths must be. */
export function checkIpv4Checksum(at: usize): bool {
  const sum = addTwenty(0, at);
  const optionsLen = ipv4HeaderLen(at) - IPV4_HEADER_LEN;
  return isIntact(optionsLen == 0 ? sum : addOctets(sum, at + IPV4_HEADER_LEN, optionsLen));
}

/** Octets of the header with its options: 20 to 60. */
export function ipv4HeaderLen(at: usize): u32 {
  return (<u32>load<u8>(at, VERSION_LEN) & 15) << 2;
}

export function ipv4TotalLen(at: usize): u32 {
  return load16(at + TOTAL_LEN);
}

/** Of fragments: which datagram of its sender and protocol it is part of. */
export function ipv4Identification(at: usize): u32 {
  return load16(at + IDENTIFICATION);
}

export function ipv4IsFragment(at: usize): bool {
  return (load16(at + FRAGMENT) & FRAGMENT_BITS) != 0;
}

/** Whether this is not the last fragment. */
export function ipv4HasMore(at: usize): bool {
  return (load16(at + FRAGMENT) & 0x2000) != 0;
}

/** Where a fragment's text begins in the datagram's, in octets; 0: it is the first. */
export function ipv4FragmentOffset(at: usize): u32 {
  return (load16(at + FRAGMENT) & 0x1fff) << 3;
}

export function ipv4Protocol(at: usize): u32 {
  return load<u8>(at, PROTOCOL);
}

export function ipv4Service(at: usize): u32 {
  return load<u8>(at, SERVICE);
}

/** In network order as loaded. */
export function ipv4Source(at: usize): u32 {
  return load<u32>(at, SOURCE);
}

/** In network order as loaded. */
export function ipv4Destination(at: usize): u32 {
  return load<u32>(at, DESTINATION);
}

/**
 * Writes a header of 20 octets in front of `len` octets. Don't Fragment is set, so the
 * identification carries nothing and stays 0 (RFC 6864 section 4.1).
 */
export function emitIpv4(
  at: usize, len: u32, protocol: u32, service: u32, timeToLive: u32, source: u32, destination: u32,
): void {
  // By the RFC's lines of 32 bits, which are summed as they are written. The third, as loaded,
  // begins with its lowest octet.
  const first = bswap<u32>((0x4500 << 16) | (service << 16) | (IPV4_HEADER_LEN + len));
  const second = bswap<u32>(DO_NOT_FRAGMENT);
  const third = timeToLive | (protocol << 8);
  const sum = <u64>first + <u64>second + <u64>third + <u64>source + <u64>destination;
  store<u32>(at, first, VERSION_LEN);
  store<u32>(at, second, IDENTIFICATION);
  store<u32>(at, third | (finish(sum) << 16), TIME_TO_LIVE);
  store<u32>(at, source, SOURCE);
  store<u32>(at, destination, DESTINATION);
}

/** In a header as `emitIpv4` writes it: in front of `len` octets now. */
export function changeIpv4Len(at: usize, len: u32): void {
  store16(at + TOTAL_LEN, IPV4_HEADER_LEN + len);
  store<u16>(at, 0, CHECKSUM);
  store<u16>(at, <u16>finish(addTwenty(0, at)), CHECKSUM);
}

/** The sum of the pseudo-header of the `len` octets that the packet at `at` carries. */
export function ipv4PseudoSum(at: usize, len: u32): u64 {
  return pseudoHeader(ipv4Source(at), ipv4Destination(at), ipv4Protocol(at), len);
}

/** The sum of a pseudo-header (RFC 9293 section 3.1) of addresses in network order as loaded. */
export function pseudoHeader(source: u32, destination: u32, protocol: u32, len: u32): u64 {
  // Protocol and length are a halfword each: no carry goes from one to the other.
  return <u64>source + <u64>destination + <u64>bswap<u32>((protocol << 16) | len);
}

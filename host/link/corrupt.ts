/**
 * Which bit of a packet `--corrupt` may flip: only one whose change a checksum must catch, so that
 * damage that gets through to an application is a bug of the stack and never bad luck. Changing one
 * bit always changes a ones' complement sum (RFC 1071), given two conditions that are met here:
 * the packet's checksums were right before, and the bit does not decide what is summed.
 * Browser-safe.
 *
 *   IPv4 header     octets 1 to its end (header checksum). Not octet 0: version and header length
 *                   decide what is summed
 *   TCP, ICMP       all octets up to the total length. Not behind it: padding is covered by nothing
 *   UDP             as TCP, but nothing if its checksum is 0 (none), not the length field (it
 *                   decides what is summed), and no bit that would turn the checksum into 0
 *   IPv6            only the payload of TCP, UDP and ICMPv6 right behind the fixed header, which
 *                   itself has no checksum
 *   anything else   nothing: ARP, unknown protocols, an IPv4 packet that is cut short. Of a later
 *                   fragment of UDP only the IPv4 header, since it may belong to a packet without
 *                   checksum
 */
import type { LinkType } from "./link.js";
import type { Random } from "./random.js";

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;
const UDP_LENGTH_AT = 4;
const UDP_CHECKSUM_AT = 6;
const UDP_HEADER_OCTETS = 8;
const IPV6_HEADER_OCTETS = 40;

/** Where octets may be flipped: two stretches of the frame, the second may be empty. */
interface Target {
  firstAt: number;
  firstLen: number;
  secondAt: number;
  secondLen: number;
  /** Where the UDP checksum is, which must not become 0; -1 for none. */
  udpChecksumAt: number;
}

// One, reused: no allocation per frame.
const target: Target = { firstAt: 0, firstLen: 0, secondAt: 0, secondLen: 0, udpChecksumAt: -1 };

/**
 * Flips one bit of `frame`, in place, so that a checksum must catch it. False: the frame has no
 * such bit and is as it was. Draws one number, two if a bit is flipped.
 */
export function corruptOneBit(kind: LinkType, frame: Uint8Array, random: Random): boolean {
  const octetDraw = random.unit();
  if (!findTarget(frame, ipPacketAt(kind, frame))) return false;
  const pick = Math.floor(octetDraw * (target.firstLen + target.secondLen));
  const octetAt =
    pick < target.firstLen
      ? target.firstAt + pick
      : target.secondAt + pick - target.firstLen;
  const bit = random.below(8);
  frame[octetAt]! ^= 1 << bit;
  const checksumAt = target.udpChecksumAt;
  if (checksumAt >= 0 && read16(frame, checksumAt) === 0) {
    // "No checksum" would let anything through: the neighbouring bit instead.
    frame[octetAt]! ^= (1 << bit) | (1 << ((bit + 1) & 7));
  }
  return true;
}

/** Where the IP packet begins in a frame; -1 if there is none. */
function ipPacketAt(kind: LinkType, frame: Uint8Array): number {
  if (kind !== "ethernet") return 0;
  if (frame.length < 14) return -1;
  const type = read16(frame, 12);
  return type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6 ? 14 : -1;
}

function findTarget(frame: Uint8Array, at: number): boolean {
  if (at < 0 || frame.length <= at) return false;
  const version = frame[at]! >> 4;
  if (version === 4) return findIpv4(frame, at);
  if (version === 6) return findIpv6(frame, at);
  return false;
}

function findIpv4(frame: Uint8Array, at: number): boolean {
  if (frame.length < at + 20) return false;
  const headerLen = (frame[at]! & 15) * 4;
  const totalLen = read16(frame, at + 2);
  if (headerLen < 20 || totalLen < headerLen || frame.length < at + totalLen) return false;
  target.firstAt = at + 1;
  target.firstLen = headerLen - 1;
  target.secondLen = 0;
  target.udpChecksumAt = -1;

  const protocol = frame[at + 9]!;
  const isLaterFragment = (read16(frame, at + 6) & 0x1fff) !== 0;
  const payloadAt = at + headerLen;
  const payloadLen = totalLen - headerLen;
  if (protocol === TCP || protocol === ICMP) target.firstLen += payloadLen;
  if (protocol !== UDP || isLaterFragment) return true;
  return findUdp(frame, payloadAt, payloadLen);
}

function findIpv6(frame: Uint8Array, at: number): boolean {
  if (frame.length < at + IPV6_HEADER_OCTETS) return false;
  const payloadLen = read16(frame, at + 4);
  if (frame.length < at + IPV6_HEADER_OCTETS + payloadLen) return false;
  const protocol = frame[at + 6]!;
  target.firstAt = at + IPV6_HEADER_OCTETS;
  target.firstLen = 0;
  target.secondLen = 0;
  target.udpChecksumAt = -1;
  if (protocol === TCP || protocol === ICMPV6) target.firstLen = payloadLen;
  if (protocol === UDP) findUdp(frame, target.firstAt, payloadLen);
  return target.firstLen + target.secondLen > 0;
}

/** Adds a UDP datagram to the target, behind a header of `firstLen` octets; always true. */
function findUdp(frame: Uint8Array, at: number, payloadLen: number): boolean {
  if (payloadLen < UDP_HEADER_OCTETS) return true;
  const udpLen = read16(frame, at + UDP_LENGTH_AT);
  if (read16(frame, at + UDP_CHECKSUM_AT) === 0) return true;
  target.firstLen += UDP_LENGTH_AT;
  target.secondAt = at + UDP_CHECKSUM_AT;
  // A first fragment is shorter than the datagram; what is behind the datagram nobody sums.
  target.secondLen = Math.max(2, Math.min(udpLen, payloadLen) - UDP_CHECKSUM_AT);
  target.udpChecksumAt = at + UDP_CHECKSUM_AT;
  return true;
}

function read16(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}

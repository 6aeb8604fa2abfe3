/**
 * Packets for tests of links, and a checker of their checksums. Written apart from the code under
 * test, on purpose in another way: sums modulo 65535, where the stack adds with end-around carry.
 */
import { type Random } from "../../host/link/random.js";

/** An Ethernet II frame around a payload. */
export function ethernet(type: number, payload: Uint8Array, trailerLen = 0): Uint8Array {
  const frame = new Uint8Array(14 + payload.length + trailerLen);
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, type >> 8, type & 255]);
  frame.set(payload, 14);
  return frame;
}

/** An ARP request (RFC 826) for 10.0.0.2. */
export function arpRequest(): Uint8Array {
  const arp = new Uint8Array(28);
  arp.set([0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2]);
  return ethernet(0x0806, arp);
}

export interface PacketOptions {
  protocol: 1 | 6 | 17 | 89;
  payloadLen: number;
  /** Octets of IP options, a multiple of 4. */
  optionsLen?: number;
  /** UDP only: send the checksum as 0, which means none. */
  withoutChecksum?: boolean;
  /** In units of 8 octets. */
  fragmentOffset?: number;
}

/** An IPv4 packet with right checksums and random contents. */
export function ipv4(random: Random, options: PacketOptions): Uint8Array {
  const headerLen = 20 + (options.optionsLen ?? 0);
  const packet = random.fill(new Uint8Array(headerLen + options.payloadLen));
  packet[0] = 0x40 | (headerLen / 4);
  put16(packet, 2, packet.length);
  put16(packet, 6, options.fragmentOffset ?? 0);
  packet[9] = options.protocol;
  packet.fill(1, 20, headerLen); // no-operation options
  put16(packet, 10, 0);
  put16(packet, 10, 65535 - sumOf(packet, 0, headerLen));
  const at = headerLen;
  const len = options.payloadLen;
  if (options.protocol === 17) put16(packet, at + 4, len);
  const checksumAt = { 1: 2, 6: 16, 17: 6, 89: -1 }[options.protocol];
  if (checksumAt < 0 || options.fragmentOffset) return packet;
  put16(packet, at + checksumAt, 0);
  const pseudo = options.protocol === 1 ? 0 : pseudoSum(packet, len);
  const sum = 65535 - ((pseudo + sumOf(packet, at, len)) % 65535);
  put16(packet, at + checksumAt, options.withoutChecksum ? 0 : sum);
  return packet;
}

/**
 * Whether a receiver that checks all there is to check would take the packet. "unchecked": it
 * carries something that no checksum covers.
 */
export function checkIpv4(packet: Uint8Array): "ok" | "bad" | "unchecked" {
  if (packet.length < 20 || packet[0]! >> 4 !== 4) return "bad";
  const headerLen = (packet[0]! & 15) * 4;
  const totalLen = get16(packet, 2);
  if (headerLen < 20 || totalLen < headerLen || totalLen > packet.length) return "bad";
  if (sumOf(packet, 0, headerLen) !== 65535 && sumOf(packet, 0, headerLen) !== 0) return "bad";
  if ((get16(packet, 6) & 0x1fff) !== 0) return "unchecked";
  const protocol = packet[9]!;
  let len = totalLen - headerLen;
  if (protocol === 17) {
    const udpLen = get16(packet, headerLen + 4);
    if (udpLen < 8 || udpLen > len) return "bad";
    if (get16(packet, headerLen + 6) === 0) return "unchecked";
    len = udpLen;
  }
  if (protocol !== 1 && protocol !== 6 && protocol !== 17) return "unchecked";
  const pseudo = protocol === 1 ? 0 : pseudoSum(packet, len);
  return (pseudo + sumOf(packet, headerLen, len)) % 65535 === 0 ? "ok" : "bad";
}

/** RFC 9293 section 3.1: addresses, protocol and length. */
function pseudoSum(packet: Uint8Array, len: number): number {
  return sumOf(packet, 12, 8) + packet[9]! + len;
}

function sumOf(octets: Uint8Array, at: number, len: number): number {
  let sum = 0;
  for (let index = 0; index < len; index++) {
    sum += octets[at + index]! * (index % 2 === 0 ? 256 : 1);
  }
  return sum > 0 && sum % 65535 === 0 ? 65535 : sum % 65535;
}

export function get16(octets: Uint8Array, at: number): number {
  return octets[at]! * 256 + octets[at + 1]!;
}

export function put16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >> 8;
  octets[at + 1] = value & 255;
}

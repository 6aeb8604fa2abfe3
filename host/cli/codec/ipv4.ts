/** IPv4 packets (RFC 791), whole ones: fragments are told apart and left alone. */
import { checksum, sum16 } from "./checksum.js";

export const enum Protocol {
  Icmp = 1,
  Tcp = 6,
}

const HEADER_OCTETS = 20;
const DONT_FRAGMENT = 0x40;

export interface Ipv4Packet {
  /** 4 octets each. */
  source: Uint8Array;
  destination: Uint8Array;
  protocol: number;
  timeToLive: number;
  identification: number;
  payload: Uint8Array;
}

/** The packet's fields, views on it; null when it is no whole IPv4 packet or is damaged. */
export function parseIpv4(packet: Uint8Array): Ipv4Packet | null {
  if (packet.length < HEADER_OCTETS || packet[0]! >> 4 !== 4) return null;
  const headerLen = (packet[0]! & 15) * 4;
  const totalLen = (packet[2]! << 8) | packet[3]!;
  if (headerLen < HEADER_OCTETS || totalLen < headerLen || totalLen > packet.length) return null;
  if (sum16(packet.subarray(0, headerLen)) !== 0xffff) return null;
  const isFragment = ((packet[6]! & 0x3f) << 8) + packet[7]! !== 0;
  if (isFragment) return null;
  return {
    source: packet.subarray(12, 16),
    destination: packet.subarray(16, 20),
    protocol: packet[9]!,
    timeToLive: packet[8]!,
    identification: (packet[4]! << 8) | packet[5]!,
    payload: packet.subarray(headerLen, totalLen),
  };
}

export function emitIpv4(fields: Ipv4Packet): Uint8Array {
  const packet = new Uint8Array(HEADER_OCTETS + fields.payload.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45;
  view.setUint16(2, packet.length);
  view.setUint16(4, fields.identification);
  packet[6] = DONT_FRAGMENT;
  packet[8] = fields.timeToLive;
  packet[9] = fields.protocol;
  packet.set(fields.source, 12);
  packet.set(fields.destination, 16);
  view.setUint16(10, checksum(packet.subarray(0, HEADER_OCTETS)));
  packet.set(fields.payload, HEADER_OCTETS);
  return packet;
}

/** "10.0.0.1" from 4 octets. */
export function formatIpv4(octets: Uint8Array): string {
  return octets.join(".");
}

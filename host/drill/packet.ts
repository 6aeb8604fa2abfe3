/**
 * IPv4 packets with TCP or ICMP in them, between octets and fields. Sequence numbers are those on
 * the wire. What comes from the stack is checked: lengths, checksums.
 */
import { checksum, sum16 } from "../cli/codec/checksum.js";
import { FLAG_LETTERS } from "./parse_packet.js";
import { optionOctets, readOptions } from "./option_octets.js";
import type { TcpOption } from "./script.js";

export const enum Protocol {
  Icmp = 1,
  Tcp = 6,
  Udp = 17,
}

const IP_OCTETS = 20;
const TCP_OCTETS = 20;
const ICMP_OCTETS = 8;
const UDP_OCTETS = 8;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
/** One after another they need not be told apart: each packet is whole before the next begins. */
const FRAGMENT_ID = 0x4d54;
/** The bits of FLAG_LETTERS. */
const FLAG_BITS: Record<string, number> = {
  F: 1, S: 2, R: 4, P: 8, ".": 16, U: 32, E: 64, W: 128, A: 256,
};

export interface IpFields {
  source: string;
  destination: string;
  tos: number;
  ttl: number;
  dontFragment: boolean;
}

export interface TcpFields {
  sourcePort: number;
  destinationPort: number;
  seq: number;
  ack: number;
  /** Letters, see FLAG_LETTERS. */
  flags: string;
  window: number;
  urgent: number;
  options: TcpOption[];
  text: Uint8Array;
}

export interface IcmpFields {
  type: number;
  code: number;
  /** The octets 4 to 7: of "fragmentation needed" the MTU, of an echo identifier and number. */
  rest: number;
  data: Uint8Array;
}

export type Packet = { ip: IpFields; octets: Uint8Array } & (
  | { kind: "tcp"; tcp: TcpFields }
  | { kind: "icmp"; icmp: IcmpFields }
  /** What cannot be read, with the reason. */
  | { kind: "bad"; fault: string }
);

export function emitIpv4(ip: IpFields, protocol: Protocol, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(IP_OCTETS + payload.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45;
  packet[1] = ip.tos;
  view.setUint16(2, packet.length);
  view.setUint16(6, ip.dontFragment ? DONT_FRAGMENT : 0);
  packet[8] = ip.ttl;
  packet[9] = protocol;
  packet.set(addressOctets(ip.source), 12);
  packet.set(addressOctets(ip.destination), 16);
  view.setUint16(10, checksum(packet.subarray(0, IP_OCTETS)));
  packet.set(payload, IP_OCTETS);
  return packet;
}

/** The packet cut into fragments (RFC 791 section 3.2) of so many octets of payload, or fewer. */
export function fragments(packet: Uint8Array, size: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = IP_OCTETS; at < packet.length; at += size) {
    const piece = packet.subarray(at, at + size);
    const fragment = new Uint8Array(IP_OCTETS + piece.length);
    fragment.set(packet.subarray(0, IP_OCTETS));
    fragment.set(piece, IP_OCTETS);
    const view = new DataView(fragment.buffer);
    view.setUint16(2, fragment.length);
    view.setUint16(4, FRAGMENT_ID);
    view.setUint16(6, ((at - IP_OCTETS) / 8) | (at + size < packet.length ? MORE_FRAGMENTS : 0));
    view.setUint16(10, 0);
    view.setUint16(10, checksum(fragment.subarray(0, IP_OCTETS)));
    found.push(fragment);
  }
  return found;
}

/** A TCP header with its options and text, with its checksum. Throws RangeError, too long. */
export function emitTcp(ip: IpFields, tcp: TcpFields): Uint8Array {
  const options = optionOctets(tcp.options);
  const headerLen = TCP_OCTETS + options.length;
  const octets = new Uint8Array(headerLen + tcp.text.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, tcp.sourcePort);
  view.setUint16(2, tcp.destinationPort);
  view.setUint32(4, tcp.seq);
  view.setUint32(8, tcp.ack);
  view.setUint16(12, ((headerLen / 4) << 12) | flagBits(tcp.flags));
  view.setUint16(14, tcp.window);
  view.setUint16(18, tcp.urgent);
  octets.set(options, TCP_OCTETS);
  octets.set(tcp.text, headerLen);
  view.setUint16(16, checksum(octets, pseudoSum(ip, octets.length)));
  return octets;
}

export function emitIcmp({ type, code, rest, data }: IcmpFields): Uint8Array {
  const octets = new Uint8Array(ICMP_OCTETS + data.length);
  const view = new DataView(octets.buffer);
  octets[0] = type;
  octets[1] = code;
  view.setUint32(4, rest);
  octets.set(data, ICMP_OCTETS);
  view.setUint16(2, checksum(octets));
  return octets;
}

/** Reads a packet of the stack's; the octets are kept, so they must be its own. */
export function readPacket(octets: Uint8Array): Packet {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const ip: IpFields = {
    source: octets.subarray(12, 16).join("."), destination: octets.subarray(16, 20).join("."),
    tos: octets[1] ?? 0, ttl: octets[8] ?? 0, dontFragment: ((octets[6] ?? 0) & 0x40) !== 0,
  };
  const bad = (fault: string): Packet => ({ kind: "bad", fault, ip, octets });
  if (octets.length < IP_OCTETS || octets[0] !== 0x45) return bad("not a plain IPv4 header");
  if (view.getUint16(2) !== octets.length) return bad("the IP total length is not the packet's");
  if (sum16(octets.subarray(0, IP_OCTETS)) !== 0xffff) return bad("the IP checksum is wrong");
  if ((view.getUint16(6) & 0x3fff) !== 0) return bad("a fragment");
  const payload = octets.subarray(IP_OCTETS);
  if (octets[9] === Protocol.Tcp) {
    const tcp = readTcp(ip, payload);
    return typeof tcp === "string" ? bad(tcp) : { kind: "tcp", tcp, ip, octets };
  }
  if (octets[9] === Protocol.Icmp && payload.length >= ICMP_OCTETS) {
    if (sum16(payload) !== 0xffff) return bad("the ICMP checksum is wrong");
    const icmp = { type: payload[0]!, code: payload[1]!, rest: view.getUint32(IP_OCTETS + 4) };
    return { kind: "icmp", icmp: { ...icmp, data: payload.subarray(ICMP_OCTETS) }, ip, octets };
  }
  return bad(`IP protocol ${octets[9]}`);
}

function readTcp(ip: IpFields, octets: Uint8Array): TcpFields | string {
  if (octets.length < TCP_OCTETS) return "the TCP header is cut off";
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const headerLen = (octets[12]! >> 4) * 4;
  if (headerLen < TCP_OCTETS || headerLen > octets.length) return "a wrong TCP header length";
  if (sum16(octets, pseudoSum(ip, octets.length)) !== 0xffff) return "the TCP checksum is wrong";
  const options = readOptions(octets.subarray(TCP_OCTETS, headerLen));
  if (options === null) return "the TCP options are malformed";
  return {
    sourcePort: view.getUint16(0), destinationPort: view.getUint16(2),
    seq: view.getUint32(4), ack: view.getUint32(8), flags: flagLetters(view.getUint16(12)),
    window: view.getUint16(14), urgent: view.getUint16(18), options,
    text: octets.subarray(headerLen),
  };
}

/** A UDP datagram with its checksum. */
export function emitUdp(ip: IpFields, ports: [number, number], text: Uint8Array): Uint8Array {
  const octets = new Uint8Array(UDP_OCTETS + text.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, ports[0]);
  view.setUint16(2, ports[1]);
  view.setUint16(4, octets.length);
  octets.set(text, UDP_OCTETS);
  view.setUint16(6, checksum(octets, pseudoSum(ip, octets.length, Protocol.Udp)) || 0xffff);
  return octets;
}

/** Octets of text of the UDP datagram that an ICMP error quotes; undefined: it quotes none. */
export function quotedDatagramLen(data: Uint8Array): number | undefined {
  if (data.length < IP_OCTETS + UDP_OCTETS || data[9] !== Protocol.Udp) return undefined;
  return ((data[IP_OCTETS + 4]! << 8) | data[IP_OCTETS + 5]!) - UDP_OCTETS;
}

function pseudoSum(
  { source, destination }: IpFields, length: number, protocol = Protocol.Tcp,
): number {
  return sum16(addressOctets(source)) + sum16(addressOctets(destination)) + protocol + length;
}

function flagBits(letters: string): number {
  return [...letters].reduce((bits, letter) => bits | (FLAG_BITS[letter] ?? 0), 0);
}

function flagLetters(bits: number): string {
  return [...FLAG_LETTERS].filter((letter) => (bits & (FLAG_BITS[letter] ?? 0)) !== 0).join("");
}

export function addressOctets(address: string): Uint8Array {
  return Uint8Array.from(address.split("."), Number);
}

/**
 * Frames as the simulation and the fuzzer see them: an independent decoder and checker of what a
 * stack emits, and the repair of checksums. Written apart from the core and from `host/`, so that
 * a mistake there is not made here again. Allocates nothing per frame.
 */
import type { LinkType } from "../../host/link/link.js";

export const IP_HEADER = 20;
export const TCP_HEADER = 20;
export const ETHERNET_HEADER = 14;

export const Protocol = { Icmp: 1, Tcp: 6, Udp: 17 } as const;
export const Bit = { Fin: 1, Syn: 2, Rst: 4, Psh: 8, Ack: 16, Urg: 32 } as const;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;
const OPTION_END = 0;
const OPTION_NONE = 1;
const OPTION_MSS = 2;
const OPTION_SCALE = 3;
const OPTION_SACK_PERMITTED = 4;
const OPTION_SACK = 5;
const OPTION_TIMESTAMPS = 8;
const OPTION_USER_TIMEOUT = 28;
/** AccECN0, and AccECN1 (RFC 9768 section 3.2.3): none, or some, of three counts of 3 octets. */
const OPTIONS_COUNTS: readonly number[] = [172, 174];

/** A frame taken apart; one record is used again and again. */
export class Decoded {
  octets: Uint8Array = new Uint8Array(0);
  isArp = false;
  /** Where the IP packet begins, and its length by its own header. */
  ipAt = 0;
  ipLen = 0;
  protocol = 0;
  source = 0;
  destination = 0;
  /** What the packet carries: TCP header and text, ICMP message. */
  textAt = 0;
  textLen = 0;
  sourcePort = 0;
  destinationPort = 0;
  seq = 0;
  ack = 0;
  flags = 0;
  window = 0;
  /** The urgent pointer, whether or not URG says that it means something. */
  urgent = 0;
  /** The MSS option, 0 for none. */
  mss = 0;
  /** The window scale option, -1 for none. */
  scale = -1;
  /** SACK-permitted. */
  mayAcknowledgeSelectively = false;
  /** The timestamps option: TSval and TSecr, both -1 for none. */
  tsVal = -1;
  tsEcr = -1;
  /** Blocks of the SACK option, and where the first begins. */
  sackBlocks = 0;
  sackAt = 0;
  /** The user timeout option as it stands there, 0 for none: that must not be sent. */
  userTimeout = 0;
  payloadAt = 0;
  payloadLen = 0;
}

/**
 * Takes a frame apart that a stack of ours has sent. Returns what is wrong with it, or null: every
 * length, field and checksum must be as the standards have them.
 */
export function decodeFrame(
  kind: LinkType, frame: Uint8Array, mtu: number, into: Decoded,
): string | null {
  into.octets = frame;
  into.isArp = false;
  into.protocol = -1;
  if (kind !== "ethernet") return decodeIp(frame, 0, mtu, into);
  if (frame.length < ETHERNET_HEADER) return `an Ethernet frame of ${frame.length} octets`;
  if ((frame[6]! & 1) !== 0) return "the source MAC address is a group's";
  const type = get16(frame, 12);
  if (type === ETHERTYPE_IPV4) return decodeIp(frame, ETHERNET_HEADER, mtu, into);
  if (type !== ETHERTYPE_ARP) return `EtherType ${type.toString(16)}`;
  into.isArp = true;
  return decodeArp(frame);
}

function decodeArp(frame: Uint8Array): string | null {
  if (frame.length !== ETHERNET_HEADER + 28) return `an ARP frame of ${frame.length} octets`;
  const fixed = get32(frame, 14) === 0x00010800 && get16(frame, 18) === 0x0604;
  if (!fixed) return "not ARP for Ethernet and IPv4";
  const operation = get16(frame, 20);
  return operation === 1 || operation === 2 ? null : `ARP operation ${operation}`;
}

function decodeIp(frame: Uint8Array, at: number, mtu: number, into: Decoded): string | null {
  const len = frame.length - at;
  if (len > mtu) return `a packet of ${len} octets on a link with an MTU of ${mtu}`;
  if (len < IP_HEADER) return `a packet of ${len} octets`;
  if (frame[at] !== 0x45) return `version and header length ${frame[at]!.toString(16)}`;
  if (get16(frame, at + 2) !== len) return `total length ${get16(frame, at + 2)} of ${len} octets`;
  if ((get16(frame, at + 6) & 0x3fff) !== 0) return "a fragment";
  if (frame[at + 8] === 0) return "time to live 0";
  if (checksum(frame, at, IP_HEADER) !== 0) return "the IP checksum is wrong";
  into.ipAt = at;
  into.ipLen = len;
  into.protocol = frame[at + 9]!;
  into.source = get32(frame, at + 12);
  into.destination = get32(frame, at + 16);
  into.textAt = at + IP_HEADER;
  into.textLen = len - IP_HEADER;
  if (into.protocol === Protocol.Tcp) return decodeTcp(frame, into);
  if (into.protocol === Protocol.Icmp) return checkIcmp(frame, into);
  return `IP protocol ${into.protocol}`;
}

function checkIcmp(frame: Uint8Array, { textAt, textLen }: Decoded): string | null {
  if (textLen < 8) return `an ICMP message of ${textLen} octets`;
  return checksum(frame, textAt, textLen) === 0 ? null : "the ICMP checksum is wrong";
}

function decodeTcp(frame: Uint8Array, into: Decoded): string | null {
  const { textAt: at, textLen: len } = into;
  if (len < TCP_HEADER) return `a segment of ${len} octets`;
  const headerLen = (frame[at + 12]! >> 4) * 4;
  if (headerLen < TCP_HEADER || headerLen > len) return `a TCP header of ${headerLen} octets`;
  // The lowest of the four is AE since RFC 9768.
  if ((frame[at + 12]! & 14) !== 0) return "reserved bits are set";
  if (checksum(frame, at, len, pseudoSum(frame, into.ipAt, Protocol.Tcp, len)) !== 0) {
    return "the TCP checksum is wrong";
  }
  into.sourcePort = get16(frame, at);
  into.destinationPort = get16(frame, at + 2);
  into.seq = get32(frame, at + 4);
  into.ack = get32(frame, at + 8);
  into.flags = frame[at + 13]!;
  into.window = get16(frame, at + 14);
  into.urgent = get16(frame, at + 18);
  into.payloadAt = at + headerLen;
  into.payloadLen = len - headerLen;
  if (into.sourcePort === 0 || into.destinationPort === 0) return "port 0";
  if ((into.flags & (Bit.Syn | Bit.Fin)) === (Bit.Syn | Bit.Fin)) return "SYN and FIN";
  if ((into.flags & (Bit.Syn | Bit.Rst | Bit.Ack)) === 0) return "neither SYN, RST nor ACK";
  return decodeOptions(frame, at + TCP_HEADER, into.payloadAt, into);
}

function decodeOptions(
  octets: Uint8Array, at: number, end: number, into: Decoded,
): string | null {
  into.mss = 0;
  into.scale = -1;
  into.mayAcknowledgeSelectively = false;
  into.tsVal = -1;
  into.tsEcr = -1;
  into.sackBlocks = 0;
  into.userTimeout = 0;
  while (at < end && octets[at] !== OPTION_END) {
    if (octets[at] === OPTION_NONE) {
      at++;
      continue;
    }
    const kind = octets[at]!;
    const len = at + 1 < end ? octets[at + 1]! : 0;
    if (len < 2 || at + len > end) return `TCP option ${kind} has length ${len}`;
    const wrong = takeOption(octets, at, kind, len, into);
    if (wrong !== null) return wrong;
    at += len;
  }
  return into.scale > 14 ? `window scale ${into.scale}` : null;
}

/** One option that fits: it must belong on such a segment, and have the right length. */
function takeOption(
  octets: Uint8Array, at: number, kind: number, len: number, into: Decoded,
): string | null {
  const isSyn = (into.flags & Bit.Syn) !== 0;
  if (kind === OPTION_TIMESTAMPS && len === 10) {
    into.tsVal = get32(octets, at + 2);
    into.tsEcr = get32(octets, at + 6);
    return null;
  }
  if (kind === OPTION_SACK && !isSyn && len > 2 && (len - 2) % 8 === 0) {
    into.sackBlocks = (len - 2) / 8;
    into.sackAt = at + 2;
    return null;
  }
  if (kind === OPTION_USER_TIMEOUT && len === 4) {
    into.userTimeout = get16(octets, at + 2);
    return (into.userTimeout & 0x7fff) === 0 ? "a user timeout of 0" : null;
  }
  const isAnswer = (into.flags & Bit.Ack) !== 0;
  if (OPTIONS_COUNTS.includes(kind) && isAnswer && len <= 11 && len % 3 === 2) return null;
  if (!isSyn) return `TCP option ${kind} of ${len} octets without SYN`;
  if (kind === OPTION_MSS && len === 4) into.mss = get16(octets, at + 2);
  else if (kind === OPTION_SCALE && len === 3) into.scale = octets[at + 2]!;
  else if (kind === OPTION_SACK_PERMITTED && len === 2) into.mayAcknowledgeSelectively = true;
  else return `TCP option ${kind} of ${len} octets`;
  return null;
}

/** The ones' complement of the ones' complement sum: 0 over octets that contain it (RFC 1071). */
export function checksum(octets: Uint8Array, at: number, len: number, sum = 0): number {
  const end = at + len;
  for (; at + 1 < end; at += 2) sum += (octets[at]! << 8) | octets[at + 1]!;
  if (at < end) sum += octets[at]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** The sum of the pseudo-header (RFC 9293 section 3.1) of the packet at `ipAt`. */
function pseudoSum(octets: Uint8Array, ipAt: number, protocol: number, len: number): number {
  let sum = protocol + len;
  for (let at = ipAt + 12; at < ipAt + 20; at += 2) sum += get16(octets, at);
  return sum;
}

/** Makes the checksum of the IPv4 header at `at` right, if there is a header. */
export function repairIp(octets: Uint8Array, at: number, end: number): void {
  const headerLen = (octets[at]! & 15) * 4;
  if (headerLen < IP_HEADER || at + headerLen > end) return;
  put16(octets, at + 10, 0);
  put16(octets, at + 10, checksum(octets, at, headerLen));
}

/**
 * Makes the checksum of what the IPv4 packet at `at` carries right: TCP, UDP, ICMP. Lengths are
 * taken from the headers as far as they fit before `end`.
 */
export function repairTransport(octets: Uint8Array, at: number, end: number): void {
  const headerLen = (octets[at]! & 15) * 4;
  const textAt = at + headerLen;
  const textLen = Math.min(get16(octets, at + 2), end - at) - headerLen;
  const protocol = octets[at + 9]!;
  if (headerLen < IP_HEADER || textLen < 8) return;
  if (protocol === Protocol.Icmp) {
    put16(octets, textAt + 2, 0);
    put16(octets, textAt + 2, checksum(octets, textAt, textLen));
  } else if (protocol === Protocol.Tcp && textLen >= TCP_HEADER) {
    put16(octets, textAt + 16, 0);
    const sum = pseudoSum(octets, at, protocol, textLen);
    put16(octets, textAt + 16, checksum(octets, textAt, textLen, sum));
  } else if (protocol === Protocol.Udp) {
    const udpLen = Math.max(8, Math.min(get16(octets, textAt + 4), textLen));
    put16(octets, textAt + 6, 0);
    const value = checksum(octets, textAt, udpLen, pseudoSum(octets, at, protocol, udpLen));
    put16(octets, textAt + 6, value === 0 ? 0xffff : value);
  }
}

/** `a` minus `b` in the sequence space: negative when `a` is before `b`. */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0;
}

export function get16(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}

export function get32(octets: Uint8Array, at: number): number {
  return ((octets[at]! << 24) | (octets[at + 1]! << 16) | get16(octets, at + 2)) >>> 0;
}

export function put16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8;
  octets[at + 1] = value;
}

export function put32(octets: Uint8Array, at: number, value: number): void {
  put16(octets, at, value >>> 16);
  put16(octets, at + 2, value & 0xffff);
}

/** One line about a frame, for messages: `10.0.0.1:49152 > 10.0.0.2:80 S seq=1 ack=0 wnd=2048`. */
export function describeFrame(decoded: Decoded): string {
  if (decoded.isArp) return "ARP";
  const from = formatHost(decoded.source);
  const to = formatHost(decoded.destination);
  if (decoded.protocol !== Protocol.Tcp) return `${from} > ${to} protocol ${decoded.protocol}`;
  const letters = Object.entries(Bit)
    .filter(([, bit]) => (decoded.flags & bit) !== 0)
    .map(([name]) => (name === "Ack" ? "." : name[0]));
  return (
    `${from}:${decoded.sourcePort} > ${to}:${decoded.destinationPort} ${letters.join("")} ` +
    `seq=${decoded.seq} ack=${decoded.ack} wnd=${decoded.window} len=${decoded.payloadLen}`
  );
}

function formatHost(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

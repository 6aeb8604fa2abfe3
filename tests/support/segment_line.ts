/**
 * Segments written and read as lines, with sequence numbers relative to both initial ones:
 *
 *   "S 0"                a SYN; the SYN itself is number 0, so the first octet of text is number 1
 *   "SA 0 ack 1"         SYN and ACK
 *   "PA 1+5 ack 1"       PSH and ACK, with the 5 octets of text that begin at number 1
 *   "FA 6 ack 1"         FIN and ACK, no text
 *   "AU 1+5 ack 1 urg 5" URG, and the urgent pointer
 *
 * The flags are S, F, R, P, A, U, in this order. Text not given otherwise is `textOf` its numbers,
 * so that whoever receives it knows what must have come.
 */
import {
  Bit, type Decoded, IP_HEADER, Protocol, TCP_HEADER, put16, put32, repairIp, repairTransport,
} from "./wire.js";

/** What a line does not say. */
export interface SegmentExtras {
  /** The window field. */
  window?: number;
  text?: string | Uint8Array;
  /** The MSS option. */
  mss?: number;
  /** The window scale option. */
  scale?: number;
  /** The SACK-permitted option. */
  sackPermitted?: boolean;
  /** The timestamps option: TSval and TSecr. */
  ts?: readonly [number, number];
  /** Octets of options as they are, behind those. */
  options?: number[];
  /** Octets of IP options, a multiple of 4. */
  ipOptions?: number[];
  /** Changes the packet before its checksums are made. `tcp` is where the TCP header begins. */
  change?: (packet: Uint8Array, tcp: number) => void;
  /** Changes it when they have been made. */
  spoil?: (packet: Uint8Array, tcp: number) => void;
}

export interface Ends {
  source: string;
  destination: string;
  sourcePort: number;
  destinationPort: number;
  /** The initial sequence numbers of the sender and of the receiver. */
  sourceIsn: number;
  destinationIsn: number;
}

const FLAGS = { S: Bit.Syn, F: Bit.Fin, R: Bit.Rst, P: Bit.Psh, A: Bit.Ack, U: Bit.Urg } as const;
const LINE = /^([SFRPAU]*) (-?\d+)(?:\+(\d+))?(?: ack (-?\d+))?(?: urg (\d+))?$/;
const DEFAULT_WINDOW = 65535;

/** An IP packet with the segment that the line describes. */
export function packetOf(line: string, ends: Ends, extras: SegmentExtras = {}): Uint8Array {
  const parts = LINE.exec(line);
  if (parts === null) throw new Error(`not a segment: "${line}"`);
  const [, flags = "", seq = "0", len = "0", ack, urgent = "0"] = parts;
  const text = extras.text === undefined
    ? textOf(Number(seq), Number(len)) : Buffer.from(extras.text);
  const options = optionsOf(extras);
  const ipOptions = extras.ipOptions ?? [];
  const tcp = IP_HEADER + ipOptions.length;
  const headerLen = TCP_HEADER + options.length;
  const packet = ipPacket(Protocol.Tcp, ends, new Uint8Array(headerLen + text.length), ipOptions);
  put16(packet, tcp, ends.sourcePort);
  put16(packet, tcp + 2, ends.destinationPort);
  put32(packet, tcp + 4, (ends.sourceIsn + Number(seq)) >>> 0);
  if (ack !== undefined) put32(packet, tcp + 8, (ends.destinationIsn + Number(ack)) >>> 0);
  packet[tcp + 12] = (headerLen / 4) << 4;
  for (const letter of flags) packet[tcp + 13]! |= FLAGS[letter as keyof typeof FLAGS];
  put16(packet, tcp + 14, extras.window ?? DEFAULT_WINDOW);
  put16(packet, tcp + 18, Number(urgent));
  packet.set(options, tcp + TCP_HEADER);
  packet.set(text, tcp + headerLen);
  extras.change?.(packet, tcp);
  repairIp(packet, 0, packet.length);
  repairTransport(packet, 0, packet.length);
  extras.spoil?.(packet, tcp);
  return packet;
}

/** An IPv4 packet around a payload; what it carries has no checksum yet, the header has. */
export function ipPacket(
  protocol: number, { source, destination }: Pick<Ends, "source" | "destination">,
  payload: Uint8Array, options: number[] = [],
): Uint8Array {
  const headerLen = IP_HEADER + options.length;
  const packet = new Uint8Array(headerLen + payload.length);
  packet[0] = 0x40 | (headerLen / 4);
  put16(packet, 2, packet.length);
  packet[8] = 64;
  packet[9] = protocol;
  packet.set(addressOctets(source), 12);
  packet.set(addressOctets(destination), 16);
  packet.set(options, IP_HEADER);
  packet.set(payload, headerLen);
  repairIp(packet, 0, headerLen);
  return packet;
}

/** An ICMP echo request to 10.0.0.1: the answer leaves before anything that connections say. */
export function echoRequest(source: string): Uint8Array {
  const echo = Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0);
  const packet = ipPacket(Protocol.Icmp, { source, destination: "10.0.0.1" }, echo);
  repairTransport(packet, 0, packet.length);
  return packet;
}

/** The line of a segment that the stack has sent. */
export function lineOf(segment: Decoded, sourceIsn: number, destinationIsn: number): string {
  const letters = Object.entries(FLAGS)
    .filter(([, bit]) => (segment.flags & bit) !== 0)
    .map(([letter]) => letter).join("");
  const seq = (segment.seq - sourceIsn) | 0;
  const len = segment.payloadLen === 0 ? "" : `+${segment.payloadLen}`;
  const ack = (segment.ack - destinationIsn) | 0;
  const end = (segment.flags & Bit.Urg) === 0 ? "" : ` urg ${segment.urgent}`;
  return `${letters} ${seq}${len}${(segment.flags & Bit.Ack) === 0 ? "" : ` ack ${ack}`}${end}`;
}

/** The `len` octets of text that begin with sequence number `seq`: each is known by its number. */
export function textOf(seq: number, len: number): Buffer {
  const text = Buffer.alloc(len);
  for (let index = 0; index < len; index++) text[index] = Math.imul(seq + index, 2654435761) >>> 24;
  return text;
}

/** "10.0.0.1" as four octets. */
export function addressOctets(address: string): number[] {
  return address.split(".").map(Number);
}

function octetsOf(word: number): number[] {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
}

function optionsOf(
  { mss, scale, sackPermitted, ts, options = [] }: SegmentExtras,
): number[] {
  const all: number[] = [];
  if (mss !== undefined) all.push(2, 4, mss >> 8, mss & 255);
  if (scale !== undefined) all.push(1, 3, 3, scale);
  if (sackPermitted) all.push(1, 1, 4, 2);
  if (ts !== undefined) all.push(1, 1, 8, 10, ...octetsOf(ts[0]), ...octetsOf(ts[1]));
  all.push(...options);
  while (all.length % 4 !== 0) all.push(0);
  return all;
}

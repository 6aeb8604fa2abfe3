/** What a router, or whoever pretends to be one, tells the stack about its segments by ICMP. */
import { type Lab, OWN_ADDRESS } from "./lab.js";
import type { Remote } from "./remote.js";
import { ipPacket } from "./segment_line.js";
import { put16, put32, repairIp, repairTransport } from "./wire.js";

export const UNREACHABLE = 3;
export const SOURCE_QUENCH = 4;
export const TIME_EXCEEDED = 11;
export const PARAMETER_PROBLEM = 12;

export const PORT_UNREACHABLE = 3;

const FRAGMENTATION_NEEDED = 4;
const ROUTER = "10.0.0.254";

/** What is not as usual in the quote. */
export interface Quote {
  /** The total length that the quoted header says; 28 by default. */
  totalLen?: number;
  /** Octets of the quoted segment; 8, the least, by default. */
  len?: number;
  source?: string;
  destination?: string;
  ipOptions?: number[];
}

/** A router's error about the segment of ours that has the relative number `seq`. */
export function tells(
  lab: Lab, remote: Remote, type: number, code: number, seq: number, quote: Quote = {},
): void {
  lab.receive(errorAbout(remote, type, code, seq, 0, quote));
}

/** A router's report that the segment is too big for a link with this MTU; 0: it does not say. */
export function tellsTooBig(
  lab: Lab, remote: Remote, seq: number, mtu: number, quote: Quote = {},
): void {
  lab.receive(errorAbout(remote, UNREACHABLE, FRAGMENTATION_NEEDED, seq, mtu, quote));
}

/** The same as a packet, about a segment of a connection that somebody else plays. */
export function errorAbout(
  remote: Pick<Remote, "address" | "port" | "ownPort" | "ownIsn">,
  type: number, code: number, seq: number, mtu: number, quote: Quote,
): Uint8Array {
  const quoted = new Uint8Array(Math.max(8, quote.len ?? 8));
  put16(quoted, 0, remote.ownPort);
  put16(quoted, 2, remote.port);
  put32(quoted, 4, (remote.ownIsn! + seq) >>> 0);
  const { source = OWN_ADDRESS, destination = remote.address } = quote;
  const segment = ipPacket(
    6, { source, destination }, quoted.subarray(0, quote.len ?? 8), quote.ipOptions);
  if (quote.totalLen !== undefined) put16(segment, 2, quote.totalLen);
  repairIp(segment, 0, segment.length);
  const message = Uint8Array.of(type, code, 0, 0, 0, 0, mtu >> 8, mtu & 255, ...segment);
  const packet = ipPacket(1, { source: ROUTER, destination: OWN_ADDRESS }, message);
  repairTransport(packet, 0, packet.length);
  return packet;
}

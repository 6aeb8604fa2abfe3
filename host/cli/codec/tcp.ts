/** TCP segments (RFC 9293 section 3.1), read only: the ladder's own eyes, apart from the core. */
import { sum16 } from "./checksum.js";
import type { Ipv4Packet } from "./ipv4.js";
import { Protocol } from "./ipv4.js";

export const enum Flag {
  Fin = 1,
  Syn = 2,
  Rst = 4,
  Psh = 8,
  Ack = 16,
  Urg = 32,
}

const HEADER_OCTETS = 20;

const enum OptionKind {
  End = 0,
  NoOperation = 1,
  Mss = 2,
  WindowScale = 3,
}

export interface Segment {
  sourcePort: number;
  destinationPort: number;
  seq: number;
  /** 0 without the flag ACK. */
  ack: number;
  /** Bits of `Flag`. */
  flags: number;
  /** As in the header, not scaled. */
  window: number;
  /** The urgent pointer; 0 without the flag URG. */
  urgent: number;
  text: Uint8Array;
  /** Options; absent when the segment has none. */
  mss?: number;
  windowScale?: number;
}

/** The segment's fields, text as a view; null when malformed. The checksum is not looked at. */
export function parseTcp(octets: Uint8Array): Segment | null {
  if (octets.length < HEADER_OCTETS) return null;
  const headerLen = (octets[12]! >> 4) * 4;
  if (headerLen < HEADER_OCTETS || headerLen > octets.length) return null;
  const view = new DataView(octets.buffer, octets.byteOffset);
  const flags = octets[13]!;
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    seq: view.getUint32(4),
    ack: (flags & Flag.Ack) === 0 ? 0 : view.getUint32(8),
    flags,
    window: view.getUint16(14),
    urgent: (flags & Flag.Urg) === 0 ? 0 : view.getUint16(18),
    text: octets.subarray(headerLen),
    ...parseOptions(octets.subarray(HEADER_OCTETS, headerLen)),
  };
}

/** RFC 9293 section 3.2. What is cut off or unknown is left out. */
function parseOptions(octets: Uint8Array): { mss?: number; windowScale?: number } {
  const found: { mss?: number; windowScale?: number } = {};
  for (let at = 0; at < octets.length && octets[at] !== OptionKind.End; ) {
    if (octets[at] === OptionKind.NoOperation) {
      at++;
      continue;
    }
    const length = octets[at + 1] ?? 0;
    if (length < 2 || at + length > octets.length) break;
    if (octets[at] === OptionKind.Mss && length === 4) {
      found.mss = (octets[at + 2]! << 8) | octets[at + 3]!;
    }
    if (octets[at] === OptionKind.WindowScale && length === 3) found.windowScale = octets[at + 2]!;
    at += length;
  }
  return found;
}

/** Whether the segment's checksum, over the pseudo-header too, holds (RFC 9293 section 3.1). */
export function isTcpIntact({ source, destination, payload }: Ipv4Packet): boolean {
  const pseudo = sum16(source) + sum16(destination) + Protocol.Tcp + payload.length;
  return sum16(payload, pseudo) === 0xffff;
}

/** Octets of the sequence space that a segment takes: its text, and one each for SYN and FIN. */
export function segmentLen({ flags, text }: Segment): number {
  return text.length + ((flags & Flag.Syn) !== 0 ? 1 : 0) + ((flags & Flag.Fin) !== 0 ? 1 : 0);
}

/** How far `a` is ahead of `b` in the sequence space, which wraps; negative: behind. */
export function seqAhead(a: number, b: number): number {
  return (a - b) | 0;
}

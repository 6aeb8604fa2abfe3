/** Cutting IP packets into fragments (RFC 791 section 3.2), rightly or wrongly as a test likes. */
import { get16, put16, repairIp } from "./wire.js";

const MORE = 0x2000;

/** A piece of a packet's text: octets `from` to `to`, and whether more is said to follow. */
export interface Piece {
  from: number;
  to: number;
  /** Whether the text ends before the packet's does, unless given. */
  more?: boolean;
  identification?: number;
}

/** The fragment of an IP packet that carries this piece; all of its options are in each. */
export function fragmentOf(packet: Uint8Array, piece: Piece): Uint8Array {
  const headerLen = (packet[0]! & 15) * 4;
  const { from, to, more = headerLen + to < packet.length, identification = 77 } = piece;
  const fragment = new Uint8Array(headerLen + to - from);
  fragment.set(packet.subarray(0, headerLen));
  fragment.set(packet.subarray(headerLen + from, headerLen + to), headerLen);
  put16(fragment, 2, fragment.length);
  put16(fragment, 4, identification);
  put16(fragment, 6, (more ? MORE : 0) | (from >> 3));
  repairIp(fragment, 0, headerLen);
  return fragment;
}

/** An IP packet in fragments that begin at these offsets of its text. */
export function fragmentsOf(
  packet: Uint8Array, starts: number[], identification?: number,
): Uint8Array[] {
  const textLen = get16(packet, 2) - (packet[0]! & 15) * 4;
  return starts.map((from, index) =>
    fragmentOf(packet, { from, to: starts[index + 1] ?? textLen, identification }));
}

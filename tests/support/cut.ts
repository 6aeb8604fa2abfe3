/**
 * What a network card with offload does on the way out, as docs/embedding.md has it: finishes TCP
 * checksums, and cuts frames of many segments.
 */
import { FrameFlag } from "../../assembly/abi/parameters.js";
import { Bit, get16, get32, put16, put32, repairIp, repairTransport } from "./wire.js";

const CWR = 0x80;

/**
 * The frames that go on the wire for one from a stack. `ipAt`: where its IPv4 packet begins; the
 * rest is from the descriptor. A sum that is not the pseudo-header's is not mended: it would be
 * wrong on the wire, too.
 */
export function cutFrame(
  frame: Uint8Array, ipAt: number, flags: number, segmentSize: number,
): Uint8Array[] {
  if ((flags & FrameFlag.PartialChecksum) === 0) return [frame.slice()];
  const tcpAt = ipAt + (frame[ipAt]! & 15) * 4;
  const textAt = tcpAt + (frame[tcpAt + 12]! >> 4) * 4;
  checkPartial(frame, ipAt, tcpAt);
  const size = segmentSize === 0 ? frame.length : segmentSize;
  const pieces: Uint8Array[] = [];
  for (let at = textAt; at < frame.length; at += size) {
    const piece = new Uint8Array(textAt + Math.min(size, frame.length - at));
    piece.set(frame.subarray(0, textAt));
    piece.set(frame.subarray(at, at + size), textAt);
    put16(piece, ipAt + 2, piece.length - ipAt);
    put32(piece, tcpAt + 4, (get32(frame, tcpAt + 4) + at - textAt) >>> 0);
    if (at + size < frame.length) piece[tcpAt + 13]! &= ~(Bit.Fin | Bit.Psh);
    if (at > textAt) piece[tcpAt + 13]! &= ~CWR;
    repairIp(piece, ipAt, piece.length);
    repairTransport(piece, ipAt, piece.length);
    pieces.push(piece);
  }
  return pieces;
}

/** Throws unless the checksum field has the sum of the pseudo-header, folded and not inverted. */
function checkPartial(frame: Uint8Array, ipAt: number, tcpAt: number): void {
  const total = get16(frame, ipAt + 2);
  if (total !== frame.length - ipAt) throw new Error(`total length ${total} of ${frame.length}`);
  let sum = frame[ipAt + 9]! + frame.length - tcpAt;
  for (let at = ipAt + 12; at < ipAt + 20; at += 2) sum += get16(frame, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  if (get16(frame, tcpAt + 16) === sum) return;
  throw new Error(`a partial checksum of ${get16(frame, tcpAt + 16)}, which should be ${sum}`);
}

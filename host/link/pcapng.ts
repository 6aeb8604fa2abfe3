/**
 * The pcapng file format (IETF draft "PCAP Capture File Format", version 1.0), as much of it as a
 * capture of one link needs: section header, one interface, enhanced packets. Writes into memory;
 * knows no files. Browser-safe.
 *
 * All blocks: type, total length, body padded to 32 bits, total length again. Little endian.
 */

/** Link types of the format's registry. */
export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_RAW = 101;

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPT_END = 0;
const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const EPB_FLAGS = 2;
/** Octets of an enhanced packet block beside the packet: 12 + 20 + the flags (8) + end (4). */
const PACKET_OVERHEAD_OCTETS = 44;

/** The direction in `epb_flags`: as seen by the stack whose link it is. */
export const enum Direction {
  Inbound = 1,
  Outbound = 2,
}

/** The blocks that begin a file. `snapLen`: octets of the longest packet, 0 for no limit. */
export function pcapngHeader(linkType: number, name: string, snapLen: number): Uint8Array {
  return concat([
    block(SECTION_HEADER, [
      u32(BYTE_ORDER_MAGIC),
      u16(1), // version 1.0
      u16(0),
      u32(0xffffffff), // section length: unknown, 64 bits of ones
      u32(0xffffffff),
      option(SHB_USERAPPL, new TextEncoder().encode("motetcp")),
      option(OPT_END, new Uint8Array(0)),
    ]),
    block(INTERFACE_DESCRIPTION, [
      u16(linkType),
      u16(0), // reserved
      u32(snapLen),
      option(IF_NAME, new TextEncoder().encode(name)),
      option(IF_TSRESOL, Uint8Array.of(6)), // 10^-6 seconds
      option(OPT_END, new Uint8Array(0)),
    ]),
  ]);
}

/** Octets that `writePacket` writes for a packet of that length. */
export function packetBlockLen(packetLen: number): number {
  return PACKET_OVERHEAD_OCTETS + padded(packetLen);
}

/**
 * Writes an enhanced packet block at `at`; returns its length, `packetBlockLen`. `timeUs`:
 * microseconds since 1970, or since the origin of a virtual clock.
 */
export function writePacket(
  out: DataView,
  at: number,
  packet: Uint8Array,
  timeUs: number,
  direction: Direction,
): number {
  const total = packetBlockLen(packet.length);
  const time = Math.floor(timeUs);
  out.setUint32(at, ENHANCED_PACKET, true);
  out.setUint32(at + 4, total, true);
  out.setUint32(at + 8, 0, true); // interface
  out.setUint32(at + 12, Math.floor(time / 0x1_0000_0000), true);
  out.setUint32(at + 16, time >>> 0, true);
  out.setUint32(at + 20, packet.length, true); // captured
  out.setUint32(at + 24, packet.length, true); // original
  const octets = new Uint8Array(out.buffer, out.byteOffset + at + 28, padded(packet.length));
  octets.set(packet);
  octets.fill(0, packet.length);
  const flagsAt = at + 28 + octets.length;
  out.setUint16(flagsAt, EPB_FLAGS, true);
  out.setUint16(flagsAt + 2, 4, true);
  out.setUint32(flagsAt + 4, direction, true);
  out.setUint32(flagsAt + 8, OPT_END, true);
  out.setUint32(flagsAt + 12, total, true);
  return total;
}

function block(type: number, body: Uint8Array[]): Uint8Array {
  const inner = concat(body);
  const total = u32(12 + inner.length);
  return concat([u32(type), total, inner, total]);
}

function option(code: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(padded(value.length));
  octets.set(value);
  return concat([u16(code), u16(value.length), octets]);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
}

function concat(parts: Uint8Array[]): Uint8Array {
  const octets = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

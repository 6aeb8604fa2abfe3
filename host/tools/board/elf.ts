/**
 * What a linker's ELF file says must be in memory before the start: for images (.bin, .uf2), and to
 * mend octets in place. 32 bits, little endian, as the boards have it (System V ABI, "Program
 * Header").
 */

/** Octets that are loaded to one address. */
export interface Segment {
  /** Where it lies in flash: the physical address, not the one it may be copied to. */
  address: number;
  /** A view of the file: what is written here is written to the file. */
  octets: Uint8Array;
}

const MAGIC = 0x464c457f;
/** Octets 4 and 5: ELFCLASS32, ELFDATA2LSB. */
const CLASS_AND_ORDER = 0x0101;
/** Where the file header says where the program headers are, how long each is, and how many. */
const TABLE_AT = 0x1c;
const ENTRY_OCTETS_AT = 0x2a;
const ENTRY_COUNT_AT = 0x2c;
const PT_LOAD = 1;

/** The segments with contents, in the order of their addresses. Throws on another kind of file. */
export function elfSegments(elf: Uint8Array): Segment[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const isOurs = elf.length > 0x34 && view.getUint32(0, true) === MAGIC &&
    view.getUint16(4, true) === CLASS_AND_ORDER;
  if (!isOurs) throw new Error("this is no ELF file of a 32-bit, little-endian machine");
  const tableAt = view.getUint32(TABLE_AT, true);
  const entryOctets = view.getUint16(ENTRY_OCTETS_AT, true);
  const segments: Segment[] = [];
  for (let left = view.getUint16(ENTRY_COUNT_AT, true), at = tableAt; left > 0; left--) {
    const [type, offset, , address, size] = [0, 4, 8, 12, 16].map((field) =>
      view.getUint32(at + field, true)) as [number, number, number, number, number];
    if (type === PT_LOAD && size > 0) {
      segments.push({ address, octets: elf.subarray(offset, offset + size) });
    }
    at += entryOctets;
  }
  return segments.sort((a, b) => a.address - b.address);
}

/** The segments as one piece from the lowest address on; gaps are filled with `fill`. */
export function flatImage(elf: Uint8Array, fill = 0xff): Segment {
  const segments = elfSegments(elf);
  const address = segments[0]?.address ?? 0;
  const end = segments.reduce((most, { address: at, octets }) =>
    Math.max(most, at + octets.length), address);
  const octets = new Uint8Array(end - address).fill(fill);
  for (const segment of segments) octets.set(segment.octets, segment.address - address);
  return { address, octets };
}

/**
 * UF2, what boards with a boot loader on USB take: blocks of 512 octets, each with 256 octets for
 * one address, to be copied to the drive that the board shows (the format's specification is
 * Microsoft's "USB Flashing Format").
 */

const BLOCK_OCTETS = 512;
const PAYLOAD_OCTETS = 256;
const HEADER_OCTETS = 32;
const MAGIC_FIRST = 0x0a324655;
const MAGIC_SECOND = 0x9e5d5157;
const MAGIC_LAST = 0x0ab16f30;
/** The last word of the header names the family of chips; a boot loader takes its own only. */
const FAMILY_PRESENT = 0x2000;

/** The file for `octets` that belong at `address`, which is a multiple of 256. */
export function toUf2(octets: Uint8Array, address: number, family: number): Uint8Array {
  if (address % PAYLOAD_OCTETS !== 0) throw new RangeError("UF2: 256 octets begin in a page");
  const count = Math.ceil(octets.length / PAYLOAD_OCTETS);
  const file = new Uint8Array(count * BLOCK_OCTETS);
  const view = new DataView(file.buffer);
  for (let block = 0; block < count; block++) {
    const at = block * BLOCK_OCTETS;
    const from = block * PAYLOAD_OCTETS;
    const header = [
      MAGIC_FIRST, MAGIC_SECOND, FAMILY_PRESENT, address + from, PAYLOAD_OCTETS, block, count,
      family,
    ];
    header.forEach((word, index) => view.setUint32(at + 4 * index, word, true));
    file.set(octets.subarray(from, from + PAYLOAD_OCTETS), at + HEADER_OCTETS);
    view.setUint32(at + BLOCK_OCTETS - 4, MAGIC_LAST, true);
  }
  return file;
}

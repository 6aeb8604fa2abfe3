/**
 * The second stage of the RP2040's boot: the first 256 octets of its flash, which the boot ROM runs
 * if the CRC-32 in their last word is right, and otherwise becomes a USB drive. The linker cannot
 * calculate that word, so it is written into the ELF file afterwards.
 */
import { elfSegments } from "./elf.js";

export const FLASH_ADDRESS = 0x1000_0000;
export const STAGE_OCTETS = 256;
const CRC_AT = STAGE_OCTETS - 4;
const POLYNOMIAL = 0x04c1_1db7;

/**
 * The CRC of the datasheet, section 2.8.1.3.1: from 0xffffffff, the highest bit first, not
 * inverted at the end.
 */
export function bootStageCrc(octets: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const octet of octets) {
    crc ^= octet << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL : 0);
  }
  return crc >>> 0;
}

/** Whether the boot ROM would run what is at the beginning of this flash. */
export function isBootStageSealed(flash: Uint8Array): boolean {
  const view = new DataView(flash.buffer, flash.byteOffset, STAGE_OCTETS);
  return view.getUint32(CRC_AT, true) === bootStageCrc(flash.subarray(0, CRC_AT));
}

/** Writes the CRC into the file, in place. Throws when it has no second stage. */
export function sealBootStage(elf: Uint8Array): void {
  const first = elfSegments(elf)[0];
  if (first?.address !== FLASH_ADDRESS || first.octets.length < STAGE_OCTETS) {
    throw new Error("no second boot stage: there are no 256 octets at 0x10000000");
  }
  const { octets } = first;
  const view = new DataView(octets.buffer, octets.byteOffset, STAGE_OCTETS);
  view.setUint32(CRC_AT, bootStageCrc(octets.subarray(0, CRC_AT)), true);
}

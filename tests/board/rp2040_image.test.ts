/**
 * From a linker's ELF file to what an RP2040 takes: the second boot stage with the CRC-32 that the
 * boot ROM checks, the flat image, and UF2. Needs no compiler and no emulator.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  FLASH_ADDRESS, STAGE_OCTETS, bootStageCrc, isBootStageSealed, sealBootStage,
} from "../../host/tools/board/boot_stage.js";
import { elfSegments, flatImage } from "../../host/tools/board/elf.js";
import { toUf2 } from "../../host/tools/board/uf2.js";

const PT_NOTE = 4;
const PT_LOAD = 1;

interface Part {
  address: number;
  octets: Uint8Array;
  type?: number;
}

/** A file as a linker writes it: header, program headers, contents. */
function makeElf(parts: Part[]): Uint8Array {
  const header = 0x34;
  const entry = 0x20;
  let at = header + entry * parts.length;
  const elf = new Uint8Array(at + parts.reduce((sum, { octets }) => sum + octets.length, 0));
  const view = new DataView(elf.buffer);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint32(0x1c, header, true);
  view.setUint16(0x2a, entry, true);
  view.setUint16(0x2c, parts.length, true);
  parts.forEach(({ address, octets, type = PT_LOAD }, index) => {
    const words = [type, at, 0x2000_0000, address, octets.length, octets.length + 8, 5, 4];
    words.forEach((word, field) => {
      view.setUint32(header + entry * index + 4 * field, word, true);
    });
    elf.set(octets, at);
    at += octets.length;
  });
  return elf;
}

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

describe("the segments of an ELF file", () => {
  const elf = makeElf([
    { address: FLASH_ADDRESS + 300, octets: filled(5, 2) },
    { address: 7, octets: filled(4, 9), type: PT_NOTE },
    { address: FLASH_ADDRESS, octets: filled(STAGE_OCTETS, 1) },
    { address: 0x2000_0000, octets: filled(0, 0) },
  ]);

  it("are those that are loaded and not empty, by physical address", () => {
    const found = elfSegments(elf).map(({ address, octets }) => [address, octets.length]);
    assert.deepEqual(found, [[FLASH_ADDRESS, STAGE_OCTETS], [FLASH_ADDRESS + 300, 5]]);
  });

  it("make a flat image, whose gaps are as flash that was erased", () => {
    const { address, octets } = flatImage(elf);
    assert.equal(address, FLASH_ADDRESS);
    assert.equal(octets.length, 305);
    assert.deepEqual([octets[255], octets[256], octets[299], octets[300]], [1, 0xff, 0xff, 2]);
  });

  it("are not looked for in something else", () => {
    assert.throws(() => elfSegments(filled(100, 0)), /no ELF file/);
    const elf64 = elf.slice();
    elf64[4] = 2;
    assert.throws(() => elfSegments(elf64), /no ELF file/);
  });
});

describe("the second boot stage of an RP2040", () => {
  it("has the CRC-32 of the datasheet: its check value of \"123456789\" is 0x0376e6e7", () => {
    assert.equal(bootStageCrc(new TextEncoder().encode("123456789")), 0x0376e6e7);
  });

  it("gets it in the file itself, little endian, in octets 252 to 255", () => {
    const elf = makeElf([{ address: FLASH_ADDRESS, octets: filled(600, 0x5a) }]);
    assert.ok(!isBootStageSealed(flatImage(elf).octets));
    sealBootStage(elf);
    const { octets } = flatImage(elf);
    assert.ok(isBootStageSealed(octets));
    assert.equal(octets[251], 0x5a);
    assert.equal(octets[256], 0x5a);
    octets[100]! ^= 1;
    assert.ok(!isBootStageSealed(octets));
  });

  it("is missed where a program begins elsewhere", () => {
    const elf = makeElf([{ address: 0x2000_0000, octets: filled(600, 0) }]);
    assert.throws(() => sealBootStage(elf), /no second boot stage/);
  });
});

describe("UF2", () => {
  const FAMILY = 0xe48bff56;
  const octets = Uint8Array.from({ length: 600 }, (_, index) => index & 0xff);
  const file = toUf2(octets, FLASH_ADDRESS, FAMILY);
  const words = new Uint32Array(file.buffer);

  it("has blocks of 512 octets that bear 256 each, numbered, with magic words and family", () => {
    assert.equal(file.length, 3 * 512);
    for (let block = 0; block < 3; block++) {
      assert.deepEqual([...words.subarray(128 * block, 128 * block + 8)], [
        0x0a324655, 0x9e5d5157, 0x2000, FLASH_ADDRESS + 256 * block, 256, block, 3, FAMILY,
      ]);
      assert.equal(words[128 * block + 127], 0x0ab16f30);
    }
  });

  it("bears the image, filled up with zeros", () => {
    const payload = (block: number) => [...file.subarray(512 * block + 32).subarray(0, 256)];
    assert.deepEqual([0, 1, 2].flatMap(payload), [...octets, ...filled(768 - 600, 0)]);
    assert.ok(file.subarray(32 + 256, 508).every((octet) => octet === 0));
  });

  it("begins at a page", () => {
    assert.throws(() => toUf2(octets, FLASH_ADDRESS + 4, FAMILY), RangeError);
  });
});

/**
 * A reader of the captures that we write, written from the format's description alone, apart from
 * the writer.
 */
import assert from "node:assert/strict";

export interface Recorded {
  timeUs: number;
  outbound: boolean;
  packet: Uint8Array;
}

/** Reads a pcapng file strictly: any surprise is an error. */
export function parsePcapng(file: Buffer): { linkType: number; packets: Recorded[] } {
  const packets: Recorded[] = [];
  let linkType = -1;
  for (let at = 0; at < file.length; ) {
    const type = file.readUInt32LE(at);
    const total = file.readUInt32LE(at + 4);
    assert.equal(total % 4, 0);
    assert.equal(file.readUInt32LE(at + total - 4), total);
    if (at === 0) {
      assert.equal(type, 0x0a0d0d0a);
      assert.equal(file.readUInt32LE(8), 0x1a2b3c4d);
      assert.equal(file.readUInt16LE(12), 1);
    } else if (type === 1) {
      linkType = file.readUInt16LE(at + 8);
      assert.equal(optionsOf(file, at + 16, at + total - 4).get(9)?.[0], 6);
    } else {
      assert.equal(type, 6);
      const captured = file.readUInt32LE(at + 20);
      assert.equal(file.readUInt32LE(at + 24), captured);
      const flags = optionsOf(file, at + 28 + ((captured + 3) & ~3), at + total - 4).get(2);
      packets.push({
        timeUs: file.readUInt32LE(at + 12) * 2 ** 32 + file.readUInt32LE(at + 16),
        outbound: flags?.readUInt32LE(0) === 2,
        packet: new Uint8Array(file.subarray(at + 28, at + 28 + captured)),
      });
    }
    at += total;
  }
  return { linkType, packets };
}

function optionsOf(file: Buffer, at: number, end: number): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  while (at < end) {
    const code = file.readUInt16LE(at);
    const length = file.readUInt16LE(at + 2);
    if (code === 0) return options;
    options.set(code, file.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  throw new Error("no end of options");
}

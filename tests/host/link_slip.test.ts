/**
 * Aim: the host's SLIP codec is RFC 1055's. Method: its characters by hand, a round trip of random
 * packets through random cuts, and damaged lines.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../host/link/random.js";
import { slipEncode, slipEncodedMax, SlipDecoder, SlipEncoder } from "../../host/link/slip.js";

function decode(octets: number[], decoder = new SlipDecoder()): number[][] {
  const packets: number[][] = [];
  decoder.push(Uint8Array.from(octets), (packet) => packets.push([...packet]));
  return packets;
}

describe("slipEncode", () => {
  it("escapes END and ESC, and puts an END on both sides", () => {
    const out = new Uint8Array(slipEncodedMax(4));
    const length = slipEncode(Uint8Array.of(1, 0xc0, 0xdb, 2), out);
    const expected = [0xc0, 1, 0xdb, 0xdc, 0xdb, 0xdd, 2, 0xc0];
    assert.deepEqual([...out.subarray(0, length)], expected);
  });

  it("never needs more than slipEncodedMax", () => {
    const out = new Uint8Array(slipEncodedMax(100));
    assert.equal(slipEncode(new Uint8Array(100).fill(0xc0), out), slipEncodedMax(100));
  });
});

describe("SlipDecoder", () => {
  it("finds packets, ignores empty ones, waits for the END", () => {
    const decoder = new SlipDecoder();
    assert.deepEqual(decode([0xc0, 0xc0, 1, 2, 0xc0, 0xc0, 3, 0xdb], decoder), [[1, 2]]);
    assert.deepEqual(decode([0xdc, 4, 0xc0], decoder), [[3, 0xc0, 4]]);
  });

  it("keeps the octet behind an ESC that RFC 1055 does not know, and counts", () => {
    const decoder = new SlipDecoder();
    assert.deepEqual(decode([0xdb, 7, 0xc0], decoder), [[7]]);
    assert.equal(decoder.malformedCount, 1);
  });

  it("begins anew at an END, even behind an ESC", () => {
    assert.deepEqual(decode([1, 0xdb, 0xc0, 0xdc, 0xc0]), [[1], [0xdc]]);
  });

  it("drops a packet beyond its limit, counts it, and takes the next", () => {
    const decoder = new SlipDecoder(4);
    assert.deepEqual(decode([1, 2, 3, 4, 5, 0xc0, 1, 2, 3, 4, 0xc0], decoder), [[1, 2, 3, 4]]);
    assert.equal(decoder.tooLongCount, 1);
  });

  it("gives back what was encoded, however the line is cut", () => {
    const random = new Random(1055);
    const encoder = new SlipEncoder();
    for (let round = 0; round < 200; round++) {
      const packets: number[][] = [];
      const line: number[] = [];
      for (let index = 0; index < 10; index++) {
        const packet = random.fill(new Uint8Array(random.between(1, 300)));
        // Plenty of the characters that matter.
        for (let at = 0; at < packet.length; at++) {
          if (random.chance(0.3)) packet[at] = [0xc0, 0xdb, 0xdc, 0xdd][random.below(4)]!;
        }
        packets.push([...packet]);
        line.push(...encoder.encode(packet));
      }
      const decoder = new SlipDecoder(300);
      const decoded: number[][] = [];
      for (let at = 0; at < line.length; ) {
        const length = random.between(1, 50);
        decoded.push(...decode(line.slice(at, at + length), decoder));
        at += length;
      }
      assert.deepEqual(decoded, packets);
    }
  });
});

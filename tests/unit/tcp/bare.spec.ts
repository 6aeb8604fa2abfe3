/** Segments that are all header, with timestamps as agreed, and whole. */
import { bareTimestamp, isBare } from "../../../assembly/tcp/bare";
import { get16, put16, put32 } from "../support/packets";
import { ACK, begin, options, putSegment } from "../support/peer";

const packet: usize = memory.data(100, 8);

/** A segment with `textLen` octets of text and `optionLen` of options, at `packet`. */
function put(textLen: u32, optionLen: u32, first: u32 = 0x0101080a, value: u32 = 1000): void {
  put32(options, first);
  put32(options + 4, value);
  put32(options + 8, 5);
  putSegment(packet, ACK, 1, 2, textLen, 8192, optionLen);
}

describe("isBare", () => {
  beforeEach(() => begin());

  it("is a header alone, or with timestamps if they were agreed on", () => {
    put(0, 0);
    expect<bool>(isBare(packet, false, 0)).toBe(true);
    expect<bool>(isBare(packet, true, 0)).toBe(false);
    put(0, 12);
    expect<bool>(isBare(packet, false, 0)).toBe(false);
    expect<bool>(isBare(packet, true, 0)).toBe(true);
    put(12, 0);
    expect<bool>(isBare(packet, true, 0)).toBe(false);
    put(1, 0);
    expect<bool>(isBare(packet, false, 0)).toBe(false);
  });

  it("is not with text that makes up for its length in the checksum", () => {
    put(0, 0);
    const sum = get16(packet + 36);
    put(2, 0);
    put16(packet + 40, 0xfffd);
    put16(packet + 36, sum);
    expect<bool>(isBare(packet, false, 0)).toBe(false);
  });

  it("is not with other options of their length", () => {
    put(0, 12, 0x0101050a);
    expect<bool>(isBare(packet, true, 0)).toBe(false);
  });

  it("is not with timestamps that are older, also across the wrap", () => {
    put(0, 12);
    expect<bool>(isBare(packet, true, 1000)).toBe(true);
    expect<bool>(isBare(packet, true, 1001)).toBe(false);
    expect<bool>(isBare(packet, true, 0xffffffff)).toBe(true);
    // Nobody agreed on any, so there is no last one.
    put(0, 0);
    expect<bool>(isBare(packet, false, 1001)).toBe(true);
  });

  it("is not when any bit of the segment has been flipped", () => {
    put(0, 12);
    for (let bit: u32 = 8 * 20; bit < 8 * 52; bit++) {
      const at = packet + <usize>(bit >> 3);
      const flipped = <u8>1 << <u8>(bit & 7);
      store<u8>(at, load<u8>(at) ^ flipped);
      expect<bool>(isBare(packet, true, 0)).toBe(false);
      store<u8>(at, load<u8>(at) ^ flipped);
    }
    expect<bool>(isBare(packet, true, 0)).toBe(true);
  });
});

describe("bareTimestamp", () => {
  it("is TSval", () => {
    put(0, 12, 0x0101080a, 0x01020304);
    expect<u32>(bareTimestamp(packet)).toBe(0x01020304);
  });
});

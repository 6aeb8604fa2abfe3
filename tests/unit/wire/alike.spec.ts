/** Whether two segments have the same headers: every bit of them, one by one. */
import {
  LENGTH, areLinksAlike, arePairsAlike, areSegmentsAlike,
} from "../../../assembly/wire/alike";
import { fillRandom, seed } from "../support/numbers";

const LEN: u32 = 96;
const one: usize = memory.data(128, 8);
const other: usize = memory.data(128, 8);

function same(): void {
  seed(7);
  fillRandom(one, LEN);
  memory.copy(other, one, LEN);
}

describe("areLinksAlike", () => {
  beforeEach(() => same());

  it("compares the 14 octets in front, each of them, and no others", () => {
    expect<bool>(areLinksAlike(one + 16, other + 16)).toBe(true);
    for (let at: usize = 0; at < 64; at++) {
      for (let bit: u32 = 1; bit < 256; bit <<= 1) {
        store<u8>(one + at, load<u8>(one + at) ^ <u8>bit);
        const isOfLink = at >= 2 && at < 16;
        expect<bool>(areLinksAlike(one + 16, other + 16)).toBe(!isOfLink);
        store<u8>(one + at, load<u8>(one + at) ^ <u8>bit);
      }
    }
  });

  it("finds octets that differ in the same way in two places", () => {
    for (let at: usize = 2; at < 9; at++) {
      store<u8>(one + at, load<u8>(one + at) ^ 1);
      store<u8>(one + at + 6, load<u8>(one + at + 6) ^ 1);
      expect<bool>(areLinksAlike(one + 16, other + 16)).toBe(false);
      same();
    }
  });
});

describe("arePairsAlike and areSegmentsAlike", () => {
  beforeEach(() => same());

  it("compare all but sequence number, PSH, checksum and urgent pointer, and no text", () => {
    for (let headerLen: u32 = 20; headerLen <= 60; headerLen += 4) {
      for (let at: usize = 0; at < LEN; at++) {
        for (let bit: u32 = 1; bit < 256; bit <<= 1) {
          // RFC 9293 section 3.1: in front are the 20 octets of the IP header.
          const isLength = at == 2 || at == 3 || at == 10 || at == 11;
          const isSequence = at >= 24 && at < 28;
          const isPush = at == 33 && bit == 8;
          const isSum = at >= 36 && at < 40;
          const isText = at >= 20 + headerLen;
          expect<bool>(arePairsAlike(one, other, 0)).toBe(true);
          expect<bool>(areSegmentsAlike(one, other, headerLen)).toBe(true);
          store<u8>(one + at, load<u8>(one + at) ^ <u8>bit);
          expect<bool>(arePairsAlike(one, other, 0)).toBe(at >= 24);
          expect<bool>(arePairsAlike(other, one, LENGTH)).toBe(at >= 24 || isLength);
          const isAlike = at < 24 || isSequence || isPush || isSum || isText;
          expect<bool>(areSegmentsAlike(one, other, headerLen)).toBe(isAlike);
          expect<bool>(areSegmentsAlike(other, one, headerLen)).toBe(isAlike);
          store<u8>(one + at, load<u8>(one + at) ^ <u8>bit);
        }
      }
    }
  });

  it("find octets that differ in the same way in two places", () => {
    for (let at: usize = 0; at < 16; at++) {
      store<u8>(one + at, load<u8>(one + at) ^ 1);
      store<u8>(one + at + 8, load<u8>(one + at + 8) ^ 1);
      expect<bool>(arePairsAlike(one, other, 0)).toBe(false);
      same();
    }
  });
});

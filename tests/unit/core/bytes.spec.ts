/** Octets in network order; words. */
import {
  align8, clearWords, copyBlock, load16, load32, store16, store32,
} from "../../../assembly/core/bytes";
import { fillRandom, isFilled, seed } from "../support/numbers";

const at: usize = memory.data(16, 8);
const words: usize = memory.data(64, 8);
const from: usize = memory.data(160, 8);
const to: usize = memory.data(160, 8);

describe("store16 and load16", () => {
  it("put the high octet first", () => {
    store16(at, 0x1234);
    expect<u32>(load<u8>(at)).toBe(0x12);
    expect<u32>(load<u8>(at, 1)).toBe(0x34);
    expect<u32>(load16(at)).toBe(0x1234);
  });

  it("work at odd addresses and leave the octets beside alone", () => {
    memory.fill(at, 0xee, 16);
    store16(at + 3, 0xabcd);
    expect<u32>(load16(at + 3)).toBe(0xabcd);
    expect<u32>(load<u8>(at, 2)).toBe(0xee);
    expect<u32>(load<u8>(at, 5)).toBe(0xee);
  });

  it("take the low 16 bits of what is larger", () => {
    store16(at, 0xffff0001);
    expect<u32>(load16(at)).toBe(1);
  });
});

describe("store32 and load32", () => {
  it("put the highest octet first", () => {
    store32(at, 0x01020304);
    for (let index: u32 = 0; index < 4; index++) {
      expect<u32>(load<u8>(at + index)).toBe(index + 1);
    }
    expect<u32>(load32(at)).toBe(0x01020304);
  });

  it("keep the corners of 32 bits", () => {
    const corners: u32[] = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff];
    for (let index = 0; index < corners.length; index++) {
      store32(at + 1, corners[index]);
      expect<u32>(load32(at + 1)).toBe(corners[index]);
    }
  });
});

describe("align8", () => {
  it("gives the next multiple of 8, and a multiple itself", () => {
    expect<usize>(align8(0)).toBe(0);
    expect<usize>(align8(1)).toBe(8);
    expect<usize>(align8(8)).toBe(8);
    expect<usize>(align8(9)).toBe(16);
    expect<usize>(align8(65529)).toBe(65536);
  });
});

describe("clearWords", () => {
  it("clears as many octets as it is told, and no others", () => {
    for (let len: usize = 0; len <= 48; len += 8) {
      memory.fill(words, 0xee, 64);
      clearWords(words + 8, len);
      for (let index: usize = 0; index < 64; index++) {
        const isCleared = index >= 8 && index < 8 + len;
        expect<u32>(load<u8>(words + index)).toBe(isCleared ? 0 : 0xee);
      }
    }
  });
});

describe("copyBlock", () => {
  it("copies so many octets, and no more than 15 beside them, from anywhere to anywhere", () => {
    seed(1);
    fillRandom(from, 160);
    for (let offset: usize = 0; offset < 16; offset++) {
      for (let len: usize = 0; len <= 100; len++) {
        memory.fill(to, 0xee, 160);
        copyBlock(to + 8, from + offset, len);
        expect<i32>(memory.compare(to + 8, from + offset, len)).toBe(0);
        const end: usize = 8 + ((len + 15) & ~15);
        expect<bool>(isFilled(to, 8, 0xee)).toBe(true);
        expect<bool>(isFilled(to + end, 160 - <u32>end, 0xee)).toBe(true);
      }
    }
  });
});

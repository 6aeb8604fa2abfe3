/** Random numbers from the host's entropy. */
import { NH_KEY_WORDS } from "../../../assembly/core/hash";
import {
  clearRandom, drawTableKeys, functionKeyAt, random15, random64, randomBelow, seedRandom,
  tableKeysAt,
} from "../../../assembly/core/random";
import { isFilled } from "../support/numbers";

const entropy: usize = memory.data(32, 8);

function seedWith(octet: u8): void {
  memory.fill(entropy, octet, 32);
  seedRandom(entropy);
}

describe("seedRandom", () => {
  beforeEach(() => clearRandom());

  it("wipes the entropy it took", () => {
    seedWith(0x5a);
    expect<bool>(isFilled(entropy, 32, 0)).toBe(true);
  });

  it("makes the same numbers of the same entropy, and others of other entropy", () => {
    seedWith(1);
    const first = random64();
    const second = random64();
    clearRandom();
    seedWith(1);
    expect<u64>(random64()).toBe(first);
    expect<u64>(random64()).toBe(second);
    clearRandom();
    seedWith(2);
    expect<u64>(random64()).not.toBe(first);
  });

  it("adds to what was there: a reseed does not forget the first seed", () => {
    seedWith(1);
    seedWith(2);
    const both = random64();
    clearRandom();
    seedWith(2);
    expect<u64>(random64()).not.toBe(both);
  });

  it("gives functions a key of their own half of the entropy", () => {
    for (let index: u32 = 0; index < 32; index++) store<u8>(entropy + index, <u8>index);
    seedRandom(entropy);
    for (let index: u32 = 0; index < 16; index++) {
      expect<u32>(load<u8>(functionKeyAt() + index)).toBe(16 + index);
    }
  });
});

describe("random64", () => {
  it("does not repeat, and has about as many ones as zeros", () => {
    clearRandom();
    seedWith(9);
    let ones: u64 = 0;
    let before: u64 = 0;
    for (let run = 0; run < 1000; run++) {
      const value = random64();
      expect<u64>(value).not.toBe(before);
      ones += popcnt<u64>(value);
      before = value;
    }
    // 32,000 expected, standard deviation 126.
    expect<bool>(ones > 31_200 && ones < 32_800).toBe(true);
  });
});

describe("random15", () => {
  beforeEach(() => {
    clearRandom();
    seedWith(7);
  });

  it("gives 15 bits, each of them 0 and 1 about as often", () => {
    let any: u32 = 0;
    let ones: u32 = 0;
    for (let run = 0; run < 1000; run++) {
      const bits = random15();
      any |= bits;
      ones += popcnt<u32>(bits);
    }
    expect<u32>(any).toBe(0x7fff);
    // 7,500 expected, standard deviation 61.
    expect<bool>(ones > 7_100 && ones < 7_900).toBe(true);
  });
});

describe("randomBelow", () => {
  it("stays below its bound and takes every value", () => {
    clearRandom();
    seedWith(3);
    for (let bound: u32 = 1; bound <= 20; bound++) {
      let seen: u32 = 0;
      for (let run = 0; run < 400; run++) {
        const value = randomBelow(bound);
        expect<bool>(value < bound).toBe(true);
        seen |= 1 << value;
      }
      expect<i32>(popcnt<u32>(seen)).toBe(bound);
    }
    expect<bool>(randomBelow(65536) < 65536).toBe(true);
  });
});

describe("drawTableKeys", () => {
  it("draws keys that a reseed leaves alone", () => {
    clearRandom();
    seedWith(4);
    drawTableKeys();
    const first = load<u64>(tableKeysAt());
    const last = load<u64>(tableKeysAt() + 8 * (NH_KEY_WORDS - 1));
    expect<u64>(first).not.toBe(0);
    expect<u64>(last).not.toBe(first);
    seedWith(5);
    expect<u64>(load<u64>(tableKeysAt())).toBe(first);
  });
});

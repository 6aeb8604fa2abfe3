/** SipHash-2-4 against OpenSSL's, and how NH spreads. */
import { NH_KEY_WORDS, hashPair, lastSipHashWord, sipHash } from "../../../assembly/core/hash";
import { fillRandom, seed } from "../support/numbers";

const key: usize = memory.data(16, 8);
const message: usize = memory.data(64, 8);
const nhKey: usize = memory.data(32, 8);

/** Of the message's first octets, as many as `words` words have room for beside the length. */
function hashOf(words: u32): u64 {
  const last = message + (<usize>(words - 1) << 3);
  store<u64>(last, lastSipHashWord(words, load<u64>(last) & 0xffffffffffffff));
  return sipHash(key, message, words);
}

describe("sipHash", () => {
  beforeEach(() => {
    for (let index: u32 = 0; index < 16; index++) store<u8>(key + index, <u8>index);
    for (let index: u32 = 0; index < 64; index++) store<u8>(message + index, <u8>index);
  });

  it("gives what OpenSSL gives for key 00..0f and messages of 7, 15, 23 and 31 octets", () => {
    expect<u64>(hashOf(1)).toBe(0xab0200f58b01d137);
    expect<u64>(hashOf(2)).toBe(0xa129ca6149be45e5);
    expect<u64>(hashOf(3)).toBe(0xa80c038ccd5ccec8);
    expect<u64>(hashOf(4)).toBe(0x32d892fad841c342);
  });

  it("changes with every bit of the key and of the message", () => {
    const before = sipHash(key, message, 2);
    for (let bit: u32 = 0; bit < 128; bit++) {
      const flip = <u8>(<u32>1 << (bit & 7));
      store<u8>(key + (bit >> 3), load<u8>(key + (bit >> 3)) ^ flip);
      expect<u64>(sipHash(key, message, 2)).not.toBe(before);
      store<u8>(key + (bit >> 3), load<u8>(key + (bit >> 3)) ^ flip);
      store<u8>(message + (bit >> 3), load<u8>(message + (bit >> 3)) ^ flip);
      expect<u64>(sipHash(key, message, 2)).not.toBe(before);
      store<u8>(message + (bit >> 3), load<u8>(message + (bit >> 3)) ^ flip);
    }
  });
});

describe("hashPair", () => {
  it("is the same for the same pair, and another under another key", () => {
    seed(1);
    fillRandom(nhKey, 8 * NH_KEY_WORDS);
    const before = hashPair(nhKey, 0, 0x0100000affff0000, 0x50001234);
    expect<u32>(hashPair(nhKey, 0, 0x0100000affff0000, 0x50001234)).toBe(before);
    fillRandom(nhKey, 8 * NH_KEY_WORDS);
    expect<u32>(hashPair(nhKey, 0, 0x0100000affff0000, 0x50001234)).not.toBe(before);
  });

  it("spreads ports counted upwards from one address over the buckets, under every key", () => {
    // 1,024 pairs over 256 buckets: 4 each. By chance alone no bucket of 20 keys gets 24.
    for (let run: u32 = 0; run < 20; run++) {
      seed(run);
      fillRandom(nhKey, 8 * NH_KEY_WORDS);
      const counts = new StaticArray<u32>(256);
      let most: u32 = 0;
      for (let port: u32 = 0; port < 1024; port++) {
        const ports = 0x5000 | (<u32>bswap<u16>(<u16>(40000 + port)) << 16);
        const bucket = hashPair(nhKey, 0, 0x0100000affff0000, ports) & 255;
        counts[bucket]++;
        most = max<u32>(most, counts[bucket]);
      }
      expect<u32>(most).toBeLessThan(24);
    }
  });

  it("spreads hosts of one network that use the same port", () => {
    for (let run: u32 = 0; run < 20; run++) {
      seed(run + 100);
      fillRandom(nhKey, 8 * NH_KEY_WORDS);
      const counts = new StaticArray<u32>(256);
      let most: u32 = 0;
      for (let host: u32 = 0; host < 1024; host++) {
        const address = bswap<u32>(0x0a000000 + host);
        const bucket = hashPair(nhKey, 0, (<u64>address << 32) | 0xffff0000, 0x50001234) & 255;
        counts[bucket]++;
        most = max<u32>(most, counts[bucket]);
      }
      expect<u32>(most).toBeLessThan(24);
    }
  });

  it("lets two given pairs collide about as often as chance says", () => {
    let collisions: u32 = 0;
    seed(77);
    for (let run: u32 = 0; run < 4096; run++) {
      fillRandom(nhKey, 8 * NH_KEY_WORDS);
      const low: u64 = 0x0100000affff0000;
      const a = hashPair(nhKey, 0, low, 0x50001234) & 255;
      const b = hashPair(nhKey, 0, low, 0x50001235) & 255;
      if (a == b) collisions++;
    }
    // 4,096 / 256 = 16 expected.
    expect<u32>(collisions).toBeLessThan(48);
    expect<u32>(collisions).toBeGreaterThan(0);
  });
});

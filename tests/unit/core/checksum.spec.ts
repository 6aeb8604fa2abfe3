/**
 * The Internet checksum, held against the definition in RFC 1071 written as plainly as possible.
 * Compiled with SIMD, as for Node: parts of 64 octets and more take the vector path, shorter ones
 * the scalar path that is all the board has; both are tried on the same octets.
 */
import {
  addOctets, addOdd, addWords, copyAndAdd, finish, fold,
} from "../../../assembly/core/checksum";
import { below, fillRandom, isFilled, seed } from "../support/numbers";

const SIZE: u32 = 4096;
const source: usize = memory.data(SIZE, 16);
const target: usize = memory.data(SIZE, 16);

/** RFC 1071 section 1, octet by octet, as the number that a big-endian machine has. */
function plainSum(at: usize, len: u32): u32 {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < len; index++) {
    const octet = <u32>load<u8>(at + index);
    sum += index & 1 ? octet : octet << 8;
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

/** A folded native sum as that number. 0 and 0xffff are the same in ones' complement. */
function big(folded: u32): u32 {
  const swapped = <u32>bswap<u16>(<u16>folded);
  return swapped == 0 ? 0xffff : swapped;
}

function plainBig(at: usize, len: u32): u32 {
  const sum = plainSum(at, len);
  return sum == 0 ? 0xffff : sum;
}

/** Sums in pieces below 64 octets, which never take the vector path. */
function scalarSum(at: usize, len: u32): u64 {
  let sum: u64 = 0;
  while (len > 0) {
    const piece = min<u32>(len, 62);
    sum = addOctets(sum, at, piece);
    at += piece;
    len -= piece;
  }
  return sum;
}

/** Summing, and copying too, agree with the scalar sum and the definition. */
function agree(at: usize, len: u32): void {
  const sum = fold(addOctets(0, at, len));
  expect<u32>(sum).toBe(fold(scalarSum(at, len)));
  expect<u32>(big(sum)).toBe(plainBig(at, len));
  expect<u32>(fold(copyAndAdd(0, target, at, len))).toBe(sum);
  expect<i32>(memory.compare(target, at, len)).toBe(0);
}

describe("addOctets", () => {
  it("sums the example of RFC 1071 section 3 to ddf2", () => {
    const words: u8[] = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
    for (let index = 0; index < 8; index++) store<u8>(source + index, words[index]);
    expect<u32>(big(fold(addOctets(0, source, 8)))).toBe(0xddf2);
  });

  it("agrees with the definition for every length up to 300, at every alignment", () => {
    seed(1);
    fillRandom(source, SIZE);
    for (let len: u32 = 0; len <= 300; len++) {
      const at = source + (len * 7) % 16;
      expect<u32>(big(fold(addOctets(0, at, len)))).toBe(plainBig(at, len));
    }
  });

  it("agrees with the definition for random octets and lengths", () => {
    for (let run: u32 = 0; run < 200; run++) {
      seed(run);
      fillRandom(source, SIZE);
      const at = source + below(16);
      const len = below(SIZE - 16);
      expect<u32>(big(fold(addOctets(0, at, len)))).toBe(plainBig(at, len));
    }
  });

  it("gives by vectors what it gives without", () => {
    for (let run: u32 = 0; run < 200; run++) {
      seed(run + 1000);
      fillRandom(source, SIZE);
      const len = 64 + below(SIZE - 64);
      expect<u32>(fold(addOctets(0, source, len))).toBe(fold(scalarSum(source, len)));
    }
  });

  it("does not overflow on the largest packet of ones", () => {
    const whole = heap.alloc(65536);
    memory.fill(whole, 0xff, 65536);
    expect<u32>(fold(addOctets(0, whole, 65535))).toBe(fold(scalarSum(whole, 65535)));
    expect<u32>(fold(addOctets(0, whole, 65534))).toBe(0xffff);
    heap.free(whole);
  });

  it("sums words at the edges of their signs, for lengths around whole blocks", () => {
    // Vectors add words as signed numbers.
    const words: u16[] = [0, 1, 0x7f, 0x80, 0xff, 0x7ffe, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff];
    for (let which = 0; which < words.length; which++) {
      for (let at = source; at < source + SIZE; at += 2) store<u16>(at, words[which]);
      for (let blocks: u32 = 0; blocks <= 4; blocks++) {
        for (let len = blocks * 64; len < blocks * 64 + 3; len++) agree(source, len);
        if (blocks > 0) for (let less: u32 = 1; less < 4; less++) agree(source, blocks * 64 - less);
      }
    }
  });

  it("sums each lane of a block, and no octet twice", () => {
    for (let lane: u32 = 0; lane < 128; lane++) {
      memory.fill(source, 0, 192);
      store<u8>(source + lane, 0x9c);
      for (let len: u32 = 126; len <= 129; len++) agree(source, len);
    }
  });

  it("sums the longest packets of the largest and smallest words, odd and even", () => {
    const whole = heap.alloc(65536);
    const words: u32[] = [0, 0x80008000, 0x7fff7fff, 0x80007fff, 0xffffffff];
    for (let which = 0; which < words.length; which++) {
      for (let at: u32 = 0; at < 65536; at += 4) store<u32>(whole + at, words[which]);
      for (let less: u32 = 0; less < 3; less++) {
        const len = 65535 - less;
        expect<u32>(fold(addOctets(0, whole, len))).toBe(fold(scalarSum(whole, len)));
      }
    }
    heap.free(whole);
  });

  it("carries a sum on", () => {
    seed(5);
    fillRandom(source, 400);
    const first = addOctets(0, source, 222);
    expect<u32>(fold(addOctets(first, source + 222, 178))).toBe(fold(addOctets(0, source, 400)));
  });

  it("sums nothing to nothing", () => {
    expect<u32>(fold(addOctets(0, source, 0))).toBe(0);
  });
});

describe("addWords", () => {
  it("sums what addOctets sums, where octets come by fours", () => {
    fillRandom(source, 64);
    for (let len: u32 = 0; len <= 60; len += 4) {
      expect<u32>(fold(addWords(7, source, len))).toBe(fold(addOctets(7, source, len)));
    }
  });
});

describe("copyAndAdd", () => {
  it("copies exactly the octets, whatever length and alignment, and sums them", () => {
    for (let run: u32 = 0; run < 400; run++) {
      seed(run);
      fillRandom(source, SIZE);
      memory.fill(target, 0xa5, SIZE);
      const len = run < 200 ? run : below(SIZE - 64);
      const from = source + below(16);
      const to = target + 16 + below(16);
      const sum = copyAndAdd(0, to, from, len);
      expect<i32>(memory.compare(to, from, len)).toBe(0);
      expect<bool>(isFilled(target, <u32>(to - target), 0xa5)).toBe(true);
      expect<bool>(isFilled(to + len, 16, 0xa5)).toBe(true);
      expect<u32>(big(fold(sum))).toBe(plainBig(from, len));
    }
  });
});

describe("addOdd", () => {
  it("adds a part that begins at an odd offset", () => {
    for (let run: u32 = 0; run < 100; run++) {
      seed(run + 50);
      fillRandom(source, 600);
      const split = below(300) | 1;
      const len = split + below(300);
      const first = addOctets(0, source, split);
      const whole = addOdd(first, addOctets(0, source + split, len - split));
      expect<u32>(big(fold(whole))).toBe(plainBig(source, len));
    }
  });
});

describe("fold and finish", () => {
  it("fold the largest sum", () => {
    expect<u32>(fold(0xffffffffffffffff)).toBe(0xffff);
    expect<u32>(fold(0x1_0000_0000)).toBe(1);
    expect<u32>(fold(0)).toBe(0);
  });

  it("make a checksum with which the whole sums to ffff", () => {
    for (let run: u32 = 0; run < 100; run++) {
      seed(run);
      const len = 2 + below(200);
      fillRandom(source, len);
      store<u16>(source, 0);
      store<u16>(source, <u16>finish(addOctets(0, source, len)));
      expect<u32>(fold(addOctets(0, source, len))).toBe(0xffff);
    }
  });

  it("notice any single flipped bit", () => {
    seed(3);
    const len: u32 = 41;
    fillRandom(source, len);
    store<u16>(source + 10, 0);
    store<u16>(source + 10, <u16>finish(addOctets(0, source, len)));
    for (let bit: u32 = 0; bit < len * 8; bit++) {
      const at = source + (bit >> 3);
      store<u8>(at, load<u8>(at) ^ <u8>(<u32>1 << (bit & 7)));
      expect<u32>(fold(addOctets(0, source, len))).not.toBe(0xffff);
      store<u8>(at, load<u8>(at) ^ <u8>(<u32>1 << (bit & 7)));
    }
  });
});

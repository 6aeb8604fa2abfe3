/** Rings: an octet's place is its sequence number modulo the length. */
import { addOctets, fold } from "../../../assembly/core/checksum";
import {
  ringAt, ringPiece, ringRead, ringReadAdd, ringWrite, ringWriteAdd,
} from "../../../assembly/core/ring";
import { CORNERS, below, fillRandom, isFilled, seed } from "../support/numbers";

const SIZE: u32 = 256;
const MASK: u32 = SIZE - 1;
const ring: usize = memory.data(SIZE + 16, 16);
const text: usize = memory.data(SIZE, 16);
const copy: usize = memory.data(SIZE + 16, 16);

/** 0 and ffff are the same number in ones' complement. */
function sumOf(sum: u64): u32 {
  const folded = fold(sum);
  return folded == 0 ? 0xffff : folded;
}

function holds(seq: u32, len: u32): bool {
  for (let index: u32 = 0; index < len; index++) {
    if (load<u8>(ring + ((seq + index) & MASK)) != load<u8>(text + index)) return false;
  }
  return true;
}

describe("ringAt", () => {
  it("puts a sequence number at its rest, also beyond the wrap of the sequence space", () => {
    for (let index = 0; index < CORNERS.length; index++) {
      expect<usize>(ringAt(ring, MASK, CORNERS[index])).toBe(ring + (CORNERS[index] % SIZE));
    }
  });
});

describe("ringPiece", () => {
  it("ends at the ring's end", () => {
    expect<u32>(ringPiece(MASK, 0, 100)).toBe(100);
    expect<u32>(ringPiece(MASK, 0, SIZE)).toBe(SIZE);
    expect<u32>(ringPiece(MASK, 250, 100)).toBe(6);
    expect<u32>(ringPiece(MASK, 0xffffffff, 100)).toBe(1);
    expect<u32>(ringPiece(MASK, 7, 0)).toBe(0);
  });
});

describe("ringWrite, ringWriteAdd and ringReadAdd", () => {
  it("store and fetch any piece at any place, and sum it", () => {
    for (let run: u32 = 0; run < 500; run++) {
      seed(run);
      fillRandom(text, SIZE);
      memory.fill(ring, 0xa5, SIZE + 16);
      memory.fill(copy, 0xa5, SIZE + 16);
      const seq = CORNERS[run % CORNERS.length] + below(600) - 300;
      const len = below(SIZE + 1);
      const sum = ringWriteAdd(0, ring, MASK, seq, text, len);
      expect<bool>(holds(seq, len)).toBe(true);
      expect<u32>(sumOf(sum)).toBe(sumOf(addOctets(0, text, len)));
      const again = ringReadAdd(0, copy, ring, MASK, seq, len);
      expect<i32>(memory.compare(copy, text, len)).toBe(0);
      expect<u32>(sumOf(again)).toBe(sumOf(sum));
      expect<bool>(isFilled(copy + len, 16, 0xa5)).toBe(true);
      memory.fill(copy, 0xa5, SIZE + 16);
      ringRead(copy, ring, MASK, seq, len);
      expect<i32>(memory.compare(copy, text, len)).toBe(0);
      expect<bool>(isFilled(copy + len, 16, 0xa5)).toBe(true);
      // Octets of the ring that were not meant, and what lies behind it, are as before.
      for (let index = len; index < SIZE; index++) {
        const octet = load<u8>(ring + ((seq + index) & MASK));
        if (octet != 0xa5) throw new Error("an octet beside was written");
      }
      expect<bool>(isFilled(ring + SIZE, 16, 0xa5)).toBe(true);
    }
  });

  it("store the same with and without a sum", () => {
    seed(3);
    fillRandom(text, 100);
    ringWrite(ring, MASK, 0xffffffe0, text, 100);
    expect<bool>(holds(0xffffffe0, 100)).toBe(true);
  });

  it("carry a sum on", () => {
    seed(4);
    fillRandom(text, 100);
    const sum = ringWriteAdd(0x1234, ring, MASK, 200, text, 100);
    expect<u32>(sumOf(sum)).toBe(sumOf(addOctets(0x1234, text, 100)));
  });
});

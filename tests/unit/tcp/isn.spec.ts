/** Initial sequence numbers (RFC 6528) and timestamp offsets (RFC 7323). */
import { Parameter } from "../../../assembly/abi/parameters";
import { parametersPtr, reseed } from "../../../assembly/api/setup";
import { nextDeadline } from "../../../assembly/api/stack";
import { pairOf } from "../../../assembly/core/pair";
import { theInterface } from "../../../assembly/net/interface";
import { cookieHash, initialSequence, timestampOffset } from "../../../assembly/tcp/isn";
import { begin, jump, now } from "../support/peer";

const LOW: u64 = 0x0200000affff0000;

describe("initialSequence", () => {
  beforeEach(() => begin());

  it("of one pair grows by 250,000 a second, the tick of 4 us", () => {
    const first = initialSequence(pairOf(0, LOW, 77));
    jump(1000);
    nextDeadline(now);
    expect<u32>(initialSequence(pairOf(0, LOW, 77)) - first).toBe(250_000);
  });

  it("of different pairs have nothing to do with each other", () => {
    const first = initialSequence(pairOf(0, LOW, 77));
    expect<u32>(initialSequence(pairOf(0, LOW, 78))).not.toBe(first);
    expect<u32>(initialSequence(pairOf(0, LOW + 1, 77))).not.toBe(first);
    expect<u32>(initialSequence(pairOf(1, LOW, 77))).not.toBe(first);
    theInterface().address ^= 0x01000000;
    expect<u32>(initialSequence(pairOf(0, LOW, 77))).not.toBe(first);
    theInterface().address ^= 0x01000000;
    expect<u32>(initialSequence(pairOf(0, LOW, 77))).toBe(first);
    let close = 0;
    for (let ports: u32 = 100; ports < 1100; ports++) {
      if (initialSequence(pairOf(0, LOW, ports)) - first < 1 << 22) close++;
    }
    // One in 1,024 by chance.
    expect<i32>(close).toBeLessThan(8);
  });

  it("cannot be foretold from before a reseed", () => {
    const first = initialSequence(pairOf(0, LOW, 77));
    memory.fill(parametersPtr() + Parameter.Entropy, 0x99, 32);
    reseed();
    expect<u32>(initialSequence(pairOf(0, LOW, 77))).not.toBe(first);
  });
});

describe("timestampOffset", () => {
  it("is the same for the same pair, and has nothing to do with the ISN", () => {
    begin();
    const first = timestampOffset(pairOf(0, LOW, 77));
    expect<u32>(timestampOffset(pairOf(0, LOW, 77))).toBe(first);
    expect<u32>(timestampOffset(pairOf(0, LOW, 78))).not.toBe(first);
    expect<u32>(initialSequence(pairOf(0, LOW, 77))).not.toBe(first);
  });
});

describe("cookieHash", () => {
  it("changes with what the cookie is bound to, and with the pair", () => {
    begin();
    const first = cookieHash(pairOf(0, LOW, 77), 5);
    expect<u64>(cookieHash(pairOf(0, LOW, 77), 5)).toBe(first);
    expect<u64>(cookieHash(pairOf(0, LOW, 77), 0)).not.toBe(first);
    expect<u64>(cookieHash(pairOf(0, LOW, 77), 4)).not.toBe(first);
    expect<u64>(cookieHash(pairOf(0, LOW, 78), 5)).not.toBe(first);
    expect<u64>(cookieHash(pairOf(0, LOW + (1 << 32), 77), 5)).not.toBe(first);
  });
});

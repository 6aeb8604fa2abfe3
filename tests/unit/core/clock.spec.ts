/** The long clock made from a u32 of microseconds that wraps. */
import { Counter } from "../../../assembly/abi/counter";
import {
  advanceClock, inMs, inUs, isDue, isnTicks, nowMs, nowUs, skipSeconds, startClock, usUntil,
} from "../../../assembly/core/clock";
import { clearCounters, countersAt } from "../../../assembly/core/counters";
import { CORNERS, below, seed } from "../support/numbers";

function backwards(): u32 {
  return load<u32>(countersAt() + (<usize>Counter.ClockBackwards << 2));
}

describe("advanceClock", () => {
  beforeEach(() => clearCounters());

  it("counts from the start, whatever `now` was there", () => {
    for (let index = 0; index < CORNERS.length; index++) {
      startClock(CORNERS[index]);
      const begin = nowMs();
      advanceClock(CORNERS[index] + 5_000_999);
      expect<u32>(nowUs()).toBe(5_000_999);
      expect<u32>(nowMs() - begin).toBe(5_000);
      expect<u32>(isnTicks()).toBe(5_000_999 / 4);
    }
  });

  it("adds up odd microseconds and loses none, across the wrap of `now`", () => {
    seed(9);
    const from: u32 = 0xfff00000;
    startClock(from);
    const begin = nowMs();
    let total: u64 = 0;
    for (let run = 0; run < 2000; run++) {
      const step = below(700_001);
      total += step;
      advanceClock(from + <u32>total);
      expect<u32>(nowUs()).toBe(<u32>total);
      expect<u32>(nowMs() - begin).toBe(<u32>(total / 1000));
    }
    expect<u32>(backwards()).toBe(0);
  });

  it("takes a step of up to 2^31 - 1", () => {
    startClock(7);
    advanceClock(7 + 0x7fffffff);
    expect<u32>(nowUs()).toBe(0x7fffffff);
    expect<u32>(backwards()).toBe(0);
  });

  it("stands still and counts when `now` goes back", () => {
    startClock(1000);
    advanceClock(5000);
    advanceClock(4999);
    expect<u32>(nowUs()).toBe(4000);
    expect<u32>(backwards()).toBe(1);
    advanceClock(6000);
    expect<u32>(nowUs()).toBe(5000);
  });
});

describe("skipSeconds", () => {
  it("lets time pass that `now` did not show", () => {
    startClock(0);
    const begin = nowMs();
    skipSeconds(3600, 3600);
    expect<u32>(nowMs() - begin).toBe(3_600_000);
    advanceClock(1000);
    expect<u32>(nowMs() - begin).toBe(3_600_001);
  });

  it("shows timers as much as they can take, and all of it to sequence numbers", () => {
    startClock(0);
    const begin = nowMs();
    skipSeconds(0xffffffff, 1_000_000);
    expect<u32>(nowMs() - begin).toBe(1_000_000_000);
    expect<u32>(isnTicks()).toBe(<u32>(<u64>0xffffffff * 250_000));
  });
});

describe("inMs", () => {
  it("is never early: a begun millisecond does not count", () => {
    startClock(0);
    advanceClock(10_001);
    const due = inMs(5);
    advanceClock(15_000);
    expect<bool>(isDue(due)).toBe(false);
    advanceClock(15_999);
    expect<bool>(isDue(due)).toBe(false);
    advanceClock(16_000);
    expect<bool>(isDue(due)).toBe(true);
  });

  it("is exact on a whole millisecond", () => {
    startClock(0);
    advanceClock(10_000);
    expect<u32>(inMs(5) - nowMs()).toBe(5);
  });
});

describe("inUs", () => {
  it("is the millisecond that is over first, and never early", () => {
    startClock(0);
    advanceClock(10_400);
    const now = nowMs();
    expect<u32>(inUs(0) - now).toBe(1);
    expect<u32>(inUs(600) - now).toBe(1);
    expect<u32>(inUs(601) - now).toBe(2);
    expect<u32>(inUs(5_600) - now).toBe(6);
    advanceClock(11_000);
    expect<u32>(inUs(0) - nowMs()).toBe(0);
    expect<u32>(inUs(1) - nowMs()).toBe(1);
  });
});

describe("isDue and usUntil", () => {
  it("compare points in time across the wrap of milliseconds", () => {
    startClock(0);
    // 49 days: over the wrap of u32 milliseconds.
    for (let day = 0; day < 5; day++) skipSeconds(864_000, 864_000);
    const now = nowMs();
    expect<bool>(isDue(now - 1)).toBe(true);
    expect<bool>(isDue(now)).toBe(true);
    expect<bool>(isDue(now + 1)).toBe(false);
    expect<bool>(isDue(now + 0x7fffffff)).toBe(false);
    expect<bool>(isDue(now - 0x7fffffff)).toBe(true);
  });

  it("give 0 once the time has come, the rest of the millisecond before, and the most", () => {
    startClock(0);
    advanceClock(2_250);
    expect<u32>(usUntil(nowMs() - 1, 1_000_000)).toBe(0);
    expect<u32>(usUntil(nowMs(), 1_000_000)).toBe(0);
    expect<u32>(usUntil(nowMs() + 1, 1_000_000)).toBe(750);
    expect<u32>(usUntil(nowMs() + 100, 1_000_000)).toBe(99_750);
    expect<u32>(usUntil(nowMs() + 0x7fffffff, 1_000_000)).toBe(1_000_000);
  });
});

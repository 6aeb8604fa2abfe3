/** A limit on how often something is done. */
import { advanceClock, skipSeconds, startClock } from "../../../assembly/core/clock";
import {
  Limiter, beginSecond, clearLimiter, isOver, mayDo, takeOne,
} from "../../../assembly/core/limiter";

const limiter: Limiter = changetype<Limiter>(memory.data(offsetof<Limiter>(), 4));

function times(tries: u32, most: u32): u32 {
  let done: u32 = 0;
  for (let run: u32 = 0; run < tries; run++) if (mayDo(limiter, most)) done++;
  return done;
}

describe("mayDo", () => {
  beforeEach(() => {
    startClock(0);
    clearLimiter(limiter);
  });

  it("allows so many in a second, and so many in the next", () => {
    expect<u32>(times(20, 5)).toBe(5);
    advanceClock(999_000);
    expect<u32>(times(20, 5)).toBe(0);
    advanceClock(1_000_000);
    expect<u32>(times(20, 5)).toBe(5);
  });

  it("does not save up what was not used", () => {
    advanceClock(30_000_000);
    expect<u32>(times(20, 5)).toBe(5);
  });

  it("allows again after any length of quiet, beyond the wrap of milliseconds", () => {
    expect<u32>(times(20, 5)).toBe(5);
    for (let day = 0; day < 5; day++) skipSeconds(864_000, 864_000);
    expect<u32>(times(20, 5)).toBe(5);
  });
});

describe("beginSecond, isOver and takeOne", () => {
  beforeEach(() => {
    startClock(0);
    clearLimiter(limiter);
  });

  it("leave it to the caller how often, second by second", () => {
    expect<bool>(isOver(limiter)).toBe(true);
    beginSecond(limiter, 2);
    expect<bool>(isOver(limiter)).toBe(false);
    expect<bool>(takeOne(limiter)).toBe(true);
    expect<bool>(takeOne(limiter)).toBe(true);
    expect<bool>(takeOne(limiter)).toBe(false);
    advanceClock(1_000_000);
    expect<bool>(takeOne(limiter)).toBe(false);
    expect<bool>(isOver(limiter)).toBe(true);
  });
});

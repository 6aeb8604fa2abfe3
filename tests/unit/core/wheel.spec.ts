/** The timing wheel, against a plain list of deadlines. */
import { CASCADES_PER_CALL } from "../../../assembly/config";
import { advanceClock, inMs, nowMs, skipSeconds, startClock } from "../../../assembly/core/clock";
import {
  TimerNode, clearWheel, mostSkip, nextExpired, startTimer, startTimerBy, stopTimer, wheelDueAtMs,
} from "../../../assembly/core/wheel";
import { below, next, seed } from "../support/numbers";

const NODES: u32 = 40;
const STRIDE: usize = 48;
const nodes: usize = memory.data(<i32>(STRIDE * NODES), 4);
/** Longest time asked of `wheelDueAtMs`. */
const IDLE: u32 = 1_800_000;
let now: u32 = 0;

function node(index: u32): TimerNode {
  return changetype<TimerNode>(nodes + <usize>index * STRIDE);
}

function indexOf(found: TimerNode): u32 {
  return <u32>((changetype<usize>(found) - nodes) / STRIDE);
}

function begin(from: u32): void {
  now = from;
  startClock(now);
  memory.fill(nodes, 0, STRIDE * NODES);
  clearWheel();
}

function pass(us: u32): void {
  now += us;
  advanceClock(now);
}

/** Takes out all that is due; a null may also mean "call again", which `wheelDueAtMs` tells. */
function expire(): u32[] {
  const found: u32[] = [];
  for (let call = 0; call < 1000; call++) {
    const one = nextExpired();
    if (one != null) found.push(indexOf(one));
    else if (<i32>(nowMs() - wheelDueAtMs(IDLE)) < 0) return found;
  }
  throw new Error("the wheel never comes to rest");
}

describe("startTimer and nextExpired", () => {
  beforeEach(() => begin(12345));

  it("hand a node out at its time, not before, and once", () => {
    startTimer(node(0), inMs(10));
    pass(9_999);
    expect<bool>(nextExpired() == null).toBe(true);
    pass(1);
    const found = nextExpired();
    expect<bool>(found == node(0)).toBe(true);
    expect<bool>(nextExpired() == null).toBe(true);
  });

  it("hand out at once what is due already", () => {
    pass(50_000);
    startTimer(node(0), nowMs() - 20);
    startTimer(node(1), nowMs());
    expect<i32>(expire().length).toBe(2);
  });

  it("move a node that runs to its new time, sooner or later", () => {
    startTimer(node(0), inMs(10));
    startTimer(node(0), inMs(500));
    pass(499_000);
    expect<i32>(expire().length).toBe(0);
    startTimer(node(0), inMs(2000));
    startTimer(node(0), inMs(3));
    pass(3_000);
    expect<i32>(expire().length).toBe(1);
  });

  it("hand out in order of time", () => {
    startTimer(node(0), inMs(700));
    startTimer(node(1), inMs(5));
    startTimer(node(2), inMs(90_000));
    startTimer(node(3), inMs(40));
    pass(100_000_000);
    expect<u32[]>(expire()).toStrictEqual([1, 3, 0, 2]);
  });

  it("keep their time over the wrap of milliseconds", () => {
    // 4,294,967 s are 2^32 ms less a little.
    for (let times = 0; times < 4; times++) skipSeconds(1_000_000, 1_000_000);
    skipSeconds(294_967, 294_967);
    clearWheel();
    expect<bool>(nowMs() > 0xffffff00 - 1000).toBe(true);
    startTimer(node(0), inMs(100));
    startTimer(node(1), inMs(5_000));
    pass(99_000);
    expect<i32>(expire().length).toBe(0);
    pass(1_000);
    expect<u32[]>(expire()).toStrictEqual([0]);
    pass(4_899_000);
    expect<i32>(expire().length).toBe(0);
    pass(1_000);
    expect<u32[]>(expire()).toStrictEqual([1]);
  });
});

describe("mostSkip", () => {
  beforeEach(() => begin(0));

  it("keeps a timer from being passed by so far that it seems to come", () => {
    startTimer(node(0), inMs(10));
    for (let year = 0; year < 3; year++) skipSeconds(31_557_600, mostSkip());
    expect<u32>(mostSkip()).toBe(0);
    expect<u32[]>(expire()).toStrictEqual([0]);
    expect<u32>(mostSkip()).toBe(2_116_800);
  });
});

describe("startTimerBy", () => {
  beforeEach(() => begin(0));

  it("moves a timer only to an earlier time", () => {
    startTimerBy(node(0), inMs(100));
    startTimerBy(node(0), inMs(200));
    pass(100_000);
    expect<i32>(expire().length).toBe(1);
    startTimerBy(node(0), inMs(100));
    startTimerBy(node(0), inMs(50));
    pass(50_000);
    expect<i32>(expire().length).toBe(1);
  });
});

describe("stopTimer", () => {
  beforeEach(() => begin(0));

  it("stops, and does no harm to what does not run", () => {
    stopTimer(node(0));
    startTimer(node(0), inMs(10));
    startTimer(node(1), inMs(10));
    stopTimer(node(0));
    stopTimer(node(0));
    pass(20_000);
    expect<u32[]>(expire()).toStrictEqual([1]);
  });

  it("takes out of the middle of a slot without losing the others", () => {
    for (let index: u32 = 0; index < 5; index++) startTimer(node(index), inMs(10));
    stopTimer(node(2));
    stopTimer(node(4));
    stopTimer(node(0));
    pass(10_000);
    const found = expire();
    expect<i32>(found.length).toBe(2);
    expect<bool>(found.includes(1) && found.includes(3)).toBe(true);
  });
});

describe("clearWheel", () => {
  it("stops every timer", () => {
    begin(0);
    for (let index: u32 = 0; index < NODES; index++) startTimer(node(index), inMs(index * 77));
    clearWheel();
    pass(10_000_000);
    expect<i32>(expire().length).toBe(0);
  });
});

describe("wheelDueAtMs", () => {
  it("says when idle to come back after the time given", () => {
    begin(0);
    expect<u32>(wheelDueAtMs(IDLE) - nowMs()).toBe(IDLE);
  });

  it("is never later than the earliest timer, and at last exact", () => {
    begin(0);
    startTimer(node(0), inMs(123_456));
    let calls = 0;
    while (calls++ < 20) {
      const due = wheelDueAtMs(IDLE);
      const left = due - nowMs();
      expect<bool>(left <= 123_456).toBe(true);
      pass(left * 1000);
      if (nextExpired() != null) break;
    }
    expect<u32>(now).toBe(123_456_000);
    expect<bool>(calls < 10).toBe(true);
  });
});

describe("one call", () => {
  it("moves a bounded number of nodes to a finer level", () => {
    begin(0);
    // All in one slot of a higher level, none due when time reaches it.
    for (let index: u32 = 0; index < NODES; index++) startTimer(node(index), nowMs() + 1100);
    pass(1_090_000);
    let calls = 0;
    while (<i32>(nowMs() - wheelDueAtMs(IDLE)) >= 0) {
      expect<bool>(nextExpired() == null).toBe(true);
      calls++;
    }
    expect<bool>(calls >= <i32>(NODES / CASCADES_PER_CALL)).toBe(true);
    pass(20_000);
    expect<i32>(expire().length).toBe(NODES);
  });
});

describe("nodes on their way to a finer level", () => {
  it("are not forgotten for those that have got there", () => {
    begin(0);
    // The first hangs last in its slot: the bound on moves leaves it over.
    const early = nowMs() + 1040;
    startTimer(node(0), early);
    for (let index: u32 = 1; index < NODES; index++) startTimer(node(index), early + 600);
    pass(1_030_000);
    for (let call = 0; call < 10; call++) {
      const due = wheelDueAtMs(IDLE);
      if (<i32>(nowMs() - due) < 0) break;
      expect<bool>(nextExpired() == null).toBe(true);
    }
    expect<bool>(<i32>(wheelDueAtMs(IDLE) - early) <= 0).toBe(true);
    pass(10_000);
    expect<u32[]>(expire()).toStrictEqual([0]);
  });
});

describe("the wheel as a whole", () => {
  it("fires every timer exactly at its millisecond, over random steps", () => {
    for (let run: u32 = 0; run < 60; run++) {
      seed(run);
      begin(next());
      const due = new StaticArray<u32>(NODES);
      const running = new StaticArray<bool>(NODES);
      for (let step = 0; step < 120; step++) {
        const index = below(NODES);
        if (below(4) == 0) {
          stopTimer(node(index));
          running[index] = false;
        } else {
          const delay = below(<u32>1 << below(24));
          due[index] = inMs(delay);
          running[index] = true;
          startTimer(node(index), due[index]);
        }
        pass(below(<u32>1 << below(28)));
        const found = expire();
        for (let at = 0; at < found.length; at++) {
          if (!running[found[at]]) throw new Error("fired a timer that does not run, or twice");
          if (<i32>(nowMs() - due[found[at]]) < 0) throw new Error("fired early");
          running[found[at]] = false;
        }
        for (let other: u32 = 0; other < NODES; other++) {
          if (running[other] && <i32>(nowMs() - due[other]) >= 0) throw new Error("fired late");
        }
      }
    }
    expect<bool>(true).toBe(true);
  });
});

/** A connection's deadlines, and its one node on the wheel. */
import { advanceClock, inMs, nowMs } from "../../../assembly/core/clock";
import { nextExpired } from "../../../assembly/core/wheel";
import {
  Timer, clearTimer, deadline, ensureTimer, isExpired, scheduleTimers, setTimer,
} from "../../../assembly/tcp/timers";
import { Tcb } from "../../../assembly/tcp/tcb";
import { connected, now, tcbOf } from "../support/peer";

let tcb: Tcb = changetype<Tcb>(0);

function pass(ms: u32): void {
  advanceClock(now + ms * 1000);
}

describe("setTimer and isExpired", () => {
  beforeEach(() => {
    tcb = tcbOf(connected());
  });

  it("keep each timer's deadline by itself", () => {
    for (let timer: u32 = 0; timer < <u32>Timer.Count; timer++) setTimer(tcb, timer, 10 + timer);
    for (let timer: u32 = 0; timer < <u32>Timer.Count; timer++) {
      expect<u32>(deadline(tcb, timer) - nowMs()).toBe(10 + timer);
    }
    pass(12);
    expect<bool>(isExpired(tcb, 2)).toBe(true);
    expect<bool>(isExpired(tcb, 3)).toBe(false);
  });

  it("have the wheel hand the connection out at the earliest", () => {
    setTimer(tcb, Timer.Ack, 50);
    setTimer(tcb, Timer.KeepAlive, 20);
    setTimer(tcb, Timer.Persist, 90);
    pass(19);
    expect<bool>(nextExpired() == null).toBe(true);
    pass(20);
    expect<bool>(nextExpired() == tcb).toBe(true);
  });
});

describe("clearTimer", () => {
  it("turns a timer off for good; the wheel may still hand the connection out", () => {
    tcb = tcbOf(connected());
    setTimer(tcb, Timer.Ack, 10);
    clearTimer(tcb, Timer.Ack);
    pass(100);
    expect<bool>(isExpired(tcb, Timer.Ack)).toBe(false);
    expect<u32>(deadline(tcb, Timer.Ack)).toBe(0);
  });
});

describe("ensureTimer", () => {
  it("starts a timer that is off, and leaves a running one alone", () => {
    tcb = tcbOf(connected());
    ensureTimer(tcb, Timer.Ack, 10);
    const first = deadline(tcb, Timer.Ack);
    ensureTimer(tcb, Timer.Ack, 100);
    expect<u32>(deadline(tcb, Timer.Ack)).toBe(first);
    expect<u32>(first).toBe(inMs(10));
  });
});

describe("scheduleTimers", () => {
  it("puts what is left back on the wheel", () => {
    tcb = tcbOf(connected());
    setTimer(tcb, Timer.Ack, 10);
    setTimer(tcb, Timer.KeepAlive, 30);
    pass(10);
    expect<bool>(nextExpired() == tcb).toBe(true);
    clearTimer(tcb, Timer.Ack);
    scheduleTimers(tcb);
    pass(29);
    expect<bool>(nextExpired() == null).toBe(true);
    pass(30);
    expect<bool>(nextExpired() == tcb).toBe(true);
  });
});

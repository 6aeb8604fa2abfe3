/** The quiet time (RFC 9293 section 3.4.3). */
import { skipSeconds, startClock } from "../../../assembly/core/clock";
import { awaitQuiet, isQuiet, setQuietTime } from "../../../assembly/tcp/quiet";
import { connected, tcbOf } from "../support/peer";

describe("the quiet time", () => {
  it("is over after its seconds, and for ever", () => {
    startClock(0);
    setQuietTime(30);
    skipSeconds(29, 29);
    expect<bool>(isQuiet()).toBe(true);
    skipSeconds(1, 1);
    expect<bool>(isQuiet()).toBe(false);
    for (let year = 0; year < 100; year++) {
      skipSeconds(31_557_600, 0);
      expect<bool>(isQuiet()).toBe(false);
    }
  });

  it("is none by default", () => {
    startClock(0);
    setQuietTime(0);
    expect<bool>(isQuiet()).toBe(false);
  });

  it("wakes who waits for its end", () => {
    const tcb = tcbOf(connected());
    tcb.ackAtMs = 0;
    awaitQuiet(tcb);
    expect<u32>(tcb.ackAtMs).toBe(0);
    setQuietTime(240);
    awaitQuiet(tcb);
    expect<u32>(tcb.ackAtMs).not.toBe(0);
    setQuietTime(0);
  });
});

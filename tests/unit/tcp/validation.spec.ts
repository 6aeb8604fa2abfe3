/** What a window is worth that is not used (RFC 7661; RFC 5681 section 4.1). */
import { advanceClock, startClock } from "../../../assembly/core/clock";
import { Tcb, TcbFlag, has } from "../../../assembly/tcp/tcb";
import {
  beginValidation, endsRound, initialWindow, isLimit, isValid, lowerIdle, lowerUnused, usedLately,
} from "../../../assembly/tcp/validation";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
let now: u32 = 0;

function pass(ms: u32): void {
  now += ms * 1000;
  advanceClock(now);
}

/** A window of 40,000 octets. */
function fresh(): void {
  startClock(0);
  now = 0;
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.sndMss = 1000;
  tcb.rtoMs = 1000;
  tcb.cwnd = 40000;
  tcb.ssthresh = 20000;
  tcb.sndUna = 0xfffffff0;
  tcb.sndMax = tcb.sndUna;
  beginValidation(tcb);
}

describe("initialWindow (RFC 6928)", () => {
  it("is ten segments, 14,600 octets, or two large segments", () => {
    fresh();
    expect<u32>(initialWindow(tcb)).toBe(10000);
    tcb.sndMss = 1460;
    expect<u32>(initialWindow(tcb)).toBe(14600);
    tcb.sndMss = 1461;
    expect<u32>(initialWindow(tcb)).toBe(14600);
    tcb.sndMss = 8000;
    expect<u32>(initialWindow(tcb)).toBe(16000);
  });
});

describe("endsRound", () => {
  it("is true when what was out at the end of the last round is acknowledged", () => {
    fresh();
    expect<bool>(endsRound(tcb)).toBe(false);
    tcb.sndMax = tcb.sndUna + 3000;
    tcb.sndUna += 1000;
    expect<bool>(endsRound(tcb)).toBe(true);
    tcb.sndUna += 1000;
    expect<bool>(endsRound(tcb)).toBe(false);
    tcb.sndUna += 1000;
    expect<bool>(endsRound(tcb)).toBe(true);
    // Nothing is out: what comes next is a round.
    expect<bool>(endsRound(tcb)).toBe(false);
    tcb.sndUna += 1;
    expect<bool>(endsRound(tcb)).toBe(true);
  });
});

describe("isValid and isLimit", () => {
  it("take half of a window for used (RFC 7661 section 4.3)", () => {
    fresh();
    lowerUnused(tcb, 19999, false);
    expect<bool>(isValid(tcb)).toBe(false);
    lowerUnused(tcb, 20000, false);
    expect<bool>(isValid(tcb)).toBe(true);
    expect<u32>(usedLately(tcb)).toBe(20000);
    lowerUnused(tcb, 5000, false);
    expect<bool>(isValid(tcb)).toBe(true);
  });

  it("take a window for the limit where less than a segment was free, for a round more", () => {
    fresh();
    lowerUnused(tcb, 39000, true);
    expect<bool>(isLimit(tcb)).toBe(false);
    lowerUnused(tcb, 39001, false);
    expect<bool>(isLimit(tcb)).toBe(true);
    lowerUnused(tcb, 10, true);
    expect<bool>(isLimit(tcb)).toBe(true);
    lowerUnused(tcb, 10, true);
    expect<bool>(isLimit(tcb)).toBe(false);
    expect<bool>(has(tcb, TcbFlag.CwndLimited)).toBe(false);
  });
});

describe("lowerUnused", () => {
  it("halves what has not been used for a second, and keeps three quarters in mind (4.4.3)", () => {
    fresh();
    lowerUnused(tcb, 20000, false);
    pass(1000);
    expect<bool>(lowerUnused(tcb, 1000, false)).toBe(false);
    pass(64);
    expect<bool>(lowerUnused(tcb, 1000, false)).toBe(true);
    expect<u32>(tcb.cwnd).toBe(20000);
    expect<u32>(tcb.ssthresh).toBe(30000);
    expect<bool>(lowerUnused(tcb, 1000, false)).toBe(false);
    pass(1100);
    lowerUnused(tcb, 1000, false);
    pass(1100);
    expect<bool>(lowerUnused(tcb, 1000, false)).toBe(false);
    expect<u32>(tcb.cwnd).toBe(10000);
  });

  it("waits three round trips where these are longer", () => {
    fresh();
    tcb.srttUs8 = 1000000 << 3;
    lowerUnused(tcb, 20000, false);
    pass(2990);
    expect<bool>(lowerUnused(tcb, 1000, false)).toBe(false);
    pass(100);
    expect<bool>(lowerUnused(tcb, 1000, false)).toBe(true);
  });

  it("leaves a window alone of which half is used again and again", () => {
    fresh();
    for (let count = 0; count < 10; count++) {
      pass(900);
      expect<bool>(lowerUnused(tcb, 20000, false)).toBe(false);
    }
    expect<u32>(tcb.cwnd).toBe(40000);
  });
});

describe("lowerIdle (RFC 5681 section 4.1)", () => {
  it("gives the initial window after an idle timeout, never a larger one", () => {
    fresh();
    pass(1000);
    expect<bool>(lowerIdle(tcb)).toBe(false);
    pass(1);
    expect<bool>(lowerIdle(tcb)).toBe(true);
    expect<u32>(tcb.cwnd).toBe(10000);
    expect<u32>(tcb.ssthresh).toBe(30000);
    tcb.cwnd = 3000;
    expect<bool>(lowerIdle(tcb)).toBe(false);
    expect<u32>(tcb.cwnd).toBe(3000);
  });
});

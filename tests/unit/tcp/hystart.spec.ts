/** HyStart++ (RFC 9406), round by round. */
import { startClock } from "../../../assembly/core/clock";
import { beginCongestion, growWindow, noteRoundTrip } from "../../../assembly/tcp/congestion";
import { Pacing } from "../../../assembly/tcp/pacing";
import { Tcb } from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
const MSS: u32 = 1000;

function fresh(): void {
  startClock(0);
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.sndMss = <u16>MSS;
  tcb.rtoMs = 1000;
  tcb.sndUna = 0xffff0000;
  tcb.sndMax = tcb.sndUna;
  beginCongestion(tcb);
}

/**
 * A round trip, in which each segment is acknowledged after `rttUs` and lets out what the window
 * allows; so many of them are timed. Returns by how many segments the window grew.
 */
function round(rttUs: u32, samples: i32 = 10000): u32 {
  const before = tcb.cwnd;
  const end = tcb.roundEnd;
  for (let count = 0; tcb.roundEnd == end && count < 10000; count++) {
    tcb.sndMax = tcb.sndUna + tcb.cwnd;
    tcb.sndUna += MSS;
    if (count < samples) noteRoundTrip(tcb, rttUs);
    growWindow(tcb, MSS);
  }
  return (tcb.cwnd - before) / MSS;
}

/** By how much an ACK of `acked` octets opens a window of 50 segments that is in use. */
function grownBy(acked: u32): u32 {
  tcb.cwnd = 50000;
  tcb.sndMax = tcb.sndUna + 50000;
  tcb.sndUna += acked;
  growWindow(tcb, acked);
  return tcb.cwnd - 50000;
}

/** After two rounds at `rttUs`, a third of which each segment takes `laterUs`. */
function third(rttUs: u32, laterUs: u32): u32 {
  fresh();
  round(rttUs);
  round(rttUs);
  round(rttUs);
  const before = tcb.cwnd / MSS;
  return 100 * round(laterUs) / before;
}

describe("HyStart++", () => {
  it("counts all of an ACK where segments are paced (4.3)", () => {
    fresh();
    tcb.pacing = <u8>Pacing.On;
    tcb.srttUs8 = 50000 << 3;
    expect<u32>(grownBy(12000)).toBe(12000);
  });

  it("counts eight segments an ACK at the most (4.3: L)", () => {
    fresh();
    tcb.srttUs8 = 50000 << 3;
    expect<u32>(grownBy(12000)).toBe(8000);
  });

  it("counts eight, too, where a round trip is too short to pace, or is not known", () => {
    fresh();
    tcb.pacing = <u8>Pacing.On;
    expect<u32>(grownBy(12000)).toBe(8000);
    // 2 ms: a millisecond's worth of twice the window.
    fresh();
    tcb.pacing = <u8>Pacing.On;
    tcb.srttUs8 = 2000 << 3;
    expect<u32>(grownBy(12000)).toBe(8000);
    fresh();
    tcb.pacing = <u8>Pacing.On;
    tcb.srttUs8 = 2001 << 3;
    expect<u32>(grownBy(12000)).toBe(12000);
  });

  it("doubles the window in a round while round trips stay as they are", () => {
    fresh();
    round(50000);
    for (let count = 0; count < 6; count++) {
      const before = tcb.cwnd / MSS;
      const grown = round(50000 + count * 3000);
      expect<bool>(grown + 2 >= before && grown <= before).toBe(true, grown.toString());
    }
    expect<u32>(tcb.ssthresh).toBe(0x7fffffff);
  });

  it("slows down to a quarter when they grow by an eighth, 4 to 16 ms (4.2, 4.3)", () => {
    expect<bool>(third(80000, 89999) >= 90).toBe(true, "below an eighth");
    expect<bool>(third(80000, 90000) < 60).toBe(true, "an eighth");
    expect<bool>(third(10000, 13999) >= 90).toBe(true, "below 4 ms");
    expect<bool>(third(10000, 14000) < 60).toBe(true, "4 ms");
    expect<bool>(third(400000, 415999) >= 90).toBe(true, "below 16 ms");
    expect<bool>(third(400000, 416000) < 60).toBe(true, "16 ms");
  });

  it("leaves slow start after five rounds of that (4.2)", () => {
    third(80000, 90000);
    let rounds = 1;
    for (; tcb.ssthresh == 0x7fffffff && rounds < 100; rounds++) {
      const before = tcb.cwnd / MSS;
      const grown = round(90000);
      expect<bool>(grown <= before / 4 + 1).toBe(true, grown.toString());
    }
    expect<i32>(rounds).toBe(5);
    expect<bool>(tcb.cwnd >= tcb.ssthresh && tcb.cwnd <= tcb.ssthresh + MSS).toBe(true);
  });

  it("goes on as before when round trips are shorter again: it was jitter (4.2)", () => {
    third(80000, 95000);
    round(95000);
    round(94000);
    const before = tcb.cwnd / MSS;
    expect<bool>(round(94000) + 2 >= before).toBe(true);
  });

  it("believes no round of fewer than eight samples (4.3: N_RTT_SAMPLE)", () => {
    fresh();
    round(80000);
    round(80000);
    round(80000);
    let before = tcb.cwnd / MSS;
    expect<bool>(round(120000, 7) + 2 >= before).toBe(true);
    before = tcb.cwnd / MSS;
    // The round before was one of 120 ms.
    expect<bool>(round(134000) + 2 >= before).toBe(true);
    before = tcb.cwnd / MSS;
    expect<bool>(round(160000, 8) < before / 2).toBe(true);
  });
});

/** CUBIC (RFC 9438): its curve against the RFC's formulas in floating point. */
import { advanceClock, startClock } from "../../../assembly/core/clock";
import {
  beginCongestion, collapseWindow, growWindow, reduceThreshold, saveCongestion, undoCongestion,
} from "../../../assembly/tcp/congestion";
import { cubeRoot } from "../../../assembly/tcp/cubic";
import { Tcb } from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
const MSS: u32 = 1448;

let now: u32 = 0;

function fresh(segments: u32, rttMs: u32): void {
  startClock(0);
  now = 0;
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.sndMss = <u16>MSS;
  tcb.rtoMs = 1000;
  tcb.sndUna = 0xfffffff0;
  tcb.sndMax = tcb.sndUna;
  tcb.srttUs8 = rttMs * 8000;
  beginCongestion(tcb);
  tcb.cwnd = segments * MSS;
}

/** All of the window is on its way and is lost in part: fast recovery, in the end at ssthresh. */
function lose(): void {
  tcb.sndMax = tcb.sndUna + tcb.cwnd;
  saveCongestion(tcb);
  reduceThreshold(tcb);
  tcb.cwnd = tcb.ssthresh;
}

/** So many round trips in which all of the window is used; ACKs come every second segment. */
function run(roundTrips: u32): void {
  const rttUs = tcb.srttUs8 >> 3;
  for (let trip: u32 = 0; trip < roundTrips; trip++) {
    const acks = max<u32>(tcb.cwnd / (2 * MSS), 1);
    const acked = min<u32>(2 * MSS, tcb.cwnd);
    const began = now;
    for (let count: u32 = 0; count < acks; count++) {
      now = began + rttUs * (count + 1) / acks;
      advanceClock(now);
      tcb.sndMax = tcb.sndUna + tcb.cwnd;
      tcb.sndUna += acked;
      growWindow(tcb, acked);
    }
  }
}

function segments(): f64 {
  return <f64>tcb.cwnd / <f64>MSS;
}

/** Figure 1 of the RFC. */
function cubic(seconds: f64, wMax: f64, cwndEpoch: f64): f64 {
  const k = Math.cbrt((wMax - cwndEpoch) / 0.4);
  return 0.4 * (seconds - k) * (seconds - k) * (seconds - k) + wMax;
}

describe("cubeRoot", () => {
  it("is the largest number whose cube is not larger", () => {
    for (let cube: u64 = 0; cube < 5000; cube++) {
      const root = <u64>cubeRoot(cube);
      expect<bool>(root * root * root <= cube).toBe(true);
      expect<bool>((root + 1) * (root + 1) * (root + 1) > cube).toBe(true);
    }
    for (let root: u64 = 1; root < 32768; root += 97) {
      expect<u32>(cubeRoot(root * root * root)).toBe(<u32>root);
      expect<u32>(cubeRoot(root * root * root - 1)).toBe(<u32>root - 1);
    }
    expect<u32>(cubeRoot(u64.MAX_VALUE)).toBe(32767);
  });
});

describe("CUBIC", () => {
  it("reduces to 0.7 of the window, two segments at least (4.6)", () => {
    fresh(100, 100);
    lose();
    expect<u32>(tcb.ssthresh).toBe((100 * MSS * 7 + 9) / 10);
    fresh(1, 100);
    lose();
    expect<u32>(tcb.ssthresh).toBe(2 * MSS);
  });

  it("follows the curve, concave and then convex (4.2, 4.4, 4.5)", () => {
    // At a round trip of 200 ms it is far above what Reno would reach.
    fresh(1000, 200);
    lose();
    for (let count = 1; count <= 14; count++) {
      run(5);
      const expected = cubic(<f64>count, 1000, 700);
      // Section 4.2: aims at where the curve will be a round trip later, and gets there then.
      const error = Math.abs(segments() - expected) / expected;
      expect<bool>(error < 0.01).toBe(true, error.toString() + " at " + count.toString());
    }
    expect<bool>(segments() > 1030).toBe(true);
  });

  it("grows no slower than Reno would at the same average (4.3)", () => {
    // At 10 ms Reno is faster: alpha = 9/17 segments a round trip up to the old window, then one.
    fresh(40, 10);
    lose();
    run(12);
    let wEst: f64 = 28;
    for (let trip = 0; trip < 12; trip++) wEst += 9.0 / 17.0;
    expect<bool>(Math.abs(segments() - wEst) < 0.4).toBe(true, segments().toString());
    run(12);
    expect<bool>(segments() > 40).toBe(true);
    const before = segments();
    run(10);
    expect<bool>(Math.abs(segments() - before - 10) < 0.6).toBe(true, segments().toString());
  });

  it("leaves room for others when it loses below the last window (4.7)", () => {
    fresh(1000, 200);
    lose();
    run(5);
    const before = segments();
    expect<bool>(before < 960).toBe(true);
    lose();
    // W_max is 0.85 of the window: the curve is flat there, not where the loss was.
    const k = Math.cbrt((0.85 - 0.7) * before / 0.4);
    run(<u32>Math.round(k * 5));
    expect<bool>(Math.abs(segments() - 0.85 * before) < 0.01 * before).toBe(true);
  });

  it("after a timeout begins flat where slow start has ended (4.8)", () => {
    fresh(1000, 200);
    tcb.sndMax = tcb.sndUna + tcb.cwnd;
    collapseWindow(tcb);
    expect<u32>(tcb.cwnd).toBe(MSS);
    const threshold = tcb.ssthresh;
    for (let count = 0; count < 50 && tcb.cwnd < threshold; count++) run(1);
    const first = segments();
    const began = now;
    run(10);
    const seconds = <f64>(now - began) / 1000000;
    expect<bool>(Math.abs(segments() - first - 0.4 * seconds * seconds * seconds) < 6).toBe(true);
  });

  it("stands still with a window that is not used, and goes on where it was (5.8)", () => {
    fresh(1000, 200);
    lose();
    run(10);
    let before: u32 = 0;
    for (let count = 0; count < 40; count++) {
      now += 200000;
      advanceClock(now);
      const used = tcb.cwnd / 4 * 3;
      tcb.sndMax = tcb.sndUna + used;
      tcb.sndUna += used;
      growWindow(tcb, used);
      // The last round in which it was the limit still counts.
      if (count == 1) before = tcb.cwnd;
    }
    expect<u32>(tcb.cwnd).toBe(before);
    const distance = Math.cbrt((1000 - segments()) / 0.4);
    expect<bool>(distance > 3).toBe(true);
    run(5);
    const expected = 1000 - 0.4 * (distance - 1) * (distance - 1) * (distance - 1);
    expect<bool>(Math.abs(segments() - expected) < 4).toBe(true, segments().toString());
  });

  it("goes on along its old curve when the reduction is undone (4.9)", () => {
    fresh(1000, 200);
    lose();
    run(10);
    const before = tcb.cwnd;
    lose();
    now += 200000;
    advanceClock(now);
    undoCongestion(tcb);
    expect<u32>(tcb.cwnd).toBe(before);
    run(9);
    const expected = cubic(4, 1000, 700);
    expect<bool>(Math.abs(segments() - expected) < 0.01 * expected).toBe(true);
  });
});

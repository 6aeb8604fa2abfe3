/** The retransmission timeout (RFC 6298). */
import { startClock, advanceClock } from "../../../assembly/core/clock";
import {
  INITIAL_RTO_MS, LARGEST_RTO_MS, LOST_SYN_RTO_MS, backedOffRto, beginRtt, cancelRtt, endRtt,
  sampleRtt, updateRto,
} from "../../../assembly/tcp/rto";
import { Tcb, TcbFlag, has } from "../../../assembly/tcp/tcb";
import { below, seed } from "../support/numbers";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

function fresh(minRtoMs: u16): void {
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.rtoMs = INITIAL_RTO_MS;
  tcb.minRtoMs = minRtoMs;
}

describe("sampleRtt", () => {
  it("takes the first sample as it is, half of it as the variation (rule 2.2)", () => {
    fresh(10);
    sampleRtt(tcb, 100_000);
    expect<u32>(tcb.srttUs8 >> 3).toBe(100_000);
    expect<u32>(tcb.rttvarUs4 >> 2).toBe(50_000);
    expect<u32>(tcb.rtoMs).toBe(300);
  });

  it("mixes later ones in by an eighth and a quarter (rule 2.3)", () => {
    fresh(10);
    sampleRtt(tcb, 100_000);
    sampleRtt(tcb, 180_000);
    expect<u32>(tcb.srttUs8 >> 3).toBe(110_000);
    expect<u32>(tcb.rttvarUs4 >> 2).toBe(57_500);
    expect<u32>(tcb.rtoMs).toBe(340);
  });

  it("follows the rules in exact arithmetic, within a few microseconds", () => {
    for (let run: u32 = 0; run < 20; run++) {
      seed(run);
      fresh(10);
      let srtt: f64 = 0;
      let rttvar: f64 = 0;
      for (let step = 0; step < 100; step++) {
        const sample = below(400_000) + 1;
        sampleRtt(tcb, sample);
        const r = <f64>sample;
        if (step == 0) {
          srtt = r;
          rttvar = r / 2;
        } else {
          rttvar = 0.75 * rttvar + 0.25 * Math.abs(srtt - r);
          srtt = 0.875 * srtt + 0.125 * r;
        }
        if (Math.abs(<f64>tcb.srttUs8 / 8 - srtt) > 8) throw new Error("SRTT has drifted");
        if (Math.abs(<f64>tcb.rttvarUs4 / 4 - rttvar) > 16) throw new Error("RTTVAR has drifted");
      }
    }
    expect<bool>(true).toBe(true);
  });

  it("stays within its bounds: the least by option, 60 s at the most", () => {
    fresh(1000);
    sampleRtt(tcb, 1000);
    expect<u32>(tcb.rtoMs).toBe(1000);
    fresh(10);
    sampleRtt(tcb, 0);
    expect<u32>(tcb.rtoMs).toBe(10);
    fresh(10);
    for (let run = 0; run < 10; run++) sampleRtt(tcb, 0xffffffff);
    expect<u32>(tcb.rtoMs).toBe(LARGEST_RTO_MS);
  });

  it("ends the backing off", () => {
    fresh(10);
    tcb.backoff = 5;
    sampleRtt(tcb, 1000);
    expect<u32>(tcb.backoff).toBe(0);
  });
});

describe("beginRtt, endRtt and cancelRtt", () => {
  beforeEach(() => {
    startClock(0);
    fresh(10);
  });

  it("time one segment at a time, up to the ACK that covers it", () => {
    beginRtt(tcb, 1000, 100);
    advanceClock(5_000);
    beginRtt(tcb, 2000, 100);
    endRtt(tcb, 999);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(true);
    advanceClock(25_000);
    endRtt(tcb, 1000);
    expect<u32>(tcb.srttUs8 >> 3).toBe(25_000);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(false);
  });

  it("take no sample of what was sent twice (Karn's rule, MUST-18)", () => {
    beginRtt(tcb, 1000, 100);
    cancelRtt(tcb);
    advanceClock(25_000);
    endRtt(tcb, 1000);
    expect<bool>(has(tcb, TcbFlag.RttKnown)).toBe(false);
  });

  it("time over the wrap of sequence numbers", () => {
    beginRtt(tcb, 5, 100);
    endRtt(tcb, 0xfffffff0);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(true);
    endRtt(tcb, 6);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(false);
  });
});

describe("updateRto", () => {
  it("leaves the initial value alone until a round trip is known", () => {
    fresh(10);
    updateRto(tcb);
    expect<u32>(tcb.rtoMs).toBe(INITIAL_RTO_MS);
    expect<u32>(LOST_SYN_RTO_MS).toBe(3000);
  });
});

describe("backedOffRto", () => {
  it("doubles with every timeout, up to 60 s (rules 5.5 and 2.5)", () => {
    fresh(10);
    let expected: u32 = 1000;
    for (let times: u32 = 0; times < 256; times++) {
      tcb.backoff = <u8>times;
      expect<u32>(backedOffRto(tcb)).toBe(expected);
      expected = min<u32>(expected * 2, LARGEST_RTO_MS);
    }
  });
});

/** Proportional rate reduction, beside what section 6.2 of RFC 9937 computes in its own words. */
import { Pacing } from "../../../assembly/tcp/pacing";
import { beginPrr, noteOut, reduceProportionally } from "../../../assembly/tcp/prr";
import { delivery, pipe } from "../../../assembly/tcp/scoreboard";
import { below, seed } from "../support/numbers";
import { BASE, MSS, freshRecords, tcb } from "../support/records";

/** `out` segments are on their way, the first of them is lost, and this many have arrived since. */
function inRecovery(out: u32, arrived: u32, threshold: u32): void {
  freshRecords(4);
  tcb.sndNxt = BASE + out * MSS;
  tcb.sndMax = tcb.sndNxt;
  tcb.sackedOctets = arrived * MSS;
  tcb.lostOctets = MSS;
  tcb.ssthresh = threshold * MSS;
  delivery.octets = MSS;
  beginPrr(tcb);
}

/** Segments that may leave now. */
function room(): u32 {
  const out = pipe(tcb);
  return tcb.cwnd > out ? (tcb.cwnd - out) / MSS : 0;
}

/** ACKs come, each of a segment, and what may leave does: how many with each. */
function played(acks: u32, isSafe: bool = false): string {
  let text = "";
  for (let ack: u32 = 0; ack < acks; ack++) {
    if (ack != 0) tcb.sackedOctets += MSS;
    reduceProportionally(tcb, isSafe);
    const count = room();
    text += `${count}`;
    for (let sent: u32 = 0; sent < count; sent++) {
      noteOut(tcb, MSS);
      if (tcb.lostOctets != 0) tcb.lostOctets -= MSS;
      else tcb.sndNxt += MSS;
    }
  }
  return text;
}

describe("beginPrr", () => {
  it("counts what was on its way before the ACK (RecoverFS)", () => {
    inRecovery(22, 3, 10);
    expect<u32>(tcb.prrFlight).toBe(20 * MSS);
    expect<u32>(tcb.prrDelivered).toBe(0);
    expect<u32>(tcb.prrOut).toBe(0);
  });

  it("takes the word of pacing, which begins anew afterwards", () => {
    freshRecords(4);
    tcb.pacing = <u8>(Pacing.On | Pacing.Running);
    beginPrr(tcb);
    expect<u8>(tcb.pacing).toBe(<u8>Pacing.On);
  });

  it("is never 0, for it divides", () => {
    freshRecords(4);
    delivery.octets = 0;
    beginPrr(tcb);
    expect<u32>(tcb.prrFlight).toBe(1);
  });
});

describe("reduceProportionally", () => {
  it("lets every second ACK send where the window is halved, down to the threshold", () => {
    // 20 were on their way, two more left by limited transmit, and the third ACK begins it.
    // By octets: the first is half a segment early, and the next comes when that is made up for.
    inRecovery(22, 3, 10);
    expect<string>(played(17)).toBe("10010101010101001");
    expect<u32>(pipe(tcb)).toBe(10 * MSS);
    expect<u32>(tcb.cwnd).toBe(10 * MSS);
  });

  it("lets seven of ten ACKs send by CUBIC's factor", () => {
    inRecovery(22, 3, 14);
    expect<string>(played(10)).toBe("1010110111");
    expect<u32>(tcb.prrOut).toBe(7 * MSS);
  });

  it("opens to the threshold by no more than what was delivered, when much is lost", () => {
    // Four are on their way, and one leaves for each that arrives.
    inRecovery(20, 3, 10);
    tcb.lostOctets = 13 * MSS;
    expect<string>(played(4)).toBe("1111");
    expect<u32>(pipe(tcb)).toBe(5 * MSS);
  });

  it("opens by a segment more with each ACK that moves on and tells of no loss", () => {
    inRecovery(20, 3, 10);
    tcb.lostOctets = 13 * MSS;
    expect<string>(played(4, true)).toBe("2222");
    expect<u32>(pipe(tcb)).toBe(9 * MSS);
  });

  it("lets the first leave whatever the threshold", () => {
    inRecovery(22, 3, 1);
    reduceProportionally(tcb, false);
    expect<u32>(room()).toBe(1);
    noteOut(tcb, MSS);
    tcb.sndNxt += MSS;
    reduceProportionally(tcb, false);
    expect<u32>(room()).toBe(0);
  });

  it("does nothing for an ACK that delivers nothing", () => {
    inRecovery(22, 3, 10);
    tcb.cwnd = 12345;
    delivery.octets = 0;
    reduceProportionally(tcb, true);
    expect<u32>(tcb.cwnd).toBe(12345);
  });

  it("allows what the RFC's own lines allow, for whatever comes", () => {
    for (let walk: u32 = 1; walk <= 100; walk++) {
      seed(walk);
      inRecovery(below(400000) + 5, 1, below(100000) + 2);
      let deliveredInAll: f64 = 0;
      for (let step = 0; step < 20; step++) {
        const isSafe = below(2) == 0;
        delivery.octets = below(3 * MSS) + 1;
        tcb.sackedOctets += delivery.octets;
        deliveredInAll += delivery.octets;
        const inflight = <f64>pipe(tcb);
        const goal = <f64>tcb.ssthresh;
        let sndcnt: f64 = 0;
        if (inflight > goal) {
          sndcnt = Math.ceil(deliveredInAll * goal / <f64>tcb.prrFlight) - <f64>tcb.prrOut;
        } else {
          sndcnt = Math.max(deliveredInAll - <f64>tcb.prrOut, <f64>delivery.octets);
          if (isSafe) sndcnt += MSS;
          sndcnt = Math.min(goal - inflight, sndcnt);
        }
        if (tcb.prrOut == 0) sndcnt = Math.max(sndcnt, MSS);
        reduceProportionally(tcb, isSafe);
        expect<f64>(<f64>tcb.cwnd).toBe(inflight + Math.max(sndcnt, 0));
        const leaves = min<u32>(tcb.cwnd - pipe(tcb), below(4 * MSS));
        noteOut(tcb, leaves);
        tcb.sndNxt += leaves;
      }
    }
  });
});

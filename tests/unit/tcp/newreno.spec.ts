/** The window's growth by RFC 5681, by octets counted. */
import { beginNewReno, growNewReno, stepSlowStart } from "../../../assembly/tcp/newreno";
import { Tcb } from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

function fresh(cwnd: u32): void {
  memory.fill(changetype<usize>(tcb), 0xff, offsetof<Tcb>());
  tcb.sndMss = 1000;
  tcb.cwnd = cwnd;
  beginNewReno(tcb);
}

describe("stepSlowStart", () => {
  it("is what was acknowledged, at most a segment (equation 2)", () => {
    fresh(10000);
    expect<u32>(stepSlowStart(tcb, 1)).toBe(1);
    expect<u32>(stepSlowStart(tcb, 1000)).toBe(1000);
    expect<u32>(stepSlowStart(tcb, 1001)).toBe(1000);
  });
});

describe("growNewReno", () => {
  it("opens by a segment when a window of octets has been acknowledged (equation 3)", () => {
    fresh(4000);
    growNewReno(tcb, 3999);
    expect<u32>(tcb.cwnd).toBe(4000);
    growNewReno(tcb, 1);
    expect<u32>(tcb.cwnd).toBe(5000);
    growNewReno(tcb, 4999);
    expect<u32>(tcb.cwnd).toBe(5000);
    growNewReno(tcb, 1000);
    expect<u32>(tcb.cwnd).toBe(6000);
  });

  it("opens by one segment an ACK at the most", () => {
    fresh(4000);
    growNewReno(tcb, 40000);
    expect<u32>(tcb.cwnd).toBe(5000);
    growNewReno(tcb, 4999);
    expect<u32>(tcb.cwnd).toBe(5000);
  });

  it("begins to count with congestion avoidance", () => {
    fresh(4000);
    growNewReno(tcb, 3999);
    beginNewReno(tcb);
    growNewReno(tcb, 3999);
    expect<u32>(tcb.cwnd).toBe(4000);
  });
});

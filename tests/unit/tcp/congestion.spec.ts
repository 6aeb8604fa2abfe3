/** Congestion control (RFC 5681), on a control block of our own. */
import {
  beginCongestion, collapseWindow, flightSize, growWindow, reduceThreshold,
} from "../../../assembly/tcp/congestion";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

function fresh(mss: u16): void {
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.sndMss = mss;
  tcb.sndUna = 0xfffffff0;
  tcb.sndMax = tcb.sndUna;
  beginCongestion(tcb);
}

describe("beginCongestion", () => {
  it("gives the initial window of RFC 6928: 10 segments, 14,600 octets, or two large ones", () => {
    fresh(1460);
    expect<u32>(tcb.cwnd).toBe(14600);
    fresh(536);
    expect<u32>(tcb.cwnd).toBe(5360);
    fresh(9000);
    expect<u32>(tcb.cwnd).toBe(18000);
  });

  it("gives one segment after a lost SYN", () => {
    fresh(1460);
    setFlag(tcb, TcbFlag.SynResent);
    beginCongestion(tcb);
    expect<u32>(tcb.cwnd).toBe(1460);
  });
});

describe("growWindow", () => {
  it("in slow start grows by what was acknowledged, at most one segment an ACK", () => {
    fresh(1000);
    const before = tcb.cwnd;
    growWindow(tcb, 300);
    expect<u32>(tcb.cwnd).toBe(before + 300);
    growWindow(tcb, 5000);
    expect<u32>(tcb.cwnd).toBe(before + 1300);
  });

  it("in congestion avoidance grows by about a segment in a round trip", () => {
    fresh(1000);
    tcb.ssthresh = 10000;
    tcb.cwnd = 20000;
    for (let ack = 0; ack < 20; ack++) growWindow(tcb, 1000);
    expect<bool>(tcb.cwnd >= 20900 && tcb.cwnd <= 21000).toBe(true);
  });

  it("in congestion avoidance gives nothing for a segment acknowledged octet by octet", () => {
    fresh(1000);
    tcb.ssthresh = 10000;
    tcb.cwnd = 20000;
    for (let ack = 0; ack < 1000; ack++) growWindow(tcb, 1);
    expect<u32>(tcb.cwnd).toBe(20000);
  });

  it("always grows, and never near 2^31", () => {
    fresh(1000);
    tcb.ssthresh = 1;
    tcb.cwnd = (1 << 29) - 1;
    growWindow(tcb, 1000);
    growWindow(tcb, 1000);
    expect<u32>(tcb.cwnd).toBe(1 << 29);
  });
});

describe("reduceThreshold", () => {
  it("is half of what is on its way, two segments at least", () => {
    fresh(1000);
    tcb.sndMax = tcb.sndUna + 20000;
    expect<u32>(flightSize(tcb)).toBe(20000);
    reduceThreshold(tcb);
    expect<u32>(tcb.ssthresh).toBe(10000);
    tcb.sndMax = tcb.sndUna + 500;
    reduceThreshold(tcb);
    expect<u32>(tcb.ssthresh).toBe(2000);
  });
});

describe("collapseWindow", () => {
  it("starts over with one segment; the threshold is halved by the first timeout only", () => {
    fresh(1000);
    tcb.sndMax = tcb.sndUna + 20000;
    collapseWindow(tcb);
    expect<u32>(tcb.cwnd).toBe(1000);
    expect<u32>(tcb.ssthresh).toBe(10000);
    tcb.backoff = 1;
    tcb.sndMax = tcb.sndUna + 4000;
    collapseWindow(tcb);
    expect<u32>(tcb.ssthresh).toBe(10000);
  });
});

/** Congestion control's door (RFC 5681, 6928, 7661), on a control block of our own. */
import { advanceClock, startClock } from "../../../assembly/core/clock";
import {
  beginCongestion, collapseWindow, flightSize, growWindow, reduceThreshold, restartIdle,
  saveCongestion, undoCongestion,
} from "../../../assembly/tcp/congestion";
import { Switch } from "../../../assembly/tcp/entry";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

let now: u32 = 0;

function pass(ms: u32): void {
  now += ms * 1000;
  advanceClock(now);
}

function fresh(mss: u16, mode: Switch = Switch.NewReno): void {
  startClock(0);
  now = 0;
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.switches = <u8>mode;
  tcb.sndMss = mss;
  tcb.rtoMs = 1000;
  tcb.sndUna = 0xfffffff0;
  tcb.sndMax = tcb.sndUna;
  beginCongestion(tcb);
}

/** All of the window is on its way, and `acked` octets are acknowledged. */
function ack(acked: u32, flight: u32 = tcb.cwnd): void {
  tcb.sndMax = tcb.sndUna + flight;
  tcb.sndUna += acked;
  growWindow(tcb, acked);
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
    ack(300);
    expect<u32>(tcb.cwnd).toBe(before + 300);
    ack(5000);
    expect<u32>(tcb.cwnd).toBe(before + 1300);
  });

  it("in congestion avoidance grows by a segment when a window has been acknowledged", () => {
    fresh(1000);
    tcb.ssthresh = 10000;
    tcb.cwnd = 20000;
    for (let count = 0; count < 19; count++) ack(1000);
    expect<u32>(tcb.cwnd).toBe(20000);
    ack(1000);
    expect<u32>(tcb.cwnd).toBe(21000);
    // ACKs of every second segment cost nothing (RFC 5681 section 3.1: octets are counted).
    for (let count = 0; count < 11; count++) ack(2000);
    expect<u32>(tcb.cwnd).toBe(22000);
  });

  it("in congestion avoidance gives nothing for a segment acknowledged octet by octet", () => {
    fresh(1000);
    tcb.ssthresh = 10000;
    tcb.cwnd = 20000;
    for (let count = 0; count < 1000; count++) ack(1);
    expect<u32>(tcb.cwnd).toBe(20000);
  });

  it("never grows near 2^31", () => {
    fresh(1000);
    tcb.ssthresh = 1;
    tcb.cwnd = (1 << 29) - 1;
    ack(1 << 29);
    expect<u32>(tcb.cwnd).toBe(1 << 29);
  });

  it("does not grow a window that was not the limit, nor in slow start one half unused", () => {
    fresh(1000);
    for (let count = 0; count < 10; count++) ack(1000, 4000);
    expect<u32>(tcb.cwnd).toBe(10000);
    ack(1000, 5000);
    expect<u32>(tcb.cwnd).toBe(11000);
    tcb.ssthresh = 10000;
    for (let count = 0; count < 50; count++) ack(1000, 10000);
    expect<u32>(tcb.cwnd).toBe(11000);
    for (let count = 0; count < 11; count++) ack(1000, 10001);
    expect<u32>(tcb.cwnd).toBe(12000);
  });

  it("halves a window unused for a second, down to the initial one (RFC 7661 4.4.3)", () => {
    fresh(1000);
    tcb.cwnd = 60000;
    tcb.ssthresh = 20000;
    ack(1000, 60000);
    pass(900);
    ack(1000, 2000);
    expect<u32>(tcb.cwnd).toBe(60000);
    pass(200);
    ack(1000, 2000);
    expect<u32>(tcb.cwnd).toBe(30000);
    expect<u32>(tcb.ssthresh).toBe(45000);
    ack(1000, 2000);
    expect<u32>(tcb.cwnd).toBe(30000);
    for (let count = 0; count < 5; count++) {
      pass(1200);
      ack(1000, 1500);
    }
    expect<u32>(tcb.cwnd).toBe(10000);
    expect<u32>(tcb.ssthresh).toBe(45000);
  });
});

describe("restartIdle", () => {
  it("after an idle timeout gives the initial window, and remembers (RFC 5681 4.1)", () => {
    fresh(1000);
    tcb.cwnd = 60000;
    tcb.ssthresh = 20000;
    pass(1000);
    restartIdle(tcb);
    expect<u32>(tcb.cwnd).toBe(60000);
    pass(1);
    restartIdle(tcb);
    expect<u32>(tcb.cwnd).toBe(10000);
    expect<u32>(tcb.ssthresh).toBe(45000);
  });

  it("leaves a window alone that is smaller than the initial one", () => {
    fresh(1000);
    tcb.cwnd = 3000;
    pass(5000);
    restartIdle(tcb);
    expect<u32>(tcb.cwnd).toBe(3000);
  });
});

describe("reduceThreshold", () => {
  it("by RFC 5681 is half of what is on its way, two segments at least", () => {
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

describe("undoCongestion", () => {
  it("brings window and threshold back, and leaves a larger window", () => {
    fresh(1000);
    tcb.cwnd = 30000;
    tcb.ssthresh = 25000;
    tcb.sndMax = tcb.sndUna + 30000;
    saveCongestion(tcb);
    collapseWindow(tcb);
    undoCongestion(tcb);
    expect<u32>(tcb.cwnd).toBe(30000);
    expect<u32>(tcb.ssthresh).toBe(25000);
    tcb.cwnd = 40000;
    undoCongestion(tcb);
    expect<u32>(tcb.cwnd).toBe(40000);
  });
});

/** Pacing: how much leaves when, by the arithmetic of the rate and through the whole stack. */
import { Option } from "../../../assembly/abi/option";
import { exchange } from "../../../assembly/api/exchange";
import { commit, setOption, shutdown } from "../../../assembly/api/sockets";
import { nextDeadline } from "../../../assembly/api/stack";
import { advanceClock, nowMs, skipSeconds, startClock } from "../../../assembly/core/clock";
import { clearWheel } from "../../../assembly/core/wheel";
import { PACED } from "../../../assembly/tcp/entry";
import {
  Pacing, beginPacing, isPaced, mustWait, notePaced, pacedRoom, stopPace, waitForPace,
} from "../../../assembly/tcp/pacing";
import { Tcb, TcbFlag, clearFlag, setFlag } from "../../../assembly/tcp/tcb";
import {
  ACK, FIN, eventsOf, iss, jump, now, pass, peerNext, sacking, say, sendSegment, sent, take,
  takeAll, tcbOf, write,
} from "../support/peer";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
const MSS: u32 = 1000;
let clock: u32 = 0;

/** A paced connection beyond slow start, with one segment on its way, sent long ago. */
function fresh(segments: u32, rttUs: u32): void {
  clock = 0xffff0000;
  startClock(clock);
  clearWheel();
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.ecn = PACED;
  beginPacing(tcb);
  tcb.sndMss = <u16>MSS;
  tcb.cwnd = segments * MSS;
  tcb.ssthresh = segments * MSS;
  tcb.sndWnd = 1 << 30;
  tcb.srttUs8 = rttUs << 3;
  tcb.sndUna = 0xfffffc00;
  tcb.sndNxt = tcb.sndUna;
  send();
  wait(1_000_000);
}

function send(): void {
  tcb.sndNxt += MSS;
  notePaced(tcb, MSS);
}

function wait(us: u32): void {
  clock += us;
  advanceClock(clock);
}

/** Segments that leave now, one after the other. */
function burst(): u32 {
  let count: u32 = 0;
  for (; !mustWait(tcb) && count < 1000; count++) send();
  return count;
}

/** Microseconds until the next may leave. */
function delay(): u32 {
  let us: u32 = 0;
  for (; mustWait(tcb); us++) wait(1);
  return us;
}

describe("beginPacing and isPaced", () => {
  it("go by the setting, whatever is asked of ECN beside it", () => {
    memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
    tcb.ecn = 2;
    beginPacing(tcb);
    expect<bool>(isPaced(tcb)).toBe(false);
    tcb.ecn = 2 | PACED;
    beginPacing(tcb);
    expect<bool>(isPaced(tcb)).toBe(true);
  });
});

describe("mustWait and notePaced", () => {
  it("let two segments out at once, then one in SRTT / (6/5 cwnd)", () => {
    fresh(10, 120_000);
    expect<u32>(burst()).toBe(2);
    for (let count = 0; count < 5; count++) {
      expect<u32>(delay()).toBe(10_000);
      expect<u32>(burst()).toBe(1);
    }
  });

  it("go by the peer's window where that is less", () => {
    fresh(10, 120_000);
    tcb.sndWnd = 5 * MSS;
    expect<u32>(burst()).toBe(2);
    expect<u32>(delay()).toBe(20_000);
  });

  it("double the window within a round trip, below half of the threshold", () => {
    fresh(10, 120_000);
    tcb.ssthresh = 21 * MSS;
    expect<u32>(burst()).toBe(2);
    expect<u32>(delay()).toBe(6000);
    tcb.ssthresh = 20 * MSS;
    send();
    expect<u32>(delay()).toBe(10_000);
  });

  it("let out a millisecond's worth at once, where that is more, and the segment beyond", () => {
    fresh(1000, 100_000);
    // 12 segments take a millisecond.
    expect<u32>(burst()).toBe(13);
    wait(500);
    expect<u32>(burst()).toBe(6);
  });

  it("save up no more than that", () => {
    fresh(1000, 100_000);
    burst();
    wait(50_000);
    expect<u32>(burst()).toBe(13);
  });

  it("make up for four milliseconds of a host that was late", () => {
    fresh(1000, 100_000);
    burst();
    waitForPace(tcb, true);
    wait(50_000);
    expect<u32>(burst()).toBe(49);
    waitForPace(tcb, false);
    wait(50_000);
    expect<u32>(burst()).toBe(13);
  });

  it("keep the rate with a timer that is two milliseconds late every time", () => {
    fresh(1000, 100_000);
    burst();
    let count: u32 = 0;
    for (let turn = 0; turn < 100; turn++) {
      waitForPace(tcb, true);
      wait(2500);
      count += burst();
    }
    // 12 a millisecond.
    expect<bool>(count >= 2990 && count <= 3020).toBe(true);
  });

  it("do without where no round trip is known, or one is but a burst", () => {
    fresh(10, 120_000);
    tcb.srttUs8 = 0;
    expect<u32>(burst()).toBe(1000);
    fresh(10, 1200);
    expect<u32>(burst()).toBe(1000);
    fresh(10, 1201);
    expect<bool>(burst() < 13).toBe(true);
  });

  it("hold nothing back with nothing on its way, nor probes, nor in recovery", () => {
    fresh(10, 120_000);
    burst();
    expect<bool>(mustWait(tcb)).toBe(true);
    const flags: u32[] = [
      TcbFlag.InRecovery, TcbFlag.Resend, TcbFlag.ProbeNow, TcbFlag.ProbeTail,
    ];
    for (let index = 0; index < flags.length; index++) {
      setFlag(tcb, flags[index]);
      expect<bool>(mustWait(tcb)).toBe(false);
      clearFlag(tcb, flags[index]);
    }
    tcb.sndUna = tcb.sndNxt;
    expect<bool>(mustWait(tcb)).toBe(false);
  });

  it("count from anew after a pause of any length", () => {
    for (let hours: u32 = 0; hours < 5; hours++) {
      fresh(10, 120_000);
      burst();
      tcb.sndUna = tcb.sndNxt;
      for (let half: u32 = 0; half < 2 * hours; half++) wait(1_800_000_000);
      wait(1_260_000_000);
      expect<u32>(burst()).toBe(2);
      expect<u32>(delay()).toBe(10_000);
    }
  });

  it("hold nothing back whose time came while the machine slept, however long", () => {
    for (let minutes: u32 = 0; minutes < 300; minutes++) {
      fresh(10, 120_000);
      burst();
      skipSeconds(60 * minutes, 0);
      wait(30_000_000);
      expect<bool>(mustWait(tcb)).toBe(false);
      expect<u32>(burst()).toBe(2);
      expect<u32>(delay()).toBe(10_000);
    }
  });

  it("leave the word to recovery, and begin anew after it", () => {
    fresh(10, 120_000);
    burst();
    stopPace(tcb);
    setFlag(tcb, TcbFlag.InRecovery);
    tcb.prrFlight = 0x12345678;
    notePaced(tcb, MSS);
    expect<u32>(tcb.prrFlight).toBe(0x12345678);
    clearFlag(tcb, TcbFlag.InRecovery);
    expect<u32>(burst()).toBe(2);
    expect<u32>(delay()).toBe(10_000);
  });

  it("never divide by a window of 0", () => {
    fresh(10, 120_000);
    tcb.cwnd = 0;
    expect<u32>(burst()).toBe(2);
    expect<bool>(mustWait(tcb)).toBe(true);
  });
});

describe("pacedRoom", () => {
  it("is what may leave at once, to be cut by a driver: as much as one by one", () => {
    fresh(1000, 100_000);
    expect<u32>(pacedRoom(tcb, 1_000_000)).toBe(13 * MSS);
    expect<u32>(pacedRoom(tcb, 5000)).toBe(5000);
    send();
    wait(500);
    // A twelfth of a millisecond, in whole microseconds, is a little less than a segment.
    const room = pacedRoom(tcb, 1_000_000);
    expect<bool>(room >= 13 * MSS - 20 && room <= 13 * MSS).toBe(true);
  });

  it("is a segment where one leaves before its time", () => {
    fresh(10, 120_000);
    burst();
    expect<u32>(pacedRoom(tcb, 1_000_000)).toBe(MSS);
  });

  it("is all where nothing is paced", () => {
    fresh(10, 1000);
    expect<u32>(pacedRoom(tcb, 1_000_000)).toBe(1_000_000);
  });
});

/** Of 536 octets a segment, and 100 ms: those of the initial window, of ten, are 5 ms apart. */
const SEGMENT: u32 = 536;
/** What a ring of the specs holds. */
const MOST: u32 = 7;

/** Established, paced, and with so many segments to send. */
function paced(segments: u32): i32 {
  const handle = sacking();
  setOption(handle, Option.Pacing, 1);
  write(handle, segments * SEGMENT);
  return handle;
}

describe("a paced connection", () => {
  it("spreads the initial window over the round trip, as nextDeadline says", () => {
    paced(MOST);
    expect<u32>(takeAll()).toBe(2);
    for (let count: u32 = 2; count < MOST; count++) {
      // Not later; sooner where a node of the wheel moves to a finer level.
      const due = nextDeadline(now);
      expect<bool>(due > 0 && due <= 5000).toBe(true);
      expect<u32>(pass(4)).toBe(0);
      expect<u32>(nextDeadline(now)).toBe(1000);
      expect<u32>(pass(1)).toBe(1);
      expect<u32>(sent.seq).toBe(iss + 1 + count * SEGMENT);
    }
    expect<bool>(nextDeadline(now) > 5000).toBe(true);
  });

  it("sends all at once when it is told to be paced no more", () => {
    const handle = paced(MOST);
    takeAll();
    setOption(handle, Option.Pacing, 0);
    expect<u32>(takeAll()).toBe(MOST - 2);
  });

  it("acknowledges at once, without the text that waits", () => {
    paced(MOST);
    takeAll();
    say(ACK, iss + 1, 100);
    say(ACK, iss + 1, 100);
    say(ACK, iss + 1, 1000);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.textLen).toBe(0);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<bool>(take()).toBe(false);
    expect<u32>(pass(4)).toBe(0);
    expect<u32>(pass(1)).toBe(1);
    expect<u32>(sent.textLen).toBe(SEGMENT);
  });

  it("does not hold a FIN back that bears no text", () => {
    const handle = paced(2);
    takeAll();
    shutdown(handle);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags & FIN).toBe(FIN);
  });

  it("sends the FIN of what waits with the last of it", () => {
    const handle = paced(4);
    takeAll();
    shutdown(handle);
    expect<u32>(pass(9)).toBe(1);
    expect<u32>(sent.flags & FIN).toBe(0);
    expect<u32>(pass(1)).toBe(1);
    expect<u32>(sent.flags & FIN).toBe(FIN);
  });

  it("makes no timer of the window's for what waits for its time", () => {
    const handle = paced(MOST);
    takeAll();
    expect<u32>(tcbOf(handle).persistAtMs).toBe(0);
    expect<bool>(tcbOf(handle).retransmitAtMs != 0).toBe(true);
  });

  it("probes a window that has shut meanwhile", () => {
    paced(MOST);
    takeAll();
    sendSegment(ACK, peerNext, iss + 1 + 2 * SEGMENT, 0, 0);
    expect<u32>(pass(999)).toBe(0);
    expect<u32>(pass(1)).toBe(1);
    expect<u32>(sent.textLen).toBe(1);
  });

  it("sends again what a timeout says is lost, at once", () => {
    const handle = paced(2);
    takeAll();
    const tcb = tcbOf(handle);
    jump(tcb.retransmitAtMs - nowMs());
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.seq).toBe(iss + 1);
  });

  it("gets no frame of `exchange` before its time", () => {
    const handle = paced(2);
    takeAll();
    eventsOf(handle);
    expect<i32>(exchange(handle, 0, SEGMENT, now)).toBe(0);
    jump(5);
    expect<bool>(exchange(handle, 0, 0, now) > 0).toBe(true);
    expect<i32>(commit(handle, 0, 0) > 0 ? 1 : 0).toBe(1);
  });
});

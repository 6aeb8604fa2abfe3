/** Segment sizes by what comes through (RFC 4821). */
import { Counter } from "../../../assembly/abi/counter";
import { skipSeconds } from "../../../assembly/core/clock";
import {
  RAISE_LATER, lowerSize, nextRoom, noteProbeLost, proveSize, suspectSize,
} from "../../../assembly/tcp/black_hole";
import { beginRtt } from "../../../assembly/tcp/rto";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "../../../assembly/tcp/tcb";
import { begin, counted } from "../support/peer";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
/** So many octets are sent and not acknowledged. */
const FLIGHT: u32 = 3000;

/** A control block with a segment size of 1460, and windows that are wide open. */
function fresh(): void {
  begin();
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  tcb.sndMss = 1460;
  tcb.mssLimit = 1460;
  tcb.sndUna = 0xffffff00;
  tcb.sndNxt = tcb.sndUna + FLIGHT;
  tcb.sndMax = tcb.sndNxt;
  tcb.cwnd = 20000;
  tcb.sndWnd = 20000;
  tcb.maxSndWnd = 20000;
}

/** A timeout, the `count`th in a row. */
function timeout(count: u32): void {
  tcb.retransmissions = <u8>count;
  suspectSize(tcb);
}

describe("suspectSize", () => {
  beforeEach(fresh);

  it("goes down with every second timeout, to path MTUs of 1024, 512 and 296", () => {
    const sizes: u32[] = [1460, 984, 984, 472, 472, 256, 256, 256];
    for (let count = 0; count < sizes.length; count++) {
      timeout(count + 1);
      expect<u32>(tcb.sndMss).toBe(sizes[count]);
    }
    expect<u32>(counted(Counter.TcpSegmentSizeLowered)).toBe(3);
  });

  it("begins with the fourth when segments so large have come through", () => {
    tcb.provenMss = 1460;
    timeout(2);
    expect<u32>(tcb.sndMss).toBe(1460);
    timeout(4);
    expect<u32>(tcb.sndMss).toBe(984);
  });

  it("lets be what would be sent in segments of the same size", () => {
    tcb.sndMax = tcb.sndUna + 984;
    timeout(2);
    expect<u32>(tcb.sndMss).toBe(1460);
  });

  it("leaves small segments as they are", () => {
    tcb.sndMss = 200;
    timeout(2);
    expect<u32>(tcb.sndMss).toBe(200);
  });
});

describe("nextRoom", () => {
  beforeEach(() => {
    fresh();
    timeout(2);
  });

  it("is the limit after a guess, as soon as text and windows allow", () => {
    expect<u32>(nextRoom(tcb, 1460, 1460, 0)).toBe(1460);
    expect<u32>(nextRoom(tcb, 1459, 5000, 0)).toBe(984);
    expect<u32>(nextRoom(tcb, 5000, 1459, 0)).toBe(0);
    tcb.cwnd = 1459;
    expect<u32>(nextRoom(tcb, 5000, 1000, 0)).toBe(984);
  });

  it("is a plateau when the limit has been lost, and never beyond the limit", () => {
    setFlag(tcb, TcbFlag.LimitLost);
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(1240);
    tcb.sndMss = 1452;
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(1460);
  });

  it("stays while another segment is timed, in recovery, and with what was sent before", () => {
    const flags: u32[] = [TcbFlag.RttTimed, TcbFlag.InRecovery, TcbFlag.ProbeNow];
    for (let index = 0; index < flags.length; index++) {
      setFlag(tcb, flags[index]);
      expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(984);
      clearFlag(tcb, flags[index]);
    }
    tcb.dupAcks = 1;
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(984);
    tcb.dupAcks = 0;
    tcb.sndNxt--;
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(984);
  });

  it("leaves room for options that not all segments have, and tries nothing beside them", () => {
    expect<u32>(nextRoom(tcb, 5000, 5000, 12)).toBe(972);
  });

  it("stays for 10 minutes after a report, whatever the clock, and for no longer than 12", () => {
    for (let turn = 0; turn < 300; turn++) {
      lowerSize(tcb, 500, RAISE_LATER);
      expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(500);
      skipSeconds(655, 655);
      expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(500);
      skipSeconds(66, 66);
      expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(1460);
      skipSeconds(37, 37);
    }
  });
});

describe("proveSize and noteProbeLost", () => {
  beforeEach(() => {
    fresh();
    timeout(2);
    tcb.sndUna = tcb.sndMax;
    beginRtt(tcb, tcb.sndUna + 1460, 1460);
  });

  it("what came through is the size, and the next step is 2 minutes off", () => {
    tcb.mssLimit = 4000;
    proveSize(tcb);
    clearFlag(tcb, TcbFlag.RttTimed);
    expect<u32>(tcb.sndMss).toBe(1460);
    expect<u32>(tcb.provenMss).toBe(1460);
    expect<u32>(counted(Counter.TcpSegmentSizeRaised)).toBe(1);
    skipSeconds(130, 130);
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(1460);
    skipSeconds(67, 67);
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(4000);
  });

  it("a lost limit is followed by a plateau, a lost plateau by 10 minutes of quiet", () => {
    expect<bool>(noteProbeLost(tcb)).toBe(true);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(false);
    expect<bool>(noteProbeLost(tcb)).toBe(false);
    tcb.sndMax = tcb.sndNxt;
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(1240);
    beginRtt(tcb, tcb.sndUna + 1240, 1240);
    expect<bool>(noteProbeLost(tcb)).toBe(true);
    expect<u32>(nextRoom(tcb, 5000, 5000, 0)).toBe(984);
    expect<bool>(has(tcb, TcbFlag.LimitLost)).toBe(false);
  });

  it("a segment of ordinary size, or another one than the oldest, is no such loss", () => {
    tcb.sndUna--;
    expect<bool>(noteProbeLost(tcb)).toBe(false);
    tcb.sndUna++;
    tcb.timedLen = 984;
    tcb.rttSeq = tcb.sndUna + 984;
    expect<bool>(noteProbeLost(tcb)).toBe(false);
  });
});

/** Timestamps: our clock, the age of segments, TS.Recent. */
import { Counter } from "../../../assembly/abi/counter";
import { nowMs } from "../../../assembly/core/clock";
import { Segment } from "../../../assembly/wire/segment";
import { Offer } from "../../../assembly/wire/tcp_options";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import {
  Age, ageFor, ageOf, noteTimestamp, timestamp,
} from "../../../assembly/tcp/timestamps";
import { ACK, RST, connected, counted, pass, tcbOf } from "../support/peer";

const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));
let tcb: Tcb = changetype<Tcb>(0);

function stamp(value: u32, flags: u32 = ACK): void {
  seg.flags = flags;
  seg.offers = <u8>Offer.Timestamps;
  seg.tsVal = value;
}

describe("timestamp", () => {
  it("counts milliseconds from the offset on", () => {
    connected();
    const before = timestamp(1000);
    expect<u32>(before).toBe(nowMs() + 1000);
    pass(70);
    expect<u32>(timestamp(1000) - before).toBe(70);
  });
});

describe("ageOf", () => {
  it("does not care where nothing was agreed on, nor for a RST", () => {
    stamp(1);
    expect<u32>(ageOf(seg, 0, 100)).toBe(Age.Fine);
    stamp(1, RST);
    expect<u32>(ageOf(seg, Offer.Timestamps, 100)).toBe(Age.Fine);
  });

  it("tells old, new and none apart, over the wrap", () => {
    connected();
    stamp(99);
    expect<u32>(ageOf(seg, Offer.Timestamps, 100)).toBe(Age.Old);
    stamp(100);
    expect<u32>(ageOf(seg, Offer.Timestamps, 100)).toBe(Age.Fine);
    stamp(3);
    expect<u32>(ageOf(seg, Offer.Timestamps, 0xfffffffe)).toBe(Age.Fine);
    seg.offers = 0;
    expect<u32>(ageOf(seg, Offer.Timestamps, 100)).toBe(Age.Unknown);
    expect<u32>(counted(Counter.TcpTimestampOld)).toBe(1);
    expect<u32>(counted(Counter.TcpTimestampMissing)).toBe(1);
  });
});

describe("ageFor and noteTimestamp", () => {
  beforeEach(() => {
    tcb = tcbOf(connected());
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 100;
  });

  it("go by TS.Recent, unless nothing was heard for 24 days", () => {
    stamp(50);
    expect<u32>(ageFor(tcb, seg)).toBe(Age.Old);
    tcb.heardAtMs = nowMs() - 24 * 24 * 3600 * 1000 - 1;
    expect<u32>(ageFor(tcb, seg)).toBe(Age.Fine);
  });

  it("take it over from what is not beyond the last ACK", () => {
    stamp(200);
    seg.seq = tcb.rcvAcked + 1;
    noteTimestamp(tcb, seg);
    expect<u32>(tcb.tsRecent).toBe(100);
    seg.seq = tcb.rcvAcked;
    noteTimestamp(tcb, seg);
    expect<u32>(tcb.tsRecent).toBe(200);
  });
});

/** Segment sizes. */
import {
  largestMss, mssOf, mtuOf, plateauAbove, plateauBelow, sendMss,
} from "../../../assembly/tcp/mss";
import { TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { begin, established, tcbOf } from "../support/peer";

describe("largestMss", () => {
  it("is what an IP packet of the interface's MTU holds beside two headers", () => {
    begin();
    expect<u32>(largestMss()).toBe(1460);
  });
});

describe("sendMss", () => {
  beforeEach(() => begin());

  it("assumes 536 octets of a peer that says nothing (MUST-15)", () => {
    expect<u32>(sendMss(0)).toBe(536);
  });

  it("is what the peer announced, within our MTU (MUST-16)", () => {
    expect<u32>(sendMss(1000)).toBe(1000);
    expect<u32>(sendMss(1460)).toBe(1460);
    expect<u32>(sendMss(65535)).toBe(1460);
  });

  it("is never silly, however small the peer says", () => {
    expect<u32>(sendMss(1)).toBe(48);
    expect<u32>(sendMss(48)).toBe(48);
  });
});

describe("mssOf and mtuOf", () => {
  it("are two headers apart", () => {
    const tcb = tcbOf(established());
    expect<u32>(tcb.sndMss).toBe(1460);
    expect<u32>(mtuOf(tcb)).toBe(1500);
    expect<u32>(mssOf(tcb, 1000)).toBe(960);
  });

  it("are 12 octets more apart with timestamps", () => {
    const tcb = tcbOf(established());
    setFlag(tcb, TcbFlag.Timestamps);
    expect<u32>(mtuOf(tcb)).toBe(1512);
    expect<u32>(mssOf(tcb, 1000)).toBe(948);
  });
});

describe("plateauBelow and plateauAbove", () => {
  it("are neighbours in the table, never the number itself", () => {
    expect<u32>(plateauBelow(1500)).toBe(1492);
    expect<u32>(plateauBelow(1492)).toBe(1400);
    expect<u32>(plateauAbove(1492)).toBe(2002);
    expect<u32>(plateauAbove(1491)).toBe(1492);
  });

  it("end at the ends", () => {
    expect<u32>(plateauBelow(0)).toBe(68);
    expect<u32>(plateauBelow(297)).toBe(296);
    expect<u32>(plateauAbove(65535)).toBe(65535);
    expect<u32>(plateauAbove(0)).toBe(68);
  });
});

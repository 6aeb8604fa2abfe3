/** The two windows. */
import {
  advanceWindow, announcedWindow, bareSeq, nextEdge, offeredScale, readable, receiveWindow,
  takeWindow, usableWindow,
} from "../../../assembly/tcp/window";
import { Tcb } from "../../../assembly/tcp/tcb";
import {
  ACK, FIN, RING, established, iss, peerNext, read, say, sent, takeAll, tcbOf,
} from "../support/peer";
import { below, seed } from "../support/numbers";

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);

function fresh(): void {
  handle = established();
  tcb = tcbOf(handle);
}

describe("the window that we announce", () => {
  beforeEach(() => fresh());

  it("is the whole ring at first", () => {
    expect<u32>(announcedWindow()).toBe(RING);
    expect<u32>(offeredScale()).toBe(0);
    expect<u32>(receiveWindow(tcb)).toBe(RING);
  });

  it("shrinks with what is not read, and its right edge never moves left (SHLD-14)", () => {
    seed(8);
    let edge = tcb.rcvAdv;
    for (let run = 0; run < 500; run++) {
      const room = receiveWindow(tcb);
      if (room > 0) say(ACK, iss + 1, min<u32>(below(300) + 1, room));
      if (below(3) == 0) read(handle, below(2000));
      takeAll();
      if (<i32>(tcb.rcvAdv - edge) < 0) throw new Error("the right edge moved left");
      edge = tcb.rcvAdv;
      if (edge - tcb.rcvRead > RING) throw new Error("more was announced than there is room for");
    }
    expect<bool>(true).toBe(true);
  });

  it("moves in steps of a segment or half the ring, not by an octet (MUST-39)", () => {
    for (let run = 0; run < 4; run++) say(ACK, iss + 1, 1024);
    takeAll();
    expect<u32>(receiveWindow(tcb)).toBe(0);
    const edge = tcb.rcvAdv;
    read(handle, 1459);
    expect<u32>(nextEdge(tcb)).toBe(edge);
    read(handle, 1);
    expect<u32>(nextEdge(tcb)).toBe(edge + 1460);
    expect<u32>(advanceWindow(tcb)).toBe(1460);
    expect<u32>(receiveWindow(tcb)).toBe(1460);
  });

  it("is told in units of the scale, rounded down", () => {
    tcb.rcvScale = 3;
    tcb.rcvAdv = tcb.rcvNxt;
    tcb.rcvRead = tcb.rcvNxt - 5;
    expect<u32>(advanceWindow(tcb)).toBe((RING - 5) >> 3);
    expect<u32>(receiveWindow(tcb)).toBe((RING - 5) & ~7);
  });
});

describe("readable", () => {
  it("counts octets in order, not the FIN behind them", () => {
    fresh();
    say(ACK | FIN, iss + 1, 100);
    expect<u32>(readable(tcb)).toBe(100);
    expect<u32>(sent.ack).not.toBe(peerNext);
  });
});

describe("usableWindow", () => {
  beforeEach(() => fresh());

  it("is what the smaller of the two windows leaves beside what is on its way", () => {
    tcb.sndWnd = 5000;
    tcb.cwnd = 3000;
    expect<u32>(usableWindow(tcb)).toBe(3000);
    tcb.sndNxt += 1000;
    expect<u32>(usableWindow(tcb)).toBe(2000);
    tcb.sndWnd = 1500;
    expect<u32>(usableWindow(tcb)).toBe(500);
  });

  it("is 0 when the peer has shrunk its window below what is on its way", () => {
    tcb.sndNxt += 1000;
    tcb.sndWnd = 100;
    expect<u32>(usableWindow(tcb)).toBe(0);
  });
});

describe("takeWindow", () => {
  it("keeps the largest in mind", () => {
    fresh();
    takeWindow(tcb, iss + 1, 100_000);
    takeWindow(tcb, iss + 1, 10);
    expect<u32>(tcb.sndWnd).toBe(10);
    expect<u32>(tcb.maxSndWnd).toBe(100_000);
  });
});

describe("bareSeq", () => {
  it("is beyond all that was sent, but not beyond what the peer has room for", () => {
    fresh();
    tcb.sndMax = iss + 500;
    expect<u32>(bareSeq(tcb)).toBe(iss + 500);
    tcb.sndEdge = iss + 499;
    expect<u32>(bareSeq(tcb)).toBe(iss + 499);
  });
});

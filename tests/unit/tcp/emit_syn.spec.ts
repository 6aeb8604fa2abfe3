/** Forming the first SYN of an active open: as the long way does it, or left to that. */
import { Counter } from "../../../assembly/abi/counter";
import { Option } from "../../../assembly/abi/option";
import { setOption, shutdown } from "../../../assembly/api/sockets";
import { frameOutPtr } from "../../../assembly/api/stack";
import { unlink } from "../../../assembly/core/list";
import { resolve } from "../../../assembly/net/output";
import { hasReady } from "../../../assembly/net/ready";
import { Switch } from "../../../assembly/tcp/entry";
import { isPlanFirstSyn, transmitFirstSyn } from "../../../assembly/tcp/emit_syn";
import { planFirstSyn, planSegment } from "../../../assembly/tcp/output";
import { plan } from "../../../assembly/tcp/plan";
import { Tcb, TcbFlag } from "../../../assembly/tcp/tcb";
import { beginTurn } from "../../../assembly/tcp/turn";
import { hex } from "../support/octets";
import { ACK, SYN, connecting, counted, sent, take, tcbOf, write } from "../support/peer";
import { blockOf } from "../support/ways";

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);

/** A connection whose SYN waits to leave. */
function fresh(): void {
  handle = connecting();
  tcb = tcbOf(handle);
}

/** Whether its SYN is one for the short way. */
function isShort(): bool {
  return planSegment(tcb) && isPlanFirstSyn(tcb);
}

/** What leaves by one of the two ways, and what that leaves behind. */
function sendBy(isLong: bool): string {
  const before = counted(Counter.TcpSegmentsOut);
  let len: u32 = 0;
  if (isLong) {
    assert(take() && sent.flags == SYN, "no SYN came");
    len = sent.len;
  } else {
    unlink(tcb);
    beginTurn(tcb);
    assert(isShort(), "it is none for the short way");
    resolve(tcb.remoteLow);
    len = transmitFirstSyn(tcb);
    expect<usize>(plan.tcb).toBe(0);
  }
  expect<bool>(hasReady()).toBe(false);
  expect<u32>(counted(Counter.TcpSegmentsOut)).toBe(before + 1);
  return `${hex(frameOutPtr(), len)}\n${blockOf(tcb)}`;
}

describe("transmitFirstSyn", () => {
  it("sends what the long way sends, and leaves what that leaves", () => {
    for (let which: u32 = 0; which < 16; which++) {
      const shown: string[] = [];
      for (let way = 0; way < 2; way++) {
        fresh();
        setOption(handle, Option.TimeToLive, 7);
        setOption(handle, Option.DiffServ, 0x28);
        setOption(handle, Option.Timestamps, which & 1);
        setOption(handle, Option.Sack, which >> 1 & 1);
        if (which & 4) setOption(handle, Option.MaxSegment, 1000);
        if (which & 8) setOption(handle, Option.MinRto, 3000);
        shown.push(sendBy(way == 0));
      }
      expect<string>(shown[1]).toBe(shown[0]);
    }
  });

  it("starts the timer, and times the round trip", () => {
    fresh();
    sendBy(false);
    expect<bool>(tcb.retransmitAtMs != 0).toBe(true);
    expect<u32>(tcb.rttSeq).toBe(tcb.sndMax);
    expect<u32>(tcb.sndMax).toBe(tcb.sndUna + 1);
  });
});

describe("isPlanFirstSyn", () => {
  beforeEach(() => fresh());

  it("says yes to the SYN of a connection to which nothing has happened", () => {
    expect<bool>(isShort()).toBe(true);
  });

  it("says no to one that bears more: the user timeout, or bits of ECN", () => {
    setOption(handle, Option.Ecn, 1);
    expect<bool>(isShort()).toBe(false);
    setOption(handle, Option.Ecn, 0);
    expect<bool>(isShort()).toBe(true);
    tcb.switches |= <u8>Switch.UserTimeoutOption;
    expect<bool>(isShort()).toBe(false);
  });

  it("says no where text or FIN waits behind it", () => {
    write(handle, 1);
    expect<bool>(isShort()).toBe(false);
    fresh();
    shutdown(handle);
    expect<bool>(isShort()).toBe(false);
  });

  it("says no to one that is paced", () => {
    setOption(handle, Option.Pacing, 1);
    expect<bool>(isShort()).toBe(false);
  });

  it("says no when it was sent before, and to a SYN+ACK", () => {
    assert(take(), "no SYN came");
    expect<bool>(isShort()).toBe(false);
    tcb.flags = TcbFlag.Opening;
    tcb.sndNxt--;
    expect<bool>(isShort()).toBe(false);
    tcb.sndMax--;
    expect<bool>(isShort()).toBe(true);
    plan.flags = SYN | ACK;
    expect<bool>(isPlanFirstSyn(tcb)).toBe(false);
  });

  it("says no with any flag but that of the opening, and in trouble", () => {
    for (let bit: u32 = 0; bit < 32; bit++) {
      fresh();
      if (tcb.flags >> bit & 1) continue;
      planFirstSyn(tcb);
      tcb.flags |= 1 << bit;
      expect<bool>(isPlanFirstSyn(tcb)).toBe(false);
    }
    fresh();
    planFirstSyn(tcb);
    tcb.backoff = 1;
    expect<bool>(isPlanFirstSyn(tcb)).toBe(false);
  });
});

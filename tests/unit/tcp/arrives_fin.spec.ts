/**
 * The peer closes, in the usual case: the short way does what the long way does, as in
 * arrives_usual.spec.ts, or leaves the segment.
 */
import { advanceClock } from "../../../assembly/core/clock";
import { hasReady } from "../../../assembly/net/ready";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { put16, put32 } from "../support/packets";
import {
  ACK, FIN, PSH, RST, SYN, eventsOf, iss, jump, now, options, peerPort, sacking, say, takeAll,
  tcbOf, write,
} from "../support/peer";
import { Told, blockOf, copy, isLeft, takeLong, takeShort } from "../support/ways";

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);
/** Octets that wait to be sent, and those that are on their way. */
let waiting: u32 = 0;
let out: u32 = 0;

/** One in the usual case, 50 ms after something was said. */
function fresh(): void {
  handle = sacking();
  tcb = tcbOf(handle);
  say(ACK, iss + 1, 100);
  takeAll();
  if (out != 0) write(handle, out);
  takeAll();
  if (waiting != 0) {
    tcb.cwnd = out;
    write(handle, waiting);
  }
  takeAll();
  eventsOf(handle);
  jump(50);
  advanceClock(now);
}

/** Both ways, from two situations alike, lead to the same. */
function agrees(told: Told): void {
  fresh();
  takeLong(told);
  const long = blockOf(tcb);
  const isLongReady = hasReady();
  const longNews = eventsOf(handle);
  fresh();
  expect<bool>(takeShort(tcb)).toBe(true);
  expect<string>(blockOf(tcb)).toBe(long);
  expect<bool>(hasReady()).toBe(isLongReady);
  expect<u32>(eventsOf(handle)).toBe(longNews);
  expect<u32>(takeAll() > 0 ? 1 : 0).toBe(isLongReady ? 1 : 0);
}

/** The short way leaves the segment, and all as it was. */
function leaves(told: Told): void {
  fresh();
  takeLong(told);
  fresh();
  isLeft(tcb);
}

describe("takeUsualFin", () => {
  beforeEach(() => {
    waiting = 0;
    out = 0;
  });

  it("takes a bare FIN as the long way does, whatever waits or is on its way", () => {
    agrees(new Told(ACK | FIN, 0, 0, 0));
    agrees(new Told(ACK | FIN | PSH, 0, 0, 0));
    agrees(new Told(ACK | FIN, 0, 0, 0, 1000));
    out = 536;
    agrees(new Told(ACK | FIN, 0, 0, 0));
    waiting = 64;
    agrees(new Told(ACK | FIN, 0, 0, 0));
  });

  it("leaves every other control bit", () => {
    leaves(new Told(FIN, 0, 0, 0));
    leaves(new Told(ACK, 0, 0, 0));
    leaves(new Told(ACK | FIN | RST, 0, 0, 0));
    leaves(new Told(ACK | FIN | SYN, 0, 0, 0));
  });

  it("leaves one with text, out of order, or that acknowledges something new", () => {
    leaves(new Told(ACK | FIN, 0, 0, 1));
    leaves(new Told(ACK | FIN, 1, 0, 0));
    leaves(new Told(ACK | FIN, -1, 0, 0));
    out = 536;
    leaves(new Told(ACK | FIN, 0, 1, 0));
    leaves(new Told(ACK | FIN, 0, 537, 0));
    leaves(new Told(ACK | FIN, 0, 0xffffffff, 0));
  });

  it("leaves one that does not fit the window, with a window of 0, or an older one", () => {
    leaves(new Told(ACK | FIN, 0, 0, 0, 0));
    fresh();
    takeLong(new Told(ACK | FIN, 0, 0, 0));
    fresh();
    tcb.rcvAdv = tcb.rcvNxt;
    isLeft(tcb);
    fresh();
    tcb.sndWl1 = tcb.rcvNxt + 1;
    isLeft(tcb);
  });

  it("leaves any octet that is not what was sent", () => {
    fresh();
    takeLong(new Told(ACK | FIN, 0, 0, 0));
    fresh();
    for (let at: usize = 20; at < 40; at++) {
      store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
      isLeft(tcb);
      store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
    }
    expect<bool>(takeShort(tcb)).toBe(true);
  });

  it("leaves everything when the connection is not in the usual case, or is another's", () => {
    fresh();
    takeLong(new Told(ACK | FIN, 0, 0, 0));
    fresh();
    setFlag(tcb, TcbFlag.Orphan);
    isLeft(tcb);
    fresh();
    put16(copy + 20, peerPort + 1);
    isLeft(tcb);
  });

  it("leaves options, but takes timestamps that are not older than TS.Recent", () => {
    fresh();
    put32(options, 0x01010101);
    takeLong(new Told(ACK | FIN, 0, 0, 0, 0xffff, 4));
    fresh();
    isLeft(tcb);
    put32(options, 0x0101080a);
    put32(options + 4, 1000);
    put32(options + 8, 0);
    takeLong(new Told(ACK | FIN, 0, 0, 0, 0xffff, 12));
    for (let newer: u32 = 0; newer < 2; newer++) {
      fresh();
      setFlag(tcb, TcbFlag.Timestamps);
      tcb.tsRecent = 999 + 2 * newer;
      tcb.rcvAcked = tcb.rcvNxt;
      expect<bool>(takeShort(tcb)).toBe(newer == 0);
      expect<u32>(tcb.tsRecent).toBe(1000 + newer);
    }
    fresh();
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 999;
    tcb.rcvAcked = tcb.rcvNxt - 1;
    expect<bool>(takeShort(tcb)).toBe(true);
    expect<u32>(tcb.tsRecent).toBe(999);
  });
});

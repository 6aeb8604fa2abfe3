/**
 * SEGMENT ARRIVES in the usual case. What the short way takes, it takes as the long way does: both
 * are given the same segment in the same situation, and the control blocks compared octet by octet.
 */
import { advanceClock } from "../../../assembly/core/clock";
import { hasReady } from "../../../assembly/net/ready";
import { usualHeaderLen } from "../../../assembly/tcp/arrives_usual";
import { Mark, firstRecord, setMarks } from "../../../assembly/tcp/records";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { put16, put32 } from "../support/packets";
import {
  ACK, FIN, PSH, RST, SYN, eventsOf, iss, jump, now, options, peerPort, read, sacking, say,
  takeAll, tcbOf, write,
} from "../support/peer";
import { Told, blockOf, copy, isLeft, takeLong, takeShort } from "../support/ways";

const URG: u32 = 32;

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);

/** One in the usual case: 2 * 536 octets are on their way since 50 ms ago, 64 more wait. */
function fresh(): void {
  handle = sacking();
  tcb = tcbOf(handle);
  say(ACK, iss + 1, 100);
  takeAll();
  write(handle, 2 * 536);
  takeAll();
  tcb.cwnd = 2 * 536;
  write(handle, 64);
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
  read(handle);
}

/** The short way leaves the segment, and all as it was. */
function leaves(told: Told): void {
  fresh();
  takeLong(told);
  fresh();
  isLeft(tcb);
}

describe("takeUsual takes as the long way does", () => {
  it("text, of all lengths", () => {
    for (let len: u32 = 1; len <= 600; len += 85) agrees(new Told(ACK, 0, 0, len));
    agrees(new Told(ACK | PSH, 0, 0, 1000));
  });

  it("acknowledgments of a part, of a segment, of more and of all", () => {
    const acked: u32[] = [1, 500, 535, 536, 537, 1071, 1072];
    for (let index = 0; index < acked.length; index++) {
      agrees(new Told(ACK, 0, acked[index], 0));
      agrees(new Told(ACK | PSH, 0, acked[index], 200));
    }
  });

  it("windows, with text, with an acknowledgment and alone", () => {
    const windows: u32[] = [1, 100, 1072, 1073, 2000];
    for (let index = 0; index < windows.length; index++) {
      agrees(new Told(ACK, 0, 0, 0, windows[index]));
      agrees(new Told(ACK, 0, 0, 10, windows[index]));
      agrees(new Told(ACK, 0, 536, 0, windows[index]));
      agrees(new Told(ACK, 0, 1072, 10, windows[index]));
    }
  });
});

describe("takeUsual leaves", () => {
  it("every other control bit, and none", () => {
    leaves(new Told(ACK | FIN, 0, 0, 10));
    leaves(new Told(ACK | RST, 0, 0, 0));
    leaves(new Told(ACK | SYN, 0, 0, 0));
    leaves(new Told(ACK | URG, 0, 0, 10));
    leaves(new Told(0, 0, 0, 10));
    leaves(new Told(PSH, 0, 0, 10));
  });

  it("what is not the next in order, or does not fit the window", () => {
    leaves(new Told(ACK, 1, 0, 10));
    leaves(new Told(ACK, -1, 0, 10));
    leaves(new Told(ACK, 0x7fffffff, 0, 10));
    fresh();
    takeLong(new Told(ACK, 0, 0, 1000));
    fresh();
    tcb.rcvAdv = tcb.rcvNxt + 999;
    isLeft(tcb);
  });

  it("acknowledgments of what was not sent, of before, and the same again", () => {
    leaves(new Told(ACK, 0, 1073, 0));
    leaves(new Told(ACK, 0, 0xffffffff, 0));
    leaves(new Told(ACK, 0, 0x80000000, 10));
    leaves(new Told(ACK, 0, 0, 0));
  });

  it("a window that is older than the last one, unless it acknowledges something new", () => {
    fresh();
    takeLong(new Told(ACK, 0, 0, 10));
    fresh();
    tcb.sndWl1 = tcb.rcvNxt + 1;
    isLeft(tcb);
    tcb.sndWl1 = tcb.rcvNxt;
    expect<bool>(takeShort(tcb)).toBe(true);
    fresh();
    takeLong(new Told(ACK, 0, 536, 10));
    fresh();
    tcb.sndWl1 = tcb.rcvNxt + 1;
    expect<bool>(takeShort(tcb)).toBe(true);
  });

  it("a window of 0", () => {
    leaves(new Told(ACK, 0, 0, 10, 0));
    leaves(new Told(ACK, 0, 536, 0, 0));
  });

  it("options", () => {
    put32(options, 0x0101050a);
    put32(options + 4, iss + 537);
    put32(options + 8, iss + 1073);
    leaves(new Told(ACK, 0, 0, 0, 0xffff, 12));
    put32(options, 0x01010101);
    leaves(new Told(ACK, 0, 536, 10, 0xffff, 4));
  });

  it("any octet that is not what was sent", () => {
    fresh();
    takeLong(new Told(ACK | PSH, 0, 536, 40));
    fresh();
    for (let at: usize = 20; at < 80; at++) {
      store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
      isLeft(tcb);
      store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
    }
    expect<bool>(takeShort(tcb)).toBe(true);
    expect<u32>(read(handle)).toBe(140);
  });

  it("an acknowledgment of what was sent more than once, or is marked", () => {
    fresh();
    takeLong(new Told(ACK, 0, 536, 0));
    fresh();
    setMarks(firstRecord(tcb), Mark.Resent);
    isLeft(tcb);
    setMarks(firstRecord(tcb), 0);
    expect<bool>(takeShort(tcb)).toBe(true);
  });

  it("everything when the connection is not in the usual case, or is another's", () => {
    fresh();
    takeLong(new Told(ACK, 0, 536, 40));
    fresh();
    setFlag(tcb, TcbFlag.InRecovery);
    isLeft(tcb);
    fresh();
    put16(copy + 20, peerPort + 1);
    isLeft(tcb);
  });
});

describe("takeUsual, with timestamps", () => {
  beforeEach(() => {
    fresh();
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 1000;
    put32(options, 0x0101080a);
    put32(options + 8, 0);
  });

  it("takes TS.Recent from the first that the next ACK answers", () => {
    put32(options + 4, 1001);
    takeLong(new Told(ACK, 0, 0, 10, 0xffff, 12));
    const long = tcb.tsRecent;
    fresh();
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 1000;
    tcb.rcvAcked = tcb.rcvNxt;
    expect<bool>(takeShort(tcb)).toBe(true);
    expect<u32>(tcb.tsRecent).toBe(1001);
    expect<u32>(long).toBe(1001);
  });

  it("leaves TS.Recent where an ACK is still due for what came before", () => {
    put32(options + 4, 1001);
    takeLong(new Told(ACK, 0, 0, 10, 0xffff, 12));
    fresh();
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 1000;
    tcb.rcvAcked = tcb.rcvNxt - 1;
    expect<bool>(takeShort(tcb)).toBe(true);
    expect<u32>(tcb.tsRecent).toBe(1000);
  });

  it("leaves what is older than TS.Recent, over the wrap, or bears none", () => {
    put32(options + 4, 1000);
    takeLong(new Told(ACK, 0, 0, 10, 0xffff, 12));
    fresh();
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 1001;
    isLeft(tcb);
    tcb.tsRecent = 0x80000000 + 999;
    isLeft(tcb);
    tcb.tsRecent = 0xfffffff0;
    expect<bool>(takeShort(tcb)).toBe(true);
    fresh();
    takeLong(new Told(ACK, 0, 0, 10));
    fresh();
    setFlag(tcb, TcbFlag.Timestamps);
    isLeft(tcb);
  });
});

describe("usualHeaderLen", () => {
  it("is 20 octets, and 12 more with timestamps", () => {
    fresh();
    expect<u32>(usualHeaderLen(tcb)).toBe(20);
    setFlag(tcb, TcbFlag.Timestamps);
    expect<u32>(usualHeaderLen(tcb)).toBe(32);
  });
});

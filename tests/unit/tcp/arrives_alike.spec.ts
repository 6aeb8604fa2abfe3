/**
 * SEGMENT ARRIVES, behind one that was usual: what is taken as alike is taken as the short way by
 * itself takes it, and whatever differs is left as it was.
 */
import { LinkKind } from "../../../assembly/abi/parameters";
import { advanceClock } from "../../../assembly/core/clock";
import { hasReady } from "../../../assembly/net/ready";
import { theInterface } from "../../../assembly/net/interface";
import { takeAlikeSegment } from "../../../assembly/tcp/arrives_alike";
import { inputUsual } from "../../../assembly/tcp/input_usual";
import { plan } from "../../../assembly/tcp/plan";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { bearsAckAlone } from "../../../assembly/wire/tcp";
import { hex, put } from "../support/octets";
import { put16, put32 } from "../support/packets";
import {
  ACK, FIN, PSH, RST, SYN, eventsOf, iss, jump, now, options, peerNext, plainSum, putSegment, read,
  sacking, say, takeAll, tcbOf, write,
} from "../support/peer";

const URG: u32 = 32;
const ECE: u32 = 64;
const CWR: u32 = 128;
/** Two packets, each with an Ethernet header in front. */
const before: usize = memory.data(1600, 8) + 16;
const packet: usize = memory.data(1600, 8) + 16;

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);
/** Of the options of both. */
let optionLen: u32 = 0;
/** Octets that the frame of the second has for its packet, when it is not as long as the first. */
let room: u32 = 0;

/** A connection that has just taken the usual segment at `before`, with `len` octets of text. */
function fresh(len: u32, wnd: u32 = 0xffff): void {
  handle = sacking();
  tcb = tcbOf(handle);
  say(ACK, iss + 1, 7);
  takeAll();
  write(handle, 10);
  takeAll();
  eventsOf(handle);
  jump(5);
  advanceClock(now);
  if (optionLen != 0) {
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 1000;
    put32(options, 0x0101080a);
    put32(options + 4, 1001);
    put32(options + 8, 5);
  }
  putSegment(before, ACK, peerNext, iss + 1, len, wnd, optionLen);
  assert(inputUsual(before) == changetype<usize>(tcb), "the first is no usual one");
  eventsOf(handle);
}

/** The segment behind it, its flags, numbers and window as told. */
function follow(flags: u32, len: u32, skip: i32 = 0, acked: i32 = 0, wnd: u32 = 0xffff): void {
  const seq = tcb.rcvNxt + skip;
  putSegment(packet, flags, seq, iss + 1 + acked, len, wnd, optionLen);
}

/** The control block, from the first field after its links on, and what waits. */
function shown(): string {
  return hex(changetype<usize>(tcb) + 48, offsetof<Tcb>() - 48) + (hasReady() ? " ready" : "");
}

/** Whether the short way takes it; not that of a FIN. */
function takeUsualAck(): bool {
  return bearsAckAlone(packet + 20) && inputUsual(packet) != 0;
}

/** Both ways lead to the same, and to this. */
function agrees(
  isTaken: bool, flags: u32, firstLen: u32, len: u32, skip: i32 = 0, acked: i32 = 0,
  wnd: u32 = 0xffff,
): void {
  // One without text is usual with another window.
  const firstWnd: u32 = firstLen == 0 ? 0xfffe : 0xffff;
  fresh(firstLen, firstWnd);
  follow(flags, len, skip, acked, wnd);
  expect<bool>(takeUsualAck()).toBe(isTaken);
  const usual = shown();
  const news = eventsOf(handle);
  fresh(firstLen, firstWnd);
  follow(flags, len, skip, acked, wnd);
  room = len == firstLen ? 0 : 40 + optionLen + len;
  expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(isTaken);
  room = 0;
  expect<string>(shown()).toBe(usual);
  expect<u32>(eventsOf(handle)).toBe(news);
  // It is outdated, or was made anew.
  if (isTaken) expect<bool>(plan.tcb == 0 || plan.tcb == changetype<usize>(tcb)).toBe(true);
  expect<u32>(read(handle)).toBe(7 + firstLen + (isTaken ? len : 0));
}

/** It is no like one, and nothing has been done. */
function isLeft(): void {
  const all = shown();
  expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(false);
  expect<string>(shown()).toBe(all);
}

/** A like one comes, with another octet `at` that place, its checksums made right. */
function differs(at: usize, value: u8): void {
  fresh(100);
  follow(ACK, 100);
  store<u8>(packet + at, value);
  mendSums();
  isLeft();
}

/** As who changes a header does. */
function mendSums(): void {
  const len = (<u32>load<u8>(packet, 2) << 8 | load<u8>(packet, 3)) - 20;
  put16(packet + 10, 0);
  put16(packet + 10, plainSum(0, packet, 20) ^ 0xffff);
  put16(packet + 36, 0);
  const sum = plainSum(plainSum(6 + len, packet + 12, 8), packet + 20, len);
  put16(packet + 36, sum ^ 0xffff);
}

describe("takeAlikeSegment takes as the short way does", () => {
  beforeEach(() => {
    optionLen = 0;
  });

  it("text of the same length, with PSH or without", () => {
    const lens: u32[] = [1, 2, 100, 535, 536, 1000, 1460];
    for (let index = 0; index < lens.length; index++) {
      agrees(true, ACK, lens[index], lens[index]);
      agrees(true, ACK | PSH, lens[index], lens[index]);
    }
  });

  it("shorter text, and longer", () => {
    for (let len: u32 = 1; len < 1400; len += 97) {
      agrees(true, ACK | PSH, 700, len);
      agrees(true, ACK, 1, len + 1);
    }
  });

  it("another acknowledgment, and another window, with text and without", () => {
    for (let len: u32 = 0; len <= 100; len += 50) {
      agrees(true, ACK, 100, len, 0, 10);
      agrees(true, ACK, 100, len, 0, 10, 0x1234);
      agrees(true, ACK, 100, len, 0, 0, 0x1234);
      agrees(true, ACK, 0, len, 0, 10, 0x1234);
    }
  });

  it("one after the other, and asks for an acknowledgment as each second one does", () => {
    fresh(536);
    expect<bool>(hasReady()).toBe(false);
    for (let count: u32 = 2; count < 6; count++) {
      follow(ACK, 536);
      expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(true);
      expect<u32>(tcb.rcvNxt).toBe(peerNext + 536 * count);
      memory.copy(before, packet, 600);
      expect<bool>(hasReady()).toBe(true);
    }
    expect<u32>(read(handle)).toBe(7 + 536 * 5);
    expect<u32>(takeAll()).toBe(1);
  });

  it("up to the edge of the window, and not an octet beyond", () => {
    fresh(100);
    follow(ACK, 100);
    tcb.rcvAdv = tcb.rcvNxt + 99;
    isLeft();
    tcb.rcvAdv = tcb.rcvNxt + 100;
    expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(true);
  });
});

describe("takeAlikeSegment leaves", () => {
  beforeEach(() => {
    optionLen = 0;
  });

  it("every other control bit", () => {
    const flags: u32[] = [ACK | FIN, ACK | RST, ACK | SYN, ACK | URG, ACK | ECE, ACK | CWR, 0, PSH];
    for (let index = 0; index < flags.length; index++) {
      agrees(false, flags[index], 100, 100);
      agrees(false, flags[index], 100, 0);
    }
    // AE, and the bits that are reserved.
    for (let bit: u8 = 1; bit < 16; bit <<= 1) differs(32, 0x50 | bit);
  });

  it("what is not the next in order", () => {
    const skips: i32[] = [1, -1, 100, -100, 0x7fffffff];
    for (let index = 0; index < skips.length; index++) {
      agrees(false, ACK, 100, 100, skips[index]);
      agrees(false, ACK, 100, 0, skips[index], 10);
    }
  });

  it("an acknowledgment of before, and of what was not sent", () => {
    const acked: i32[] = [11, -1, 5000, -5000];
    for (let index = 0; index < acked.length; index++) {
      agrees(false, ACK, 100, 100, 0, acked[index]);
      agrees(false, ACK, 100, 0, 0, acked[index]);
    }
  });

  it("a window of 0, and what may be a duplicate ACK", () => {
    agrees(false, ACK, 100, 100, 0, 0, 0);
    agrees(false, ACK, 100, 0, 0, 10, 0);
    agrees(false, ACK, 100, 0);
  });

  it("any other octet in front: service, fragments, hops, protocol, addresses, ports", () => {
    for (let at: usize = 0; at < 24; at++) {
      // But for the length and the checksum of the header.
      if (at == 2 || at == 3 || at == 10 || at == 11) continue;
      fresh(100);
      follow(ACK, 100);
      differs(at, load<u8>(packet + at) ^ 1);
    }
  });

  it("what does not fill its frame, and what is longer than that", () => {
    for (let len: u32 = 98; len <= 102; len++) {
      fresh(100);
      follow(ACK, len);
      // In a frame as long as the one before.
      if (len != 100) isLeft();
      room = 139;
      if (len != 99) isLeft();
      room = 141;
      if (len != 101) isLeft();
      room = 0;
    }
  });

  it("a packet too short to be one", () => {
    for (room = 1; room < 40; room++) {
      fresh(100);
      follow(ACK, 100);
      put16(packet + 2, room);
      put16(packet + 10, 0);
      put16(packet + 10, plainSum(0, packet, 20) ^ 0xffff);
      isLeft();
    }
    room = 0;
  });

  it("a wrong checksum, whatever octet it comes from", () => {
    for (let at: usize = 36; at < 100; at++) {
      fresh(60);
      follow(ACK, 60);
      store<u8>(packet + at, load<u8>(packet + at) ^ 0x10);
      isLeft();
    }
    expect<u32>(read(handle)).toBe(67);
  });

  it("a segment whose IP header alone was damaged", () => {
    for (let len: u32 = 99; len <= 100; len++) {
      for (let at: usize = 0; at < 20; at++) {
        fresh(100);
        follow(ACK, len);
        room = len == 100 ? 0 : 139;
        store<u8>(packet + at, load<u8>(packet + at) ^ 1);
        isLeft();
      }
    }
    room = 0;
  });

  it("options where there were none, and the other way round", () => {
    fresh(100);
    put32(options, 0x01010101);
    putSegment(packet, ACK, tcb.rcvNxt, iss + 1, 96, 0xffff, 4);
    isLeft();
    store<u8>(packet, 0x50, 32);
    mendSums();
    // The four octets are text now: then it is alike.
    expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(true);
  });

  it("everything when something else has begun meanwhile", () => {
    fresh(100);
    follow(ACK, 100);
    setFlag(tcb, TcbFlag.InRecovery);
    isLeft();
    fresh(100);
    follow(ACK, 100);
    tcb.sndUna++;
    isLeft();
    fresh(100);
    follow(ACK, 100);
    tcb.sndWnd--;
    isLeft();
    fresh(100);
    follow(ACK, 100);
    tcb.sndWl1 = tcb.rcvNxt + 1;
    isLeft();
    tcb.sndWl1 = tcb.rcvNxt;
    expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(true);
  });

  it("what comes from another station, on Ethernet", () => {
    fresh(100);
    follow(ACK, 100);
    theInterface().link = <u8>LinkKind.Ethernet;
    const mac = "02 00 00 00 00 01 02 00 00 00 00 02 08 00";
    put(before - 14, mac);
    for (let at: usize = 1; at <= 14; at++) {
      put(packet - 14, mac);
      store<u8>(packet - at, load<u8>(packet - at) ^ 4);
      isLeft();
    }
    put(packet - 14, mac);
    expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(true);
  });
});

describe("takeAlikeSegment, with timestamps", () => {
  beforeEach(() => {
    optionLen = 12;
  });

  it("takes the same ones, as the short way does", () => {
    agrees(true, ACK, 100, 100);
    agrees(true, ACK | PSH, 536, 536);
    agrees(true, ACK, 536, 100);
    agrees(true, ACK, 0, 0, 0, 10);
  });

  it("takes TS.Recent from the first behind an acknowledgment of ours, and from no other", () => {
    for (let owed: u32 = 0; owed < 2; owed++) {
      fresh(100);
      follow(ACK, 100);
      tcb.tsRecent = 990;
      tcb.rcvAcked = tcb.rcvNxt - owed;
      expect<bool>(takeAlikeSegment(tcb, packet, before, room)).toBe(true);
      expect<u32>(tcb.tsRecent).toBe(owed == 0 ? 1001 : 990);
    }
  });

  it("takes and leaves other ones as the short way does: later, older, another layout", () => {
    let taken = "";
    for (let at: usize = 40; at < 52; at++) {
      fresh(100);
      followWith(at);
      const isTaken = takeUsualAck();
      const usual = shown();
      fresh(100);
      followWith(at);
      expect<bool>(takeAlikeSegment(tcb, packet, before, 0)).toBe(isTaken);
      expect<string>(shown()).toBe(usual);
      if (isTaken) taken += at.toString() + " ";
    }
    // Not those that are earlier; any echo.
    expect<string>(taken).toBe("44 45 48 49 50 51 ");
  });
});

/** A like one with another octet `at` that place. */
function followWith(at: usize): void {
  follow(ACK, 100);
  store<u8>(packet + at, load<u8>(packet + at) ^ 1);
  mendSums();
}

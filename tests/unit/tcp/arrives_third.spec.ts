/**
 * The third segment of a handshake, bare: the short way makes the connection that the long way
 * does, or leaves the segment.
 */
import { Counter } from "../../../assembly/abi/counter";
import { Table } from "../../../assembly/abi/status";
import { accept, close } from "../../../assembly/api/sockets";
import { frameInPtr } from "../../../assembly/api/stack";
import { advanceClock } from "../../../assembly/core/clock";
import { poolOf } from "../../../assembly/core/pool";
import { hasReady } from "../../../assembly/net/ready";
import { inputUsual } from "../../../assembly/tcp/input_usual";
import { HalfOpen, listenerOf } from "../../../assembly/tcp/syn_queue";
import { Offer } from "../../../assembly/wire/tcp_options";
import { get32, put32 } from "../support/packets";
import {
  ACK, FIN, PEER_ISS, PSH, RST, SYN, begin, counted, eventsOf, jump, listening, now, options,
  pass, sendSegment, sent, take, tcbOf, used,
} from "../support/peer";
import { blockOf, copy, keepPacket, putAgain } from "../support/ways";

const FIRST: u32 = PEER_ISS + 1;
const TIMESTAMPS: u32 = 12;

let listener: i32 = 0;
let ourIss: u32 = 0;
/** Octets of options of the SYN, and whether its SYN+ACK was lost once. */
let optionLen: u32 = 0;
let echo: u32 = 0;
let isLost: bool = false;

/** TSval and TSecr, behind two no-operations. */
function putTimestamps(value: u32, echo: u32): void {
  put32(options, 0x0101080a);
  put32(options + 4, value);
  put32(options + 8, echo);
}

/** A SYN has been answered, 20 ms ago. */
function fresh(): void {
  begin();
  listener = listening(8);
  // With timestamps, then SACK-permitted and a shift of 3.
  putTimestamps(1000, 0);
  put32(options + 12, 0x0402_0101);
  put32(options + 16, 0x01030303);
  sendSegment(SYN, PEER_ISS, 0, 0, 8192, optionLen);
  take();
  if (isLost) pass(1100);
  ourIss = sent.seq;
  // TSval of the SYN+ACK, behind its MSS and what lies where two no-operations would.
  echo = get32(sent.at + 20 + 20 + 8);
  jump(20);
  advanceClock(now);
}

/** What there is after the third segment: the connection, and what else is to be seen. */
function made(): string {
  const isReady = hasReady();
  const news = eventsOf(listener);
  const opened = counted(Counter.TcpPassiveOpens);
  const handle = accept(listener);
  assert(handle > 0, "no connection came of it");
  const tcb = tcbOf(handle);
  const more = take() ? sent.flags : 0;
  return `${blockOf(tcb)} ${isReady} ${news} ${opened} ${used(Table.HalfOpen)} ${more}`;
}

/** The third segment goes the long way, which the build for boards has alone. */
function takeLong(flags: u32, skip: u32, acked: u32, textLen: u32, len: u32, wnd: u32): void {
  sendSegment(flags, FIRST + skip, ourIss + 1 + acked, textLen, wnd, len);
  keepPacket();
}

/** Both ways, from two situations alike, lead to the same. */
function agrees(flags: u32 = ACK, wnd: u32 = 8192, age: u32 = 1): void {
  fresh();
  putTimestamps(1000 + age, echo);
  takeLong(flags, 0, 0, 0, optionLen == 0 ? 0 : TIMESTAMPS, wnd);
  const long = made();
  fresh();
  putAgain();
  const taker = inputUsual(frameInPtr());
  expect<bool>(taker != 0).toBe(true);
  expect<u32>(used(Table.HalfOpen)).toBe(0);
  expect<string>(made()).toBe(long);
}

/** The short way leaves the packet that lies in `copy`, and all as it was. */
function isLeft(): void {
  putAgain();
  const entries = used(Table.HalfOpen);
  expect<usize>(inputUsual(frameInPtr())).toBe(0);
  expect<u32>(used(Table.HalfOpen)).toBe(entries);
  expect<u32>(used(Table.Connections)).toBe(0);
  expect<u32>(eventsOf(listener)).toBe(0);
}

function leaves(
  flags: u32, skip: u32 = 0, acked: u32 = 0, textLen: u32 = 0, len: u32 = 0,
): void {
  fresh();
  takeLong(flags, skip, acked, textLen, len, 8192);
  fresh();
  isLeft();
}

describe("takeThird", () => {
  beforeEach(() => {
    optionLen = 0;
    isLost = false;
  });

  it("opens as the long way does, without options", () => {
    agrees();
    agrees(ACK | PSH);
    agrees(ACK, 0);
    agrees(ACK, 65535);
  });

  it("opens as the long way does, with timestamps, SACK and scaled windows", () => {
    optionLen = 20;
    agrees();
    agrees(ACK | PSH, 65535);
    agrees(ACK, 100, 0);
    agrees(ACK, 8192, 5000);
  });

  it("opens as the long way does after a SYN+ACK that was lost", () => {
    isLost = true;
    agrees();
    optionLen = 20;
    agrees();
  });

  it("leaves everything but the bare ACK of our SYN, the next in order", () => {
    leaves(ACK, 1);
    leaves(ACK, 0xffffffff);
    leaves(ACK, 0, 1);
    leaves(ACK, 0, 0xffffffff);
    leaves(ACK, 0, 0, 1);
    leaves(ACK | FIN);
    leaves(ACK | RST);
    leaves(ACK | SYN);
    leaves(0);
    leaves(ACK, 0, 0, 0, 4);
    fresh();
    takeLong(ACK, 0, 0, 0, 0, 8192);
    for (let at: usize = 20; at < 40; at++) {
      fresh();
      store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
      isLeft();
      store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
    }
  });

  it("leaves timestamps that are missing, too old, or not agreed on", () => {
    leaves(ACK, 0, 0, 0, TIMESTAMPS);
    optionLen = 20;
    leaves(ACK);
    fresh();
    putTimestamps(999, echo);
    takeLong(ACK, 0, 0, 0, TIMESTAMPS, 8192);
    fresh();
    isLeft();
  });

  it("leaves one of a handshake that has agreed on ECN", () => {
    fresh();
    takeLong(ACK, 0, 0, 0, 0, 8192);
    fresh();
    changetype<HalfOpen>(poolOf(Table.HalfOpen).previous).offers |= <u8>Offer.Ecn;
    isLeft();
  });

  it("leaves one without room in the accept queue, or whose listener is closed", () => {
    fresh();
    takeLong(ACK, 0, 0, 0, 0, 8192);
    fresh();
    // The entry used last.
    const entry = changetype<HalfOpen>(poolOf(Table.HalfOpen).previous);
    const owner = listenerOf(entry)!;
    owner.pending = owner.backlog;
    isLeft();
    fresh();
    close(listener);
    isLeft();
  });
});

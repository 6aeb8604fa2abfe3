/** SACK blocks: which ranges an ACK names, in which order; octets that came twice. */
import { insertRange } from "../../../assembly/core/ranges";
import { rangeCapacity, rangesOf } from "../../../assembly/tcp/connections";
import {
  emitSack, endDuplicate, noteArrival, noteDuplicate, sackLen,
} from "../../../assembly/tcp/sack";
import { Tcb, TcbFlag, clearFlag, setFlag } from "../../../assembly/tcp/tcb";
import { hex } from "../support/octets";
import { connected, tcbOf } from "../support/peer";

const at: usize = memory.data(64, 8);
let tcb: Tcb = changetype<Tcb>(0);

/** Holds `len` octets, `offset` beyond the next one expected. */
function hold(offset: u32, len: u32): void {
  const from = tcb.rcvNxt + offset;
  const count = insertRange(
    rangesOf(tcb), tcb.rangeCount, rangeCapacity(), tcb.rcvNxt, from, from + len,
  );
  tcb.rangeCount = <u8>count;
  noteArrival(tcb, from);
}

/** The blocks as offsets from the next octet expected. */
function blocks(): string {
  const len = sackLen(tcb);
  if (len == 0) return "";
  emitSack(tcb, at, len);
  let text = "";
  for (let place: u32 = 4; place < len; place += 8) {
    const from = bswap<u32>(load<u32>(at + place)) - tcb.rcvNxt;
    const to = bswap<u32>(load<u32>(at + place, 4)) - tcb.rcvNxt;
    text += ` ${<i32>from}-${<i32>to}`;
  }
  return text;
}

describe("emitSack", () => {
  beforeEach(() => {
    tcb = tcbOf(connected());
    setFlag(tcb, TcbFlag.Sack);
  });

  it("has nothing to say while nothing is held, or the peer does not permit it", () => {
    expect<u32>(sackLen(tcb)).toBe(0);
    hold(10, 10);
    expect<u32>(sackLen(tcb)).toBe(12);
    clearFlag(tcb, TcbFlag.Sack);
    expect<u32>(sackLen(tcb)).toBe(0);
  });

  it("names the range that grew last first, then the others by age", () => {
    hold(10, 10);
    hold(50, 10);
    hold(30, 10);
    expect<string>(blocks()).toBe(" 30-40 50-60 10-20");
    hold(20, 5);
    expect<string>(blocks()).toBe(" 10-25 30-40 50-60");
    hold(25, 5);
    expect<string>(blocks()).toBe(" 10-40 50-60");
  });

  it("names four, or three beside timestamps", () => {
    for (let range: u32 = 0; range < 3; range++) hold(10 + 20 * range, 10);
    noteDuplicate(tcb, tcb.rcvNxt - 2, tcb.rcvNxt - 1);
    expect<string>(blocks()).toBe(" -2--1 50-60 30-40 10-20");
    setFlag(tcb, TcbFlag.Timestamps);
    expect<string>(blocks()).toBe(" -2--1 50-60 30-40");
  });

  it("tells of what came twice before all else, until an ACK has left", () => {
    hold(30, 10);
    noteDuplicate(tcb, tcb.rcvNxt - 20, tcb.rcvNxt - 10);
    expect<string>(blocks()).toBe(" -20--10 30-40");
    endDuplicate(tcb);
    expect<string>(blocks()).toBe(" 30-40");
  });

  it("writes whole words: two no-operations, kind, length", () => {
    hold(1, 1);
    expect<string>(blocks()).toBe(" 1-2");
    expect<string>(hex(at, 4)).toBe("01 01 05 0a");
  });
});

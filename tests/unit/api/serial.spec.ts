/** The serial line: SLIP in both directions, in chunks. */
import { Counter } from "../../../assembly/abi/counter";
import { Err } from "../../../assembly/abi/error";
import { serialPtr, serialReceive, serialSize, serialTransmit } from "../../../assembly/api/serial";
import { frameInPtr } from "../../../assembly/api/stack";
import { flood, sackingBursts } from "../support/bursts";
import { isFilled } from "../support/numbers";
import {
  OUR_ADDRESS, PEER_ADDRESS, begin, counted, now, plainSum, putIp,
} from "../support/peer";

const line: usize = memory.data(8192, 8);
const packet: usize = memory.data(2048, 8);

/** Writes an octet as RFC 1055 has it. Returns how many went to the line. */
function encode(at: usize, octet: u32): u32 {
  if (octet != 0xc0 && octet != 0xdb) {
    store<u8>(at, <u8>octet);
    return 1;
  }
  store<u8>(at, 0xdb);
  store<u8>(at, octet == 0xc0 ? 0xdc : 0xdd, 1);
  return 2;
}

/** An echo request of `len` octets of data, many of them END and ESC, on the line. */
function echo(len: u32): u32 {
  const at = packet + 20;
  for (let index: u32 = 0; index < len; index++) {
    store<u8>(at + 8 + index, index % 3 == 0 ? 0xc0 : index % 3 == 1 ? 0xdb : <u8>index);
  }
  store<u64>(at, 8);
  store<u16>(at, bswap<u16>(<u16>(plainSum(0, at, len + 8) ^ 0xffff)), 2);
  putIp(packet, 1, PEER_ADDRESS, OUR_ADDRESS, len + 8);
  let end: u32 = 0;
  for (let index: u32 = 0; index < len + 28; index++) {
    end += encode(line + end, load<u8>(packet + index));
  }
  store<u8>(line + end, 0xc0);
  return end + 1;
}

/** Gives the line's octets to the stack, `step` at a time. */
function feed(len: u32, step: u32): void {
  for (let at: u32 = 0; at < len; at += step) {
    const piece = min<u32>(step, len - at);
    memory.copy(serialPtr(), line + at, piece);
    serialReceive(piece, now);
  }
}

/** Takes all that the stack has for the line. Returns its length. */
function drain(): u32 {
  let end: u32 = 0;
  for (let len = serialTransmit(now); len != 0; len = serialTransmit(now)) {
    expect<bool>(len <= serialSize()).toBe(true);
    memory.copy(line + end, serialPtr(), len);
    end += len;
  }
  return end;
}

describe("serialReceive and serialTransmit", () => {
  beforeEach(() => begin());

  it("carry a packet in and its answer out, in pieces of any size", () => {
    const steps: u32[] = [1, 2, 7, 100, serialSize()];
    for (let index = 0; index < steps.length; index++) {
      const sent = echo(200);
      feed(sent, steps[index]);
      const len = drain();
      // END, the same octets (but type and checksum), END.
      expect<u32>(load<u8>(line)).toBe(0xc0);
      expect<u32>(load<u8>(line + len - 1)).toBe(0xc0);
      expect<bool>(len >= 228 && len <= 228 + 140 + 2).toBe(true);
      expect<u32>(counted(Counter.InIcmpEcho)).toBe(index + 1);
    }
  });

  it("send a packet longer than a chunk in several, without losing an octet", () => {
    feed(echo(1400), 100);
    const len = drain();
    expect<bool>(len > 1428 + 900).toBe(true);
    let octets: u32 = 0;
    for (let at: u32 = 1; at < len - 1; at++) {
      const octet = load<u8>(line + at);
      if (octet == 0xc0) throw new Error("an END inside a packet");
      if (octet != 0xdb) octets++;
    }
    expect<u32>(octets).toBe(1428);
  });

  it("take several packets out of one chunk", () => {
    const len = echo(0);
    memory.copy(serialPtr(), line, len);
    memory.copy(serialPtr() + len, line, len);
    serialReceive(2 * len, now);
    expect<u32>(counted(Counter.InIcmpEcho)).toBe(1);
    expect<u32>(counted(Counter.DropIcmpBusy)).toBe(1);
  });

  it("count a packet that the line has spoilt, and take the next", () => {
    store<u32>(line, 0xc001db01);
    feed(4, 4);
    expect<u32>(counted(Counter.DropSlip)).toBe(1);
    feed(echo(10), 50);
    expect<u32>(counted(Counter.InIcmpEcho)).toBe(1);
    expect<u32>(counted(Counter.FramesIn)).toBe(2);
  });

  it("do not write beyond the frame slot, however long the packet", () => {
    const behind = frameInPtr() + 1500;
    memory.fill(line, 0x45, 4096);
    const before = load<u64>(behind, 8);
    feed(4096, 200);
    store<u8>(line, 0xc0);
    feed(1, 1);
    expect<u64>(load<u64>(behind, 8)).toBe(before);
    expect<u32>(counted(Counter.DropSlip)).toBe(1);
    expect<bool>(isFilled(line + 4000, 96, 0x45)).toBe(true);
  });

  it("refuse more than a chunk", () => {
    expect<i32>(serialReceive(serialSize() + 1, now)).toBe(Err.Invalid);
  });

  it("carry frames that wait, built while a burst came in", () => {
    sackingBursts();
    flood(5);
    let ends = 0;
    let octets = 0;
    for (let len = serialTransmit(now); len != 0; len = serialTransmit(now)) {
      for (let at: u32 = 0; at < len; at++) {
        const octet = load<u8>(serialPtr() + at);
        if (octet == 0xc0) ends++;
        else if (octet != 0xdb) octets++;
      }
    }
    // An END on both sides of each.
    expect<i32>(ends).toBe(4);
    expect<i32>(octets).toBe(80);
  });
});

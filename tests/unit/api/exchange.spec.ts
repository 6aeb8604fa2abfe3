/** exchange and exchangeBurst: three calls in one, and what they refuse. */
import { Err } from "../../../assembly/abi/error";
import { exchange, exchangeBurst } from "../../../assembly/api/exchange";
import { receiveLen, sendPtr, sendSpace, shutdown } from "../../../assembly/api/sockets";
import { State } from "../../../assembly/abi/state";
import { readable } from "../../../assembly/tcp/window";
import { flood, sackingBursts, takeApart, takeFrames, tookLens } from "../support/bursts";
import {
  ACK, RING, iss, now, peerNext, sacking, say, takeAll, tcbOf, write,
} from "../support/peer";

let handle: i32 = 0;

/** Five octets have come, and wait to be read. */
function fresh(): void {
  handle = sacking();
  say(ACK, iss + 1, 5);
  takeAll();
}

/** A connection by bursts, and so many octets to be read. */
const THERE: u32 = 3 * 536;

function flooded(): void {
  handle = sackingBursts();
  flood(3);
  takeFrames();
}

describe("exchange", () => {
  beforeEach(() => fresh());

  it("reads, writes, and builds the frame that does both", () => {
    expect<i32>(sendSpace(handle)).toBeGreaterThan(10);
    memory.fill(sendPtr(handle), 7, 10);
    expect<i32>(exchange(handle, 5, 10, now)).toBe(20 + 20 + 10);
    expect<i32>(receiveLen(handle)).toBe(0);
    expect<u32>(tcbOf(handle).sndNxt).toBe(iss + 11);
    expect<u32>(tcbOf(handle).rcvAcked).toBe(tcbOf(handle).rcvNxt);
    expect<i32>(exchange(handle, 0, 0, now)).toBe(0);
  });

  it("refuses what consume refuses, and nothing has been done", () => {
    expect<i32>(exchange(handle, 6, 10, now)).toBe(Err.Invalid);
    expect<i32>(exchange(handle + 1, 5, 10, now)).toBe(Err.Handle);
    expect<i32>(receiveLen(handle)).toBe(5);
    expect<u32>(tcbOf(handle).sndEnd).toBe(iss + 1);
  });

  it("refuses what commit refuses, when it has read", () => {
    expect<i32>(exchange(handle, 2, RING + 1, now)).toBe(Err.Invalid);
    expect<i32>(receiveLen(handle)).toBe(3);
    expect<i32>(exchange(handle + 1, 0, 10, now)).toBe(Err.Handle);
    shutdown(handle);
    expect<i32>(exchange(handle, 3, 1, now)).toBe(Err.State);
    expect<i32>(receiveLen(handle)).toBe(0);
    expect<u32>(tcbOf(handle).state).toBe(<u8>State.FinWait1);
  });

  it("hands out frames that wait, before what it has written", () => {
    handle = sackingBursts();
    flood(5);
    const tcb = tcbOf(handle);
    expect<i32>(exchange(handle, 0, 0, now)).toBe(40);
    write(handle, 10);
    expect<i32>(exchange(handle, 0, 0, now)).toBe(40);
    expect<i32>(exchange(handle, 0, 0, now)).toBe(50);
    expect<i32>(exchange(handle, 0, 0, now)).toBe(0);
    expect<u32>(tcb.rcvAcked).toBe(peerNext);
  });
});

describe("exchangeBurst", () => {
  it("reads, writes, and gives all that there is to say", () => {
    flooded();
    const tcb = tcbOf(handle);
    expect<u32>(takeApart(exchangeBurst(handle, THERE, 1200, now))).toBe(3);
    expect<u32>(tookLens[0]).toBe(40 + 536);
    expect<u32>(tookLens[2]).toBe(40 + 1200 - 2 * 536);
    expect<i32>(receiveLen(handle)).toBe(0);
    expect<u32>(tcb.sndNxt).toBe(iss + 1201);
    expect<u32>(tcb.rcvAcked).toBe(peerNext);
    expect<i32>(exchangeBurst(handle, 0, 0, now)).toBe(0);
  });

  it("refuses what consume and commit refuse, as exchange does", () => {
    flooded();
    const tcb = tcbOf(handle);
    expect<i32>(exchangeBurst(handle, THERE + 1, 10, now)).toBe(Err.Invalid);
    expect<i32>(exchangeBurst(handle + 1, 5, 10, now)).toBe(Err.Handle);
    expect<i32>(exchangeBurst(handle + 1, 0, 10, now)).toBe(Err.Handle);
    expect<u32>(readable(tcb)).toBe(THERE);
    expect<u32>(tcb.sndEnd).toBe(iss + 1);
    shutdown(handle);
    expect<i32>(exchangeBurst(handle, 3, 1, now)).toBe(Err.State);
    expect<u32>(readable(tcb)).toBe(THERE - 3);
  });
});

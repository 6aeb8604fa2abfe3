/** SEGMENT ARRIVES in SYN-RECEIVED by passive open, held as a half-open entry. */
import { Counter } from "../../../assembly/abi/counter";
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { accept, close } from "../../../assembly/api/sockets";
import { status } from "../../../assembly/api/status";
import { put32 } from "../support/packets";
import {
  ACK, FIN, PEER_ISS, RST, SYN, begin, counted, iss, listening, options, read, say, sendSegment,
  sent, setPeerPort, shakeHands, take, takeAll, used,
} from "../support/peer";

let listener: i32 = 0;
let ourIss: u32 = 0;
const FIRST: u32 = PEER_ISS + 1;

function isHalfOpen(): bool {
  return used(Table.HalfOpen) == 1;
}

/** A SYN from this port, with a timestamp or none (0), has been answered. */
function synAt(port: u32, value: u32): void {
  setPeerPort(port);
  put32(options, 0x0101080a);
  put32(options + 4, value);
  put32(options + 8, 0);
  sendSegment(SYN, PEER_ISS, 0, 0, 8192, value == 0 ? 0 : 12);
  take();
}

describe("a half-open entry", () => {
  beforeEach(() => {
    begin();
    listener = listening();
    say(SYN, 0);
    take();
    ourIss = sent.seq;
  });

  it("becomes a connection by the ACK of our SYN", () => {
    say(ACK, ourIss + 1);
    const handle = accept(listener);
    expect<i32>(handle).toBeGreaterThan(0);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<bool>(isHalfOpen()).toBe(false);
    expect<u32>(counted(Counter.TcpPassiveOpens)).toBe(1);
  });

  it("takes the text on that ACK, and a FIN behind it", () => {
    say(ACK | FIN, ourIss + 1, 100);
    const handle = accept(listener);
    expect<i32>(status(handle)).toBe(State.CloseWait);
    expect<u32>(read(handle)).toBe(100);
    takeAll();
    expect<u32>(sent.ack).toBe(FIRST + 101);
  });

  it("answers the same SYN again with the same SYN+ACK", () => {
    sendSegment(SYN, PEER_ISS, 0, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(SYN | ACK);
    expect<u32>(sent.seq).toBe(ourIss);
    expect<bool>(isHalfOpen()).toBe(true);
  });

  it("echoes what the SYN said, also when it comes again without saying it", () => {
    begin();
    listening();
    synAt(4000, 1000);
    // Another connection's, which is none of its business.
    synAt(4001, 2000);
    synAt(4000, 0);
    expect<u32>(sent.destinationPort).toBe(4000);
    // TSecr is the last of its options.
    expect<u32>(bswap(load<u32>(sent.textAt - 4))).toBe(1000);
  });

  it("goes by a RST at exactly RCV.NXT, silently", () => {
    sendSegment(RST, FIRST, 0, 0, 0);
    expect<bool>(take()).toBe(false);
    expect<bool>(isHalfOpen()).toBe(false);
    expect<u32>(counted(Counter.DropTcpHalfOpen)).toBe(1);
  });

  it("challenges a RST elsewhere in the window, and drops one outside it", () => {
    sendSegment(RST, FIRST + 5, 0, 0, 0);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.ack).toBe(FIRST);
    sendSegment(RST, FIRST + 70000, 0, 0, 0);
    expect<bool>(take()).toBe(false);
    expect<bool>(isHalfOpen()).toBe(true);
  });

  it("answers what lies outside the window with an ACK, and stays", () => {
    sendSegment(ACK, FIRST + 70000, ourIss + 1, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.seq).toBe(ourIss + 1);
    sendSegment(SYN, FIRST + 70000, 0, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<bool>(isHalfOpen()).toBe(true);
  });

  it("returns to LISTEN for a SYN within the window", () => {
    sendSegment(SYN, FIRST + 10, 0, 0, 8192);
    expect<bool>(take()).toBe(false);
    expect<bool>(isHalfOpen()).toBe(false);
  });

  it("answers an ACK of anything but our SYN with a RST from there", () => {
    sendSegment(ACK, FIRST, ourIss + 2, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<u32>(sent.seq).toBe(ourIss + 2);
    expect<u32>(counted(Counter.TcpBadAck)).toBe(1);
    expect<bool>(isHalfOpen()).toBe(true);
  });

  it("drops what bears no ACK", () => {
    sendSegment(FIN, FIRST, 0, 0, 8192);
    expect<bool>(take()).toBe(false);
    expect<u32>(counted(Counter.DropTcpHalfOpen)).toBe(1);
  });

  it("is refused by RST when its listener has gone", () => {
    close(listener);
    say(ACK, ourIss + 1);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<bool>(isHalfOpen()).toBe(false);
  });

  it("stays when no slot is free at the third segment: counted, and asked again", () => {
    begin();
    listener = listening();
    for (let index: u32 = 0; index < 3; index++) {
      setPeerPort(41000 + index);
      shakeHands();
      accept(listener);
    }
    setPeerPort(42000);
    shakeHands();
    expect<i32>(accept(listener)).toBe(0);
    expect<u32>(counted(Counter.DropTcpNoSlot)).toBe(1);
    expect<bool>(isHalfOpen()).toBe(true);
    expect<u32>(iss).not.toBe(0);
  });
});

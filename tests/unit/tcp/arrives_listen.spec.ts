/** SEGMENT ARRIVES in CLOSED and LISTEN (RFC 9293 sections 3.10.7.1 and 3.10.7.2). */
import { Counter } from "../../../assembly/abi/counter";
import { Table } from "../../../assembly/abi/status";
import {
  ACK, FIN, OUR_PORT, PEER_PORT, PSH, RST, SYN, begin, counted, listening, options, say,
  sendSegment, sent, setPeerPort, take, used,
} from "../support/peer";
import { put } from "../support/octets";

describe("in CLOSED", () => {
  beforeEach(() => begin());

  it("answers a SYN with RST and ACK of it, from sequence number 0", () => {
    sendSegment(SYN, 1000, 0, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST | ACK);
    expect<u32>(sent.seq).toBe(0);
    expect<u32>(sent.ack).toBe(1001);
    expect<u32>(sent.sourcePort).toBe(OUR_PORT);
    expect<u32>(sent.destinationPort).toBe(PEER_PORT);
    expect<u32>(counted(Counter.DropTcpNoConnection)).toBe(1);
    expect<u32>(counted(Counter.TcpConnectionsRefused)).toBe(1);
    expect<u32>(counted(Counter.TcpResetsSent)).toBe(1);
  });

  it("acknowledges text and FIN of what it refuses, too", () => {
    sendSegment(FIN | PSH, 0xffffffff, 0, 10, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(10);
  });

  it("answers an ACK with a RST from where the ACK points", () => {
    sendSegment(ACK, 1000, 7777, 5, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<u32>(sent.seq).toBe(7777);
  });

  it("never answers a RST", () => {
    sendSegment(RST, 1000, 0, 0, 8192);
    sendSegment(RST | ACK, 1000, 7777, 0, 8192);
    sendSegment(RST | SYN, 1000, 7777, 0, 8192);
    expect<bool>(take()).toBe(false);
    expect<u32>(counted(Counter.DropTcpNoConnection)).toBe(3);
  });
});

describe("in LISTEN", () => {
  beforeEach(() => {
    begin();
    listening(2);
  });

  it("first: ignores a RST", () => {
    sendSegment(RST, 1000, 0, 0, 8192);
    expect<bool>(take()).toBe(false);
    expect<u32>(counted(Counter.DropTcpListen)).toBe(1);
  });

  it("second: answers an ACK with a RST, a SYN+ACK too", () => {
    sendSegment(ACK, 1000, 5555, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<u32>(sent.seq).toBe(5555);
    sendSegment(SYN | ACK, 1000, 6666, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<u32>(sent.seq).toBe(6666);
  });

  it("third: answers a SYN with SYN+ACK, MSS, and window scale if it was offered", () => {
    const len = put(options, "02 04 05 b4 01 03 03 07");
    sendSegment(SYN, 1000, 0, 0, 8192, len);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(SYN | ACK);
    expect<u32>(sent.ack).toBe(1001);
    expect<u32>(sent.wnd).toBe(4096);
    expect<u32>(sent.headerLen).toBe(28);
    expect<u32>(counted(Counter.InTcp)).toBe(1);
    expect<u32>(used(Table.HalfOpen)).toBe(1);
  });

  it("does not scale windows when it was not offered", () => {
    say(SYN, 0);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.headerLen).toBe(24);
  });

  it("drops what has neither RST nor ACK nor SYN", () => {
    sendSegment(FIN, 1000, 0, 0, 8192);
    sendSegment(0, 1000, 0, 4, 8192);
    expect<bool>(take()).toBe(false);
    expect<u32>(counted(Counter.DropTcpListen)).toBe(2);
  });

  it("answers a SYN beyond the backlog with a cookie", () => {
    for (let port: u32 = 0; port < 3; port++) {
      sendSegment(SYN, port, 0, 0, 8192);
      setPeerPort(PEER_PORT + 1 + port);
    }
    expect<u32>(counted(Counter.TcpCookiesSent)).toBe(1);
  });

  it("does not keep text that comes on the SYN", () => {
    sendSegment(SYN, 1000, 0, 20, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(1001);
  });
});

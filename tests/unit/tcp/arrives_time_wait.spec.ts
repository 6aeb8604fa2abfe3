/** SEGMENT ARRIVES in TIME-WAIT, where an entry of 64 octets answers. */
import { Counter } from "../../../assembly/abi/counter";
import { Table } from "../../../assembly/abi/status";
import { handleOf } from "../../../assembly/api/handles";
import { close, shutdown } from "../../../assembly/api/sockets";
import { findListener } from "../../../assembly/tcp/listeners";
import { portsWord } from "../../../assembly/wire/tcp";
import {
  ACK, FIN, OUR_PORT, RST, SYN, counted, established, iss, listening, pass, peerNext, say,
  sendSegment,
  sent, take, takeAll, used,
} from "../support/peer";

/** Both have said FIN, ours first. */
function timeWait(): void {
  const handle = established();
  shutdown(handle);
  takeAll();
  say(ACK, iss + 2);
  say(ACK | FIN, iss + 2);
  takeAll();
  close(handle);
  assert(used(Table.TimeWait) == 1, "no TIME-WAIT");
}

describe("in TIME-WAIT", () => {
  beforeEach(() => timeWait());

  it("acknowledges the peer's FIN again, and waits anew", () => {
    pass(59_000);
    sendSegment(ACK | FIN, peerNext - 1, iss + 2, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.seq).toBe(iss + 2);
    expect<u32>(sent.ack).toBe(peerNext);
    pass(59_000);
    expect<u32>(used(Table.TimeWait)).toBe(1);
    pass(1_001);
    expect<u32>(used(Table.TimeWait)).toBe(0);
  });

  it("acknowledges anything else without waiting anew", () => {
    pass(59_000);
    sendSegment(ACK, peerNext + 5, iss + 2, 10, 8192);
    expect<bool>(take()).toBe(true);
    pass(1_001);
    expect<u32>(used(Table.TimeWait)).toBe(0);
  });

  it("is not ended by a RST (RFC 1337)", () => {
    sendSegment(RST, peerNext, 0, 0, 0);
    expect<bool>(take()).toBe(false);
    expect<u32>(used(Table.TimeWait)).toBe(1);
    expect<u32>(counted(Counter.DropTcpTimeWait)).toBe(1);
  });

  it("does not answer an ACK that says nothing new", () => {
    sendSegment(ACK, peerNext, iss + 2, 0, 8192);
    expect<bool>(take()).toBe(false);
  });

  it("makes way for a SYN from beyond the old connection, with an ISN beyond it", () => {
    sendSegment(SYN, peerNext + 1, 0, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(SYN | ACK);
    expect<bool>(<i32>(sent.seq - (iss + 2)) >= 64000).toBe(true);
    expect<u32>(used(Table.TimeWait)).toBe(0);
    expect<u32>(used(Table.HalfOpen)).toBe(1);
  });

  it("acknowledges a SYN from within the old connection", () => {
    sendSegment(SYN, peerNext - 10, 0, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(used(Table.TimeWait)).toBe(1);
  });
});

describe("without a listener", () => {
  it("a SYN from beyond does not end TIME-WAIT", () => {
    timeWait();
    close(handleOf(findListener(portsWord(0, OUR_PORT))!));
    sendSegment(SYN, peerNext + 1, 0, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(used(Table.TimeWait)).toBe(1);
    expect<i32>(listening()).toBeGreaterThan(0);
  });
});

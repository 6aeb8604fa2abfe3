/** The TIME-WAIT table. */
import { Counter } from "../../../assembly/abi/counter";
import { Table } from "../../../assembly/abi/status";
import { accept, close } from "../../../assembly/api/sockets";
import { entryAt, poolOf } from "../../../assembly/core/pool";
import { TIME_WAIT_LEN, TimeWait } from "../../../assembly/tcp/time_wait";
import {
  ACK, FIN, PEER_PORT, begin, counted, iss, jump, listening, pass, say, sent, setPeerPort,
  shakeHands, take, takeAll, used,
} from "../support/peer";

let listener: i32 = 0;

/** Opens and closes a connection from the port, so that it ends in TIME-WAIT. */
function openAndClose(port: u32): void {
  setPeerPort(port);
  shakeHands();
  close(accept(listener));
  takeAll();
  say(ACK | FIN, iss + 2);
  takeAll();
}

describe("the TIME-WAIT table", () => {
  beforeEach(() => {
    begin();
    listener = listening();
  });

  it("has entries of at most 64 octets, and holds no connection's place", () => {
    expect<bool>(TIME_WAIT_LEN <= 64).toBe(true);
    for (let port: u32 = 0; port < 3; port++) openAndClose(PEER_PORT + port);
    expect<u32>(used(Table.TimeWait)).toBe(3);
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<u32>(poolOf(Table.TimeWait).count).toBe(3);
  });

  it("keeps an entry for 2 MSL: 60 s by default", () => {
    openAndClose(PEER_PORT);
    pass(59_999);
    expect<u32>(used(Table.TimeWait)).toBe(1);
    pass(2);
    expect<u32>(used(Table.TimeWait)).toBe(0);
  });

  it("lets each go at its own time", () => {
    openAndClose(PEER_PORT);
    pass(10_000);
    openAndClose(PEER_PORT + 1);
    pass(50_001);
    expect<u32>(used(Table.TimeWait)).toBe(1);
    pass(9_998);
    expect<u32>(used(Table.TimeWait)).toBe(1);
    pass(3);
    expect<u32>(used(Table.TimeWait)).toBe(0);
  });

  it("lets all go that are due, a few a call", () => {
    for (let port: u32 = 0; port < 3; port++) openAndClose(PEER_PORT + port);
    jump(60_001);
    pass(10);
    expect<u32>(used(Table.TimeWait)).toBe(0);
  });

  it("gives up the oldest for a newer one, and counts it", () => {
    for (let port: u32 = 0; port < 4; port++) {
      openAndClose(PEER_PORT + port);
      pass(100);
    }
    expect<u32>(used(Table.TimeWait)).toBe(3);
    expect<u32>(counted(Counter.TcpTimeWaitEvicted)).toBe(1);
    // The oldest pair is free again: a stray segment of it is refused, not acknowledged.
    setPeerPort(PEER_PORT);
    say(ACK, iss + 2, 1);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(4);
    setPeerPort(PEER_PORT + 1);
    say(ACK, iss + 2, 1);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
  });

  it("remembers the numbers that it answers with", () => {
    openAndClose(PEER_PORT);
    const entry = changetype<TimeWait>(entryAt(poolOf(Table.TimeWait), 0));
    expect<u32>(entry.sndNxt).toBe(iss + 2);
    say(ACK, iss + 2, 5);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.seq).toBe(entry.sndNxt);
    expect<u32>(sent.ack).toBe(entry.rcvNxt);
  });
});

/** The SYN queue: small entries, asked again a bounded number of times, cookies when it is full. */
import { Counter } from "../../../assembly/abi/counter";
import { Table } from "../../../assembly/abi/status";
import { accept, close } from "../../../assembly/api/sockets";
import { entryAt, poolOf } from "../../../assembly/core/pool";
import { HALF_OPEN_LEN, HalfOpen, listenerOf } from "../../../assembly/tcp/syn_queue";
import {
  ACK, PEER_PORT, SYN, begin, counted, iss, jump, listening, pass, say, sendSegment, sent,
  setPeerPort, shakeHands, take, takeAll, used,
} from "../support/peer";

let listener: i32 = 0;

function first(): HalfOpen {
  return changetype<HalfOpen>(entryAt(poolOf(Table.HalfOpen), 0));
}

describe("the SYN queue", () => {
  beforeEach(() => {
    begin();
    listener = listening(100);
  });

  it("has entries of at most 64 octets", () => {
    expect<bool>(HALF_OPEN_LEN <= 64).toBe(true);
    expect<u32>(poolOf(Table.HalfOpen).count).toBe(4);
  });

  it("takes no connection's place, however many SYNs come", () => {
    for (let port: u32 = 1; port <= 50; port++) {
      setPeerPort(port);
      sendSegment(SYN, port, 0, 0, 8192);
      takeAll();
    }
    expect<u32>(used(Table.HalfOpen)).toBe(4);
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<u32>(counted(Counter.TcpCookiesSent)).toBe(46);
    setPeerPort(PEER_PORT);
    shakeHands();
    expect<i32>(accept(listener)).toBeGreaterThan(0);
  });

  it("sends the SYN+ACK again after 1, 2, 4, 8, 16, 32, 60 s, then gives up", () => {
    say(SYN, 0);
    expect<u32>(takeAll()).toBe(1);
    const seq = sent.seq;
    const waits: u32[] = [1, 2, 4, 8, 16, 32, 60];
    for (let index = 0; index < waits.length; index++) {
      expect<u32>(pass(waits[index] * 1000 - 1)).toBe(0);
      expect<u32>(pass(1)).toBe(1);
      expect<u32>(sent.seq).toBe(seq);
      expect<u32>(sent.flags).toBe(SYN | ACK);
    }
    expect<u32>(used(Table.HalfOpen)).toBe(1);
    expect<u32>(pass(60_000)).toBe(0);
    expect<u32>(used(Table.HalfOpen)).toBe(0);
    expect<u32>(counted(Counter.TcpSynAckRetransmissions)).toBe(7);
    expect<u32>(counted(Counter.TcpHalfOpenExpired)).toBe(1);
  });

  it("lets go of entries whose listener has closed", () => {
    say(SYN, 0);
    takeAll();
    close(listener);
    expect<bool>(listenerOf(first()) == null).toBe(true);
    expect<u32>(pass(1000)).toBe(0);
    expect<u32>(used(Table.HalfOpen)).toBe(0);
  });

  it("finds entries a new listener on their port, which has not counted them", () => {
    say(SYN, 0);
    takeAll();
    const seq = sent.seq;
    close(listener);
    listener = listening();
    const found = listenerOf(first());
    assert(found != null, "a listener");
    expect<u32>(pass(1000)).toBe(1);
    say(ACK, seq + 1);
    expect<u32>(used(Table.HalfOpen)).toBe(0);
    expect<i32>(accept(listener)).toBeGreaterThan(0);
    expect<u32>(found!.halfOpen).toBe(0);
  });

  it("stops its timer when the handshake is complete", () => {
    shakeHands();
    jump(2000);
    expect<bool>(take()).toBe(false);
    expect<u32>(iss).not.toBe(0);
  });
});

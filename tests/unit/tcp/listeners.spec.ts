/** Listeners, their backlog and their accept queue. */
import { Event } from "../../../assembly/abi/event";
import { Err } from "../../../assembly/abi/error";
import { Table } from "../../../assembly/abi/status";
import { accept, close } from "../../../assembly/api/sockets";
import { poolOf } from "../../../assembly/core/pool";
import {
  Listener, closeListener, findListener, hasBacklog, hasDoomed, listenerAt, openListener,
} from "../../../assembly/tcp/listeners";
import { portsWord, secondPort } from "../../../assembly/wire/tcp";
import {
  ACK, PEER_PORT, RST, begin, eventsOf, iss, listening, peerPort, say, sent, setPeerPort,
  shakeHands, take, takeAll, tcbOf, used,
} from "../support/peer";

function open(port: u32): Listener | null {
  return openListener(portsWord(0, port), 1, 1460);
}

describe("openListener and findListener", () => {
  beforeEach(() => begin());

  it("find a listener by its port, as many as the table holds", () => {
    expect<u32>(poolOf(Table.Listeners).count).toBe(3);
    for (let port: u32 = 1; port <= 3; port++) expect<bool>(open(port) != null).toBe(true);
    expect<bool>(open(4) == null).toBe(true);
    for (let port: u32 = 1; port <= 3; port++) {
      expect<u32>(secondPort(findListener(portsWord(40000, port))!.ports)).toBe(port);
    }
    expect<bool>(findListener(portsWord(1, 4)) == null).toBe(true);
  });

  it("open again in the slot of one that was closed, with a new generation", () => {
    const first = open(1)!;
    const generation = first.generation;
    for (let port: u32 = 2; port <= 3; port++) open(port);
    closeListener(first);
    expect<bool>(findListener(portsWord(0, 1)) == null).toBe(true);
    expect<u32>(listenerAt(first.slot).generation).not.toBe(generation);
    expect<bool>(openListener(portsWord(0, 2), 7, 1460) == first).toBe(true);
    expect<u32>(first.backlog).toBe(7);
  });
});

describe("hasBacklog", () => {
  it("counts half-open and waiting connections together", () => {
    begin();
    const handle = listening(2);
    const listener = findListener(portsWord(0, 80))!;
    shakeHands();
    expect<bool>(hasBacklog(listener)).toBe(true);
    setPeerPort(PEER_PORT + 1);
    shakeHands();
    expect<bool>(hasBacklog(listener)).toBe(false);
    expect<u32>(listener.pending).toBe(2);
    expect<u32>(listener.halfOpen).toBe(0);
    accept(handle);
    expect<bool>(hasBacklog(listener)).toBe(true);
  });
});

describe("pushPending and takePending", () => {
  it("give connections in the order in which they were established", () => {
    begin();
    const listener = listening();
    for (let port: u32 = 0; port < 3; port++) {
      setPeerPort(PEER_PORT + port);
      shakeHands();
    }
    expect<u32>(eventsOf(listener)).toBe(Event.Acceptable);
    for (let port: u32 = 0; port < 3; port++) {
      const tcb = tcbOf(accept(listener));
      expect<u32>(bswap<u16>(<u16>tcb.ports)).toBe(PEER_PORT + port);
    }
    expect<i32>(accept(listener)).toBe(0);
  });

  it("tell of what came in before accept", () => {
    begin();
    const listener = listening();
    shakeHands();
    say(ACK, iss + 1, 10);
    const handle = accept(listener);
    expect<u32>(eventsOf(handle)).toBe(Event.Readable);
  });
});

describe("closeListener", () => {
  it("resets who waits in its accept queue, and lets accepted ones be", () => {
    begin();
    const listener = listening();
    shakeHands();
    const handle = accept(listener);
    setPeerPort(PEER_PORT + 1);
    shakeHands();
    close(listener);
    expect<bool>(hasDoomed()).toBe(true);
    expect<i32>(accept(listener)).toBe(Err.Handle);
    takeAll();
    expect<u32>(sent.flags & RST).toBe(RST);
    expect<u32>(sent.destinationPort).toBe(peerPort);
    expect<bool>(hasDoomed()).toBe(false);
    expect<u32>(used(Table.Connections)).toBe(1);
    expect<bool>(tcbOf(handle) != null).toBe(true);
  });

  it("resets those that were reset by the peer in between without harm", () => {
    begin();
    const listener = listening();
    shakeHands();
    say(RST, 0);
    close(listener);
    takeAll();
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<bool>(take()).toBe(false);
  });
});

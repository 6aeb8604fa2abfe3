/** The table of connections: slots with their rings; how connections end. */
import { Event } from "../../../assembly/abi/event";
import { Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { entryAt, poolOf } from "../../../assembly/core/pool";
import {
  endConnection, handOver, isLive, orphan, rangeCapacity, rangesOf, receiveMask, receiveRing,
  retire, sendMask, sendRing, takeSlot, tell,
} from "../../../assembly/tcp/connections";
import { takeEvent } from "../../../assembly/tcp/events";
import { transition } from "../../../assembly/tcp/state";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { RING, begin, connected, take, tcbOf } from "../support/peer";

function tcbAt(slot: u32): Tcb {
  return changetype<Tcb>(entryAt(poolOf(Table.Connections), slot));
}

function open(): Tcb {
  const tcb = takeSlot();
  assert(tcb != null, "no slot is free");
  transition(tcb!, State.SynSent);
  return tcb!;
}

describe("takeSlot", () => {
  it("gives every slot once, then null", () => {
    begin();
    expect<u32>(poolOf(Table.Connections).count).toBe(3);
    for (let run = 0; run < 3; run++) expect<bool>(takeSlot() != null).toBe(true);
    expect<bool>(takeSlot() == null).toBe(true);
  });
});

describe("the rings and ranges of slots", () => {
  it("do not overlap", () => {
    begin();
    for (let slot: u32 = 0; slot < 2; slot++) {
      const one = tcbAt(slot);
      const next = tcbAt(slot + 1);
      expect<usize>(receiveRing(next) - receiveRing(one)).toBe(RING);
      expect<usize>(sendRing(next) - sendRing(one)).toBe(RING);
      expect<usize>(rangesOf(next) - rangesOf(one)).toBe(8 * rangeCapacity());
    }
    expect<u32>(receiveMask()).toBe(RING - 1);
    expect<u32>(sendMask()).toBe(RING - 1);
  });
});

describe("isLive", () => {
  it("tells a connection that is over from one in the tables; its slot is free when let go", () => {
    const tcb = tcbOf(connected());
    expect<bool>(isLive(tcb)).toBe(true);
    endConnection(tcb, Reason.Reset);
    expect<u32>(tcb.taken).toBe(1);
    expect<bool>(isLive(tcb)).toBe(false);
    orphan(tcb);
    expect<u32>(tcb.taken).toBe(0);
  });
});

describe("endConnection and retire", () => {
  it("stop every timer, tell the host, and keep the reason", () => {
    const tcb = tcbOf(connected());
    tcb.retransmitAtMs = 5;
    tcb.lingerAtMs = 5;
    while (takeEvent() != null) {}
    endConnection(tcb, Reason.TimedOut);
    expect<u32>(tcb.retransmitAtMs + tcb.lingerAtMs + tcb.persistAtMs).toBe(0);
    expect<u32>(tcb.reason).toBe(Reason.TimedOut);
    expect<u32>(tcb.events & Event.Closed).toBe(Event.Closed);
  });

  it("free the slot at once when nobody holds it", () => {
    const tcb = tcbOf(connected());
    setFlag(tcb, TcbFlag.Orphan);
    endConnection(tcb, Reason.Aborted);
    expect<u32>(tcb.taken).toBe(0);
    expect<bool>(take()).toBe(false);
    retire(open(), Reason.None);
  });
});

describe("tell", () => {
  it("tells the holder, notes for a coming one, and nobody otherwise", () => {
    begin();
    const tcb = open();
    setFlag(tcb, TcbFlag.Pending);
    tell(tcb, Event.Readable);
    expect<bool>(takeEvent() == null).toBe(true);
    expect<u32>(tcb.events).toBe(Event.Readable);
    handOver(tcb);
    tell(tcb, Event.Writable);
    expect<bool>(takeEvent() == tcb).toBe(true);
    expect<u32>(tcb.events).toBe(Event.Readable | Event.Writable);
    tcb.events = 0;
    setFlag(tcb, TcbFlag.Orphan);
    tell(tcb, Event.Readable);
    expect<u32>(tcb.events).toBe(0);
  });
});

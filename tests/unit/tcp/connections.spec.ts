/** The table of connections: slots and their generations. */
import { Event } from "../../../assembly/abi/event";
import { Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import {
  GENERATIONS, connectionCount, endConnection, handOver, isLive, isTaken, orphan, rangeCapacity,
  rangesOf, receiveMask, releaseSlot, retire, sendMask, takeSlot, tcbAt, tell, wake,
} from "../../../assembly/tcp/connections";
import { takeEvent } from "../../../assembly/tcp/events";
import { transition } from "../../../assembly/tcp/state";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { RING, begin, connected, take, tcbOf } from "../support/peer";

function open(): Tcb {
  const tcb = takeSlot();
  assert(tcb != null, "no slot is free");
  transition(tcb!, State.SynSent);
  return tcb!;
}

describe("takeSlot and releaseSlot", () => {
  beforeEach(() => begin());

  it("give every slot once, then null", () => {
    expect<u32>(connectionCount()).toBe(3);
    const first = open();
    const second = open();
    const third = open();
    expect<bool>(first != second && second != third && first != third).toBe(true);
    expect<bool>(takeSlot() == null).toBe(true);
  });

  it("take the slot freed longest ago first", () => {
    const first = open();
    const second = open();
    open();
    releaseSlot(second);
    releaseSlot(first);
    expect<bool>(open() == second).toBe(true);
    expect<bool>(open() == first).toBe(true);
  });

  it("give a new generation to every use, and come round without 0", () => {
    const tcb = open();
    expect<u32>(tcb.generation).toBe(1);
    tcb.generation = <u16>GENERATIONS;
    releaseSlot(tcb);
    expect<u32>(tcb.generation).toBe(1);
  });

  it("leave nothing of the last use but what belongs to the slot", () => {
    const tcb = open();
    const receiveRing = tcb.receiveRing;
    tcb.sndUna = 77;
    tcb.rangeCount = 3;
    tcb.softError = 4;
    tcb.events = 0xffff;
    releaseSlot(tcb);
    open();
    open();
    const again = open();
    expect<bool>(again == tcb).toBe(true);
    expect<u32>(again.sndUna).toBe(0);
    expect<u32>(again.rangeCount).toBe(0);
    expect<u32>(again.softError).toBe(0);
    expect<u32>(again.events).toBe(0);
    expect<usize>(again.receiveRing).toBe(receiveRing);
  });
});

describe("the rings and ranges of slots", () => {
  it("do not overlap", () => {
    begin();
    for (let slot: u32 = 0; slot + 1 < connectionCount(); slot++) {
      expect<usize>(tcbAt(slot + 1).receiveRing - tcbAt(slot).receiveRing).toBe(RING);
      expect<usize>(tcbAt(slot + 1).sendRing - tcbAt(slot).sendRing).toBe(RING);
      expect<usize>(rangesOf(tcbAt(slot + 1)) - rangesOf(tcbAt(slot))).toBe(8 * rangeCapacity());
    }
    expect<u32>(receiveMask()).toBe(RING - 1);
    expect<u32>(sendMask()).toBe(RING - 1);
  });
});

describe("isTaken and isLive", () => {
  it("tell a free slot from one that is over, and that from one in the tables", () => {
    const tcb = tcbOf(connected());
    expect<bool>(isTaken(tcb) && isLive(tcb)).toBe(true);
    endConnection(tcb, Reason.Reset);
    expect<bool>(isTaken(tcb)).toBe(true);
    expect<bool>(isLive(tcb)).toBe(false);
    orphan(tcb);
    expect<bool>(isTaken(tcb)).toBe(false);
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
    expect<bool>(isTaken(tcb)).toBe(false);
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

describe("wake", () => {
  it("twice is as good as once", () => {
    const tcb = tcbOf(connected());
    wake(tcb);
    wake(tcb);
    expect<bool>(take()).toBe(false);
  });
});

/** A connection's turn: a frame, a wait for the neighbour, or nothing. */
import { Event } from "../../../assembly/abi/event";
import { LinkKind } from "../../../assembly/abi/parameters";
import { Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { Parameter } from "../../../assembly/abi/parameters";
import { connect } from "../../../assembly/api/sockets";
import { frameOutPtr, nextDeadline, transmit } from "../../../assembly/api/stack";
import { status } from "../../../assembly/api/status";
import { transmitNext } from "../../../assembly/tcp/transmit";
import {
  PEER_ADDRESS, beginOn, connected, eventsOf, jump, now, putAddress, tcbOf, write,
} from "../support/peer";

let handle: i32 = 0;

/** Lets time pass on an Ethernet link, on which nobody answers. Returns the frames that left. */
function wait(ms: u32): u32 {
  let frames: u32 = 0;
  for (let step: u32 = 0; step < ms; step += 10) {
    while (transmit(now) != 0) frames++;
    jump(10);
  }
  return frames;
}

describe("transmitNext", () => {
  it("says 0 when the connection has nothing to say", () => {
    expect<u32>(transmitNext(tcbOf(connected()))).toBe(0);
  });

  it("builds the frame of one that has", () => {
    const handle = connected();
    write(handle, 10);
    expect<u32>(transmitNext(tcbOf(handle))).toBe(50);
  });
});

describe("a connection whose neighbour is unknown", () => {


  beforeEach(() => {
    beginOn(LinkKind.Ethernet, 0);
    putAddress(Parameter.Address, PEER_ADDRESS);
    putAddress(Parameter.LocalAddress, 0);
    handle = connect(80, 5000);
  });

  it("asks for it, and waits without going round and round", () => {
    expect<u32>(transmit(now)).toBe(42);
    expect<u32>(load<u8>(frameOutPtr(), 13)).toBe(6);
    expect<u32>(transmit(now)).toBe(0);
    expect<bool>(nextDeadline(now) > 100_000).toBe(true);
  });

  it("asks five times, then the attempt to connect ends", () => {
    expect<u32>(wait(5_500)).toBe(5);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.Unreachable);
    expect<u32>(eventsOf(handle) & Event.Closed).toBe(Event.Closed);
  });
});

/** Events, as the host sees them. */
import { Event } from "../../../assembly/abi/event";
import { close } from "../../../assembly/api/sockets";
import { nextEvent } from "../../../assembly/api/events";
import { descriptorPtr } from "../../../assembly/api/setup";
import { nextDeadline } from "../../../assembly/api/stack";
import {
  ACK, FIN, RST, begin, established, eventsOf, iss, listening, now, peerNext, say, sendSegment,
  shakeHands, takeAll,
} from "../support/peer";

function bits(): u32 {
  return load<u32>(descriptorPtr(), 12);
}

describe("nextEvent", () => {
  it("says 0 when there is no news", () => {
    established();
    expect<i32>(nextEvent()).toBe(0);
  });

  it("gives a handle once, with all that became true since", () => {
    const handle = established();
    say(ACK, iss + 1, 10);
    say(ACK, iss + 1, 10);
    say(ACK | FIN, iss + 1, 10);
    expect<i32>(nextEvent()).toBe(handle);
    expect<u32>(bits()).toBe(Event.Readable | Event.PeerFinished);
    expect<i32>(nextEvent()).toBe(0);
  });

  it("makes nextDeadline say 0 while there is news", () => {
    const handle = established();
    say(ACK, iss + 1, 10);
    takeAll();
    expect<u32>(nextDeadline(now)).toBe(0);
    expect<u32>(eventsOf(handle)).toBe(Event.Readable);
    expect<u32>(nextDeadline(now)).not.toBe(0);
  });

  it("says nothing of what the host has let go", () => {
    const handle = established();
    say(ACK, iss + 1, 10);
    close(handle);
    expect<i32>(nextEvent()).toBe(0);
  });

  it("says nothing of connections that nobody has accepted, but that there is one", () => {
    begin();
    const listener = listening();
    shakeHands();
    say(ACK, iss + 1, 10);
    expect<i32>(nextEvent()).toBe(listener);
    expect<u32>(bits()).toBe(Event.Acceptable);
    expect<i32>(nextEvent()).toBe(0);
  });

  it("tells the end", () => {
    const handle = established();
    sendSegment(RST, peerNext, 0, 0, 0);
    expect<i32>(nextEvent()).toBe(handle);
    expect<u32>(bits()).toBe(Event.Closed);
  });
});

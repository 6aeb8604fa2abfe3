/** The end of the stream (RFC 9293 section 3.6): the peer's FIN, in every state. */
import { Event } from "../../../assembly/abi/event";
import { Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { shutdown } from "../../../assembly/api/sockets";
import { status } from "../../../assembly/api/status";
import {
  ACK, FIN, RING, established, eventsOf, iss, peerNext, read, say, sendSegment, sent,
  setPeerNext, take, takeAll, tcbOf, used,
} from "../support/peer";

let handle: i32 = 0;

describe("the peer's FIN", () => {
  beforeEach(() => {
    handle = established();
  });

  it("in ESTABLISHED leads to CLOSE-WAIT, is told and acknowledged at once", () => {
    say(ACK | FIN, iss + 1, 10);
    expect<i32>(status(handle)).toBe(State.CloseWait);
    expect<u32>(eventsOf(handle)).toBe(Event.Readable | Event.PeerFinished);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(read(handle)).toBe(10);
  });

  it("in FIN-WAIT-1, ours not acknowledged, leads to CLOSING", () => {
    shutdown(handle);
    takeAll();
    say(ACK | FIN, iss + 1);
    expect<i32>(status(handle)).toBe(State.Closing);
  });

  it("in FIN-WAIT-1, with the ACK of ours, leads to TIME-WAIT", () => {
    shutdown(handle);
    takeAll();
    say(ACK | FIN, iss + 2);
    expect<i32>(status(handle)).toBe(State.TimeWait);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(sent.seq).toBe(iss + 2);
  });

  it("in FIN-WAIT-2 leads to TIME-WAIT, which is Closed to the host", () => {
    shutdown(handle);
    takeAll();
    say(ACK, iss + 2);
    eventsOf(handle);
    say(ACK | FIN, iss + 2);
    expect<i32>(status(handle)).toBe(State.TimeWait);
    expect<u32>(eventsOf(handle)).toBe(Event.PeerFinished | Event.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.Finished);
    expect<u32>(used(Table.TimeWait)).toBe(1);
  });

  it("counts only when everything before it has arrived", () => {
    sendSegment(ACK | FIN, peerNext + 100, iss + 1, 50, 8192);
    expect<i32>(status(handle)).toBe(State.Established);
    say(ACK, iss + 1, 100);
    expect<i32>(status(handle)).toBe(State.CloseWait);
    takeAll();
    expect<u32>(sent.ack).toBe(peerNext + 51);
    expect<u32>(read(handle)).toBe(150);
  });

  it("sent again is acknowledged again, and changes nothing", () => {
    say(ACK | FIN, iss + 1);
    takeAll();
    sendSegment(ACK | FIN, peerNext - 1, iss + 1, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<i32>(status(handle)).toBe(State.CloseWait);
  });

  it("beyond the window does not count until it comes again", () => {
    for (let run = 0; run < 4; run++) say(ACK, iss + 1, 1024);
    takeAll();
    sendSegment(ACK | FIN, peerNext, iss + 1, 0, 8192);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<u32>(read(handle)).toBe(RING);
    takeAll();
    say(ACK | FIN, iss + 1);
    expect<i32>(status(handle)).toBe(State.CloseWait);
  });

  it("ends the stream: text behind it is nobody's", () => {
    say(ACK | FIN, iss + 1, 10);
    setPeerNext(peerNext - 1);
    say(ACK, iss + 1, 20);
    expect<u32>(read(handle)).toBe(10);
  });
});

/** SEGMENT ARRIVES in SYN-SENT (RFC 9293 section 3.10.7.3). */
import { Counter } from "../../../assembly/abi/counter";
import { Event } from "../../../assembly/abi/event";
import { Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { status } from "../../../assembly/api/status";
import {
  ACK, FIN, PEER_ISS, RST, SYN, counted, eventsOf, iss, options, read, say, sendSegment, sent,
  synSent, take, takeAll, tcbOf, write,
} from "../support/peer";
import { put } from "../support/octets";

let handle: i32 = 0;

describe("in SYN-SENT", () => {
  beforeEach(() => {
    handle = synSent();
  });

  it("first: answers an ACK that is not of our SYN with a RST from there, and waits on", () => {
    sendSegment(ACK, 1000, iss, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<u32>(sent.seq).toBe(iss);
    sendSegment(SYN | ACK, 1000, iss + 2, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.seq).toBe(iss + 2);
    expect<i32>(status(handle)).toBe(State.SynSent);
    expect<u32>(counted(Counter.TcpBadAck)).toBe(2);
  });

  it("first: never answers a RST, whatever it acknowledges", () => {
    sendSegment(RST | ACK, 1000, iss + 2, 0, 0);
    expect<bool>(take()).toBe(false);
    expect<i32>(status(handle)).toBe(State.SynSent);
  });

  it("second: a RST that acknowledges our SYN means refused", () => {
    sendSegment(RST | ACK, 0, iss + 1, 0, 0);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.Refused);
    expect<u32>(eventsOf(handle)).toBe(Event.Closed);
    expect<bool>(take()).toBe(false);
  });

  it("second: a RST without ACK is a guess and is dropped", () => {
    sendSegment(RST, 1000, 0, 0, 0);
    expect<bool>(take()).toBe(false);
    expect<i32>(status(handle)).toBe(State.SynSent);
  });

  it("fourth: SYN+ACK establishes, and is acknowledged at once", () => {
    say(SYN | ACK, iss + 1);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<u32>(eventsOf(handle)).toBe(Event.Connected | Event.Writable);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<u32>(sent.ack).toBe(PEER_ISS + 1);
    expect<bool>(take()).toBe(false);
  });

  it("fourth: takes the peer's MSS, and its scale, which the SYN's own window is not under", () => {
    const len = put(options, "02 04 02 00 01 03 03 02");
    sendSegment(SYN | ACK, PEER_ISS, iss + 1, 0, 1000, len);
    const tcb = tcbOf(handle);
    expect<u32>(tcb.sndMss).toBe(512);
    expect<u32>(tcb.sndWnd).toBe(1000);
    sendSegment(ACK, PEER_ISS + 1, iss + 1, 0, 1000);
    expect<u32>(tcb.sndWnd).toBe(4000);
  });

  it("takes text and FIN on the SYN+ACK", () => {
    say(SYN | ACK | FIN, iss + 1, 50);
    expect<i32>(status(handle)).toBe(State.CloseWait);
    expect<u32>(read(handle)).toBe(50);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(PEER_ISS + 52);
  });

  it("sends text that was queued before, with the ACK", () => {
    expect<u32>(write(handle, 300)).toBe(300);
    expect<bool>(take()).toBe(false);
    say(SYN | ACK, iss + 1);
    takeAll();
    expect<u32>(sent.textLen).toBe(300);
    expect<u32>(sent.seq).toBe(iss + 1);
  });

  it("fourth: a SYN alone is a crossing of SYNs: SYN-RECEIVED, answered with SYN+ACK", () => {
    say(SYN, 0);
    expect<i32>(status(handle)).toBe(State.SynReceived);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(SYN | ACK);
    expect<u32>(sent.seq).toBe(iss);
    expect<u32>(sent.ack).toBe(PEER_ISS + 1);
    say(ACK, iss + 1);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<u32>(eventsOf(handle)).toBe(Event.Connected | Event.Writable);
  });

  it("crossing: the peer's SYN+ACK establishes, too (RFC 9293 figure 8)", () => {
    say(SYN, 0);
    takeAll();
    sendSegment(SYN | ACK, PEER_ISS, iss + 1, 0, 8192);
    expect<i32>(status(handle)).toBe(State.Established);
  });

  it("fifth: drops what has neither SYN nor RST", () => {
    sendSegment(FIN, 1000, 0, 0, 8192);
    sendSegment(ACK, 1000, iss + 1, 5, 8192);
    expect<bool>(take()).toBe(false);
    expect<i32>(status(handle)).toBe(State.SynSent);
  });
});

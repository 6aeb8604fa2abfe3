/** The fifth check: the ACK field, and the send window behind it. */
import { Counter } from "../../../assembly/abi/counter";
import { Event } from "../../../assembly/abi/event";
import { Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { sendSpace, shutdown } from "../../../assembly/api/sockets";
import { status } from "../../../assembly/api/status";
import {
  ACK, FIN, RING, RST, SYN, connected, connecting, counted, established, eventsOf, iss, peerNext,
  say, sendSegment, sent, synSent, take, takeAll, tcbOf, write,
} from "../support/peer";

let handle: i32 = 0;

describe("a new ACK", () => {
  beforeEach(() => {
    handle = established();
  });

  it("moves SND.UNA, frees the ring, and says when all is acknowledged", () => {
    write(handle, 1000);
    takeAll();
    say(ACK, iss + 1 + 400);
    expect<u32>(tcbOf(handle).sndUna).toBe(iss + 401);
    expect<u32>(eventsOf(handle) & Event.Sent).toBe(0);
    say(ACK, iss + 1001);
    expect<u32>(eventsOf(handle) & Event.Sent).toBe(Event.Sent);
  });

  it("stops the retransmission timer when nothing is left, else starts it anew", () => {
    write(handle, 1000);
    takeAll();
    say(ACK, iss + 401);
    expect<u32>(tcbOf(handle).retransmitAtMs).not.toBe(0);
    say(ACK, iss + 1001);
    expect<u32>(tcbOf(handle).retransmitAtMs).toBe(0);
  });

  it("tells of room once half the ring is free, after the host was refused", () => {
    expect<u32>(write(handle, RING)).toBe(RING);
    takeAll();
    expect<i32>(sendSpace(handle)).toBe(0);
    eventsOf(handle);
    say(ACK, iss + 101);
    expect<u32>(eventsOf(handle) & Event.Writable).toBe(0);
    takeAll();
    say(ACK, iss + 1 + RING / 2);
    expect<u32>(eventsOf(handle) & Event.Writable).toBe(Event.Writable);
  });
});

describe("an ACK out of range", () => {
  beforeEach(() => {
    handle = established();
  });

  it("of what was never sent is answered and dropped, text and all", () => {
    sendSegment(ACK, peerNext, iss + 2, 10, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(counted(Counter.TcpBadAck)).toBe(1);
  });

  it("older than the largest window is a guess (RFC 5961 section 5)", () => {
    const window = tcbOf(handle).maxSndWnd;
    sendSegment(ACK, peerNext, iss + 1 - window, 0, 8192);
    expect<u32>(counted(Counter.TcpBadAck)).toBe(0);
    sendSegment(ACK, peerNext, iss - window, 0, 8192);
    expect<u32>(counted(Counter.TcpBadAck)).toBe(1);
    expect<u32>(tcbOf(handle).sndUna).toBe(iss + 1);
  });

  it("of an old one moves nothing", () => {
    write(handle, 100);
    takeAll();
    say(ACK, iss + 101);
    sendSegment(ACK, peerNext, iss + 50, 0, 8192);
    expect<u32>(tcbOf(handle).sndUna).toBe(iss + 101);
  });
});

describe("the send window", () => {
  beforeEach(() => {
    handle = established();
  });

  it("follows the newest segment, by SND.WL1 and SND.WL2", () => {
    say(ACK, iss + 1, 10, 5000);
    expect<u32>(tcbOf(handle).sndWnd).toBe(5000);
    // An older sequence number says nothing about the window any more.
    sendSegment(ACK, peerNext - 15, iss + 1, 16, 1000);
    expect<u32>(tcbOf(handle).sndWnd).toBe(5000);
    sendSegment(ACK, peerNext + 1, iss + 1, 0, 2000);
    expect<u32>(tcbOf(handle).sndWnd).toBe(2000);
  });

  it("may shrink (SHLD-14 is the peer's duty), and keeps the largest in mind", () => {
    sendSegment(ACK, peerNext, iss + 1, 0, 100);
    expect<u32>(tcbOf(handle).sndWnd).toBe(100);
    expect<u32>(tcbOf(handle).maxSndWnd).toBe(0xffff);
  });
});

describe("the ACK of our FIN", () => {
  it("leads from FIN-WAIT-1 to FIN-WAIT-2", () => {
    handle = established();
    shutdown(handle);
    takeAll();
    expect<i32>(status(handle)).toBe(State.FinWait1);
    say(ACK, iss + 1);
    expect<i32>(status(handle)).toBe(State.FinWait1);
    say(ACK, iss + 2);
    expect<i32>(status(handle)).toBe(State.FinWait2);
  });

  it("leads from CLOSING to TIME-WAIT", () => {
    handle = established();
    shutdown(handle);
    takeAll();
    say(ACK | FIN, iss + 1);
    expect<i32>(status(handle)).toBe(State.Closing);
    say(ACK, iss + 2);
    expect<i32>(status(handle)).toBe(State.TimeWait);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.Finished);
  });

  it("leads from LAST-ACK to CLOSED", () => {
    handle = connected();
    say(ACK | FIN, iss + 1);
    shutdown(handle);
    takeAll();
    expect<i32>(status(handle)).toBe(State.LastAck);
    say(ACK, iss + 2);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.Finished);
  });
});

describe("in SYN-RECEIVED with a control block (simultaneous open)", () => {
  it("an ACK of anything but our SYN is answered with a RST from there", () => {
    handle = synSent();
    say(SYN, 0);
    takeAll();
    sendSegment(ACK, peerNext, iss + 5, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<u32>(sent.seq).toBe(iss + 5);
    expect<i32>(status(handle)).toBe(State.SynReceived);
  });

  it("before our SYN has left, nothing acknowledges it: nor what is half the numbers away", () => {
    handle = connecting();
    say(SYN, 0);
    say(ACK, iss + 0x80000000);
    expect<i32>(status(handle)).toBe(State.SynReceived);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
  });

  it("a FIN queued before leads straight to FIN-WAIT-1", () => {
    handle = synSent();
    shutdown(handle);
    say(SYN, 0);
    takeAll();
    say(ACK, iss + 1);
    expect<i32>(status(handle)).toBe(State.FinWait1);
    takeAll();
    expect<u32>(sent.flags & FIN).toBe(FIN);
  });
});

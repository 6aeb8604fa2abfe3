/** The marks of urgent data (RFC 9293 section 3.8.5). */
import { Event } from "../../../assembly/abi/event";
import { State } from "../../../assembly/abi/state";
import { markUrgent, processUrgent, urgentLeft, urgentPointer } from "../../../assembly/tcp/urgent";
import { Tcb, TcbFlag, has } from "../../../assembly/tcp/tcb";
import { Verdict } from "../../../assembly/tcp/verdict";
import { Segment } from "../../../assembly/wire/segment";
import { Flag } from "../../../assembly/wire/tcp";
import {
  ACK, established, iss, peerNext, read, say, takeAll, tcbOf, write,
} from "../support/peer";

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);
const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));

function process(up: u32): void {
  seg.flags = Flag.Urg | Flag.Ack;
  seg.up = up;
  expect<u32>(processUrgent(tcb, seg)).toBe(Verdict.Continue);
}

describe("the mark in what we send", () => {
  beforeEach(() => {
    handle = established();
    tcb = tcbOf(handle);
  });

  it("is the octet after what is queued, and is told at once", () => {
    tcb.sndEnd += 10;
    markUrgent(tcb);
    expect<u32>(tcb.sndUp).toBe(iss + 11);
    expect<bool>(has(tcb, TcbFlag.AckNow)).toBe(true);
  });

  it("waits for the handshake", () => {
    tcb.state = <u8>State.SynSent;
    markUrgent(tcb);
    expect<bool>(has(tcb, TcbFlag.AckNow)).toBe(false);
  });

  it("is told as a distance of 16 bits, and not from where it has been passed", () => {
    tcb.sndUp = 5;
    expect<u32>(urgentPointer(tcb, 0xfffffffb)).toBe(10);
    expect<u32>(urgentPointer(tcb, 4)).toBe(1);
    expect<u32>(urgentPointer(tcb, 5)).toBe(0);
    expect<u32>(urgentPointer(tcb, 6)).toBe(0);
    expect<u32>(urgentPointer(tcb, 5 - 0xffff)).toBe(0xffff);
    expect<u32>(urgentPointer(tcb, 5 - 0x10000)).toBe(0xffff);
  });

  it("goes along with what is acknowledged: 2^31 octets later it is not ahead", () => {
    write(handle, 20);
    takeAll();
    say(ACK, iss + 21, 0);
    expect<u32>(tcb.sndUp).toBe(iss + 20);
    expect<u32>(urgentPointer(tcb, tcb.sndUna - 1)).toBe(0);
  });
});

describe("the mark in what we receive", () => {
  beforeEach(() => {
    handle = established();
    tcb = tcbOf(handle);
    tcb.events = 0;
  });

  it("advances, each time with an event, and never goes back", () => {
    process(peerNext + 9);
    expect<u32>(tcb.events).toBe(Event.Urgent);
    expect<u32>(urgentLeft(tcb)).toBe(9);
    tcb.events = 0;
    process(peerNext + 8);
    process(peerNext + 9);
    expect<u32>(tcb.events).toBe(0);
    process(peerNext + 10);
    expect<u32>(tcb.events).toBe(Event.Urgent);
    expect<u32>(urgentLeft(tcb)).toBe(10);
  });

  it("is not there without URG, nor where no text is expected", () => {
    seg.up = peerNext + 5;
    seg.flags = Flag.Ack;
    processUrgent(tcb, seg);
    tcb.state = <u8>State.CloseWait;
    process(peerNext + 5);
    expect<u32>(urgentLeft(tcb)).toBe(0);
  });

  it("goes along with what is read: 2^31 octets later it is not ahead", () => {
    say(ACK, iss + 1, 30);
    read(handle, 30);
    expect<u32>(tcb.rcvUp).toBe(tcb.rcvRead);
    expect<u32>(urgentLeft(tcb)).toBe(0);
  });

  it("promises nothing beyond what is there once nothing comes any more", () => {
    process(peerNext + 100);
    say(ACK, iss + 1, 30);
    expect<u32>(urgentLeft(tcb)).toBe(100);
    tcb.state = <u8>State.CloseWait;
    expect<u32>(urgentLeft(tcb)).toBe(30);
  });
});

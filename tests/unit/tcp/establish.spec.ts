/** How connections come to be. */
import { Counter } from "../../../assembly/abi/counter";
import { Event } from "../../../assembly/abi/event";
import { Option } from "../../../assembly/abi/option";
import { State } from "../../../assembly/abi/state";
import { accept, getOption, setOption } from "../../../assembly/api/sockets";
import { nextEvent } from "../../../assembly/api/events";
import { status } from "../../../assembly/api/status";
import { beginTcb, takeSyn } from "../../../assembly/tcp/establish";
import { has, TcbFlag } from "../../../assembly/tcp/tcb";
import {
  ACK, PEER_ISS, RING, SYN, begin, connected, counted, established, eventsOf, iss, listening,
  options, pass, say, sendSegment, sent, shakeHands, synSent, take, takeAll, tcbOf,
} from "../support/peer";
import { put } from "../support/octets";

describe("beginTcb and takeSyn", () => {
  it("set SND and RCV variables from the two ISNs", () => {
    const tcb = tcbOf(synSent());
    beginTcb(tcb, 5000);
    expect<u32>(tcb.sndUna).toBe(5000);
    expect<u32>(tcb.sndEnd).toBe(5001);
    expect<u32>(tcb.rtoMs).toBe(1000);
    takeSyn(tcb, 0xffffffff, 1460, 3, 0);
    expect<u32>(tcb.rcvNxt).toBe(0);
    expect<u32>(tcb.rcvRead).toBe(0);
    expect<u32>(tcb.rcvAdv).toBe(RING);
    expect<u32>(tcb.sndMss).toBe(1460);
    expect<u32>(tcb.sndScale).toBe(2);
    expect<bool>(has(tcb, TcbFlag.WindowScale)).toBe(true);
  });

  it("assume 536 octets and no scaling of a peer that says nothing (MUST-15)", () => {
    const tcb = tcbOf(synSent());
    takeSyn(tcb, 1, 0, 0, 0);
    expect<u32>(tcb.sndMss).toBe(536);
    expect<bool>(has(tcb, TcbFlag.WindowScale)).toBe(false);
  });
});

describe("promote", () => {
  it("makes a connection of a half-open entry, with the settings of its listener", () => {
    begin();
    const listener = listening();
    setOption(listener, Option.TimeToLive, 33);
    setOption(listener, Option.KeepAlive, 1);
    shakeHands();
    const handle = accept(listener);
    expect<i32>(getOption(handle, Option.TimeToLive)).toBe(33);
    expect<u32>(tcbOf(handle).keepAliveAtMs).not.toBe(0);
    expect<u32>(tcbOf(handle).path).toBe((State.Listen << 8) | (State.SynReceived << 4) | 4);
    expect<u32>(tcbOf(handle).sndUna).toBe(iss + 1);
  });
});

describe("establish", () => {
  it("tells who opened actively; who opened passively hears it from the listener", () => {
    const active = synSent();
    say(SYN | ACK, iss + 1);
    expect<u32>(eventsOf(active)).toBe(Event.Connected | Event.Writable);
    begin();
    const listener = listening();
    shakeHands();
    expect<u32>(eventsOf(listener)).toBe(Event.Acceptable);
    const passive = accept(listener);
    expect<i32>(nextEvent()).toBe(0);
    expect<u32>(tcbOf(passive).state).toBe(State.Established);
    expect<u32>(counted(Counter.TcpPassiveOpens)).toBe(1);
  });

  it("times the SYN: the round trip is the first sample", () => {
    const handle = synSent();
    pass(200);
    say(SYN | ACK, iss + 1);
    expect<u32>(tcbOf(handle).srttUs8 >> 3).toBe(200_000);
    expect<u32>(tcbOf(handle).rtoMs).toBe(1000);
  });

  it("after a lost SYN takes no sample (Karn), 3 s and one segment", () => {
    const handle = synSent();
    expect<u32>(pass(1001)).toBe(1);
    say(SYN | ACK, iss + 1);
    expect<u32>(tcbOf(handle).srttUs8).toBe(0);
    expect<u32>(tcbOf(handle).rtoMs).toBe(3000);
    expect<u32>(tcbOf(handle).cwnd).toBe(tcbOf(handle).sndMss);
  });

  it("scales the window of the third segment, not that of the SYN", () => {
    begin();
    const listener = listening();
    const len = put(options, "02 04 05 b4 01 03 03 04");
    sendSegment(SYN, PEER_ISS, 0, 0, 1000, len);
    expect<bool>(take()).toBe(true);
    sendSegment(ACK, PEER_ISS + 1, sent.seq + 1, 0, 1000);
    expect<u32>(tcbOf(accept(listener)).sndWnd).toBe(16000);
  });

  it("is reached by both ways", () => {
    expect<i32>(status(established())).toBe(State.Established);
    expect<i32>(status(connected())).toBe(State.Established);
    takeAll();
  });
});

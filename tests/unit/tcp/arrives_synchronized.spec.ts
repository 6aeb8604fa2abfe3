/** SEGMENT ARRIVES from ESTABLISHED on: the first four checks of RFC 9293 section 3.10.7.4. */
import { Counter } from "../../../assembly/abi/counter";
import { Event } from "../../../assembly/abi/event";
import { Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { status } from "../../../assembly/api/status";
import { shutdown } from "../../../assembly/api/sockets";
import {
  ACK, FIN, RING, RST, SYN, counted, established, eventsOf, iss, peerNext, read, say, sendSegment,
  sent, take, takeAll, tcbOf,
} from "../support/peer";

let handle: i32 = 0;

describe("first, the sequence number", () => {
  beforeEach(() => {
    handle = established();
  });

  it("takes a segment of which any part lies in the window", () => {
    say(ACK, iss + 1, 100);
    sendSegment(ACK, peerNext - 50, iss + 1, 100, 8192);
    expect<u32>(read(handle)).toBe(150);
    sendSegment(ACK, tcbOf(handle).rcvAdv - 50, iss + 1, 200, 8192);
    expect<u32>(counted(Counter.TcpOutOfWindow)).toBe(0);
    expect<u32>(counted(Counter.TcpOutOfOrderText)).toBe(1);
  });

  it("answers anything else with an ACK, and takes nothing from it", () => {
    const seqs: u32[] = [
      peerNext - 1, peerNext - 100, peerNext + RING, peerNext + RING + 1000,
      peerNext + 0x7fffffff, peerNext + 0x80000000,
    ];
    for (let index = 0; index < seqs.length; index++) {
      sendSegment(ACK, seqs[index], iss + 1, 0, 8192);
      expect<bool>(take()).toBe(true);
      expect<u32>(sent.flags).toBe(ACK);
      expect<u32>(sent.ack).toBe(peerNext);
      expect<u32>(sent.seq).toBe(iss + 1);
    }
    expect<u32>(counted(Counter.TcpOutOfWindow)).toBe(6);
    expect<i32>(status(handle)).toBe(State.Established);
  });

  it("does not answer a RST outside the window", () => {
    sendSegment(RST, peerNext + RING, 0, 0, 0);
    sendSegment(RST, peerNext - 1, 0, 0, 0);
    expect<bool>(take()).toBe(false);
    expect<i32>(status(handle)).toBe(State.Established);
  });

  it("with the window closed takes an ACK at its edge, and answers text there", () => {
    while (read(handle, 0) == 0 && tcbOf(handle).rcvAdv != peerNext) say(ACK, iss + 1, 512);
    takeAll();
    expect<u32>(sent.wnd).toBe(0);
    sendSegment(ACK, peerNext, iss + 1, 1, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(sent.wnd).toBe(0);
    sendSegment(ACK, peerNext, iss + 1, 0, 777);
    expect<u32>(tcbOf(handle).sndWnd).toBe(777);
    expect<bool>(take()).toBe(false);
  });
});

describe("second, the RST bit", () => {
  beforeEach(() => {
    handle = established();
  });

  it("ends the connection at exactly RCV.NXT", () => {
    sendSegment(RST, peerNext, 0, 0, 0);
    expect<i32>(status(handle)).toBe(State.Closed);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.Reset);
    expect<u32>(eventsOf(handle)).toBe(Event.Closed);
    expect<u32>(counted(Counter.TcpResetReceived)).toBe(1);
    expect<bool>(take()).toBe(false);
  });

  it("is challenged elsewhere in the window (RFC 5961)", () => {
    sendSegment(RST, peerNext + 1, 0, 0, 0);
    sendSegment(RST, peerNext + RING - 1, 0, 0, 0);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<u32>(counted(Counter.TcpChallengeAcks)).toBe(2);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
  });

  it("leaves what has been received to be read", () => {
    say(ACK, iss + 1, 100);
    sendSegment(RST, peerNext, 0, 0, 0);
    expect<u32>(read(handle)).toBe(100);
  });

  it("ends FIN-WAIT and CLOSE-WAIT alike", () => {
    shutdown(handle);
    takeAll();
    sendSegment(RST, peerNext, 0, 0, 0);
    expect<i32>(status(handle)).toBe(State.Closed);
    handle = established();
    say(ACK | FIN, iss + 1);
    sendSegment(RST, peerNext, 0, 0, 0);
    expect<i32>(status(handle)).toBe(State.Closed);
  });
});

describe("fourth, the SYN bit", () => {
  it("is challenged, wherever it stands (RFC 5961 section 4)", () => {
    handle = established();
    sendSegment(SYN, peerNext, 0, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    sendSegment(SYN | ACK, peerNext + 10, iss + 1, 0, 8192);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<u32>(counted(Counter.TcpChallengeAcks)).toBe(2);
  });
});

describe("fifth, without an ACK bit", () => {
  it("drops the segment, text and all", () => {
    handle = established();
    sendSegment(0, peerNext, 0, 100, 8192);
    sendSegment(FIN, peerNext, 0, 0, 8192);
    expect<u32>(read(handle)).toBe(0);
    expect<i32>(status(handle)).toBe(State.Established);
    expect<bool>(take()).toBe(false);
  });
});

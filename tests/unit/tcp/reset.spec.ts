/** Resets and other answers without a connection. */
import { Packet, thePacket } from "../../../assembly/net/packet";
import {
  acknowledgeLast, acknowledgeSegment, refuseSegment, resetPeer, segmentLen,
} from "../../../assembly/tcp/reset";
import { Segment } from "../../../assembly/wire/segment";
import { portsWord } from "../../../assembly/wire/tcp";
import {
  ACK, FIN, PEER_ADDRESS, PEER_ISS, RST, SYN, connected, iss, sent, take, takeAll,
  tcbOf, write,
} from "../support/peer";

const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));
let packet: Packet = thePacket();

function segment(flags: u32, textLen: u32): void {
  seg.flags = flags;
  seg.seq = 0xfffffffe;
  seg.ack = 500;
  seg.textLen = textLen;
  packet = thePacket();
  packet.ports = portsWord(1000, 80);
  packet.remoteHigh = 0;
  packet.remoteLow = 0x0200000affff0000;
  packet.sourceMac = 0;
}

describe("segmentLen", () => {
  it("counts SYN and FIN as an octet each", () => {
    segment(SYN | FIN, 10);
    expect<u32>(segmentLen(seg)).toBe(12);
    segment(ACK | RST, 0);
    expect<u32>(segmentLen(seg)).toBe(0);
  });
});

describe("refuseSegment", () => {
  beforeEach(() => {
    connected();
  });

  it("resets from SEG.ACK when there is one, without an ACK of its own", () => {
    segment(ACK, 10);
    refuseSegment(packet, seg);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST);
    expect<u32>(sent.seq).toBe(500);
    expect<u32>(sent.sourcePort).toBe(80);
    expect<u32>(sent.destinationPort).toBe(1000);
    expect<u32>(sent.destination).toBe(PEER_ADDRESS);
  });

  it("else resets from 0, acknowledging all of the segment", () => {
    segment(SYN, 10);
    refuseSegment(packet, seg);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST | ACK);
    expect<u32>(sent.seq).toBe(0);
    expect<u32>(sent.ack).toBe(9);
  });

  it("never answers a RST", () => {
    segment(RST | ACK, 0);
    refuseSegment(packet, seg);
    expect<bool>(take()).toBe(false);
  });
});

describe("acknowledgeSegment", () => {
  it("answers with the numbers it is given", () => {
    connected();
    segment(ACK, 0);
    acknowledgeSegment(packet, 1, 2, 100_000, 0, 0);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.seq).toBe(1);
    expect<u32>(sent.ack).toBe(2);
    expect<u32>(sent.wnd).toBe(0xffff);
  });
});

describe("acknowledgeLast", () => {
  it("acknowledges all that the peer has sent, with the window given", () => {
    const tcb = tcbOf(connected());
    acknowledgeLast(tcb, 777);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<u32>(sent.ack).toBe(PEER_ISS + 1);
    expect<u32>(sent.wnd).toBe(777);
  });
});

describe("resetPeer", () => {
  it("begins where the peer must believe it: at what it expects next", () => {
    const handle = connected();
    write(handle, 100);
    takeAll();
    resetPeer(tcbOf(handle));
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(RST | ACK);
    expect<u32>(sent.seq).toBe(iss + 101);
  });
});

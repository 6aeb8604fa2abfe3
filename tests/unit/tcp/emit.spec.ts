/** Forming segments, and what sending them does to the control block. */
import { Counter } from "../../../assembly/abi/counter";
import { Option } from "../../../assembly/abi/option";
import { setOption } from "../../../assembly/api/sockets";
import { ReplyKind, addReply } from "../../../assembly/net/replies";
import { portsWord } from "../../../assembly/wire/tcp";
import {
  ACK, FIN, OUR_PORT, PEER_ADDRESS, PEER_ISS, PEER_PORT, RST, SYN, connected, counted, established,
  iss, pass, peerNext, say, sent, synSent, take, takeAll, tcbOf, write,
} from "../support/peer";
import { hex } from "../support/octets";

describe("emitPlan", () => {
  it("writes a SYN with its options, unscaled window, no ACK", () => {
    synSent();
    expect<u32>(sent.wnd).toBe(4096);
    expect<u32>(sent.ack).toBe(0);
    expect<string>(hex(sent.textAt - 20, 8)).toBe("02 04 05 b4 04 02 08 0a");
    expect<string>(hex(sent.textAt - 8, 8)).toBe("00 00 00 00 01 03 03 00");
  });

  it("uses the connection's hop limit and service octet", () => {
    const handle = established();
    setOption(handle, Option.TimeToLive, 7);
    setOption(handle, Option.DiffServ, 0xb8);
    write(handle, 10);
    takeAll();
    expect<u32>(sent.ttl).toBe(7);
    expect<u32>(sent.service).toBe(0xb8);
    expect<u32>(sent.destination).toBe(PEER_ADDRESS);
    expect<u32>(sent.sourcePort).toBe(OUR_PORT);
    expect<u32>(sent.destinationPort).toBe(PEER_PORT);
  });

  it("acknowledges with every segment: text takes the waiting ACK along", () => {
    const handle = established();
    say(ACK, iss + 1, 10);
    write(handle, 10);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.ack).toBe(peerNext);
    expect<u32>(pass(100)).toBe(0);
  });

  it("moves SND.NXT and the highest number sent, and starts the timer", () => {
    const handle = connected();
    write(handle, 100);
    takeAll();
    const tcb = tcbOf(handle);
    expect<u32>(tcb.sndNxt).toBe(iss + 101);
    expect<u32>(tcb.sndMax).toBe(iss + 101);
    expect<u32>(tcb.retransmitAtMs).not.toBe(0);
  });

  it("counts what is sent a second time", () => {
    const handle = connected();
    write(handle, 100);
    takeAll();
    expect<u32>(pass(1001)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<u32>(sent.textLen).toBe(100);
    expect<u32>(counted(Counter.TcpRetransmissions)).toBe(1);
  });
});

describe("emitReply", () => {
  it("writes the segment of a record, to where it says", () => {
    connected();
    const reply = addReply(ReplyKind.Segment);
    reply.flags = <u8>(RST | ACK);
    reply.remoteLow = (<u64>bswap<u32>(0x0a000007) << 32) | 0xffff0000;
    reply.ports = portsWord(2, 1);
    reply.seq = 3;
    reply.ack = 4;
    reply.wnd = 5;
    reply.timeToLive = 6;
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.destination).toBe(0x0a000007);
    expect<u32>(sent.sourcePort).toBe(1);
    expect<u32>(sent.destinationPort).toBe(2);
    expect<u32>(sent.seq).toBe(3);
    expect<u32>(sent.ack).toBe(4);
    expect<u32>(sent.wnd).toBe(5);
    expect<u32>(sent.ttl).toBe(6);
    expect<u32>(sent.headerLen).toBe(20);
    expect<u32>(sent.flags & (SYN | FIN)).toBe(0);
    expect<u32>(counted(Counter.TcpResetsSent)).toBe(1);
    expect<u32>(peerNext).toBe(PEER_ISS + 1);
  });
});

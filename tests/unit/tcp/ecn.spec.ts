/** ECN: marks echoed, echoes heeded once in a window. */
import { Counter } from "../../../assembly/abi/counter";
import { Congestion, Option } from "../../../assembly/abi/option";
import { setOption } from "../../../assembly/api/sockets";
import { Segment } from "../../../assembly/wire/segment";
import { Flag } from "../../../assembly/wire/tcp";
import { thePacket } from "../../../assembly/net/packet";
import {
  askedEcn, ecnBits, heedEcho, noteMark, serviceOf,
} from "../../../assembly/tcp/ecn";
import { plan } from "../../../assembly/tcp/plan";
import { Tcb, TcbFlag, has, setFlag } from "../../../assembly/tcp/tcb";
import { connected, counted, tcbOf } from "../support/peer";

const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));
let tcb: Tcb = changetype<Tcb>(0);

describe("ECN", () => {
  beforeEach(() => {
    const handle = connected();
    tcb = tcbOf(handle);
    setOption(handle, Option.Congestion, Congestion.NewReno);
    setFlag(tcb, TcbFlag.Ecn);
    plan.len = 100;
    plan.seq = tcb.sndMax;
  });

  it("is asked for by the first SYN of who wants it", () => {
    expect<u32>(askedEcn(tcb)).toBe(0);
    tcb.ecn = 1;
    expect<u32>(askedEcn(tcb)).toBe(1);
    tcb.backoff = 1;
    expect<u32>(askedEcn(tcb)).toBe(0);
  });

  it("echoes a mark until CWR", () => {
    seg.flags = Flag.Ack;
    thePacket().service = 3;
    noteMark(tcb, seg);
    expect<u32>(ecnBits(tcb)).toBe(Flag.Ece);
    thePacket().service = 2;
    noteMark(tcb, seg);
    expect<u32>(ecnBits(tcb)).toBe(Flag.Ece);
    seg.flags = Flag.Ack | Flag.Cwr;
    noteMark(tcb, seg);
    expect<u32>(ecnBits(tcb)).toBe(0);
  });

  it("heeds an echo once in a window, and says so with new text", () => {
    tcb.cwnd = 10_000;
    tcb.sndMax = tcb.sndUna + 8000;
    plan.seq = tcb.sndMax;
    seg.flags = Flag.Ack | Flag.Ece;
    heedEcho(tcb, seg);
    heedEcho(tcb, seg);
    expect<u32>(tcb.cwnd).toBe(4000);
    expect<u32>(counted(Counter.TcpEcnReductions)).toBe(1);
    expect<u32>(ecnBits(tcb)).toBe(Flag.Cwr);
    plan.len = 0;
    expect<u32>(ecnBits(tcb)).toBe(0);
    expect<bool>(has(tcb, TcbFlag.CwrDue)).toBe(true);
  });

  it("marks new text alone as capable", () => {
    tcb.service = 0xbb;
    expect<u32>(serviceOf(tcb)).toBe(0xba);
    plan.len = 0;
    expect<u32>(serviceOf(tcb)).toBe(0xbb);
  });
});

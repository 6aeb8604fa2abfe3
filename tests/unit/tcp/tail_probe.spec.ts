/** Tail loss probes (RFC 8985 section 7), on a path of 100 ms. */
import { Counter } from "../../../assembly/abi/counter";
import { close } from "../../../assembly/api/sockets";
import { mayProbeTail } from "../../../assembly/tcp/tail_probe";
import { Episode, Tcb, TcbFlag, has } from "../../../assembly/tcp/tcb";
import {
  ACK, FIN, counted, established, iss, jump, pass, sacking, say, saySack, sent, takeAll, tcbOf,
  write,
} from "../support/peer";

const MSS: u32 = 536;
let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);

/** So many segments are on their way. */
function inFlight(count: u32): void {
  handle = sacking();
  tcb = tcbOf(handle);
  write(handle, count * MSS);
  assert(takeAll() == count, "segments must be on their way");
}

/** The peer has it all; a block repeats the octets `from` to `to`. */
function sayTwice(from: u32, to: u32): void {
  saySack(from, to, to);
}

describe("a probe", () => {
  it("is the last segment again, when no ACK has come for two round trips (7.2, 7.3)", () => {
    inFlight(3);
    expect<u32>(pass(200)).toBe(0);
    expect<u32>(pass(2)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1 + 2 * MSS);
    expect<u32>(sent.textLen).toBe(MSS);
    expect<u32>(counted(Counter.TcpTailProbes)).toBe(1);
    expect<u32>(tcb.cwnd).toBe(10 * MSS);
  });

  it("waits 200 ms more where one segment is outstanding: its ACK may be delayed", () => {
    inFlight(1);
    expect<u32>(pass(400)).toBe(0);
    expect<u32>(pass(2)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
  });

  it("is new text if there is some", () => {
    inFlight(2);
    tcb.cwnd = 2 * MSS;
    write(handle, 2 * MSS);
    expect<u32>(pass(202)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1 + 2 * MSS);
    expect<u32>(pass(500)).toBe(0);
    expect<bool>(has(tcb, TcbFlag.ProbeTail)).toBe(false);
  });

  it("is new text that Nagle's algorithm holds back", () => {
    inFlight(2);
    write(handle, 10);
    assert(takeAll() == 1, "the first small segment leaves");
    write(handle, 20);
    assert(takeAll() == 0, "the second waits");
    expect<u32>(pass(202)).toBe(1);
    expect<u32>(sent.textLen).toBe(20);
  });

  it("is no new text beyond the peer's window", () => {
    inFlight(2);
    tcb.sndWnd = 2 * MSS + 100;
    write(handle, MSS);
    assert(takeAll() == 0, "the third waits for the window");
    expect<u32>(pass(202)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1 + MSS);
  });

  it("bears the FIN if that is what was last", () => {
    inFlight(2);
    close(handle);
    assert(takeAll() == 1 && (sent.flags & FIN) != 0, "a FIN must be on its way");
    expect<u32>(pass(202)).toBe(1);
    expect<u32>(sent.flags & FIN).toBe(FIN);
    expect<u32>(sent.seq + sent.textLen).toBe(iss + 1 + 2 * MSS);
  });

  it("is followed by the timeout, which begins with it (7.3)", () => {
    inFlight(3);
    pass(202);
    expect<u32>(pass(990)).toBe(0);
    expect<u32>(pass(20)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<u32>(counted(Counter.TcpRetransmissionTimeouts)).toBe(1);
    expect<u32>(counted(Counter.TcpTailProbes)).toBe(1);
  });

  it("comes later where an ACK has come meanwhile", () => {
    inFlight(3);
    jump(100);
    say(ACK, iss + 1 + MSS);
    expect<u32>(pass(195)).toBe(0);
    expect<u32>(pass(10)).toBe(1);
  });

  it("comes after a loss that was repaired just before", () => {
    inFlight(4);
    jump(100);
    saySack(MSS, 4 * MSS);
    assert(takeAll() == 1 && has(tcb, TcbFlag.InRecovery), "the first must be sent again");
    jump(100);
    say(ACK, iss + 1 + 4 * MSS);
    write(handle, 3 * MSS);
    takeAll();
    expect<u32>(pass(202)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1 + 6 * MSS);
    expect<u32>(counted(Counter.TcpTailProbes)).toBe(1);
  });

  it("is not sent to a peer that does not tell what it has, nor in recovery", () => {
    handle = established();
    tcb = tcbOf(handle);
    write(handle, 3 * MSS);
    takeAll();
    expect<bool>(mayProbeTail(tcb)).toBe(false);
    inFlight(3);
    expect<bool>(mayProbeTail(tcb)).toBe(true);
    tcb.flags |= TcbFlag.InRecovery;
    expect<bool>(mayProbeTail(tcb)).toBe(false);
    inFlight(3);
    saySack(MSS, 2 * MSS);
    expect<bool>(mayProbeTail(tcb)).toBe(false);
    inFlight(3);
    pass(202);
    expect<bool>(mayProbeTail(tcb)).toBe(false);
  });
});

describe("the answer to a probe (7.4)", () => {
  it("draws a SACK that shows what is lost: fast recovery, no timeout", () => {
    inFlight(4);
    pass(202);
    jump(100);
    saySack(3 * MSS, 4 * MSS);
    expect<u32>(tcb.lostOctets).toBe(3 * MSS);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    jump(100);
    saySack(3 * MSS, 4 * MSS, MSS);
    expect<u32>(takeAll()).toBe(2);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(1);
    expect<u32>(counted(Counter.TcpRetransmissionTimeouts)).toBe(0);
    expect<u32>(tcb.episode & Episode.Probed).toBe(0);
  });

  it("that says it came twice leaves the window as it is", () => {
    inFlight(3);
    pass(202);
    say(ACK, iss + 1 + 3 * MSS);
    const cwnd = tcb.cwnd;
    sayTwice(2 * MSS, 3 * MSS);
    expect<u32>(tcb.episode & Episode.Probed).toBe(0);
    write(handle, MSS);
    takeAll();
    say(ACK, iss + 1 + 4 * MSS);
    expect<bool>(tcb.cwnd >= cwnd).toBe(true);
    expect<u32>(tcb.ssthresh).toBe(0x7fffffff);
  });

  it("that is a bare ACK once more does, too", () => {
    inFlight(3);
    pass(202);
    say(ACK, iss + 1 + 3 * MSS);
    expect<u32>(tcb.episode & Episode.Probed).not.toBe(0);
    say(ACK, iss + 1 + 3 * MSS);
    expect<u32>(tcb.episode & Episode.Probed).toBe(0);
    expect<u32>(tcb.ssthresh).toBe(0x7fffffff);
  });

  it("that goes beyond it, and tells of none twice, reduces the window once", () => {
    inFlight(3);
    pass(202);
    say(ACK, iss + 1 + 3 * MSS);
    write(handle, MSS);
    takeAll();
    say(ACK, iss + 1 + 4 * MSS);
    expect<bool>(tcb.ssthresh < 10 * MSS).toBe(true);
    expect<bool>(tcb.cwnd <= tcb.ssthresh + MSS).toBe(true);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(0);
  });

  it("means nothing where the probe was new text", () => {
    inFlight(2);
    tcb.cwnd = 2 * MSS;
    write(handle, MSS);
    pass(202);
    say(ACK, iss + 1 + 2 * MSS);
    expect<u32>(tcb.episode & Episode.Probed).toBe(0);
    expect<u32>(tcb.ssthresh).toBe(0x7fffffff);
  });
});

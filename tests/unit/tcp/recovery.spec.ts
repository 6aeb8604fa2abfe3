/** What an ACK and a timeout do to what has been sent, and to the window. */
import { Counter } from "../../../assembly/abi/counter";
import { Congestion, Option } from "../../../assembly/abi/option";
import { setOption } from "../../../assembly/api/sockets";
import { onRetransmissionTimeout, onTooBig } from "../../../assembly/tcp/recovery";
import { TcbFlag, has } from "../../../assembly/tcp/tcb";
import {
  ACK, counted, established, iss, jump, pass, peerNext, sacking, say, saySack, sendSegment, sent,
  takeAll, tcbOf, write,
} from "../support/peer";

const MSS: u32 = 1000;
const SMALL: u32 = 536;
let handle: i32 = 0;

/** Four segments of 1,000 octets are on their way. */
function inFlight(): void {
  handle = established();
  setOption(handle, Option.Congestion, Congestion.NewReno);
  tcbOf(handle).sndMss = <u16>MSS;
  tcbOf(handle).mssLimit = <u16>MSS;
  write(handle, 4 * MSS);
  assert(takeAll() == 4, "four segments must be on their way");
}

/** The peer says for the n-th time that it waits for the octet `offset` from our first. */
function duplicate(times: u32, offset: u32 = 0): void {
  for (let time: u32 = 0; time < times; time++) say(ACK, iss + 1 + offset);
}

/** The same, of 536 octets, to a peer that tells what it has, 100 ms away. */
function inFlightSacked(count: u32): void {
  handle = sacking();
  write(handle, count * SMALL);
  assert(takeAll() == count, "segments must be on their way");
  jump(100);
}

describe("onAck, with a peer that tells what it has", () => {
  it("at the third block begins recovery, which resends what is missing and no more", () => {
    inFlightSacked(7);
    const tcb = tcbOf(handle);
    saySack(SMALL, 2 * SMALL);
    saySack(SMALL, 3 * SMALL);
    expect<u32>(takeAll()).toBe(0);
    saySack(SMALL, 4 * SMALL);
    expect<bool>(has(tcb, TcbFlag.InRecovery)).toBe(true);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<u32>(sent.textLen).toBe(SMALL);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(1);
    // CUBIC: 0.7 of what was on its way.
    expect<u32>(tcb.ssthresh).toBe((7 * SMALL * 7 + 9) / 10);
  });

  it("reduces the window once for all that was sent before it began", () => {
    inFlightSacked(7);
    const tcb = tcbOf(handle);
    saySack(SMALL, 4 * SMALL);
    takeAll();
    const threshold = tcb.ssthresh;
    jump(100);
    saySack(5 * SMALL, 7 * SMALL, 4 * SMALL);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1 + 4 * SMALL);
    expect<u32>(tcb.ssthresh).toBe(threshold);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(1);
  });

  it("ends it when all of that has arrived, with the window at the threshold", () => {
    inFlightSacked(7);
    const tcb = tcbOf(handle);
    saySack(SMALL, 4 * SMALL);
    takeAll();
    jump(100);
    say(ACK, iss + 1 + 7 * SMALL);
    expect<bool>(has(tcb, TcbFlag.InRecovery)).toBe(false);
    expect<u32>(tcb.cwnd).toBe(tcb.ssthresh);
    expect<u32>(tcb.lostOctets | tcb.sackedOctets).toBe(0);
  });

  it("leaves the window as it was where what was lost is a larger segment, tried", () => {
    inFlightSacked(7);
    const tcb = tcbOf(handle);
    const cwnd = tcb.cwnd;
    tcb.sndMss = <u16>(SMALL - 10);
    saySack(SMALL, 4 * SMALL);
    expect<bool>(has(tcb, TcbFlag.InRecovery)).toBe(true);
    takeAll();
    jump(100);
    say(ACK, iss + 1 + 7 * SMALL);
    expect<bool>(has(tcb, TcbFlag.InRecovery)).toBe(false);
    expect<u32>(tcb.cwnd).toBe(cwnd);
  });

  it("opens the window by what arrives outside of recovery", () => {
    inFlightSacked(7);
    say(ACK, iss + 1 + 2 * SMALL);
    expect<u32>(tcbOf(handle).cwnd).toBe(12 * SMALL);
  });
});

describe("onRecoveryTimeout", () => {
  it("begins recovery when the reordering window has passed, with one segment", () => {
    inFlightSacked(7);
    const tcb = tcbOf(handle);
    tcb.cwnd = 7 * SMALL;
    saySack(2 * SMALL, 4 * SMALL);
    expect<u32>(takeAll()).toBe(0);
    expect<u32>(pass(24)).toBe(0);
    expect<u32>(pass(3)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<bool>(has(tcb, TcbFlag.InRecovery)).toBe(true);
    expect<u32>(tcb.lostOctets).toBe(SMALL);
  });
});

describe("onRetransmissionTimeout", () => {
  it("counts all as lost: one segment, from the first on, then more as ACKs come", () => {
    inFlight();
    expect<u32>(pass(1001)).toBe(1);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<u32>(sent.textLen).toBe(MSS);
    expect<u32>(tcbOf(handle).cwnd).toBe(MSS);
    expect<u32>(tcbOf(handle).ssthresh).toBe(2 * MSS);
    say(ACK, iss + 1 + MSS);
    expect<u32>(takeAll()).toBe(2);
    expect<u32>(sent.seq).toBe(iss + 1 + 2 * MSS);
    expect<u32>(counted(Counter.TcpRetransmissionTimeouts)).toBe(1);
  });

  it("goes on behind what the peer held all the time", () => {
    inFlight();
    pass(1001);
    say(ACK, iss + 1 + 3 * MSS);
    takeAll();
    expect<u32>(sent.seq).toBe(iss + 1 + 3 * MSS);
    expect<u32>(peerNext).not.toBe(0);
  });

  it("does not take the echoes of what it sent twice for a loss (RFC 6582 step 2)", () => {
    inFlight();
    pass(1001);
    duplicate(3);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(0);
    sendSegment(ACK, peerNext, iss + 1 + MSS, 0, 0xffff);
    expect<u32>(tcbOf(handle).sndUna).toBe(iss + 1 + MSS);
  });
});

describe("onRetransmissionTimeout, of a tail probe that could not leave", () => {
  it("forgets that it was to leave beyond the window", () => {
    inFlightSacked(3);
    const tcb = tcbOf(handle);
    tcb.flags |= TcbFlag.ProbeTail;
    onRetransmissionTimeout(tcb);
    expect<bool>(has(tcb, TcbFlag.ProbeTail)).toBe(false);
  });
});

describe("onTooBig", () => {
  it("sends all again from one segment on, and opens the window to what it was", () => {
    inFlight();
    const tcb = tcbOf(handle);
    const cwnd = tcb.cwnd;
    tcb.sndMss = 500;
    tcb.ssthresh = 600;
    onTooBig(tcb);
    expect<u32>(tcb.cwnd).toBe(500);
    expect<u32>(tcb.ssthresh).toBe(cwnd);
    expect<u32>(tcb.lostOctets).toBe(tcb.sndNxt - tcb.sndUna);
  });
});

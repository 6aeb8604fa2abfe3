/** Fast retransmit and NewReno (RFC 5681, RFC 6582), with a peer that does not tell what it has. */
import { Counter } from "../../../assembly/abi/counter";
import { Congestion, Option } from "../../../assembly/abi/option";
import { setOption } from "../../../assembly/api/sockets";
import { onNewAck } from "../../../assembly/tcp/fast_retransmit";
import { TcbFlag, has } from "../../../assembly/tcp/tcb";
import {
  ACK, counted, established, iss, say, sent, take, takeAll, tcbOf, write,
} from "../support/peer";

const MSS: u32 = 1000;
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

describe("onDuplicateAck", () => {
  beforeEach(() => inFlight());

  it("does nothing at the first and the second", () => {
    duplicate(2);
    expect<u32>(takeAll()).toBe(0);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(0);
  });

  it("sends the missing segment again at the third, and halves the window", () => {
    duplicate(3);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.seq).toBe(iss + 1);
    expect<u32>(sent.textLen).toBe(MSS);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(1);
    expect<u32>(tcbOf(handle).ssthresh).toBe(2 * MSS);
    expect<u32>(tcbOf(handle).cwnd).toBe(5 * MSS);
  });

  it("does so after 2^31 octets and more without loss", () => {
    const tcb = tcbOf(handle);
    for (let part = 0; part < 3; part++) {
      tcb.recover -= 0x40000000;
      onNewAck(tcb, 0, false);
    }
    duplicate(3);
    expect<bool>(take()).toBe(true);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(1);
  });

  it("grows the window by a segment for each that follows", () => {
    duplicate(5);
    expect<u32>(tcbOf(handle).cwnd).toBe(7 * MSS);
    takeAll();
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(1);
  });

  it("does not take text, window updates or old ACKs for duplicates", () => {
    say(ACK, iss + 1, 10);
    say(ACK, iss + 1, 10);
    say(ACK, iss + 1, 10);
    say(ACK, iss + 1, 0, 5000);
    say(ACK, iss + 1, 0, 6000);
    say(ACK, iss + 1, 0, 7000);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(0);
    expect<u32>(tcbOf(handle).dupAcks).toBe(0);
  });

  it("counts anew after an ACK of something new", () => {
    duplicate(2);
    say(ACK, iss + 1 + MSS);
    duplicate(2, MSS);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(0);
  });
});

describe("onNewAck in recovery", () => {
  beforeEach(() => {
    inFlight();
    duplicate(3);
    takeAll();
  });

  it("a partial one sends the next missing segment, and stays in recovery", () => {
    say(ACK, iss + 1 + MSS);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.seq).toBe(iss + 1 + MSS);
    expect<u32>(counted(Counter.TcpFastRetransmits)).toBe(1);
  });

  it("a full one ends it, at the threshold and without a burst", () => {
    say(ACK, iss + 1 + 4 * MSS);
    expect<bool>(tcbOf(handle).cwnd <= 2 * MSS).toBe(true);
    expect<u32>(tcbOf(handle).dupAcks).toBe(0);
    expect<bool>(has(tcbOf(handle), TcbFlag.InRecovery)).toBe(false);
  });
});

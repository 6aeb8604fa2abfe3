/** The last segment of a connection that nobody holds. Boards take it as any other. */
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { close } from "../../../assembly/api/sockets";
import { isLast, takeLast } from "../../../assembly/tcp/last";
import { Tcb } from "../../../assembly/tcp/tcb";
import { Verdict } from "../../../assembly/tcp/verdict";
import { segment } from "../../../assembly/wire/segment";
import {
  ACK, FIN, PSH, RST, established, iss, peerNext, say, sent, take, takeAll, tcbOf, used,
} from "../support/peer";

let tcb: Tcb = changetype<Tcb>(0);

/** The next segment in order, without text, that acknowledges all that has been sent. */
function next(flags: u32): void {
  segment.seq = peerNext;
  segment.ack = tcb.sndMax;
  segment.flags = flags;
  segment.wnd = 8192;
  segment.textLen = 0;
  segment.offers = 0;
  segment.sackCount = 0;
  segment.timeoutS = 0;
}

/** Let go in ESTABLISHED, the FIN sent. */
function finWait1(): void {
  const handle = established();
  tcb = tcbOf(handle);
  close(handle);
  takeAll();
}

/** Let go in CLOSE-WAIT, the FIN sent. */
function lastAck(): void {
  const handle = established();
  tcb = tcbOf(handle);
  say(ACK | FIN, iss + 1);
  close(handle);
  takeAll();
}

describe("isLast", () => {
  it("in FIN-WAIT-1 is a FIN that acknowledges ours, and no other segment", () => {
    finWait1();
    next(ACK | FIN);
    expect<bool>(isLast(tcb, segment)).toBe(true);
    next(ACK | FIN | PSH);
    expect<bool>(isLast(tcb, segment)).toBe(true);
    next(ACK);
    expect<bool>(isLast(tcb, segment)).toBe(false);
    next(FIN);
    expect<bool>(isLast(tcb, segment)).toBe(false);
    next(ACK | FIN | RST);
    expect<bool>(isLast(tcb, segment)).toBe(false);
    next(ACK | FIN);
    segment.ack--;
    expect<bool>(isLast(tcb, segment)).toBe(false);
    next(ACK | FIN);
    segment.seq++;
    expect<bool>(isLast(tcb, segment)).toBe(false);
    next(ACK | FIN);
    segment.textLen = 1;
    expect<bool>(isLast(tcb, segment)).toBe(false);
  });

  it("in LAST-ACK is an ACK of our FIN", () => {
    lastAck();
    next(ACK);
    expect<bool>(isLast(tcb, segment)).toBe(true);
    segment.ack--;
    expect<bool>(isLast(tcb, segment)).toBe(false);
    next(ACK | FIN);
    expect<bool>(isLast(tcb, segment)).toBe(false);
  });

  it("is not before our FIN has left, nor while somebody holds the connection", () => {
    const handle = established();
    tcb = tcbOf(handle);
    next(ACK | FIN);
    expect<bool>(isLast(tcb, segment)).toBe(false);
    close(handle);
    next(ACK | FIN);
    expect<bool>(isLast(tcb, segment)).toBe(false);
    takeAll();
    next(ACK | FIN);
    expect<bool>(isLast(tcb, segment)).toBe(true);
  });
});

describe("takeLast", () => {
  it("in FIN-WAIT-1 acknowledges the FIN and leaves a TIME-WAIT", () => {
    finWait1();
    next(ACK | FIN);
    expect<u32>(takeLast(tcb, segment)).toBe(Verdict.Closed);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(ACK);
    expect<u32>(sent.seq).toBe(iss + 2);
    expect<u32>(sent.ack).toBe(peerNext + 1);
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<u32>(used(Table.TimeWait)).toBe(1);
  });

  it("in LAST-ACK leaves nothing", () => {
    lastAck();
    next(ACK);
    expect<u32>(tcb.state).toBe(State.LastAck);
    expect<u32>(takeLast(tcb, segment)).toBe(Verdict.Closed);
    expect<bool>(take()).toBe(false);
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<u32>(used(Table.TimeWait)).toBe(0);
  });
});

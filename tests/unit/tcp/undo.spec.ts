/** Reductions for nothing, and that they are taken back: D-SACK, Eifel, F-RTO. */
import { Counter } from "../../../assembly/abi/counter";
import { clearCounters } from "../../../assembly/core/counters";
import { Mark, setMarks } from "../../../assembly/tcp/records";
import { delivery, markAllLost } from "../../../assembly/tcp/scoreboard";
import {
  Episode, Tcb, TcbFlag, beginEpisode, has, setFlag,
} from "../../../assembly/tcp/tcb";
import { beginFrto, beginUndo, endUndo, mayUndo, noteResent } from "../../../assembly/tcp/undo";
import {
  ACK, counted, iss, jump, pass, sacking, say, saySack, sent, takeAll, tcbOf, write,
} from "../support/peer";
import {
  BASE, ackTo, answer, block, freshRecords, moveTo, recordAt, sendNew, tcb,
} from "../support/records";

const SEGMENT: u32 = 536;
const NO_THRESHOLD: u32 = 0x7fffffff;
let handle: i32 = 0;
let stack: Tcb = changetype<Tcb>(0);

/** On a whole stack: seven segments are on their way, and the third block begins recovery. */
function recovering(): void {
  handle = sacking();
  stack = tcbOf(handle);
  write(handle, 7 * SEGMENT);
  assert(takeAll() == 7, "segments must be on their way");
  jump(100);
  saySack(SEGMENT, 4 * SEGMENT);
  assert(takeAll() == 1 && has(stack, TcbFlag.InRecovery), "recovery must have begun");
}

/** On a block of our own: five segments, the window has been reduced, and two were sent again. */
function reduced(): void {
  freshRecords(16);
  clearCounters();
  for (let index = 0; index < 5; index++) sendNew();
  beginUndo(tcb);
  tcb.cwnd = 2000;
  tcb.ssthresh = 5000;
  tcb.recover = tcb.sndMax;
  setFlag(tcb, TcbFlag.InRecovery | TcbFlag.Resend);
  moveTo(50000);
  noteResent(tcb, 1000);
  noteResent(tcb, 1000);
}

/** Takes an ACK in, and tells whether it undid the reduction. */
function isUndone(offset: u32): bool {
  const acked = ackTo(offset);
  return mayUndo(tcb, answer, acked);
}

describe("by D-SACK (RFC 3708)", () => {
  it("brings window and threshold back when what was sent again came twice", () => {
    recovering();
    jump(20);
    say(ACK, iss + 1 + 7 * SEGMENT);
    expect<u32>(stack.cwnd).toBe(stack.ssthresh);
    saySack(0, SEGMENT, 7 * SEGMENT);
    expect<u32>(counted(Counter.TcpSpuriousRecoveries)).toBe(1);
    expect<u32>(stack.cwnd).toBe(10 * SEGMENT);
    expect<u32>(stack.ssthresh).toBe(NO_THRESHOLD);
  });

  it("waits for all of it", () => {
    reduced();
    block(0, 1000);
    expect<bool>(isUndone(5000)).toBe(false);
    block(1000, 1500);
    expect<bool>(isUndone(5000)).toBe(false);
    block(1500, 2000);
    expect<bool>(isUndone(5000)).toBe(true);
    expect<u32>(tcb.cwnd).toBe(10000);
    expect<bool>(has(tcb, TcbFlag.InRecovery | TcbFlag.Resend)).toBe(false);
  });

  it("does not count what is outside of what was out then", () => {
    reduced();
    sendNew();
    block(0x80000100 - BASE, 0x80000900 - BASE);
    expect<bool>(isUndone(5000)).toBe(false);
    block(5000, 6000);
    expect<bool>(isUndone(6000)).toBe(false);
    block(0 - 1000, 1000);
    expect<bool>(isUndone(6000)).toBe(false);
    expect<u32>(tcb.undoOctets).toBe(2000);
  });

  it("does not happen twice, nor when nothing was sent again", () => {
    reduced();
    block(0, 2000);
    expect<bool>(isUndone(5000)).toBe(true);
    block(0, 2000);
    expect<bool>(isUndone(5000)).toBe(false);
    expect<u32>(counted(Counter.TcpSpuriousRecoveries)).toBe(1);
    reduced();
    tcb.undoOctets = 0;
    block(0, 1000);
    expect<bool>(isUndone(5000)).toBe(false);
  });

  it("does not take back what a mark asks for, too (RFC 4015 section 3.2, REVCC)", () => {
    recovering();
    setFlag(stack, TcbFlag.Ecn);
    say(ACK | 0x40, iss + 1 + 7 * SEGMENT);
    saySack(0, SEGMENT, 7 * SEGMENT);
    expect<u32>(counted(Counter.TcpSpuriousRecoveries)).toBe(0);
    expect<u32>(stack.ssthresh).not.toBe(NO_THRESHOLD);
  });

  it("leaves no loss marked, and no duplicates counted", () => {
    reduced();
    markAllLost(tcb);
    tcb.dupAcks = 3;
    block(0, 2000);
    expect<bool>(isUndone(2000)).toBe(true);
    expect<u32>(tcb.lostOctets).toBe(0);
    expect<u32>(tcb.dupAcks).toBe(0);
    // The next loss begins a recovery of its own.
    expect<u32>(tcb.recover).toBe(tcb.sndUna - 2);
  });
});

describe("by timestamps (Eifel, RFC 3522)", () => {
  it("when the first ACK that goes on answers what was sent first", () => {
    reduced();
    setFlag(tcb, TcbFlag.Timestamps);
    // They were sent again when the clock, which began with 1, showed 51 ms.
    answer.tsEcr = 50;
    expect<bool>(isUndone(1000)).toBe(true);
  });

  it("not when it answers what was sent again, and not later either", () => {
    reduced();
    setFlag(tcb, TcbFlag.Timestamps);
    answer.tsEcr = 51;
    expect<bool>(isUndone(1000)).toBe(false);
    answer.tsEcr = 50;
    expect<bool>(isUndone(2000)).toBe(false);
  });

  it("not by what is sent again after that: what was sent again before is answered first", () => {
    reduced();
    setFlag(tcb, TcbFlag.Timestamps);
    answer.tsEcr = 51;
    expect<bool>(isUndone(1000)).toBe(false);
    moveTo(90000);
    noteResent(tcb, 1000);
    answer.tsEcr = 52;
    expect<bool>(isUndone(2000)).toBe(false);
  });

  it("not where the oldest had been sent again before; another, as by a probe, may", () => {
    freshRecords(16);
    for (let index = 0; index < 5; index++) sendNew();
    setMarks(recordAt(0), Mark.Resent);
    beginUndo(tcb);
    setFlag(tcb, TcbFlag.Timestamps);
    moveTo(90000);
    noteResent(tcb, 1000);
    answer.tsEcr = 52;
    expect<bool>(isUndone(1000)).toBe(false);
    setMarks(recordAt(0), 0);
    sendNew();
    setMarks(recordAt(1), Mark.Resent);
    beginUndo(tcb);
    noteResent(tcb, 1000);
    answer.tsEcr = 52;
    expect<bool>(isUndone(2000)).toBe(true);
  });

  it("not by an ACK that does not go on, nor without timestamps", () => {
    reduced();
    answer.tsEcr = 9;
    expect<bool>(isUndone(1000)).toBe(false);
    reduced();
    setFlag(tcb, TcbFlag.Timestamps);
    answer.tsEcr = 9;
    expect<bool>(isUndone(0)).toBe(false);
    expect<bool>(isUndone(1000)).toBe(true);
  });
});

/** The timer has expired: four segments are lost, of which the first leaves again; two wait. */
function timedOut(): void {
  handle = sacking();
  stack = tcbOf(handle);
  stack.cwnd = 3 * SEGMENT;
  write(handle, 7 * SEGMENT);
  assert(takeAll() == 3, "segments must be on their way");
  // A tail probe, of new text, and then the timeout.
  assert(pass(1400) == 2 && sent.seq == iss + 1, "the first must have been sent again");
  assert(counted(Counter.TcpRetransmissionTimeouts) == 1, "by a timeout");
}

describe("by F-RTO (RFC 5682 section 3.1)", () => {
  it("sends new text at the first ACK, and undoes when the second is of what was sent once", () => {
    timedOut();
    say(ACK, iss + 1 + SEGMENT);
    expect<u32>(takeAll()).toBe(2);
    expect<u32>(sent.seq).toBe(iss + 1 + 5 * SEGMENT);
    say(ACK, iss + 1 + 2 * SEGMENT);
    expect<u32>(counted(Counter.TcpSpuriousRecoveries)).toBe(1);
    expect<bool>(stack.cwnd >= 3 * SEGMENT).toBe(true);
    expect<u32>(stack.ssthresh).toBe(NO_THRESHOLD);
    expect<u32>(stack.lostOctets).toBe(0);
  });

  it("resends the rest when the second tells of the new text: it was lost (step 3a)", () => {
    timedOut();
    say(ACK, iss + 1 + SEGMENT);
    takeAll();
    saySack(4 * SEGMENT, 5 * SEGMENT, SEGMENT);
    expect<u32>(counted(Counter.TcpSpuriousRecoveries)).toBe(0);
    expect<u32>(takeAll()).not.toBe(0);
    expect<u32>(stack.cwnd <= 3 * SEGMENT ? 1 : 0).toBe(1);
    expect<u32>(stack.episode & (Episode.FrtoFirst | Episode.FrtoSecond)).toBe(0);
  });

  it("ends where the first ACK covers all that was out (step 2a)", () => {
    timedOut();
    say(ACK, iss + 1 + 4 * SEGMENT);
    expect<u32>(stack.episode & (Episode.FrtoFirst | Episode.FrtoSecond)).toBe(0);
    takeAll();
    say(ACK, iss + 1 + 5 * SEGMENT);
    expect<u32>(counted(Counter.TcpSpuriousRecoveries)).toBe(0);
  });

  it("resends at once where there is no new text (step 2b)", () => {
    reduced();
    tcb.sndEnd = tcb.sndNxt;
    beginFrto(tcb);
    markAllLost(tcb);
    expect<bool>(isUndone(1000)).toBe(false);
    expect<u32>(tcb.episode & (Episode.FrtoFirst | Episode.FrtoSecond)).toBe(0);
    expect<bool>(isUndone(2000)).toBe(false);
  });

  it("takes an ACK that says nothing for none", () => {
    reduced();
    beginFrto(tcb);
    expect<bool>(isUndone(0)).toBe(false);
    expect<u32>(tcb.episode & Episode.FrtoFirst).not.toBe(0);
    expect<bool>(isUndone(1000)).toBe(false);
    expect<bool>(isUndone(1000)).toBe(false);
    expect<u32>(tcb.episode & Episode.FrtoSecond).not.toBe(0);
    expect<bool>(isUndone(2000)).toBe(true);
  });
});

describe("endUndo", () => {
  it("lets nothing be taken back any more", () => {
    reduced();
    beginEpisode(tcb, Episode.FrtoSecond);
    endUndo(tcb);
    block(0, 2000);
    expect<bool>(isUndone(2000)).toBe(false);
    noteResent(tcb, 1000);
    expect<u32>(tcb.undoOctets).toBe(2000);
    expect<bool>(delivery.octets == 2000).toBe(true);
  });
});

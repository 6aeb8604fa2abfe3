/**
 * Segments in a run: the frames, the control block and the counters are those of the long way,
 * which builds each for itself; and nothing is copied from what is not the connection's own.
 */
import { Counter } from "../../../assembly/abi/counter";
import { Option } from "../../../assembly/abi/option";
import { setOption } from "../../../assembly/api/sockets";
import { advanceClock } from "../../../assembly/core/clock";
import { unlink } from "../../../assembly/core/list";
import { hasRoom, keepFrame, takeBurst } from "../../../assembly/net/burst";
import { frameOut } from "../../../assembly/net/frame";
import { hasReady, makeReady, takeReady } from "../../../assembly/net/ready";
import { emitRun } from "../../../assembly/tcp/emit_run";
import { plan } from "../../../assembly/tcp/plan";
import { planUsual } from "../../../assembly/tcp/output";
import { Tcb, TcbFlag, has, setFlag } from "../../../assembly/tcp/tcb";
import { transmitNext } from "../../../assembly/tcp/transmit";
import { ROOMY, takeTexts } from "../support/bursts";
import { hex } from "../support/octets";
import {
  ACK, PSH, RING, counted, decode, iss, isTextRight, jump, now, peerNext, sacking, say,
  secondConnected, sendSegment, sent, setPeerNext, setSlotMtu, takeAll, tcbOf, write,
} from "../support/peer";

const FULL: u32 = 536;
const FRAME: u32 = 40 + FULL;
/** From one such frame to the next. */
const STEP: u32 = 592;

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);
/** 1: its segments bear timestamps. */
let stamps: u32 = 0;

/** Octets of text of a packet that is a full segment's: timestamps take of its text. */
function textLen(): u32 {
  return FULL - 12 * stamps;
}

/** A connection in the usual case, whose congestion window is wide. */
function fresh(slotMtu: u32 = ROOMY): void {
  setSlotMtu(slotMtu);
  handle = sacking();
  tcb = tcbOf(handle);
  say(ACK, iss + 1, 5);
  takeAll();
  setOption(handle, Option.TimeToLive, 7);
  tcb.cwnd = 1 << 20;
  if (stamps != 0) {
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = 0x12345678;
    tcb.sndMss = <u16>(FULL - 12);
    tcb.mssLimit = <u16>(FULL - 12);
  }
  jump(3);
  advanceClock(now);
}

/** Its next segment, kept in the slot, as whoever builds a burst does. Returns its length. */
function keepNext(): u32 {
  takeReady();
  const len = transmitNext(tcb);
  assert(len != 0, "it has nothing to say");
  keepFrame(len);
  return len;
}

/** As `transmitUsual` leaves it. */
function planNext(): void {
  planUsual(tcb);
}

/** The control block, and what is counted. */
function shown(): string {
  return hex(changetype<usize>(tcb) + 48, offsetof<Tcb>() - 48) + (hasReady() ? " ready " : " ") +
    counted(Counter.TcpSegmentsOut).toString();
}

/** Frames that a run behind the first makes, of `octets` written. */
function framesOf(octets: u32): string[] {
  emitRun(begin(octets));
  return split();
}

/** The burst that is kept, as texts. */
function split(): string[] {
  const first = frameOut();
  const texts: string[] = [];
  const len = takeBurst();
  let at = frameOut();
  const end = at + len - 2;
  expect<bool>(first >= end).toBe(true);
  while (at < end) {
    const frameLen = <u32>load<u16>(at - 2);
    texts.push(hex(at, frameLen));
    decode(at, frameLen);
    expect<bool>(isTextRight()).toBe(true);
    at += (frameLen + 17) / 16 * 16;
  }
  return texts;
}

/** `octets` are written, and the first segment of them is kept. Returns its length. */
function begin(octets: u32): u32 {
  write(handle, octets);
  const len = keepNext();
  planNext();
  return len;
}

/** Nothing is built behind the last frame. */
function addsNothing(len: u32): void {
  const at = frameOut();
  const all = shown();
  emitRun(len);
  expect<usize>(frameOut()).toBe(at);
  expect<string>(shown()).toBe(all);
}

/** `count` frames are, when nothing stands against it. */
function adds(len: u32, count: u32): void {
  const at = frameOut();
  emitRun(len);
  expect<usize>(frameOut()).toBe(at + count * STEP);
}

describe("emitRun", () => {
  beforeEach(() => {
    stamps = 0;
  });

  it("builds what the long way builds, and leaves what that leaves", () => {
    for (stamps = 0; stamps < 2; stamps++) {
      const full = textLen();
      const lens: u32[] = [2 * full, 3 * full, 5 * full, 5 * full + 1, 6 * full - 1, 2 * full + 7];
      for (let index = 0; index < lens.length; index++) {
        fresh();
        write(handle, lens[index]);
        const long = takeTexts();
        const left = shown();
        fresh();
        const run = framesOf(lens[index]);
        const count = run.length;
        expect<u32>(count).toBe((lens[index] + full - 1) / full);
        for (let at = 0; at < count; at++) expect<string>(run[at]).toBe(long[at]);
        expect<string>(shown()).toBe(left);
      }
    }
  });

  it("counts frames, octets and segments once each", () => {
    fresh();
    const len = begin(4 * FULL);
    const frames = counted(Counter.FramesOut);
    const octets = counted(Counter.OctetsOut);
    const segments = counted(Counter.TcpSegmentsOut);
    emitRun(len);
    expect<u32>(counted(Counter.FramesOut)).toBe(frames + 3);
    expect<u32>(counted(Counter.OctetsOut)).toBe(octets + 3 * FRAME);
    expect<u32>(counted(Counter.TcpSegmentsOut)).toBe(segments + 3);
  });

  it("gives PSH to the one that ends what was written, and to none before", () => {
    fresh();
    const len = begin(3 * FULL);
    emitRun(len);
    const first = frameOut() - 3 * STEP;
    for (let index: u32 = 0; index < 3; index++) {
      decode(first + STEP * index, FRAME);
      expect<u32>(sent.flags).toBe(index == 2 ? ACK | PSH : ACK);
      expect<u32>(sent.seq).toBe(iss + 1 + FULL * index);
      expect<u32>(sent.ack).toBe(peerNext);
    }
    expect<bool>(hasReady()).toBe(false);
  });

  it("ends with what is left of the text, behind full ones or at once", () => {
    for (let full: u32 = 1; full <= 3; full++) {
      fresh();
      const len = begin(full * FULL + 100);
      const frames = counted(Counter.FramesOut);
      const octets = counted(Counter.OctetsOut);
      emitRun(len);
      expect<u32>(counted(Counter.FramesOut)).toBe(frames + full);
      expect<u32>(counted(Counter.OctetsOut)).toBe(octets + (full - 1) * FRAME + 140);
      expect<u32>(tcb.sndNxt).toBe(tcb.sndEnd);
      expect<bool>(hasReady()).toBe(false);
      const texts = split();
      expect<i32>(texts.length).toBe(full + 1);
      expect<u32>(sent.flags).toBe(ACK | PSH);
      expect<u32>(sent.textLen).toBe(100);
      // What Nagle's algorithm goes by.
      expect<u32>(tcb.sndSmall).toBe(tcb.sndEnd);
    }
  });

  it("keeps that for the next turn when the slot is full", () => {
    fresh(1500 + 2 * STEP);
    emitRun(begin(3 * FULL + 100));
    expect<bool>(hasRoom()).toBe(false);
    expect<bool>(hasReady()).toBe(true);
    expect<u32>(tcb.sndEnd - tcb.sndNxt).toBe(100);
    split();
    expect<i32>(takeTexts().length).toBe(1);
  });

  it("ends where the slot does, and the connection waits for its next turn", () => {
    fresh(1500 + 3 * STEP);
    const len = begin(RING);
    emitRun(len);
    expect<bool>(hasRoom()).toBe(false);
    expect<bool>(hasReady()).toBe(true);
    expect<i32>(split().length).toBe(4);
    expect<u32>(tcb.sndNxt).toBe(iss + 1 + 4 * FULL);
    expect<bool>(plan.tcb == changetype<usize>(tcb) && plan.isReady).toBe(true);
  });

  it("ends where a window does, and where the peer's leaves room for a part", () => {
    const windows: u32[] = [2 * FULL, 3 * FULL, 3 * FULL + 1, 4 * FULL - 1];
    for (let index = 0; index < windows.length; index++) {
      fresh();
      tcb.cwnd = windows[index];
      expect<i32>(framesOf(RING).length).toBe(windows[index] / FULL);
      fresh();
      sendSegment(ACK, peerNext, iss + 1, 5, windows[index]);
      setPeerNext(peerNext + 5);
      takeAll();
      expect<i32>(framesOf(RING).length).toBe(windows[index] / FULL);
    }
  });

  it("leaves a part of the text that may leave as it is half of the largest window", () => {
    fresh();
    tcb.cwnd = 2 * FULL + 60;
    tcb.maxSndWnd = 120;
    emitRun(begin(RING));
    expect<bool>(plan.isReady && plan.len == 60).toBe(true);
    expect<bool>(hasReady()).toBe(true);
    expect<i32>(split().length).toBe(2);
    expect<i32>(takeTexts().length).toBe(1);
  });

  it("has its text come again when nobody answers: all is watched, noted and timed", () => {
    fresh();
    framesOf(3 * FULL);
    expect<bool>(tcb.retransmitAtMs != 0 && tcb.recoveryAtMs != 0).toBe(true);
    expect<u32>(tcb.sndMax).toBe(iss + 1 + 3 * FULL);
    expect<u32>(tcb.rttSeq).toBe(iss + 1 + FULL);
    expect<bool>(has(tcb, TcbFlag.RttTimed)).toBe(true);
    expect<bool>(tcb.recordCount > 0).toBe(true);
  });
});

describe("emitRun leaves it to others", () => {
  beforeEach(() => {
    stamps = 0;
    fresh();
  });

  it("when no plan stands, or one to say nothing, or to say it without text", () => {
    const len = begin(3 * FULL);
    plan.tcb = 0;
    addsNothing(len);
    planNext();
    plan.isReady = false;
    addsNothing(len);
    planNext();
    plan.len = 0;
    addsNothing(len);
    planNext();
    adds(len, 2);
  });

  it("when the last frame is not as long as the planned one, which does not end the text", () => {
    begin(3 * FULL + 1);
    let len = keepNext();
    planNext();
    plan.len = FULL - 1;
    addsNothing(len);
    plan.len = FULL + 1;
    addsNothing(len);
    plan.len = FULL;
    emitRun(len);
    expect<i32>(split().length).toBe(4);
    fresh();
    len = begin(3 * FULL);
    // With an option more or less, say.
    addsNothing(len + 4);
    addsNothing(len - 4);
    adds(len, 2);
  });

  it("when the last frame has no text", () => {
    fresh();
    const len = begin(3 * FULL);
    addsNothing(40);
    addsNothing(39);
    addsNothing(0);
    adds(len, 2);
  });

  it("when another connection waits, in this round or in the next", () => {
    for (let isSparse = 0; isSparse < 2; isSparse++) {
      fresh();
      const other = tcbOf(secondConnected());
      tcb.cwnd = 1 << 20;
      const len = begin(3 * FULL);
      makeReady(other, isSparse != 0);
      addsNothing(len);
      unlink(other);
      adds(len, 2);
    }
  });

  it("when the last frame is another connection's, or another segment of its own", () => {
    // The destination, the ports, the sequence number, the acknowledgment.
    for (let at: usize = 16; at < 32; at++) {
      fresh();
      const len = begin(3 * FULL);
      const last = frameOut() - STEP;
      store<u8>(last + at, load<u8>(last + at) ^ 1);
      addsNothing(len);
      store<u8>(last + at, load<u8>(last + at) ^ 1);
      adds(len, 2);
    }
  });

  it("when something came meanwhile that must be acknowledged", () => {
    const len = begin(3 * FULL);
    tcb.rcvNxt++;
    addsNothing(len);
    tcb.rcvNxt--;
    adds(len, 2);
  });

  it("when the planned segment is not a usual one", () => {
    const len = begin(3 * FULL);
    plan.isUsual = false;
    addsNothing(len);
    planNext();
    plan.extraLen = 12;
    addsNothing(len);
    planNext();
    tcb.sndUp = plan.seq + 1;
    addsNothing(len);
    tcb.sndUp = plan.seq;
    adds(len, 2);
  });
});

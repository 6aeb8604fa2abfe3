/**
 * A control block of the spec's own with transmission records, whose clock the spec moves, and the
 * segment that the peer answers with.
 */
import { advanceClock, startClock } from "../../../assembly/core/clock";
import { clearWheel } from "../../../assembly/core/wheel";
import { setRecords } from "../../../assembly/tcp/connections";
import {
  Mark, RECORD_LEN, appendRecord, endOfRecords, firstRecord, recordMarks, recordSentUs, recordTo,
} from "../../../assembly/tcp/records";
import { takeDelivery } from "../../../assembly/tcp/scoreboard";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { Segment } from "../../../assembly/wire/segment";
import { put32 } from "./packets";

export const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
export const answer: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));
const table: usize = memory.data(8 * 64, 8);
const blocks: usize = memory.data(8 * 4, 8);

/** SND.UNA at the start: the text crosses the wrap of sequence numbers. */
export const BASE: u32 = 0xfffff800;
export const MSS: u32 = 1000;

/** What the clock shows, in microseconds. */
export let clockUs: u32 = 0;

/** An established connection that has sent nothing, with room for so many records. */
export function freshRecords(capacity: u32, firstUs: u32 = 8000): void {
  startClock(0);
  clockUs = 0;
  moveTo(firstUs);
  clearWheel();
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  memory.fill(changetype<usize>(answer), 0, offsetof<Segment>());
  memory.fill(table, 0xff, 8 * 64);
  setRecords(table, capacity);
  setFlag(tcb, TcbFlag.Sack);
  tcb.sndMss = <u16>MSS;
  tcb.sndUna = BASE;
  tcb.sndNxt = BASE;
  tcb.sndMax = BASE;
  tcb.sndEnd = BASE + 100 * MSS;
  tcb.sndWnd = 0xffff;
  tcb.recover = BASE - 2;
  tcb.cwnd = 10 * MSS;
  tcb.ssthresh = 0x7fffffff;
  tcb.rtoMs = 1000;
  tcb.reorderingMult = 1;
}

/** Moves the clock on to `us`, by steps that it takes for such. */
export function moveTo(us: u32): void {
  const half = (us - clockUs) >> 1;
  advanceClock(clockUs + half);
  advanceClock(us);
  clockUs = us;
}

/** Lets `us` microseconds pass. */
export function passUs(us: u32): void {
  moveTo(clockUs + us);
}

/** `len` octets of new text leave. */
export function sendNew(len: u32 = MSS): void {
  tcb.sndNxt += len;
  tcb.sndMax = tcb.sndNxt;
  appendRecord(tcb, tcb.sndNxt);
}

/** Names the octets `from` to `to` after `BASE` in the next answer, behind what it names before. */
export function block(from: u32, to: u32): void {
  put32(blocks + <usize>(8 * answer.sackCount), BASE + from);
  put32(blocks + <usize>(8 * answer.sackCount) + 4, BASE + to);
  answer.sackAt = blocks;
  answer.sackCount++;
}

/** The peer answers: it expects the octet `offset` after `BASE`. Returns what that acknowledges. */
export function ackTo(offset: u32): u32 {
  answer.ack = BASE + offset;
  const acked = takeDelivery(tcb, answer);
  answer.sackCount = 0;
  return acked;
}

/** The peer has the octets `from` to `to` after `BASE`, and still expects SND.UNA. */
export function sackTo(from: u32, to: u32): u32 {
  block(from, to);
  return ackTo(tcb.sndUna - BASE);
}

/** The records: " 1000@8000LR" ends at that offset, was sent then, is lost, and was sent again. */
export function shown(): string {
  let text = "";
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    text += ` ${recordTo(at) - BASE}@${recordSentUs(at)}`;
    const marks = recordMarks(at);
    if (marks & Mark.Sacked) text += "S";
    if (marks & Mark.Lost) text += "L";
    if (marks & Mark.Resent) text += "R";
  }
  return text;
}

/** The record `index`. */
export function recordAt(index: u32): usize {
  return firstRecord(tcb) + <usize>(index * RECORD_LEN);
}

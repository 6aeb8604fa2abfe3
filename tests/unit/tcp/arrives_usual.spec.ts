/**
 * SEGMENT ARRIVES in the usual case. What the short way takes, it takes as the long way does: both
 * are given the same segment in the same situation, and the control blocks compared octet by octet.
 */
import { Counter } from "../../../assembly/abi/counter";
import { frameInPtr } from "../../../assembly/api/stack";
import { advanceClock } from "../../../assembly/core/clock";
import { hasReady } from "../../../assembly/net/ready";
import { takeUsualSegment } from "../../../assembly/tcp/arrives_usual";
import { outdatePlan } from "../../../assembly/tcp/plan";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { hex } from "../support/octets";
import { put16, put32 } from "../support/packets";
import {
  ACK, FIN, PSH, RST, SYN, counted, eventsOf, iss, jump, now, options, pass, peerNext, read,
  sacking, say, sendSegment, setPeerNext, takeAll, tcbOf, write,
} from "../support/peer";

const URG: u32 = 32;
/** Long enough for every segment of these specs. */
const FRAME: u32 = 1100;
const copy: usize = memory.data(FRAME, 8);

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);

/** One in the usual case: 2 * 536 octets are on their way since 50 ms ago, 64 more wait. */
function fresh(): void {
  handle = sacking();
  tcb = tcbOf(handle);
  say(ACK, iss + 1, 100);
  takeAll();
  write(handle, 2 * 536);
  takeAll();
  tcb.cwnd = 2 * 536;
  write(handle, 64);
  takeAll();
  eventsOf(handle);
  jump(50);
  advanceClock(now);
}

/** The control block, from the first field after its links on. */
function block(): string {
  return hex(changetype<usize>(tcb) + 48, offsetof<Tcb>() - 48);
}

/**
 * What the short way says to a segment, which comes in the packet that `sendSegment` left behind
 * when the interface took no notice of it: from another host's port first, then from its own.
 */
function takesShort(
  flags: u32, seq: u32, ack: u32, textLen: u32, wnd: u32, optionLen: u32 = 0,
): bool {
  // Written by a stack that then forgets it: its checksum is right, the TCB is put back.
  const before = new StaticArray<u8>(<i32>offsetof<Tcb>());
  const at = changetype<usize>(tcb);
  memory.copy(changetype<usize>(before), at, offsetof<Tcb>());
  tcb.ports ^= 1;
  const ports = tcb.ports;
  sendSegment(flags, seq, ack, textLen, wnd, optionLen);
  tcb.ports = ports ^ 1;
  memory.copy(at, changetype<usize>(before), offsetof<Tcb>());
  return takeUsualSegment(frameInPtr());
}

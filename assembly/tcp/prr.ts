/**
 * Proportional rate reduction (RFC 9937): in recovery the window follows what is delivered, so that
 * at its end what is on its way is what the threshold allows, and nothing leaves in bursts.
 */
import { HAS_PACING } from "../config";
import { stopPace } from "./pacing";
import { delivery, pipe } from "./scoreboard";
import { seqDistance } from "./seq";
import { Tcb } from "./tcb";

/** Recovery begins with the delivery that is being taken in. */
export function beginPrr(tcb: Tcb): void {
  if (HAS_PACING) stopPace(tcb);
  tcb.prrDelivered = 0;
  tcb.prrOut = 0;
  // What was on its way before this delivery: RecoverFS, in a word that pacing.ts has otherwise.
  const flight = seqDistance(tcb.sndUna, tcb.sndNxt);
  tcb.prrFlight = max<u32>(flight - tcb.sackedOctets + delivery.octets, 1);
  // Where it is a timer that has found the loss: the first retransmission, until an ACK comes.
  tcb.cwnd = pipe(tcb) + tcb.sndMss;
}

/** Sets the window after a delivery in recovery. `isSafe`: it went on, and nothing more is lost. */
export function reduceProportionally(tcb: Tcb, isSafe: bool): void {
  if (delivery.octets == 0) return;
  const mss = <u32>tcb.sndMss;
  const out = pipe(tcb);
  tcb.prrDelivered += delivery.octets;
  let room: i32;
  if (out > tcb.ssthresh) {
    const due = (<u64>tcb.prrDelivered * tcb.ssthresh + tcb.prrFlight - 1) / tcb.prrFlight;
    room = <i32>(<u32>due - tcb.prrOut);
  } else {
    room = max<i32>(<i32>(tcb.prrDelivered - tcb.prrOut), <i32>delivery.octets);
    if (isSafe) room += <i32>mss;
    room = min<i32>(room, <i32>(tcb.ssthresh - out));
  }
  // The first retransmission leaves whatever this says.
  tcb.cwnd = out + <u32>max<i32>(room, tcb.prrOut == 0 ? <i32>mss : 0);
}

/** `len` octets leave in recovery. */
export function noteOut(tcb: Tcb, len: u32): void {
  tcb.prrOut += len;
}

/** A connection's share of the rounds in which all that are ready send: net/ready.ts. */
import { isLone, unlink } from "../core/list";
import { theInterface } from "../net/interface";
import { currentRound, goOn, makeReady } from "../net/ready";
import { Tcb } from "./tcb";

/** It may have something to send: queues it, unless it waits somewhere already. */
export function wake(tcb: Tcb): void {
  if (!isLone(tcb)) return;
  beginTurn(tcb);
  makeReady(tcb, tcb.turnLeft > 0);
}

/** In each round it has as many octets as a full frame; what it took too much is taken off. */
export function beginTurn(tcb: Tcb): void {
  const round = currentRound();
  if (tcb.round == round) return;
  tcb.round = round;
  tcb.turnLeft = <i16>(min<i32>(tcb.turnLeft, 0) + quantum());
}

/** It has sent a frame of `len` octets, and may have more to send: see to it after `settle`. */
export function useTurn(tcb: Tcb, len: u32): void {
  tcb.turnLeft = <i16>max<i32>(<i32>tcb.turnLeft - <i32>len, -quantum());
}

/** It has more to send, if it is queued again: who has octets left goes on. */
export function endTurn(tcb: Tcb): void {
  if (tcb.turnLeft > 0 && !isLone(tcb)) {
    unlink(tcb);
    goOn(tcb);
  }
}

/** It has been taken out of the queue, has sent, and has more to send: what `wake` and that do. */
export function goOnOrWait(tcb: Tcb): void {
  if (tcb.turnLeft > 0) goOn(tcb);
  else makeReady(tcb, false);
}

/** Octets of a full frame, less the link's header: with a full one a turn is over. */
function quantum(): i32 {
  return <i32>min<u32>(theInterface().mtu, <u32>i16.MAX_VALUE);
}

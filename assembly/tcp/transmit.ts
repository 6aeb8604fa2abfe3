/** The next frame of a connection whose turn it is. */
import { Event } from "../abi/event";
import { Reason, SoftError } from "../abi/error";
import { State } from "../abi/state";
import { HAS_SHORT_WAYS } from "../config";
import { Way, resolveOrWait } from "../net/output";
import { endConnection, tell } from "./connections";
import { emitPlan } from "./emit";
import { isPlanFirstSyn, transmitFirstSyn } from "./emit_syn";
import { isPlanFin, isPlanUsual, transmitUsual } from "./emit_usual";
import { currentPlan } from "./output";
import { settle } from "./settle";
import { Tcb } from "./tcb";
import { Timer, setTimer } from "./timers";
import { backedOffRto } from "./rto";
import { beginTurn, endTurn, useTurn } from "./turn";

/**
 * Builds the connection's next frame, and puts the connection back in the queue if it has more.
 * Returns the frame's length; 0 when it has nothing to say, or waits for its neighbour.
 */
export function transmitNext(tcb: Tcb): u32 {
  beginTurn(tcb);
  if (!currentPlan(tcb)) {
    settle(tcb);
    return 0;
  }
  const way = resolveOrWait(tcb.remoteLow, tcb);
  if (way == Way.Asking) return 0;
  if (way != Way.Open) {
    onNoWay(tcb);
    return 0;
  }
  if (HAS_SHORT_WAYS && (isPlanUsual(tcb) || isPlanFin(tcb))) return transmitUsual(tcb);
  if (HAS_SHORT_WAYS && isPlanFirstSyn(tcb)) return transmitFirstSyn(tcb);
  const len = emitPlan(tcb);
  useTurn(tcb, len);
  settle(tcb);
  endTurn(tcb);
  return len;
}

/**
 * The neighbour does not answer. An attempt to connect ends; a connection hears of it, and tries
 * again when its timer says so.
 */
function onNoWay(tcb: Tcb): void {
  if (tcb.state == State.SynSent) {
    endConnection(tcb, Reason.Unreachable);
    return;
  }
  tcb.softError = <u8>SoftError.Neighbour;
  tell(tcb, Event.SoftError);
  if (tcb.retransmitAtMs == 0 && tcb.persistAtMs == 0) {
    setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));
  }
}

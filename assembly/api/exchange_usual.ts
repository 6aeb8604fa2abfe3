/**
 * `exchange` in the usual case (tcp/usual.ts), while nobody waits and no timer is due: the frame is
 * built at once, without a way through the queue of those who are ready.
 */
import { isWaiting, setFramesWait } from "../core/descriptor";
import { isLone } from "../core/list";
import { isNothingDue } from "../core/wheel";
import { hasOffload } from "../net/interface";
import { hasReady } from "../net/ready";
import { receiveText, unusedRoom } from "../tcp/calls";
import { restartIdle } from "../tcp/congestion";
import { planUsual } from "../tcp/output";
import { settle } from "../tcp/settle";
import { Tcb } from "../tcp/tcb";
import { Timer, clearTimer } from "../tcp/timers";
import { transmitNext } from "../tcp/transmit";
import { beginTurn } from "../tcp/turn";
import { isUsual } from "../tcp/usual";
import { readable } from "../tcp/window";

/** Whether it is that case. */
export function isExchangeUsual(tcb: Tcb, taken: u32, length: u32): bool {
  if (length == 0 || isWaiting() || hasOffload() || !isNothingDue()) return false;
  return isUsual(tcb) && isLone(tcb) && taken <= readable(tcb) && length <= unusedRoom(tcb);
}

/** Does it. Returns the length of the frame; 0: the connection may be ready now, like others. */
export function exchangeUsual(tcb: Tcb, taken: u32, length: u32): u32 {
  if (taken != 0) receiveText(tcb, taken);
  tcb.sndEnd += length;
  if (tcb.sndUna == tcb.sndMax) {
    restartIdle(tcb);
    clearTimer(tcb, Timer.Retransmit);
  }
  const frameLen = mayLeave(tcb) ? transmitNext(tcb) : 0;
  if (frameLen == 0) settle(tcb);
  else if (hasReady()) setFramesWait(1);
  return frameLen;
}

/** Whether its text may leave now, without a turn in the queue. */
function mayLeave(tcb: Tcb): bool {
  // Having read, it may have a window to tell of, and be queued.
  if (!isLone(tcb) || !planUsual(tcb)) return false;
  beginTurn(tcb);
  return tcb.turnLeft > 0;
}

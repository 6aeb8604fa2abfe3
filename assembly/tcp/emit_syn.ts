/**
 * Forming the SYN of an active open, where it is sent for the first time, and nothing waits behind
 * it yet. All other SYNs are formed by emit.ts.
 */
import { Counter } from "../abi/counter";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { textOut } from "../net/frame";
import { finishPacket, wayMac } from "../net/output";
import { PROTOCOL_TCP } from "../wire/ipv4";
import { Flag, TCP_HEADER_LEN, addOptions, emitTcp, swapPorts } from "../wire/tcp";
import { emitSynOptions } from "../wire/tcp_options";
import { emitNoText } from "./emit";
import { offersBy } from "./options";
import { outdatePlan, plan } from "./plan";
import { beginRtt, ensureRetransmit } from "./rto";
import { Tcb, TcbFlag, isUntroubled } from "./tcb";
import { timestamp } from "./timestamps";
import { useTurn } from "./turn";
import { tellsTimeout } from "./user_timeout";
import { announcedWindow, offeredScale } from "./window";

/** Whether the planned segment is such a SYN, and asks for no more than options that all have. */
export function isPlanFirstSyn(tcb: Tcb): bool {
  if (plan.flags != Flag.Syn || tcb.flags != TcbFlag.Opening || tellsTimeout(tcb)) return false;
  // Where a timeout has moved SND.NXT back, SND.MAX is beyond it.
  return isUntroubled(tcb) && tcb.sndMax == tcb.sndNxt && tcb.sndEnd == tcb.sndNxt + 1;
}

/** Builds it, to the station that was resolved. Returns the frame's length. */
export function transmitFirstSyn(tcb: Tcb): u32 {
  outdatePlan();
  const at = textOut();
  const headerLen = TCP_HEADER_LEN + emitSynOptions(
    at + TCP_HEADER_LEN, tcb.rcvMss, offersBy(tcb.switches), offeredScale(),
    timestamp(tcb.tsOffset), tcb.tsRecent,
  );
  const sum = emitTcp(
    at, swapPorts(tcb.ports), tcb.sndNxt, 0, Flag.Syn, announcedWindow(), headerLen,
  );
  emitNoText(tcb, at, headerLen, addOptions(sum, at, headerLen));
  count(Counter.TcpSegmentsOut);
  tcb.sentAtMs = nowMs();
  tcb.sndNxt++;
  tcb.sndMax = tcb.sndNxt;
  beginRtt(tcb, tcb.sndNxt, 0);
  ensureRetransmit(tcb);
  const len = finishPacket(
    tcb.remoteLow, wayMac(), headerLen, PROTOCOL_TCP, tcb.service, tcb.timeToLive,
  );
  useTurn(tcb, len);
  return len;
}

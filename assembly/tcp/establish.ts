/** How connections come to be, and to ESTABLISHED. */
import { Counter } from "../abi/counter";
import { Event } from "../abi/event";
import { State } from "../abi/state";
import { HAS_PACING } from "../config";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { Pair, copyPair } from "../core/pair";
import { replaceEntry } from "../core/table";
import { Segment } from "../wire/segment";
import { Offer, TIMESTAMPS_LEN } from "../wire/tcp_options";
import { Accurate, isAccurate } from "./accurate_ecn";
import { tell, takeSlot } from "./connections";
import { beginCongestion } from "./congestion";
import { beginEcn, endHandshake } from "./ecn";
import { Switch, copySettings } from "./entry";
import { timestampOffset } from "./isn";
import { Listener, listenerAt, pushPending } from "./listeners";
import { sendMss } from "./mss";
import { beginPacing } from "./pacing";
import { noteProgress } from "./progress";
import { beginRecovery } from "./recovery";
import { INITIAL_RTO_MS, LOST_SYN_RTO_MS, endRtt } from "./rto";
import { seqLt } from "./seq";
import { transition } from "./state";
import { HalfOpen, freeHalfOpen, resent, wasDeclined } from "./syn_queue";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "./tcb";
import { Timer, clearTimer, setTimer } from "./timers";
import { tellsTimeout } from "./user_timeout";
import { announcedWindow, offeredScale, takeWindow } from "./window";

/** The variables of a new connection that has its settings, with our ISN. */
export function beginTcb(tcb: Tcb, iss: u32): void {
  setFlag(tcb, TcbFlag.Opening);
  tcb.sndUna = iss;
  tcb.sndNxt = iss;
  tcb.sndMax = iss;
  tcb.sndEnd = iss + 1;
  tcb.sndEdge = iss + 1;
  tcb.sndUp = iss;
  tcb.sndSmall = iss;
  tcb.rtoMs = max<u32>(INITIAL_RTO_MS, tcb.minRtoMs);
  tcb.rcvMss = tcb.maxSegment;
  tcb.sndMss = <u16>sendMss(0);
  tcb.heardAtMs = nowMs();
  if (HAS_PACING) beginPacing(tcb);
  if (tcb.switches & Switch.Timestamps) tcb.tsOffset = timestampOffset(tcb);
}

/** The peer's SYN: its ISN, and its options, as far as we agree to them (section 3.10.7.3). */
export function takeSyn(tcb: Tcb, irs: u32, mss: u32, offers: u32, tsRecent: u32): void {
  tcb.rcvNxt = irs + 1;
  tcb.rcvRead = irs + 1;
  tcb.rcvUp = irs + 1;
  tcb.rcvAcked = irs;
  tcb.rcvAdv = tcb.rcvNxt + announcedWindow();
  let room = sendMss(mss);
  // RFC 7323, RFC 2018: what is in both SYNs is on, and ours has it or will.
  const scale = offers & Offer.Scale;
  if (scale != 0) {
    setFlag(tcb, TcbFlag.WindowScale);
    tcb.sndScale = <u8>(scale - 1);
    tcb.rcvScale = <u8>offeredScale();
  }
  if (offers & Offer.Sack) setFlag(tcb, TcbFlag.Sack);
  beginEcn(tcb, offers);
  if (offers & Offer.Timestamps) {
    setFlag(tcb, TcbFlag.Timestamps);
    tcb.tsRecent = tsRecent;
    room -= TIMESTAMPS_LEN;
  }
  tcb.sndMss = <u16>room;
}

/** Our SYN goes again, now with an ACK, and not once more within a timeout (RFC 6298 section 5). */
export function answerCrossing(tcb: Tcb): void {
  tcb.sndNxt = tcb.sndUna;
  clearTimer(tcb, Timer.Retransmit);
}

/**
 * The third segment has come: a connection in SYN-RECEIVED, as whose first segment it is then
 * processed once the caller has entered it. Null: no slot is free.
 */
export function promote(
  pair: Pair, listener: Listener, iss: u32, irs: u32, mss: u32, offers: u32, tsRecent: u32,
): Tcb | null {
  const tcb = takeSlot();
  if (tcb == null) return null;
  copyPair(tcb, pair);
  copySettings(tcb, listener);
  beginTcb(tcb, iss);
  tcb.sndNxt = iss + 1;
  tcb.sndMax = iss + 1;
  takeSyn(tcb, irs, mss, offers, tsRecent);
  tcb.rcvAcked = tcb.rcvNxt;
  tcb.listener = listener.slot;
  setFlag(tcb, TcbFlag.Passive | TcbFlag.Pending);
  transition(tcb, State.Listen);
  transition(tcb, State.SynReceived);
  return tcb;
}

/** The same for a half-open entry, in whose place it comes; which stays when no slot is free. */
export function promoteEntry(entry: HalfOpen, listener: Listener): Tcb | null {
  const tcb = promote(
    entry, listener, entry.iss, entry.irs, entry.mss, entry.offers, entry.tsRecent,
  );
  if (tcb == null) return null;
  if (resent(entry) != 0) setFlag(tcb, TcbFlag.SynResent);
  if (isAccurate(tcb) && wasDeclined(entry)) tcb.accurate |= <u8>Accurate.NotCapable;
  replaceEntry(entry, tcb);
  freeHalfOpen(entry);
  return tcb;
}

/**
 * Both SYNs are acknowledged, ours by `seg`: the connection is ESTABLISHED, or in FIN-WAIT-1 when a
 * FIN has been queued before (RFC 9293 section 3.10.4).
 */
export function establish(tcb: Tcb, seg: Segment): void {
  clearFlag(tcb, TcbFlag.Opening);
  // RFC 5482 section 3.2: in the first segment after the SYN, too.
  if (tellsTimeout(tcb)) setFlag(tcb, TcbFlag.TellTimeout);
  if (tcb.state != State.FinWait1) transition(tcb, State.Established);
  // Our SYN was one sequence number, and what was timed.
  endRtt(tcb, seg.ack);
  tcb.sndUna++;
  // A timeout may have moved it back, and the SYN not been sent again yet.
  if (seqLt(tcb.sndNxt, tcb.sndUna)) tcb.sndNxt = tcb.sndUna;
  clearTimer(tcb, Timer.Retransmit);
  // RFC 9293 section 3.10.7.4: SND.WND and its two companions.
  takeWindow(tcb, seg.ack, seg.wnd);
  tcb.sndWl1 = seg.seq;
  tcb.sndWl2 = seg.ack;
  noteProgress(tcb);
  tcb.backoff = 0;
  if (has(tcb, TcbFlag.SynResent) && !has(tcb, TcbFlag.RttKnown)) {
    tcb.rtoMs = max<u32>(LOST_SYN_RTO_MS, tcb.minRtoMs);
  }
  tcb.mssLimit = tcb.sndMss;
  tcb.ecnMark = tcb.sndUna;
  beginCongestion(tcb);
  beginRecovery(tcb);
  endHandshake(tcb, seg);
  if (tcb.switches & Switch.KeepAlive) {
    setTimer(tcb, Timer.KeepAlive, <u32>tcb.keepAliveIdleS * 1000);
  }
  if (has(tcb, TcbFlag.FinQueued) && tcb.state == State.Established) {
    transition(tcb, State.FinWait1);
  }
  if (!has(tcb, TcbFlag.Passive)) {
    tell(tcb, Event.Connected | Event.Writable);
    return;
  }
  count(Counter.TcpPassiveOpens);
  pushPending(listenerAt(tcb.listener), tcb);
}

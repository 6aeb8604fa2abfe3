/** Defects in closing: FIN, half-close, TIME-WAIT (RFC 9293 section 3.6, RFC 1337). */
import type { Mutant } from "../mutant.js";

export const CLOSING: readonly Mutant[] = [
  {
    name: "fin-not-sent-again", breaks: "S05, S07, S17",
    file: "tcp/output.ts", find: "if (mayFin) plan.flags |= Flag.Fin;",
    replace: "if (mayFin && !seqLt(tcb.sndEnd, tcb.sndMax)) plan.flags |= Flag.Fin;",
    noticedBy: ["conformance/close"],
  },
  {
    name: "fin-not-acknowledged", breaks: "S07",
    file: "tcp/finish.ts", find: "setFlag(tcb, TcbFlag.PeerFinReceived | TcbFlag.AckNow);",
    replace: "setFlag(tcb, TcbFlag.PeerFinReceived);",
    noticedBy: ["conformance/close"],
  },
  {
    name: "fin-not-counted", breaks: "S05, RFC 9293 3.4",
    file: "tcp/finish.ts", find: "tcb.rcvNxt++;", replace: "",
    noticedBy: ["conformance/close"],
  },
  {
    name: "fin-not-told", breaks: "S07, S26",
    file: "tcp/finish.ts", find: "tell(tcb, Event.PeerFinished);", replace: "",
    noticedBy: ["conformance/states"],
  },
  {
    name: "fin-before-its-turn", breaks: "S23, RFC 9293 3.10.7.4",
    file: "tcp/finish.ts", find: "if (tcb.rcvNxt != tcb.rcvFin) return Verdict.Continue;",
    replace: "",
    noticedBy: ["conformance/close"],
  },
  {
    name: "fin-with-ack-lost", breaks: "S06",
    file: "tcp/acknowledge.ts", find: "    transition(tcb, State.FinWait2);",
    replace: "    transition(tcb, State.FinWait2);\n    return Verdict.Drop;",
    noticedBy: ["conformance/close"],
  },
  {
    name: "no-simultaneous-close", breaks: "S08, figure 13",
    file: "tcp/finish.ts", find: "transition(tcb, State.Closing);",
    replace: "transition(tcb, State.FinWait2);",
    noticedBy: ["conformance/simultaneous"],
  },
  {
    name: "closing-forgets-time-wait", breaks: "S08, MUST-13",
    file: "tcp/acknowledge.ts",
    find: "    enterTimeWait(tcb);\n",
    replace: "    endConnection(tcb, Reason.Finished);\n",
    noticedBy: ["conformance/simultaneous"],
  },
  {
    name: "half-close-hears-nothing", breaks: "S09",
    file: "tcp/state.ts", find: "return isIn(ESTABLISHED | FIN_WAIT_1 | FIN_WAIT_2, state);",
    replace: "return isIn(ESTABLISHED, state);",
    noticedBy: ["conformance/close"],
  },
  {
    name: "close-wait-says-nothing", breaks: "S07, S11",
    file: "tcp/state.ts",
    find: "return isIn(ESTABLISHED | CLOSE_WAIT | FIN_WAIT_1 | CLOSING | LAST_ACK, state);",
    replace: "return isIn(ESTABLISHED | FIN_WAIT_1 | CLOSING | LAST_ACK, state);",
    noticedBy: ["conformance/close"],
  },
  {
    name: "fin-wait-2-for-ever", breaks: "S11",
    file: "tcp/acknowledge.ts",
    find: "if (has(tcb, TcbFlag.Orphan)) setTimer(tcb, Timer.Linger, LINGER_MS);", replace: "",
    noticedBy: ["conformance/close"],
  },
  {
    name: "unread-text-lost-silently", breaks: "SHLD-3, S26",
    file: "tcp/calls.ts", find: "} else if (readable(tcb) != 0) {",
    replace: "} else if (tcb.state == 255) {",
    noticedBy: ["conformance/close"],
  },
  {
    name: "text-for-nobody-taken", breaks: "SHLD-3",
    file: "tcp/text.ts",
    find: "if (has(tcb, TcbFlag.Orphan) && seqGt(end, tcb.rcvNxt)) return Verdict.SendRst;",
    replace: "", noticedBy: ["conformance/close"],
  },
  {
    name: "time-wait-too-short", breaks: "MUST-13, S10",
    file: "tcp/time_wait.ts", find: "inMs(table.durationMs)",
    replace: "inMs(table.durationMs >> 1)",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "time-wait-not-begun-anew", breaks: "S10, RFC 9293 3.10.7.4",
    file: "tcp/arrives_time_wait.ts", find: "    restartTimeWait(entry);", replace: "",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "time-wait-assassinated", breaks: "RFC 1337, S10",
    file: "tcp/arrives_time_wait.ts",
    find: "if (seg.flags & Flag.Rst) return Counter.DropTcpTimeWait;",
    replace: "if (seg.flags & Flag.Rst) {\n    dropEntry(entry);\n" +
      "    return Counter.DropTcpTimeWait;\n  }",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "time-wait-opens-for-old-syn", breaks: "S28, RFC 6191",
    file: "tcp/arrives_time_wait.ts",
    find: "return seqGt(seg.seq, entry.rcvNxt);", replace: "return true;",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "time-wait-never-opens-anew", breaks: "MAY-2, S10",
    file: "tcp/arrives_time_wait.ts", find: "if (listener == null || !hasBacklog(listener)",
    replace: "if (listener == null || seg.wnd != 7 || !hasBacklog(listener)",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "time-wait-isn-not-beyond", breaks: "MAY-2, S10",
    file: "tcp/arrives_time_wait.ts", find: "const least = entry.sndNxt + ISS_STEP;",
    replace: "const least: u32 = 0;",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "close-waits-in-syn-received", breaks: "S12, RFC 9293 3.10.4",
    file: "tcp/calls.ts",
    find: "if (tcb.state == State.Established || mayFinish) {",
    replace: "if (tcb.state == State.Established) {",
    noticedBy: ["conformance/edges", "conformance/simultaneous"],
  },
  {
    name: "close-drops-text-in-syn-received", breaks: "RFC 9293 3.10.4",
    file: "tcp/calls.ts",
    find: "tcb.state == State.SynReceived && queuedLen(tcb) == 0;",
    replace: "tcb.state == State.SynReceived;",
    noticedBy: ["conformance/simultaneous"],
  },
  {
    name: "time-wait-window-zero", breaks: "SHLD-14",
    file: "tcp/time_wait.ts", find: "entry.wnd = <u16>wnd;", replace: "",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "time-wait-shouts", breaks: "RFC 5961 7",
    file: "tcp/arrives_time_wait.ts", find: "} else if (!mayChallenge()) {",
    replace: "} else if (seg.flags == 255) {",
    noticedBy: ["conformance/time_wait"],
  },
  {
    name: "last-segment-of-fin-not-acked", breaks: "RFC 9293 3.6, figure 13",
    file: "tcp/last.ts", find: " || tcpAcknowledgment(at) != tcb.sndMax", replace: "",
    noticedBy: ["conformance/close/simultaneous_let_go.pkt"],
  },
  {
    name: "last-fin-not-acknowledged", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/last.ts", find: " | TcbFlag.AckNow);", replace: ");",
    noticedBy: ["conformance/close"],
  },
  {
    name: "last-segment-by-old-timestamp", breaks: "RFC 7323 5.3",
    file: "tcp/bare.ts", find: " || seqLt(timestampValue(options), tsRecent)", replace: "",
    noticedBy: ["conformance/close/let_go_old_timestamp.pkt"],
  },
  {
    name: "third-segment-not-scaled", breaks: "RFC 7323 2.3",
    file: "tcp/arrives_third.ts", find: "tcpWindow(at) << tcb.sndScale", replace: "tcpWindow(at)",
    noticedBy: ["conformance/window/scale.pkt"],
  },
  {
    name: "third-segment-with-text-is-bare", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/bare.ts", find: "ipv4TotalLen(packet) != IPV4_HEADER_LEN + len || ", replace: "",
    noticedBy: ["unit/tcp/bare.spec"],
  },
  {
    name: "third-segment-with-ecn-is-bare", breaks: "RFC 9768 3.2.2.1",
    file: "tcp/arrives_third.ts", find: "  if (entry.offers & Offer.Ecn) return 0;\n", replace: "",
    noticedBy: ["unit/tcp/arrives_third.spec"],
  },
  {
    name: "third-segment-timed-by-a-guess", breaks: "RFC 6298 3, RFC 7323 4.1",
    file: "tcp/arrives_third.ts", find: "if (!has(tcb, TcbFlag.SynResent)) sampleEcho",
    replace: "sampleEcho",
    noticedBy: ["unit/tcp/arrives_third.spec"],
  },
  {
    name: "third-segment-beyond-the-backlog", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/arrives_third.ts", find: " || !hasBacklog(listener)", replace: "",
    noticedBy: ["unit/tcp/arrives_third.spec"],
  },
  {
    name: "last-segment-while-somebody-holds-it", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/last.ts", find: "!has(tcb, TcbFlag.Orphan) || ", replace: "",
    noticedBy: ["unit/tcp/last.spec"],
  },
];

/** Defects in retransmission and recovery (RFC 9293 section 3.8, RFC 6298, 5681, 6582, 3042). */
import type { Mutant } from "../mutant.js";

export const LOSS: readonly Mutant[] = [
  {
    name: "rto-not-backed-off", breaks: "MUST-19, RFC 6298 5.5, S17",
    file: "tcp/rto.ts", find: "if (tcb.backoff < 255) tcb.backoff++;", replace: "",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "rto-without-bound", breaks: "RFC 6298 2.5, S17",
    file: "tcp/rto.ts", find: "LARGEST_RTO_MS: u32 = 60000",
    replace: "LARGEST_RTO_MS: u32 = 1 << 22",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "rto-below-its-least", breaks: "RFC 6298 2.4",
    file: "tcp/rto.ts", find: "max<u32>((us + 999) / 1000, tcb.minRtoMs)",
    replace: "max<u32>((us + 999) / 1000, 1)",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "rto-first-sample", breaks: "RFC 6298 2.2",
    file: "tcp/rto.ts", find: "tcb.rttvarUs4 = rttUs << 1;", replace: "tcb.rttvarUs4 = rttUs;",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "rto-does-not-learn", breaks: "RFC 6298 2.3, S17",
    file: "tcp/rto.ts", find: "tcb.srttUs8 = tcb.srttUs8 - (tcb.srttUs8 >> 3) + rttUs;",
    replace: "",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "karn-ignored", breaks: "MUST-18, S17",
    file: "tcp/emit.ts", find: "count(Counter.TcpRetransmissions);\n    cancelRtt(tcb);",
    replace: "count(Counter.TcpRetransmissions);",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "timer-not-begun-anew", breaks: "RFC 6298 5.3",
    file: "tcp/acknowledge.ts",
    find: "if (ack != tcb.sndMax) setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));\n  else if",
    replace: "if",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "never-gives-up", breaks: "MUST-20, S17",
    file: "tcp/timeouts.ts",
    find: "if (isDue(tcb.stalledAtMs + limitS * 1000)) return giveUp(tcb);", replace: "",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "gives-up-silently", breaks: "S13, S26",
    file: "tcp/timeouts.ts", find: "if (tcb.state != State.SynSent) resetPeer(tcb);", replace: "",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "trouble-not-told", breaks: "SHLD-9, MUST-20, S17",
    file: "tcp/timeouts.ts", find: "tell(tcb, Event.SoftError);", replace: "",
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "answers-do-not-count", breaks: "RFC 9293 3.8.3",
    file: "tcp/progress.ts", find: "tcb.stalledAtMs = 0;", replace: "",
    noticedBy: ["conformance/retransmission", "conformance/send_window"],
  },
  {
    name: "fast-retransmit-late", breaks: "RFC 5681 3.2, S18",
    file: "tcp/rack.ts", find: "DUPLICATE_THRESHOLD: u32 = 3",
    replace: "DUPLICATE_THRESHOLD: u32 = 4",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "any-ack-a-duplicate", breaks: "RFC 5681 2",
    file: "tcp/acknowledge.ts",
    find: "if (seg.textLen != 0 || (seg.flags & (Flag.Syn | Flag.Fin)) != 0) return false;",
    replace: "",
    noticedBy: ["conformance/recovery/text_no_duplicate.pkt"],
  },
  {
    name: "no-limited-transmit", breaks: "RFC 3042",
    file: "tcp/window.ts", find: "min<u32>(tcb.dupAcks, 2) * tcb.sndMss", replace: "0",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "partial-ack-ignored", breaks: "RFC 6582 3.2",
    file: "tcp/fast_retransmit.ts",
    find: "  resendOldest(tcb);\n  tcb.cwnd = tcb.cwnd > acked",
    replace: "  tcb.cwnd = tcb.cwnd > acked",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "recovery-after-timeout", breaks: "RFC 6582 4",
    file: "tcp/fast_retransmit.ts", find: "if (!seqGt(tcb.sndUna - 1, tcb.recover)) return;",
    replace: "",
    noticedBy: ["conformance/recovery"],
  },
];

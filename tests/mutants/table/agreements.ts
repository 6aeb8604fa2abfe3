/** Defects in what two ends agree on: ECN (RFC 3168), user timeout (RFC 5482), quiet time. */
import type { Mutant } from "../mutant.js";

export const AGREEMENTS: readonly Mutant[] = [
  {
    name: "mark-not-echoed", breaks: "SHLD-8, RFC 3168 6.1.3",
    file: "tcp/ecn.ts",
    find: "if ((thePacket().service & ECN_FIELD) == CONGESTION_EXPERIENCED) " +
      "setFlag(tcb, TcbFlag.EcnEcho);",
    replace: "",
    noticedBy: ["conformance/ecn"],
  },
  {
    name: "mark-echoed-for-ever", breaks: "SHLD-8, RFC 3168 6.1.3",
    file: "tcp/ecn.ts", find: "if (seg.flags & Flag.Cwr) clearFlag(tcb, TcbFlag.EcnEcho);",
    replace: "",
    noticedBy: ["conformance/ecn"],
  },
  {
    name: "echo-halves-again-and-again", breaks: "SHLD-8, RFC 3168 6.1.2",
    file: "tcp/ecn.ts", find: "tcb.ecnMark = tcb.sndMax + 1;", replace: "",
    noticedBy: ["conformance/ecn"],
  },
  {
    name: "echo-ignored", breaks: "SHLD-8, RFC 3168 6.1.2",
    file: "tcp/ecn.ts", find: "tcb.cwnd = tcb.ssthresh;", replace: "",
    noticedBy: ["conformance/ecn"],
  },
  {
    name: "retransmission-may-be-marked", breaks: "RFC 3168 6.1.5",
    file: "tcp/ecn.ts",
    find: "return plan.len != 0 && seqGe(plan.seq, tcb.sndMax) && !has(tcb, TcbFlag.ProbeNow);",
    replace: "return plan.len != 0;",
    noticedBy: ["conformance/ecn"],
  },
  {
    name: "timeout-of-peer-unbounded", breaks: "RFC 5482 3.1",
    file: "tcp/user_timeout.ts", find: "LOWER_LIMIT_S: u32 = 100",
    replace: "LOWER_LIMIT_S: u32 = 1",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "timeout-of-peer-too-long", breaks: "RFC 5482 3.1",
    file: "tcp/user_timeout.ts", find: "UPPER_LIMIT_S: u32 = 3600",
    replace: "UPPER_LIMIT_S: u32 = 1 << 20",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "timeout-set-is-overruled", breaks: "RFC 5482 3.1",
    file: "tcp/user_timeout.ts",
    find: "if (theirs == 0 || (tcb.switches & Switch.UserTimeoutChangeable) == 0) return ours;",
    replace: "if (theirs == 0) return ours;",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "timeout-option-unasked", breaks: "RFC 5482 3.1",
    file: "tcp/user_timeout.ts", find: "if (seg.timeoutS != 0 && tellsTimeout(tcb))",
    replace: "if (seg.timeoutS != 0)",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "no-quiet-time", breaks: "MUST-8, RFC 9293 3.4.3",
    file: "net/arp.ts", find: "if (quietMs != 0) {", replace: "if (quietMs == 1) {",
    noticedBy: ["conformance/time_wait"],
  },
];

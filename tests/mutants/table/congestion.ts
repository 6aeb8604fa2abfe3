/** Defects in congestion control (RFC 5681, 6928, 7661, 9406, 9438). */
import type { Mutant } from "../mutant.js";

export const CONGESTION: readonly Mutant[] = [
  {
    name: "window-not-collapsed", breaks: "RFC 5681 3.1",
    file: "tcp/congestion.ts",
    find: "  setFlag(tcb, TcbFlag.TimedOut);\n  tcb.cwnd = tcb.sndMss;",
    replace: "  setFlag(tcb, TcbFlag.TimedOut);",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "threshold-not-halved", breaks: "RFC 5681 3.1",
    file: "tcp/congestion.ts", find: "flight >> 1", replace: "flight",
    noticedBy: ["conformance/scripts"],
  },
  {
    name: "no-congestion-avoidance", breaks: "RFC 5681 3.1",
    file: "tcp/congestion.ts", find: "if (tcb.cwnd < tcb.ssthresh) {",
    replace: "if (tcb.sndMss != 0) {",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "ack-division-pays", breaks: "RFC 5681 3.1",
    file: "tcp/newreno.ts", find: "reno.counted += acked;", replace: "reno.counted += tcb.sndMss;",
    noticedBy: ["conformance/scripts"],
  },
  {
    name: "initial-window-too-large", breaks: "RFC 6928 2",
    file: "tcp/validation.ts", find: "max<u32>(2 * mss, 14600)",
    replace: "max<u32>(20 * mss, 14600)",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "initial-window-after-lost-syn", breaks: "RFC 6928 2",
    file: "tcp/congestion.ts",
    find: "has(tcb, TcbFlag.SynResent) ? tcb.sndMss : initialWindow(tcb)",
    replace: "initialWindow(tcb)",
    noticedBy: ["conformance/scripts"],
  },
];

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
    noticedBy: ["conformance/ecn/reduction.pkt"],
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
    noticedBy: ["conformance/retransmission/ack_division.pkt"],
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
    noticedBy: ["conformance/retransmission"],
  },
  {
    name: "no-hystart", breaks: "RFC 9406 4.2",
    file: "tcp/congestion.ts", find: "if (isHyStart(tcb)) noteSample(tcb, rttUs);",
    replace: "",
    noticedBy: ["conformance/congestion/hystart_exit.pkt"],
  },
  {
    name: "hystart-believes-one-sample", breaks: "RFC 9406 4.2",
    file: "tcp/hystart.ts", find: "N_RTT_SAMPLE: u8 = 8",
    replace: "N_RTT_SAMPLE: u8 = 1",
    noticedBy: ["conformance/congestion/hystart_exit.pkt"],
  },
  {
    name: "hystart-never-leaves", breaks: "RFC 9406 4.2",
    file: "tcp/hystart.ts", find: "return hystart.cssRound++ >= CSS_ROUNDS;",
    replace: "return false;",
    noticedBy: ["conformance/congestion/hystart_exit.pkt"],
  },
  {
    name: "hystart-stays-slow", breaks: "RFC 9406 4.2",
    file: "tcp/hystart.ts", find: "if (least < hystart.cssBaselineMinRttUs) hystart.cssRound = 0;",
    replace: "",
    noticedBy: ["conformance/congestion/hystart_jitter.pkt"],
  },
  {
    name: "hystart-counts-all", breaks: "RFC 9406 4.2",
    file: "tcp/hystart.ts", find: "LARGEST_STEP: u32 = 8",
    replace: "LARGEST_STEP: u32 = 80",
    noticedBy: ["conformance/congestion/first_slow_start.pkt"],
  },
  {
    name: "cubic-halves", breaks: "RFC 9438 4.6",
    file: "tcp/cubic.ts", find: "(<u64>used * 7 + 9) / 10",
    replace: "(<u64>used * 5 + 9) / 10",
    noticedBy: ["conformance/congestion/reduction.pkt"],
  },
  {
    name: "cubic-from-the-plateau", breaks: "RFC 9438 4.2",
    file: "tcp/cubic.ts", find: "cubic.k = <i16>(below ? k : -k);",
    replace: "cubic.k = 0;",
    noticedBy: ["conformance/congestion/epoch.pkt"],
  },
  {
    name: "cubic-without-reno", breaks: "RFC 9438 4.3",
    file: "tcp/cubic.ts", find: "if (windowAt(tcb, cubic, time) < wEst) {",
    replace: "if (wEst == 0) {",
    noticedBy: ["conformance/congestion/reno_friendly.pkt"],
  },
  {
    name: "reno-never-catches-up", breaks: "RFC 9438 4.3",
    file: "tcp/cubic.ts", find: "if (cubic.wEst4 >> 2 < priorWindow(tcb)) step4",
    replace: "step4",
    noticedBy: ["conformance/congestion/reno_friendly.pkt"],
  },
  {
    name: "no-fast-convergence", breaks: "RFC 9438 4.7",
    file: "tcp/cubic.ts", find: "prior < cubic.wMax ? <u32>(<u64>prior * 17 / 20) : prior",
    replace: "prior",
    noticedBy: ["conformance/congestion/fast_convergence.pkt"],
  },
  {
    name: "timeout-remembered", breaks: "RFC 9438 4.8",
    file: "tcp/cubic.ts",
    find: "if (has(tcb, TcbFlag.TimedOut)) cubic.wMax = 0;\n  else cubic.wMax",
    replace: "cubic.wMax",
    noticedBy: ["conformance/congestion/after_timeout.pkt"],
  },
  {
    name: "target-without-bound", breaks: "RFC 9438 4.2",
    file: "tcp/cubic.ts", find: "max<u32>(cwnd, min<u32>(ahead, cwnd + (cwnd >> 1)))",
    replace: "max<u32>(cwnd, ahead)",
    noticedBy: ["conformance/congestion/after_timeout.pkt"],
  },
  {
    name: "idle-time-counts", breaks: "RFC 9438 4.2, 5.8",
    file: "tcp/congestion.ts", find: "  } else if (!isLimit(tcb)) {\n    pauseGrowth(tcb);\n",
    replace: "  } else if (!isLimit(tcb)) {\n    return;\n",
    noticedBy: ["conformance/congestion/pause.pkt"],
  },
  {
    name: "unused-window-grows", breaks: "RFC 7661 4.4.1",
    file: "tcp/congestion.ts", find: "if (!isValid(tcb)) return;",
    replace: "",
    noticedBy: ["conformance/congestion/unused.pkt"],
  },
  {
    name: "unused-window-stays", breaks: "RFC 7661 4.4.3",
    file: "tcp/validation.ts",
    find: "return !isValid(tcb) && lowerTo(tcb, max<u32>(tcb.cwnd >> 1, initialWindow(tcb)));",
    replace: "return false;",
    noticedBy: ["conformance/congestion/decay.pkt"],
  },
  {
    name: "burst-after-idleness", breaks: "RFC 5681 4.1",
    file: "tcp/validation.ts", find: "nowMs() - tcb.sentAtMs > tcb.rtoMs && ",
    replace: "false && ",
    noticedBy: ["conformance/congestion/restart_after_idle.pkt"],
  },
];

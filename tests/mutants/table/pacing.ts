/** Defects in pacing (RFC 9002 section 7.7). */
import type { Mutant } from "../mutant.js";

export const PACING: readonly Mutant[] = [
  {
    name: "pace-never-waits", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "isAfter(pacedFrom(tcb, out), nowUs());", replace: "false;",
    noticedBy: ["conformance/pacing/slow_start.pkt"],
  },
  {
    name: "pace-without-timer", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "  startTimerBy(tcb, inUs(paced(tcb) - nowUs()));\n", replace: "",
    noticedBy: ["conformance/pacing/slow_start.pkt"],
  },
  {
    name: "pace-a-millisecond-early", breaks: "RFC 9002 7.7",
    file: "core/clock.ts", find: "(clock.rest + delayUs + 999) / 1000",
    replace: "(clock.rest + delayUs) / 1000",
    noticedBy: ["field/pacing"],
  },
  {
    name: "pace-of-slow-start-for-ever", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "GAIN_FIFTHS: u32 = 6", replace: "GAIN_FIFTHS: u32 = 10",
    noticedBy: ["conformance/pacing/congestion_avoidance.pkt"],
  },
  {
    name: "pace-of-slow-start-too-slow", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "DOUBLING_GAIN_FIFTHS: u32 = 10",
    replace: "DOUBLING_GAIN_FIFTHS: u32 = 6",
    noticedBy: ["conformance/pacing/slow_start.pkt"],
  },
  {
    name: "pace-for-lone-segments-only", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "BURST_US: u32 = 1000", replace: "BURST_US: u32 = 0",
    noticedBy: ["conformance/pacing/bursts.pkt"],
  },
  {
    name: "pace-saves-up", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "if (isKnown && isPacedSince(tcb, leastUs)) return paced(tcb);",
    replace: "if (isKnown) return paced(tcb);",
    noticedBy: ["conformance/pacing/slow_start.pkt"],
  },
  {
    name: "pace-half-a-word-ahead", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "<= agoUs + (tcb.srttUs8 >> 3);",
    replace: "<= agoUs + 0x7fffffff;",
    noticedBy: ["unit/tcp/pacing.spec"],
  },
  {
    name: "pace-by-fewer-segments", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "max<u32>(timeOf(tcb, tcb.sndMss), leastUs);",
    replace: "leastUs;",
    noticedBy: ["unit/tcp/pacing.spec"],
  },
  {
    name: "pace-loses-what-was-late", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "MOST_LATE_US: u32 = 4000", replace: "MOST_LATE_US: u32 = 0",
    noticedBy: ["field/pacing"],
  },
  {
    name: "pace-holds-acks-back", breaks: "RFC 9002 7.7",
    file: "tcp/settle.ts", find: "  if (isReady) wake(tcb);\n",
    replace: "  if (isReady && !plan.isHeld) wake(tcb);\n",
    noticedBy: ["conformance/pacing/not_delayed.pkt"],
  },
  {
    name: "pace-holds-fin-back", breaks: "RFC 9002 7.7",
    file: "tcp/output.ts", find: "!isPaced(tcb) || len == 0 || ", replace: "!isPaced(tcb) || ",
    noticedBy: ["conformance/pacing/not_delayed.pkt"],
  },
  {
    name: "pace-holds-recovery-back", breaks: "RFC 9002 7.7, RFC 6582 3.2",
    file: "tcp/pacing.ts", find: "TcbFlag.InRecovery | TcbFlag.Resend | ", replace: "",
    noticedBy: ["conformance/pacing/recovery.pkt"],
  },
  {
    name: "pace-of-short-paths", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "return tcb.srttUs8 * 5 > BURST_US * 8 * gainFifths(tcb);",
    replace: "return tcb.srttUs8 != 0;",
    noticedBy: ["conformance/pacing/short_path.pkt"],
  },
  {
    name: "pace-joined", breaks: "RFC 9002 7.7",
    file: "tcp/output.ts", find: "isCut ? pacedRoom(tcb, usable) : usable",
    replace: "isCut ? usable : usable",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "pace-waits-for-the-window", breaks: "RFC 9002 7.7",
    file: "tcp/pacing.ts", find: "min<u32>(tcb.cwnd, tcb.sndWnd)", replace: "tcb.cwnd",
    noticedBy: ["field/pacing"],
  },
  {
    name: "paced-hystart-counts-eight", breaks: "RFC 9406 4.3",
    file: "tcp/hystart.ts", find: "if (HAS_PACING && step != acked && isSpread(tcb)) step = acked;",
    replace: "",
    noticedBy: ["conformance/pacing/stretch_ack.pkt"],
  },
  {
    name: "paced-hystart-on-short-paths", breaks: "RFC 9406 4.3",
    file: "tcp/pacing.ts", find: "return isPaced(tcb) && isDivided(tcb);",
    replace: "return isPaced(tcb);",
    noticedBy: ["unit/tcp/hystart.spec", "conformance/pacing/short_path.pkt"],
  },
  {
    name: "paced-not-inherited", breaks: "abi/option.ts",
    file: "tcp/establish.ts", find: "if (HAS_PACING) beginPacing(tcb);", replace: "",
    noticedBy: ["conformance/pacing/of_a_listener.pkt"],
  },
];

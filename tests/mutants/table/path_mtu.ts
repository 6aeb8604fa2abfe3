/** Defects of path MTU discovery and the search for the segment size (RFC 1191, 4821, 5927). */
import type { Mutant } from "../mutant.js";

export const PATH_MTU: readonly Mutant[] = [
  {
    name: "report-ignored", breaks: "RFC 1191 3",
    file: "tcp/icmp_errors.ts", find: "if (report == Report.Believed) {", replace: "if (false) {",
    noticedBy: ["conformance/path_mtu"],
  },
  {
    name: "report-always-believed", breaks: "RFC 5927 7.2",
    file: "tcp/path_mtu.ts",
    find: "if (mss <= tcb.provenMss && tcb.retransmissions == 0) {", replace: "if (false) {",
    noticedBy: ["conformance/path_mtu"],
  },
  {
    name: "report-about-nothing-believed", breaks: "RFC 5927 7.2",
    file: "tcp/path_mtu.ts", find: "if (flightSize(tcb) <= mss) return Report.Idle;", replace: "",
    noticedBy: ["conformance/path_mtu"],
  },
  {
    name: "report-never-refuted", breaks: "RFC 5927 7.2",
    file: "tcp/progress.ts", find: "  tcb.claimedMss = 0;\n", replace: "",
    noticedBy: ["conformance/path_mtu"],
  },
  {
    name: "path-mtu-without-floor", breaks: "RFC 1191 3",
    file: "tcp/path_mtu.ts", find: "mssOf(tcb, max<u32>(mtu, LEAST_PATH_MTU))",
    replace: "mssOf(tcb, max<u32>(mtu, 80))",
    noticedBy: ["conformance/path_mtu"],
  },
  {
    name: "report-taken-for-congestion", breaks: "RFC 1191 6.4",
    file: "tcp/recovery.ts", find: "  keepThreshold(tcb);\n  goBack(tcb);",
    replace: "  reduceThreshold(tcb);\n  goBack(tcb);",
    noticedBy: ["conformance/path_mtu"],
  },
  {
    name: "larger-tried-at-once", breaks: "RFC 1191 3",
    file: "tcp/black_hole.ts", find: "export const RAISE_LATER: u32 = 11;",
    replace: "export const RAISE_LATER: u32 = 0;",
    noticedBy: ["conformance/path_mtu"],
  },
  {
    name: "black-hole-not-found", breaks: "RFC 4821 7.7, RFC 2923 2.1",
    file: "tcp/timeouts.ts", find: "if (!noteProbeLost(tcb)) suspectSize(tcb);",
    replace: "noteProbeLost(tcb);",
    noticedBy: ["conformance/black_hole"],
  },
  {
    name: "size-proven-without-options", breaks: "RFC 4821 7.7",
    file: "tcp/emit.ts", find: ", size + extraLen);", replace: ", size);",
    noticedBy: ["conformance/path_mtu/proven_beside_option.pkt"],
  },
  {
    name: "size-never-grows", breaks: "RFC 4821 7.3, RFC 1191 6.3",
    file: "tcp/black_hole.ts",
    find: "if (size >= tcb.mssLimit || options != 0 || !mayTry(tcb)) return size - options;",
    replace: "if (mayTry(tcb) || !mayTry(tcb)) return size - options;",
    noticedBy: ["conformance/black_hole"],
  },
  {
    name: "probe-loss-taken-for-congestion", breaks: "RFC 4821 7.6.2",
    file: "tcp/fast_retransmit.ts", find: "if (noteProbeLost(tcb)) {",
    replace: "if (noteProbeLost(tcb) && false) {",
    noticedBy: ["conformance/black_hole"],
  },
];

/**
 * Defects in loss recovery with SACK: RFC 6675, RACK-TLP (RFC 8985), PRR (RFC 9937), F-RTO (RFC
 * 5682), what takes reductions back (RFC 2883, 3708, 4015).
 */
import type { Mutant } from "../mutant.js";

/** Scripts of tests/conformance/recovery. */
function scripts(...names: string[]): string[] {
  return names.map((name) => `conformance/recovery/${name}.pkt`);
}

export const RECOVERY: readonly Mutant[] = [
  {
    name: "sacked-ones-are-sent-again", breaks: "RFC 6675 4, 5.1",
    file: "tcp/scoreboard.ts",
    find: "else if ((marks & Mark.Sacked) == 0) setMarks(at, marks | Mark.Lost);",
    replace: "else setMarks(at, marks | Mark.Lost);",
    noticedBy: scripts("timeout_keeps_sacked"),
  },
  {
    name: "reneging-not-seen", breaks: "RFC 2018 8",
    file: "tcp/scoreboard.ts",
    find: "if (isForgotten) setMarks", replace: "if (false) setMarks",
    noticedBy: scripts("reneging"),
  },
  {
    name: "pipe-counts-sacked", breaks: "RFC 6675 2",
    file: "tcp/scoreboard.ts",
    find: "return seqDistance(tcb.sndUna, tcb.sndNxt) - tcb.sackedOctets - tcb.lostOctets;",
    replace: "return seqDistance(tcb.sndUna, tcb.sndNxt) - tcb.lostOctets;",
    noticedBy: scripts("limited_transmit", "prr"),
  },
  {
    name: "pipe-counts-lost", breaks: "RFC 6675 2",
    file: "tcp/scoreboard.ts",
    find: "return seqDistance(tcb.sndUna, tcb.sndNxt) - tcb.sackedOctets - tcb.lostOctets;",
    replace: "return seqDistance(tcb.sndUna, tcb.sndNxt) - tcb.sackedOctets;",
    noticedBy: scripts("prr_slow_start", "prr"),
  },
  {
    name: "block-beyond-what-was-sent", breaks: "RFC 6675 3",
    file: "tcp/scoreboard.ts", find: "if (!seqLt(from, to) || seqGt(to, tcb.sndNxt)) continue;",
    replace: "if (!seqLt(from, to)) continue;",
    noticedBy: scripts("sack_below"),
  },
  {
    name: "duplicate-threshold-2", breaks: "RFC 6675 4, RFC 8985 6.2",
    file: "tcp/rack.ts",
    find: "DUPLICATE_THRESHOLD: u32 = 3",
    replace: "DUPLICATE_THRESHOLD: u32 = 2",
    noticedBy: scripts("sack_third", "rack_reordering"),
  },
  {
    name: "duplicate-threshold-4", breaks: "RFC 6675 4, RFC 8985 6.2",
    file: "tcp/rack.ts",
    find: "DUPLICATE_THRESHOLD: u32 = 3",
    replace: "DUPLICATE_THRESHOLD: u32 = 4",
    noticedBy: scripts("sack_third", "sack_third_at_once"),
  },
  {
    name: "many-in-one-ack-not-seen", breaks: "RFC 6675 4",
    file: "tcp/rack.ts",
    find: "return tcb.dupAcks >= DUPLICATE_THRESHOLD ||\n    tcb.sackedOctets > " +
      "(DUPLICATE_THRESHOLD - 1) * <u32>tcb.sndMss;",
    replace: "return tcb.dupAcks >= DUPLICATE_THRESHOLD;",
    noticedBy: scripts("sack_third_at_once"),
  },
  {
    name: "no-reordering-window", breaks: "RFC 8985 6.2",
    file: "tcp/rack.ts",
    find: "return min<u32>(<u32>tcb.reorderingMult * (tcb.minRttUs >> 2), longestUs);",
    replace: "return 0;",
    noticedBy: scripts("rack_reordering", "rack_timer"),
  },
  {
    name: "threshold-after-reordering", breaks: "RFC 8985 6.2",
    file: "tcp/rack.ts",
    find: "if (!has(tcb, TcbFlag.Reordered)) {",
    replace: "if (true) {",
    noticedBy: scripts("rack_reordering_seen"),
  },
  {
    name: "duplicates-do-not-widen", breaks: "RFC 8985 6.2",
    file: "tcp/rack.ts",
    find: "if (tcb.reorderingMult < 255) tcb.reorderingMult++;",
    replace: "",
    noticedBy: scripts("rack_window_grows"),
  },
  {
    name: "no-reordering-timer", breaks: "RFC 8985 6.3",
    file: "tcp/rack.ts",
    find: "if (waitUs != 0) setTimer(tcb, Timer.Recovery, <u32>waitUs / 1000 + 1);\n  else ",
    replace: "",
    noticedBy: scripts("rack_timer"),
  },
  {
    name: "lost-again-not-found", breaks: "RFC 8985 6.2",
    file: "tcp/rack.ts", find: "if ((marks & (Mark.Sacked | Mark.Lost)) != 0) continue;",
    replace: "if ((marks & (Mark.Sacked | Mark.Lost | Mark.Resent)) != 0) continue;",
    noticedBy: scripts("sack_lost_again"),
  },
  {
    name: "no-tail-probe", breaks: "RFC 8985 7.2",
    file: "tcp/tail_probe.ts",
    find: "  probeTail(tcb);\n}",
    replace: "}",
    noticedBy: scripts("tlp_retransmission"),
  },
  {
    name: "tail-probes-for-ever", breaks: "RFC 8985 7.3",
    file: "tcp/tail_probe.ts", find: "return (tcb.episode & Episode.Probed) == 0 && ",
    replace: "return ",
    noticedBy: scripts("tlp_once"),
  },
  {
    name: "tail-probe-of-one-at-once", breaks: "RFC 8985 7.2",
    file: "tcp/tail_probe.ts",
    find: "LONGEST_ACK_DELAY_MS: u32 = 200",
    replace: "LONGEST_ACK_DELAY_MS: u32 = 0",
    noticedBy: scripts("tlp_single"),
  },
  {
    name: "tail-probe-never-new-text", breaks: "RFC 8985 7.3",
    file: "tcp/tail_probe.ts",
    find: "const isNew = seqGt(tcb.sndEnd, tcb.sndNxt) &&",
    replace: "const isNew = false &&",
    noticedBy: scripts("tlp_new_text"),
  },
  {
    name: "tail-probe-without-timeout", breaks: "RFC 8985 7.3",
    file: "tcp/tail_probe.ts",
    find: "  setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));\n", replace: "",
    noticedBy: scripts("tlp_once"),
  },
  {
    name: "repaired-loss-is-free", breaks: "RFC 8985 7.4.2",
    file: "tcp/tail_probe.ts",
    find: "  if (isNew || isTwice) return;\n",
    replace: "  if (isNew || isTwice || isBeyond) return;\n",
    noticedBy: scripts("tlp_repairs"),
  },
  {
    name: "needless-probe-reduces", breaks: "RFC 8985 7.4.2",
    file: "tcp/tail_probe.ts",
    find: "  if (isNew || isTwice) return;\n",
    replace: "  if (isNew) return;\n",
    noticedBy: scripts("tlp_needless"),
  },
  {
    name: "prr-without-proportion", breaks: "RFC 9937 6",
    file: "tcp/prr.ts",
    find: "if (out > tcb.ssthresh) {",
    replace: "if (false) {",
    noticedBy: scripts("prr"),
  },
  {
    name: "prr-never-slow-starts", breaks: "RFC 9937 6",
    file: "tcp/prr.ts",
    find: "if (isSafe) room += <i32>mss;",
    replace: "",
    noticedBy: scripts("prr_slow_start"),
  },
  {
    name: "prr-slow-starts-always", breaks: "RFC 9937 6",
    file: "tcp/prr.ts",
    find: "if (isSafe) room += <i32>mss;",
    replace: "room += <i32>mss;",
    noticedBy: scripts("prr_slow_start"),
  },
  {
    name: "prr-forgets-what-left", breaks: "RFC 9937 6",
    file: "tcp/prr.ts",
    find: "tcb.prrOut += len;",
    replace: "",
    noticedBy: scripts("prr", "prr_slow_start"),
  },
  {
    name: "recovery-ends-above-threshold", breaks: "RFC 9937 6",
    file: "tcp/recovery.ts", find: "  tcb.cwnd = tcb.ssthresh;\n  if (!IS_SMALL) forgetDuplicates",
    replace: "  if (!IS_SMALL) forgetDuplicates",
    noticedBy: scripts("prr_end"),
  },
  {
    name: "each-loss-reduces", breaks: "RFC 6675 5",
    file: "tcp/recovery.ts",
    find: "if (has(tcb, TcbFlag.InRecovery) || seqLt(tcb.sndUna, tcb.recover)) return;",
    replace: "",
    noticedBy: scripts("one_reduction"),
  },
  {
    name: "frto-never", breaks: "RFC 5682 2.1",
    file: "tcp/undo.ts",
    find: "    return delivery.isOriginal;",
    replace: "    return false;",
    noticedBy: scripts("frto_spurious"),
  },
  {
    name: "frto-always", breaks: "RFC 5682 2.1",
    file: "tcp/undo.ts",
    find: "    return delivery.isOriginal;",
    replace: "    return true;",
    noticedBy: scripts("frto_step_3"),
  },
  {
    name: "undo-at-first-duplicate", breaks: "RFC 3708 2",
    file: "tcp/undo.ts",
    find: "  return tcb.undoOctets == 0;\n",
    replace: "  return true;\n",
    noticedBy: scripts("undo_not_yet"),
  },
  {
    name: "undo-never", breaks: "RFC 3708 3, RFC 4015 3",
    file: "tcp/undo.ts",
    find: "  undoCongestion(tcb);\n",
    replace: "",
    noticedBy: scripts("undo_dsack"),
  },
  {
    name: "eifel-never", breaks: "RFC 4015 3",
    file: "tcp/undo.ts",
    find: "  return isEarlier;",
    replace: "  return false;",
    noticedBy: scripts("undo_eifel"),
  },
  {
    name: "eifel-always", breaks: "RFC 4015 3",
    file: "tcp/undo.ts",
    find: "  return isEarlier;",
    replace: "  return true;",
    noticedBy: scripts("eifel_genuine"),
  },
  {
    name: "merged-time-is-believed", breaks: "RFC 8985 6.2",
    file: "tcp/records.ts", find: "setMarks(best, recordMarks(best) | Mark.Resent);", replace: "",
    noticedBy: scripts("few_records"),
  },
];

/** Defects in accurate ECN (RFC 9768). */
import type { Mutant } from "../mutant.js";

const file = "tcp/accurate_ecn.ts";
const counts = "tcp/ecn_counts.ts";

export const ACCURATE_ECN: readonly Mutant[] = [
  {
    name: "accurate-asked-once", breaks: "RFC 9768 3.1.4.1",
    file: "tcp/ecn.ts", find: "return tcb.backoff < asked ? asked : 0;",
    replace: "return tcb.backoff == 0 ? asked : 0;",
    noticedBy: ["conformance/ecn/accurate_syn_again.pkt"],
  },
  {
    name: "accurate-late-answer-refused", breaks: "RFC 9768 3.1.4.1",
    file: "tcp/ecn.ts", find: "isAnswer && isExact ? <u32>ecnSetting(tcb) : askedEcn(tcb)",
    replace: "askedEcn(tcb)",
    noticedBy: ["conformance/ecn/accurate_syn_again.pkt"],
  },
  {
    name: "accurate-echo-of-syn-agrees", breaks: "RFC 9768 3.1.2",
    file: "wire/tcp.ts", find: " || (isAnswer && bits == ACE_BITS)", replace: "",
    noticedBy: ["conformance/ecn/accurate_classic_server.pkt"],
  },
  {
    name: "accurate-code-of-ce-as-of-bits", breaks: "RFC 9768 3.1.1",
    file, find: "field + 2 + u32(field == CONGESTION_EXPERIENCED)", replace: "field + 2",
    noticedBy: ["conformance/ecn/accurate_agreed.pkt"],
  },
  {
    name: "accurate-syn-ack-code-of-first-syn", breaks: "RFC 9768 3.1.5",
    file: "tcp/syn_queue.ts",
    find: "entry.progress = (entry.progress & ~(<u8>Progress.Field)) | <u8>service;", replace: "",
    noticedBy: ["conformance/ecn/accurate_syn_ack_again.pkt"],
  },
  {
    name: "accurate-syn-ack-never-without", breaks: "RFC 9768 3.2.3.2.2",
    file: "tcp/syn_queue.ts", find: "agreed != 0 && resent(entry) < DECLINING",
    replace: "agreed != 0",
    noticedBy: ["conformance/ecn/accurate_syn_ack_again.pkt"],
  },
  {
    name: "accurate-capable-though-declined", breaks: "RFC 9768 3.1.5",
    file: "tcp/syn_queue.ts",
    find: "if (asked == 0) entry.progress |= <u8>Progress.NotAsked;", replace: "",
    noticedBy: ["conformance/ecn/accurate_syn_ack_again.pkt"],
  },
  {
    name: "accurate-contrary-syn-taken", breaks: "RFC 9768 3.1.5",
    file: "tcp/syn_queue.ts",
    find: "return !HAS_ACCURATE_ECN || asked == 0 || agreed == 0 || asked == agreed;",
    replace: "return true;",
    noticedBy: ["conformance/ecn/accurate_contrary.pkt"],
  },
  {
    name: "accurate-count-from-0", breaks: "RFC 9768 3.2.1",
    file, find: "tcb.rCep = <u8>FIRST_COUNT;", replace: "tcb.rCep = 0;",
    noticedBy: ["conformance/ecn/accurate_asked.pkt"],
  },
  {
    name: "accurate-marked-syn-ack-not-counted", breaks: "RFC 9768 3.2.2.2",
    file, find: "if (field == CONGESTION_EXPERIENCED) tcb.rCep = <u8>(FIRST_COUNT + 1);",
    replace: "",
    noticedBy: ["conformance/ecn/accurate_asked.pkt"],
  },
  {
    name: "accurate-marked-syn-ack-counted-each", breaks: "RFC 9768 3.2.2.2",
    file, find: "if (field == CONGESTION_EXPERIENCED) tcb.rCep = <u8>(FIRST_COUNT + 1);",
    replace: "if (field == CONGESTION_EXPERIENCED) tcb.rCep++;",
    noticedBy: ["conformance/ecn/accurate_mangled_syn.pkt"],
  },
  {
    name: "accurate-text-before-bare-ack", breaks: "RFC 9768 3.2.2.1",
    file: "tcp/output.ts", find: "if (owesBareAck(tcb)) return true;", replace: "",
    noticedBy: ["conformance/ecn/accurate_text_at_once.pkt"],
  },
  {
    name: "accurate-third-code-is-a-count", breaks: "RFC 9768 3.2.2.1",
    file: "tcp/ecn.ts", find: "if ((seg.flags & Flag.Syn) == 0) takeThirdCode(tcb, seg);",
    replace: "if ((seg.flags & Flag.Syn) == 0) return;",
    noticedBy: ["conformance/ecn/accurate_agreed.pkt"],
  },
  {
    name: "accurate-syn-ack-again-not-told", breaks: "RFC 9768 3.2.2.1",
    file, find: "if (seg.seq + 1 == tcb.rcvNxt && seg.ack == tcb.sndUna) noteSynAck(tcb);",
    replace: "",
    noticedBy: ["conformance/ecn/accurate_mangled_syn.pkt"],
  },
  {
    name: "accurate-old-syn-ack-told", breaks: "RFC 9768 3.2.2.1",
    file, find: "if (seg.seq + 1 == tcb.rcvNxt && seg.ack == tcb.sndUna) noteSynAck(tcb);",
    replace: "noteSynAck(tcb);",
    noticedBy: ["conformance/ecn/accurate_mangled_syn.pkt"],
  },
  {
    name: "accurate-mangled-still-capable", breaks: "RFC 9768 3.2.2.3",
    file, find: "if ((MANGLED_CODES >> code) & 1) tcb.accurate |= <u8>Accurate.NotCapable;",
    replace: "",
    noticedBy: ["conformance/ecn/accurate_mangled.pkt"],
  },
  {
    name: "accurate-zeroed-is-heeded", breaks: "RFC 9768 table 4",
    file, find: "<u8>(Accurate.NotCapable | Accurate.Deaf);",
    replace: "<u8>Accurate.NotCapable;",
    noticedBy: ["conformance/ecn/accurate_mangled.pkt"],
  },
  {
    name: "accurate-mark-of-bare-ack-not-counted", breaks: "RFC 9768 3.2",
    file, find: "  tcb.rCep++;\n", replace: "  if (seg.textLen != 0) tcb.rCep++;\n",
    noticedBy: ["conformance/ecn/accurate_count.pkt"],
  },
  {
    name: "accurate-change-not-told-at-once", breaks: "RFC 9768 3.2.2.5.1",
    file, find: "if (untold >= most || (hasText && !wasMarked))", replace: "if (untold >= most)",
    noticedBy: ["conformance/ecn/accurate_count.pkt"],
  },
  {
    name: "accurate-increments-wait", breaks: "RFC 9768 3.2.2.5.1",
    file, find: "if (untold >= most || (hasText && !wasMarked))",
    replace: "if (hasText && !wasMarked)",
    noticedBy: ["conformance/ecn/accurate_count.pkt"],
  },
  {
    name: "accurate-every-mark-told-at-once", breaks: "RFC 9768 3.2.2.5.1",
    file, find: "if (untold >= most || (hasText && !wasMarked))", replace: "if (untold != 0)",
    noticedBy: ["conformance/ecn/accurate_count.pkt"],
  },
  {
    name: "accurate-overtaken-ack-heeded", breaks: "RFC 9768 3.2.2.2",
    file: "tcp/ecn.ts", find: "if (seqLt(seg.ack, tcb.sndUna)) return;", replace: "",
    noticedBy: ["conformance/ecn/accurate_response.pkt"],
  },
  {
    name: "accurate-cwr-said", breaks: "RFC 9768 3.1.5",
    file: "tcp/ecn.ts", find: "if (isAccurate(tcb)) return accurateBits(tcb);",
    replace: "if (isAccurate(tcb)) return accurateBits(tcb) | (plan.len != 0 ? Flag.Cwr : 0);",
    noticedBy: ["conformance/ecn/accurate_response.pkt"],
  },
  {
    name: "accurate-last-ack-without-count", breaks: "RFC 9768 3.2.2",
    file: "tcp/reset.ts", find: "if (isAccurate(tcb)) setAce(reply, tcb.rCep & 7);", replace: "",
    noticedBy: ["conformance/ecn/accurate_replies.pkt"],
  },
  {
    name: "accurate-time-wait-without-count", breaks: "RFC 9768 3.2.2",
    file: "tcp/arrives_time_wait.ts",
    find: "if (isForAccurate(entry.offers)) setAce",
    replace: "if (false) setAce",
    noticedBy: ["conformance/ecn/accurate_replies.pkt"],
  },
  {
    name: "accurate-challenge-without-count", breaks: "RFC 9768 3.2.2",
    file: "tcp/arrives_half_open.ts",
    find: "if (isForAccurate(entry.offers)) setAce",
    replace: "if (false) setAce",
    noticedBy: ["conformance/ecn/accurate_replies.pkt"],
  },
  {
    name: "accurate-zeroed-count-taken", breaks: "RFC 9768 3.2.2.4",
    file, find: "const isZeroed = aceOf(seg.flags) == 0;", replace: "const isZeroed = false;",
    noticedBy: ["conformance/ecn/accurate_zeroed.pkt"],
  },
  {
    name: "accurate-any-count-of-0-zeroed", breaks: "RFC 9768 3.2.2.4",
    file, find: "if (tcb.accurate & Accurate.Heard) return;", replace: "",
    noticedBy: ["conformance/ecn/accurate_zeroed.pkt"],
  },
  {
    name: "accurate-option-never", breaks: "RFC 9768 3.2.3.3",
    file: counts, find: "tcb.ecnCounts |= <u8>Counts.Due;", replace: "",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-option-always", breaks: "RFC 9768 3.2.3.3",
    file: counts, find: "if (field == 0 || len == 0) return;", replace: "",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-option-repeated", breaks: "RFC 9768 3.2.3.3",
    file: counts, find: "(tcb.ecnCounts & ~(<u8>Counts.Due)) | <u8>Counts.Told;",
    replace: "tcb.ecnCounts | <u8>Counts.Told;",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-octets-from-0", breaks: "RFC 9768 3.2.1",
    file: counts, find: "tcb.rE0b = 1;", replace: "tcb.rE0b = 0;",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-octets-of-ce-as-capable", breaks: "RFC 9768 3.2",
    file: counts, find: "if (field == CONGESTION_EXPERIENCED) tcb.rCeb += len;\n  else if",
    replace: "if",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-octets-of-syn-ack-not-counted", breaks: "RFC 9768 3.2",
    file, find: "countText(tcb, tcb.accurate & Accurate.Field, seg.textLen);", replace: "",
    noticedBy: ["conformance/ecn/accurate_option_syn_ack.pkt"],
  },
  {
    name: "accurate-octets-not-reversed", breaks: "RFC 9768 3.2.3",
    file: "wire/tcp_options.ts", find: "const first = isReversed ? e1b : e0b;",
    replace: "const first = e0b;",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-octets-of-ect1-alone", breaks: "RFC 9768 3.2.3.3",
    file: counts, find: "hasEct1(tcb) && tcb.rE0b != 1 ?", replace: "false ?",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-option-length-padded", breaks: "RFC 9768 3.2.3",
    file: "wire/tcp_options.ts", find: "len - u32(len == MORE_COUNTS_LEN)", replace: "len",
    noticedBy: ["conformance/ecn/accurate_option.pkt"],
  },
  {
    name: "accurate-option-over-sack", breaks: "RFC 9768 3.2.3.3",
    file: counts, find: "u32(lenOf(tcb) == COUNTS_LEN || !has(tcb, TcbFlag.Timestamps))",
    replace: "1",
    noticedBy: ["conformance/ecn/accurate_option_room.pkt"],
  },
  {
    name: "accurate-option-without-room", breaks: "RFC 9768 3.2.3.3",
    file: counts, find: "taken + len <= (has", replace: "len <= (has",
    noticedBy: ["unit/tcp/ecn_counts.spec"],
  },
  {
    name: "accurate-sack-over-option", breaks: "RFC 9768 3.2.3.3",
    file: "tcp/sack.ts", find: "HAS_ACCURATE_ECN ? blocksFewer(tcb) : 0", replace: "0",
    noticedBy: ["conformance/ecn/accurate_option_room.pkt"],
  },
  {
    name: "accurate-option-lost-unnoticed", breaks: "RFC 9768 3.2.3.2.2",
    file, find: "noteTextAgain(tcb);", replace: "return;",
    noticedBy: ["conformance/ecn/accurate_option_lost.pkt"],
  },
  {
    name: "accurate-option-with-text-again", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: "  tcb.ecnCounts &= ~(<u8>Counts.Due);\n", replace: "",
    noticedBy: ["unit/tcp/ecn_counts.spec"],
  },
  {
    name: "accurate-option-hoped-for", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: " && state < HOPELESS;", replace: ";",
    noticedBy: ["conformance/ecn/accurate_option_lost.pkt"],
  },
  {
    name: "accurate-option-given-up-soon", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: "if (tcb.ecnCounts & Counts.Told) tcb", replace: "tcb",
    noticedBy: ["conformance/ecn/accurate_option_lost.pkt"],
  },
  {
    name: "accurate-option-not-forgiven", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: "tcb.ecnCounts &= <u8>(Counts.Due | Counts.Told);", replace: "",
    noticedBy: ["conformance/ecn/accurate_option_probed.pkt"],
  },
  {
    name: "accurate-option-forgiven-by-any-text", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: " || !seqGt(end, tcb.knownEdge + 1)) return;", replace: ") return;",
    noticedBy: ["conformance/ecn/accurate_option_probed.pkt"],
  },
  {
    name: "accurate-option-forgiven-by-probe", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: "!seqGt(end, tcb.knownEdge + 1)", replace: "!seqGt(end, tcb.knownEdge)",
    noticedBy: ["unit/tcp/ecn_counts.spec"],
  },
  {
    name: "accurate-option-forgiven-by-old-window", breaks: "RFC 9768 3.2.3.2.2",
    file, find: "  noteWindowTold(tcb);\n", replace: "",
    noticedBy: ["conformance/ecn/accurate_option_probed.pkt"],
  },
  {
    name: "accurate-option-forgiven-by-first-window", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: "  tcb.knownEdge = tcb.rcvAdv;\n}\n\n/** A",
    replace: "}\n\n/** A",
    noticedBy: ["unit/tcp/ecn_counts.spec"],
  },
  {
    name: "accurate-option-forgiven-by-no-window", breaks: "RFC 9768 3.2.3.2.2",
    file: counts, find: "if ((tcb.ecnCounts & Counts.Told) == 0) tcb.knownEdge",
    replace: "tcb.knownEdge",
    noticedBy: ["unit/tcp/ecn_counts.spec"],
  },
];

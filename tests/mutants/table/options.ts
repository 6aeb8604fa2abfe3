/** Defects in timestamps, SACK, SYN cookies, ECN (RFC 7323, 2018, 2883, 4987, 3168). */
import type { Mutant } from "../mutant.js";

export const OPTIONS: readonly Mutant[] = [
  {
    name: "paws-off", breaks: "RFC 7323 5.3, S28",
    file: "tcp/timestamps.ts", find: "if (!seqLt(seg.tsVal, recent)) return Age.Fine;",
    replace: "return Age.Fine;",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "paws-kills-resets", breaks: "RFC 7323 5.2",
    file: "tcp/timestamps.ts", find: " || (seg.flags & Flag.Rst) != 0) return Age.Fine;",
    replace: ") return Age.Fine;",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "paws-never-outdated", breaks: "RFC 7323 5.5",
    file: "tcp/timestamps.ts", find: "isOutdated ? seg.tsVal : tcb.tsRecent",
    replace: "tcb.tsRecent",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "timestamp-missing-taken", breaks: "RFC 7323 3.2",
    file: "tcp/timestamps.ts", find: "return Age.Unknown;", replace: "return Age.Fine;",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "timestamp-of-last-echoed", breaks: "RFC 7323 4.3",
    file: "tcp/timestamps.ts", find: " || seqGt(seg.seq, tcb.rcvAcked)) return;",
    replace: ") return;",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "timestamp-of-guess-believed", breaks: "RFC 7323 5.3, RFC 5961 5.2",
    file: "tcp/arrives_synchronized.ts",
    find: "if ((seg.flags & Flag.Ack) == 0 || !isAckInRange(tcb, seg.ack)) " +
      "return Verdict.Continue;\n  noteTimestamp",
    replace: "noteTimestamp",
    noticedBy: ["attack/timestamps"],
  },
  {
    name: "timestamp-foretold", breaks: "RFC 7323 5.4",
    file: "tcp/isn.ts", find: "return <u32>pairHash(pair, Purpose.Timestamp, 0);",
    replace: "return 0;",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "timestamp-not-used", breaks: "RFC 7323 4.1, MUST-18",
    file: "tcp/acknowledge.ts",
    find: "if (has(tcb, TcbFlag.Timestamps)) sampleEcho(tcb, seg.tsEcr);",
    replace: "if (has(tcb, TcbFlag.Timestamps)) sampleEcho(tcb, 0);",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "options-beyond-mss", breaks: "MUST-16, RFC 6691 2",
    file: "tcp/output.ts", find: "tcb.sndMss - plan.extraLen, halfRing()",
    replace: "tcb.sndMss, halfRing()",
    noticedBy: ["conformance/sack", "conformance/timestamps"],
  },
  {
    name: "sack-block-wrong", breaks: "RFC 2018 3",
    file: "tcp/sack.ts",
    find: "emitSackBlock(at, rangeFrom(ranges, range), rangeTo(ranges, range));",
    replace: "emitSackBlock(at, rangeFrom(ranges, range), rangeTo(ranges, range) - 1);",
    noticedBy: ["conformance/sack"],
  },
  {
    name: "sack-in-wrong-order", breaks: "RFC 2018 4",
    file: "tcp/text.ts", find: "noteArrival(tcb, from);", replace: "",
    noticedBy: ["conformance/sack"],
  },
  {
    name: "sack-unasked", breaks: "RFC 2018 2",
    file: "tcp/sack.ts", find: "if (!has(tcb, TcbFlag.Sack)) return 0;", replace: "",
    noticedBy: ["conformance/sack", "conformance/recovery"],
  },
  {
    name: "duplicate-not-told", breaks: "RFC 2883 4",
    file: "tcp/text.ts",
    find: "if (from != seg.seq) noteDuplicate(tcb, seg.seq, seqMin(from, seg.seq + seg.textLen));",
    replace: "",
    noticedBy: ["conformance/sack"],
  },
  {
    name: "duplicate-told-twice", breaks: "RFC 2883 4",
    file: "tcp/emit.ts", find: "endDuplicate(tcb);", replace: "",
    noticedBy: ["conformance/sack"],
  },
  {
    name: "no-cookies", breaks: "RFC 4987 3.6, S14",
    file: "tcp/arrives_listen.ts", find: "answerWithCookie(packet, seg, listener);", replace: "",
    noticedBy: ["conformance/cookies"],
  },
  {
    name: "cookie-not-checked", breaks: "RFC 4987 3.6",
    file: "tcp/syn_cookie.ts",
    find: "if (cookie == expected) return Match.Third;", replace: "return Match.Third;",
    noticedBy: ["conformance/cookies"],
  },
  {
    name: "cookie-for-ever", breaks: "RFC 4987 3.6",
    file: "tcp/syn_cookie.ts", find: "if (age > 1) return Match.None;", replace: "",
    noticedBy: ["conformance/cookies"],
  },
  {
    name: "cookie-forgets-mss", breaks: "RFC 4987 3.6, MUST-16",
    file: "tcp/syn_cookie.ts",
    find: "while (index != 0 && sizeAt(index) > seg.mss) index--;", replace: "",
    noticedBy: ["conformance/cookies"],
  },
  {
    name: "cookie-forgets-options", breaks: "RFC 4987 3.6",
    file: "tcp/syn_cookie.ts", find: "((tsEcr - timestampOffset(pair)) & OPTION_BITS) |",
    replace: "0 |",
    noticedBy: ["conformance/cookies"],
  },
  {
    name: "time-wait-ignores-timestamps", breaks: "RFC 6191 2, SHLD-4",
    file: "tcp/arrives_time_wait.ts",
    find: "if (seg.tsVal != entry.tsRecent) return seqGt(seg.tsVal, entry.tsRecent);", replace: "",
    noticedBy: ["conformance/timestamps"],
  },
  {
    name: "user-timeout-unlimited", breaks: "RFC 5482 3.1",
    file: "tcp/user_timeout.ts",
    find: "return min<u32>(UPPER_LIMIT_S, max<u32>(max<u32>(ours, theirs), LOWER_LIMIT_S));",
    replace: "return max<u32>(ours, theirs);",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "user-timeout-heeded-unasked", breaks: "RFC 5482 3.1",
    file: "tcp/user_timeout.ts", find: "if (seg.timeoutS != 0 && tellsTimeout(tcb))",
    replace: "if (seg.timeoutS != 0)",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "user-timeout-told-once", breaks: "RFC 5482 3.2",
    file: "tcp/establish.ts",
    find: "if (tellsTimeout(tcb)) setFlag(tcb, TcbFlag.TellTimeout);", replace: "",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "keep-alive-overrules-user-timeout", breaks: "RFC 5482 4.2",
    file: "tcp/timeouts.ts",
    find: "if (tellsTimeout(tcb)) idleS = max<u32>(idleS, userTimeout(tcb) + 1);", replace: "",
    noticedBy: ["conformance/user_timeout"],
  },
  {
    name: "ecn-agreed-unasked", breaks: "SHLD-8",
    file: "tcp/ecn.ts", find: "return offers & ~Offer.AccurateEcn;", replace: "return offers;",
    noticedBy: ["conformance/ecn"],
  },
  {
    name: "ecn-old-text-capable", breaks: "SHLD-8",
    file: "tcp/ecn.ts", find: "seqGe(plan.seq, tcb.sndMax) && ", replace: "",
    noticedBy: ["conformance/ecn"],
  },
];

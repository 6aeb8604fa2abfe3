/** Defects in RST, challenges and what the first checks let through (RFC 9293 3.5.2, RFC 5961). */
import type { Mutant } from "../mutant.js";

export const RESETS: readonly Mutant[] = [
  {
    name: "no-rst", breaks: "S13, RFC 9293 3.10.7.1",
    file: "tcp/reset.ts", find: "if (seg.flags & Flag.Rst) return;",
    replace: "if (seg.flags != 255) return;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-answered", breaks: "S13, RFC 9293 3.10.7.1",
    file: "tcp/reset.ts", find: "if (seg.flags & Flag.Rst) return;", replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-numbered-wrong", breaks: "S13, RFC 9293 3.10.7.1",
    file: "tcp/reset.ts", find: "reply.seq = seg.ack;", replace: "reply.seq = seg.seq;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-acknowledges-no-length", breaks: "S13, RFC 9293 3.10.7.1",
    file: "tcp/reset.ts", find: "reply.ack = seg.seq + segmentLen(seg);",
    replace: "reply.ack = seg.seq + 1;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "abort-silent", breaks: "S13, RFC 9293 3.10.5",
    file: "tcp/calls.ts", find: "if (mustTell) resetPeer(tcb);", replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-believed-in-window", breaks: "RFC 5961 3.2",
    file: "tcp/arrives_synchronized.ts",
    find: "if (seg.seq != tcb.rcvNxt) return Verdict.Challenge;", replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-out-of-window-answered", breaks: "S13, RFC 9293 3.10.7.4",
    file: "tcp/arrives_synchronized.ts", find: "if (seg.flags & Flag.Rst) return Verdict.Drop;",
    replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-not-told", breaks: "S26",
    file: "tcp/arrives_synchronized.ts",
    find: "return isSaid && tcb.sndUna == tcb.sndEnd ? Reason.Finished : Reason.Reset;",
    replace: "return Reason.Finished;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "syn-in-connection-dropped", breaks: "RFC 5961 4, S28, figure 9",
    file: "tcp/arrives_synchronized.ts",
    find: "if ((seg.flags & Flag.Syn) == 0) return Verdict.Continue;\n  return Verdict.Challenge;",
    replace: "if ((seg.flags & Flag.Syn) == 0) return Verdict.Continue;\n  return Verdict.Drop;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "syn-in-connection-resets", breaks: "RFC 5961 4",
    file: "tcp/arrives_synchronized.ts",
    find: "if ((seg.flags & Flag.Syn) == 0) return Verdict.Continue;\n  return Verdict.Challenge;",
    replace: "if ((seg.flags & Flag.Syn) == 0) return Verdict.Continue;\n  return Verdict.SendRst;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "challenge-missing", breaks: "RFC 5961 3.2, 4, 5",
    file: "tcp/arrives_synchronized.ts",
    find: "if (verdict == Verdict.Challenge && mayChallengeOn(tcb)) setFlag(tcb, TcbFlag.AckNow);",
    replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "challenge-unlimited", breaks: "RFC 5961 7",
    file: "tcp/challenge.ts", find: "if (tcb.challenges == MOST_OF_ONE) return counted(false);",
    replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "challenges-foretold", breaks: "RFC 5961 7",
    file: "tcp/challenge.ts", find: "(most + 1) / 2 + <u32>random64() % most", replace: "most",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "challenge-of-syn-unlimited", breaks: "RFC 5961 4.2, 7",
    file: "tcp/arrives_synchronized.ts",
    find: "return isAgain && isOld(tcb, seg) ? Verdict.SendAck : Verdict.Challenge;",
    replace: "return isAgain ? Verdict.SendAck : Verdict.Challenge;",
    noticedBy: ["attack/blind_segments"],
  },
  {
    name: "ack-of-unsent-taken", breaks: "RFC 9293 3.10.7.4, RFC 5961 5",
    file: "tcp/acknowledge.ts", find: "seqLe(ack, tcb.sndMax) && ", replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "ack-too-old-taken", breaks: "MAY-12, RFC 5961 5",
    file: "tcp/acknowledge.ts", find: " && seqGe(ack, tcb.sndUna - tcb.maxSndWnd)", replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "segment-without-ack-taken", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/acknowledge.ts", find: "if ((seg.flags & Flag.Ack) == 0) return Verdict.Drop;",
    replace: "",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "unacceptable-not-answered", breaks: "RFC 9293 3.10.7.4, S28",
    file: "tcp/arrives_synchronized.ts",
    find: "return isAgain && isOld(tcb, seg) ? Verdict.SendAck : Verdict.Challenge;",
    replace: "return Verdict.Drop;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "unacceptable-always-answered", breaks: "RFC 5961 4, 7",
    file: "tcp/arrives_synchronized.ts",
    find: "return isAgain && isOld(tcb, seg) ? Verdict.SendAck : Verdict.Challenge;",
    replace: "return Verdict.SendAck;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-in-syn-received-ignored", breaks: "MUST-11, S12",
    file: "tcp/arrives_half_open.ts", find: "if (seg.seq == expected) leaveHalfOpen(entry);",
    replace: "if (seg.flags == 255) leaveHalfOpen(entry);",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "rst-in-syn-sent-unchecked", breaks: "S13, RFC 5961 3.2",
    file: "tcp/arrives_syn_sent.ts", find: "if ((seg.flags & Flag.Ack) == 0) return Verdict.Drop;",
    replace: "",
    noticedBy: ["conformance/open"],
  },
];

/** Defects in bursts: frames in a slot, and what waits. */
import type { Mutant } from "../mutant.js";

export const BURSTS: readonly Mutant[] = [
  {
    name: "burst-step-unaligned", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "(len + LENGTH_LEN + ALIGNMENT - 1) & ~(ALIGNMENT - 1)",
    replace: "len + LENGTH_LEN",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-step-without-length", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "(len + LENGTH_LEN + ALIGNMENT - 1)",
    replace: "(len + ALIGNMENT - 1)",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-room-beyond-the-slot", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "<= burst.slot + frameMtu();",
    replace: "<= burst.slot + frameMtu() + 16;",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-room-for-one-less", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "theInterface().mtu <= burst.slot",
    replace: "theInterface().mtu < burst.slot",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-next-not-moved", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "  burst.next = at + stepOf(len);\n", replace: "",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-waits-for-ever", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "  if (burst.next >= burst.end) dropBurst();\n", replace: "",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-waits-from-the-first-again", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "if (burst.waits == 0) burst.next", replace: "burst.next",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-not-closed-up", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "  moveSlotOut(slotOut() - gone);\n", replace: "",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-end-not-moved", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "  burst.end -= gone;\n", replace: "",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-taken-again", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "+ LENGTH_LEN : 0;\n  dropBurst();\n",
    replace: "+ LENGTH_LEN : 0;\n",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-kept-by-init", breaks: "docs/embedding.md: bursts",
    file: "net/burst.ts", find: "  burst.slot = slotOut();\n  burst.waits = 0;\n",
    replace: "  burst.slot = slotOut();\n",
    noticedBy: ["unit/net/burst.spec"],
  },
  {
    name: "burst-acks-stretched", breaks: "RFC 2525 2.13",
    file: "api/bursts.ts",
    find: "    if (at <= end) answer(taker != 0 ? taker : lastConnection());\n",
    replace: "",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-acks-of-the-taker-alone", breaks: "RFC 2525 2.13",
    file: "api/bursts.ts", find: "taker != 0 ? taker : lastConnection()", replace: "taker",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-ack-behind-the-last", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "if (at <= end) answer(", replace: "answer(",
    noticedBy: ["unit/api/stack.spec"],
  },
  {
    name: "burst-ack-not-kept-waiting", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "    letBurstWait();\n", replace: "",
    noticedBy: ["unit/api/stack.spec"],
  },
  {
    name: "burst-ack-waits-untold", breaks: "docs/embedding.md: Waiting",
    file: "api/bursts.ts", find: "    letBurstWait();\n    makeOthersReady();\n",
    replace: "    letBurstWait();\n",
    noticedBy: ["host/bursts"],
  },
  {
    name: "burst-ack-without-room", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "mustAnswer(at) && hasRoom()", replace: "mustAnswer(at)",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-ack-before-its-turn", breaks: "RFC 2525 2.13",
    file: "api/bursts.ts", find: "while (mustAnswer(at)", replace: "if (mustAnswer(at)",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-answers-late", breaks: "RFC 1122 3.2.2.6",
    file: "api/bursts.ts", find: "return mayHaveOthers() && (hasReplies() || hasIcmp());",
    replace: "return false;",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-echoes-late", breaks: "RFC 1122 3.2.2.6",
    file: "api/bursts.ts", find: "(hasReplies() || hasIcmp())", replace: "hasReplies()",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-replies-late", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "(hasReplies() || hasIcmp())", replace: "hasIcmp()",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-length-in-two-octets", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts",
    find: " && linkHeaderLen() + theInterface().mtu <= <u32>u16.MAX_VALUE", replace: "",
    noticedBy: ["host/bursts"],
  },
  {
    name: "alike-cut-packet", breaks: "RFC 9293 3.1",
    file: "api/bursts.ts", find: "len == lenBefore ? SAME : len",
    replace: "SAME", noticedBy: ["host/bursts"],
  },
  {
    name: "alike-without-octets", breaks: "RFC 9293 3.1",
    file: "api/bursts.ts", find: "if (len <= offset) return false;",
    replace: "if (len != 0 && len <= offset) return false;\n  if (len == 0) len = SAME;",
    noticedBy: ["host/bursts"],
  },
  {
    name: "burst-beyond-its-end", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "if (at + len > end) {", replace: "if (at + len > end + 16) {",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-overlong-uncounted", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts",
    find: "    count(Counter.FramesIn);\n    countMany(Counter.OctetsIn, length",
    replace: "    countMany(Counter.OctetsIn, length",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-overlong-octets-uncounted", breaks: "abi/counter.ts",
    file: "api/bursts.ts",
    find: "    countMany(Counter.OctetsIn, length - LENGTH_LEN);\n", replace: "",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-cut-octets-uncounted", breaks: "abi/counter.ts",
    file: "api/bursts.ts",
    find: "    countMany(Counter.OctetsIn, len);\n",
    replace: "    if (at + len <= end) countMany(Counter.OctetsIn, len);\n",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-octets-uncounted", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "    countMany(Counter.OctetsIn, len);\n", replace: "",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-alike-uncounted", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "      count(Counter.InTcp);\n", replace: "",
    noticedBy: ["host/bursts"],
  },
  {
    name: "burst-frames-counted-twice", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "    keepFrame(countFrameOut(len));\n    if",
    replace: "    keepFrame(countFrameOut(countFrameOut(len)));\n    if",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-without-those-that-wait", breaks: "docs/embedding.md: bursts",
    file: "api/bursts.ts", find: "  resumeBurst();\n", replace: "",
    noticedBy: ["unit/api/stack.spec"],
  },
  {
    name: "burst-without-timers", breaks: "RFC 6298 5",
    file: "api/bursts.ts", find: "  turnClock(now);\n", replace: "  advanceClock(now);\n",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "burst-waiting-not-cleared", breaks: "docs/embedding.md: Waiting",
    file: "api/bursts.ts", find: "  if (!hasFrames()) setFramesWait(0);\n", replace: "",
    noticedBy: ["unit/api/bursts.spec"],
  },
  {
    name: "waiting-frame-counted-twice", breaks: "docs/embedding.md: bursts",
    file: "api/stack.ts", find: "isBurstWaiting() ? takeWaiting() :",
    replace: "isBurstWaiting() ? countFrameOut(takeWaiting()) :",
    noticedBy: ["unit/api/stack.spec"],
  },
  {
    name: "waiting-frame-untold", breaks: "docs/embedding.md: bursts",
    file: "api/stack.ts", find: " || hasDoomed() || isBurstWaiting()", replace: " || hasDoomed()",
    noticedBy: ["unit/api/stack.spec"],
  },
  {
    name: "waiting-frame-behind-others", breaks: "docs/embedding.md: bursts",
    file: "api/stack.ts", find: "isBurstWaiting() ? takeWaiting() : buildFrame()",
    replace: "buildFrame()",
    noticedBy: ["unit/api/stack.spec"],
  },
  {
    name: "waiting-frame-after-configure", breaks: "docs/embedding.md: bursts",
    file: "api/setup.ts", find: "  dropBurst();\n", replace: "",
    noticedBy: ["unit/net/burst.spec"],
  },
];

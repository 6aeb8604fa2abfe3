/** Defects in how bursts take segments that are alike. */
import type { Mutant } from "../mutant.js";

export const ALIKE: readonly Mutant[] = [
  {
    name: "alike-cut-packet", breaks: "RFC 9293 3.1",
    file: "api/bursts.ts", find: "taker != 0 && len == lenBefore && ", replace: "taker != 0 && ",
    noticedBy: ["host/bursts"],
  },
  {
    name: "alike-from-another-station", breaks: "docs/embedding.md: bursts",
    file: "tcp/arrives_alike.ts",
    find: "  if (theInterface().link == LinkKind.Ethernet && " +
      "!areLinksAlike(packet, before)) return false;\n",
    replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-other-headers", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/arrives_alike.ts",
    find: "  if (!areHeadersAlike(packet, before, headerLen)) return false;\n",
    replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-out-of-order", breaks: "RFC 9293 3.10.7.4, S18",
    file: "tcp/arrives_alike.ts", find: " || tcpSequence(at) != tcb.rcvNxt", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-beyond-the-window", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/arrives_alike.ts", find: " || len > receiveWindow(tcb)", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-without-text", breaks: "RFC 5681 2",
    file: "tcp/arrives_alike.ts", find: "len == 0 || ", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-in-another-case", breaks: "docs/embedding.md: bursts",
    file: "tcp/arrives_alike.ts", find: "!isUsual(tcb) || ", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-older-window", breaks: "S18",
    file: "tcp/arrives_alike.ts", find: " || seqGt(tcb.sndWl1, tcb.rcvNxt)", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-wrong-checksum", breaks: "MUST-3",
    file: "tcp/arrives_alike.ts",
    find: "  if (!isSound(tcb, packet, headerLen, segmentLen)) return false;\n",
    replace: "  isSound(tcb, packet, headerLen, segmentLen);\n",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-timestamp-not-kept", breaks: "RFC 7323 4.3",
    file: "tcp/arrives_alike.ts",
    find: "    tcb.tsRecent = timestampValue(at + headerLen - TIMESTAMPS_LEN);\n",
    replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-timestamp-of-the-last", breaks: "RFC 7323 4.3",
    file: "tcp/arrives_alike.ts", find: " && tcb.rcvAcked == tcb.rcvNxt", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-window-update-not-noted", breaks: "S18",
    file: "tcp/arrives_alike.ts", find: "  tcb.sndWl1 = tcb.rcvNxt;\n", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-ack-not-woken", breaks: "SHLD-19",
    file: "tcp/arrives_alike.ts", find: "  if (has(tcb, TcbFlag.AckNow)) wake(tcb);\n", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-any-control-bit", breaks: "RFC 9293 3.10.7.4",
    file: "wire/alike.ts", find: "<u64>Flag.Psh << 40", replace: "<u64>0xff << 40",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-any-window", breaks: "RFC 9293 3.8.6",
    file: "wire/alike.ts", find: "<u64>Flag.Psh << 40", replace: "<u64>0xffff08 << 40",
    noticedBy: ["unit/wire/alike.spec"],
  },
  {
    name: "alike-options-left-out", breaks: "RFC 7323 4.3",
    file: "wire/alike.ts", find: "at < IPV4_HEADER_LEN + headerLen; at += 4",
    replace: "at < IPV4_HEADER_LEN; at += 4",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-push-not-alike", breaks: "docs/embedding.md: bursts",
    file: "wire/alike.ts", find: " & ~PUSH)", replace: ")",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-ports-left-out", breaks: "docs/embedding.md: bursts",
    file: "wire/alike.ts", find: "    (load<u64>(one, 16) ^ load<u64>(other, 16)) |\n", replace: "",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-half-a-link", breaks: "docs/embedding.md: bursts",
    file: "wire/alike.ts", find: " |\n    (load<u64>(from, 6) ^ load<u64>(otherFrom, 6))) == 0",
    replace: ") == 0",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
];

/** Defects in what bursts gain: segments that leave in a run, and segments that are alike. */
import type { Mutant } from "../mutant.js";

export const RUNS: readonly Mutant[] = [
  {
    name: "run-without-push", breaks: "MUST-61",
    file: "tcp/emit_run.ts", find: "advanceTcp(at, plan.seq, plan.flags);",
    replace: "advanceTcp(at, plan.seq, plan.flags & ~8);",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-sequence-stands", breaks: "RFC 9293 3.4",
    file: "tcp/emit_run.ts", find: "advanceTcp(at, plan.seq, plan.flags);",
    replace: "advanceTcp(at, plan.seq - size, plan.flags);",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-without-checksum", breaks: "MUST-2",
    file: "tcp/emit_run.ts", find: "  emitTcpChecksum(at, finish(sum));\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-turn-not-used", breaks: "docs/decisions/whose-turn.md",
    file: "tcp/emit_run.ts", find: "  useTurn(tcb, len);\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-turn-not-begun", breaks: "docs/decisions/whose-turn.md",
    file: "tcp/emit_run.ts", find: "  beginTurn(tcb);\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-past-others", breaks: "docs/decisions/whose-turn.md",
    file: "tcp/emit_run.ts", find: " || !isOnlyReady(tcb)) return;", replace: ") return;",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-beyond-the-slot", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "while (sent < most && hasRoom()) {",
    replace: "while (sent < most) {",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-of-anothers-header", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "!isItsOwn(tcb, frame + before, size) || ",
    replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-behind-another-length", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "plan.len > size || ", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-in-no-usual-case", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: " || !isPlanUsual(tcb)) return;", replace: ") return;",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-round-not-passed", breaks: "docs/decisions/whose-turn.md",
    file: "tcp/emit_run.ts", find: "  else if (tcb.turnLeft <= 0) passRound();\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-beyond-the-window", breaks: "RFC 5681 3.1",
    file: "tcp/emit_run.ts",
    find: "min<u32>(room, seqDistance(tcb.sndNxt, tcb.sndEnd)) / size",
    replace: "seqDistance(tcb.sndNxt, tcb.sndEnd) / size",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-not-noted", breaks: "RFC 8985 6.1",
    file: "tcp/emit_run.ts", find: "  noteText(tcb, plan.seq + len);\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-ends-without-turn", breaks: "docs/decisions/whose-turn.md",
    file: "tcp/emit_run.ts", find: "    goOnOrWait(tcb);\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-uncounted", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "  countMany(Counter.FramesOut, sent);\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-segments-uncounted", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "  countMany(Counter.TcpSegmentsOut, sent);\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-header-cut", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "copyBlock(frame, last, headersLen);",
    replace: "copyBlock(frame, last, headersLen - 20);",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-end-of-full-length", breaks: "RFC 791 3.1",
    file: "tcp/emit_run.ts",
    find: "  if (len != size) changeIpv4Len(at - IPV4_HEADER_LEN, headerLen + len);\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-end-within-the-text", breaks: "RFC 9293 3.7.4",
    file: "tcp/emit_run.ts", find: "return plan.len != 0 && plan.seq + plan.len == tcb.sndEnd;",
    replace: "return plan.len != 0;",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-end-beyond-the-slot", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "isEnd(tcb) && hasRoom()", replace: "isEnd(tcb)",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "run-end-octets-uncounted", breaks: "docs/embedding.md: bursts",
    file: "tcp/emit_run.ts", find: "    octets += headersLen + plan.len;\n", replace: "",
    noticedBy: ["unit/tcp/emit_run.spec"],
  },
  {
    name: "length-with-the-old-checksum", breaks: "RFC 791 3.1",
    file: "wire/ipv4.ts", find: "  store<u16>(at, 0, CHECKSUM);\n", replace: "",
    noticedBy: ["unit/wire/ipv4.spec", "unit/tcp/emit_run.spec"],
  },
  {
    name: "alike-longer-than-its-frame", breaks: "RFC 791 3.1",
    file: "tcp/arrives_alike.ts", find: "ipv4TotalLen(packet) != room || ", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-damaged-header", breaks: "RFC 1122 3.2.1.2",
    file: "tcp/arrives_alike.ts", find: " || !isIntact(addTwenty(0, packet))", replace: "",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-with-other-control-bits", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/arrives_alike.ts", find: "bearsAckAlone(at) && takeUsual(", replace: "takeUsual(",
    noticedBy: ["unit/tcp/arrives_alike.spec"],
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
    find: "  if (!arePairsAlike(packet, before, room == 0 ? 0 : LENGTH)) return false;\n",
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
    file: "wire/alike.ts", find: ")) & ~PUSH;", replace: "));",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-ports-left-out", breaks: "docs/embedding.md: bursts",
    file: "wire/alike.ts", find: "  (load<u64>(one, 16) ^ load<u64>(other, 16))) == 0",
    replace: "0) == 0",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
  {
    name: "alike-half-a-link", breaks: "docs/embedding.md: bursts",
    file: "wire/alike.ts", find: " |\n    (load<u64>(from, 6) ^ load<u64>(otherFrom, 6))) == 0",
    replace: ") == 0",
    noticedBy: ["unit/wire/alike.spec", "unit/tcp/arrives_alike.spec"],
  },
  {
    name: "exchange-burst-goes-on", breaks: "docs/embedding.md: exchangeBurst",
    file: "api/exchange.ts", find: "return error < 0 ? error : transmitBurst(now);",
    replace: "return transmitBurst(now);",
    noticedBy: ["unit/api/exchange.spec"],
  },
  {
    name: "exchange-burst-unread", breaks: "docs/embedding.md: exchangeBurst",
    file: "api/exchange.ts", find: "const rest = taken == 0 ? 0 : consume(handle, taken);",
    replace: "const rest = taken == 0 || length != 0 ? 0 : consume(handle, taken);",
    noticedBy: ["unit/api/exchange.spec"],
  },
];

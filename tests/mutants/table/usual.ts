/** Defects in the short ways of usual segments: net/usual.ts, tcp/usual.ts and its users. */
import type { Mutant } from "../mutant.js";

export const USUAL: readonly Mutant[] = [
  {
    name: "usual-before-a-fin", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/usual.ts", find: "TcbFlag.PeerFinKnown | TcbFlag.FinQueued",
    replace: "TcbFlag.FinQueued",
    noticedBy: ["conformance/usual/fin_before_text.pkt"],
  },
  {
    name: "usual-behind-a-fin", breaks: "RFC 9293 3.10.7.4",
    file: "wire/tcp.ts", find: "& ~(<u8>Flag.Psh)) == <u8>Flag.Ack",
    replace: "& ~(<u8>(Flag.Psh | Flag.Fin))) == <u8>Flag.Ack",
    noticedBy: ["conformance/usual/receiving.pkt"],
  },
  {
    name: "usual-with-urgent-data", breaks: "MUST-31",
    file: "wire/tcp.ts", find: "& ~(<u8>Flag.Psh)) == <u8>Flag.Ack",
    replace: "& ~(<u8>(Flag.Psh | Flag.Urg))) == <u8>Flag.Ack",
    noticedBy: ["conformance/usual/urgent.pkt"],
  },
  {
    name: "usual-wrong-checksum", breaks: "MUST-3",
    file: "tcp/arrives_usual.ts", find: "  return isIntact(sum);\n", replace: "  return true;\n",
    noticedBy: ["conformance/usual/checksum.pkt"],
  },
  {
    name: "usual-out-of-order", breaks: "RFC 9293 3.10.7.4, S18",
    file: "tcp/arrives_usual.ts", find: "!isUsual(tcb) || tcpSequence(at) != tcb.rcvNxt",
    replace: "!isUsual(tcb)",
    noticedBy: ["conformance/usual/receiving.pkt"],
  },
  {
    name: "usual-older-window", breaks: "RFC 9293 3.10.7.4, S18",
    file: "tcp/arrives_usual.ts", find: " || seqGt(tcb.sndWl1, tcb.rcvNxt)", replace: "",
    noticedBy: ["conformance/usual/older_window.pkt"],
  },
  {
    name: "usual-beyond-the-window", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/arrives_usual.ts", find: "  if (len > receiveWindow(tcb)) return false;\n",
    replace: "",
    noticedBy: ["conformance/usual/beyond_the_window.pkt"],
  },
  {
    name: "usual-old-timestamp", breaks: "RFC 7323 5.3",
    file: "tcp/arrives_usual.ts",
    find: "return areTimestampsAlone(at) && !seqLt(timestampValue(at), tcb.tsRecent);",
    replace: "return areTimestampsAlone(at);",
    noticedBy: ["conformance/usual/timestamps.pkt"],
  },
  {
    name: "usual-timestamp-not-kept", breaks: "RFC 7323 4.3",
    file: "tcp/arrives_usual.ts", find: "    tcb.tsRecent = timestampValue(at + TCP_HEADER_LEN);\n",
    replace: "",
    noticedBy: ["conformance/usual/timestamps.pkt"],
  },
  {
    name: "usual-timestamp-of-the-last", breaks: "RFC 7323 4.3",
    file: "tcp/arrives_usual.ts", find: "headerLen != TCP_HEADER_LEN && tcb.rcvAcked == tcb.rcvNxt",
    replace: "headerLen != TCP_HEADER_LEN",
    noticedBy: ["conformance/usual/timestamps.pkt"],
  },
  {
    name: "usual-timer-not-restarted", breaks: "RFC 6298 5.3",
    file: "tcp/arrives_usual.ts",
    find: "if (ack != tcb.sndMax) setTimer(tcb, Timer.Retransmit, backedOffRto(tcb));\n  else if",
    replace: "if",
    noticedBy: ["conformance/usual/acknowledged.pkt"],
  },
  {
    name: "usual-end-not-told", breaks: "RFC 9293 3.9.1.2",
    file: "tcp/arrives_usual.ts", find: "  else if (ack == tcb.sndEnd) tell(tcb, Event.Sent);\n",
    replace: "",
    noticedBy: ["conformance/usual"],
  },
  {
    name: "usual-room-not-told", breaks: "RFC 9293 3.10.2, S23",
    file: "tcp/arrives_usual.ts", find: "  tellWritable(tcb);\n", replace: "",
    noticedBy: ["conformance/usual"],
  },
  {
    name: "usual-round-trip-unmeasured", breaks: "MUST-18, RFC 6298 2.3",
    file: "tcp/arrives_usual.ts", find: "  endRtt(tcb, ack);\n", replace: "",
    noticedBy: ["conformance/usual/acknowledged.pkt"],
  },
  {
    name: "usual-window-never-grows", breaks: "RFC 5681 3.1",
    file: "tcp/arrives_usual.ts", find: "  growWindow(tcb, acked);\n", replace: "",
    noticedBy: ["conformance/usual/sending.pkt"],
  },
  {
    name: "usual-records-kept", breaks: "RFC 8985 6.2",
    file: "tcp/arrives_usual.ts", find: "  dropTo(tcb, record, ack);\n", replace: "",
    noticedBy: ["conformance/usual/acknowledged.pkt", "conformance/usual/sending.pkt"],
  },
  {
    name: "usual-peer-not-heard", breaks: "MUST-24, RFC 9293 3.8.4",
    file: "tcp/arrives_usual.ts", find: "  tcb.heardAtMs = nowMs();\n", replace: "",
    noticedBy: ["conformance/usual/keep_alive.pkt"],
  },
  {
    name: "usual-ack-said-again", breaks: "RFC 9293 3.8.6.3",
    file: "tcp/emit_usual.ts", find: "  clearFlag(tcb, TcbFlag.AckNow);\n", replace: "",
    noticedBy: ["conformance/usual/receiving.pkt"],
  },
  {
    name: "usual-ack-delayed-again", breaks: "RFC 9293 3.8.6.3",
    file: "tcp/emit_usual.ts", find: "  clearTimer(tcb, Timer.Ack);\n", replace: "",
    noticedBy: ["conformance/usual/receiving.pkt"],
  },
  {
    name: "usual-acked-not-noted", breaks: "SHLD-19",
    file: "tcp/emit_usual.ts", find: "  tcb.rcvAcked = tcb.rcvNxt;\n", replace: "",
    noticedBy: ["conformance/usual/receiving.pkt"],
  },
  {
    name: "usual-text-not-watched", breaks: "RFC 6298 5.1",
    file: "tcp/emit_usual.ts", find: "    watchSent(tcb);\n", replace: "",
    noticedBy: ["conformance/usual/lost.pkt"],
  },
  {
    name: "usual-beyond-cwnd", breaks: "RFC 5681 3.1",
    file: "tcp/output.ts", find: "min<u32>(tcb.cwnd, tcb.sndWnd) - seq",
    replace: "tcb.sndWnd - seq",
    noticedBy: ["conformance/usual/sending.pkt"],
  },
  {
    name: "usual-beyond-the-peers-window", breaks: "RFC 9293 3.8.6",
    file: "tcp/output.ts", find: "min<u32>(tcb.cwnd, tcb.sndWnd) - seq", replace: "tcb.cwnd - seq",
    noticedBy: ["conformance/usual/window.pkt"],
  },
  {
    name: "usual-nagle-off", breaks: "MUST-17, SHLD-7",
    file: "tcp/output.ts",
    find: "if (len == 0 || !mayLeave(tcb, text, len)) return false;\n  planNew(tcb, text, room",
    replace: "if (len == 0) return false;\n  planNew(tcb, text, room",
    noticedBy: ["conformance/usual/sending.pkt"],
  },
  {
    name: "usual-header-checksum", breaks: "RFC 1122 3.2.1.2",
    file: "net/usual.ts", find: "  if (!isIntact(addTwenty(0, at))) return 0;\n", replace: "",
    noticedBy: ["conformance/usual/checksum.pkt"],
  },
  {
    name: "usual-for-another-host", breaks: "RFC 1122 3.2.1.3",
    file: "net/usual.ts", find: "ipv4Destination(at) == theInterface().address && isUp()",
    replace: "isUp()",
    noticedBy: ["conformance/usual"],
  },
  {
    name: "usual-cut-packet", breaks: "RFC 9293 3.1",
    file: "net/usual.ts", find: " || totalLen > len) return 0", replace: ") return 0",
    noticedBy: ["conformance/usual"],
  },
  {
    name: "exchange-before-others", breaks: "docs/embedding.md: exchange",
    file: "api/exchange_usual.ts", find: "isWaiting() || ", replace: "",
    noticedBy: ["conformance/exchange"],
  },
  {
    name: "exchange-timer-due", breaks: "docs/embedding.md: exchange",
    file: "api/exchange_usual.ts", find: " || !isNothingDue()", replace: "",
    noticedBy: ["simulation/exchange"],
  },
  {
    name: "exchange-old-window", breaks: "RFC 5681 4.1, S18",
    file: "api/exchange_usual.ts", find: "    restartIdle(tcb);\n", replace: "",
    noticedBy: ["conformance/exchange"],
  },
  {
    name: "exchange-without-turns", breaks: "docs/decisions/whose-turn.md",
    file: "api/exchange_usual.ts", find: "  return tcb.turnLeft > 0;\n",
    replace: "  return true;\n",
    noticedBy: ["simulation/exchange"],
  },
  {
    name: "exchange-rest-untold", breaks: "docs/embedding.md: Waiting",
    file: "api/exchange_usual.ts", find: "  else if (hasReady()) setFramesWait(1);\n",
    replace: "",
    noticedBy: ["simulation/exchange"],
  },
  {
    name: "exchange-more-than-came", breaks: "docs/embedding.md: exchange",
    file: "api/exchange_usual.ts", find: " && taken <= readable(tcb)", replace: "",
    noticedBy: ["conformance/exchange"],
  },
  {
    name: "exchange-more-than-fits", breaks: "docs/embedding.md: exchange",
    file: "api/exchange_usual.ts", find: " && length <= unusedRoom(tcb)", replace: "",
    noticedBy: ["conformance/exchange"],
  },
  {
    name: "exchange-consumes-nothing", breaks: "docs/embedding.md: exchange",
    file: "api/exchange_usual.ts", find: "  if (taken != 0) receiveText(tcb, taken);\n",
    replace: "",
    noticedBy: ["conformance/exchange"],
  },
  {
    name: "exchange-of-no-frame", breaks: "docs/embedding.md: exchange",
    file: "api/exchange.ts", find: "frameLen == 0 ? transmit(now) : countFrameOut(frameLen)",
    replace: "frameLen == 0 ? 0 : countFrameOut(frameLen)",
    noticedBy: ["simulation/exchange"],
  },
  {
    name: "usual-from-nobody", breaks: "RFC 1122 3.2.1.3, MUST-63",
    file: "net/usual.ts", find: "  if (!isForeignIpv4(source)) return false;\n", replace: "",
    noticedBy: ["unit/net/usual.spec"],
  },
  {
    name: "usual-fin-out-of-order", breaks: "RFC 9293 3.10.7.4, S18",
    file: "tcp/arrives_fin.ts", find: " || tcpSequence(at) != tcb.rcvNxt", replace: "",
    noticedBy: ["unit/tcp/arrives_fin.spec"],
  },
  {
    name: "usual-fin-wrong-checksum", breaks: "MUST-3",
    file: "tcp/arrives_fin.ts",
    find: "  if (!isSound(tcb, packet, headerLen, segmentLen)) return 0;\n", replace: "",
    noticedBy: ["unit/tcp/arrives_fin.spec"],
  },
  {
    name: "usual-fin-with-news", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/arrives_fin.ts", find: " || tcpAcknowledgment(at) != tcb.sndUna", replace: "",
    noticedBy: ["unit/tcp/arrives_fin.spec"],
  },
  {
    name: "usual-fin-of-any-plan", breaks: "RFC 9293 3.8.6.1",
    file: "tcp/usual.ts", find: "has(tcb, BESIDE_A_FIN) || ", replace: "",
    noticedBy: ["unit/tcp/emit_usual.spec"],
  },
  {
    name: "usual-syn-not-watched", breaks: "RFC 6298 5.1",
    file: "tcp/emit_syn.ts", find: "  ensureRetransmit(tcb);\n", replace: "",
    noticedBy: ["unit/tcp/emit_syn.spec"],
  },
  {
    name: "usual-syn-before-text", breaks: "RFC 9293 3.8.4",
    file: "tcp/emit_syn.ts", find: " && tcb.sndEnd == tcb.sndNxt + 1;", replace: ";",
    noticedBy: ["unit/tcp/emit_syn.spec"],
  },
  {
    name: "usual-syn-without-user-timeout", breaks: "RFC 5482 3.2",
    file: "tcp/emit_syn.ts", find: " || tellsTimeout(tcb)) return false;", replace: ") return false;",
    noticedBy: ["unit/tcp/emit_syn.spec"],
  },
  {
    name: "usual-syn-without-ecn", breaks: "RFC 3168 6.1.1",
    file: "tcp/output.ts", find: "Flag.Syn | ecnSynBits(tcb, false));", replace: "Flag.Syn);",
    noticedBy: ["unit/tcp/output.spec"],
  },
  {
    name: "usual-fin-beside-an-option", breaks: "RFC 5482 3.2",
    file: "tcp/output.ts", find: "has(tcb, TcbFlag.TellTimeout) || hasDuplicate", replace: "hasDuplicate",
    noticedBy: ["unit/tcp/output.spec"],
  },
  {
    name: "usual-fin-beside-a-duplicate", breaks: "RFC 2883 4",
    file: "tcp/output.ts", find: " || hasDuplicate(tcb)) return false;", replace: ") return false;",
    noticedBy: ["unit/tcp/output.spec"],
  },
  {
    name: "usual-fin-into-a-shut-window", breaks: "RFC 9293 3.8.6.1",
    file: "tcp/output.ts", find: " || tcb.sndWnd == 0) return false;", replace: ") return false;",
    noticedBy: ["unit/tcp/output.spec", "unit/tcp/settle.spec"],
  },
  {
    name: "usual-fin-after-idleness", breaks: "RFC 5681 4.1",
    file: "tcp/settle.ts", find: "  restartIdle(tcb);\n  wake(tcb);", replace: "  wake(tcb);",
    noticedBy: ["unit/tcp/settle.spec"],
  },
  {
    name: "usual-ack-unsaid", breaks: "RFC 9293 3.8.6.3",
    file: "tcp/settle.ts", find: "  if (has(tcb, ASKED)) wake(tcb);\n  else if",
    replace: "  if",
    noticedBy: ["conformance/close", "conformance/open"],
  },
  {
    name: "usual-plan-of-another-case", breaks: "RFC 9293 3.10.7.4",
    file: "tcp/output.ts", find: "  if (HAS_SHORT_WAYS) plan.isUsual = false;\n", replace: "",
    noticedBy: ["conformance/usual/close.pkt"],
  },
  {
    name: "usual-behind-urgent-data", breaks: "MUST-31",
    file: "tcp/emit_usual.ts", find: "plan.extraLen == 0 && !seqGt(tcb.sndUp, plan.seq)",
    replace: "plan.extraLen == 0",
    noticedBy: ["unit/tcp/emit_usual.spec"],
  },
];

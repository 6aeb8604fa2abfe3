/** Defects in windows, acknowledging, small segments, keep-alive (RFC 9293 3.7.4, 3.8.4, 3.8.6). */
import type { Mutant } from "../mutant.js";

export const WINDOWS: readonly Mutant[] = [
  {
    name: "window-of-peer-ignored", breaks: "MUST-34, S18",
    file: "tcp/window.ts", find: "min<u32>(tcb.sndWnd, tcb.cwnd + extra)",
    replace: "(tcb.cwnd + extra)",
    noticedBy: ["conformance/send_window"],
  },
  {
    name: "window-of-old-segment-taken", breaks: "RFC 9293 3.10.7.4, S18, S28",
    file: "tcp/acknowledge.ts", find: "if (!isNewer || seqLt(seg.ack, tcb.sndUna)) return;",
    replace: "",
    noticedBy: ["conformance/send_window", "conformance/old_duplicates"],
  },
  {
    name: "window-never-moves", breaks: "MUST-35, S18",
    file: "tcp/window.ts", find: "return step >= <i32>least ? tcb.rcvNxt + room : tcb.rcvAdv;",
    replace: "return tcb.rcvAdv;",
    noticedBy: ["conformance/receive_window"],
  },
  {
    name: "window-shrinks", breaks: "SHLD-14, RFC 7323 2.4",
    file: "tcp/window.ts", find: "if (<i32>(told - tcb.rcvAdv) > 0) tcb.rcvAdv = told;",
    replace: "tcb.rcvAdv = told;",
    noticedBy: ["conformance/receive_window", "conformance/mss"],
  },
  {
    name: "text-beyond-window-taken", breaks: "S18, RFC 9293 3.10.7.4",
    file: "tcp/text.ts", find: "if (seqGt(end, edge)) end = edge;\n  else if (hasFin",
    replace: "if (hasFin",
    noticedBy: ["conformance/receive_window"],
  },
  {
    name: "text-outside-window-taken", breaks: "RFC 9293 3.10.7.4, S18",
    file: "tcp/arrives_synchronized.ts",
    find: "if (seqInWindow(seg.seq, tcb.rcvNxt, wnd)) return Verdict.Continue;",
    replace: "return Verdict.Continue;",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "closed-window-hears-nothing", breaks: "MUST-66, S18",
    file: "tcp/arrives_synchronized.ts", find: "if (wnd == 0 && seg.seq == tcb.rcvNxt) {",
    replace: "if (wnd == 0xffffffff) {",
    noticedBy: ["conformance/receive_window"],
  },
  {
    name: "silly-window-announced", breaks: "MUST-39, S18",
    file: "tcp/window.ts", find: "min<u32>((receiveMask() + 1) >> 1, tcb.rcvMss)", replace: "1",
    noticedBy: ["conformance/receive_window"],
  },
  {
    name: "silly-window-used", breaks: "MUST-38, S18",
    file: "tcp/output.ts", find: "if (len < text) return len >= tcb.maxSndWnd >> 1;",
    replace: "if (len < text) return true;",
    noticedBy: ["conformance/small_segments"],
  },
  {
    name: "window-not-probed", breaks: "MUST-36, S18",
    file: "tcp/timeouts.ts", find: "  setFlag(tcb, TcbFlag.ProbeNow);", replace: "",
    noticedBy: ["conformance/send_window"],
  },
  {
    name: "probes-not-backed-off", breaks: "SHLD-30, S18",
    file: "tcp/timeouts.ts", find: "backOff(tcb);\n  setFlag(tcb, TcbFlag.ProbeNow);",
    replace: "setFlag(tcb, TcbFlag.ProbeNow);",
    noticedBy: ["conformance/send_window"],
  },
  {
    name: "closed-window-given-up", breaks: "MUST-37, S18",
    file: "tcp/acknowledge.ts",
    find: "if ((tcb.sndWnd == 0 || tcb.persistAtMs != 0) && !has(tcb, TcbFlag.Orphan)) {",
    replace: "if (tcb.state == 255) {",
    noticedBy: ["conformance/send_window"],
  },
  {
    name: "nagle-off", breaks: "SHLD-7",
    file: "tcp/output.ts",
    find: "return (tcb.switches & Switch.NoDelay) != 0 || has(tcb, TcbFlag.FinQueued);",
    replace: "return true;",
    noticedBy: ["conformance/small_segments"],
  },
  {
    name: "nagle-always-on", breaks: "MUST-17",
    file: "tcp/output.ts",
    find: "return (tcb.switches & Switch.NoDelay) != 0 || has(tcb, TcbFlag.FinQueued);",
    replace: "return has(tcb, TcbFlag.FinQueued);",
    noticedBy: ["conformance/small_segments"],
  },
  {
    name: "ack-too-late", breaks: "MUST-40, SHLD-18",
    file: "tcp/entry.ts", find: "endpoint.ackDelayMs = 40;", replace: "endpoint.ackDelayMs = 600;",
    noticedBy: ["conformance/small_segments"],
  },
  {
    name: "ack-never-delayed", breaks: "SHLD-18",
    file: "tcp/text.ts", find: "ensureTimer(tcb, Timer.Ack, tcb.ackDelayMs);",
    replace: "setFlag(tcb, TcbFlag.AckNow);",
    noticedBy: ["conformance/small_segments"],
  },
  {
    name: "ack-of-every-fourth", breaks: "SHLD-19",
    file: "tcp/text.ts", find: ">= 2 * tcb.rmss", replace: ">= 4 * tcb.rmss",
    noticedBy: ["conformance/small_segments"],
  },
  {
    name: "text-out-of-order-dropped", breaks: "SHLD-31, S23",
    file: "tcp/text.ts", find: "tcb.rangeCount = <u8>held;", replace: "",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "text-out-of-order-not-answered", breaks: "RFC 5681 4.2",
    file: "tcp/text.ts",
    find: "setFlag(tcb, TcbFlag.AckNow);\n  if (tcb.acksOwed < 255) tcb.acksOwed++;",
    replace: "",
    noticedBy: ["conformance/recovery"],
  },
  {
    name: "text-held-overwritten", breaks: "S23",
    file: "tcp/text.ts", find: "index < tcb.rangeCount && seqLt(from, end)",
    replace: "index < 0 && seqLt(from, end)",
    noticedBy: ["conformance/receive_window"],
  },
  {
    name: "text-read-twice", breaks: "S23, S28",
    file: "tcp/text.ts", find: "seqLt(seg.seq, tcb.rcvNxt) ? tcb.rcvNxt : seg.seq",
    replace: "tcb.rcvNxt",
    noticedBy: ["conformance/old_duplicates", "conformance/stream"],
  },
  {
    name: "keep-alive-on", breaks: "MUST-25, S21",
    file: "tcp/entry.ts", find: "<u8>(Switch.Timestamps | Switch.Sack);",
    replace: "<u8>(Switch.Timestamps | Switch.Sack | Switch.KeepAlive);",
    noticedBy: ["conformance/keep_alive"],
  },
  {
    name: "keep-alive-too-early", breaks: "MUST-28, S21",
    file: "tcp/entry.ts", find: "endpoint.keepAliveIdleS = 7200;",
    replace: "endpoint.keepAliveIdleS = 3600;",
    noticedBy: ["conformance/keep_alive"],
  },
  {
    name: "keep-alive-impatient", breaks: "MUST-29, S21",
    file: "tcp/timeouts.ts", find: "if (tcb.keepAliveProbes >= tcb.keepAliveCount)",
    replace: "if (tcb.keepAliveProbes >= 1)",
    noticedBy: ["conformance/keep_alive"],
  },
  {
    name: "keep-alive-beside-text", breaks: "MUST-26, S21",
    file: "tcp/timeouts.ts", find: "} else if (tcb.sndMax == tcb.sndUna) {", replace: "} else {",
    noticedBy: ["conformance/keep_alive"],
  },
  {
    name: "keep-alive-deaf", breaks: "MUST-26, S21",
    file: "tcp/arrives_synchronized.ts", find: "tcb.heardAtMs = nowMs();", replace: "",
    noticedBy: ["conformance/keep_alive"],
  },
];

/** Defects of offload: what a driver says of frames, and what is said of frames to it. */
import type { Mutant } from "../mutant.js";

export const OFFLOAD: readonly Mutant[] = [
  {
    name: "driver-not-believed", breaks: "docs/embedding.md",
    file: "tcp/input.ts", find: "if (isChecked()) return true;", replace: "",
    noticedBy: ["conformance/offload"],
  },
  {
    name: "driver-believed-for-ever", breaks: "MUST-3",
    file: "api/stack.ts", find: "  flagPacket(flags);",
    replace: "  if (flags != 0) flagPacket(flags);",
    noticedBy: ["conformance/offload"],
  },
  {
    name: "fragment-speaks-for-datagram", breaks: "MUST-3",
    file: "net/reassembly.ts", find: "  flagPacket(ReceiveFlag.None);\n", replace: "",
    noticedBy: ["conformance/offload"],
  },
  {
    name: "joined-segments-taken-for-one", breaks: "RFC 5681 4.2",
    file: "tcp/text.ts", find: " && len <= tcb.rcvMss) tcb.rmss", replace: ") tcb.rmss",
    noticedBy: ["conformance/offload"],
  },
  {
    name: "partial-checksum-inverted", breaks: "MUST-2",
    file: "tcp/emit.ts", find: "fold(pseudoSum(tcb, PROTOCOL_TCP,",
    replace: "finish(pseudoSum(tcb, PROTOCOL_TCP,",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "joined-beyond-window", breaks: "RFC 9293 3.8.6",
    file: "tcp/output.ts", find: "min<u32>(min<u32>(text, usable), frameMtu()",
    replace: "min<u32>(text, frameMtu()",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "joined-beyond-packet", breaks: "docs/embedding.md",
    file: "tcp/output.ts",
    find: "min<u32>(min<u32>(text, usable), frameMtu() - HEADERS_LEN - plan.optionsLen)",
    replace: "min<u32>(text, usable)",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "joined-with-small-segment", breaks: "RFC 9293 3.7.4",
    file: "tcp/output.ts", find: "  return most - most % len;", replace: "  return most;",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "joined-with-urgent", breaks: "MUST-62",
    file: "tcp/output.ts", find: "  return !seqGt(tcb.sndUp, tcb.sndNxt) && ", replace: "  return ",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "tail-probe-joined", breaks: "RFC 8985 7.3",
    file: "tcp/output.ts",
    find: "TcbFlag.InRecovery | TcbFlag.ProbeNow | TcbFlag.ProbeTail)",
    replace: "TcbFlag.InRecovery | TcbFlag.ProbeNow)",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "joined-frame-proves-size", breaks: "RFC 4821 7.6",
    file: "tcp/emit.ts", find: "plan.seq + size : end, size + extraLen);",
    replace: "plan.seq + size : end, plan.len + extraLen);",
    noticedBy: ["conformance/offload_out"],
  },
  {
    name: "last-of-joined-timed", breaks: "RFC 6298 4",
    file: "tcp/emit.ts", find: "!IS_BOARD && size < plan.len ? plan.seq + size : end",
    replace: "end",
    noticedBy: ["conformance/offload_out"],
  },
];

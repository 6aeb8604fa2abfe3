/** Defects in opening: handshakes, backlog, SYN queue, ports (RFC 9293 section 3.5, RFC 4987). */
import type { Mutant } from "../mutant.js";

export const OPENING: readonly Mutant[] = [
  {
    name: "syn-not-counted", breaks: "S01, RFC 9293 3.4",
    file: "tcp/establish.ts", find: "tcb.rcvNxt = irs + 1;", replace: "tcb.rcvNxt = irs;",
    noticedBy: ["conformance/open"],
  },
  {
    name: "syn-ack-acknowledges-nothing", breaks: "S01",
    file: "tcp/syn_queue.ts", find: "reply.ack = irs + 1;", replace: "reply.ack = irs;",
    noticedBy: ["conformance/open"],
  },
  {
    name: "syn-ack-unasked-believed", breaks: "S01, S28, figure 8",
    file: "tcp/arrives_syn_sent.ts",
    find: "if ((seg.flags & Flag.Ack) == 0 || isOfSyn(tcb, seg)) return Verdict.Continue;",
    replace: "if (seg.flags != 255) return Verdict.Continue;",
    noticedBy: ["conformance/old_duplicates"],
  },
  {
    name: "unsent-syn-acknowledged", breaks: "S04, RFC 9293 3.10.7.4",
    file: "tcp/acknowledge.ts", find: "!seqGt(seg.ack, tcb.sndUna)",
    replace: "!seqLt(tcb.sndUna, seg.ack)",
    noticedBy: ["unit/tcp/acknowledge.spec"],
  },
  {
    name: "syn-again-echoes-anything", breaks: "RFC 7323 4.3",
    file: "tcp/arrives_half_open.ts", find: "if (hasTimestamp && !seqLt(", replace: "if (!seqLt(",
    noticedBy: ["unit/tcp/arrives_half_open.spec"],
  },
  {
    name: "third-segment-not-checked", breaks: "S01, S14, RFC 9293 3.10.7.4",
    file: "tcp/arrives_half_open.ts", find: "if (seg.ack != entry.iss + 1) {",
    replace: "if (seg.flags == 255) {",
    noticedBy: ["attack/floods"],
  },
  {
    name: "text-on-third-segment-lost", breaks: "S02",
    file: "tcp/arrives_half_open.ts", find: "segmentArrives(tcb, packet, seg);",
    replace: "seg.textLen = 0;\n  segmentArrives(tcb, packet, seg);",
    noticedBy: ["conformance/open"],
  },
  {
    name: "connected-not-told", breaks: "S02",
    file: "tcp/establish.ts", find: "tell(tcb, Event.Connected | Event.Writable);", replace: "",
    noticedBy: ["conformance/open"],
  },
  {
    name: "no-simultaneous-open", breaks: "MUST-10, S04",
    file: "tcp/arrives_syn_sent.ts",
    find: "if ((seg.flags & Flag.Ack) == 0) return openSimultaneously(tcb, seg);",
    replace: "if ((seg.flags & Flag.Ack) == 0) return Verdict.Drop;",
    noticedBy: ["conformance/simultaneous"],
  },
  {
    name: "crossing-syn-not-answered-again", breaks: "S04",
    file: "tcp/arrives_synchronized.ts",
    find: "    answerCrossing(tcb);\n    return Verdict.Drop;",
    replace: "    return Verdict.Drop;",
    noticedBy: ["conformance/simultaneous"],
  },
  {
    name: "syn-gives-up-early", breaks: "MUST-23, S12",
    file: "tcp/timeouts.ts", find: "SYN_TIMEOUT_S: u32 = 180", replace: "SYN_TIMEOUT_S: u32 = 60",
    noticedBy: ["conformance/open"],
  },
  {
    name: "backlog-ignored", breaks: "S14",
    file: "tcp/syn_queue.ts",
    find: "isFree && <u32>listener.halfOpen + <u32>listener.pending < <u32>listener.backlog",
    replace: "isFree",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "accept-queue-without-bound", breaks: "S14",
    file: "tcp/listeners.ts", find: "return listener.pending < listener.backlog;",
    replace: "return true;",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "syn-ack-not-backed-off", breaks: "S14",
    file: "tcp/syn_queue.ts", find: "FIRST_TIMEOUT_MS << resent(entry)",
    replace: "FIRST_TIMEOUT_MS",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "syn-ack-not-sent-again", breaks: "S14",
    file: "tcp/syn_queue.ts", find: "answerSyn(entry, listener, 0);", replace: "",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "half-open-for-ever", breaks: "S14",
    file: "tcp/syn_queue.ts", find: "entry.progress++;", replace: "",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "listener-leaks", breaks: "S14, S22",
    file: "tcp/syn_queue.ts", 
    find: "if (listener != null && listener.halfOpen != 0) listener.halfOpen--;", replace: "",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "accept-in-wrong-order", breaks: "S14, S22",
    file: "tcp/listeners.ts", find: "append(listener, newsOf(tcb));",
    replace: "append(changetype<Link>(listener.next), newsOf(tcb));",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "listener-leaves-orphans", breaks: "S27",
    file: "tcp/listeners.ts", find: "splice(doomed, listener);", replace: "clearLink(listener);",
    noticedBy: ["conformance/backlog"],
  },
  {
    name: "stale-handle-good", breaks: "S22",
    file: "tcp/entry.ts",
    find: "endpoint.generation = (endpoint.generation + 1) & <u16>GENERATIONS;", replace: "",
    noticedBy: ["conformance/limits"],
  },
  {
    name: "port-foreseeable", breaks: "RFC 6056 3.3.1",
    file: "tcp/calls.ts",
    find: "wanted == 0 ? random15() : 0;", replace: "0;",
    noticedBy: ["conformance/limits"],
  },
  {
    name: "port-not-dynamic", breaks: "RFC 6056 3.2",
    file: "tcp/calls.ts", find: "FIRST_DYNAMIC_PORT: u32 = 49152",
    replace: "FIRST_DYNAMIC_PORT: u32 = 1024",
    noticedBy: ["conformance/limits"],
  },
  {
    name: "listener-survives-open", breaks: "S12, RFC 9293 3.10.1",
    file: "tcp/calls.ts", find: "    closeListener(listener);\n", replace: "",
    noticedBy: ["conformance/edges"],
  },
  {
    name: "listener-settings-lost", breaks: "S12, RFC 9293 3.10.1",
    file: "tcp/calls.ts", find: "copySettings(tcb, listener);",
    replace: "defaultSettings(tcb, largestMss());",
    noticedBy: ["conformance/edges"],
  },
];

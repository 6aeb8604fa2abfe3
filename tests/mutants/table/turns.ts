/** Defects in whose turn it is, net/ready.ts, tcp/turn.ts; and in who is told to wait for one. */
import type { Mutant } from "../mutant.js";

export const TURNS: readonly Mutant[] = [
  {
    name: "turn-bulk-first", breaks: "a few octets go before bulk",
    file: "net/ready.ts", find: "append(isSparse ? sparseQueue() : nextQueue(), link);",
    replace: "append(nextQueue(), link);",
    noticedBy: ["field/turns"],
  },
  {
    name: "turn-anew-each-time", breaks: "a crowd does not starve bulk",
    file: "tcp/turn.ts", find: "if (tcb.round == round) return;", replace: "",
    noticedBy: ["field/turns"],
  },
  {
    name: "turn-by-frames", breaks: "bulk shares by octets",
    file: "tcp/turn.ts", find: "  if (tcb.turnLeft > 0) goOn(tcb);\n  else makeReady",
    replace: "  makeReady",
    noticedBy: ["field/turns"],
  },
  {
    name: "waiting-connection-untold", breaks: "whatever waits is told",
    file: "net/ready.ts", find: "nextQueue(), link);\n  setFramesWait(1);",
    replace: "nextQueue(), link);",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "waiting-reply-untold", breaks: "whatever waits is told",
    file: "net/replies.ts", find: "    makeOthersReady();\n", replace: "",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "waiting-echo-untold", breaks: "whatever waits is told",
    file: "net/icmp.ts", find: "  makeOthersReady();\n", replace: "",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "waiting-doomed-untold", breaks: "whatever waits is told",
    file: "tcp/listeners.ts", find: "  makeOthersReady();\n", replace: "",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "waiting-others-untold", breaks: "whatever waits is told",
    file: "net/ready.ts", find: "ready.others = 1;\n  setFramesWait(1);",
    replace: "ready.others = 1;",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "waiting-others-forgotten", breaks: "whatever waits is sent",
    file: "api/stack.ts", find: "if (!hasOthers()) clearOthers();", replace: "clearOthers();",
    noticedBy: ["conformance/waiting", "conformance/limits"],
  },
  {
    name: "waiting-news-untold", breaks: "whatever waits is told",
    file: "tcp/events.ts", find: "  setEventsWait(1);\n", replace: "",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "waiting-octets-untold", breaks: "whatever waits is told",
    file: "api/serial.ts", find: "  setFramesWait(1);\n", replace: "",
    noticedBy: ["conformance/serial", "conformance/waiting"],
  },
  {
    name: "waiting-second-frame-untold", breaks: "whatever waits is told",
    file: "api/stack.ts", find: "if (!hasFrames()) noteIdle();",
    replace: "noteIdle();",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "waiting-second-news-untold", breaks: "whatever waits is told",
    file: "tcp/events.ts", find: "if (isLone(queue)) setEventsWait(0);",
    replace: "setEventsWait(0);",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "timers-never-due", breaks: "RFC 6298 5.4",
    file: "api/stack.ts", find: "if (IS_BOARD || !isNothingDue())", replace: "if (IS_BOARD)",
    noticedBy: ["conformance/usual/lost.pkt"],
  },
  {
    name: "waiting-told-for-ever", breaks: "no call need be made in vain",
    file: "api/stack.ts", find: "  if (!hasFrames()) noteIdle();\n", replace: "",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "consumed-rest-untold", breaks: "consume says how much lies in one piece next",
    file: "api/sockets.ts",
    find: "receiveText(tcb, length);\n  return describeReceived(tcb);",
    replace: "receiveText(tcb, length);\n  return 0;",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "committed-rest-untold", breaks: "commit says how much fits in one piece next",
    file: "api/sockets.ts", find: "sendText(tcb, length, isUrgent);\n  return describeRoom(tcb);",
    replace: "sendText(tcb, length, isUrgent);\n  return 0;",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "committed-all-told-later", breaks: "only who asks in vain is told of room",
    file: "api/sockets.ts",
    find: "  return describeOctets(sendRing(tcb),",
    replace: "  if (unusedRoom(tcb) == 0) refuseRoom(tcb);\n  return describeOctets(sendRing(tcb),",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "news-untold-by-receive", breaks: "receive answers as nextEvent does if asked to",
    file: "api/stack.ts", find: "return flags & ReceiveFlag.News ? nextEvent() : 0;",
    replace: "return 0;",
    noticedBy: ["conformance/waiting"],
  },
  {
    name: "rest-untold", breaks: "both pieces of what lies across a ring's end are told",
    file: "core/descriptor.ts", find: "describeWord(Descriptor.Rest, len - piece);",
    replace: "describeWord(Descriptor.Rest, 0);",
    noticedBy: ["unit/core/descriptor.spec", "conformance/waiting"],
  },
  {
    name: "rest-at-another-place", breaks: "both pieces of what lies across a ring's end are told",
    file: "core/descriptor.ts", find: "describeWord(Descriptor.RestAt, <u32>ring);",
    replace: "describeWord(Descriptor.RestAt, <u32>ring + mask);",
    noticedBy: ["unit/core/descriptor.spec", "conformance/waiting"],
  },
];

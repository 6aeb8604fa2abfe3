/** Defects in formats: checksum, options, numbers, headers (RFC 9293 3.1, 3.2, 3.4, 3.7). */
import type { Mutant } from "../mutant.js";

export const SEGMENTS: readonly Mutant[] = [
  {
    name: "checksum-not-verified", breaks: "MUST-3, S16",
    file: "tcp/input.ts", find: "return isIntact(sum);", replace: "return true;",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "checksum-sent-wrong", breaks: "MUST-2, S16",
    file: "tcp/emit.ts", find: "emitTcpChecksum(at, finish(sum));",
    replace: "emitTcpChecksum(at, finish(sum) ^ 1);",
    noticedBy: ["conformance/open"],
  },
  {
    name: "checksum-of-reply-sent-wrong", breaks: "MUST-2, S16",
    file: "tcp/emit.ts", find: "emitTcpChecksum(at, finish(addOctets(sum, at, headerLen)));",
    replace: "emitTcpChecksum(at, finish(addOctets(sum, at, headerLen)) ^ 1);",
    noticedBy: ["conformance/reset"],
  },
  {
    name: "option-without-end", breaks: "MUST-7, S20",
    file: "wire/tcp_options.ts",
    find: "if (optionLen < 2 || at + optionLen > end) return false;",
    replace: "if (at + optionLen > end) return false;",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "option-beyond-header", breaks: "MUST-7, S20",
    file: "wire/tcp_options.ts",
    find: "if (optionLen < 2 || at + optionLen > end) return false;",
    replace: "if (optionLen < 2) return false;",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "unknown-option-refused", breaks: "MUST-6, S20",
    file: "wire/tcp_options.ts", find: "at += optionLen;",
    replace: "if (kind > 30) return false;\n    at += optionLen;",
    noticedBy: ["conformance/mss"],
  },
  {
    name: "header-length-not-checked", breaks: "S20",
    file: "wire/tcp.ts", find: "if (headerLen < TCP_HEADER_LEN || headerLen > len) return false;",
    replace: "if (headerLen < TCP_HEADER_LEN) return false;",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "comparison-without-wrap", breaks: "S15",
    file: "tcp/seq.ts", find: "return <i32>(a - b) < 0;", replace: "return a < b;",
    noticedBy: ["conformance/sequence"],
  },
  {
    name: "ack-one-too-high", breaks: "S05, RFC 9293 3.4",
    file: "tcp/emit.ts", find: "hasAck ? tcb.rcvNxt : 0", replace: "hasAck ? tcb.rcvNxt + 1 : 0",
    noticedBy: ["conformance/open"],
  },
  {
    name: "isn-constant", breaks: "MUST-8, RFC 6528, S15",
    file: "tcp/isn.ts", find: "return isnTicks() + <u32>pairHash(pair, Purpose.SequenceNumber, 0);",
    replace: "return 1;",
    noticedBy: ["conformance/sequence"],
  },
  {
    name: "isn-without-clock", breaks: "MUST-8, RFC 9293 3.4.1",
    file: "tcp/isn.ts", find: "return isnTicks() + <u32>pairHash(pair, Purpose.SequenceNumber, 0);",
    replace: "return <u32>pairHash(pair, Purpose.SequenceNumber, 0);",
    noticedBy: ["conformance/sequence"],
  },
  {
    name: "isn-without-secret", breaks: "SHLD-1, MUST-9, RFC 6528 3",
    file: "tcp/isn.ts", find: "return isnTicks() + <u32>pairHash(pair, Purpose.SequenceNumber, 0);",
    replace: "return isnTicks();",
    noticedBy: ["conformance/sequence"],
  },
  {
    name: "mss-not-told", breaks: "MUST-14, SHLD-5, S03",
    file: "tcp/emit.ts", find: "at, tcb.rcvMss, offers", replace: "at, 536, offers",
    noticedBy: ["conformance/mss"],
  },
  {
    name: "mss-without-room-for-headers", breaks: "MUST-67, RFC 6691 2, S03",
    file: "tcp/mss.ts", find: "return theInterface().mtu - HEADERS_LEN;",
    replace: "return theInterface().mtu;",
    noticedBy: ["conformance/mss"],
  },
  {
    name: "mss-default-too-large", breaks: "MUST-15, S03",
    file: "tcp/mss.ts", find: "DEFAULT_SEND_MSS: u32 = 536",
    replace: "DEFAULT_SEND_MSS: u32 = 1460",
    noticedBy: ["conformance/mss"],
  },
  {
    name: "mss-of-peer-ignored", breaks: "MUST-16, S03",
    file: "tcp/mss.ts",
    find: "return min<u32>(max<u32>(mss, LEAST_SEND_MSS), largestMss());",
    replace: "return largestMss();",
    noticedBy: ["conformance/mss"],
  },
  {
    name: "scale-above-14", breaks: "RFC 7323 2.3",
    file: "wire/tcp_options.ts", find: "min<u32>(load<u8>(at, 2), 14)",
    replace: "min<u32>(load<u8>(at, 2), 16)",
    noticedBy: ["conformance/mss"],
  },
  {
    name: "scale-used-in-syn", breaks: "RFC 7323 2.2",
    file: "tcp/arrives_synchronized.ts",
    find: "if ((seg.flags & Flag.Syn) == 0) seg.wnd <<= tcb.sndScale;",
    replace: "seg.wnd <<= tcb.sndScale;",
    noticedBy: ["conformance/simultaneous"],
  },
  {
    name: "scale-not-agreed", breaks: "RFC 7323 2.2",
    file: "tcp/options.ts", find: "return offers & (offersBy(switches) | Offer.Scale | Offer.Ecn);",
    replace: "return offers | offersBy(switches);",
    noticedBy: ["conformance/mss"],
  },
  {
    name: "time-to-live-not-as-set", breaks: "MUST-49, S20",
    file: "tcp/emit.ts", find: "PROTOCOL_TCP, service, tcb.timeToLive);",
    replace: "PROTOCOL_TCP, service, 64);",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "urgent-pointer-off-by-one", breaks: "MUST-62, S19",
    file: "tcp/urgent.ts", find: "const ahead = <i32>(tcb.sndUp - seq);",
    replace: "const ahead = <i32>(tcb.sndUp - seq) - 1;",
    noticedBy: ["conformance/urgent"],
  },
  {
    name: "urgent-not-told", breaks: "MUST-32, S19",
    file: "tcp/urgent.ts", find: "tell(tcb, Event.Urgent);", replace: "",
    noticedBy: ["conformance/urgent"],
  },
  {
    name: "urgent-goes-back", breaks: "MUST-31, RFC 9293 3.10.7.4",
    file: "tcp/urgent.ts", find: "if (seqGt(seg.up, tcb.rcvUp)) {",
    replace: "if (seg.up != tcb.rcvUp) {",
    noticedBy: ["conformance/urgent"],
  },
  {
    name: "urgent-length-off-by-one", breaks: "MUST-33, RFC 6093 6",
    file: "tcp/urgent.ts", find: "seqDistance(tcb.rcvRead, tcb.rcvUp);",
    replace: "seqDistance(tcb.rcvRead, tcb.rcvUp) + 1;",
    noticedBy: ["conformance/urgent"],
  },
  {
    name: "urgent-waits-for-window", breaks: "RFC 9293 3.8.5",
    file: "tcp/urgent.ts", find: "if (maySend(tcb.state)) setFlag(tcb, TcbFlag.AckNow);",
    replace: "",
    noticedBy: ["conformance/urgent"],
  },
  {
    name: "push-missing", breaks: "MUST-60, MUST-61, S19",
    file: "tcp/output.ts", find: "if (len != 0) plan.flags |= Flag.Psh;", replace: "",
    noticedBy: ["conformance/small_segments"],
  },
];

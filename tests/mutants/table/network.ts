/** Defects below TCP and beside it: IP, ICMP, ARP, serial line, looking (RFC 1122, 5927, 5227). */
import type { Mutant } from "../mutant.js";

export const NETWORK: readonly Mutant[] = [
  {
    name: "ip-checksum-not-verified", breaks: "RFC 1122 3.2.1.2, S16",
    file: "net/input.ts", find: "if (!checkIpv4Checksum(at)) return Counter.DropIpChecksum;",
    replace: "",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "ip-length-not-checked", breaks: "S20, RFC 1122 3.2.1",
    file: "wire/ipv4.ts", find: "return headerLen <= totalLen && totalLen <= len;",
    replace: "return headerLen <= totalLen;",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "ip-padding-is-text", breaks: "S24, RFC 1122 3.2.1",
    file: "net/input.ts", find: "packet.textLen = ipv4TotalLen(at) - headerLen;",
    replace: "packet.textLen = len - headerLen;",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "broadcast-answered", breaks: "MUST-57, S20",
    file: "net/input.ts", find: "if (destination != theInterface().address) {",
    replace: "if (destination != theInterface().address && !isBroadcast(destination)) {",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "bad-source-answered", breaks: "MUST-63, S20",
    file: "net/input.ts",
    find: "if (!isForeignIpv4(source)) return Counter.DropIpSource;",
    replace: "",
    noticedBy: ["conformance/malformed"],
  },
  {
    name: "link-broadcast-taken", breaks: "RFC 1122 3.3.6",
    file: "net/input.ts", find: "if (isGroup) return Counter.DropIpDestination;", replace: "",
    noticedBy: ["conformance/neighbours"],
  },
  {
    name: "source-quench-heeded", breaks: "MUST-55",
    file: "net/icmp.ts", find: "if (type == ICMP_UNREACHABLE ||",
    replace: "if (type == 4 || type == ICMP_UNREACHABLE ||",
    noticedBy: ["conformance/icmp"],
  },
  {
    name: "hard-error-ends-connection", breaks: "MUST-56, RFC 5461 4, RFC 5927 5",
    file: "tcp/icmp_errors.ts",
    find: "if (has(tcb, TcbFlag.Opening)) {", replace: "if (true) {",
    noticedBy: ["conformance/icmp"],
  },
  {
    name: "error-about-anything-believed", breaks: "RFC 5927 4.1",
    file: "tcp/icmp_errors.ts",
    find: "return seqLe(tcb.sndUna, seq) && seqLt(seq, tcb.sndMax);", replace: "return true;",
    noticedBy: ["conformance/icmp"],
  },
  {
    name: "hard-error-not-told", breaks: "SHLD-26, S13",
    file: "tcp/icmp_errors.ts", find: "endConnection(tcb, Reason.Refused);", replace: "",
    noticedBy: ["conformance/icmp"],
  },
  {
    name: "errors-without-limit", breaks: "RFC 1122 3.2.2, RFC 1812 4.3.2.8",
    file: "net/icmp.ts",
    find: "if (!mayDo(limiter, ERRORS_PER_SECOND)) return Counter.DropIcmpRate;", replace: "",
    noticedBy: ["conformance/icmp"],
  },
  {
    name: "echo-not-answered", breaks: "RFC 1122 3.2.2.6",
    file: "net/icmp.ts", find: "return Counter.InIcmpEcho;",
    replace: "buffer.state = 0;\n    return Counter.InIcmpEcho;",
    noticedBy: ["conformance/icmp"],
  },
  {
    name: "arp-answers-for-all", breaks: "RFC 826",
    file: "net/arp.ts", find: "if (!isForUs) return Counter.DropArpNotForUs;", replace: "",
    noticedBy: ["conformance/neighbours"],
  },
  {
    name: "arp-floods", breaks: "RFC 1122 2.3.2.1",
    file: "net/neighbours.ts", find: "REQUEST_INTERVAL_MS: u32 = 1000",
    replace: "REQUEST_INTERVAL_MS: u32 = 100",
    noticedBy: ["conformance/neighbours"],
  },
  {
    name: "arp-entry-for-ever", breaks: "RFC 1122 2.3.2.1",
    file: "net/neighbours.ts",
    find: "if (state == NeighbourState.Reachable) {\n    doubtNeighbour(neighbour);",
    replace: "if (state == NeighbourState.Reachable) {",
    noticedBy: ["conformance/neighbours"],
  },
  {
    name: "silence-not-told-to-arp", breaks: "MUST-20, SHLD-9, RFC 1122 2.3.2.1",
    file: "net/neighbours.ts",
    find: "if (neighbour.state != NeighbourState.Reachable) return;", replace: "return;",
    noticedBy: ["conformance/neighbours"],
  },
  {
    name: "address-conflict-ignored", breaks: "RFC 5227 2.1.1",
    file: "net/arp.ts", find: "own.state = <u8>Phase.Conflict;", replace: "",
    noticedBy: ["conformance/neighbours"],
  },
  {
    name: "address-defended-without-end", breaks: "RFC 5227 2.4",
    file: "net/arp.ts", find: "isUp() && nowMs() - own.defendedAtMs >= DEFEND_INTERVAL",
    replace: "isUp()",
    noticedBy: ["conformance/neighbours"],
  },
  {
    name: "one-bucket-for-all", breaks: "flat cost",
    file: "core/table.ts", find: "(<usize>(hash & table.mask) << 2)",
    replace: "(<usize>(hash & table.mask & 1) << 2)",
    noticedBy: ["attack/meter"],
  },
  {
    name: "serial-escape-wrong", breaks: "S24",
    file: "wire/slip.ts", find: "if (octet == ESC_END) octet = END;",
    replace: "if (octet == ESC_END) octet = ESC;",
    noticedBy: ["conformance/serial"],
  },
  {
    name: "netstat-shows-no-timers", breaks: "S25",
    file: "api/status.ts", find: "timer <= <u32>Timer.KeepAlive", replace: "timer < 0",
    noticedBy: ["conformance/states"],
  },
];

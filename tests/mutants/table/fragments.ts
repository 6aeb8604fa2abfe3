/** Defects in what arrives in pieces, with options, or from a liar (RFC 791, 1122, 5227, 5722). */
import type { Mutant } from "../mutant.js";

export const FRAGMENTS: readonly Mutant[] = [
  {
    name: "fragments-may-overlap", breaks: "RFC 5722",
    file: "net/reassembly.ts", find: "return marked == units && addOctets(0, there, len) ==",
    replace: "return true || addOctets(0, there, len) ==",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "fragment-copies-not-compared", breaks: "RFC 5722, RFC 8200 4.5",
    file: "net/reassembly.ts", find: "addOctets(0, there, len) == addOctets(0, text, len)",
    replace: "true",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "fragments-of-tcp-headers", breaks: "RFC 1858, RFC 3128",
    file: "net/reassembly.ts", find: "if (packet.protocol != PROTOCOL_TCP) return true;",
    replace: "return true;",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "fragments-disagree-on-the-end", breaks: "RFC 815",
    file: "net/reassembly.ts", find: "if (!checkEnd(buffer, to, hasMore)) return",
    replace: "if (!checkEnd(buffer, to, hasMore) && from == 1) return",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "fragments-of-two-protocols-mixed", breaks: "RFC 791 3.2",
    file: "net/reassembly.ts", find: "ipv4Identification(at) | (packet.protocol << 16)",
    replace: "ipv4Identification(at)",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "fragments-kept-too-long", breaks: "RFC 1122 3.3.2",
    file: "net/reassembly.ts", find: "LIFETIME_MS: u32 = 60 * 1000",
    replace: "LIFETIME_MS: u32 = 600 * 1000",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "time-exceeded-without-fragment-zero", breaks: "RFC 1122 3.3.2",
    file: "net/reassembly.ts", find: "if (!hasBeginning) return;", replace: "",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "fragments-push-out-an-echo", breaks: "RFC 1122 3.2.2.6",
    file: "net/buffers.ts", find: "if (buffer.state == Holds.Message) buffer =",
    replace: "if (buffer.state == 99) buffer =",
    noticedBy: ["conformance/fragments"],
  },
  {
    name: "error-about-an-error", breaks: "RFC 1122 3.2.2",
    file: "net/icmp.ts", find: "if (!mayBeTold(packet)) return why;", replace: "",
    noticedBy: ["conformance/ip_options"],
  },
  {
    name: "source-route-taken", breaks: "RFC 1122 3.2.1.8",
    file: "wire/ipv4_options.ts",
    find: "if (isRoute && (len < 3 || <u32>load<u8>(at + offset, 2) <= len)) return SOURCE_ROUTE;",
    replace: "",
    noticedBy: ["conformance/ip_options"],
  },
  {
    name: "ip-option-length-not-checked", breaks: "RFC 1122 3.2.2.5, S20",
    file: "wire/ipv4_options.ts", find: "if (len < 2 || offset + len > end) return offset + 1;",
    replace: "if (len < 2) return offset + 1;",
    noticedBy: ["conformance/ip_options"],
  },
  {
    name: "arp-strangers-push-out-users", breaks: "S22, RFC 1122 2.3.2.1",
    file: "net/neighbours.ts", find: "if (oldest.used) return;", replace: "",
    noticedBy: ["conformance/arp_limits"],
  },
  {
    name: "arp-users-make-room-for-strangers", breaks: "S22, RFC 1122 2.3.2.1",
    file: "net/neighbours.ts", find: "return isFull && !isLone(strangers) ?",
    replace: "return isLone(poolOf(Table.Neighbours)) ?",
    noticedBy: ["conformance/arp_limits"],
  },
  {
    name: "arp-believes-the-last", breaks: "S22",
    file: "net/neighbours.ts", find: "} else if (isLocked(neighbour) &&",
    replace: "} else if (neighbour.state == 99 &&",
    noticedBy: ["conformance/arp_limits"],
  },
  {
    name: "rival-probe-ignored", breaks: "RFC 5227 2.1.1",
    file: "net/arp.ts", find: "if (sender != own.address && !isRival) return false;",
    replace: "if (sender != own.address) return false;",
    noticedBy: ["conformance/address_conflict"],
  },
  {
    name: "own-probe-a-conflict", breaks: "RFC 5227 2.1.1",
    file: "net/arp.ts", find: "if (sameMac(mac, ownMac())) return Counter.DropArpNotForUs;",
    replace: "",
    noticedBy: ["conformance/address_conflict"],
  },
  {
    name: "conflicts-without-pause", breaks: "RFC 5227 2.1.1",
    file: "net/arp.ts", find: "own.conflicts < MAX_CONFLICTS ? 0 : RATE_LIMIT_INTERVAL",
    replace: "0",
    noticedBy: ["conformance/address_conflict"],
  },
  {
    name: "probes-too-soon", breaks: "RFC 5227 2.1.1",
    file: "net/arp.ts", find: "PROBE_MIN: u32 = 1000", replace: "PROBE_MIN: u32 = 100",
    noticedBy: ["conformance/address_conflict"],
  },
];

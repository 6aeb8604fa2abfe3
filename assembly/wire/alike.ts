/** Comparing the headers of two segments, each in an IPv4 packet without options. Formats only. */
import { ETHERNET_HEADER_LEN } from "./ethernet";
import { IPV4_HEADER_LEN } from "./ipv4";
import { Flag, TCP_HEADER_LEN } from "./tcp";

/** Where control bits and window begin, in 8 octets whose first 4 are the acknowledgment number. */
const ACKNOWLEDGMENT: usize = IPV4_HEADER_LEN + 8;
const OPTIONS: usize = IPV4_HEADER_LEN + TCP_HEADER_LEN;

/** PSH among these 8 octets, as loaded. */
const PUSH: u64 = <u64>Flag.Psh << 40;

/** The total length among the first 8 octets, as loaded, and the checksum among the next 8. */
export const LENGTH: u64 = 0xffff0000;

/** Whether two Ethernet headers, each in front of what `at` tells, are the same. */
export function areLinksAlike(one: usize, other: usize): bool {
  const from = one - ETHERNET_HEADER_LEN;
  const otherFrom = other - ETHERNET_HEADER_LEN;
  // 14 octets: the second 8 begin with 2 of the first.
  return ((load<u64>(from) ^ load<u64>(otherFrom)) |
    (load<u64>(from, 6) ^ load<u64>(otherFrom, 6))) == 0;
}

/**
 * Whether two packets have the same IPv4 header and the same ports. With `but`, `LENGTH` or 0, one
 * may have another total length, and with it another checksum.
 */
export function arePairsAlike(one: usize, other: usize, but: u64): bool {
  // Three times 8 octets: the last 4 of them are the ports.
  return ((((load<u64>(one) ^ load<u64>(other)) |
    (load<u64>(one, 8) ^ load<u64>(other, 8))) & ~but) |
    (load<u64>(one, 16) ^ load<u64>(other, 16))) == 0;
}

/**
 * Whether they have the same TCP header of `headerLen` octets but for ports, sequence number, PSH,
 * checksum and urgent pointer.
 */
export function areSegmentsAlike(one: usize, other: usize, headerLen: u32): bool {
  let difference =
    (load<u64>(one, ACKNOWLEDGMENT) ^ load<u64>(other, ACKNOWLEDGMENT)) & ~PUSH;
  for (let at = OPTIONS; at < IPV4_HEADER_LEN + headerLen; at += 4) {
    difference |= <u64>(load<u32>(one + at) ^ load<u32>(other + at));
  }
  return difference == 0;
}

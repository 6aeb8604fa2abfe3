/** ICMP (RFC 792, RFC 1122 section 3.2.2). Formats only. */
import { load16, store16 } from "../core/bytes";
import { addOctets, finish, isIntact } from "../core/checksum";

/** Octets before the data of an echo, or before the packet that an error quotes. */
export const ICMP_HEADER_LEN: u32 = 8;

export const ICMP_ECHO_REPLY: u32 = 0;
export const ICMP_UNREACHABLE: u32 = 3;
export const ICMP_ECHO: u32 = 8;
export const ICMP_TIME_EXCEEDED: u32 = 11;
export const ICMP_PARAMETER_PROBLEM: u32 = 12;

// Codes of ICMP_UNREACHABLE.
export const UNREACHABLE_PROTOCOL: u32 = 2;
export const UNREACHABLE_PORT: u32 = 3;
export const FRAGMENTATION_NEEDED: u32 = 4;

/** A bit for each type of question and answer: echo, timestamp, information, address mask. */
const QUERIES: u32 = 0x7e101;

const TYPE: usize = 0;
const CODE: usize = 1;
const CHECKSUM: usize = 2;
const REST: usize = 4;
const NEXT_HOP_MTU: usize = 6;

/** Whether the `len` octets at `at` have the right checksum. */
export function checkIcmpChecksum(at: usize, len: u32): bool {
  return isIntact(addOctets(0, at, len));
}

export function icmpType(at: usize): u32 {
  return load<u8>(at, TYPE);
}

/** Whether the message at `at` is a question or its answer: not an error, nor unknown. */
export function isIcmpQuery(at: usize): bool {
  const type = icmpType(at);
  return type < 32 && ((QUERIES >> type) & 1) != 0;
}

export function icmpCode(at: usize): u32 {
  return load<u8>(at, CODE);
}

/** Of `FRAGMENTATION_NEEDED`: the next hop's MTU (RFC 1191 section 4); 0: the router is older. */
export function icmpNextHopMtu(at: usize): u32 {
  return load16(at + NEXT_HOP_MTU);
}

/**
 * Writes type, code and the rest of an error's header, and sums all `len` octets. Of `code` the low
 * octet is the code, and the next one the pointer of a parameter problem.
 */
export function emitIcmpError(at: usize, type: u32, code: u32, len: u32): void {
  store<u8>(at, <u8>type, TYPE);
  store<u8>(at, <u8>code, CODE);
  store<u32>(at, code >> 8, REST);
  emitIcmpChecksum(at, len);
}

/** Turns the echo request of `len` octets at `at` into its reply. */
export function emitEchoReply(at: usize, len: u32): void {
  store16(at + TYPE, ICMP_ECHO_REPLY << 8);
  emitIcmpChecksum(at, len);
}

function emitIcmpChecksum(at: usize, len: u32): void {
  store16(at + CHECKSUM, 0);
  store<u16>(at, <u16>finish(addOctets(0, at, len)), CHECKSUM);
}

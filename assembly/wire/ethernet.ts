/** Ethernet II frames (RFC 894), without preamble and FCS. Formats only. */
import { load16, store16 } from "../core/bytes";

export const ETHERNET_HEADER_LEN: u32 = 14;
export const MAC_LEN: u32 = 6;

export const ETHERTYPE_IPV4: u32 = 0x0800;
export const ETHERTYPE_ARP: u32 = 0x0806;

const DESTINATION: usize = 0;
const SOURCE: usize = 6;
const TYPE: usize = 12;

/** The EtherType of the frame at `at`; a length field (802.3) is below 1,536. */
export function etherType(at: usize): u32 {
  return load16(at + TYPE);
}

/** Where the sender's MAC address lies. */
export function etherSource(at: usize): usize {
  return at + SOURCE;
}

/** Where the receiver's MAC address lies. */
export function etherDestination(at: usize): usize {
  return at + DESTINATION;
}

/**
 * Writes a header. At `destination` and `source` lie addresses of 6 octets; two more are read, and
 * what they are written to is overwritten.
 */
export function emitEthernet(at: usize, destination: usize, source: usize, type: u32): void {
  store<u64>(at, load<u64>(destination), DESTINATION);
  store<u64>(at, load<u64>(source), SOURCE);
  store16(at + TYPE, type);
}

/** Copies a MAC address. */
export function copyMac(to: usize, from: usize): void {
  store<u32>(to, load<u32>(from));
  store<u16>(to, load<u16>(from, 4), 4);
}

/** Writes the broadcast address. */
export function fillMac(to: usize, octet: u8): void {
  memory.fill(to, octet, MAC_LEN);
}

/** Whether two MAC addresses are the same. */
export function sameMac(a: usize, b: usize): bool {
  return load<u32>(a) == load<u32>(b) && load<u16>(a, 4) == load<u16>(b, 4);
}

// The sender's address and the EtherType as one word, as loaded: IPv4, and from no group.
const SOURCE_AND_TYPE: u64 = 0xffff000000000001;
// Exchanged by shifts: a call would make it a variable that a start function sets (law 3).
const IPV4_FROM_ONE: u64 = <u64>((ETHERTYPE_IPV4 >> 8) | ((ETHERTYPE_IPV4 & 0xff) << 8)) << 48;

/** Whether the frame at `at` is for the station at `mac`, behind which 2 octets lie, and IPv4. */
export function isIpv4To(at: usize, mac: usize): bool {
  const other = (load<u64>(at, DESTINATION) ^ load<u64>(mac)) << 16;
  return (other | ((load<u64>(at, SOURCE) & SOURCE_AND_TYPE) ^ IPV4_FROM_ONE)) == 0;
}

/** Whether the group bit is set: multicast or broadcast. */
export function isGroupMac(at: usize): bool {
  return (load<u8>(at) & 1) != 0;
}

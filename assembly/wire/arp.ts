/** ARP for IPv4 over Ethernet (RFC 826). Formats only. */
import { load16, load32, store16, store32 } from "../core/bytes";
import { copyMac } from "./ethernet";

/** Octets of an ARP packet for Ethernet and IPv4. */
export const ARP_LEN: u32 = 28;
export const ARP_REQUEST: u32 = 1;
export const ARP_REPLY: u32 = 2;

const TYPES: usize = 0;
const LENGTHS: usize = 4;
const OPERATION: usize = 6;
const SENDER_MAC: usize = 8;
const SENDER_ADDRESS: usize = 14;
const TARGET_MAC: usize = 18;
const TARGET_ADDRESS: usize = 24;

/** Hardware type 1, Ethernet, and protocol type 0x0800, IPv4. */
const ETHERNET_IPV4: u32 = 0x00010800;
/** Octets of an address of each: 6 and 4. */
const MAC_AND_IPV4: u32 = 0x0604;

/** Whether the `len` octets at `at` are ARP for Ethernet and IPv4, request or reply. */
export function checkArp(at: usize, len: u32): bool {
  if (len < ARP_LEN) return false;
  if (load32(at + TYPES) != ETHERNET_IPV4 || load16(at + LENGTHS) != MAC_AND_IPV4) return false;
  const operation = arpOperation(at);
  return operation == ARP_REQUEST || operation == ARP_REPLY;
}

export function arpOperation(at: usize): u32 {
  return load16(at + OPERATION);
}

/** Where the sender's MAC address lies. */
export function arpSenderMac(at: usize): usize {
  return at + SENDER_MAC;
}

/** The sender's IPv4 address, in network order as loaded. */
export function arpSenderAddress(at: usize): u32 {
  return load<u32>(at, SENDER_ADDRESS);
}

/** The IPv4 address asked for, in network order as loaded. */
export function arpTargetAddress(at: usize): u32 {
  return load<u32>(at, TARGET_ADDRESS);
}

/** Writes a packet; MAC addresses are addresses of 6 octets, IPv4 ones in network order. */
export function emitArp(
  at: usize, operation: u32, senderMac: usize, sender: u32, targetMac: usize, target: u32,
): u32 {
  store32(at + TYPES, ETHERNET_IPV4);
  store16(at + LENGTHS, MAC_AND_IPV4);
  store16(at + OPERATION, operation);
  copyMac(at + SENDER_MAC, senderMac);
  store<u32>(at, sender, SENDER_ADDRESS);
  copyMac(at + TARGET_MAC, targetMac);
  store<u32>(at, target, TARGET_ADDRESS);
  return ARP_LEN;
}

/** ARP for IPv4 over Ethernet (RFC 826). Formats only. */
import { load16, store16 } from "../core/bytes";
import { copyMac } from "./ethernet";

/** Octets of an ARP packet for Ethernet and IPv4. */
export const ARP_LEN: u32 = 28;
export const ARP_REQUEST: u32 = 1;
export const ARP_REPLY: u32 = 2;

const HARDWARE_TYPE: usize = 0;
const PROTOCOL_TYPE: usize = 2;
const HARDWARE_LEN: usize = 4;
const PROTOCOL_LEN: usize = 5;
const OPERATION: usize = 6;
const SENDER_MAC: usize = 8;
const SENDER_ADDRESS: usize = 14;
const TARGET_MAC: usize = 18;
const TARGET_ADDRESS: usize = 24;

const HARDWARE_ETHERNET: u32 = 1;
const PROTOCOL_IPV4: u32 = 0x0800;

/** Whether the `len` octets at `at` are ARP for Ethernet and IPv4, request or reply. */
export function checkArp(at: usize, len: u32): bool {
  if (len < ARP_LEN) return false;
  if (load16(at + HARDWARE_TYPE) != HARDWARE_ETHERNET) return false;
  if (load16(at + PROTOCOL_TYPE) != PROTOCOL_IPV4) return false;
  if (load<u8>(at, HARDWARE_LEN) != 6) return false;
  if (load<u8>(at, PROTOCOL_LEN) != 4) return false;
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
  store16(at + HARDWARE_TYPE, HARDWARE_ETHERNET);
  store16(at + PROTOCOL_TYPE, PROTOCOL_IPV4);
  store<u8>(at, 6, HARDWARE_LEN);
  store<u8>(at, 4, PROTOCOL_LEN);
  store16(at + OPERATION, operation);
  copyMac(at + SENDER_MAC, senderMac);
  store<u32>(at, sender, SENDER_ADDRESS);
  copyMac(at + TARGET_MAC, targetMac);
  store<u32>(at, target, TARGET_ADDRESS);
  return ARP_LEN;
}

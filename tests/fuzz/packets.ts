/**
 * Packets written straight into the place where a stack takes them: headers with the fields given,
 * right in all that is not given. Nothing is allocated.
 */
import type { LinkType } from "../../host/link/link.js";
import {
  ETHERNET_HEADER, IP_HEADER, Protocol, TCP_HEADER, get16, get32, put16, put32, repairIp,
  repairTransport,
} from "../support/wire.js";

/** The network of the fuzzer: 10.0.0.0/24. */
export const NETWORK = 0x0a000000;
export const OWN_HOST = 1;
export const HONEST_HOST = 2;

/** The station with this host number, as the last octet of its MAC address has it. */
export const MAC_PREFIX = [2, 0, 0, 0, 0] as const;

/** Where a frame to be handed over is put together. */
export interface Slot {
  octets: Uint8Array;
  at: number;
  /** Octets that fit. */
  size: number;
}

/** Octets in front of the IP packet. */
export function linkHeader(kind: LinkType): number {
  return kind === "ethernet" ? ETHERNET_HEADER : 0;
}

/** Writes the Ethernet header from one host to another, where the link has one. */
export function writeLink(
  kind: LinkType, { octets, at }: Slot, source: number, destination: number, type: number,
): void {
  if (kind !== "ethernet") return;
  writeMac(octets, at, destination);
  writeMac(octets, at + 6, source);
  put16(octets, at + 12, type);
}

export function writeMac(octets: Uint8Array, at: number, host: number): void {
  for (let index = 0; index < 5; index++) octets[at + index] = MAC_PREFIX[index]!;
  octets[at + 5] = host;
}

/** Writes an IP header for `textLen` octets to the stack; the checksum is for `finishIp`. */
export function writeIp(
  octets: Uint8Array, at: number, source: number, protocol: number, textLen: number,
): void {
  octets[at] = 0x45;
  octets[at + 1] = 0;
  put16(octets, at + 2, IP_HEADER + textLen);
  put32(octets, at + 4, 0);
  octets[at + 8] = 64;
  octets[at + 9] = protocol;
  put32(octets, at + 12, NETWORK + source);
  put32(octets, at + 16, NETWORK + OWN_HOST);
}

/** Writes a TCP header without options, its checksum for later. */
export function writeTcp(
  octets: Uint8Array, at: number, sourcePort: number, destinationPort: number,
  seq: number, ack: number, flags: number, window: number,
): void {
  put16(octets, at, sourcePort);
  put16(octets, at + 2, destinationPort);
  put32(octets, at + 4, seq);
  put32(octets, at + 8, ack);
  octets[at + 12] = (TCP_HEADER / 4) << 4;
  octets[at + 13] = flags;
  put16(octets, at + 14, window);
  put32(octets, at + 16, 0);
}

/** Makes both checksums right. */
export function finishPacket(octets: Uint8Array, at: number, end: number): void {
  repairIp(octets, at, end);
  repairTransport(octets, at, end);
}

/** A frame with an IP packet of `textLen` octets that have been written behind the header. */
export function finishFrame(
  kind: LinkType, slot: Slot, source: number, protocol: number, textLen: number,
): number {
  const ip = slot.at + linkHeader(kind);
  writeLink(kind, slot, source, OWN_HOST, 0x0800);
  writeIp(slot.octets, ip, source, protocol, textLen);
  finishPacket(slot.octets, ip, ip + IP_HEADER + textLen);
  return linkHeader(kind) + IP_HEADER + textLen;
}

/** Where what the IP packet carries begins. */
export function textAt(kind: LinkType, slot: Slot): number {
  return slot.at + linkHeader(kind) + IP_HEADER;
}

/** An ARP packet that one host sends: operation 1 asks, 2 answers. */
export function writeArp(
  slot: Slot, source: number, destination: number, operation: number,
  senderAddress: number, targetAddress: number,
): number {
  const { octets, at } = slot;
  writeLink("ethernet", slot, source, destination, 0x0806);
  const arp = at + ETHERNET_HEADER;
  put32(octets, arp, 0x00010800);
  put16(octets, arp + 4, 0x0604);
  put16(octets, arp + 6, operation);
  writeMac(octets, arp + 8, source);
  put32(octets, arp + 14, senderAddress);
  writeMac(octets, arp + 18, destination);
  put32(octets, arp + 24, targetAddress);
  return ETHERNET_HEADER + 28;
}

/** The host that an ARP frame asks for; -1: it asks for none. */
export function askedHost(frame: Uint8Array): number {
  const isRequest = get16(frame, ETHERNET_HEADER + 6) === 1;
  return isRequest ? get32(frame, ETHERNET_HEADER + 24) - NETWORK : -1;
}

/** An ICMP message: type, code, four octets, and `dataLen` octets that have been written. */
export function writeIcmp(
  kind: LinkType, slot: Slot, source: number, type: number, code: number, dataLen: number,
): number {
  const at = textAt(kind, slot);
  slot.octets[at] = type;
  slot.octets[at + 1] = code;
  put32(slot.octets, at + 4, 0x00010001);
  return finishFrame(kind, slot, source, Protocol.Icmp, 8 + dataLen);
}

/** A UDP datagram of `dataLen` octets that have been written. */
export function writeUdp(
  kind: LinkType, slot: Slot, source: number, port: number, dataLen: number,
): number {
  const at = textAt(kind, slot);
  put16(slot.octets, at, 5353);
  put16(slot.octets, at + 2, port);
  put16(slot.octets, at + 4, 8 + dataLen);
  return finishFrame(kind, slot, source, Protocol.Udp, 8 + dataLen);
}

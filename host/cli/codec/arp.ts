/** ARP for IPv4 over Ethernet (RFC 826). */

export const enum ArpOperation {
  Request = 1,
  Reply = 2,
}

/** Hardware type Ethernet, protocol IPv4, and the lengths of their addresses. */
const PREAMBLE = [0, 1, 8, 0, 6, 4];
const PACKET_OCTETS = 28;

/** Addresses as octets: MAC 6, IPv4 4. */
export interface ArpPacket {
  operation: number;
  senderMac: Uint8Array;
  sender: Uint8Array;
  targetMac: Uint8Array;
  target: Uint8Array;
}

/** The packet's fields as views on it; null when it is not ARP for IPv4 over Ethernet. */
export function parseArp(packet: Uint8Array): ArpPacket | null {
  if (packet.length < PACKET_OCTETS) return null;
  if (PREAMBLE.some((octet, index) => packet[index] !== octet)) return null;
  return {
    operation: (packet[6]! << 8) | packet[7]!,
    senderMac: packet.subarray(8, 14),
    sender: packet.subarray(14, 18),
    targetMac: packet.subarray(18, 24),
    target: packet.subarray(24, 28),
  };
}

export function emitArp({ operation, senderMac, sender, targetMac, target }: ArpPacket) {
  const packet = new Uint8Array(PACKET_OCTETS);
  packet.set(PREAMBLE);
  packet[7] = operation;
  packet.set(senderMac, 8);
  packet.set(sender, 14);
  packet.set(targetMac, 18);
  packet.set(target, 24);
  return packet;
}

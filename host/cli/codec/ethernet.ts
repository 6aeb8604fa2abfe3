/** Ethernet II frames (IEEE 802.3 clause 3, without preamble and FCS). */

export const MAC_BROADCAST = Uint8Array.of(255, 255, 255, 255, 255, 255);

export const enum EtherType {
  Ipv4 = 0x0800,
  Arp = 0x0806,
}

const HEADER_OCTETS = 14;

export interface EthernetFrame {
  destination: Uint8Array;
  source: Uint8Array;
  type: number;
  payload: Uint8Array;
}

/** The parts of a frame, as views on it; null when it is too short. */
export function parseEthernet(frame: Uint8Array): EthernetFrame | null {
  if (frame.length < HEADER_OCTETS) return null;
  return {
    destination: frame.subarray(0, 6),
    source: frame.subarray(6, 12),
    type: (frame[12]! << 8) | frame[13]!,
    payload: frame.subarray(HEADER_OCTETS),
  };
}

export function emitEthernet({ destination, source, type, payload }: EthernetFrame): Uint8Array {
  const frame = new Uint8Array(HEADER_OCTETS + payload.length);
  frame.set(destination, 0);
  frame.set(source, 6);
  frame[12] = type >> 8;
  frame[13] = type;
  frame.set(payload, HEADER_OCTETS);
  return frame;
}

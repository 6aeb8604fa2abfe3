/** The IP packet being received, decoded: what the layers above need to know of the one below. */

@unmanaged
@final
export class Packet {
  /** Where the IP header begins. */
  at: usize;
  /** Octets of the packet as its header says: link padding is not in it. */
  len: u32;
  /** What the packet carries. */
  textAt: usize;
  textLen: u32;
  sourceHigh: u64;
  sourceLow: u64;
  /** Where the sending station's MAC address lies; 0 when the link has none. */
  sourceMac: usize;
  protocol: u32;
  service: u32;
}

const packet: Packet = changetype<Packet>(memory.data(offsetof<Packet>(), 8));

export function thePacket(): Packet {
  return packet;
}

/** The IP packet being received, decoded: what the layers above need to know of the one below. */
import { ReceiveFlag } from "../abi/parameters";
import { IS_BOARD } from "../config";
import { Pair } from "../core/pair";

/** Its pair is its sender's address, and the ports once they have been read; it is in no list. */
@unmanaged
@final
export class Packet extends Pair {
  /** Where the IP header begins. */
  at: usize;
  /** What the packet carries: link padding is not in it. */
  textAt: usize;
  textLen: u32;
  /** Where the sending station's MAC address lies; 0 when the link has none. */
  sourceMac: usize;
  protocol: u32;
  service: u32;
  /** Bits of `ReceiveFlag`. */
  flags: u32;
}

const packet: Packet = changetype<Packet>(memory.data(offsetof<Packet>(), 8));

export function thePacket(): Packet {
  return packet;
}

/** Notes bits of `ReceiveFlag` for the packet that is about to come, or has. */
export function flagPacket(flags: u32): void {
  if (!IS_BOARD) packet.flags = flags;
}

/** Whether the checksum of what it carries is not to be looked at. */
export function isChecked(): bool {
  return !IS_BOARD && (packet.flags & ReceiveFlag.Checked) != 0;
}

/**
 * What Linux says of a frame in front of it when asked to (IFF_VNET_HDR): struct virtio_net_hdr of
 * linux/virtio_net.h, little endian (TUNSETVNETLE). With it frames may leave their TCP checksum to
 * whoever needs it, and be as large as 64 KiB, to be cut by whoever has to.
 */
import { FrameFlag, ReceiveFlag } from "../../assembly/abi/parameters.js";

/** Without the count of buffers, which a TAP interface has no use for. */
export const VNET_HEADER_OCTETS = 10;

// Offsets of octets.
const FLAGS = 0;
const GSO_TYPE = 1;
/** Octets of all headers. */
const HEADER_LEN = 2;
/** Octets of text of each segment. */
const GSO_SIZE = 4;
/** Where in the frame that begins which is summed, and where in that the sum goes. */
const CHECKSUM_START = 6;
const CHECKSUM_OFFSET = 8;

const NEEDS_CHECKSUM = 1;
/** The network card has verified it. */
const DATA_VALID = 2;
const GSO_TCPV4 = 1;

const TCP_OFFSET_AT = 12;
const TCP_CHECKSUM_AT = 16;

/** What the header at the beginning of `octets` says of its frame: bits of `ReceiveFlag`. */
export function readVnetHeader(octets: Uint8Array): ReceiveFlag {
  const isChecked = (octets[FLAGS]! & (NEEDS_CHECKSUM | DATA_VALID)) !== 0;
  return isChecked ? ReceiveFlag.Checked : ReceiveFlag.None;
}

/**
 * Writes the header of a frame to the beginning of `octets`. `ipAt`: where its IPv4 packet begins;
 * `flags`: bits of `FrameFlag`; `segmentSize`: as the descriptor has it.
 */
export function writeVnetHeader(
  octets: Uint8Array, frame: Uint8Array, ipAt: number, flags: number, segmentSize: number,
): void {
  octets.fill(0, 0, VNET_HEADER_OCTETS);
  if ((flags & FrameFlag.PartialChecksum) === 0) return;
  const tcpAt = ipAt + (frame[ipAt]! & 15) * 4;
  octets[FLAGS] = NEEDS_CHECKSUM;
  put16(octets, CHECKSUM_START, tcpAt);
  put16(octets, CHECKSUM_OFFSET, TCP_CHECKSUM_AT);
  put16(octets, HEADER_LEN, tcpAt + (frame[tcpAt + TCP_OFFSET_AT]! >> 4) * 4);
  if (segmentSize === 0) return;
  octets[GSO_TYPE] = GSO_TCPV4;
  put16(octets, GSO_SIZE, segmentSize);
}

function put16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value;
  octets[at + 1] = value >> 8;
}

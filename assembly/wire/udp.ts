/** UDP headers (RFC 768). Formats only. */
import { load16 } from "../core/bytes";

export const UDP_HEADER_LEN: u32 = 8;

const LEN: usize = 4;
const CHECKSUM: usize = 6;

/** Whether the length field fits the `len` octets at `at`. */
export function checkUdpLengths(at: usize, len: u32): bool {
  if (len < UDP_HEADER_LEN) return false;
  const udpLen = udpLenField(at);
  return udpLen >= UDP_HEADER_LEN && udpLen <= len;
}

/** Octets of header and data. */
export function udpLenField(at: usize): u32 {
  return load16(at + LEN);
}

/** Whether the sender made a checksum at all. */
export function udpHasChecksum(at: usize): bool {
  return load<u16>(at, CHECKSUM) != 0;
}

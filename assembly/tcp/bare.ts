/**
 * Segments without text, and without options but timestamps, in a packet as net/usual.ts has it:
 * what the short ways of a connection's begin and end have in common.
 */
import { isIntact } from "../core/checksum";
import { isChecked } from "../net/packet";
import { IPV4_HEADER_LEN, ipv4PseudoSum, ipv4TotalLen } from "../wire/ipv4";
import { TCP_HEADER_LEN, addHeader, hasHeaderLen } from "../wire/tcp";
import { TIMESTAMPS_LEN, areTimestampsAlone, timestampValue } from "../wire/tcp_options";
import { seqLt } from "./seq";

/**
 * Whether the segment in the IPv4 packet at `packet` is bare, has timestamps if and only if they
 * were agreed on, not older than `tsRecent`, and is sound (MUST-3).
 */
export function isBare(packet: usize, hasTimestamps: bool, tsRecent: u32): bool {
  const at = packet + IPV4_HEADER_LEN;
  const len = hasTimestamps ? TCP_HEADER_LEN + TIMESTAMPS_LEN : TCP_HEADER_LEN;
  if (ipv4TotalLen(packet) != IPV4_HEADER_LEN + len || !hasHeaderLen(at, len)) return false;
  if (hasTimestamps) {
    const options = at + TCP_HEADER_LEN;
    if (!areTimestampsAlone(options) || seqLt(timestampValue(options), tsRecent)) return false;
  }
  return isChecked() || isIntact(addHeader(ipv4PseudoSum(packet, len), at, len));
}

/** TSval of such a segment that has timestamps. */
export function bareTimestamp(packet: usize): u32 {
  return timestampValue(packet + IPV4_HEADER_LEN + TCP_HEADER_LEN);
}

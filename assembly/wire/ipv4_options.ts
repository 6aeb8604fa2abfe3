/**
 * IPv4 options (RFC 791 section 3.1): they are looked through, and none is acted upon. Deviation:
 * no source route is turned round, or originated (RFC 1122 section 3.2.1.8).
 */
import { IPV4_HEADER_LEN, ipv4HeaderLen } from "./ipv4";

/** What `checkIpv4Options` says of a source route that goes on from here. */
export const SOURCE_ROUTE: u32 = 0xff;

const END: u32 = 0;
const NONE: u32 = 1;
const LOOSE_ROUTE: u32 = 131;
const STRICT_ROUTE: u32 = 137;

/**
 * Looks through the options of the header at `at`, whose lengths must be right. Returns 0, what is
 * wrong with them as the offset of the octet in the header, or `SOURCE_ROUTE`.
 */
export function checkIpv4Options(at: usize): u32 {
  const end = ipv4HeaderLen(at);
  let offset = IPV4_HEADER_LEN;
  while (offset < end) {
    const kind = <u32>load<u8>(at + offset);
    if (kind == END) break;
    let len: u32 = 1;
    if (kind != NONE) {
      // Of an option in the last octet this is not the header's any more, and the sum too large.
      len = load<u8>(at + offset, 1);
      if (len < 2 || offset + len > end) return offset + 1;
      // A route is done when its pointer has passed its end.
      const isRoute = kind == LOOSE_ROUTE || kind == STRICT_ROUTE;
      if (isRoute && (len < 3 || <u32>load<u8>(at + offset, 2) <= len)) return SOURCE_ROUTE;
    }
    offset += len;
  }
  return 0;
}

/**
 * Addresses: 16 octets as two u64 words, as loaded. An IPv4 address is ::ffff:a.b.c.d (RFC 4291
 * section 2.5.5.2), so nothing above this layer knows which family it talks to:
 *
 *   high   octets 0 to 7: 0
 *   low    octets 8 to 15: 00 00 ff ff a b c d     (in the u64: the address is the upper half)
 */

/** The low half of every IPv4 address's low word. */
const MAPPED: u64 = 0xffff0000;

/** The low word of an IPv4 address in network order; the high word is 0. */
export function mapIpv4(address: u32): u64 {
  return (<u64>address << 32) | MAPPED;
}

/** The IPv4 address in a low word, in network order. */
export function ipv4Of(low: u64): u32 {
  return <u32>(low >> 32);
}

/** Whether the two words are an IPv4 address. */
export function isIpv4(high: u64, low: u64): bool {
  return high == 0 && (low & 0xffffffff) == MAPPED;
}

/** Whether the address is "any": all zero, or 0.0.0.0. */
export function isAny(high: u64, low: u64): bool {
  return high == 0 && (low == 0 || low == MAPPED);
}

/** 224.0.0.0/4. */
export function isMulticastIpv4(address: u32): bool {
  return (address & 0xf0) == 0xe0;
}

/** Whether nobody can be reached at, or send from, this address wherever we are (RFC 6890). */
export function isNobodyIpv4(address: u32): bool {
  const first = address & 0xff;
  return first == 0 || first == 127 || first >= 224;
}

/** The mask of a prefix of `len` bits, in network order. */
export function maskOf(len: u32): u32 {
  return len == 0 ? 0 : bswap<u32>(<u32>0xffffffff << (32 - len));
}

/** Packets by hand: network order, checksums, IPv4 headers, and the pattern of the peer's text. */

/** The sum of 16-bit big-endian words, folded. */
export function plainSum(sum: u32, at: usize, len: u32): u32 {
  for (let index: u32 = 0; index < len; index++) {
    const octet = <u32>load<u8>(at + index);
    sum += index & 1 ? octet : octet << 8;
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return sum;
}

/** The pattern of the peer's text at a sequence number. */
export function textOctet(seq: u32): u8 {
  return <u8>((seq * 2654435761) >> 24);
}

/** Network order. */
export function put16(at: usize, value: u32): void {
  store<u8>(at, <u8>(value >> 8));
  store<u8>(at, <u8>value, 1);
}

/** Network order. */
export function put32(at: usize, value: u32): void {
  put16(at, value >> 16);
  put16(at + 2, value & 0xffff);
}

/** Network order. */
export function get16(at: usize): u32 {
  return (<u32>load<u8>(at) << 8) | <u32>load<u8>(at, 1);
}

/** Network order. */
export function get32(at: usize): u32 {
  return (get16(at) << 16) | get16(at + 2);
}

/** Writes an IPv4 header of 20 octets at `at` for `len` octets that follow. */
export function putIp(at: usize, protocol: u32, source: u32, destination: u32, len: u32): void {
  put16(at, 0x4500);
  put16(at + 2, 20 + len);
  put32(at + 4, 0);
  put16(at + 8, (64 << 8) | protocol);
  put16(at + 10, 0);
  put32(at + 12, source);
  put32(at + 16, destination);
  put16(at + 10, plainSum(0, at, 20) ^ 0xffff);
}

/** The Internet checksum (RFC 1071): of what `ping` sends, and of what the ladder sees. */

/** The one's complement sum of 16-bit words, on top of `initial`; folded to 16 bits. */
export function sum16(octets: Uint8Array, initial = 0): number {
  let sum = initial;
  for (let index = 0; index + 1 < octets.length; index += 2) {
    sum += (octets[index]! << 8) | octets[index + 1]!;
  }
  if (octets.length % 2 === 1) sum += octets[octets.length - 1]! << 8;
  // Packets have at most 65,535 octets: the sum of their words stays below 2^32.
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** What to put into a checksum field that is 0 while it is computed. */
export function checksum(octets: Uint8Array, initial = 0): number {
  return ~sum16(octets, initial) & 0xffff;
}

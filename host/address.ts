/**
 * Addresses as text and as octets: IPv4 in the 16 octets that the core's ABI uses (::ffff:a.b.c.d,
 * RFC 4291 section 2.5.5.2; 16 zero octets mean "any"), prefixes (RFC 4632), and MAC addresses.
 * Text is read as strictly as by `net.isIPv4`: four decimal numbers, no leading zeros, no short
 * forms. Needs nothing of Node's.
 */

/** Octets of an address at the ABI. */
export const ADDRESS_OCTETS = 16;
export const MAC_OCTETS = 6;

/** The 12 octets in front of a mapped IPv4 address. */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** A text that is not what it should be. `code` is Node's for bad arguments. */
export class AddressError extends TypeError {
  override readonly name = "AddressError";
  readonly code = "ERR_INVALID_ARG_VALUE";
}

export interface Prefix {
  /** 16 octets, host part included. */
  address: Uint8Array;
  /** The address as text: "10.0.0.1". */
  text: string;
  /** Bits of the network part: 0 to 32. */
  prefixLen: number;
}

/** True for exactly what `net.isIPv4` takes. */
export function isIpv4(text: string): boolean {
  return problemOfIpv4(text) === null;
}

/**
 * "10.0.0.1" or "::ffff:10.0.0.1" as 16 octets; "0.0.0.0" and "::" are "any", 16 zero octets.
 * Throws AddressError.
 */
export function parseAddress(text: string): Uint8Array {
  const octets = new Uint8Array(ADDRESS_OCTETS);
  const ipv4 = text.toLowerCase().startsWith("::ffff:") ? text.slice(7) : text;
  if (ipv4 === "::" || ipv4 === "0.0.0.0") return octets;
  const problem = problemOfIpv4(ipv4);
  if (problem !== null) throw new AddressError(`"${text}" is not an IPv4 address: ${problem}`);
  octets.set(MAPPED_PREFIX);
  octets.set(ipv4.split(".").map(Number), MAPPED_PREFIX.length);
  return octets;
}

/** The address at `octets[at]` as text; "any" is "0.0.0.0". */
export function formatAddress(octets: Uint8Array, at = 0): string {
  const address = octets.subarray(at, at + ADDRESS_OCTETS);
  const isMapped = MAPPED_PREFIX.every((octet, index) => address[index] === octet);
  if (isMapped || address.every((octet) => octet === 0)) return address.subarray(12).join(".");
  const groups: string[] = [];
  for (let index = 0; index < ADDRESS_OCTETS; index += 2) {
    groups.push(((address[index]! << 8) | address[index + 1]!).toString(16));
  }
  return groups.join(":");
}

/** "10.0.0.1/24". Throws AddressError, also when the prefix length is missing. */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf("/");
  if (slash < 0) {
    throw new AddressError(`"${text}" has no prefix length: write it as ${text || "10.0.0.1"}/24`);
  }
  const length = text.slice(slash + 1);
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32) {
    throw new AddressError(
      `"${text}" is no address with prefix: "${length}" should be a number from 0 to 32`,
    );
  }
  const address = text.slice(0, slash);
  return { address: parseAddress(address), text: address, prefixLen: Number(length) };
}

/** "02:00:00:00:00:01", or with "-", as 6 octets. Throws AddressError, also for a group address. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) {
    throw new AddressError(
      `"${text}" is not a MAC address: write six pairs of hexadecimal digits, as 02:00:00:00:00:01`,
    );
  }
  const octets = Uint8Array.from(text.split(/[:-]/), (pair) => parseInt(pair, 16));
  if ((octets[0]! & 1) !== 0) {
    throw new AddressError(
      `"${text}" is a group address (first octet odd); an interface needs one of its own`,
    );
  }
  if (octets.every((octet) => octet === 0)) {
    throw new AddressError(`"${text}" is no interface's address: it stands for "unknown" in ARP`);
  }
  return octets;
}

export function formatMac(octets: Uint8Array, at = 0): string {
  const pairs = Array.from(octets.subarray(at, at + MAC_OCTETS), (octet) =>
    octet.toString(16).padStart(2, "0"),
  );
  return pairs.join(":");
}

/** A random MAC address, marked as locally administered (IEEE 802c). */
export function randomMac(): Uint8Array {
  const octets = crypto.getRandomValues(new Uint8Array(MAC_OCTETS));
  octets[0] = (octets[0]! & 0xfc) | 2;
  return octets;
}

/** What keeps the text from being an IPv4 address, or null. */
function problemOfIpv4(text: string): string | null {
  const parts = text.split(".");
  if (parts.length !== 4) return "write four numbers from 0 to 255, as 10.0.0.1";
  for (const part of parts) {
    if (!/^\d+$/.test(part)) return `"${part}" should be a number from 0 to 255`;
    if (part.length > 1 && part.startsWith("0")) return `"${part}" has a leading zero`;
    if (Number(part) > 255) return `${part} is more than 255`;
  }
  return null;
}

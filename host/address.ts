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

/** What most calls say of the local address. */
const ANY = "0.0.0.0";
const ZERO = "0".charCodeAt(0);
const DOT = ".".charCodeAt(0) - ZERO;

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
  return readIpv4(text) >= 0;
}

/**
 * "10.0.0.1" or "::ffff:10.0.0.1" as 16 octets; "0.0.0.0" and "::" are "any", 16 zero octets.
 * Throws AddressError.
 */
export function parseAddress(text: string): Uint8Array {
  const octets = new Uint8Array(ADDRESS_OCTETS);
  writeAddress(text, octets, 0);
  return octets;
}

/** The same to `octets[at]` and on. Makes no object: it is done for every connection. */
export function writeAddress(text: string, octets: Uint8Array, at: number): void {
  let address = text === ANY ? 0 : readIpv4(text);
  if (address < 0 && text !== "::") {
    const ipv4 = text.toLowerCase().startsWith("::ffff:") ? text.slice(7) : text;
    address = readIpv4(ipv4);
    if (address < 0) {
      throw new AddressError(`"${text}" is not an IPv4 address: ${problemOfIpv4(ipv4)}`);
    }
  }
  const isAny = address <= 0;
  for (let index = 0; index < MAPPED_PREFIX.length; index++) {
    octets[at + index] = isAny ? 0 : MAPPED_PREFIX[index]!;
  }
  for (let index = ADDRESS_OCTETS - 1; index >= MAPPED_PREFIX.length; index--, address >>>= 8) {
    octets[at + index] = isAny ? 0 : address;
  }
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

/** Four decimal numbers as one of 32 bits, the first one highest; -1: the text is not that. */
function readIpv4(text: string): number {
  let address = 0;
  let count = 0;
  let part = -1;
  for (let index = 0; index <= text.length; index++) {
    const digit = index < text.length ? text.charCodeAt(index) - ZERO : DOT;
    if (digit === DOT) {
      if (part < 0) return -1;
      address = address * 256 + part;
      part = -1;
      count++;
    } else {
      // No leading zeros; and none of the numbers may be too large.
      if (digit < 0 || digit > 9 || part === 0) return -1;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    }
  }
  return count === 4 ? address : -1;
}

/** What keeps the text from being an IPv4 address: of one that `readIpv4` does not take. */
function problemOfIpv4(text: string): string {
  const parts = text.split(".");
  if (parts.length !== 4) return "write four numbers from 0 to 255, as 10.0.0.1";
  const part = parts.find((candidate) => !/^(0|[1-9]\d{0,2})$/.test(candidate) || +candidate > 255);
  if (!/^\d+$/.test(part!)) return `"${part}" should be a number from 0 to 255`;
  return part!.startsWith("0") ? `"${part}" has a leading zero` : `${part} is more than 255`;
}

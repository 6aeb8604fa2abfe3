/**
 * From what a user calls a host to an address. The stack itself has no names: those are for a
 * `lookup` function of the form of Node's `dns.lookup`.
 */
import { isIpv4, parseAddress, formatAddress } from "./address.js";
import { nextTick } from "./platform.js";

export type LookupFunction = (
  hostname: string,
  options: { family: 4; all?: false },
  callback: (error: Error | null, address: string, family: number) => void,
) => void;

/** Calls back once, later. */
export function resolveHost(
  host: string | undefined,
  lookup: LookupFunction | undefined,
  callback: (error: Error | null, address: string) => void,
): void {
  const address = host === undefined ? undefined : literal(host);
  if (address !== undefined) {
    nextTick(() => callback(null, address));
  } else if (host !== undefined && lookup !== undefined) {
    lookup(host, { family: 4, all: false }, (error, found) => callback(error, found));
  } else {
    nextTick(() => callback(nameError(host), ""));
  }
}

/** "10.0.0.1" or "::ffff:10.0.0.1" as the former. */
function literal(host: string): string | undefined {
  if (isIpv4(host)) return host;
  return /^::ffff:[\d.]+$/i.test(host) ? formatAddress(parseAddress(host)) : undefined;
}

/** Node's error for a name that nobody knows, and what to do about it. */
function nameError(host: string | undefined): Error {
  const hostname = host ?? "localhost";
  const advice =
    host === undefined
      ? "give the option host, an IPv4 address (this stack has no loopback to default to)"
      : "this stack takes IPv4 addresses, and names only with the option lookup (dns.lookup)";
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}: ${advice}`);
  return Object.assign(error, { code: "ENOTFOUND", syscall: "getaddrinfo", hostname });
}

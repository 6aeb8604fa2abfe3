/**
 * The options that all verbs on a link share: from the words of the command line to a link with
 * faults and capture on it, and to a network.
 */
import { isIpv4, parseAddress, parsePrefix } from "../address.js";
import type { Faults } from "../link/faults.js";
import { withFaults } from "../link/faults.js";
import { withNarrowPath, type NarrowOptions } from "../link/narrow.js";
import {
  FAULT_OPTIONS, FAULT_OPTIONS_HELP, parseFaultOptions, parseNarrowOptions,
  type FaultOptionValues,
} from "../link/faults_options.js";
import type { Link } from "../link/link.js";
import { LINK_HELP, openLink } from "../link/open.js";
import { withCapture } from "../link/pcap.js";
import { createNetwork, type Network } from "../network.js";
import { UsageError, readInteger } from "./command_line.js";

export const NETWORK_OPTIONS = {
  link: { type: "string" },
  address: { type: "string" },
  gateway: { type: "string" },
  mtu: { type: "string" },
  pcap: { type: "string" },
  "no-offload": { type: "boolean" },
  ...FAULT_OPTIONS,
} as const;

export const NETWORK_OPTIONS_HELP = `\
The link and our place on it:
  --link LINK     where frames come from and go to, see below
  --address A/N   our IPv4 address and the bits of its network part, such as 10.0.0.2/24
  --gateway G     the router for all that is not on the link
  --mtu OCTETS    the largest IP packet, 576 to 65535; the link's own by default
  --pcap FILE     record all frames to FILE, for tshark and Wireshark (pcapng)
  --no-offload    tap and tun: finish checksums and cut segments here, and have the kernel do so:
                  without it a capture has frames of up to 64 KiB, with partial checksums

${LINK_HELP}
${FAULT_OPTIONS_HELP}`;

export type NetworkOptionValues =
  { readonly [Name in "link" | "address" | "gateway" | "mtu" | "pcap"]?: string }
  & { readonly "no-offload"?: boolean }
  & FaultOptionValues;

export interface NetworkSettings {
  link: string;
  /** With the prefix length. */
  address: string;
  gateway?: string;
  mtu?: number;
  pcap?: string;
  /** As in `NetworkOptions`. */
  offload?: boolean;
  faults?: Faults;
  narrow?: NarrowOptions;
}

const LEAST_MTU = 576;
const MOST_MTU = 65535;

/** Reads the values. Throws UsageError. `defaults` stand in for what is mandatory elsewhere. */
export function readNetworkSettings(
  values: NetworkOptionValues, defaults: { link?: string; wireAddress?: string } = {},
): NetworkSettings {
  const link = values.link ?? defaults.link;
  if (link === undefined) {
    throw new UsageError("--link is missing, such as --link tap:mote0");
  }
  const address = values.address ?? (link === "wire" ? defaults.wireAddress : undefined);
  if (address === undefined) {
    throw new UsageError("--address is missing: our own, such as --address 10.0.0.2/24");
  }
  asUsage("--address", () => checkOwnAddress(address));
  const faults = asUsage("", () => parseFaultOptions(values));
  const narrow = asUsage("", () => parseNarrowOptions(values));
  if (values.gateway !== undefined) {
    asUsage("--gateway", () => checkGateway(values.gateway!, address));
  }
  return {
    link,
    address,
    ...(values.gateway === undefined ? {} : { gateway: values.gateway }),
    ...(values.mtu === undefined
      ? {}
      : { mtu: readInteger("--mtu", values.mtu, LEAST_MTU, MOST_MTU) }),
    ...(values.pcap === undefined ? {} : { pcap: values.pcap }),
    ...(values["no-offload"] === true ? { offload: false } : {}),
    ...(faults === undefined ? {} : { faults }),
    ...(narrow === undefined ? {} : { narrow }),
  };
}

/** The link of the settings with faults and, outside of them, capture: not opened yet. */
export async function makeLink(settings: NetworkSettings): Promise<Link> {
  let link: Link;
  try {
    link = await openLink(settings.link);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message.trimEnd());
    throw error;
  }
  return dress(link, settings);
}

/** Faults and capture around a link, as the settings ask for. */
export function dress(link: Link, { faults, narrow, pcap }: NetworkSettings): Link {
  if (narrow !== undefined) link = asUsage("", () => withNarrowPath(link, narrow));
  const faulty = faults === undefined ? link : withFaults(link, faults);
  return pcap === undefined ? faulty : withCapture(faulty, pcap);
}

/** A network on the link of the settings, or on `link`; with a module of the user's own. */
export async function openNetwork(
  settings: NetworkSettings, link?: Link, module?: WebAssembly.Module,
): Promise<Network> {
  return createNetwork({
    link: link ?? (await makeLink(settings)),
    address: settings.address,
    ...(module === undefined ? {} : { module }),
    ...(settings.gateway === undefined ? {} : { gateway: settings.gateway }),
    ...(settings.mtu === undefined ? {} : { mtu: settings.mtu }),
    ...(settings.offload === undefined ? {} : { offload: settings.offload }),
  });
}

/** The link of a network in words: its name, and how frames pass it. */
export function describeLink({ link, stack }: Network): string {
  return stack.hasOffload ? `${link.name} with offload` : link.name;
}

/** An address that a host can have on that network: not the network's own, nor broadcast. */
function checkOwnAddress(text: string): void {
  const { text: address, prefixLen } = parsePrefix(text);
  const value = numberOf(address);
  if (value >>> 28 >= 14 || value >>> 24 === 0 || value >>> 24 === 127) {
    throw new RangeError(`${address} is no address that a host on a link can have`);
  }
  if (prefixLen > 30) return;
  const hostPart = value & hostMask(prefixLen);
  if (hostPart === 0) {
    throw new RangeError(`${address} is the address of the network ${text} itself, not of a host`);
  }
  if (hostPart === hostMask(prefixLen)) {
    throw new RangeError(`${address} is the broadcast address of its network ${text}`);
  }
}

function checkGateway(gateway: string, address: string): void {
  parseAddress(gateway);
  const { text: own, prefixLen } = parsePrefix(address);
  if (gateway === own) throw new RangeError(`${gateway} is our own address`);
  // With /32 nothing but the router is on the link.
  if (prefixLen < 32 && !isOnLink(gateway, address)) {
    throw new RangeError(`${gateway} is not on the link, which is ${address}`);
  }
}

/** Whether the address is in the network of the prefix "10.0.0.1/24". */
export function isOnLink(address: string, prefix: string): boolean {
  const { text, prefixLen } = parsePrefix(prefix);
  const mask = ~hostMask(prefixLen);
  return (numberOf(address) & mask) === (numberOf(text) & mask);
}

/** The other host of a network of two: the next address, or the one before when that is none. */
export function neighbourOf(prefix: string): string {
  const { text, prefixLen } = parsePrefix(prefix);
  if (prefixLen === 32) {
    throw new UsageError(`--address ${prefix} leaves no address for the other end: write /24`);
  }
  const value = numberOf(text);
  const mask = hostMask(prefixLen);
  const isLast = prefixLen === 31 ? (value & 1) === 1 : ((value + 1) & mask) === mask;
  const other = isLast ? value - 1 : value + 1;
  return [24, 16, 8, 0].map((shift) => (other >>> shift) & 255).join(".");
}

/** The bits of the host part. */
function hostMask(prefixLen: number): number {
  return prefixLen === 0 ? -1 : prefixLen === 32 ? 0 : (1 << (32 - prefixLen)) - 1;
}

function numberOf(address: string): number {
  const octets = parseAddress(address).subarray(12);
  return new DataView(octets.buffer, octets.byteOffset).getInt32(0);
}

/** HOST: an IPv4 address, or a name for the resolver of this machine. Throws UsageError. */
export function checkHost(host: string): void {
  if (isIpv4(host) || !/^[\d.]*$/.test(host)) return;
  asUsage("HOST", () => parseAddress(host));
}

export function asUsage<Result>(name: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${name}${name && ": "}${(error as Error).message}`);
  }
}

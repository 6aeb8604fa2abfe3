/** What `configure` takes, as an object, and how it is written for the core. */
import {
  Interface, InterfaceFlag, LinkKind, Parameter,
} from "../assembly/abi/parameters.js";
import { MAC_OCTETS, parseAddress, parseMac, parsePrefix, randomMac } from "./address.js";
import type { Core } from "./core.js";
import { argumentError } from "./error.js";
import type { LinkType } from "./link/link.js";

export interface InterfaceOptions {
  /**
   * By default "ethernet" with a `mac`, "ip" without; "serial" is bare IP, too, to be used with
   * `serialReceive`.
   */
  kind?: LinkType;
  /** Octets of the largest IP packet; 68 to the budget's MTU, 1,500 by default. */
  mtu?: number;
  /** Ethernet only: "02:00:00:00:00:01". A random, locally administered one by default. */
  mac?: string;
  /** Our address and how long its network part is: "10.0.0.1/24". */
  address: string;
  /** The router for all that is not on the link. */
  gateway?: string;
  /**
   * Ethernet only: ask whether somebody has our address before its first use, for 5 to 7 seconds,
   * and announce it then (RFC 5227).
   */
  probe?: boolean;
  /** Ethernet only: tell the neighbours of our address, without having asked. */
  announce?: boolean;
  /** Say nothing for an MSL first: for a start without good entropy (RFC 9293 section 3.4.3). */
  quiet?: boolean;
  /**
   * TCP checksums and the cutting of large segments are left to whoever takes the frames: see
   * `frameFlags` and `segmentSize` of a stack. Not in the build for boards (EINVAL).
   */
  offload?: boolean;
}

const DEFAULT_MTU = 1500;
const LEAST_MTU = 68; // RFC 791: what every internet module must forward unfragmented

/** Puts the `Interface` words at the parameters. Throws AddressError, or ERR_OUT_OF_RANGE. */
export function writeInterface(core: Core, options: InterfaceOptions): void {
  const { kind = options.mac === undefined ? "ip" : "ethernet", mtu = DEFAULT_MTU } = options;
  if (!Number.isInteger(mtu) || mtu < LEAST_MTU || mtu > 65535) {
    throw argumentError("ERR_OUT_OF_RANGE", `mtu is ${mtu}; it must be ${LEAST_MTU} to 65,535`);
  }
  const prefix = parsePrefix(options.address);
  const gateway = parseAddress(options.gateway ?? "0.0.0.0");
  const mac = macOf(kind, options.mac);

  const at = core.parametersWord + (Parameter.Interface >>> 2);
  core.words.fill(0, at, at + Interface.Words);
  core.words[at + Interface.Kind] = kind === "ethernet" ? LinkKind.Ethernet : LinkKind.Ip;
  core.words[at + Interface.Mtu] = mtu;
  core.words[at + Interface.PrefixLen] = prefix.prefixLen;
  core.words[at + Interface.Flags] =
    (options.probe === true ? InterfaceFlag.Probe : 0) |
    (options.announce === true ? InterfaceFlag.Announce : 0) |
    (options.quiet === true ? InterfaceFlag.Quiet : 0) |
    (options.offload === true ? InterfaceFlag.Offload : 0);
  core.octets.set(mac, (at + Interface.Mac) * 4);
  core.octets.set(prefix.address, (at + Interface.Address) * 4);
  core.octets.set(gateway, (at + Interface.Gateway) * 4);
}

/** What was asked for, for an error. */
export function describeInterface({ address, gateway, mtu }: InterfaceOptions): string {
  const all = Object.entries({ address, gateway, mtu });
  const given = all.filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `${name} ${value}`).join(", ");
}

function macOf(kind: LinkType, text: string | undefined): Uint8Array {
  if (text !== undefined) return parseMac(text);
  return kind === "ethernet" ? randomMac() : new Uint8Array(MAC_OCTETS);
}

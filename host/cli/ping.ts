/**
 * `motetcp ping HOST`: ICMP echo requests over a link, and how long the answers take. Works on the
 * link by itself (`ping/`), without the stack: an echo is no business of TCP's.
 */
import { lookup } from "node:dns/promises";

import { isIpv4, parseAddress, parsePrefix } from "../address.js";
import { readArguments, readInteger, readSeconds } from "./command_line.js";
import {
  NETWORK_OPTIONS, NETWORK_OPTIONS_HELP, checkHost, isOnLink, makeLink, readNetworkSettings,
  type NetworkSettings,
} from "./network_options.js";
import { IpLink } from "./ping/ip_link.js";
import { Pinger, type PingOutcome } from "./ping/pinger.js";
import { outcomeText, statisticsText } from "./ping/report.js";
import { openWirePeer, WIRE_PEER_HELP } from "./wire_peer.js";

export const PING_HELP = `\
motetcp ping HOST --link LINK --address A.B.C.D/N [--gateway G] [...]

Sends ICMP echo requests to HOST and tells how long each answer took.

  --count N           so many requests, 4 by default
  --interval SECONDS  between requests, 1 by default
  --size OCTETS       of data in each, 56 by default; at most what the MTU leaves (it minus 28)
  --timeout SECONDS   to wait for each answer, 2 by default

${NETWORK_OPTIONS_HELP}
${WIRE_PEER_HELP}
Exit status: 0 at least one answer came, 1 none, or no such link, 2 wrong command line.
`;

const OPTIONS = {
  ...NETWORK_OPTIONS,
  count: { type: "string" },
  interval: { type: "string" },
  size: { type: "string" },
  timeout: { type: "string" },
} as const;

const LARGEST_DATA = 65507;

/** Runs the command. Returns the exit status. */
export async function pingCommand(argv: string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, OPTIONS, ["HOST"]);
  const name = positionals[0]!;
  checkHost(name);
  const settings = readNetworkSettings(values);
  const count = readInteger("--count", values.count ?? "4", 1, 1_000_000);
  const size = readInteger("--size", values.size ?? "56", 0, LARGEST_DATA);
  const intervalMs = 1000 * readSeconds("--interval", values.interval ?? "1");
  const timeoutMs = 1000 * readSeconds("--timeout", values.timeout ?? "2");
  const host = isIpv4(name) ? name : (await lookup(name, 4)).address;

  const { ipLink, close } = await open(settings, host);
  try {
    const pinger = new Pinger(ipLink, { host: octetsOf(host), size, intervalMs, timeoutMs, count });
    return await pingAll(pinger, name, host);
  } finally {
    await close();
  }
}

/** The link of the settings, opened. */
async function open(
  settings: NetworkSettings, host: string,
): Promise<{ ipLink: IpLink; close: () => Promise<void> }> {
  const peer = settings.link === "wire" ? await openWirePeer(settings, host) : undefined;
  const link = peer?.link ?? (await makeLink(settings));
  const { gateway, address, mtu } = settings;
  const ipLink = new IpLink(link, {
    address: octetsOf(parsePrefix(address).text),
    isOnLink: (octets) => isOnLink(octets.join("."), address),
    gateway: gateway === undefined ? undefined : octetsOf(gateway),
    mtu,
  });
  await ipLink.open();
  const close = async (): Promise<void> => {
    await ipLink.close();
    await peer?.close();
  };
  return { ipLink, close };
}

/** Prints each outcome and the statistics. Returns the exit status. */
async function pingAll(pinger: Pinger, name: string, host: string): Promise<number> {
  const shown = name === host ? host : `${name} (${host})`;
  process.stdout.write(`ping ${shown}: ${pinger.size} octets of data\n`);
  const stop = (): void => pinger.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const outcomes: PingOutcome[] = [];
  await pinger.run((outcome) => {
    outcomes.push(outcome);
    process.stdout.write(`${outcomeText(outcome)}\n`);
  });
  process.off("SIGINT", stop);
  process.off("SIGTERM", stop);
  process.stdout.write(`\n${statisticsText(shown, outcomes)}\n`);
  return outcomes.some(({ kind }) => kind === "reply") ? 0 : 1;
}

/** 4 octets of an IPv4 address. */
function octetsOf(address: string): Uint8Array {
  return parseAddress(address).subarray(12);
}

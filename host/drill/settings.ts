/**
 * What a script wants of its surroundings: its `--name=value` lines and the `sysctl`s among its
 * shell commands. What cannot be had is a warning, so that scripts from elsewhere still run.
 */
import { isIpv4 } from "../address.js";
import type { BudgetOptions } from "../budget.js";
import { OPTIONS, type OptionName, type TcpOptions } from "../names.js";
import { ScriptError } from "./cursor.js";
import type { InitOption, Script } from "./script.js";

export type Build = "node" | "board";

export interface Settings {
  /** How far from its time an event may happen: the larger of both. */
  toleranceUs: number;
  /** Of the time since the event before. */
  tolerancePercent: number;
  localIp: string;
  remoteIp: string;
  /** The remote port of connections that the script opens. */
  connectPort: number;
  /** The local port of listeners. */
  bindPort: number;
  /** The remote port of connections that the remote side opens. */
  remotePort: number;
  mtu: number;
  /** Microseconds of a tick of our timestamps; 0: the values are not looked at. */
  timestampTickUs: number;
  budget: BudgetOptions;
  /** Of the budget, too; but on a board less will do. */
  rings: BudgetOptions;
  /** Nothing is sent for an MSL after the start (RFC 9293 section 3.4.3). */
  hasQuietTime: boolean;
  /** Of every connection and listener. */
  options: TcpOptions;
  /** Absent: both. */
  build?: Build;
  /** What is left unexamined at the end is a mismatch. */
  isStrict: boolean;
  /** The shift of our window scale option is compared, too: it follows from the rings. */
  isScaleStrict: boolean;
}

const IP_AND_TCP_OCTETS = 40;
const MOST_U16 = 65535;

/** Options of packetdrill's that change nothing here, told in a note. */
const IGNORED = new Set([
  "code_command", "code_format", "code_sockopt", "dry_run", "gateway_ip", "init_scripts",
  "netmask_ip", "netdev", "non_fatal", "persistent_tun_dev", "send_omit_free", "so_filename",
  "so_flags", "speed", "udp_encapsulation", "verbose", "wire_client", "wire_client_dev",
  "wire_server", "wire_server_at", "wire_server_dev", "wire_server_ip", "wire_server_port",
]);

/** sysctls that are an option of the stack's: its name, and what one unit is of it. */
const SYSCTLS: Record<string, { option: string; scale?: number }> = {
  "net.ipv4.ip_default_ttl": { option: "timeToLive" },
  "net.ipv4.tcp_keepalive_time": { option: "keepAliveIdle" },
  "net.ipv4.tcp_keepalive_intvl": { option: "keepAliveInterval" },
  "net.ipv4.tcp_keepalive_probes": { option: "keepAliveCount" },
  "net.ipv4.tcp_rto_min_us": { option: "minRto", scale: 0.001 },
  "net.ipv4.tcp_sack": { option: "sack" },
  "net.ipv4.tcp_timestamps": { option: "timestamps" },
  "net.ipv4.tcp_window_scaling": { option: "windowScale" },
};

const RING_SYSCTLS: Record<string, "receiveRing" | "sendRing"> = {
  "net.ipv4.tcp_rmem": "receiveRing", "net.ipv4.tcp_wmem": "sendRing",
};
const LEAST_RING = 256;
const LARGEST_RING = 1 << 20;

/** Rings are powers of two: the next one. */
export function ringFor(octets: number): number {
  return Math.min(LARGEST_RING, 2 ** Math.ceil(Math.log2(Math.max(LEAST_RING, octets))));
}

/** Reads them. Throws ScriptError; `warn` is told what has no effect. */
export function readSettings(script: Script, warn: (text: string) => void): Settings {
  const settings: Settings = {
    toleranceUs: 4000, tolerancePercent: 0, localIp: "192.168.0.1", remoteIp: "192.0.2.1",
    connectPort: 8080, bindPort: 8080, remotePort: 40000, mtu: 1500, timestampTickUs: 0,
    budget: {}, rings: {}, hasQuietTime: false, options: {}, isStrict: false,
    isScaleStrict: false,
  };
  for (const option of script.options) applyOption(script.file, settings, option, warn);
  const commands = script.events.filter((event) => event.kind === "command");
  for (const { command, line } of [...script.initCommands, ...commands]) {
    applyCommand(settings, command, (text) => warn(`${script.file}:${line}: ${text}`));
  }
  return settings;
}

function applyOption(
  file: string, settings: Settings, option: InitOption, warn: (text: string) => void,
): void {
  const { name, value, line } = option;
  const fail = (detail: string): never => {
    throw new ScriptError(file, line, 1, `--${name}: ${detail}`);
  };
  const number = (most = Number.MAX_SAFE_INTEGER, least = 0): number => {
    const read = /^(0x[0-9a-f]+|\d+(\.\d+)?)$/i.test(value) ? Number(value) : NaN;
    if (read >= least && read <= most) return read;
    return fail(`takes a number from ${least} to ${most}, not "${value}"`);
  };
  const address = (): string =>
    isIpv4(value.split("/")[0]!) ? value.split("/")[0]! : fail(`"${value}" is no IPv4 address`);
  const setters: Record<string, () => void> = {
    tolerance_usecs: () => { settings.toleranceUs = number(); },
    tolerance_percent: () => { settings.tolerancePercent = number(100); },
    local_ip: () => { settings.localIp = address(); },
    remote_ip: () => { settings.remoteIp = address(); },
    connect_port: () => { settings.connectPort = number(MOST_U16, 1); },
    bind_port: () => { settings.bindPort = number(MOST_U16, 1); },
    remote_port: () => { settings.remotePort = number(MOST_U16, 1); },
    mtu: () => { settings.mtu = number(MOST_U16, 128); },
    mss: () => { settings.mtu = number(MOST_U16 - IP_AND_TCP_OCTETS, 88) + IP_AND_TCP_OCTETS; },
    tcp_ts_tick_usecs: () => { settings.timestampTickUs = number(); },
    min_rto_ms: () => { settings.options.minRto = number(60_000, 10); },
    strict: () => { settings.isStrict = value === "" || number(1) === 1; },
    strict_wscale: () => { settings.isScaleStrict = value === "" || number(1) === 1; },
    quiet_time: () => { settings.hasQuietTime = value === "" || number(1) === 1; },
    build: () => {
      if (value !== "node" && value !== "board") fail(`is node or board, not "${value}"`);
      settings.build = value as Build;
    },
    ip_version: () => {
      if (value !== "ipv4") fail(`${value} is not supported: the stack speaks IPv4`);
    },
  };
  if (Object.hasOwn(setters, name)) return setters[name]!();
  const dotted = /^(budget|set)\.(\w+)$/.exec(name);
  if (dotted?.[1] === "budget") {
    Object.assign(settings.budget, { [dotted[2]!]: number() });
  } else if (dotted?.[1] === "set") {
    if (!Object.hasOwn(OPTIONS, dotted[2]!)) {
      fail(`no such option; there are ${Object.keys(OPTIONS).join(", ")}`);
    }
    settings.options[dotted[2] as OptionName] = number();
  } else {
    const why = IGNORED.has(name) ? "has no meaning here" : "is unknown";
    warn(`${file}:${line}: --${name} ${why}, and is ignored`);
  }
}

/** The `name=value`s of a command; no shell is ever run. */
function applyCommand(settings: Settings, command: string, warn: (text: string) => void): void {
  const pairs = [...command.matchAll(/\b(net\.[\w.]+)\s*=\s*("[^"]*"|'[^']*'|[\w.]+)/g)];
  if (pairs.length === 0) {
    warn(`no shell is run: \`${command.replace(/\s+/g, " ").trim()}\` is ignored`);
  }
  for (const [, name, quoted] of pairs) {
    const value = quoted!.replace(/["']/g, "").trim();
    if (!applySysctl(settings, name!, value)) warn(`sysctl ${name}=${value} has no counterpart`);
  }
}

/** False: nothing here is like it. */
function applySysctl(settings: Settings, name: string, value: string): boolean {
  const ring = RING_SYSCTLS[name];
  if (ring !== undefined) {
    // "least default most"
    const octets = Number(value.split(/[\s,]+/)[1] ?? value);
    if (octets > 0) settings.rings[ring] = ringFor(octets);
    return octets > 0;
  }
  const entry = SYSCTLS[name];
  if (entry === undefined || !Object.hasOwn(OPTIONS, entry.option)) return false;
  const number = Math.round(Number(value) * (entry.scale ?? 1));
  settings.options[entry.option as OptionName] = number;
  return Number.isFinite(number);
}

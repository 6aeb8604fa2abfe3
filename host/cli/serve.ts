/**
 * `motetcp serve`: a web server on the stack, on a link of any kind, or embedded between this
 * machine and a second stack. Runs until SIGINT or SIGTERM, then ends every connection.
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { Network } from "../network.js";
import { UsageError, readArguments, readInteger, readSeconds } from "./command_line.js";
import {
  NETWORK_OPTIONS, NETWORK_OPTIONS_HELP, describeLink, openNetwork, readNetworkSettings,
  type NetworkSettings,
} from "./network_options.js";
import { openEmbedded } from "./serve/embedded.js";
import { serveHttp, type HttpService } from "./serve/http.js";
import { connectionsText } from "./serve/netstat.js";

export const SERVE_HELP = `\
motetcp serve [--link LINK --address A.B.C.D/N] [--gateway G] [--port 80] [--root DIR] [...]

Serves files over HTTP on the stack, and answers ping. Without --link: embedded, see below.

  --port PORT         on the stack's address, 80 by default
  --root DIR          the folder whose files are served; a page about MoteTCP by default
  --netstat SECONDS   print the table of connections so often
  --bridge PORT       with --link wire: where on 127.0.0.1 this machine comes in, 8080 by default

  GET /PATH           a file of DIR (ranges, conditional requests)
  GET /netstat        every connection, half-open and TIME-WAIT included: state, queues, timers
                      (JSON with "Accept: application/json")
  GET /zero/BYTES     so many zero octets, to measure with
  PUT /sink/NAME      takes an upload, keeps nothing, answers {name, bytes, sha256}

--link wire, the default, joins two stacks by a wire in memory: one serves, the other carries the
connections to http://127.0.0.1:8080 there. The first connection is drawn segment by segment. Its
--address is 10.0.0.2/24 by default; the other stack has the address next to it.

${NETWORK_OPTIONS_HELP}
Exit status: 0 after SIGINT or SIGTERM, 1 no such link, port taken, link broken, 2 wrong command
line.
`;

const OPTIONS = {
  ...NETWORK_OPTIONS,
  port: { type: "string" },
  root: { type: "string" },
  netstat: { type: "string" },
  bridge: { type: "string" },
} as const;

const WIRE_ADDRESS = "10.0.0.2/24";
const DEFAULT_PORT = 80;
const DEFAULT_BRIDGE_PORT = 8080;

/** The page that is served without --root. */
const WWW = fileURLToPath(new URL("./www", import.meta.url));

interface Settings {
  network: NetworkSettings;
  port: number;
  root: string;
  bridgePort: number;
  netstatSeconds: number | undefined;
}

/** Runs the command. Returns the exit status. */
export async function serveCommand(argv: string[]): Promise<number> {
  const settings = readSettings(argv);
  return settings.network.link === "wire" ? serveEmbedded(settings) : serveOnLink(settings);
}

function readSettings(argv: string[]): Settings {
  const { values } = readArguments(argv, OPTIONS);
  const network = readNetworkSettings(values, { link: "wire", wireAddress: WIRE_ADDRESS });
  if (values.bridge !== undefined && network.link !== "wire") {
    throw new UsageError("--bridge goes with --link wire only: others come in over the link");
  }
  const { port, bridge, netstat } = values;
  return {
    network,
    port: port === undefined ? DEFAULT_PORT : readInteger("--port", port, 1, 65535),
    root: values.root === undefined ? WWW : folder(values.root),
    bridgePort:
      bridge === undefined ? DEFAULT_BRIDGE_PORT : readInteger("--bridge", bridge, 0, 65535),
    netstatSeconds: netstat === undefined ? undefined : readSeconds("--netstat", netstat),
  };
}

function folder(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`--root ${path}: there is no such folder`);
  if (!stats.isDirectory()) throw new UsageError(`--root ${path}: that is a file, not a folder`);
  return resolve(path);
}

async function serveEmbedded(settings: Settings): Promise<number> {
  const { port, root, bridgePort, network } = settings;
  const embedded = await openEmbedded({ settings: network, port, bridgePort, print });
  let service: HttpService | undefined;
  try {
    service = await serveHttp(embedded.server, { port, root, print });
    const url = `http://127.0.0.1:${embedded.bridge.port}/`;
    print(`MoteTCP: open ${url} in a browser, or: curl ${url}`);
    print(`(through a stack at ${embedded.client.address}, a wire, and the server's stack at ` +
      `${embedded.server.address}:${port}; Ctrl-C ends)\n`);
    return await untilStopped([embedded.server, embedded.client], settings.netstatSeconds);
  } finally {
    await service?.close();
    await embedded.close();
  }
}

async function serveOnLink(settings: Settings): Promise<number> {
  const network = await openNetwork(settings.network);
  const { port, root, netstatSeconds } = settings;
  let service: HttpService | undefined;
  try {
    service = await serveHttp(network, { port, root, print });
    const url = `http://${network.address}${port === 80 ? "" : `:${port}`}/`;
    print(`MoteTCP: ${url} on ${describeLink(network)}; Ctrl-C ends\n`);
    return await untilStopped([network], netstatSeconds);
  } finally {
    await service?.close();
    await network.close();
  }
}

/** Resolves with 0 at a signal; rejects when a link breaks. */
async function untilStopped(
  networks: Network[], netstatSeconds: number | undefined,
): Promise<number> {
  const timer = netstatSeconds === undefined ? undefined
    : setInterval(() => print(`\n${connectionsText(networks[0]!)}`), 1000 * netstatSeconds);
  try {
    return await new Promise<number>((resolve, reject) => {
      const stop = (): void => {
        // A second one does not wait for connections to end.
        process.once("SIGINT", () => process.exit(1));
        resolve(0);
      };
      process.once("SIGINT", stop);
      process.once("SIGTERM", stop);
      for (const network of networks) network.once("error", reject);
    });
  } finally {
    clearInterval(timer);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

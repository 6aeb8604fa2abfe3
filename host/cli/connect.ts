/**
 * `motetcp connect HOST PORT`: stdin and stdout over a connection, as `nc` does. The end of stdin
 * closes our half; the command ends when the peer's FIN is in and all that came is written.
 */
import { lookup } from "node:dns";

import { StackError } from "../error.js";
import type { Network } from "../network.js";
import type { Socket } from "../socket.js";
import type { ConnectionStatus } from "../status.js";
import { readArguments, readInteger, readSeconds } from "./command_line.js";
import {
  NETWORK_OPTIONS, NETWORK_OPTIONS_HELP, checkHost, describeLink, openNetwork, readNetworkSettings,
  type NetworkSettings,
} from "./network_options.js";
import { hurrySocket } from "./retransmission.js";
import { openWirePeer, WIRE_PEER_HELP } from "./wire_peer.js";

export const CONNECT_HELP = `\
motetcp connect HOST PORT --link LINK --address A.B.C.D/N [--gateway G] [...]

Opens a connection; what comes from stdin is sent, what is received goes to stdout. The end of
stdin closes our half of the connection; the command ends when the peer has closed the other.

  --timeout SECONDS   give up when the connection does not stand by then; else the stack decides,
                      after about three minutes
  --verbose           tell on stderr when the connection stands, and how it ended

${NETWORK_OPTIONS_HELP}
${WIRE_PEER_HELP}
Exit status: 0 both sides have closed, 1 no connection (refused, timed out, unreachable) or it
broke, 2 wrong command line.
`;

const OPTIONS = {
  ...NETWORK_OPTIONS,
  timeout: { type: "string" },
  verbose: { type: "boolean" },
} as const;

/** What is under way when all is said may take so long to be acknowledged, losses included. */
const CLOSE_TIMEOUT_MS = 10_000;

interface Call {
  host: string;
  port: number;
  timeoutMs: number | undefined;
  isVerbose: boolean;
}

/** Runs the command. Returns the exit status. */
export async function connectCommand(argv: string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, OPTIONS, ["HOST", "PORT"]);
  const [host, port] = positionals as [string, string];
  checkHost(host);
  const call: Call = {
    host,
    port: readInteger("PORT", port, 1, 65535),
    timeoutMs:
      values.timeout === undefined ? undefined : 1000 * readSeconds("--timeout", values.timeout),
    isVerbose: values.verbose === true,
  };
  const { network, closePeer } = await open(readNetworkSettings(values), host);
  try {
    await converse(network, call);
    return 0;
  } finally {
    process.stdin.destroy();
    await network.close({ timeoutMs: CLOSE_TIMEOUT_MS });
    await closePeer();
  }
}

async function open(
  settings: NetworkSettings, host: string,
): Promise<{ network: Network; closePeer: () => Promise<void> }> {
  if (settings.link !== "wire") {
    return { network: await openNetwork(settings), closePeer: async () => {} };
  }
  const { link, close } = await openWirePeer(settings, host);
  return { network: await openNetwork(settings, link), closePeer: close };
}

/** Opens the connection and carries octets both ways until it is over. Rejects when it breaks. */
async function converse(network: Network, call: Call): Promise<void> {
  const socket = network.connect({ host: call.host, port: call.port, allowHalfOpen: true, lookup });
  const isReleased = released(socket);
  const abandon = (): void => void socket.destroy(new UserAbort());
  process.once("SIGINT", abandon);
  process.once("SIGTERM", abandon);
  network.once("error", (error) => socket.destroy(error));
  try {
    await established(socket, call);
    hurrySocket(network, socket);
    if (call.isVerbose) {
      const { remoteAddress, remotePort } = socket;
      tell(`connected to ${remoteAddress}:${remotePort} over ${describeLink(network)}`);
    }
    await Promise.all([sendStdin(socket), writeStdout(socket)]);
    checkEnd(await isReleased);
  } finally {
    process.off("SIGINT", abandon);
    process.off("SIGTERM", abandon);
    if (call.isVerbose) {
      tell(`${socket.status()?.path.join(" → ") ?? "no connection"}; ` +
        `${socket.bytesWritten} octets sent, ${socket.bytesRead} received`);
    }
  }
}

function established(socket: Socket, { host, port, timeoutMs }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      const detail = `no answer within ${timeoutMs! / 1000} s`;
      socket.destroy(new StackError("ETIMEDOUT", "connect", detail, { address: host, port }));
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.once("connect", () => settle());
    socket.once("error", settle);
  });
}

/** Resolves when stdin has ended and our FIN is on its way, or when nobody wants it any more. */
function sendStdin(socket: Socket): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve, reject) => {
    stdin.once("error", (cause) => socket.destroy(new Error("cannot read stdin", { cause })));
    socket.once("finish", resolve);
    socket.once("error", reject);
    // Whoever sits at a terminal has nobody to talk to once the peer has closed.
    socket.once("end", () => void (stdin.isTTY && socket.end()));
    stdin.pipe(socket);
  });
}

/** Resolves when the peer has closed and all that it sent is written. */
function writeStdout(socket: Socket): Promise<void> {
  const { stdout } = process;
  return new Promise((resolve, reject) => {
    stdout.on("error", (cause: NodeJS.ErrnoException) => {
      // Nobody reads any more what the peer still sends: it is told by RST.
      const reason = cause.code === "EPIPE" ? "stdout was closed" : `stdout: ${cause.message}`;
      reject(new Error(reason, { cause }));
      socket.resetAndDestroy();
    });
    socket.once("error", reject);
    socket.once("close", (hadError: boolean) => {
      if (!hadError && !socket.readableEnded) reject(new Error("the connection was closed"));
    });
    socket.once("end", () => stdout.write("", () => resolve()));
    socket.pipe(stdout, { end: false });
  });
}

/** Resolves with the last that is known of the connection, when the stack is done with it. */
function released(socket: Socket): Promise<ConnectionStatus> {
  return new Promise((resolve) => void socket.once("released", resolve));
}

/** Both sides had closed; but was our last octet acknowledged? Throws StackError. */
function checkEnd({ reason, remoteAddress: address, remotePort: port }: ConnectionStatus): void {
  if (reason === "reset") throw new StackError("ECONNRESET", "close", "", { address, port });
  if (reason === "timed out") throw new StackError("ETIMEDOUT", "close", "", { address, port });
}

class UserAbort extends Error {
  override readonly message = "interrupted";
}

function tell(text: string): void {
  process.stderr.write(`motetcp connect: ${text}\n`);
}

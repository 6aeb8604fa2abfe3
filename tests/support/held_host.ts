/**
 * A host whose connections are held in hand, for interop tests: it accepts on the ports it is told
 * to and does with the latest connection what it is told, on a stack of its own. The line is held
 * in hand, too, so that every state on the way can be looked at. A program:
 *
 *   node --import tsx tests/support/held_host.ts LINK ADDRESS/PREFIX [ENTROPY]
 *
 * (ENTROPY: what each octet of it is; random otherwise)
 * prints "ready", then answers each of these commands on stdin with one line:
 *
 *   listen PORT, unlisten PORT      accept there, or no longer
 *   connect LOCALPORT PORT [ECN]    to 10.0.0.1, at once "ok"; 0: a port that the stack picks
 *   port                            the local port of the latest connection
 *   states PORT, flags PORT         JSON: of the connections with that port of the other side
 *   mark in N, mark out N           so many packets that are ECN-capable are marked CE
 *   every in N, every out N         each Nth of them, from now on; 0: none any more
 *   paint in N, bleach out 1, ...   spoil ECN fields on the way (`held_link.ts`)
 *   seen                            JSON: of each way, what has gone over the line (`held_link.ts`)
 *   send N                          so many octets ("ok": the stack has taken them all)
 *   pause, resume                   stop reading, go on
 *   received                        JSON: octets read so far, and their SHA-256
 *   text                            the same as text
 *   urgent TEXT                     sends it as urgent
 *   urgents                         JSON: where in the stream what is urgent ends, each time told
 *   option NAME VALUE               see assembly/abi/option.ts
 *   end, reset                      FIN, RST
 *   error                           the code of the error that the connection had, or "none"
 *   hold, release                   keep IP packets back both ways; let them all go
 *   pass in N, drop out N, ...      let so many of them go, or lose them
 *   counters                        JSON
 */
import { createHash, type Hash } from "node:crypto";
import { createInterface } from "node:readline";
import { openLink } from "../../host/link/open.js";
import { createNetwork, type Network } from "../../host/network.js";
import type { Server } from "../../host/server.js";
import type { Socket } from "../../host/socket.js";
import type { ConnectionStatus } from "../../host/status.js";
import { type Direction, HeldLink } from "./held_link.js";

/** Of what is received, so much is kept as text. */
const MOST_TEXT = 1000;
const LINUX = "10.0.0.1";
/** Of `netstat`, those that hold connections. */
const TABLES = ["connections", "half-open", "time-wait"];

const [spec, address, fill] = process.argv.slice(2) as [string, string, string?];
const link = new HeldLink(await openLink(spec));
const entropy = fill === undefined ? undefined : new Uint8Array(32).fill(Number(fill));
const network: Network = await createNetwork({ link, address, entropy });
const servers = new Map<string, Server>();
let latest: Socket;
let hash: Hash;
let text: string;
let urgents: number[];
let errorCode: string;

function take(socket: Socket): void {
  const ownHash = createHash("sha256");
  latest = socket;
  hash = ownHash;
  text = "";
  urgents = [];
  errorCode = "none";
  socket.on("data", (octets: Buffer) => {
    ownHash.update(octets);
    if (socket === latest) text += octets.toString("latin1").slice(0, MOST_TEXT - text.length);
  });
  socket.on("urgent", (end: number) => void urgents.push(end));
  socket.on("error", (error: NodeJS.ErrnoException) => (errorCode = error.code ?? error.message));
}

function statesOf(port: number): ConnectionStatus[] {
  return network.connections()
    .filter(({ table, remotePort }) => TABLES.includes(table) && remotePort === port);
}

async function obey(
  command: string, word: string, second: string, third: string,
): Promise<string> {
  switch (command) {
    case "connect": {
      const localPort = Number(word) || undefined;
      take(network.connect({
        host: LINUX, port: Number(second), localPort, allowHalfOpen: true,
        tcpOptions: { ecn: Number(third ?? 0) },
      }));
      break;
    }
    case "port":
      return `${latest.localPort}`;
    case "listen": {
      const server = network.createServer({ allowHalfOpen: true }, take);
      servers.set(word, server);
      await new Promise<void>((done) => void server.listen(Number(word), done));
      break;
    }
    case "unlisten":
      servers.get(word)!.close();
      break;
    case "states":
      return JSON.stringify(statesOf(Number(word)).map(({ state }) => state));
    case "flags":
      return JSON.stringify(statesOf(Number(word)).flatMap(({ flags }) => flags));
    case "send":
      await new Promise((done) => void latest.write(Buffer.alloc(Number(word), "mote"), done));
      break;
    case "pause":
      latest.pause();
      break;
    case "resume":
      latest.resume();
      break;
    case "received":
      return JSON.stringify({ bytes: latest.bytesRead, sha256: hash.copy().digest("hex") });
    case "text":
      return text;
    case "urgent":
      latest.writeUrgent(Buffer.from(word));
      break;
    case "urgents":
      return JSON.stringify(urgents);
    case "option":
      latest.setTcpOptions({ [word]: Number(second) });
      break;
    case "error":
      return errorCode;
    case "hold": case "release": case "drop": case "pass": case "mark":
    case "every": case "paint": case "bleach": case "narrow":
      await link[command](word as Direction, Number(second));
      break;
    case "seen":
      return JSON.stringify(link.seen);
    case "counters":
      return JSON.stringify(network.counters());
    case "end":
      latest.end();
      break;
    case "reset":
      latest.resetAndDestroy();
      break;
    default:
      return `what is ${command}?`;
  }
  return "ok";
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const [command, word, second, third] = line.split(" ") as [string, string, string, string];
  void obey(command, word, second, third).then(
    (answer) => process.stdout.write(`${answer}\n`),
    (error: Error) => process.stdout.write(`error ${error.message}\n`),
  );
});
process.stdout.write("ready\n");

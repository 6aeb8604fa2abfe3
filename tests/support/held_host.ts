/**
 * A host whose connections are held in hand, for interop tests: it accepts on the ports it is told
 * to and does with the latest connection what it is told, on a stack of its own. A program:
 *
 *   node --import tsx tests/support/held_host.ts LINK ADDRESS/PREFIX
 *
 * prints "ready", then answers each of these commands on stdin with one line:
 *
 *   listen PORT, unlisten PORT      accept there, or no longer
 *   states PORT                     JSON: of the connections with that port of the other side
 *   send N                          so many octets ("ok": the stack has taken them all)
 *   pause, resume                   stop reading, go on
 *   received                        JSON: octets read so far, and their SHA-256
 *   end, reset                      FIN, RST
 */
import { createHash, type Hash } from "node:crypto";
import { createInterface } from "node:readline";
import { openLink } from "../../host/link/open.js";
import { createNetwork, type Network } from "../../host/network.js";
import type { Server } from "../../host/server.js";
import type { Socket } from "../../host/socket.js";

/** Of `netstat`, those that hold connections. */
const TABLES = ["connections", "half-open", "time-wait"];

const [spec, address] = process.argv.slice(2) as [string, string];
const network: Network = await createNetwork({ link: await openLink(spec), address });
const servers = new Map<string, Server>();
let latest: Socket;
let hash: Hash;

function take(socket: Socket): void {
  const ownHash = createHash("sha256");
  latest = socket;
  hash = ownHash;
  socket.on("data", (octets: Buffer) => void ownHash.update(octets));
  socket.on("error", () => {}); // the test looks at states
}

function statesOf(port: number): string[] {
  return network.connections()
    .filter(({ table, remotePort }) => TABLES.includes(table) && remotePort === port)
    .map(({ state }) => state);
}

async function obey(command: string, word: string): Promise<string> {
  switch (command) {
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
      return JSON.stringify(statesOf(Number(word)));
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
  const [command, word] = line.split(" ") as [string, string];
  void obey(command, word).then(
    (answer) => process.stdout.write(`${answer}\n`),
    (error: Error) => process.stdout.write(`error ${error.message}\n`),
  );
});
process.stdout.write("ready\n");

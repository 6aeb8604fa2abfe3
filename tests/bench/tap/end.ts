/**
 * One end of a bulk transfer in real time, over sockets as `node:net` has them: those of Linux, or
 * ours on a TAP interface. Words: "linux", or "tap" and an address with its prefix. Obeys lines,
 * each answered with a line: "sink" listens and says so; "count" tells octets received by now
 * and milliseconds of CPU time spent; "send ADDRESS" begins to send without end; "stop" ends that.
 */
import net from "node:net";
import { createInterface } from "node:readline";
import { createNetwork } from "../../../host/network.js";
import { openLink } from "../../../host/link/open.js";

const PORT = 5001;
const CHUNK = 65536;
/** Both rings of ours, and what Linux grows to by itself: enough for a path without a delay. */
const RING = 262_144;

/** What is used of `node:net`, and is there of ours. */
interface Sockets {
  listen(onOctets: (octets: Uint8Array) => void, onReady: () => void): void;
  connect(host: string): NodeJS.WritableStream & { destroy(): void };
}

const linux: Sockets = {
  listen: (onOctets, onReady) =>
    void net.createServer((socket) => socket.on("data", onOctets)).listen(PORT, onReady),
  connect: (host) => net.connect({ host, port: PORT }),
};

async function ours(address: string): Promise<Sockets> {
  const budget = { connections: 4, receiveRing: RING, sendRing: RING };
  const network = await createNetwork({ link: await openLink("tap:mote0"), address, budget });
  return {
    listen: (onOctets, onReady) =>
      void network.createServer((socket) => socket.on("data", onOctets)).listen(PORT, onReady),
    connect: (host) => network.connect({ host, port: PORT }),
  };
}

/** Writes until told to stop. */
function pump(socket: NodeJS.WritableStream): void {
  const chunk = new Uint8Array(CHUNK);
  const write = (): void => {
    while (socket.write(chunk)) continue;
  };
  socket.on("drain", write);
  socket.on("error", () => {});
  write();
}

const [kind, address] = process.argv.slice(2);
const sockets = kind === "linux" ? linux : await ours(address!);
let received = 0;
let sender: { destroy(): void } | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const [word, host] = line.split(" ");
  if (word === "sink") {
    sockets.listen((octets) => (received += octets.length), () => console.log("listening"));
  } else if (word === "count") {
    const { user, system } = process.cpuUsage();
    console.log(`${received} ${(user + system) / 1000}`);
  } else if (word === "send") {
    const socket = sockets.connect(host!);
    sender = socket;
    pump(socket);
    console.log("sending");
  } else {
    sender?.destroy();
    console.log("stopped");
  }
}

/**
 * The same little programs on node:net, over loopback, and on two stacks over a wire: what they see
 * (events in their order, arguments, states, error codes) must be the same.
 */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import * as net from "node:net";
import { after, before, describe, it } from "node:test";
import { createNetwork, type Network } from "../../host/index.js";
import { createWire } from "../../host/link/wire.js";
import { RIGHT } from "../support/stack_pair.js";

/** What a program needs; node:net has it, and so have our networks. */
interface Net {
  host: string;
  createServer(options?: net.ServerOpts, listener?: (socket: net.Socket) => void): net.Server;
  connect(options: net.TcpNetConnectOpts, listener?: () => void): net.Socket;
}

type Program = (net: Net, log: (...words: unknown[]) => void) => Promise<void>;

const EVENTS = [
  "connect", "ready", "data", "end", "finish", "drain", "timeout", "error", "close", "listening",
  "connection", "drop",
];

/** Logs the events of an emitter, errors by their code. */
function watch(log: (...words: unknown[]) => void, name: string, emitter: EventEmitter): void {
  for (const event of EVENTS) {
    emitter.on(event, (argument?: unknown) => {
      if (argument instanceof Error) log(name, event, (argument as { code?: string }).code);
      else if (argument instanceof Uint8Array) log(name, event, String(argument));
      else if (typeof argument === "boolean") log(name, event, argument);
      else log(name, event);
    });
  }
}

async function listen(on: Net, options: net.ServerOpts = {}): Promise<[net.Server, number]> {
  const server = on.createServer(options);
  server.listen(0, on.host);
  await once(server, "listening");
  return [server, (server.address() as net.AddressInfo).port];
}

/** A client and the socket that serves it; both are watched. */
async function open(
  on: Net, log: (...words: unknown[]) => void, options: net.ServerOpts = {},
  clientOptions: Partial<net.TcpNetConnectOpts> = {},
): Promise<{ client: net.Socket; served: net.Socket; server: net.Server }> {
  const [server, port] = await listen(on, options);
  const connection = once(server, "connection");
  const client = on.connect({ port, host: on.host, ...clientOptions });
  const [served] = (await connection) as [net.Socket];
  if (client.connecting) await once(client, "connect");
  watch(log, "client", client);
  watch(log, "served", served);
  return { client, served, server };
}

const closed = (...sockets: net.Socket[]): Promise<unknown> =>
  Promise.all(sockets.map((socket) => socket.closed || new Promise((resolve) => {
    socket.once("close", resolve);
  })));
const turns = (ms = 50): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const PROGRAMS: Record<string, Program> = {
  "a client that ends": async (on, log) => {
    const { client, served, server } = await open(on, log);
    client.end("bye");
    await closed(client, served);
    log(client.bytesWritten, served.bytesRead, client.readyState, served.readyState);
    await new Promise((resolve) => server.close(resolve));
  },
  "a server that ends": async (on, log) => {
    const { client, served, server } = await open(on, log);
    served.end("bye");
    await closed(client, served);
    server.close();
  },
  "half-open on both sides": async (on, log) => {
    const half = { allowHalfOpen: true };
    const { client, served, server } = await open(on, log, half, half);
    client.end("question");
    await once(served, "end");
    await turns();
    log(served.readyState, client.readyState);
    served.end("answer");
    await closed(client, served);
    server.close();
  },
  "states on the way": async (on, log) => {
    const [server, port] = await listen(on);
    const client = on.connect({ port, host: on.host });
    const look = (): void =>
      log(client.readyState, client.connecting, client.pending, client.destroyed, client.timeout);
    look();
    watch(log, "client", client);
    await once(client, "connect");
    look();
    log(Object.keys(client.address()).sort(), client.remotePort === port, client.remoteFamily);
    client.destroy();
    look();
    await closed(client);
    look();
    server.close();
  },
  "a refused connection": async (on, log) => {
    const [server, port] = await listen(on);
    await new Promise((resolve) => server.close(resolve));
    const client = on.connect({ port, host: on.host });
    watch(log, "client", client);
    client.on("error", (error: NodeJS.ErrnoException & net.AddressInfo) => {
      log(error.syscall, error.code, error.errno, error.port === port, error.address === on.host);
      log(error.message.replaceAll(on.host, "HOST").replaceAll(String(port), "PORT"));
      log(Object.keys(error).filter((key) => key !== "name").sort());
    });
    await closed(client);
  },
  "a port that is taken": async (on, log) => {
    const [server, port] = await listen(on);
    const second = on.createServer();
    watch(log, "second", second);
    second.on("error", (error: NodeJS.ErrnoException & net.AddressInfo) => {
      log(error.syscall, error.code, error.errno, error.port === port, error.address === on.host);
      log(error.message.replaceAll(on.host, "HOST").replaceAll(String(port), "PORT"));
    });
    second.listen(port, on.host);
    await once(second, "error").catch(() => {});
    await turns();
    log(second.listening, second.address());
    server.close();
  },
  "a reset": async (on, log) => {
    const { client, served, server } = await open(on, log);
    served.resetAndDestroy();
    await closed(client, served);
    server.close();
  },
  "a write after end": async (on, log) => {
    const { client, served, server } = await open(on, log);
    client.end();
    client.write("late", (error) => log("callback", (error as NodeJS.ErrnoException)?.code));
    await closed(client, served);
    server.close();
  },
  "a write after the peer's end": async (on, log) => {
    const { client, served, server } = await open(on, log);
    served.once("end", () => {
      served.write("late", (error) => log("callback", (error as NodeJS.ErrnoException)?.code));
    });
    client.end();
    await closed(client, served);
    server.close();
  },
  "octets that nobody reads": async (on, log) => {
    const { client, served, server } = await open(on, log, { pauseOnConnect: true });
    client.write("unread");
    await turns();
    served.destroy();
    await closed(client, served);
    server.close();
  },
  "what is written before it is connected": async (on, log) => {
    const [server, port] = await listen(on);
    const connection = once(server, "connection");
    const client = on.connect({ port, host: on.host });
    watch(log, "client", client);
    log(client.write("early", () => log("client", "written")), client.bytesWritten);
    client.end("and the end");
    log(client.readyState, client.writableLength);
    const [served] = (await connection) as [net.Socket];
    let text = "";
    served.on("data", (data) => (text += data));
    await closed(client, served);
    log(text, client.bytesWritten);
    server.close();
  },
  "an aborted connection": async (on, log) => {
    const [server, port] = await listen(on);
    const controller = new AbortController();
    const client = on.connect({ port, host: on.host, signal: controller.signal });
    watch(log, "client", client);
    controller.abort();
    await closed(client);
    server.close();
  },
  "a second connection of one socket": async (on, log) => {
    const { client, served, server } = await open(on, log);
    client.end();
    await closed(client, served);
    const { port } = server.address() as net.AddressInfo;
    client.connect({ port, host: on.host });
    log(client.readyState, client.bytesRead, client.destroyed);
    await once(client, "connect");
    log(client.readyState, client.bytesWritten);
    client.destroy();
    await closed(client);
    server.close();
  },
  "destroy with an error": async (on, log) => {
    const { client, served, server } = await open(on, log);
    client.destroy(Object.assign(new Error("mine"), { code: "MINE" }));
    client.destroy();
    await closed(client, served);
    client.write("late", (error) => log("callback", (error as NodeJS.ErrnoException)?.code));
    await turns();
    server.close();
  },
  "a socket that was never connected": async (on, log) => {
    const [server, port] = await listen(on);
    const client = on.connect({ port, host: on.host });
    watch(log, "client", client);
    client.destroy();
    await closed(client);
    log(client.readyState, client.pending);
    server.close();
  },
  "back-pressure and drain": async (on, log) => {
    const { client, served, server } = await open(on, log);
    served.removeAllListeners("data");
    let count = 0;
    served.on("data", (data) => (count += data.length));
    const isTaken = client.write(Buffer.alloc(5_000_000), () => log("written"));
    log(isTaken, client.writableNeedDrain);
    await once(client, "drain");
    client.end();
    await closed(client, served);
    log(count);
    server.close();
  },
  "an idle timeout": async (on, log) => {
    const { client, served, server } = await open(on, log);
    log(client.setTimeout(100, () => log("listener")) === client, client.timeout);
    await once(client, "timeout");
    log(client.destroyed);
    client.end();
    await closed(client, served);
    server.close();
  },
  "destroySoon": async (on, log) => {
    const { client, served, server } = await open(on, log);
    client.write("a last word");
    client.destroySoon();
    await closed(client, served);
    server.close();
  },
  "pause": async (on, log) => {
    const { client, served, server } = await open(on, log, { pauseOnConnect: true });
    log(served.isPaused());
    client.end("patience");
    await turns();
    log("resume");
    served.resume();
    await closed(client, served);
    server.close();
  },
  "the life of a server": async (on, log) => {
    const server = on.createServer();
    watch(log, "server", server);
    log(server.listening, server.address());
    log(server.listen(0, on.host, () => log("callback")) === server);
    await once(server, "listening");
    const { port, family, address } = server.address() as net.AddressInfo;
    log(server.listening, family, address === on.host);
    assert.throws(() => server.listen(0), (error: NodeJS.ErrnoException) => {
      log(error.code);
      return true;
    });
    const client = on.connect({ port, host: on.host });
    const [served] = (await once(server, "connection")) as [net.Socket];
    server.getConnections((error, count) => log("connections", error, count));
    server.close((error) => log("closed", error));
    log(server.listening, server.address());
    await turns();
    served.resume();
    client.resume().end();
    await once(server, "close");
    server.close((error) => log("closed", (error as NodeJS.ErrnoException).code));
    await turns();
  },
  "too many connections": async (on, log) => {
    const [server, port] = await listen(on);
    watch(log, "server", server);
    server.maxConnections = 1;
    const first = on.connect({ port, host: on.host });
    await once(server, "connection");
    const second = on.connect({ port, host: on.host }).resume();
    await Promise.all([once(server, "drop"), closed(second)]);
    first.destroy();
    server.close();
  },
  "bad arguments": async (on, log) => {
    const attempt = (call: () => unknown): void => {
      try {
        call();
        log("taken");
      } catch (error) {
        log((error as NodeJS.ErrnoException).code);
      }
    };
    attempt(() => on.connect({ port: 65536, host: on.host }));
    attempt(() => on.connect({ port: -1, host: on.host }));
    attempt(() => on.connect({ host: on.host } as unknown as net.TcpNetConnectOpts));
    attempt(() => on.createServer().listen(65536));
    attempt(() => on.createServer().listen(-1));
  },
};

/** Runs a program and returns what it logged. */
async function logged(program: Program, on: Net): Promise<string[]> {
  const lines: string[] = [];
  await program(on, (...words) => {
    lines.push(words.map((word) => JSON.stringify(word)).join(" "));
  });
  await turns();
  return lines;
}

/** The two ends of a connection are not in step: their events are compared apart. */
function apart(lines: string[]): Record<string, string[]> {
  const of = (name: string): string[] => lines.filter((line) => line.startsWith(`"${name}"`));
  const others = lines.filter((line) => !/^"(client|served)"/.test(line));
  return { client: of("client"), served: of("served"), others };
}

describe("parity with node:net", () => {
  let networks: Network[];
  let ours: Net;

  before(async () => {
    const [left, right] = createWire();
    const here = await createNetwork({ link: left, address: "10.0.0.1/24" });
    const there = await createNetwork({ link: right, address: `${RIGHT}/24` });
    networks = [here, there];
    ours = {
      host: RIGHT,
      createServer: there.createServer.bind(there) as unknown as Net["createServer"],
      connect: here.connect.bind(here) as unknown as Net["connect"],
    };
  });
  after(() => Promise.all(networks.map((network) => network.close())));

  const theirs: Net = {
    host: "127.0.0.1",
    createServer: (options = {}, listener) => net.createServer(options, listener),
    connect: (options, listener) => net.connect(options, listener),
  };

  for (const [name, program] of Object.entries(PROGRAMS)) {
    it(name, { timeout: 10_000 }, async () => {
      const expected = await logged(program, theirs);
      const actual = await logged(program, ours);
      assert.ok(expected.length > 1);
      assert.deepEqual(apart(actual), apart(expected));
    });
  }
});

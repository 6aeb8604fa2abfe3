/** Servers with the names, events and semantics of node:net, in virtual time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import type { Socket } from "../../host/socket.js";
import { LEFT, RIGHT } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

describe("listening", () => {
  it("says where, and says so in an event", async () => {
    const networks = await VirtualNetworks.create();
    const server = networks.right.createServer();
    assert.equal(server.address(), null);
    assert.equal(server.listening, false);
    let isCalled = false;
    assert.equal(server.listen(80, RIGHT, 5, () => (isCalled = true)), server);
    await networks.event(server, "listening");
    assert.ok(isCalled);
    assert.ok(server.listening);
    assert.deepEqual(server.address(), { address: RIGHT, family: "IPv4", port: 80 });
    await networks.close();
  });

  it("takes every form of arguments that net.Server takes for TCP", async () => {
    const networks = await VirtualNetworks.create();
    const forms: unknown[][] = [
      [8001], [8002, RIGHT], [8003, 10], [8004, RIGHT, 10], [8005, "0.0.0.0"], [8006, "::"],
      [{ port: 8007 }], [{ port: 8008, host: RIGHT, backlog: 3 }], ["8009"],
    ];
    for (const [index, form] of forms.entries()) {
      const server = networks.right.createServer();
      const listening = once(server, "listening");
      server.listen(...form, () => server.emit("called"));
      const called = once(server, "called");
      await networks.until(Promise.all([listening, called]));
      assert.equal(server.address()!.port, 8001 + index, JSON.stringify(form));
      const client = networks.left.connect(8001 + index, RIGHT);
      await networks.event(client, "connect");
    }
    await networks.close();
  });

  it("on port 0 or none picks a free one of the dynamic range", async () => {
    const networks = await VirtualNetworks.create();
    const ports = new Set<number>();
    for (const form of [[], [0], [{ port: 0 }], [{}]]) {
      const server = networks.right.createServer().listen(...form);
      await networks.event(server, "listening");
      ports.add(server.address()!.port);
    }
    assert.equal(ports.size, 4);
    for (const port of ports) assert.ok(port >= 49152 && port <= 65535);
    await networks.close();
  });

  it("on a port that is taken gives EADDRINUSE", async () => {
    const networks = await VirtualNetworks.create();
    await networks.listen(() => {});
    const second = networks.right.createServer().listen(80);
    const [error] = await networks.event(second, "error").catch((caught) => [caught]);
    assert.deepEqual({ ...(error as Error), message: (error as Error).message }, {
      message: "listen EADDRINUSE: address already in use 0.0.0.0:80", name: "StackError",
      code: "EADDRINUSE", errno: -98, syscall: "listen", address: "0.0.0.0", port: 80,
    });
    assert.equal(second.listening, false);
    await networks.close();
  });

  it("on an address that is not ours gives EADDRNOTAVAIL", async () => {
    const networks = await VirtualNetworks.create();
    const server = networks.right.createServer().listen(80, LEFT);
    const [error] = await networks.event(server, "error").catch((caught) => [caught]);
    assert.equal((error as { code?: string }).code, "EADDRNOTAVAIL");
    await networks.close();
  });

  it("with a setting that is none gives EINVAL, and leaves the port free", async () => {
    const networks = await VirtualNetworks.create();
    const server = networks.right.createServer({ tcpOptions: { timeToLive: 300 } }).listen(80);
    const [error] = await networks.event(server, "error").catch((caught) => [caught]);
    assert.match((error as Error).message, /EINVAL: timeToLive = 300/);
    await networks.listen(() => {});
    await networks.close();
  });

  it("twice, or on something that is no port, throws Node's errors", async () => {
    const networks = await VirtualNetworks.create();
    const server = await networks.listen(() => {});
    assert.throws(() => server.listen(81), { code: "ERR_SERVER_ALREADY_LISTEN" });
    const other = networks.right.createServer();
    assert.throws(() => other.listen(65536), { code: "ERR_SOCKET_BAD_PORT" });
    assert.throws(() => other.listen("/tmp/sock"), { code: "ERR_INVALID_ARG_VALUE" });
    await networks.close();
  });

  it("ends with close, and may begin again", async () => {
    const networks = await VirtualNetworks.create();
    const server = await networks.listen(() => {});
    await networks.until(new Promise<void>((resolve) => server.close(() => resolve())));
    assert.equal(server.address(), null);
    const refused = networks.left.connect(80, RIGHT);
    const [error] = await networks.event(refused, "error").catch((caught) => [caught]);
    assert.equal((error as { code?: string }).code, "ECONNREFUSED");
    const again = new Promise<Error | undefined>((resolve) => server.close(resolve));
    assert.equal(
      (await networks.until(again) as { code?: string }).code, "ERR_SERVER_NOT_RUNNING",
    );
    server.listen(80);
    await networks.event(server, "listening");
    await networks.event(networks.left.connect(80, RIGHT), "connect");
    await networks.close();
  });

  it("ends when its signal is aborted", async () => {
    const networks = await VirtualNetworks.create();
    const controller = new AbortController();
    const server = networks.right.createServer().listen({ port: 80, signal: controller.signal });
    await networks.event(server, "listening");
    const closed = networks.event(server, "close");
    controller.abort();
    await closed;
    assert.equal(server.listening, false);
    await networks.close();
  });
});

describe("connections", () => {
  it("are handed over with their addresses and their server", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served, server } = await networks.open();
    assert.equal(served.server, server);
    assert.deepEqual(
      [served.localAddress, served.localPort, served.remoteAddress, served.remotePort],
      [RIGHT, 80, LEFT, client.localPort],
    );
    assert.deepEqual([served.readyState, served.connecting], ["open", false]);
    await networks.close();
  });

  it("are counted; close waits for the last", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served, server } = await networks.open();
    const count = (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_error, open) => resolve(open)));
    assert.equal(await networks.until(count()), 1);
    let isClosed = false;
    server.close(() => (isClosed = true));
    await networks.run(60);
    assert.equal(isClosed, false);
    served.resume();
    client.resume().end();
    await networks.run(1);
    assert.equal(isClosed, true);
    await networks.close();
  });

  it("beyond maxConnections are dropped, with an event", async () => {
    const networks = await VirtualNetworks.create();
    const server = await networks.listen(() => {});
    server.maxConnections = 1;
    const first = networks.left.connect(80, RIGHT);
    await networks.event(first, "connect");
    const dropped = once(server, "drop");
    const second = networks.left.connect(80, RIGHT);
    const ended = once(second.resume(), "close");
    const [[info]] = await networks.until(Promise.all([dropped, ended]));
    assert.deepEqual(info, {
      localAddress: RIGHT, localPort: 80, localFamily: "IPv4",
      remoteAddress: LEFT, remotePort: second.localPort, remoteFamily: "IPv4",
    });
    assert.equal(first.readyState, "open");
    await networks.close();
  });

  it("get the server's settings", async () => {
    const networks = await VirtualNetworks.create();
    const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 };
    await networks.open({}, options);
    const { stack } = networks.right;
    const { handle } = [...stack.entries("connections")][0]!;
    assert.deepEqual(
      [stack.getOption(handle, "noDelay"), stack.getOption(handle, "keepAlive"),
        stack.getOption(handle, "keepAliveIdle")],
      [1, 1, 5],
    );
    await networks.close();
  });

  it("of many clients at once are told apart", async () => {
    const clients = 400;
    const budget = { connections: clients, halfOpen: clients, receiveRing: 4096, sendRing: 4096 };
    const networks = await VirtualNetworks.create({ loss: 0.01 }, { budget });
    await networks.listen((socket) => {
      socket.on("data", (data: Buffer) => socket.write(`${data} is ${socket.remotePort}\n`));
    });
    const answers = Array.from({ length: clients }, async (_, index) => {
      const socket: Socket = networks.left.connect(80, RIGHT, () => socket.write(`${index}`));
      assert.equal(await readLine(socket), `${index} is ${socket.localPort}\n`);
      socket.resume().end();
      await once(socket, "close");
    });
    await networks.until(Promise.all(answers));
    await networks.run(100);
    assert.deepEqual([...networks.left.stack.entries("connections")], []);
    await networks.close();
  });

  it("beyond the budget wait, and get their turn when a slot is free [S14, S22]", async () => {
    const networks = await VirtualNetworks.create({}, {}, { budget: { connections: 2 } });
    const accepted: Socket[] = [];
    await networks.listen((socket) => accepted.push(socket.resume()));
    const clients = [0, 1, 2].map(() => networks.left.connect(80, RIGHT).resume());
    await networks.run(5);
    assert.equal(accepted.length, 2);
    clients[0]!.end();
    clients[1]!.end();
    await networks.run(60);
    assert.equal(accepted.length, 3);
    await networks.close();
  });
});

/** All up to the end of a line: where a ring ends and begins anew, octets come in two pieces. */
async function readLine(socket: Socket): Promise<string> {
  let text = "";
  while (!text.endsWith("\n")) text += String((await once(socket, "data"))[0]);
  return text;
}

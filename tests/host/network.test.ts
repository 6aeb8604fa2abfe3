/** Networks: their making, the default one, and their end, which leaves no connection hanging. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { connect, createNetwork, createServer } from "../../host/index.js";
import { createWire } from "../../host/link/wire.js";
import { DoubleLink } from "../support/link_double.js";
import { LEFT, RIGHT, pattern } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

describe("the functions of the module", () => {
  it("use the only network that is open, and ask which when there are two", async () => {
    assert.throws(() => connect(80, RIGHT), /no network is open: await createNetwork/);
    const networks = await VirtualNetworks.create();
    assert.throws(() => connect(80, RIGHT), /2 networks are open: say which/);
    const server = createServer({ network: networks.right }, () => {}).listen(80);
    await networks.event(server, "listening");
    await networks.event(connect({ network: networks.left, port: 80, host: RIGHT }), "connect");
    await networks.until(networks.left.close());
    const second = createServer().listen(81); // of the one that is left
    await networks.event(second, "listening");
    assert.equal([...networks.right.stack.entries("listeners")].length, 2);
    await networks.close();
  });
});

describe("createNetwork", () => {
  it("closes the link again when something is wrong with the rest", async () => {
    const link = new DoubleLink();
    await assert.rejects(createNetwork({ link, address: "10.0.0.1" }), /no prefix length/);
    assert.deepEqual([link.opened, link.closed], [0, 0]);
    const budget = { connections: -1 };
    await assert.rejects(createNetwork({ link, address: "10.0.0.1/24", budget }), /connections/);
    assert.deepEqual([link.opened, link.closed], [1, 1]);
  });

  it("carries serial lines, too", async () => {
    const networks = await VirtualNetworks.create({ kind: "serial", delayMs: 0 });
    const { client, served } = await networks.open();
    client.end(pattern(50_000));
    let count = 0;
    served.on("data", (data: Buffer) => (count += data.length));
    await networks.event(served, "end");
    assert.equal(count, 50_000);
    await networks.close();
  });

  it("probes for its address before the first use when asked to", async () => {
    const networks = await VirtualNetworks.create({}, { probe: true });
    assert.ok(networks.clock.now() - 1e9 > 2e6, "RFC 5227 asks for some seconds");
    await networks.open();
    await networks.close();
  });

  it("rejects when another host has the address it probed for", async () => {
    const other = { address: `${LEFT}/24`, probe: true };
    await assert.rejects(VirtualNetworks.create({}, {}, other), {
      code: "EADDRINUSE",
      message: /another host on the link has this address; take a free one 10.0.0.1/,
    });
  });
});

describe("closing a network", () => {
  it("ends its connections, stops its servers, and closes its link [S27]", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served, server } = await networks.open();
    client.resume();
    served.resume();
    client.write("unfinished");
    const closed = Promise.all([client, served, server].map((each) => once(each, "close")));
    await networks.until(Promise.all([networks.right.close(), closed]));
    await networks.run(1);
    assert.deepEqual([...networks.left.stack.entries("connections")], []);
    assert.deepEqual([...networks.right.stack.entries("connections")], []);
    assert.deepEqual([...networks.right.stack.entries("listeners")], []);
    const failed = networks.right.connect(80, LEFT);
    const [error] = await networks.event(failed, "error").catch((caught) => [caught]);
    assert.equal((error as { code?: string }).code, "ENETDOWN");
    await networks.close();
  });

  it("delivers what was written before, as far as the time allows", async () => {
    const networks = await VirtualNetworks.create({ loss: 0.05, seed: 3 });
    const { client, served } = await networks.open();
    const data = pattern(30_000);
    client.write(data);
    const chunks: Buffer[] = [];
    served.on("data", (chunk: Buffer) => chunks.push(chunk));
    await networks.until(networks.left.close({ timeoutMs: 60_000 }));
    await networks.run(1);
    assert.ok(Buffer.concat(chunks).equals(data));
    await networks.close();
  });

  it("resets what cannot be ended in time [S27]", async () => {
    const networks = await VirtualNetworks.create();
    // The peer reads nothing, so that the octets cannot all be delivered.
    const { client, served } = await networks.open({}, { pauseOnConnect: true });
    client.write(pattern(1_000_000));
    await networks.run(1);
    const failed = new Promise<Error>((resolve) => served.once("error", resolve));
    await networks.until(networks.left.close());
    assert.equal((await networks.until(failed) as { code?: string }).code, "ECONNRESET");
    await networks.close();
  });

  it("resets connections at once when the process exits [S27]", async () => {
    const networks = await VirtualNetworks.create();
    const { served } = await networks.open();
    const failed = new Promise<Error>((resolve) => served.once("error", resolve));
    networks.left.abortAll(); // what the exit handler calls
    assert.equal((await networks.until(failed) as { code?: string }).code, "ECONNRESET");
    await networks.close();
  });

  it("may be asked for twice", async () => {
    const networks = await VirtualNetworks.create();
    const closing = networks.left.close();
    assert.equal(networks.left.close(), closing);
    await networks.until(closing);
    await networks.close();
  });
});

describe("a link that breaks", () => {
  it("fails its sockets and the network with ENETDOWN and the cause", async () => {
    const link = new DoubleLink("ip");
    const network = await createNetwork({ link, address: "10.0.0.1/24" });
    const socket = network.connect(80, RIGHT);
    const server = network.createServer().listen(81);
    await once(server, "listening");
    const serverClosed = once(server, "close");
    const socketError = new Promise<Error>((resolve) => socket.once("error", resolve));
    const networkError = new Promise<Error>((resolve) => network.once("error", resolve));
    link.onError(new Error("device removed"));
    const error = await networkError;
    assert.equal(error.message, "link ENETDOWN: device removed");
    assert.equal((error.cause as Error).message, "device removed");
    assert.equal(await socketError, error);
    await serverClosed;
    await network.close();
    assert.equal(link.closed, 1);
  });
});

describe("in real time", () => {
  it("a wire in memory joins two networks, and the process may end after", async () => {
    const [left, right] = createWire();
    const a = await createNetwork({ link: left, address: `${LEFT}/24` });
    const b = await createNetwork({ link: right, address: `${RIGHT}/24`, module: "board",
      budget: { connections: 4 } });
    const server = b.createServer((socket) => socket.pipe(socket)).listen(7);
    await once(server, "listening");
    const data = pattern(500_000);
    const socket = a.connect(7, RIGHT);
    socket.end(data);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(socket, "close");
    assert.ok(Buffer.concat(chunks).equals(data));
    await Promise.all([a.close(), b.close()]);
  });
});

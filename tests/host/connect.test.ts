/** Opening connections as node:net does, in virtual time: events, addresses, every way to fail. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failure } from "../support/socket_ends.js";
import { LEFT, RIGHT } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

describe("connecting", () => {
  it("shows its way in readyState, connecting, pending, and then both addresses", async () => {
    const networks = await VirtualNetworks.create();
    await networks.listen(() => {});
    const socket = networks.left.connect({ port: 80, host: RIGHT });
    const states = (): unknown[] => [socket.readyState, socket.connecting, socket.pending];
    assert.deepEqual(states(), ["opening", true, true]);
    assert.deepEqual(socket.address(), {});
    let isReady = false;
    socket.on("ready", () => (isReady = true));
    await networks.event(socket, "connect");
    assert.ok(isReady);
    assert.deepEqual(states(), ["open", false, false]);
    assert.deepEqual(socket.address(), {
      address: LEFT, family: "IPv4", port: socket.localPort,
    });
    assert.deepEqual(
      [socket.localAddress, socket.remoteAddress, socket.remotePort, socket.remoteFamily],
      [LEFT, RIGHT, 80, "IPv4"],
    );
    await networks.close();
  });

  it("takes (port, host, listener), a chosen local port, and what is written before", async () => {
    const networks = await VirtualNetworks.create();
    const { served } = await networks.open({ localPort: 5555 });
    assert.equal(served.remotePort, 5555);
    const texts: string[] = [];
    const keep = (data: Buffer): unknown => texts.push(String(data));
    await networks.listen((socket) => socket.on("data", keep), {}, 81);
    await networks.until(new Promise<void>((resolve) => {
      networks.left.connect(81, RIGHT, resolve).write("early");
    }));
    await networks.run(1);
    assert.deepEqual(texts, ["early"]);
    await networks.close();
  });

  it("is refused by a closed port with ECONNREFUSED", async () => {
    const networks = await VirtualNetworks.create();
    const socket = networks.left.connect({ port: 4242, host: RIGHT });
    const { error, hadError } = await networks.until(failure(socket));
    assert.deepEqual({ ...error, message: error.message }, {
      message: `connect ECONNREFUSED ${RIGHT}:4242`, name: "StackError",
      code: "ECONNREFUSED", errno: -111, syscall: "connect", address: RIGHT, port: 4242,
    });
    assert.ok(hadError);
    assert.equal(socket.readyState, "closed");
    await networks.close();
  });

  it("to a neighbour that is not there gives EHOSTUNREACH, in seconds", async () => {
    const networks = await VirtualNetworks.create();
    const socket = networks.left.connect({ port: 80, host: "10.0.0.77" });
    const startUs = networks.clock.now();
    const { error } = await networks.until(failure(socket));
    assert.match(error.message, /^connect EHOSTUNREACH 10.0.0.77:80$/);
    assert.ok(networks.clock.now() - startUs < 10e6);
    await networks.close();
  });

  it("into silence gives ETIMEDOUT", async () => {
    const networks = await VirtualNetworks.create({ kind: "ip" });
    const socket = networks.left.connect({ port: 80, host: "10.0.0.77" });
    const { error } = await networks.until(failure(socket));
    assert.match(error.message, /^connect ETIMEDOUT 10.0.0.77:80$/);
    await networks.close();
  });

  it("off the link without a gateway gives ENETUNREACH at once", async () => {
    const networks = await VirtualNetworks.create();
    const socket = networks.left.connect({ port: 80, host: "192.0.2.1" });
    const startUs = networks.clock.now();
    const { error } = await networks.until(failure(socket));
    assert.match(error.message, /^connect ENETUNREACH: .*gateway.* 192.0.2.1:80$/);
    assert.ok(networks.clock.now() - startUs < 1e5);
    await networks.close();
  });

  it("takes names only with a lookup function, and says so", async () => {
    const networks = await VirtualNetworks.create();
    await networks.listen(() => {});
    const nameless = networks.left.connect({ port: 80, host: "mote.example" });
    const { error } = await networks.until(failure(nameless));
    assert.match(error.message, /getaddrinfo ENOTFOUND mote.example: .* option lookup/);
    assert.equal((error as { code?: string }).code, "ENOTFOUND");
    const socket = networks.left.connect({
      port: 80, host: "mote.example",
      lookup: (_name, _options, done) => setImmediate(done, null, RIGHT, 4),
    });
    const [, address] = await networks.event(socket, "lookup");
    assert.equal(address, RIGHT);
    await networks.event(socket, "connect");
    await networks.close();
  });

  it("can be aborted by a signal", async () => {
    const networks = await VirtualNetworks.create();
    const controller = new AbortController();
    const { signal } = controller;
    const socket = networks.left.connect({ port: 80, host: "10.0.0.77", signal });
    const failed = failure(socket);
    await networks.run(0.1);
    controller.abort();
    assert.equal((await networks.until(failed)).error.name, "AbortError");
    await networks.run(0.1);
    assert.equal([...networks.left.stack.entries("connections")].length, 0);
    await networks.close();
  });

  it("may be done again with the same socket, as in Node", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    served.end("one");
    client.resume().end();
    await networks.event(client, "close");
    client.connect({ port: 80, host: RIGHT });
    await networks.event(client, "connect");
    assert.equal(client.bytesRead, 0);
    await networks.close();
  });

  it("misused is told at once, with Node's codes", async () => {
    const networks = await VirtualNetworks.create();
    const { client } = await networks.open();
    assert.throws(() => client.connect(81, RIGHT), { code: "EISCONN" });
    const { left } = networks;
    assert.throws(() => left.connect(70000, RIGHT), { code: "ERR_SOCKET_BAD_PORT" });
    assert.throws(() => left.connect("/tmp/sock"), { code: "ERR_INVALID_ARG_VALUE" });
    assert.throws(() => left.connect({ host: RIGHT }), { code: "ERR_MISSING_ARGS" });
    await networks.close();
  });
});

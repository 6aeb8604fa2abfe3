/** Sockets with the names, events and semantics of node:net, in virtual time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Socket } from "../../host/socket.js";
import { LEFT, RIGHT, pattern } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

/** All that a socket receives until its end. (`for await` would destroy it then.) */
async function received(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
  await once(socket, "end");
  return Buffer.concat(chunks);
}

/** The error and the argument of 'close' of a socket that fails. */
function failure(socket: Socket): Promise<{ error: Error; hadError: boolean }> {
  return new Promise((resolve) => {
    socket.once("error", (error: Error) => {
      socket.once("close", (hadError: boolean) => resolve({ error, hadError }));
    });
  });
}

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

describe("octets", () => {
  it("arrive as they were sent, both ways at once, over a bad wire", async () => {
    const networks = await VirtualNetworks.create({
      seed: 7, loss: 0.05, duplicate: 0.02, reorder: 0.05, corrupt: 0.02,
    });
    const { client, served } = await networks.open();
    const [up, down] = [pattern(300_000, 1), pattern(200_000, 2)];
    client.end(up);
    served.end(down);
    const [atServer, atClient] = await networks.until(
      Promise.all([received(served), received(client)]),
    );
    assert.ok(atServer.equals(up));
    assert.ok(atClient.equals(down));
    assert.deepEqual([client.bytesWritten, client.bytesRead], [up.length, down.length]);
    assert.deepEqual([served.bytesWritten, served.bytesRead], [down.length, up.length]);
    await networks.close();
  });

  it("wait in the sender when nobody reads: back-pressure down to the window", async () => {
    const ring = 4096;
    const budget = { receiveRing: ring, sendRing: ring };
    const networks = await VirtualNetworks.create({}, { budget });
    const { client, served } = await networks.open({}, { pauseOnConnect: true });
    const data = pattern(1_000_000);
    assert.equal(client.write(data), false);
    client.end();
    await networks.run(120);
    assert.equal(served.bytesRead, 0);
    assert.equal(served.status()!.receiveQueue, ring);
    assert.equal(served.status()!.receiveWindow, 0);
    assert.ok(client.status()!.sendQueue > ring / 2);
    assert.equal(client.bytesWritten, data.length);
    assert.ok(client.writableLength > 0);
    assert.ok((await networks.until(received(served))).equals(data));
    await networks.close();
  });

  it("stop where the reader pauses, and go on where it resumes", async () => {
    const networks = await VirtualNetworks.create({}, { budget: { receiveRing: 8192 } });
    const { client, served } = await networks.open();
    const data = pattern(400_000);
    const chunks: Buffer[] = [];
    served.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      served.pause();
    });
    client.end(data);
    await networks.run(10);
    const paused = served.bytesRead;
    assert.ok(paused < 100_000, `${paused} octets were read in a pause`);
    const ended = networks.event(served, "end");
    const timer = setInterval(() => served.resume(), 0);
    await ended;
    clearInterval(timer);
    assert.ok(Buffer.concat(chunks).equals(data));
    await networks.close();
  });

  it("of several writes at once leave as full segments", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    served.resume();
    const before = networks.left.counters().TcpSegmentsOut;
    client.cork();
    for (let count = 0; count < 100; count++) client.write(Buffer.alloc(10));
    client.uncork();
    await networks.run(1);
    assert.equal(served.bytesRead, 1000);
    assert.equal(networks.left.counters().TcpSegmentsOut - before, 1);
    await networks.close();
  });
});

describe("the end", () => {
  it("of one side is answered by the other, unless allowHalfOpen", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    served.resume();
    const events: string[] = [];
    for (const name of ["finish", "end", "close"]) client.on(name, () => events.push(name));
    client.resume().end("bye");
    await networks.until(Promise.all([once(client, "close"), once(served, "close")]));
    assert.deepEqual(events, ["finish", "end", "close"]);
    await networks.close();
  });

  it("of the peer leaves this side open with allowHalfOpen", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open({}, { allowHalfOpen: true });
    const reply = received(client);
    client.end("question");
    assert.equal(String(await networks.until(received(served))), "question");
    await networks.run(60);
    assert.equal(served.readyState, "writeOnly");
    assert.equal(served.status()!.state, "CLOSE-WAIT");
    served.end("answer");
    assert.equal(String(await networks.until(reply)), "answer");
    await networks.close();
  });

  it("of the peer makes a later write fail with EPIPE", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    client.end();
    served.resume();
    const failed = failure(served);
    served.once("end", () => served.write("too late"));
    const { error } = await networks.until(failed);
    assert.equal((error as { code?: string }).code, "EPIPE");
    await networks.close();
  });

  it("by destroy with octets unread resets the connection", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open({}, { pauseOnConnect: true });
    client.write("unread");
    await networks.run(0.1);
    served.destroy();
    const { error, hadError } = await networks.until(failure(client));
    assert.equal(error.message, "read ECONNRESET");
    assert.ok(hadError);
    await networks.close();
  });

  it("by resetAndDestroy is a reset with everything read, too", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    served.resetAndDestroy();
    const { error } = await networks.until(failure(client));
    assert.equal((error as { code?: string }).code, "ECONNRESET");
    assert.equal(networks.right.counters().TcpResetsSent, 1);
    await networks.close();
  });

  it("by a reset delivers first what came before it", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    const texts: string[] = [];
    client.on("data", (chunk) => texts.push(String(chunk)));
    const failed = failure(client);
    served.write("last words", () => served.resetAndDestroy());
    await networks.until(failed);
    assert.deepEqual(texts, ["last words"]);
    await networks.close();
  });

  it("by destroySoon comes after what was written", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    client.write(pattern(200_000));
    client.destroySoon();
    const [data] = await networks.until(Promise.all([received(served), once(client, "close")]));
    assert.equal(data.length, 200_000);
    await networks.close();
  });

  it("calls back writes that it cuts off, with an error", async () => {
    const networks = await VirtualNetworks.create();
    const { client } = await networks.open({}, { pauseOnConnect: true });
    const errors: unknown[] = [];
    client.write(pattern(1_000_000), (error) => errors.push(error));
    client.destroy();
    await networks.until(once(client, "close"));
    assert.ok(errors[0] instanceof Error);
    await networks.close();
  });

  it("is told with the whole path by 'released' and status()", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    client.resume().end();
    served.resume();
    const [[left], [right]] = await networks.until(
      Promise.all([once(client, "released"), once(served, "released")]),
    );
    assert.deepEqual(left.path, [
      "SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
    ]);
    assert.deepEqual(right.path, [
      "LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED",
    ]);
    assert.deepEqual(served.status(), right);
    assert.equal([...networks.right.stack.entries("connections")].length, 0);
    await networks.close();
  });
});

describe("settings", () => {
  it("setTimeout tells of idleness, and every octet puts it off", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    served.resume();
    let timeouts = 0;
    client.setTimeout(1000);
    client.on("timeout", () => timeouts++);
    assert.equal(client.timeout, 1000);
    for (let count = 0; count < 5; count++) {
      await networks.run(0.8);
      client.write("x");
    }
    assert.equal(timeouts, 0);
    await networks.run(1.1);
    assert.equal(timeouts, 1);
    assert.equal(client.destroyed, false);
    client.write("x");
    await networks.run(1.1);
    assert.equal(timeouts, 2);
    client.setTimeout(0);
    client.write("x");
    await networks.run(5);
    assert.equal(timeouts, 2);
    assert.throws(() => client.setTimeout(-1), { code: "ERR_OUT_OF_RANGE" });
    await networks.close();
  });

  it("setKeepAlive finds a peer that has gone", async () => {
    const networks = await VirtualNetworks.create({ kind: "ip" });
    const { client } = await networks.open({ keepAlive: true, keepAliveInitialDelay: 60_000 });
    await networks.run(200);
    assert.equal(client.readyState, "open");
    await networks.right.link.close(); // the cable is pulled
    const { error } = await networks.until(failure(client));
    assert.equal(error.message, `read ETIMEDOUT ${RIGHT}:80`);
    await networks.until(networks.left.close());
  });

  it("without keep-alive an idle connection stays for days", async () => {
    const networks = await VirtualNetworks.create({ kind: "ip" });
    const { client } = await networks.open();
    await networks.right.link.close();
    await networks.run(3 * 86400);
    assert.equal(client.readyState, "open");
    await networks.until(networks.left.close());
  });

  it("setNoDelay sends small writes at once; without it they are gathered", async () => {
    const networks = await VirtualNetworks.create({ delayMs: 20 });
    const segments = async (noDelay: boolean): Promise<number> => {
      const port = noDelay ? 81 : 82;
      await networks.listen((socket) => socket.resume(), {}, port);
      const client = networks.left.connect({ port, host: RIGHT, noDelay });
      await networks.event(client, "connect");
      const before = networks.left.counters().TcpSegmentsOut;
      for (let count = 0; count < 5; count++) {
        client.write("x");
        await networks.run(0.001);
      }
      await networks.run(1);
      return networks.left.counters().TcpSegmentsOut - before;
    };
    assert.equal(await segments(true), 5);
    assert.equal(await segments(false), 2);
    await networks.close();
  });
});

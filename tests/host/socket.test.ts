/** Sockets with the names, events and semantics of node:net, in virtual time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { failure, received } from "../support/socket_ends.js";
import { RIGHT, pattern } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

describe("octets", () => {
  it("arrive as they were sent, both ways at once, over a bad wire [S23]", async () => {
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

  it("wait in the sender when nobody reads: back-pressure down to the window [S18]", async () => {
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
    const startUs = networks.clock.now();
    assert.ok((await networks.until(received(served))).equals(data));
    // The window opens as it is read, not when the next probe asks.
    assert.ok(networks.clock.now() - startUs < 2e6, `${networks.clock.now() - startUs} us`);
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

  it("of several writes at once leave as full segments [SHLD-28]", async () => {
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
    const { client, served } = await networks.open({ allowHalfOpen: true });
    client.pause().end();
    served.resume().write(pattern(1_000_000)); // so that it cannot close at once
    const failed = failure(served);
    served.once("end", () => setImmediate(() => served.write("too late")));
    const { error } = await networks.until(failed);
    assert.equal((error as { code?: string }).code, "EPIPE");
    await networks.close();
  });

  it("by destroy with octets unread resets the connection [SHLD-3]", async () => {
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

  it("of the stack are set for a network, a server, or a socket, the nearest wins", async () => {
    const networks = await VirtualNetworks.create({}, {
      tcpOptions: { minRto: 200, timeToLive: 9, pacing: true },
    });
    const { client, served } = await networks.open(
      { tcpOptions: { timeToLive: 7 } }, { tcpOptions: { timeToLive: 8 } },
    );
    const { left, right } = networks;
    const of = (network: typeof left, socket: typeof client): number[] => {
      const { handle } = socket.status()!;
      const names = ["minRto", "timeToLive", "pacing"] as const;
      return names.map((name) => network.stack.getOption(handle, name));
    };
    assert.deepEqual(of(left, client), [200, 7, 1]);
    assert.deepEqual(of(right, served), [200, 8, 1]);
    client.setTcpOptions({ timeToLive: 6, pacing: false });
    assert.deepEqual(of(left, client), [200, 6, 0]);
    assert.throws(() => client.setTcpOptions({ timeToLive: 300 }), /timeToLive = 300/);
    const unknown = { hops: 3 } as object;
    assert.throws(() => client.setTcpOptions(unknown), /"hops" is unknown; there are noDelay, /);
    await networks.close();
  });
});

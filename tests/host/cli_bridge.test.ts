/**
 * Aim: what goes through the bridge is octet for octet the same, with back-pressure, half-closes
 * and resets carried over in both directions. Method: Node's own sockets in front, a server of the
 * stack behind, two real stacks between.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket as NetSocket } from "node:net";
import { after, before, describe, it } from "node:test";
import { Bridge } from "../../host/cli/serve/bridge.js";
import { createWire } from "../../host/link/wire.js";
import { createNetwork, type Network } from "../../host/network.js";
import type { Socket } from "../../host/socket.js";

const PORT = 7000;
const MIB = 1024 * 1024;

/** All up to the end of that direction. (An async iteration would destroy the other one, too.) */
function received(socket: NetSocket | Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const emitter = socket as NetSocket;
    emitter.on("data", (chunk: Buffer) => void chunks.push(chunk));
    emitter.once("end", () => resolve(Buffer.concat(chunks)));
    emitter.once("error", reject);
    emitter.resume();
  });
}

/** The code of the error that closes a socket; "no error" when it is closed without one. */
function closing(socket: NetSocket | Socket): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let code: string | undefined = "no error";
    const emitter = socket as NetSocket;
    const timer = setTimeout(() => reject(new Error("the socket does not close")), 20_000);
    emitter.once("error", (error: NodeJS.ErrnoException) => (code = error.code));
    emitter.once("close", () => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "timed out");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("Bridge", { timeout: 300_000 }, () => {
  let left: Network;
  let right: Network;
  let bridge: Bridge;
  let next: (socket: Socket) => void = () => {};
  const outers: NetSocket[] = [];
  before(async () => {
    const [a, b] = createWire();
    left = await createNetwork({ link: a, address: "10.0.0.1/24" });
    right = await createNetwork({ link: b, address: "10.0.0.2/24" });
    right.createServer({ allowHalfOpen: true }, (socket) => next(socket)).listen(PORT);
    bridge = await Bridge.open(left, { listenPort: 0, host: "10.0.0.2", port: PORT });
  });
  after(async () => {
    for (const outer of outers) outer.destroy(); // what a failed test has left
    await bridge.close();
    await Promise.all([left.close(), right.close()]);
  });

  /** A connection: this machine's end, and the end of the stack's server. */
  async function open(): Promise<{ outer: NetSocket; served: Socket }> {
    const accepted = new Promise<Socket>((resolve) => (next = resolve));
    const outer = connect({ host: "127.0.0.1", port: bridge.port, allowHalfOpen: true });
    outers.push(outer);
    return { outer, served: await accepted };
  }

  it("carries octets both ways at once", async () => {
    const { outer, served } = await open();
    const up = randomBytes(3 * MIB);
    const down = randomBytes(2 * MIB);
    outer.end(up);
    served.end(down);
    const [atServer, atClient] = await Promise.all([received(served), received(outer)]);
    assert.ok(atServer.equals(up));
    assert.ok(atClient.equals(down));
  });

  it("carries the end of one direction while the other goes on", async () => {
    const { outer, served } = await open();
    outer.end("question");
    assert.equal((await received(served)).toString(), "question");
    served.write("first ");
    await new Promise((resolve) => setTimeout(resolve, 50));
    served.end("second");
    assert.equal((await received(outer)).toString(), "first second");
  });

  it("carries the end of the server's direction while the client's goes on", async () => {
    const { outer, served } = await open();
    served.end("greeting");
    assert.equal((await received(outer)).toString(), "greeting");
    outer.end("late");
    assert.equal((await received(served)).toString(), "late");
  });

  it("carries a reset inwards", async () => {
    const { outer, served } = await open();
    const code = closing(served.resume());
    outer.write("x");
    await once(served, "data");
    outer.resetAndDestroy();
    assert.equal(await code, "ECONNRESET");
  });

  it("carries a reset outwards", async () => {
    const { outer, served } = await open();
    const code = closing(outer.resume());
    outer.write("x");
    served.once("data", () => served.resetAndDestroy());
    assert.equal(await code, "ECONNRESET");
  });

  it("resets who comes in when nobody listens behind", async (test) => {
    const nobody = await Bridge.open(left, { listenPort: 0, host: "10.0.0.2", port: 7001 });
    test.after(() => nobody.close());
    const outer = connect(nobody.port, "127.0.0.1");
    outers.push(outer);
    assert.equal(await closing(outer.resume()), "ECONNRESET");
  });

  it("holds the server back while the client does not read", async () => {
    const { outer, served } = await open();
    let sent = 0;
    let isStopped = false;
    const chunk = Buffer.alloc(MIB);
    const send = (): void => {
      while (!isStopped && served.write(chunk)) sent++;
    };
    served.on("drain", () => (sent++, send())).on("error", () => {});
    outer.pause();
    send();
    let before = -1;
    await until(() => {
      const isStill = served.bytesWritten === before;
      before = served.bytesWritten;
      return isStill;
    });
    // What fits the buffers of two kernels' sockets, two stacks and the streams between.
    assert.ok(sent < 30, `${sent} MiB went into buffers`);
    const held = sent;
    outer.resume();
    await until(() => sent > held + 20);
    isStopped = true;
    outer.destroy();
  });

  it("holds the client back while the server does not read", async () => {
    const { outer, served } = await open();
    served.pause();
    outer.on("error", () => {});
    const octets = Buffer.alloc(64 * MIB, 7);
    outer.end(octets);
    let before = -1;
    await until(() => {
      const isStill = served.readableLength === before && before > 0;
      before = served.readableLength;
      return isStill;
    });
    assert.ok(served.readableLength <= 256 * 1024, `${served.readableLength} octets buffered`);
    assert.ok(outer.writableLength > 0);
    const got = await received(served);
    assert.ok(got.equals(octets));
    served.end();
  });

  it("resets what is left when it closes, and takes nobody any more", async () => {
    const closer = await Bridge.open(left, { listenPort: 0, host: "10.0.0.2", port: PORT });
    const accepted = new Promise<Socket>((resolve) => (next = resolve));
    const outer = connect(closer.port, "127.0.0.1");
    outers.push(outer);
    const served = await accepted;
    const codes = Promise.all([closing(outer.resume()), closing(served.resume())]);
    const { port } = closer;
    await closer.close();
    assert.deepEqual(await codes, ["ECONNRESET", "ECONNRESET"]);
    assert.equal(await closing(connect(port, "127.0.0.1")), "ECONNREFUSED");
  });

  it("says what to do when its port is taken", async (test) => {
    const other = createServer().listen(0, "127.0.0.1");
    test.after(() => other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const opening = Bridge.open(left, { listenPort: port, host: "10.0.0.2", port: PORT });
    await assert.rejects(opening, /another program listens there; choose another port/);
  });
});

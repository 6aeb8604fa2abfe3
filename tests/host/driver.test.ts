/** The driver: frames, one timer, back-pressure of the link, and what keeps a process alive. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Driver } from "../../host/driver.js";
import { VirtualClock } from "../../host/link/clock.js";
import { Stack } from "../../host/stack.js";
import { DoubleLink } from "../support/link_double.js";
import { LEFT, RIGHT, entropy, pattern } from "../support/stack_pair.js";

const HALF_SECOND_US = 500_000;

/** A driver over a link that is the test, and a stack at the other end of it, moved by hand. */
async function bench(kind: "ip" | "serial" = "ip") {
  const clock = new VirtualClock(5e9);
  const link = new DoubleLink(kind);
  const stack = await Stack.create({ entropy: entropy(1), now: 77 });
  stack.configure({ address: `${LEFT}/24` });
  const peer = await Stack.create({ entropy: entropy(2) });
  peer.configure({ address: `${RIGHT}/24` });
  const driver = new Driver({ stack, link, clock });
  await driver.open();

  /** Gives the peer what was sent, and the link what it answers. */
  const exchange = (): number => {
    const frames = link.sent.splice(0);
    for (const frame of frames) {
      if (kind === "serial") peer.serialReceive(frame, 0);
      else peer.receive(frame, 0);
    }
    const answers: Uint8Array[] = [];
    const next = (): Uint8Array | null =>
      kind === "serial" ? peer.serialTransmit(0) : peer.transmit(0);
    for (let frame = next(); frame; frame = next()) answers.push(frame.slice());
    if (answers.length > 0) link.arrive(...answers);
    return frames.length + answers.length;
  };
  /** The same until nobody has anything to say; lets microtasks run. */
  const settle = async (): Promise<void> => {
    do await Promise.resolve();
    while (exchange() > 0);
  };
  return { clock, link, stack, peer, driver, exchange, settle };
}

type Bench = Awaited<ReturnType<typeof bench>>;

/** A connection from the driven stack to the peer. */
async function open({ stack, peer, driver, settle }: Bench) {
  const listener = peer.listen({ port: 80 });
  const client = stack.connect({ address: RIGHT, port: 80 });
  driver.wake();
  await settle();
  const server = peer.accept(listener);
  // The peer's time stands still: it could not wait for a delayed ACK.
  peer.setOption(server, "noDelay", true);
  return { client, server };
}

for (const kind of ["ip", "serial"] as const) {
  describe(`a driver on a link of kind ${kind}`, () => {
    it("passes frames both ways and events to the handler of the handle", async () => {
      const t = await bench(kind);
      const { client, server } = await open(t);
      const seen: number[] = [];
      t.driver.attach(client, (bits) => seen.push(bits));
      t.peer.write(server, Buffer.from("hello"));
      t.exchange();
      assert.deepEqual(seen, [2]);
      assert.equal(Buffer.from(t.stack.read(client)!).toString(), "hello");
      t.driver.detach(client);
      t.peer.write(server, Buffer.from("hello"));
      t.exchange();
      assert.equal(seen.length, 1);
    });

    it("holds back while the link has no room, and then goes on where it was", async () => {
      const t = await bench(kind);
      const { client, server } = await open(t);
      const data = pattern(8000);
      t.link.room = 1;
      assert.equal(t.stack.write(client, data), data.length);
      t.driver.wake();
      await Promise.resolve();
      assert.equal(t.link.sent.length, 1);
      assert.equal(t.link.room, 0);
      const chunks: Buffer[] = [];
      for (let round = 0; round < 100 && Buffer.concat(chunks).length < data.length; round++) {
        t.link.drain(1);
        t.exchange();
        for (let piece = t.peer.read(server); piece; piece = t.peer.read(server)) {
          chunks.push(Buffer.from(piece));
        }
      }
      assert.ok(Buffer.concat(chunks).equals(data));
      assert.equal(t.stack.counter("TcpRetransmissions"), 0);
      assert.equal(t.driver.framesDropped, 0);
    });
  });
}

describe("a driver", () => {
  it("answers every second segment of a batch, and does not make one ACK of all", async () => {
    const t = await bench();
    const { client, server } = await open(t);
    const segment = 1460 - 12; // less timestamps
    t.peer.write(server, pattern(4 * segment));
    const frames = Array.from({ length: 4 }, () => t.peer.transmit(0)!.slice());
    t.link.arrive(...frames);
    assert.equal(t.link.sent.length, 2);
    assert.equal(t.stack.status(client).receiveQueue, 4 * segment);
  });

  it("runs the stack's timers by the clock, whatever that counted before", async () => {
    const t = await bench();
    t.stack.connect({ address: RIGHT, port: 80 });
    t.driver.wake();
    await Promise.resolve();
    const syns: number[] = [];
    const startUs = t.clock.now();
    for (let step = 0; step < 16; step++) {
      syns.push(t.link.sent.splice(0).length);
      t.clock.runUntil(startUs + (step + 1) * HALF_SECOND_US);
    }
    // RFC 6298: again after 1 s, 2 s, 4 s
    assert.deepEqual(syns.flatMap((count, step) => (count > 0 ? [step / 2] : [])), [0, 1, 3, 7]);
  });

  it("takes no frame before a link that can tell has room", async () => {
    const t = await bench();
    await open(t);
    Object.assign(t.link, { hasRoom: () => t.link.room > 0 });
    t.link.room = 0;
    const before = t.stack.counter("FramesOut");
    t.stack.connect({ address: RIGHT, port: 81 });
    t.driver.wake();
    await Promise.resolve();
    assert.equal(t.stack.counter("FramesOut"), before);
    t.link.drain(1);
    assert.equal(t.stack.counter("FramesOut"), before + 1);
    t.link.room = 0;
    t.clock.runUntil(t.clock.now() + 3600e6);
    assert.ok(t.driver.framesDropped > 3, `${t.driver.framesDropped} dropped`);
  });

  it("loses the frames of a link that stands still, so that timers go on", async () => {
    const t = await bench();
    const client = t.stack.connect({ address: RIGHT, port: 80 });
    let ended = 0;
    t.driver.attach(client, (bits) => (ended |= bits & 16));
    t.link.room = 0;
    t.driver.wake();
    await Promise.resolve();
    assert.equal(t.driver.framesDropped, 0);
    t.clock.runUntil(t.clock.now() + 3600e6);
    assert.ok(t.driver.framesDropped > 3, `${t.driver.framesDropped} dropped`);
    assert.equal(ended, 16);
    assert.equal(t.stack.status(client).reason, "timed out");
  });

  it("lets a handler make calls and attach others, without a turn inside the turn", async () => {
    const t = await bench();
    const { client, server } = await open(t);
    let depth = 0;
    let deepest = 0;
    t.driver.attach(client, () => {
      deepest = Math.max(deepest, ++depth);
      t.stack.read(client);
      t.stack.write(client, Buffer.from("answer"));
      t.driver.wake();
      depth--;
    });
    t.peer.write(server, Buffer.from("question"));
    t.exchange();
    assert.equal(deepest, 1);
    assert.equal(t.link.sent.length, 1);
  });

  it("survives a handler that throws, and does not swallow the error", async () => {
    const t = await bench();
    const { client, server } = await open(t);
    const thrown = once(process, "uncaughtException");
    const others = process.listeners("uncaughtException").slice(0, -1);
    for (const other of others) process.removeListener("uncaughtException", other);
    t.driver.attach(client, () => {
      throw new Error("of the user's");
    });
    t.peer.write(server, Buffer.from("x"));
    t.exchange();
    const [error] = await thrown;
    for (const other of others) process.on("uncaughtException", other);
    assert.equal((error as Error).message, "of the user's");
    t.driver.attach(client, () => {
      t.stack.shutdown(client);
      t.driver.wake();
    });
    t.peer.write(server, Buffer.from("y"));
    await t.settle();
    assert.equal(t.stack.status(client).state, "FIN-WAIT-2");
  });

  it("closes the link, sends what is ready before, and does nothing after", async () => {
    const t = await bench();
    const { client } = await open(t);
    t.link.sent.length = 0;
    t.stack.abort(client);
    await t.driver.close();
    assert.equal(t.link.sent.length, 1);
    assert.equal(t.link.closed, 1);
    t.driver.wake();
    await Promise.resolve();
    assert.equal(t.clock.nextAtUs(), undefined);
    await t.driver.close();
    assert.equal(t.link.closed, 1);
  });
});

/** Runs a script that has two networks `a` and `b`; whether it ended by itself within 3 s. */
async function endsByItself(body: string, withinMs = 20_000): Promise<boolean> {
  const script = `
    import { createNetwork } from "./host/index.js";
    import { createWire } from "./host/link/wire.js";
    const [left, right] = createWire();
    const a = await createNetwork({ link: left, address: "10.0.0.1/24" });
    const b = await createNetwork({ link: right, address: "10.0.0.2/24" });
    ${body}`;
  const argv = ["--import", "tsx", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "inherit", "inherit"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(timer);
  return code === 0;
}

describe("a process", () => {
  const listening = `const server = b.createServer((s) => s.resume()).listen(80);`;
  const connected = `${listening} const s = a.connect(80, "10.0.0.2");
    await new Promise((resolve) => server.on("connection", resolve));`;

  it("ends when there is neither socket nor server, or none that is referenced", async () => {
    const ends = await Promise.all([
      endsByItself(""),
      endsByItself(`${listening} server.unref();`),
      endsByItself(`${connected} s.resume().end(); server.close();`),
    ]);
    assert.deepEqual(ends, [true, true, true]);
  });

  it("stays while there is one", async () => {
    const ends = await Promise.all([
      endsByItself(listening, 3000),
      endsByItself(`${connected} server.unref(); s.unref(); s.ref();`, 3000),
    ]);
    assert.deepEqual(ends, [false, false]);
  });
});

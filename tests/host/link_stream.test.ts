/**
 * Aim: frames cross a unix socket in the framing of QEMU and passt, whatever the cuts, and troubles
 * are told. Method: a peer by hand (`node:net`), and two of our own ends, in a folder of our own.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it, type TestContext } from "node:test";
import { Random } from "../../host/link/random.js";
import { StreamLink } from "../../host/link/stream.js";
import { collect, numbered, numberOf } from "../support/link_double.js";

const folder = mkdtempSync(join(tmpdir(), "motetcp-stream-"));
after(() => rmSync(folder, { recursive: true }));
let pathCount = 0;
const newPath = (): string => join(folder, `socket${pathCount++}`);

function framed(frame: Uint8Array): Buffer {
  const octets = Buffer.alloc(4 + frame.length);
  octets.writeUInt32BE(frame.length);
  octets.set(frame, 4);
  return octets;
}

/** A peer by hand that listens, and a link that is connected to it; gone after the test. */
async function pair(test: TestContext): Promise<{ link: StreamLink; peer: Socket }> {
  const path = newPath();
  const server = createServer();
  await new Promise<void>((done) => server.listen(path, done));
  const accepted = new Promise<Socket>((done) => server.once("connection", done));
  const link = new StreamLink({ path });
  await link.open();
  const peer = await accepted;
  test.after(() => {
    peer.destroy();
    server.close();
    return link.close();
  });
  return { link, peer };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "timed out");
    await new Promise((done) => setTimeout(done, 2));
  }
}

describe("StreamLink, connected", () => {
  it("writes four octets of length in network order, then the frame", async (test) => {
    const { link, peer } = await pair(test);
    const chunks: Buffer[] = [];
    peer.on("data", (chunk) => chunks.push(chunk));
    const frames = [numbered(1, 60), numbered(2, 1514), numbered(3, 14)];
    for (const frame of frames) {
      const borrowed = frame.slice();
      assert.equal(link.send(borrowed), true);
      borrowed.fill(0);
    }
    const expected = Buffer.concat(frames.map(framed));
    await until(() => Buffer.concat(chunks).length === expected.length);
    assert.deepEqual(Buffer.concat(chunks), expected);
  });

  it("reads frames however they are cut, and ends each batch", async (test) => {
    const { link, peer } = await pair(test);
    const random = new Random(4);
    const newFrame = (): Uint8Array => random.fill(new Uint8Array(random.between(1, 1514)));
    const frames = Array.from({ length: 300 }, newFrame);
    const received = collect(link);
    let batches = 0;
    link.onBatchEnd = () => batches++;
    const octets = Buffer.concat([...frames.map(framed), framed(new Uint8Array(0))]);
    for (let at = 0; at < octets.length; ) {
      const length = random.chance(0.5) ? random.between(1, 7) : random.between(1, 9000);
      peer.write(octets.subarray(at, at + length));
      at += length;
      await new Promise(setImmediate);
    }
    await until(() => received.length === frames.length);
    assert.deepEqual(received, frames);
    assert.ok(batches > 10);
    await link.close();
  });

  it("says false while the peer does not read, onDrain when it does; loses none", async (test) => {
    const { link, peer } = await pair(test);
    peer.pause();
    let sent = 0;
    while (link.send(numbered(sent, 1000))) {
      sent++;
      if (sent % 50 === 0) await new Promise(setImmediate);
      assert.ok(sent < 10_000, "no back-pressure");
    }
    let drained = false;
    link.onDrain = () => (drained = true);
    let octets = 0;
    peer.on("data", (chunk) => (octets += chunk.length));
    peer.resume();
    await until(() => drained && octets === sent * 1004);
    assert.equal(link.send(numbered(sent)), true);
    await link.close();
  });

  it("sends what was sent before close, then ends; closed, it takes nothing", async (test) => {
    const { link, peer } = await pair(test);
    let octets = 0;
    let isEnded = false;
    peer.on("data", (chunk) => (octets += chunk.length));
    peer.on("end", () => (isEnded = true));
    link.send(numbered(1, 60));
    await link.close();
    await link.close();
    assert.equal(link.send(numbered(2)), false);
    await until(() => isEnded);
    assert.equal(octets, 64);
  });

  it("is closed when the peer has read all, whatever that still says", async (test) => {
    const { link, peer } = await pair(test);
    peer.pause();
    let failure: Error | undefined;
    peer.on("error", (error) => (failure = error));
    for (let sent = 0; sent < 10; sent++) link.send(numbered(sent, 1000));
    let isClosed = false;
    const closing = link.close().then(() => (isClosed = true));
    await new Promise((done) => setTimeout(done, 100));
    assert.equal(isClosed, false);
    // Nobody takes it any more; but who writes where nobody reads loses what is to be read, too.
    peer.write(framed(numbered(1, 60)));
    await new Promise((done) => setTimeout(done, 100));
    let octets = 0;
    peer.on("data", (chunk) => (octets += chunk.length));
    peer.resume();
    await closing;
    await until(() => octets === 10 * 1004 || failure !== undefined);
    assert.equal(failure, undefined);
  });

  it("is closed all the same, after a second, when the peer does not read", async (test) => {
    const { link, peer } = await pair(test);
    peer.pause();
    link.send(numbered(1, 1000));
    const beganAt = Date.now();
    await link.close();
    assert.ok(Date.now() - beganAt >= 900);
  });

  it("reports that the peer went, once", async (test) => {
    const { link, peer } = await pair(test);
    const errors: string[] = [];
    link.onError = (error) => errors.push(error.message);
    peer.destroy();
    await until(() => errors.length > 0);
    await new Promise((done) => setTimeout(done, 20));
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /^stream:.*: the peer closed the socket$/);
    assert.equal(link.send(numbered(1)), false);
    await link.close();
  });

  it("reports a peer that speaks another framing", async (test) => {
    const { link, peer } = await pair(test);
    const errors: string[] = [];
    link.onError = (error) => errors.push(error.message);
    peer.on("error", () => {});
    peer.write("GET / HTTP/1.1\r\n\r\n");
    await until(() => errors.length > 0);
    assert.match(errors[0]!, /announces a frame of 1195725856 octets; it does not speak QEMU/);
  });

  it("says what is wrong with a path", async () => {
    const missing = new StreamLink({ path: newPath() });
    await assert.rejects(missing.open(), /does not exist: start its listener first/);
    const file = newPath();
    writeFileSync(file, "");
    const notSocket = new StreamLink({ path: file });
    await assert.rejects(notSocket.open(), /nobody listens on|is not a unix socket/);
  });
});

describe("StreamLink, listening", () => {
  it("loses what is sent before a peer comes, serves one peer after the other", async (test) => {
    const path = newPath();
    const link = new StreamLink({ path, listen: true });
    const received = collect(link);
    test.after(() => link.close());
    await link.open();
    assert.equal(link.send(numbered(0)), true);

    const first = connect(path);
    first.write(framed(numbered(1)));
    await until(() => received.length === 1);
    const second = connect(path);
    await new Promise<void>((done) => second.on("close", () => done()));
    first.destroy();
    await new Promise((done) => setTimeout(done, 20));
    const third = connect(path);
    third.write(framed(numbered(3)));
    await until(() => received.length === 2);
    assert.deepEqual(received.map(numberOf), [1, 3]);
    third.destroy();
    await link.close();
    assert.equal(statSync(path, { throwIfNoEntry: false }), undefined);
  });

  it("takes nobody while it closes, who would keep it from that", async (test) => {
    const path = newPath();
    const link = new StreamLink({ path, listen: true });
    const received = collect(link);
    await link.open();
    // It does not close its end: that is waited for.
    const first = connect({ path, allowHalfOpen: true });
    first.pause();
    first.write(framed(numbered(1)));
    await until(() => received.length === 1);
    let isClosed = false;
    const closing = link.close().then(() => (isClosed = true));
    const second = connect(path);
    second.on("error", () => {});
    test.after(() => {
      first.destroy();
      second.destroy();
      return closing;
    });
    await until(() => isClosed);
  });

  it("two of our own ends talk to each other", async (test) => {
    const path = newPath();
    const [a, b] = [new StreamLink({ path, listen: true }), new StreamLink({ path })];
    const [atA, atB] = [collect(a), collect(b)];
    test.after(() => Promise.all([a.close(), b.close()]));
    await a.open();
    await b.open();
    b.send(numbered(1));
    await until(() => atA.length === 1);
    a.send(numbered(2));
    await until(() => atB.length === 1);
    assert.deepEqual([numberOf(atA[0]!), numberOf(atB[0]!)], [1, 2]);
    await b.close();
    await a.close();
  });

  it("takes over a dead process's socket, but not a living one's, nor a file", async () => {
    const path = newPath();
    const first = new StreamLink({ path, listen: true });
    await first.open();
    await assert.rejects(new StreamLink({ path, listen: true }).open(), /is taken/);
    await first.close();

    const file = newPath();
    writeFileSync(file, "precious");
    await assert.rejects(new StreamLink({ path: file, listen: true }).open(), /is taken/);
    assert.ok(statSync(file).isFile());

    const stale = newPath();
    leaveStaleSocket(stale);
    assert.ok(statSync(stale).isSocket());
    const heir = new StreamLink({ path: stale, listen: true });
    await heir.open();
    await heir.close();
  });
});

/** A process that listens and is killed leaves its socket behind. */
function leaveStaleSocket(path: string): void {
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () =>
    process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
}

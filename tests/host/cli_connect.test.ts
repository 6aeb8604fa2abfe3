/**
 * Aim: `motetcp connect` and `motetcp ping` between real processes, and what they say and answer
 * when there is nobody. Method: the wire's other end in the same process; `serve` in another one
 * over a unix socket, and over a pty pair with SLIP where socat is there to make one. No root.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Command, run } from "../support/command.js";
import { packageMissing } from "../support/namespace.js";

const folder = mkdtempSync(join(tmpdir(), "motetcp-connect-"));
const root = join(folder, "root");
const file = randomBytes(1_000_000);
mkdirSync(root);
writeFileSync(join(root, "file.bin"), file);
after(() => rmSync(folder, { recursive: true }));

const WIRE = ["--link", "wire", "--address", "10.0.0.1/24"];

describe("motetcp connect, on a wire", { timeout: 300_000, concurrency: 2 }, () => {
  it("carries stdin and stdout, every octet of them, both ways at once", async () => {
    const octets = randomBytes(5_000_000);
    const { status, stdout, stderr } = await run(["connect", "10.0.0.2", "7", ...WIRE], octets);
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.ok(stdout.equals(octets));
  });

  it("does so over a bad wire", async () => {
    const octets = randomBytes(100_000);
    const faults = [
      "--loss", "0.05", "--duplicate", "0.05", "--reorder", "0.1", "--corrupt", "0.02",
    ];
    const words = ["connect", "10.0.0.2", "7", ...WIRE, ...faults, "--seed", "5"];
    const { status, stdout } = await run(words, octets);
    assert.equal(status, 0);
    assert.ok(stdout.equals(octets));
  });

  it("ends well when there is nothing to send", async () => {
    const words = ["connect", "10.0.0.2", "7", ...WIRE, "--verbose"];
    const { status, stdout, stderr } = await run(words);
    assert.deepEqual([status, stdout.length], [0, 0]);
    assert.match(stderr, /connected to 10\.0\.0\.2:7 over wire\n/);
    assert.match(stderr, /FIN-WAIT-1.*; 0 octets sent, 0 received/);
  });

  it("is refused where nobody listens, long before a timeout", async () => {
    const startMs = performance.now();
    const { status, stdout, stderr } = await run(["connect", "10.0.0.2", "8", ...WIRE], "lost");
    assert.equal(stderr, "motetcp connect: connect ECONNREFUSED 10.0.0.2:8\n");
    assert.deepEqual([status, stdout.length], [1, 0]);
    // Most of it goes to starting a process, on a machine that may be busy.
    assert.ok(performance.now() - startMs < 20_000);
  });

  it("gives up after --timeout", async () => {
    const words = ["connect", "10.0.0.2", "7", ...WIRE, "--loss", "1", "--timeout", "0.3"];
    const { status, stderr } = await run(words);
    assert.match(stderr, /connect ETIMEDOUT: no answer within 0\.3 s 10\.0\.0\.2:7/);
    assert.equal(status, 1);
  });

  it("tells that a host does not answer ARP", async () => {
    const words = ["connect", "10.0.0.2", "7", ...WIRE, "--loss", "1"];
    const { status, stderr } = await run(words);
    assert.match(stderr, /connect EHOSTUNREACH 10\.0\.0\.2:7/);
    assert.equal(status, 1);
  });

  it("ends with status 1 and a reset when nobody reads its stdout any more", async () => {
    const command = new Command(["connect", "10.0.0.2", "7", ...WIRE]);
    command.child.stdin!.on("error", () => {}).write(Buffer.alloc(1_000_000));
    await new Promise((resolve) => command.child.stdout!.once("data", resolve));
    command.child.stdout!.destroy();
    command.child.stdin!.write(Buffer.alloc(1_000_000));
    const { status, stderr } = await command.ended();
    assert.match(stderr, /stdout was closed/);
    assert.equal(status, 1);
  });

  it("ends at SIGINT", async () => {
    const command = new Command(["connect", "10.0.0.2", "7", ...WIRE]);
    command.child.stdin!.write("ping");
    await command.says(/ping/);
    const { status, stderr } = await command.interrupt();
    assert.match(stderr, /interrupted/);
    assert.equal(status, 1);
  });
});

describe("motetcp ping, on a wire", { timeout: 300_000, concurrency: 2 }, () => {
  const quick = ["--interval", "0.01", "--timeout", "0.3"];
  const patient = ["--interval", "0.01", "--timeout", "10"];

  it("tells each answer and the statistics", async () => {
    const words = ["ping", "10.0.0.2", ...WIRE, ...patient, "--count", "3", "--size", "1472"];
    const { status, stdout } = await run(words);
    assert.match(stdout.toString(), new RegExp("^ping 10\\.0\\.0\\.2: 1472 octets of data\n" +
      "(1480 octets from 10\\.0\\.0\\.2: seq=\\d ttl=64 time=[\\d.]+ ms\n){3}\n" +
      "--- 10\\.0\\.0\\.2: 3 sent, 3 answered, 0 % lost\n" +
      "round trip min/avg/max/mdev = [\\d.]+/[\\d.]+/[\\d.]+/[\\d.]+ ms\n$"));
    assert.equal(status, 0);
  });

  it("tells what is lost, and ends well when something came", async () => {
    const words = ["ping", "10.0.0.2", ...WIRE, ...quick, "--count", "12", "--loss", "0.3",
      "--seed", "2", "--size", "0"];
    const { status, stdout } = await run(words);
    const text = stdout.toString();
    const answered = text.match(/octets from/g)?.length ?? 0;
    const silent = text.match(/no answer/g)?.length ?? 0;
    assert.equal(answered + silent, 12);
    assert.ok(answered > 0 && silent > 0, text);
    assert.match(text, new RegExp(`12 sent, ${answered} answered`));
    assert.equal(status, 0);
  });

  it("ends with status 1 when nothing answers", async () => {
    const words = ["ping", "10.0.0.2", ...WIRE, ...quick, "--count", "1", "--loss", "1"];
    const { status, stdout } = await run(words);
    assert.match(stdout.toString(), /seq=1 unreachable: 10\.0\.0\.2 does not answer ARP/);
    assert.match(stdout.toString(), /1 sent, 0 answered, 100 % lost\n$/);
    assert.equal(status, 1);
  });

  it("ends at SIGINT with its statistics", async () => {
    const command = new Command(["ping", "10.0.0.2", ...WIRE, "--count", "1000"]);
    await command.says(/seq=1 /);
    const { status, stdout } = await command.interrupt();
    assert.match(stdout.toString(), /1 sent, 1 answered, 0 % lost/);
    assert.equal(status, 0);
  });
});

/** One request by `connect`, whose stdin ends with it; the body of the answer. */
async function get(path: string, link: string[], host: string): Promise<Buffer> {
  const request = `GET ${path} HTTP/1.0\r\n\r\n`;
  const { status, stdout, stderr } = await run(["connect", host, "80", ...link], request);
  assert.equal(stderr, "");
  assert.equal(status, 0);
  const at = stdout.indexOf("\r\n\r\n");
  assert.match(stdout.subarray(0, at).toString(), /^HTTP\/1\.1 200 OK/);
  return stdout.subarray(at + 4);
}

describe("two processes over a unix socket", { timeout: 300_000 }, () => {
  const path = join(folder, "socket");
  const link = ["--link", `stream:${path}`, "--address", "10.0.0.1/24"];
  let server: Command;
  before(async () => {
    server = new Command(["serve", "--link", `stream:listen:${path}`, "--address", "10.0.0.2/24",
      "--root", root]);
    await server.says(/MoteTCP: http:\/\/10\.0\.0\.2\/ on stream:listen:/);
  });
  after(() => server.clear());

  it("fetch a file", async () => {
    assert.ok((await get("/file.bin", link, "10.0.0.2")).equals(file));
    await server.says(/10\.0\.0\.1:\d+ GET \/file\.bin 200  1,000,000 octets/);
    await server.says(/10\.0\.0\.1:\d+ closed  LISTEN → .* → (CLOSED|TIME-WAIT)  \(finished/);
  });

  it("fetch it again, each time as a new station on the link", async () => {
    for (let count = 0; count < 2; count++) {
      assert.ok((await get("/file.bin", link, "10.0.0.2")).equals(file));
    }
  });

  it("ping each other", async () => {
    const { status, stdout } = await run(
      ["ping", "10.0.0.2", ...link, "--count", "2", "--interval", "0.1"]);
    assert.match(stdout.toString(), /2 sent, 2 answered/);
    assert.equal(status, 0);
  });

  it("reach nobody behind a gateway that is not there, or without one", async () => {
    const quick = ["--count", "1", "--timeout", "0.2"];
    const none = await run(["ping", "10.9.0.1", ...link, ...quick]);
    assert.match(none.stdout.toString(), /unreachable: not on the link, and there is no --gateway/);
    assert.equal(none.status, 1);
    // A gateway that takes the packet, and does not route.
    const deaf = await run(["ping", "10.9.0.1", ...link, ...quick, "--gateway", "10.0.0.2"]);
    assert.match(deaf.stdout.toString(), /seq=1 no answer/);
    const dead = await run(["ping", "10.9.0.1", ...link, ...quick, "--gateway", "10.0.0.77"]);
    assert.match(dead.stdout.toString(), /10\.0\.0\.77 does not answer ARP/);
  });

  it("tell when the other one goes", async () => {
    const command = new Command(["connect", "10.0.0.2", "80", ...link, "--verbose"]);
    await command.says(/connected to 10\.0\.0\.2:80/, "stderr");
    server.child.kill("SIGINT");
    const { status } = await server.ended();
    assert.equal(status, 0);
    const outcome = await command.ended();
    assert.equal(outcome.status, 1);
    assert.match(outcome.stderr, /ECONNRESET|ENETDOWN|the peer closed the socket/);
  });
});

const serialMissing =
  spawnSync("socat", ["-V"]).status === 0 ? packageMissing("serialport") : "needs socat";

describe("two processes over a serial line", { timeout: 300_000, skip: serialMissing }, () => {
  const [a, b] = [join(folder, "pty-a"), join(folder, "pty-b")];
  const link = ["--link", `serial:${a}@921600`, "--address", "10.0.0.1/24"];
  let socat: ReturnType<typeof spawn>;
  let server: Command;
  before(async () => {
    socat = spawn("socat", [`pty,raw,echo=0,link=${a}`, `pty,raw,echo=0,link=${b}`]);
    while (!existsSync(a) || !existsSync(b)) await new Promise((done) => setTimeout(done, 20));
    server = new Command(["serve", "--link", `serial:${b}@921600`, "--address", "10.0.0.2/24",
      "--root", root]);
    await server.says(/MoteTCP: /);
  });
  after(async () => {
    await server.clear();
    socat.kill();
  });

  it("ping and fetch a file", async () => {
    const { status, stdout } = await run(["ping", "10.0.0.2", ...link, "--count", "2",
      "--interval", "0.1"]);
    assert.match(stdout.toString(), /2 sent, 2 answered/);
    assert.equal(status, 0);
    assert.ok((await get("/file.bin", link, "10.0.0.2")).equals(file));
  });
});

/**
 * Aim: `motetcp connect` and `motetcp ping` on a TAP interface talk to Linux as nc and ping do, and
 * say quickly and clearly when they cannot. Method: a namespace of the test's own with nc and socat
 * as servers, neighbours and routes that lead nowhere.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { LINUX, LinuxLine, lineMissing, succeeded } from "../support/linux_line.js";
import type { Outcome, Running } from "../support/running.js";

const BYTES = 10_000_000;

/** Nobody there; a router that says so; a router that says nothing. */
const DEAD_NEIGHBOUR = "10.0.0.99";
const UNREACHABLE = "198.51.100.1";
const BLACKHOLE = "192.0.2.1";

const skip = lineMissing("nc", "socat", "ss");

describe("motetcp connect on TAP, to Linux", { skip, timeout: 180_000 }, () => {
  let line: LinuxLine;

  before(() => {
    line = new LinuxLine("tap");
    const forward = "echo 1 > /proc/sys/net/ipv4/ip_forward";
    assert.deepEqual(line.space.run(["sh", "-c", forward]), { status: 0, text: "" });
    line.space.ip("route", "add", "unreachable", UNREACHABLE);
    line.space.ip("route", "add", "blackhole", BLACKHOLE);
  });

  after(() => line.remove());

  function connect(words: string[], stdin: string | Uint8Array = ""): Promise<Outcome> {
    const command = line.command("connect", [...words, "--gateway", LINUX]);
    return line.space.execute(command, { stdin, timeoutMs: 60_000 });
  }

  /** A server that is there when this resolves. */
  async function listen(port: number, command: string[]): Promise<Running> {
    const server = line.space.start(command);
    for (let tries = 0; tries < 200; tries++) {
      const { text } = line.space.run(["ss", "-H", "-t", "-l", "-n", `sport = :${port}`]);
      if (text !== "") return server;
      await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`${command.join(" ")} does not listen: ${server.stderr}`);
  }

  it("10 MB there and other 10 MB back, with nc", async () => {
    const [there, back] = [randomBytes(BYTES), randomBytes(BYTES)];
    const server = await listen(5000, ["nc", "-N", "-l", "5000"]);
    server.end(back);
    const { status, stdout, stderr } = await connect([LINUX, "5000"], there);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.ok(stdout.equals(back), `${stdout.length} octets back`);
    const heard = await server.ended();
    assert.equal(heard.status, 0, heard.stderr);
    assert.ok(heard.stdout.equals(there), `${heard.stdout.length} octets there`);
  });

  it("10 MB echoed by socat, both directions at once", async () => {
    const octets = randomBytes(BYTES);
    await listen(5001, ["socat", "-t", "30", "TCP-LISTEN:5001,fork", "EXEC:cat"]);
    const { status, stdout, stderr } = await connect([LINUX, "5001", "--verbose"], octets);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.equals(octets), `${stdout.length} octets`);
    assert.match(stderr, /10000000 octets sent, 10000000 received/);
  });

  it("a server that speaks first and closes first", async () => {
    await listen(5002, ["socat", "TCP-LISTEN:5002,fork", "SYSTEM:echo good day"]);
    const { status, stdout } = await connect([LINUX, "5002"]);
    assert.deepEqual([status, stdout.toString()], [0, "good day\n"]);
  });

  it("a server that resets: ECONNRESET", async () => {
    const code = 'net.createServer((s) => s.once("data", () => s.resetAndDestroy())).listen(5003)';
    await listen(5003, [process.execPath, "-e", code]);
    const { status, stderr } = await connect([LINUX, "5003"], "unheard");
    assert.equal(status, 1);
    assert.match(stderr, /^motetcp connect: .*ECONNRESET/);
  });

  it("a closed port: ECONNREFUSED, at once", async () => {
    const { status, stdout, stderr, ms } = await connect([LINUX, "81"], "lost");
    assert.deepEqual([status, stdout.length], [1, 0]);
    assert.equal(stderr, `motetcp connect: connect ECONNREFUSED ${LINUX}:81\n`);
    // Most of it is the start of Node.
    assert.ok(ms < 5000, `${ms} ms`);
  });

  it("a neighbour that is not there: EHOSTUNREACH, in some seconds", async () => {
    const { status, stderr, ms } = await connect([DEAD_NEIGHBOUR, "80"]);
    assert.equal(status, 1);
    assert.equal(stderr, `motetcp connect: connect EHOSTUNREACH ${DEAD_NEIGHBOUR}:80\n`);
    assert.ok(ms < 20_000, `${ms} ms`);
  });

  for (const host of [BLACKHOLE, UNREACHABLE]) {
    it(`a host behind the router that never answers, ${host}: ETIMEDOUT`, async () => {
      const { status, stderr } = await connect([host, "80", "--timeout", "2"]);
      assert.equal(status, 1);
      assert.match(stderr, /^motetcp connect: connect E(TIMEDOUT|HOSTUNREACH).* \S+:80/);
      assert.match(stderr, new RegExp(` ${host}:80`));
    });
  }

  it("no device at all: says so", async () => {
    const { status, stderr } = await line.space.execute(
      line.command("connect", [LINUX, "80"], "tap:lo"),
    );
    assert.equal(status, 1);
    assert.match(stderr, /the interface lo exists, but is no tap interface/);
  });

  it("ping: Linux answers, its router says unreachable, a dead neighbour is told", async () => {
    const ping = (host: string): Promise<Outcome> => {
      const options = ["--count", "2", "--interval", "0.1", "--size", "1400", "--gateway", LINUX];
      return line.space.execute(line.command("ping", [host, ...options]));
    };
    assert.match(succeeded(await ping(LINUX)), /2 sent, 2 answered, 0 % lost/);
    const dead = await ping(DEAD_NEIGHBOUR);
    assert.equal(dead.status, 1);
    assert.match(dead.stdout.toString(), /10\.0\.0\.99 does not answer ARP/);
    const unreachable = await ping(UNREACHABLE);
    assert.equal(unreachable.status, 1);
    assert.match(unreachable.stdout.toString(), /from 10\.0\.0\.1: seq=1 host unreachable/);
  });
});

/**
 * Aim: `motetcp serve` with the embedded default serves this machine's clients through two stacks,
 * right to the octet, and says what it does. Method: the command as a process of its own, Node's
 * own http and net as clients; no root, no device.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingHttpHeaders } from "node:http";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Command, run } from "../support/command.js";

const folder = mkdtempSync(join(tmpdir(), "motetcp-serve-"));
const root = join(folder, "root");
const big = randomBytes(20_000_000);
mkdirSync(join(root, "sub"), { recursive: true });
writeFileSync(join(root, "big.bin"), big);
writeFileSync(join(root, "hello.txt"), "hello, world\n");
writeFileSync(join(root, ".secret"), "secret\n");
writeFileSync(join(root, "sub", "index.html"), "<p>sub</p>\n");
writeFileSync(join(folder, "outside.txt"), "outside\n");
after(() => rmSync(folder, { recursive: true }));

const sha256 = (octets: Uint8Array): string => createHash("sha256").update(octets).digest("hex");

async function serve(...words: string[]): Promise<{ command: Command; port: number }> {
  const command = new Command(["serve", "--bridge", "0", ...words]);
  const [, port] = await command.says(/open http:\/\/127\.0\.0\.1:(\d+)\//);
  return { command, port: Number(port) };
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One request on a connection of its own. */
async function ask(
  port: number, path: string, options: { method?: string; headers?: Record<string, string>;
    body?: Uint8Array } = {},
): Promise<Answer> {
  const { body, ...rest } = options;
  const call = request({ host: "127.0.0.1", port, path, agent: false, ...rest });
  call.end(body);
  const [response] = await once(call, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

/** What comes back for octets as they are, after which our side ends. */
async function talk(port: number, text: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  socket.end(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("motetcp serve, embedded", { timeout: 300_000 }, () => {
  let command: Command;
  let port: number;
  before(async () => {
    ({ command, port } = await serve("--root", root));
  });
  after(() => command.clear());

  it("serves a file of 20 MB, and tells the rate", async () => {
    const { status, headers, body } = await ask(port, "/big.bin");
    assert.equal(status, 200);
    assert.equal(headers["content-length"], `${big.length}`);
    assert.equal(sha256(body), sha256(big));
    await command.says(/GET \/big\.bin 200  20,000,000 octets in \S+ s, \S+ MB\/s \(\d+ Mbit\/s\)/);
  });

  it("takes an upload and answers its length and SHA-256", async () => {
    const { status, headers, body } = await ask(port, "/sink/some%20name", {
      method: "PUT", body: big,
    });
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/json");
    const expected = { name: "some name", bytes: big.length, sha256: sha256(big) };
    assert.deepEqual(JSON.parse(body.toString()), expected);
    await command.says(/PUT \/sink\/some%20name 200  20,000,000 octets in .* MB\/s/);
  });

  it("takes an upload of nothing, and refuses one without a name", async () => {
    const empty = await ask(port, "/sink/x", { method: "PUT" });
    assert.equal(JSON.parse(empty.body.toString()).sha256, sha256(new Uint8Array(0)));
    for (const name of ["", "a%2fb", "%zz", "x".repeat(256)]) {
      assert.equal((await ask(port, `/sink/${name}`, { method: "PUT" })).status, 400, name);
    }
  });

  it("serves many at a time", async () => {
    const paths = Array.from({ length: 60 }, (_, index) => `/hello.txt?${index}`);
    const answers = await Promise.all(paths.map((path) => ask(port, path)));
    for (const { body } of answers) assert.equal(body.toString(), "hello, world\n");
  });

  it("serves ranges, and says so when there is no such range", async () => {
    const part = async (range: string) => ask(port, "/hello.txt", { headers: { range } });
    const middle = await part("bytes=7-11");
    assert.equal(middle.status, 206);
    assert.equal(middle.headers["content-range"], "bytes 7-11/13");
    assert.equal(middle.body.toString(), "world");
    assert.equal((await part("bytes=-6")).body.toString(), "world\n");
    assert.equal((await part("bytes=7-")).body.toString(), "world\n");
    const beyond = await part("bytes=100-");
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers["content-range"], "bytes */13");
  });

  it("answers conditional requests and HEAD", async () => {
    const { headers } = await ask(port, "/hello.txt");
    const again = await ask(port, "/hello.txt", { headers: { "if-none-match": headers.etag! } });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    const head = await ask(port, "/hello.txt", { method: "HEAD" });
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    assert.equal(head.headers["content-length"], "13");
    assert.match(head.headers["content-type"]!, /^text\/plain/);
  });

  it("knows folders by their index page", async () => {
    const redirect = await ask(port, "/sub");
    assert.deepEqual([redirect.status, redirect.headers.location], [301, "/sub/"]);
    assert.equal((await ask(port, "/sub/")).body.toString(), "<p>sub</p>\n");
    assert.equal((await ask(port, "/")).status, 404);
  });

  it("serves nothing that is not below its root", async () => {
    const paths = [
      "/../outside.txt", "/sub/../../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt",
      "/..%5coutside.txt", "/sub/%2e%2e/%2e%2e/outside.txt", "//etc/passwd", "/%2fetc/passwd",
      "/hello.txt%00.html", "/.secret", "/%2esecret", join(folder, "outside.txt"),
    ];
    for (const path of paths) {
      const answer = await talk(port, `GET ${path} HTTP/1.0\r\nHost: x\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 40[034] /, path);
      assert.doesNotMatch(answer, /outside\n|secret\n|root:/, path);
    }
  });

  it("refuses other methods and says which there are", async () => {
    for (const [method, path, allow] of [
      ["POST", "/hello.txt", "GET, HEAD"], ["PUT", "/hello.txt", "GET, HEAD"],
      ["DELETE", "/netstat", "GET, HEAD"], ["GET", "/sink/x", "PUT"],
    ] as const) {
      const { status, headers } = await ask(port, path, { method });
      assert.deepEqual([status, headers.allow], [405, allow], `${method} ${path}`);
    }
    assert.equal((await ask(port, "/nowhere")).status, 404);
  });

  it("gives as many zeros as are asked for", async () => {
    const { body } = await ask(port, "/zero/3000001");
    assert.equal(body.length, 3_000_001);
    assert.ok(body.equals(Buffer.alloc(3_000_001)));
    assert.equal((await ask(port, "/zero/0")).body.length, 0);
    const head = await ask(port, "/zero/999999999999", { method: "HEAD" });
    assert.equal(head.headers["content-length"], "999999999999");
    for (const text of ["", "x", "-1", "1e3", "0x10"]) {
      assert.equal((await ask(port, `/zero/${text}`)).status, 400, text);
    }
  });

  it("answers whoever has closed its half already", async () => {
    const answer = await talk(port, "GET /zero/1000000 HTTP/1.0\r\n\r\n");
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.equal(answer.length - answer.indexOf("\r\n\r\n") - 4, 1_000_000);
  });

  it("shows its tables with /netstat, as text and as JSON", async () => {
    // The server closes first: its TIME-WAIT must be listed.
    await talk(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const text = (await ask(port, "/netstat")).body.toString();
    assert.match(text, /^local +remote +state +recv-q +send-q .*timers/);
    assert.match(text, /^\*:80 +\*:\* +LISTEN +0 +\d+/m);
    assert.match(text, /^10\.0\.0\.2:80 +10\.0\.0\.3:\d+ +ESTABLISHED +\d+ +\d+/m);
    assert.match(text, /^10\.0\.0\.2:80 +10\.0\.0\.3:\d+ +TIME-WAIT .*time-wait \d+ s/m);
    assert.match(text, /^10\.0\.0\.3 +REACHABLE/m);
    assert.match(text, /^ *\d+ +InTcp$/m);

    const json = await ask(port, "/netstat", { headers: { accept: "application/json" } });
    assert.equal(json.headers["content-type"], "application/json");
    const { connections, counters } = JSON.parse(json.body.toString());
    const states = connections.map(({ state }: { state: string }) => state);
    for (const state of ["LISTEN", "ESTABLISHED", "TIME-WAIT"]) assert.ok(states.includes(state));
    assert.ok(counters.InTcp > 100);
  });

  it("tells of each connection, and the states that it took", async () => {
    await command.says(/10\.0\.0\.3:\d+ opened  LISTEN → SYN-RECEIVED → ESTABLISHED\n/);
    await command.says(new RegExp("10\\.0\\.0\\.3:\\d+ closed  LISTEN → SYN-RECEIVED → " +
      "ESTABLISHED → CLOSE-WAIT → LAST-ACK → CLOSED  \\(finished, \\S+ s, \\S+ octets in, "));
    await command.says(/ESTABLISHED → FIN-WAIT-1 → FIN-WAIT-2 → TIME-WAIT  \(finished, /);
  });

  it("draws the first connection", () => {
    const { stdout } = command;
    assert.match(stdout, /^client 10\.0\.0\.3 +server 10\.0\.0\.2\nCLOSED +│ +│ LISTEN\n/m);
    assert.match(stdout, /^SYN-SENT +│ ── SYN seq=\d+ wnd=\d+ ─+▶ │ SYN-RECEIVED$/m);
    assert.match(stdout, /^ESTABLISHED +│ ◀─+ SYN ACK seq=\d+ ack=\d+ wnd=\d+ ── │$/m);
    assert.match(stdout, /^ +│ ── ACK seq=1 ack=1 wnd=\d+ ─+▶ │ ESTABLISHED$/m);
    assert.match(stdout, /GET \/big\.bin HTTP\/1\.1/);
    assert.match(stdout, /… [\d,]+ more segments with [\d,]+ octets[ ,]/);
    assert.match(stdout, /FIN ACK seq=/);
    assert.equal(stdout.split("asks to open").length, 2);
  });
});

describe("motetcp serve, embedded, in other ways", { timeout: 300_000 }, () => {
  it("serves a page about itself without --root", async (test) => {
    const { command, port } = await serve();
    test.after(() => command.clear());
    const { status, headers, body } = await ask(port, "/");
    assert.equal(status, 200);
    assert.match(headers["content-type"]!, /^text\/html/);
    assert.match(body.toString(), /<title>MoteTCP<\/title>/);
    for (const [, path] of body.toString().matchAll(/href="(\/[^"]*)"/g)) {
      assert.equal((await ask(port, path!, { method: "HEAD" })).status, 200, path);
    }
  });

  it("serves all the same over a bad wire, and records what passes", async (test) => {
    const pcap = join(folder, "bad.pcapng");
    const { command, port } = await serve("--root", root, "--address", "192.168.7.1/24",
      "--port", "8000", "--loss", "0.05", "--duplicate", "0.02", "--reorder", "0.05",
      "--corrupt", "0.02", "--delay", "1", "--seed", "3", "--pcap", pcap);
    test.after(() => command.clear());
    const { body } = await ask(port, "/big.bin", { headers: { range: "bytes=0-299999" } });
    assert.ok(body.equals(big.subarray(0, 300_000)));
    const upload = await ask(port, "/sink/x", { method: "PUT", body: big.subarray(0, 300_000) });
    assert.equal(JSON.parse(upload.body.toString()).sha256, sha256(big.subarray(0, 300_000)));
    const { connections } = JSON.parse((await ask(port, "/netstat", {
      headers: { accept: "application/json" },
    })).body.toString());
    assert.ok(connections.some((one: Record<string, unknown>) => one.remoteAddress ===
      "192.168.7.2" && one.localAddress === "192.168.7.1" && one.localPort === 8000));
    await command.interrupt();
    const capture = readFileSync(pcap);
    assert.equal(capture.readUInt32LE(0), 0x0a0d0d0a);
    assert.ok(capture.length > 600_000);
  });

  it("prints its table so often with --netstat", async (test) => {
    const { command } = await serve("--netstat", "0.2");
    test.after(() => command.clear());
    await command.says(/(local +remote[^]*LISTEN[^]*){3}/);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends every connection at ${signal}, and then itself with status 0`, async (test) => {
      const { command, port } = await serve();
      test.after(() => command.clear());
      // One idle, one in the middle of a transfer.
      const idle = connect(port, "127.0.0.1").on("error", () => {});
      const stuck = connect(port, "127.0.0.1").on("error", () => {});
      stuck.write("GET /zero/100000000000 HTTP/1.1\r\nHost: x\r\n\r\n");
      await command.says(/(opened[^]*){2}/);
      const closed = [idle, stuck].map((socket) =>
        new Promise((resolve) => void socket.resume().once("close", resolve)));
      command.child.kill(signal);
      const { status, stderr } = await command.ended(10_000);
      await Promise.all(closed);
      assert.equal(stderr, "");
      assert.equal(status, 0);
      assert.equal(command.stdout.split(" closed  ").length, 3);
      // The idle one in the regular way, and to its end.
      assert.match(command.stdout, /closed  .* → FIN-WAIT-1 → FIN-WAIT-2 → TIME-WAIT  \(finished/);
    });
  }

  it("says so when the port of the bridge is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = await run(["serve", "--bridge", `${port}`]);
    other.close();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}: another program listens there`));
    assert.match(stderr, /--bridge PORT/);
  });
});

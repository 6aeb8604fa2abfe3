/**
 * Aim: the build for boards, in its one page of memory, is a server that Linux's tools are content
 * with, in small and in large. Method: the module on a TAP interface (`board_host.ts`), in a
 * namespace of the test's own.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  DEVICE, LinuxLine, OURS, type Received, lineMissing, makeFile, sha256, succeeded,
} from "../support/linux_line.js";
import type { Program } from "../support/namespace.js";

const BYTES = 1_000_000;
/** Of its default budget. */
const CONNECTIONS = 8;

const skip = lineMissing("ping", "nmap");

describe("the board's module on TAP, to Linux", { skip, timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-interop-"));
  const file = join(folder, "file.bin");
  let line: LinuxLine;
  let board: Program;

  before(async () => {
    line = new LinuxLine("tap");
    const script = "tests/support/board_host.ts";
    board = line.space.startScript(script, `tap:${DEVICE}`, `${OURS}/24`, folder);
    assert.equal(await board.line(), "ready");
  });

  after(async () => {
    await line.remove();
    rmSync(folder, { recursive: true });
  });

  it("answers ping, also with 1400 octets", async () => {
    for (const size of ["56", "1400"]) {
      const words = ["-n", "-q", "-c", "5", "-i", "0.05", "-W", "2", "-s", size, OURS];
      assert.match(succeeded(await line.space.execute(["ping", ...words])), / 0% packet loss/);
    }
  });

  it("1 MB down and up, through rings of 2 KiB", async () => {
    const expected = makeFile(file, BYTES);
    assert.deepEqual(await line.download("/file.bin"), expected);
    assert.deepEqual(await line.upload(file), expected);
  });

  it("lets those wait who are more than it has connections", async () => {
    const { sha256: expected } = makeFile(file, BYTES / 20);
    // What was said of the tests before is read over.
    await line.netstat();
    while (!(await board.line()).includes("GET /netstat")) continue;
    // Uploads whose end the test holds back take all connections.
    const words = ["curl", "--silent", "--show-error", "--max-time", "60", "--upload-file", "-"];
    const uploads = Array.from({ length: CONNECTIONS }, () =>
      line.space.start([...words, `http://${OURS}/sink/held`]));
    for (const upload of uploads) upload.write("all ");
    for (let count = 0; count < CONNECTIONS; ) if (/ opened /.test(await board.line())) count++;
    let isServed = false;
    const downloads = Promise.all(Array.from({ length: CONNECTIONS }, async () => {
      const body = await line.curl([`http://${OURS}/file.bin`]);
      isServed = true;
      return sha256(body);
    }));
    await new Promise((done) => setTimeout(done, 1500));
    assert.ok(!isServed, "served although all connections were taken");
    for (const upload of uploads) upload.end("of it");
    for (const upload of uploads) {
      const { bytes } = JSON.parse(succeeded(await upload.ended())) as Received;
      assert.equal(bytes, "all of it".length);
    }
    for (const heard of await downloads) assert.equal(heard, expected);
  });

  it("serves 100 curls that are there at once, with eight connections, in turn [S14]", async () => {
    const { sha256: expected } = makeFile(file, BYTES / 100);
    const heard = await Promise.all(Array.from({ length: 100 }, async () =>
      sha256(await line.curl([`http://${OURS}/file.bin`]))));
    assert.equal(heard.filter((sum) => sum === expected).length, 100);
  });

  it("a SYN scan of nmap finds one port open, all others closed, none filtered", async () => {
    const words = ["-n", "-Pn", "-sS", "-p", "1-200", "-oG", "-", OURS];
    const report = succeeded(await line.space.execute(["nmap", ...words], { timeoutMs: 60_000 }));
    assert.match(report, /Ports: 80\/open\/tcp[^,\t]*\tIgnored State: closed \(199\)/);
  });

  it("ends at SIGTERM", async () => {
    board.signal("SIGTERM");
    assert.equal(await board.exit(), 0);
  });
});

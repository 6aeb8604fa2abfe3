/**
 * Aim: Linux's own tools find in `motetcp serve` on a TAP interface a host as any other: large
 * transfers right to the octet, many at once, ping, port scans. Method: a namespace of the test's
 * own; the real command, curl, ping and nmap in it.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  LinuxLine, OURS, type Received, lineMissing, makeFile, sha256, succeeded,
} from "../support/linux_line.js";
import type { Running } from "../support/running.js";

const LARGE = 100_000_000;
const SMALL = 10_000_000;
const CURLS = 100;

const skip = lineMissing("ping", "nmap");

describe("motetcp serve on TAP, to Linux", { skip, timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-interop-"));
  const large = join(folder, "large.bin");
  const small = join(folder, "small.bin");
  let line: LinuxLine;
  let server: Running;

  before(async () => {
    line = new LinuxLine("tap");
    server = await line.serve(["--root", folder]);
  });

  after(async () => {
    await line.remove();
    rmSync(folder, { recursive: true });
  });

  it("answers ping, also with 1400 octets and as many as the MTU takes", async () => {
    for (const size of ["0", "56", "1400", "1472"]) {
      const words = ["-n", "-q", "-c", "10", "-i", "0.02", "-W", "2", "-s", size, OURS];
      const text = succeeded(await line.space.execute(["ping", ...words]));
      assert.match(text, /10 packets transmitted, 10 received, 0% packet loss/);
    }
  });

  it("answers pings that Linux sends in fragments [RFC1122-3.3.2a]", async () => {
    const { space } = line;
    const device = /dev (\S+)/.exec(space.run(["ip", "route", "get", OURS]).text)![1]!;
    space.ip("route", "add", OURS, "dev", device, "mtu", "lock", "600");
    try {
      const words = ["-n", "-q", "-c", "20", "-i", "0.02", "-W", "2", "-M", "dont", "-s", "1400"];
      const text = succeeded(await space.execute(["ping", ...words, OURS]));
      assert.match(text, /20 packets transmitted, 20 received, 0% packet loss/);
      const snmp = space.run(["cat", "/proc/net/snmp"]).text;
      const [names, counts] = snmp.split("\n").map((row) => row.split(" "));
      assert.equal(counts![names!.indexOf("FragCreates")], "60", "fragments that Linux has made");
    } finally {
      space.ip("route", "del", OURS);
    }
  });

  it("serves and takes 100 MB, every octet of them [S23]", async () => {
    const expected = makeFile(large, LARGE);
    assert.deepEqual(await line.download("/large.bin"), expected);
    assert.deepEqual(await line.upload(large), expected);
    rmSync(large);
  });

  it("moves zeros as fast as it can, both ways, and tells the rate", async (t) => {
    const format = ["--output", "/dev/null", "--write-out"];
    const down = await line.curl([...format, "%{speed_download}", `http://${OURS}/zero/200000000`]);
    makeZeros(large);
    const url = `http://${OURS}/sink/zeros`;
    const up = await line.curl([...format, "%{speed_upload}", "--upload-file", large, url]);
    rmSync(large);
    for (const [name, rate] of [["to Linux", down], ["from Linux", up]] as const) {
      t.diagnostic(`${name}: ${(Number(rate) / 1e6).toFixed(0)} MB/s`);
      assert.ok(Number(rate) > 0, `${rate.toString()} octets a second ${name}`);
    }
    await server.says(/GET \/zero\/200000000 200  200,000,000 octets in \S+ s, \S+ MB\/s \(\d+ Mb/);
    await server.says(/PUT \/sink\/zeros 200  \S+ octets in \S+ s, \S+ MB\/s \(\d+ Mbit\/s\)/);
  });

  it("serves 100 curls at once, each another part of a file", async () => {
    makeFile(small, SMALL);
    const octets = readFileSync(small);
    const len = SMALL / CURLS;
    const parts = await Promise.all(Array.from({ length: CURLS }, (_, index) => {
      const range = ["--range", `${index * len}-${(index + 1) * len - 1}`];
      return line.curl([...range, `http://${OURS}/small.bin`]);
    }));
    parts.forEach((part, index) => {
      const expected = octets.subarray(index * len, (index + 1) * len);
      assert.equal(sha256(part), sha256(expected), `part ${index}`);
    });
  });

  it("takes from 100 curls that are there at the same time", async () => {
    const octets = randomBytes(SMALL / CURLS);
    const words = ["--silent", "--show-error", "--max-time", "60", "--upload-file", "-"];
    const curls = Array.from({ length: CURLS }, (_, index) =>
      line.space.start(["curl", ...words, `http://${OURS}/sink/${index}`]));
    // None of them is done before its stdin ends.
    for (const curl of curls) curl.write(octets);
    const deadline = Date.now() + 30_000;
    while ((await connectionsOf(line)) < CURLS + 1) assert.ok(Date.now() < deadline, "100 curls");
    for (const [index, curl] of curls.entries()) {
      curl.end(octets.subarray(0, index));
      const heard = JSON.parse(succeeded(await curl.ended())) as Received;
      const expected = Buffer.concat([octets, octets.subarray(0, index)]);
      assert.deepEqual(heard, {
        name: `${index}`, bytes: expected.length, sha256: sha256(expected),
      });
    }
  });

  for (const [name, option] of [["SYN", "-sS"], ["connect", "-sT"]] as const) {
    it(`a ${name} scan of nmap finds one port open, all others closed, none filtered`, async () => {
      const words = ["-n", "-Pn", option, "-p", "1-200", "-oG", "-", OURS];
      const outcome = await line.space.execute(["nmap", ...words], { timeoutMs: 60_000 });
      const [report] = /^Host: .*Ports: .*$/m.exec(succeeded(outcome)) ?? [""];
      assert.match(report, /Ports: 80\/open\/tcp[^,\t]*\tIgnored State: closed \(199\)$/);
    });
  }

  it("answers closed UDP ports with port unreachable [S24]", async () => {
    const words = ["-n", "-Pn", "-sU", "-p", "1-20", "-oG", "-", OURS];
    const outcome = await line.space.execute(["nmap", ...words], { timeoutMs: 60_000 });
    const [report] = /^Host: .*Ports: .*$/m.exec(succeeded(outcome)) ?? [""];
    assert.equal(report.match(/\d+\/closed\/udp/g)?.length ?? 0, 20, report);
  });

  it("has nothing left of all that but the listener, and ends at SIGTERM", async () => {
    assert.equal(await connectionsOf(line), 1, "the one that asks");
    server.signal("SIGTERM");
    assert.equal((await server.ended()).status, 0);
  });
});

/** Connections that the stack has, the one that asks for them included. */
async function connectionsOf(line: LinuxLine): Promise<number> {
  const { connections } = await line.netstat();
  return connections.filter(({ table }) => table === "connections").length;
}

function makeZeros(path: string): void {
  writeFileSync(path, new Uint8Array(200_000_000));
}

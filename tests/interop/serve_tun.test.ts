/**
 * Aim: `motetcp serve` on a TUN interface, bare IP packets without Ethernet, serves Linux as well;
 * and what it records with --pcap is what tshark finds no fault with. Method: a namespace of the
 * test's own.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  LINUX, LinuxLine, OURS, lineMissing, makeFile, succeeded,
} from "../support/linux_line.js";
import type { Running } from "../support/running.js";

const BYTES = 3_000_000;

const skip = lineMissing("ping", "nmap", "tshark");

describe("motetcp serve on TUN, to Linux", { skip, timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-interop-"));
  const capture = join(folder, "capture.pcapng");
  let line: LinuxLine;
  let server: Running;

  before(async () => {
    line = new LinuxLine("tun");
    // Segment by segment, with checksums: with offload a capture has what the kernel is given.
    server = await line.serve(["--root", folder, "--no-offload", "--pcap", capture]);
  });

  after(async () => {
    await line.remove();
    rmSync(folder, { recursive: true });
  });

  /** The packets of the capture that a display filter lets through, one line each. */
  async function packets(filter: string): Promise<string[]> {
    const checks = ["ip", "tcp"].flatMap((name) => ["-o", `${name}.check_checksum:TRUE`]);
    const command = ["tshark", "-n", "-r", capture, ...checks, "-Y", filter];
    const text = succeeded(await line.space.execute(command, { timeoutMs: 60_000 }));
    return text.split("\n").filter((row) => row !== "");
  }

  it("answers ping, also with 1400 octets", async () => {
    for (const size of ["56", "1400"]) {
      const words = ["-n", "-q", "-c", "5", "-i", "0.05", "-W", "2", "-s", size, OURS];
      assert.match(succeeded(await line.space.execute(["ping", ...words])), / 0% packet loss/);
    }
  });

  it("3 MB down and up", async () => {
    const file = join(folder, "file.bin");
    const expected = makeFile(file, BYTES);
    assert.deepEqual(await line.download("/file.bin"), expected);
    assert.deepEqual(await line.upload(file), expected);
  });

  it("a connect scan of nmap finds one port open, all others closed", async () => {
    const words = ["-n", "-Pn", "-sT", "-p", "1-200", "-oG", "-", OURS];
    const report = succeeded(await line.space.execute(["nmap", ...words], { timeoutMs: 60_000 }));
    assert.match(report, /Ports: 80\/open\/tcp[^,\t]*\tIgnored State: closed \(199\)/);
  });

  it("records all of that as tshark reads it: checksums right, nothing malformed", async () => {
    server.signal("SIGTERM");
    assert.equal((await server.ended()).status, 0);
    const bad = "_ws.malformed or ip.checksum.status == Bad or tcp.checksum.status == Bad";
    assert.deepEqual(await packets(bad), []);
    const synAcks = await packets(`tcp.flags == 0x12 and ip.src == ${OURS} and ip.dst == ${LINUX}`);
    // Two transfers, one scan.
    assert.ok(synAcks.length >= 3, `${synAcks.length} handshakes`);
  });
});

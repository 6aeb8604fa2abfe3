/**
 * Aim: a real router's reports are understood. Method: Linux forwards between a TAP interface and a
 * second namespace behind a link of 600 octets, whose host announces segments of 1460 all the same.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LINUX, LinuxLine, OURS, lineMissing, sha256 } from "../support/linux_line.js";
import { Namespace } from "../support/namespace.js";

const BYTES = 1_000_000;
const NARROW_MTU = "600";
const NEAR = "10.9.0.1";
const FAR = "10.9.0.2";
const PORT = 5000;

const skip = lineMissing("socat");

describe("a path of 600 octets behind a Linux router", { skip, timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-path-"));
  let line: LinuxLine;
  let far: Namespace;

  before(() => {
    line = new LinuxLine("tap");
    far = new Namespace();
    line.space.ip("link", "add", "narrow0", "type", "veth", "peer", "name", "narrow1",
      "netns", far.name);
    for (const [space, device, address] of [
      [line.space, "narrow0", NEAR], [far, "narrow1", FAR],
    ] as const) {
      space.ip("link", "set", device, "mtu", NARROW_MTU);
      space.ip("addr", "add", `${address}/24`, "dev", device);
      space.ip("link", "set", device, "up");
    }
    far.ip("route", "add", "10.0.0.0/24", "via", NEAR, "advmss", "1460");
    line.space.run(["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
  });

  after(async () => {
    await far.remove();
    await line.remove();
    rmSync(folder, { recursive: true });
  });

  it("1 MB from motetcp serve to a host behind it [S03, MUST-54, RFC1191-3a]", async () => {
    const octets = randomBytes(BYTES);
    writeFileSync(join(folder, "file.bin"), octets);
    const server = await line.serve(["--root", folder, "--gateway", LINUX]);
    const { status, stdout, stderr } = await far.execute(
      ["curl", "--silent", "--show-error", "--max-time", "60", `http://${OURS}/file.bin`]);
    assert.equal(status, 0, stderr);
    assert.equal(sha256(stdout), sha256(octets));
    const { counters } = await line.netstat();
    assert.ok(counters["InIcmpError"]! >= 1, "the router reports");
    assert.equal(counters["TcpSegmentSizeLowered"], 1);
    assert.equal(counters["TcpRetransmissionTimeouts"], 0);
    await server.clear();
  });

  it("1 MB from motetcp connect to a host behind it [S03, MUST-54, RFC1191-3a]", async () => {
    const octets = randomBytes(BYTES);
    const listener = far.start(["socat", "-u", `TCP-LISTEN:${PORT}`, "STDOUT"]);
    await new Promise((done) => setTimeout(done, 500));
    const words = [FAR, `${PORT}`, "--gateway", LINUX];
    const { status, stderr } = await line.space.execute(
      line.command("connect", words), { stdin: octets, timeoutMs: 60_000 });
    assert.deepEqual([status, stderr], [0, ""]);
    const heard = await listener.ended();
    assert.equal(sha256(heard.stdout), sha256(octets));
  });
});

/**
 * Aim: a recorded link passes everything as before, and its file is right. Method: read the file
 * back with a parser of the test's own, written from the format's description, and with tshark and
 * tcpdump where they are installed.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { withCapture } from "../../host/link/pcap.js";
import { Random } from "../../host/link/random.js";
import { SlipEncoder } from "../../host/link/slip.js";
import { collect, DoubleLink, numbered } from "../support/link_double.js";
import { arpRequest, ethernet, ipv4 } from "../support/link_packets.js";
import { parsePcapng } from "../support/pcapng_file.js";

const folder = mkdtempSync(join(tmpdir(), "motetcp-pcap-"));
after(() => rmSync(folder, { recursive: true }));

describe("withCapture", () => {
  it("passes all, records both directions with time, Ethernet as link type 1", async () => {
    const path = join(folder, "ethernet.pcapng");
    const inner = new DoubleLink("ethernet");
    let time = 1_700_000_000_123_456;
    const link = withCapture(inner, path, { now: () => time++ });
    const received = collect(link);
    let batches = 0;
    link.onBatchEnd = () => batches++;
    await link.open();
    const random = new Random(1);
    const frames = Array.from({ length: 200 }, () =>
      ethernet(0x0800, ipv4(random, { protocol: 6, payloadLen: random.between(20, 1480) })),
    );
    for (const frame of frames) {
      assert.equal(link.send(frame), true);
      inner.arrive(frame);
    }
    await link.close();
    assert.deepEqual([inner.sent, received, batches], [frames, frames, 200]);

    const { linkType, packets } = parsePcapng(readFileSync(path));
    assert.equal(linkType, 1);
    const expected = frames.flatMap((frame) => [frame, frame]);
    assert.deepEqual(packets.map(({ packet }) => packet), expected);
    assert.deepEqual(packets.map(({ outbound }) => outbound), frames.flatMap(() => [true, false]));
    packets.forEach(({ timeUs }, index) => assert.equal(timeUs, 1_700_000_000_123_456 + index));
  });

  it("records IP packets, bare or from the SLIP of a line, as link type 101", async () => {
    const random = new Random(2);
    const packets = Array.from({ length: 20 }, () => ipv4(random, { protocol: 1, payloadLen: 64 }));
    for (const kind of ["ip", "serial"] as const) {
      const path = join(folder, `${kind}.pcapng`);
      const inner = new DoubleLink(kind);
      const link = withCapture(inner, path);
      await link.open();
      const encoder = new SlipEncoder();
      for (const packet of packets) {
        const octets = kind === "ip" ? packet : encoder.encode(packet);
        // A serial line is cut anywhere.
        const cut = kind === "ip" ? octets.length : random.below(octets.length);
        for (const piece of [octets.subarray(0, cut), octets.subarray(cut)]) {
          if (piece.length > 0) inner.arrive(piece);
        }
      }
      await link.close();
      const file = parsePcapng(readFileSync(path));
      assert.equal(file.linkType, 101);
      assert.deepEqual(file.packets.map(({ packet }) => packet), packets);
      assert.ok(file.packets.every(({ outbound }) => !outbound));
      assert.ok(Math.abs(file.packets[0]!.timeUs / 1000 - Date.now()) < 10_000);
    }
  });

  it("records only what was taken", async () => {
    const path = join(folder, "refused.pcapng");
    const inner = new DoubleLink("ip");
    const link = withCapture(inner, path);
    let drains = 0;
    link.onDrain = () => drains++;
    await link.open();
    inner.room = 1;
    assert.equal(link.send(numbered(1)), true);
    assert.equal(link.send(numbered(2)), false);
    inner.drain();
    await link.close();
    assert.equal(drains, 1);
    assert.equal(parsePcapng(readFileSync(path)).packets.length, 1);
  });

  it("writes to a Writable, and ends it", async () => {
    const stream = new PassThrough();
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    const link = withCapture(new DoubleLink("ip"), stream);
    await link.open();
    for (let number = 0; number < 3000; number++) link.send(numbered(number, 100));
    await link.close();
    assert.equal(stream.writableEnded, true);
    assert.equal(parsePcapng(Buffer.concat(chunks)).packets.length, 3000);
  });

  it("takes frames larger than its buffer", async () => {
    const path = join(folder, "jumbo.pcapng");
    const link = withCapture(new DoubleLink("ip"), path);
    await link.open();
    link.send(numbered(1, 65_535));
    link.send(numbered(2, 20));
    await link.close();
    const { packets } = parsePcapng(readFileSync(path));
    assert.deepEqual(packets.map(({ packet }) => packet.length), [65_535, 20]);
  });

  it("says why it cannot write, and that a capture broke off, while the link goes on", async () => {
    const missing = withCapture(new DoubleLink(), join(folder, "nowhere", "x.pcapng"));
    await assert.rejects(missing.open(), /cannot write the capture .*: its folder does not exist/);
    const isFolder = withCapture(new DoubleLink(), folder);
    await assert.rejects(isFolder.open(), /it is a folder/);

    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error("disk full")) });
    const inner = new DoubleLink("ip");
    const link = withCapture(inner, full);
    const errors: string[] = [];
    link.onCaptureError = (error) => errors.push(error.message);
    await link.open();
    await new Promise((done) => setTimeout(done, 20));
    assert.deepEqual(errors, ["the capture to its stream stopped: disk full"]);
    assert.equal(link.send(numbered(1)), true);
    await link.close();
    assert.equal(inner.closed, 1);
  });

  it("is complete when the process just ends, and while it runs after a flush", () => {
    const path = join(folder, "exit.pcapng");
    const pcap = pathToFileURL(join(import.meta.dirname, "../../host/link/pcap.ts")).href;
    const double = pathToFileURL(join(import.meta.dirname, "../support/link_double.ts")).href;
    const script = `
      import { withCapture } from ${JSON.stringify(pcap)};
      import { DoubleLink, numbered } from ${JSON.stringify(double)};
      const link = withCapture(new DoubleLink("ip"), ${JSON.stringify(path)});
      await link.open();
      for (let number = 0; number < 10; number++) link.send(numbered(number));
      process.exit(0);`;
    execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      cwd: join(import.meta.dirname, "../.."),
    });
    assert.equal(parsePcapng(readFileSync(path)).packets.length, 10);
  });
});

describe("the file, read by others", () => {
  const isInstalled = (tool: string): boolean => !spawnSync(tool, ["--version"]).error;
  const path = join(folder, "others.pcapng");

  async function record(): Promise<void> {
    const random = new Random(3);
    const inner = new DoubleLink("ethernet");
    const link = withCapture(inner, path, { now: () => 1_700_000_000_500_000 });
    await link.open();
    inner.arrive(arpRequest());
    link.send(ethernet(0x0800, ipv4(random, { protocol: 1, payloadLen: 64 })));
    link.send(ethernet(0x0800, ipv4(random, { protocol: 17, payloadLen: 64 })));
    await link.close();
  }

  it("tshark", { skip: !isInstalled("tshark") && "tshark is not installed" }, async () => {
    await record();
    const names = ["time_epoch", "protocols", "packet_flags_direction"];
    const fields = names.flatMap((name) => ["-e", `frame.${name}`]);
    const options = ["-o", "ip.check_checksum:TRUE", "-e", "ip.checksum.status"];
    const text = execFileSync("tshark", ["-r", path, "-T", "fields", ...fields, ...options], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const lines = text.trim().split("\n").map((line) => line.split("\t"));
    assert.equal(lines.length, 3, text);
    assert.match(lines[0]!.join(), /^1700000000\.500000000,eth:ethertype:arp,(0x00000001|1)/);
    assert.match(lines[1]!.join(), /eth:ethertype:ip:icmp.*,(0x00000002|2),1$/);
    assert.match(lines[2]!.join(), /eth:ethertype:ip:udp.*,(0x00000002|2),1$/);
  });

  it("tcpdump", { skip: !isInstalled("tcpdump") && "tcpdump is not installed" }, async () => {
    await record();
    const text = execFileSync("tcpdump", ["-n", "-r", path], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    assert.equal(text.trim().split("\n").length, 3, text);
    assert.match(text, /ARP, Request who-has 10\.0\.0\.2 tell 10\.0\.0\.1/);
  });
});

/**
 * Aim: a serial link carries octets both ways, holds the sender back, tells troubles; and with
 * SLIP carries packets to and from Linux. Method: a pty pair by socat; Linux's ping through the
 * bridge of `slip_tun.ts`.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { Random } from "../../host/link/random.js";
import { SerialLink } from "../../host/link/serial.js";
import { waitForBoth } from "../../host/link/serial_poller.js";
import { namespaceMissing, Namespace, packageMissing } from "../support/namespace.js";

const folder = mkdtempSync(join(tmpdir(), "motetcp-serial-"));
after(() => rmSync(folder, { recursive: true }));

const [left, right] = [join(folder, "left"), join(folder, "right")];

/** A pty pair, joined: what is written to one end is read at the other. */
async function startPtys(): Promise<ChildProcess> {
  const ptys = [left, right].map((path) => `pty,raw,echo=0,link=${path}`);
  const socat = spawn("socat", ptys, { stdio: "inherit" });
  await until(() => existsSync(left) && existsSync(right));
  return socat;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill();
  await ended;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "timed out");
    await new Promise((done) => setTimeout(done, 2));
  }
}

const noSerialPort = packageMissing("serialport");
const noPtys = noSerialPort || (spawnSync("socat", ["-V"]).error ? "needs socat" : false);

describe("SerialLink over a pty pair", { skip: noPtys }, () => {
  let socat: ChildProcess;
  let links: SerialLink[];

  beforeEach(async () => {
    socat = await startPtys();
    links = [new SerialLink({ path: left }), new SerialLink({ path: right, baud: 921_600 })];
  });

  afterEach(async () => {
    for (const link of links) await link.close();
    await stop(socat);
  });

  it("carries every octet both ways, holding back the sender", async () => {
    const random = new Random(1);
    const sent = links.map(() => random.fill(new Uint8Array(300_000)));
    const received: Uint8Array[][] = [[], []];
    const batches = [0, 0];
    let refusals = 0;
    links.forEach((link, index) => {
      link.onFrame = (octets) => received[index]!.push(octets.slice());
      link.onBatchEnd = () => batches[index]!++;
      let at = 0;
      link.onDrain = () => {
        while (at < sent[index]!.length) {
          if (!link.send(sent[index]!.subarray(at, at + 500))) {
            refusals++;
            return;
          }
          at += 500;
        }
      };
    });
    for (const link of links) await link.open();
    for (const link of links) link.onDrain();
    const lengthOf = (pieces: Uint8Array[]): number =>
      pieces.reduce((sum, piece) => sum + piece.length, 0);
    await until(() => received.every((pieces) => lengthOf(pieces) === 300_000));
    assert.deepEqual(Buffer.concat(received[1]!), Buffer.from(sent[0]!));
    assert.deepEqual(Buffer.concat(received[0]!), Buffer.from(sent[1]!));
    assert.ok(refusals > 10, `${refusals} refusals`);
    assert.deepEqual(batches, received.map((pieces) => pieces.length));
  });

  it("sends what was sent before close; closed, it takes nothing", async () => {
    const [a, b] = [links[0]!, links[1]!];
    let octets = 0;
    b.onFrame = (piece) => (octets += piece.length);
    await a.open();
    await b.open();
    a.send(new Uint8Array(1000));
    await a.close();
    await a.close();
    assert.equal(a.send(new Uint8Array(1)), false);
    await until(() => octets === 1000);
  });

  it("reports once that the line broke", async () => {
    const link = links[0]!;
    const errors: string[] = [];
    link.onError = (error) => errors.push(error.message);
    await link.open();
    await stop(socat);
    await until(() => errors.length > 0);
    await new Promise((done) => setTimeout(done, 50));
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /^serial:.*left@115200: the line broke: /);
    assert.equal(link.send(new Uint8Array(1)), false);
  });

  it("says that another program uses the device", async () => {
    await links[0]!.open();
    await assert.rejects(new SerialLink({ path: left }).open(), /another program uses/);
  });
});

describe("SerialLink", () => {
  it("says what is wrong with a device", { skip: noSerialPort }, async () => {
    const missing = new SerialLink({ path: join(folder, "none") });
    await assert.rejects(missing.open(), /none does not exist; is the device plugged in\?/);
    const file = join(folder, "file");
    writeFileSync(file, "");
    await assert.rejects(new SerialLink({ path: file }).open(), /is not a serial device/);
  });

  it("has MTU 1500 and 115200 baud unless told otherwise", () => {
    const link = new SerialLink({ path: "/dev/x" });
    assert.deepEqual([link.mtu, link.name, link.kind], [1500, "serial:/dev/x@115200", "serial"]);
    assert.equal(new SerialLink({ path: "/dev/x", mtu: 576 }).mtu, 576);
  });
});

/** As the poller of the bindings. */
class PollerDouble extends EventEmitter {
  readonly asked: number[] = [];

  poll(events: number): void {
    this.asked.push(events);
  }

  wait(name: string, events: number): void {
    this.poll(events);
    this.once(name, () => {});
  }
}

describe("waitForBoth", () => {
  it("goes on waiting to read while it waits to write, and the other way round", () => {
    const poller = new PollerDouble();
    waitForBoth({ poller });
    poller.wait("readable", 1);
    poller.wait("writable", 2);
    poller.emit("readable");
    poller.wait("readable", 1);
    poller.emit("writable");
    poller.emit("readable");
    poller.wait("writable", 2);
    assert.deepEqual(poller.asked, [1, 3, 3, 2]);
  });

  it("leaves ports alone that have no poller", () => {
    waitForBoth(undefined);
    waitForBoth({});
  });
});

describe("SLIP between us and Linux", { skip: noPtys || namespaceMissing("ping") }, () => {
  it("Linux pings us over the serial line, through the bridge to TUN", async () => {
    const socat = await startPtys();
    const space = new Namespace();
    try {
      const echo = space.startScript("tests/support/link_echo.ts", `serial:${left}`);
      assert.equal(await echo.line(), "ready");
      const bridge = space.startScript("tests/support/slip_tun.ts", right, "slip0", "10.0.0.1/24");
      assert.equal(await bridge.line(), "ready");
      for (const words of [["-s", "56"], ["-s", "1472", "-p", "c0dbdcdd"], ["-f", "-s", "1000"]]) {
        const ping = ["ping", "-n", "-q", "-c", "50", "-i", "0.01", ...words, "10.0.0.2"];
        const { status, text } = space.run(ping);
        assert.equal(status, 0, text);
        assert.match(text, / 0% packet loss/);
      }
      bridge.signal("SIGTERM");
      assert.equal(await bridge.exit(), 0);
      assert.equal(await echo.ask("close"), "closed");
      assert.equal(await echo.exit(), 0);
    } finally {
      await space.remove();
      await stop(socat);
    }
  });
});

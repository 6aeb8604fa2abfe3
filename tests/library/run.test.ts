/**
 * `motetcp run`: the sensor as a program of this machine, on a link to a stack of ours with a
 * broker; readings come in lines.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openLink } from "../../host/link/open.js";
import { createNetwork } from "../../host/network.js";
import { Command, run } from "../support/command.js";
import { Broker } from "./broker.js";
import { Project } from "./project.js";

const ADDRESS = ["--address", "192.168.7.2/24"];

describe("motetcp run", () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-run-"));
  const sensor = join(folder, "sensor.wasm");
  const link = `stream:${join(folder, "line")}`;
  before(() => {
    const project = new Project("docs/examples/sensor");
    writeFileSync(sensor, project.compile("node"));
    project.remove();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("runs the sensor, and gives it its readings from stdin", { timeout: 60_000 }, async () => {
    const listening = await openLink(link.replace("stream:", "stream:listen:"));
    const network = await createNetwork({ link: listening, address: "192.168.7.1/24" });
    const broker = new Broker();
    await broker.start(network);
    const command = new Command(["run", sensor, "--link", link, ...ADDRESS]);
    await command.says(/sensor\.wasm is 192\.168\.7\.2\/24 on stream:/);
    command.write("reading 215\nreading -3\nfrobnicate 1\nreading x\nlost\n");
    while (broker.readings().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(broker.readings(), [215, -3]);
    const { status, stdout, stderr } = await command.interrupt();
    assert.equal(status, 0, stderr);
    assert.match(stdout.toString(), /^0$/m);
    assert.match(stderr, /"frobnicate 1"\? There are reading, lost, isOnline\n/);
    assert.match(stderr, /"reading x"\?/);
    await network.close();
  });

  it("says what is wrong with a module that is none, or has no application", async () => {
    const product = new URL("../../build/motetcp.wasm", import.meta.url).pathname;
    const bare = await run(["run", product, "--link", link, ...ADDRESS]);
    assert.equal(bare.status, 1);
    assert.match(bare.stderr, /has no application: it does not export start and step/);
    const missing = await run(["run", "/nowhere.wasm", "--link", link, ...ADDRESS]);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /nowhere\.wasm/);
    assert.equal((await run(["run", sensor, "--link", "wire", ...ADDRESS])).status, 2);
  });
});

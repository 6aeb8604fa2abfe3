/**
 * The sensor's module as a board's firmware, the same octets as in sensor.test.ts: in QEMU, in real
 * time, and on an emulated RP2040 over SLIP, in the time of the chip; with a broker on a stack of
 * ours at the other end. It measures each second.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { withFaults } from "../../host/link/faults.js";
import { openLink } from "../../host/link/open.js";
import { type Network, createNetwork } from "../../host/network.js";
import { ROOT, readBoard } from "../../host/tools/board/description.js";
import {
  type Firmware, type FirmwareOptions, makeFirmware,
} from "../../host/tools/board/firmware.js";
import { EMULATOR, Emulator } from "../../host/tools/board/qemu.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";
import { EmulatedBoard } from "../support/emulated_board.js";
import { Broker } from "./broker.js";
import { Project } from "./project.js";

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

for (const name of ["lm3s6965evb", "mps2-an385"]) {
  const skip = toolsMissing([...compilerTools(readBoard(name)), EMULATOR]);
  describe(`the sensor on ${name}`, { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), "motetcp-sensor-"));
    const path = join(folder, "line");
    const broker = new Broker();
    let firmware: Firmware;
    let network: Network;
    let emulator: Emulator;

    /** Switches the board on. */
    async function switchOn(): Promise<void> {
      emulator = await Emulator.start(firmware, { wire: { kind: "stream", path } });
    }

    /** Waits until so many readings have come after the first `from` publications. */
    async function come(count: number, from = 0): Promise<number[]> {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        const readings = broker.readings(from);
        if (readings.length >= count) return readings;
        assert.ok(performance.now() < deadline, `only ${readings} came; ${emulator.lines}`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    }

    before(async () => {
      firmware = await makeFirmware(readBoard(name), sensorFirmware());
      const link = withFaults(await openLink(`stream:listen:${path}`), { loss: 0.05, seed: 3 });
      network = await createNetwork({ link, address: "192.168.7.1/24" });
      await switchOn();
    });
    after(async () => {
      await emulator?.stop();
      await network?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it("finds a broker that was not there at first, and has kept its readings", async () => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await broker.start(network);
      assert.deepEqual((await come(4)).slice(0, 4), [1, 2, 3, 4]);
    });

    it("goes on after a restart of the broker, without a gap", async () => {
      const last = Math.max(...broker.readings());
      await broker.stop();
      await broker.start(network);
      await come(last + 3);
      assert.deepEqual(broker.readings().slice(0, last + 3), ascending(last + 3));
      assert.deepEqual(broker.faults, []);
    });

    it("begins anew after a power cut", async () => {
      await emulator.stop();
      const from = broker.publications.length;
      await switchOn();
      assert.deepEqual((await come(3, from)).slice(0, 3), [1, 2, 3]);
    });
  });
}

describe("the sensor on rp2040", { skip: toolsMissing(compilerTools(readBoard("rp2040"))) }, () => {
  it("publishes over SLIP, and goes on after a restart of the broker", async () => {
    const board = await EmulatedBoard.start(sensorFirmware());
    const broker = new Broker();
    await board.pass(2.5);
    await board.until(broker.start(board.network));
    await board.pass(4);
    await board.until(broker.stop());
    await board.pass(2);
    await board.until(broker.start(board.network));
    await board.pass(8);
    assert.ok(broker.readings().length >= 14, `only ${broker.readings()} came`);
    assert.deepEqual(broker.readings(), ascending(broker.readings().length));
    assert.deepEqual(broker.faults, []);
  });
});

let module: string | undefined;

/** The sensor, compiled once. */
function sensorFirmware(): FirmwareOptions {
  if (module === undefined) {
    const project = new Project("docs/examples/sensor");
    // Always the same path: what has been made of it is found again.
    module = join(ROOT, "build/sensor-board.wasm");
    writeFileSync(module, project.compile("board"));
    project.remove();
  }
  return { module, apps: ["firmware", "sensor"] };
}

/** 1, 2 ... `count`. */
function ascending(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + index);
}

/**
 * The smallest build, whose loss recovery is NewReno and SACK alone: the same transfers as in
 * thousand.test.ts, with itself and with the Node build.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { build, compile } from "../../host/tools/build.js";
import { optimize } from "../../host/tools/optimize.js";
import { TRANSFER_OCTETS, transferPlan } from "./transfer.js";
import { World } from "./world.js";

const SEEDS = 100;

describe("the smallest build", () => {
  let small: Uint8Array;

  before(async () => {
    await build({ small: true });
    small = readFileSync("build/motetcp-small.wasm");
  });

  it("is smaller than the board's by 3 KiB at least, before calls are inlined", async () => {
    const length = async (product: string): Promise<number> => {
      const outputs = await compile(product, product, []);
      return optimize(outputs.get(`${product}.wasm`) as Uint8Array, "plain").length;
    };
    const lengths = [await length("motetcp-small"), await length("motetcp-board")];
    assert.ok(lengths[0]! < lengths[1]! - 3072, `${lengths.join(" of ")} octets`);
  });

  it(`carries 200 KB each way over a very bad line with each of ${SEEDS} seeds [S17, S23]`, () => {
    const module = new WebAssembly.Module(small as BufferSource);
    for (let seed = 1; seed <= SEEDS; seed++) {
      const plan = transferPlan(seed);
      for (const side of plan.sides) if (side.module === "board") side.module = module;
      const world = new World(plan);
      world.run();
      for (const end of world.connections[0]!.ends) {
        assert.equal(end?.reason, "finished", `seed ${seed}`);
        assert.equal(end.sending.delivered, TRANSFER_OCTETS, `seed ${seed}`);
      }
    }
  });
});

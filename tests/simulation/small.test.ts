/**
 * The smallest build, whose loss recovery is NewReno and SACK alone: the same transfers as in
 * thousand.test.ts, with itself and with the Node build.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { build } from "../../host/tools/build.js";
import { TRANSFER_OCTETS, transferPlan } from "./transfer.js";
import { World } from "./world.js";

const SEEDS = 100;

describe("the smallest build", () => {
  let small: Uint8Array;
  let board: Uint8Array;

  before(async () => {
    await build({ small: true });
    small = readFileSync("build/motetcp-small.wasm");
    board = readFileSync("build/motetcp-board.wasm");
  });

  it("is smaller than the board's by 3 KiB at least", () => {
    assert.ok(small.length < board.length - 3072, `${small.length} of ${board.length} octets`);
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

/**
 * Connections that are paced, on the lines of the other runs: loss, reordering, duplication,
 * corruption, paths that change, stacks that are forked and restored. All octets arrive, as they
 * were sent, and it ends.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Plan } from "./plan.js";
import { paced } from "./plan.js";
import { runSeed } from "./run.js";
import { TRANSFER_OCTETS, transferPlan } from "./transfer.js";
import { World } from "./world.js";

const RANDOM_SEEDS = 500;
const TRANSFER_SEEDS = 150;
const LOSSES = [0, 0.001, 0.01, 0.05, 0.1];

/** 200 KB each way between two of the build for Node, on lines from clean to very bad. */
function planOf(seed: number): Plan {
  const plan = transferPlan(2 * seed);
  const loss = LOSSES[seed % LOSSES.length]!;
  return { ...plan, wire: { ...plan.wire, loss, reorder: loss, corrupt: loss / 10 } };
}

function run(plan: Plan): World {
  const world = new World(plan);
  world.run();
  return world;
}

describe("paced connections", () => {
  it(`hold all invariants with seeds 1 to ${RANDOM_SEEDS}`, () => {
    const failed: string[] = [];
    for (let seed = 1; seed <= RANDOM_SEEDS; seed++) {
      try {
        runSeed(seed, { build: "node", pacing: true });
      } catch (error) {
        failed.push((error as Error).message);
      }
    }
    assert.deepEqual(failed, []);
  });

  it(`carry 200 KB each way with each of ${TRANSFER_SEEDS} seeds, and not as they would ` +
    "unpaced", () => {
    let others = 0;
    for (let seed = 1; seed <= TRANSFER_SEEDS; seed++) {
      const plan = planOf(seed);
      const world = run(paced(plan));
      for (const end of world.connections[0]!.ends) {
        assert.equal(end?.reason, "finished", `seed ${seed}`);
        assert.equal(end?.sending.delivered, TRANSFER_OCTETS, `seed ${seed}`);
      }
      if (world.pair.clock.now() !== run(plan).pair.clock.now()) others++;
    }
    // The rest are paths whose round trip is no more than a burst, or whose rate is the pace.
    assert.ok(others > TRANSFER_SEEDS * 0.6, `only ${others} took another time`);
  });
});

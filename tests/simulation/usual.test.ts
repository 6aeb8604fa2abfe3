/**
 * The short ways of usual segments (assembly/tcp/usual.ts) change nothing but the time it takes:
 * two stacks with them, and two without, send the same frames, octet for octet, and count the same.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { compileLong } from "../support/long.js";
import { drawPlan, type Plan } from "./plan.js";
import { transferPlan } from "./transfer.js";
import { World } from "./world.js";

const RANDOM_SEEDS = 700;
const TRANSFER_SEEDS = 150;
/** What a short way meets on lines from clean to bad. */
const LOSSES = [0, 0, 0.001, 0.01, 0.05];

/** A run's every frame, and how it came out. */
function trace(plan: Plan): unknown[] {
  const world = new World(plan);
  const hash = createHash("sha256");
  for (const { stack } of world.pair.stations) {
    const { transmit } = stack;
    stack.transmit = (nowUs) => {
      const frame = transmit.call(stack, nowUs);
      if (frame !== null) hash.update(`${nowUs} ${frame.length} `).update(frame);
      return frame;
    };
  }
  let fault = "";
  try {
    world.run();
  } catch (error) {
    fault = (error as Error).message;
  }
  const counters = world.pair.stations.map(({ stack }) => stack.counters());
  return [hash.digest("hex"), world.pair.steps, world.pair.clock.now(), counters, fault];
}

/** A bulk transfer both ways on a line with few losses. */
function mildTransfer(seed: number): Plan {
  const plan = transferPlan(2 * seed);
  const loss = LOSSES[seed % LOSSES.length]!;
  const wire = { ...plan.wire, loss, reorder: loss, duplicate: loss, corrupt: loss / 10 };
  return { ...plan, wire };
}

describe("short ways", () => {
  let long: WebAssembly.Module;

  before(async () => {
    long = await compileLong();
  });

  function compare(plan: Plan): void {
    const sides = plan.sides.map((side) => ({ ...side, module: long })) as Plan["sides"];
    assert.deepEqual(trace(plan), trace({ ...plan, sides }), `seed ${plan.seed}`);
  }

  it(`are taken unseen in ${RANDOM_SEEDS} random runs`, () => {
    for (let seed = 1; seed <= RANDOM_SEEDS; seed++) compare(drawPlan(seed, { build: "node" }));
  });

  it(`are taken unseen in ${TRANSFER_SEEDS} transfers on lines from clean to bad`, () => {
    for (let seed = 1; seed <= TRANSFER_SEEDS; seed++) compare(mildTransfer(seed));
  });
});

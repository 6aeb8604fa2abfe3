/**
 * Issue 2, line 7: one million frames on each link type, in both builds, half random and half
 * mutated from live traffic with repaired checksums: no trap, no state corrupted, each frame
 * counted under one reason, every reason met.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BUILDS, LINKS, attack, missingReasons } from "./run.js";

const FRAMES = 1_000_000;
const BURST_FRAMES = 400_000;
/** Octets of the honest connection that must arrive meanwhile: it must not starve. */
const LEAST_DELIVERED = 5_000_000;

for (const build of BUILDS) {
  describe(`the ${build} build under attack`, () => {
    for (const link of LINKS) {
      it(`holds for ${FRAMES.toLocaleString("en")} frames on ${link}`, () => {
        const result = attack({ build, link, seed: 7, frames: FRAMES });
        assert.deepEqual(missingReasons(link, result), [], "reasons that were never met");
        assert.ok(result.delivered > LEAST_DELIVERED, `only ${result.delivered} octets arrived`);
      });
    }
  });
}

describe("bursts under attack", () => {
  for (const link of ["ethernet", "ip"] as const) {
    it(`hold for ${BURST_FRAMES.toLocaleString("en")} frames on ${link}`, () => {
      const result = attack({ build: "node", link, seed: 7, frames: BURST_FRAMES, inBursts: true });
      assert.deepEqual(missingReasons(link, result), [], "reasons that were never met");
      assert.ok(result.delivered > LEAST_DELIVERED / 4, `only ${result.delivered} octets arrived`);
    });
  }
});

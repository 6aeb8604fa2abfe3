/** The counter that the attack suite measures by: it counts, and the same in every run. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Build, Lab } from "../support/lab.js";
import { accepted } from "../support/remote.js";
import { meteredModule, workOf } from "../support/work_meter.js";

/** The work for a segment with so many octets of text, the `count`th on a connection. */
async function workFor(build: Build, octets: number, count = 1): Promise<number> {
  const lab = new Lab(build, { module: await meteredModule(build) });
  const { remote } = accepted(lab);
  let work = 0;
  for (let at = 1; at <= count; at++) {
    const frame = remote.frame(`PA ${1 + (at - 1) * octets}+${octets} ack 1`);
    const before = workOf(lab.stack);
    lab.receive(frame);
    work = workOf(lab.stack) - before;
  }
  return work;
}

for (const build of ["node", "board"] as const) {
  test(`the count is the same in every run, and goes up with the octets [${build}]`, async () => {
    const little = await workFor(build, 1);
    assert.ok(little > 20, `${little}`);
    assert.equal(await workFor(build, 1), little);
    assert.ok(await workFor(build, 1400) > little + 1400 / 32);
  });

  test(`the hundredth segment is no dearer than the tenth [${build}]`, async () => {
    assert.equal(await workFor(build, 2, 100), await workFor(build, 2, 10));
  });

  test(`a call that does nothing counts next to nothing [${build}]`, async () => {
    const lab = new Lab(build, { module: await meteredModule(build) });
    const before = workOf(lab.stack);
    lab.stack.nextDeadline(lab.nowUs);
    assert.ok(workOf(lab.stack) - before < 60);
  });
}

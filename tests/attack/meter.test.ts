/** The counter that the attack suite measures by: it counts, and the same in every run. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Build, Lab, OWN_ADDRESS } from "../support/lab.js";
import { accepted } from "../support/remote.js";
import { packetOf } from "../support/segment_line.js";
import { meteredModule, workOf } from "../support/work_meter.js";
import { CROWD, PORT, Scene } from "./scene.js";

/**
 * Entries that a segment may find before its own in a bucket, by chance, in each of its look-ups,
 * and a wheel's turns: with all the calls that a build has which is not optimised.
 */
const BY_CHANCE = 48;

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
    assert.ok(await workFor(build, 1400) > little + 1400 / 128);
  });

  test(`the hundredth segment is no dearer than the tenth [${build}]`, async () => {
    assert.equal(await workFor(build, 2, 100), await workFor(build, 2, 10));
  });

  test(`a call that does nothing counts less than a segment does [${build}]`, async () => {
    const lab = new Lab(build, { module: await meteredModule(build) });
    const before = workOf(lab.stack);
    lab.stack.nextDeadline(lab.nowUs);
    const work = workOf(lab.stack) - before;
    assert.ok(work < await workFor(build, 1), `${work}`);
  });
}

/** The work for a segment of each kind, where there are so many connections. */
async function worksAmong(others: number): Promise<number[]> {
  const module = await meteredModule("node");
  const scene = new Scene("node", { module, others, budget: { connections: 1000 } });
  const stranger = { source: "10.0.0.66", destination: OWN_ADDRESS, sourcePort: 7,
    destinationPort: PORT, sourceIsn: 1, destinationIsn: 1 };
  return [
    scene.forge("R 90000"), scene.forge("S 0"), scene.forge("PA 90000+1 ack 0"),
    scene.forge("PA 0+1 ack 9"), packetOf("S 0", stranger), packetOf("R 1", stranger),
    packetOf("A 1 ack 5", { ...stranger, sourcePort: 8 }),
  ].map((frame) => {
    const before = workOf(scene.lab.stack);
    scene.strike(frame);
    return workOf(scene.lab.stack) - before;
  });
}

test(`a segment is no dearer among ${CROWD} connections than alone [node]`, async () => {
  const alone = await worksAmong(0);
  const crowded = await worksAmong(CROWD);
  crowded.forEach((work, index) => {
    assert.ok(work <= alone[index]! + BY_CHANCE, `${index}: ${alone[index]}, now ${work}`);
  });
});

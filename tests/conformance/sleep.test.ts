/** Time in which nobody looks at the clock: a board asleep (docs/embedding.md). */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const DAY_S = 86_400;

onBothBuilds("sleeps that add up to years: what was due is due, and nothing is put off " +
  "[S17]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 5));
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"]);
  for (let months = 0; months < 37; months++) lab.stack.sleep(30 * DAY_S);
  lab.wait(0);
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"], "sent again at once");
  for (let days = 0; days < 40; days++) {
    lab.stack.sleep(DAY_S);
    remote.says("A 1 ack 6");
  }
  lab.wait(1);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  lab.ignoreFrames();
});

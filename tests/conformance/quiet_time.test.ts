/** The quiet time after a restart (RFC 9293 section 3.4.3), and long sleeps. */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connecting, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const QUIET = { budget: { quietSeconds: 120 } };
const DAY_S = 86_400;

onBothBuilds("without a quiet time the SYN leaves at once: sequence numbers go on with the clock " +
  "[RFC9293-3.4.3]", (lab) => {
  const { remote } = connecting(lab);
  assert.deepEqual(remote.hears(), ["S 0"]);
});

onBothBuilds("quiet time: a SYN of ours waits for its end, and text with it " +
  "[S10, RFC9293-3.4.3]", (lab) => {
  lab.wait(10);
  const { remote, handle } = connecting(lab);
  lab.write(handle, textOf(1, 3));
  lab.wait(109);
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  lab.wait(1);
  assert.deepEqual(remote.hears(), ["S 0"]);
  lab.wait(1.1);
  assert.deepEqual(remote.hears(), ["S 0"], "from then on its timers run");
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["PA 1+3 ack 1"]);
  remote.says("A 1 ack 4");
}, QUIET);

onBothBuilds("quiet time: a listener answers no SYN, and counts it " +
  "[S10, RFC9293-3.4.3]", (lab) => {
  listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  lab.wait(119);
  remote.says("S 0");
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.counter("DropTcpQuiet"), 2);
  assert.equal([...lab.stack.entries("half-open")].length, 0);
  lab.wait(1);
  remote.opens();
}, QUIET);

onBothBuilds("quiet time: SYNs that cross are answered when it is over " +
  "[RFC9293-3.4.3, S04]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.says("S 0");
  lab.wait(119);
  assert.deepEqual(remote.hears(), []);
  lab.wait(1);
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  remote.says("A 1 ack 1");
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
}, QUIET);

onBothBuilds("quiet time: a RST needs no number of ours, and is sent " +
  "[RFC9293-3.4.3, S28]", (lab) => {
  const remote = new Remote(lab);
  remote.says("A 1 ack 77");
  assert.deepEqual(remote.hears(), ["R 77"]);
}, QUIET);

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

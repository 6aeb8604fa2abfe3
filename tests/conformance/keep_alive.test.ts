/** Keep-alive (RFC 9293 section 3.8.4). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

/** A connection that probes after 10 s, every 2 s, three times. */
function watched(lab: Lab): Opened {
  const opened = accepted(lab);
  const { handle } = opened;
  lab.stack.setOption(handle, "keepAliveIdle", 10);
  lab.stack.setOption(handle, "keepAliveInterval", 2);
  lab.stack.setOption(handle, "keepAliveCount", 3);
  lab.do((stack) => stack.setOption(handle, "keepAlive", true));
  return opened;
}

onBothBuilds("it is off unless asked for: days of silence [S21, MUST-25]", (lab) => {
  const { remote, handle } = accepted(lab);
  assert.equal(lab.stack.getOption(handle, "keepAlive"), 0);
  lab.wait(3 * 86_400);
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("by default the first probe comes after two hours of silence " +
  "[S21, MUST-28, SHLD-12, MAY-5]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.do((stack) => stack.setOption(handle, "keepAlive", true));
  lab.wait(7199);
  assert.deepEqual(remote.hears(), []);
  lab.wait(2);
  assert.deepEqual(remote.hears(), ["A 0 ack 1"], "one number back, no text: it must be answered");
  remote.says("A 1 ack 1");
});

onBothBuilds("a silent peer is declared dead after its probes: RST, timed out " +
  "[S21, S26, MUST-27, MUST-29]", (lab) => {
  const { remote, handle } = watched(lab);
  const beganUs = lab.atUs;
  lab.wait(100);
  assert.deepEqual(remote.hearsTimed(beganUs), [
    "10: A 0 ack 1", "12: A 0 ack 1", "14: A 0 ack 1", "16: RA 1 ack 1",
  ]);
  const { state, reason } = lab.stack.status(handle);
  assert.deepEqual([state, reason], ["CLOSED", "timed out"]);
  assert.deepEqual(lab.newsOf(handle), ["closed"]);
});

onBothBuilds("an answer resets the count, and the silence begins anew [S21]", (lab) => {
  const { remote, handle } = watched(lab);
  for (let hours = 0; hours < 20; hours++) {
    const beganUs = lab.atUs;
    lab.wait(13);
    remote.says("A 1 ack 1");
    assert.deepEqual(remote.hearsTimed(beganUs), ["10: A 0 ack 1", "12: A 0 ack 1"]);
  }
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("whatever the peer says puts the probe off [S21, MUST-26]", (lab) => {
  const { remote, handle } = watched(lab);
  for (let seq = 1; seq < 20; seq++) {
    lab.wait(9);
    remote.says(`PA ${seq}+1 ack 1`);
    lab.read(handle);
  }
  lab.wait(0.5);
  assert.ok(remote.hears().every((line) => line.startsWith("A 1 ")), "no probe");
});

onBothBuilds("text on its way is watched by retransmission, not by probes " +
  "[S21, MUST-26]", (lab) => {
  const { remote, handle } = watched(lab);
  lab.write(handle, textOf(1, 5));
  lab.wait(60);
  assert.ok(remote.hears().every((line) => line === "PA 1+5 ack 1"));
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("a held FIN-WAIT-2 whose peer is gone ends by its probes [S11, S21]", (lab) => {
  const { remote, handle } = watched(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 1 ack 2");
  remote.hears();
  lab.wait(100);
  assert.deepEqual(remote.hears(), ["A 1 ack 1", "A 1 ack 1", "A 1 ack 1", "RA 2 ack 1"]);
  assert.equal(lab.stack.status(handle).reason, "timed out");
});

onBothBuilds("turned off again it is silent; turned on, it counts from then " +
  "[S21, MUST-24]", (lab) => {
  const { remote, handle } = watched(lab);
  lab.wait(11);
  assert.equal(remote.hears().length, 1);
  lab.do((stack) => stack.setOption(handle, "keepAlive", false));
  lab.wait(1000);
  assert.deepEqual(remote.hears(), []);
  lab.do((stack) => stack.setOption(handle, "keepAlive", true));
  lab.wait(9);
  assert.deepEqual(remote.hears(), []);
  lab.wait(2);
  assert.deepEqual(remote.hears(), ["A 0 ack 1"]);
});

onBothBuilds("settings are kept within their ranges [S21, MUST-27]", (lab) => {
  const { handle } = accepted(lab);
  for (const [name, least, most] of [
    ["keepAliveIdle", 1, 65535], ["keepAliveInterval", 1, 65535], ["keepAliveCount", 1, 255],
  ] as const) {
    for (const value of [least, most]) {
      lab.stack.setOption(handle, name, value);
      assert.equal(lab.stack.getOption(handle, name), value);
    }
    for (const value of [least - 1, most + 1]) {
      assert.throws(() => lab.stack.setOption(handle, name, value), { code: "EINVAL" });
    }
  }
});

onBothBuilds("the peer's probes are answered, with an octet of garbage or without " +
  "(3.8.4) [S21]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+5 ack 1");
  lab.read(handle);
  lab.wait(0.5);
  remote.hears();
  for (let probes = 0; probes < 200; probes++) {
    remote.says("A 5 ack 1", probes % 2 === 0 ? {} : { text: "?" });
    assert.deepEqual(remote.hears(), ["A 1 ack 6"]);
  }
  assert.equal(lab.stack.status(handle).receiveQueue, 0);
});

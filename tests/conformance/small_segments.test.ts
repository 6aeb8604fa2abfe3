/**
 * Few segments in place of many: Nagle's algorithm (RFC 9293 section 3.7.4), silly window avoidance
 * of the sender (3.8.6.2.1), delayed acknowledgments (3.8.6.3), PSH (3.9.1.2).
 */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

onBothBuilds("Nagle: the first small segment leaves, the rest waits for its ACK and goes as one " +
  "[SHLD-7, SHLD-27, MAY-15, MAY-16]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (let seq = 1; seq < 60; seq += 10) lab.write(handle, textOf(seq, 10), true);
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
  lab.wait(0.9);
  assert.deepEqual(remote.hears(), []);
  remote.says("A 1 ack 11");
  assert.deepEqual(remote.hears(), ["PA 11+50 ack 1"]);
});

onBothBuilds("Nagle: a full segment leaves although text is outstanding " +
  "(3.7.4) [SHLD-7, SHLD-28]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 10));
  lab.write(handle, textOf(11, 600));
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1", "A 11+536 ack 1"]);
  remote.says("A 1 ack 547");
  assert.deepEqual(remote.hears(), ["PA 547+64 ack 1"]);
});

onBothBuilds("Nagle: the end of a write leaves beside full segments, if no other small one is " +
  "outstanding (A.3) [SHLD-7]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 804));
  assert.deepEqual(remote.hears(), ["A 1+536 ack 1", "PA 537+268 ack 1"]);
  lab.write(handle, textOf(805, 804));
  assert.deepEqual(remote.hears(), ["A 805+536 ack 1"]);
  remote.says("A 1 ack 537");
  assert.deepEqual(remote.hears(), [], "the small segment is still outstanding");
  remote.says("A 1 ack 805");
  assert.deepEqual(remote.hears(), ["PA 1341+268 ack 1"]);
  remote.says("A 1 ack 1609");
  lab.write(handle, textOf(1609, 536));
  lab.write(handle, textOf(2145, 10));
  assert.deepEqual(remote.hears(), ["PA 1609+536 ack 1", "PA 2145+10 ack 1"]);
});

onBothBuilds("Nagle can be turned off, and lets go what it held [MUST-17]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 10));
  lab.write(handle, textOf(11, 10));
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
  lab.do((stack) => stack.setOption(handle, "noDelay", true));
  assert.deepEqual(remote.hears(), ["PA 11+10 ack 1"]);
  lab.write(handle, textOf(21, 10));
  assert.deepEqual(remote.hears(), ["PA 21+10 ack 1"]);
});

onBothBuilds("Nagle does not hold the last text before a FIN (3.7.4)", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 10));
  lab.write(handle, textOf(11, 10));
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1", "FPA 11+10 ack 1"]);
});

onBothBuilds("a setting of the listener holds for what it accepts from then on [S22]", (lab) => {
  const { handle, listener } = accepted(lab);
  lab.stack.setOption(listener, "noDelay", true);
  const later = new Remote(lab, { port: 5001 });
  later.opens();
  assert.equal(lab.stack.getOption(lab.stack.accept(listener), "noDelay"), 1);
  assert.equal(lab.stack.getOption(handle, "noDelay"), 0);
});

onBothBuilds("silly window: less than a segment and than half the best window waits " +
  "[MUST-38]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1000, window: 2000 } });
  lab.write(handle, textOf(1, 3000));
  remote.hears();
  remote.says("A 1 ack 2001", { window: 999 });
  assert.deepEqual(remote.hears(), []);
  remote.says("A 1 ack 2001", { window: 1000 });
  assert.deepEqual(remote.hears(), ["PA 2001+1000 ack 1"], "a full segment");
});

onBothBuilds("silly window: half the best window ever is worth a segment [MUST-38]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1460, window: 400 } });
  lab.write(handle, textOf(1, 1000));
  assert.deepEqual(remote.hears(), ["A 1+400 ack 1"]);
  remote.says("A 1 ack 401", { window: 199 });
  assert.deepEqual(remote.hears(), []);
  remote.says("A 1 ack 401", { window: 200 });
  assert.deepEqual(remote.hears(), ["A 401+200 ack 1"]);
});

onBothBuilds("silly window: what waits leaves all the same after a second " +
  "(3.8.6.2.1, override) [MUST-38, MUST-60]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1000, window: 2000 } });
  lab.write(handle, textOf(1, 3000));
  remote.hears();
  remote.says("A 1 ack 2001", { window: 300 });
  assert.equal(lab.waitForFrame(), 1);
  assert.deepEqual(remote.hears(), ["A 2001+300 ack 1"]);
});

onBothBuilds("silly window: text that comes in does not put the override off " +
  "(3.8.6.2.1) [MUST-38]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1000, window: 2000 } });
  remote.says("A 1 ack 1", { window: 100 });
  lab.write(handle, textOf(1, 1000));
  let sent = 0;
  for (let seq = 1; seq <= 40; seq++) {
    remote.says(`A ${seq}+1 ack 1`, { window: 100 });
    lab.wait(0.16);
    lab.read(handle);
    sent += remote.hearsText().length;
  }
  assert.ok(sent >= 100, `${sent} octets in 6.4 s`);
});

onBothBuilds("a small segment is acknowledged within half a second, not at once " +
  "[MUST-40, SHLD-18]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+10 ack 1");
  assert.deepEqual(remote.hears(), []);
  const seconds = lab.waitForFrame();
  assert.ok(seconds > 0 && seconds < 0.5, `${seconds} s`);
  assert.deepEqual(remote.hears(), ["A 1 ack 11"]);
  for (const [seq, ms] of [[11, 499], [21, 100]] as const) {
    lab.stack.setOption(handle, "ackDelay", ms);
    remote.says(`PA ${seq}+10 ack 1`);
    assert.equal(lab.waitForFrame(), ms / 1000);
    assert.deepEqual(remote.hears(), [`A 1 ack ${seq + 10}`]);
  }
  assert.throws(() => lab.stack.setOption(handle, "ackDelay", 500), { code: "EINVAL" });
});

onBothBuilds("of full segments at least every second is acknowledged at once [SHLD-19]", (lab) => {
  const { remote, handle } = accepted(lab);
  const heard: number[] = [];
  for (let seq = 1; seq < 2000; seq += 500) {
    remote.says(`A ${seq}+500 ack 1`);
    heard.push(remote.hears().length);
  }
  assert.deepEqual(heard, [0, 1, 0, 1]);
  lab.stack.setOption(handle, "ackDelay", 0);
  remote.says("A 2001+500 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 2501"], "no delay: each");
});

onBothBuilds("an acknowledgment rides on text that leaves before it is due " +
  "(3.8.6.3) [SHLD-18] " +
  "[RFC9293-3.10.2d, RFC9293-3.10.7.4.7a]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+10 ack 1");
  lab.write(handle, textOf(1, 20));
  assert.deepEqual(remote.hears(), ["PA 1+20 ack 11"]);
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("a batch of frames is answered together: segments that came at once share an ACK " +
  "[S18, MUST-58, MUST-59]", (lab) => {
  const { remote } = connected(lab);
  for (const line of ["A 1+500 ack 1", "A 501+500 ack 1", "A 1001+500 ack 1"]) {
    lab.receiveOnly(remote.frame(line));
  }
  lab.turn();
  assert.deepEqual(remote.hears(), ["A 1 ack 1501"]);
});

onBothBuilds("PSH marks the end of what was queued, whatever the write sizes " +
  "[S19, MUST-61, SHLD-28, MAY-16]", (lab) => {
  const { remote, handle } = accepted(lab);
  assert.equal(lab.stack.write(handle, textOf(1, 1000)), 1000);
  assert.equal(lab.stack.write(handle, textOf(1001, 72)), 72);
  lab.turn();
  assert.deepEqual(remote.hears(), ["A 1+536 ack 1", "PA 537+536 ack 1"]);
  remote.says("A 1 ack 1073");
  lab.write(handle, textOf(1073, 1));
  assert.deepEqual(remote.hears(), ["PA 1073+1 ack 1"]);
});

onBothBuilds("text is delivered whether or not it is pushed [S19]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("A 1+10 ack 1");
  assert.deepEqual(lab.newsOf(handle), ["readable"]);
  assert.deepEqual(lab.read(handle), textOf(1, 10));
  lab.wait(0.5);
  lab.ignoreFrames();
});

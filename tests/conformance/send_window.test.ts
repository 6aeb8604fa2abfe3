/** The peer's window: closed, small, shrunk, rounded (RFC 9293 sections 3.8.6, 3.10.7.4). */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { accepted } from "../support/remote.js";
import { echoRequest, textOf } from "../support/segment_line.js";

onBothBuilds("a closed window is probed by one octet after 1, 3, 7 ... s " +
  "[S18, MUST-36, SHLD-29, SHLD-30]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  const beganUs = lab.atUs;
  lab.write(handle, textOf(1, 50));
  lab.wait(64);
  const times = [1, 3, 7, 15, 31, 63];
  assert.deepEqual(remote.hearsTimed(beganUs), times.map((at) => `${at}: A 1+1 ack 1`));
  assert.deepEqual(remote.lastText, textOf(1, 1));
});

onBothBuilds("as long as probes are answered it never gives up: hours of a closed window " +
  "[S18, MUST-37]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.write(handle, textOf(1, 50));
  const waits: number[] = [];
  for (let probes = 0; probes < 300; probes++) {
    waits.push(lab.waitForFrame());
    assert.deepEqual(remote.hears(), ["A 1+1 ack 1"]);
    remote.says("A 1 ack 1");
  }
  const growing = [1, 2, 4, 8, 16, 32, 60, 60];
  assert.deepEqual(waits.slice(0, 8), growing, "longer each time, though answered");
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  assert.deepEqual(lab.newsOf(handle).filter((name) => name === "closed"), []);
  remote.says("A 1 ack 1", { window: 1000 });
  assert.deepEqual(remote.hears(), ["PA 1+50 ack 1"], "at once when it opens");
});

onBothBuilds("probes that nobody answers end with R2: a RST, an error [S17, S18]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.write(handle, textOf(1, 50));
  lab.wait(400);
  assert.match(remote.hears().at(-1)!, /^RA /);
  assert.equal(lab.stack.status(handle).reason, "timed out");
});

onBothBuilds("a probe's octet that the peer takes is not sent again [S18]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.write(handle, textOf(1, 3));
  for (let seq = 1; seq <= 3; seq++) {
    lab.waitForFrame();
    assert.deepEqual(remote.hears(), [`${seq === 3 ? "PA" : "A"} ${seq}+1 ack 1`]);
    assert.deepEqual(remote.lastText, textOf(seq, 1));
    remote.says(`A 1 ack ${seq + 1}`);
  }
  assert.deepEqual(lab.newsOf(handle), ["sent"]);
  lab.wait(500);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("a FIN probes a closed window, too [S05, S18]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.do((stack) => stack.shutdown(handle));
  assert.equal(lab.waitForFrame(), 1);
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  remote.says("A 1 ack 2");
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-2");
});

onBothBuilds("a closed window does not keep us from acknowledging [S18]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.write(handle, textOf(1, 50));
  lab.wait(10);
  remote.hears();
  for (let seq = 1; seq < 3000; seq += 100) {
    remote.says(`PA ${seq}+100 ack 1`);
    lab.wait(0.5);
    assert.ok(remote.hears().at(-1)!.endsWith(`ack ${seq + 100}`));
    assert.deepEqual(lab.read(handle), textOf(seq, 100));
  }
  lab.ignoreFrames();
});

onBothBuilds("the answer to a probe crosses the next one: acknowledging goes on " +
  "[S18, S23]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.write(handle, textOf(1, 1));
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["PA 1+1 ack 1"]);
  lab.atUs += lab.stack.status(handle).timers.persist! * 1000;
  // The timer goes off while an echo reply leaves first; then the peer takes the only octet.
  lab.receiveOnly(echoRequest(remote.address));
  assert.ok(lab.take());
  lab.frames.length = 0;
  remote.says("A 1 ack 2", { window: 60_000 });
  for (let seq = 1; seq < 2000; seq += 500) {
    remote.says(`PA ${seq}+500 ack 2`);
    lab.wait(0.5);
    assert.equal(remote.hears().at(-1), `A 2 ack ${seq + 500}`);
  }
  lab.read(handle);
  lab.ignoreFrames();
});

onBothBuilds("the peer shrinks its window: nothing new beyond it, what is inside again " +
  "[S18, MUST-34, SHLD-15, SHLD-16]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 500, window: 2000 } });
  lab.write(handle, textOf(1, 3000));
  assert.equal(remote.hears().length, 4);
  remote.says("A 1 ack 501", { window: 600 });
  assert.deepEqual(remote.hears(), []);
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["A 501+500 ack 1"]);
  remote.says("A 1 ack 2001", { window: 2000 });
  assert.deepEqual(remote.hears(), ["A 2001+500 ack 1", "PA 2501+500 ack 1"]);
});

onBothBuilds("the peer takes its window back to zero, text on its way: probed, never given up " +
  "[S18, MUST-34, MUST-35, SHLD-17]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 500, window: 2000 } });
  lab.write(handle, textOf(1, 3000));
  assert.equal(remote.hears().length, 4);
  remote.says("A 1 ack 1001", { window: 0 });
  for (let probes = 0; probes < 100; probes++) {
    lab.waitForFrame();
    const heard = remote.hears();
    assert.ok(heard.every((line) => /^P?A 1001\+/.test(line)), `${heard}`);
    remote.says("A 1 ack 1001", { window: 0 });
  }
  assert.ok(lab.atUs > 3600e6, "more than an hour, R2 is five minutes");
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  remote.says("A 1 ack 1001", { window: 2000 });
  for (let una = 1001; una < 3001;) {
    for (const [seq, text] of remote.hearsPieces()) if (seq <= una) una = seq + text.length;
    remote.says(`A 1 ack ${una}`, { window: 2000 });
    lab.wait(1);
  }
  assert.equal(lab.stack.status(handle).sendQueue, 0);
  lab.ignoreFrames();
});

onBothBuilds("the peer takes its window back, and answers: no time-out for what lies beyond " +
  "[S18, MUST-34, SHLD-17]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 500, window: 2000 } });
  lab.write(handle, textOf(1, 2000));
  assert.equal(remote.hears().length, 4);
  remote.says("A 1 ack 501", { window: 500 });
  remote.says("A 1 ack 1001", { window: 0 });
  for (let minutes = 0; minutes < 60; minutes++) {
    lab.wait(60);
    if (remote.hears().length > 0) remote.says("A 1 ack 1001", { window: 0 });
  }
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  lab.ignoreFrames();
});

for (const window of [32_767, 32_768, 40_000, 65_535]) {
  onBothBuilds(`a window of ${window} is that large, not negative [S18, MUST-1]`, (lab) => {
    const { remote, handle } = accepted(lab, { syn: { mss: 1460, window: 100 } });
    remote.says("A 1 ack 1", { window });
    assert.equal(lab.stack.status(handle).sendWindow, window);
    lab.write(handle, textOf(1, 2920));
    assert.deepEqual(remote.hears(), ["A 1+1460 ack 1", "PA 1461+1460 ack 1"]);
  });
}

onBothBuilds("a scaled window of more than 16 bits is used in full " +
  "[REC-1, RFC7323-2.3b]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1460, scale: 2 } });
  const window = 25_000; // 100,000 octets
  let written = 0;
  let una = 1;
  let most = 0;
  for (let turns = 0; turns < 400 && most < 4 * window; turns++) {
    written += lab.stack.write(handle, textOf(written + 1, 1 << 17));
    lab.turn();
    for (const [seq, text] of remote.hearsPieces()) most = Math.max(most, seq + text.length - una);
    const next = una + Math.max(1460, Math.floor((written + 1 - una) / 8));
    una = Math.min(next, una + most);
    remote.says(`A 1 ack ${una}`, { window });
    most = 0;
    const { sendNext, sendUnacknowledged } = lab.stack.status(handle);
    most = (sendNext - sendUnacknowledged) >>> 0;
  }
  assert.equal(most, 4 * window);
  lab.ignoreFrames();
}, { budget: { connections: 1, sendRing: 1 << 18 }, onlyNode: true });

onBothBuilds("text never goes beyond the window, whatever is queued [S18]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1000, window: 2500 } });
  lab.write(handle, textOf(1, 4000));
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1", "A 1001+1000 ack 1"]);
  remote.says("A 1 ack 1001", { window: 1500 });
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), [], "500 octets of window, with text outstanding");
  remote.says("A 1 ack 2001", { window: 1000 });
  assert.deepEqual(remote.hears(), ["A 2001+1000 ack 1"]);
  remote.says("A 1 ack 3001", { window: 1000 });
  assert.deepEqual(remote.hears(), ["PA 3001+1000 ack 1"]);
});

onBothBuilds("a segment out of order in time does not take the window back " +
  "[S18, RFC9293-3.10.7.4.5f]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("A 1+10 ack 1", { window: 2000 });
  remote.says("A 11+10 ack 1", { window: 3000 });
  remote.says("A 1 ack 1", { window: 200 });
  assert.equal(lab.stack.status(handle).sendWindow, 3000);
  remote.says("A 21 ack 1", { window: 400 });
  assert.equal(lab.stack.status(handle).sendWindow, 400);
  lab.ignoreFrames();
});

onBothBuilds("where the shift rounds the window down, bare ACKs still bear the highest number " +
  "[S18, RFC7323-2.4a]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1000, window: 2000, scale: 1 } });
  remote.says("A 1 ack 1", { window: 1000 });
  lab.write(handle, textOf(1, 4000));
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1", "A 1001+1000 ack 1"]);
  // 2,001 is the edge; 1,001 octets before it the field can only say 1,000.
  remote.says("A 1 ack 1000", { window: 500 });
  remote.says("PA 1+1 ack 1000", { window: 500 });
  lab.wait(0.1);
  assert.deepEqual(remote.hears(), ["A 2001 ack 2"], "a lower one the peer would not accept");
});

onBothBuilds("an old segment's acknowledgment counts: two sides with only old ones get out " +
  "[S18, RFC9293-3.10.7.4.1b]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 100));
  remote.says("PA 1+10 ack 1");
  lab.ignoreFrames();
  remote.says("A 5 ack 101");
  assert.deepEqual(remote.hears(), ["A 101 ack 11"]);
  assert.equal(lab.stack.status(handle).sendQueue, 0);
});

onBothBuilds("a full send ring takes nothing more; half empty, it says writable " +
  "[S18, S23, RFC9293-3.10.2e]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0, mss: 1460 } });
  assert.equal(lab.stack.write(handle, textOf(1, 5000)), 4096);
  assert.equal(lab.stack.write(handle, textOf(1, 1)), 0);
  remote.says("A 1 ack 1", { window: 4096 });
  lab.newsOf(handle);
  remote.says("A 1 ack 2000", { window: 4096 });
  assert.deepEqual(lab.newsOf(handle), [], "less than half of it is free");
  remote.says("A 1 ack 2500", { window: 4096 });
  assert.deepEqual(lab.newsOf(handle), ["writable"]);
  assert.equal(lab.stack.write(handle, textOf(4097, 5000)), 2499);
  lab.ignoreFrames();
});

onBothBuilds("a large send ring says writable when two segments or an eighth of it are free, so " +
  "that it never runs dry on a long path [S18]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  assert.equal(lab.stack.write(handle, textOf(1, 20_000)), 16_384);
  assert.equal(lab.stack.write(handle, textOf(1, 1)), 0);
  remote.says("A 1 ack 1", { window: 60_000 });
  lab.newsOf(handle);
  const worth = Math.max(16_384 / 8, 2 * lab.stack.status(handle).segmentSize);
  remote.says(`A 1 ack ${worth}`, { window: 60_000 });
  assert.deepEqual(lab.newsOf(handle), []);
  remote.says(`A 1 ack ${worth + 1}`, { window: 60_000 });
  assert.deepEqual(lab.newsOf(handle), ["writable"]);
  lab.ignoreFrames();
}, { budget: { connections: 1, sendRing: 16_384 } });

/** Sequence numbers (RFC 9293 section 3.4; RFC 6528): 32 bits that wrap, and where they begin. */
import assert from "node:assert/strict";
import { Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, Remote, accepted, connecting, connected } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const SPACE = 2 ** 32;
/** An ISN goes up by one in this time (RFC 9293 section 3.4.1). */
const TICK_US = 4;
const ONE = { budget: { connections: 1 } };

/** The ISN of a connection that is opened now, and given up. */
function isnNow(lab: Lab, options = {}): number {
  const { remote, handle } = connecting(lab, options);
  remote.hears();
  lab.do((stack) => stack.abort(handle));
  return remote.ownIsn!;
}

/** Opens a connection so late that our ISN is `distance` below 2^32. */
function openNearWrap(lab: Lab, distance: number): Opened {
  const isn = isnNow(lab);
  lab.wait(((SPACE - distance - isn) * TICK_US) / 1e6);
  const opened = connected(lab, { syn: { mss: 1460 } });
  assert.equal(opened.remote.ownIsn, SPACE - distance);
  return opened;
}

onBothBuilds("what we send runs through 2^32: text, acknowledgments, FIN [S15] " +
  "[RFC9293-3.10.7.4.5c]", (lab) => {
  const { remote, handle } = openNearWrap(lab, 2500);
  lab.stack.setOption(handle, "noDelay", true);
  lab.write(handle, textOf(1, 4000));
  assert.deepEqual(remote.hears(), ["A 1+1460 ack 1", "A 1461+1460 ack 1", "PA 2921+1080 ack 1"]);
  assert.equal(remote.last!.seq, 421, "the last one is beyond");
  remote.says("A 1 ack 2600");
  assert.equal(lab.stack.status(handle).sendQueue, 1401);
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["PA 2600+1401 ack 1"], "sent again, across the wrap");
  assert.deepEqual(remote.lastText, textOf(2600, 1401));
  remote.says("A 1 ack 4001");
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 1 ack 4002");
  assert.deepEqual(remote.hears(), ["FA 4001 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-2");
}, ONE);

onBothBuilds("our SYN is the last number before 2^32: text begins at 0 [S15]", (lab) => {
  const { remote, handle } = openNearWrap(lab, 1);
  lab.write(handle, textOf(1, 9));
  assert.deepEqual(remote.hears(), ["PA 1+9 ack 1"]);
  assert.equal(remote.last!.seq, 0);
  remote.says("A 1 ack 10");
  assert.equal(lab.stack.status(handle).sendQueue, 0);
}, ONE);

onBothBuilds("our FIN is the last number before 2^32: its ACK is 0 [S15]", (lab) => {
  const { remote, handle } = openNearWrap(lab, 6);
  lab.write(handle, textOf(1, 4));
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["PA 1+4 ack 1", "FA 5 ack 1"]);
  assert.equal(remote.last!.seq, SPACE - 1);
  remote.says("A 1 ack 6");
  assert.equal(lab.stack.status(handle).sendUnacknowledged, 0);
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-2");
}, ONE);

for (const [isn, what] of [
  [SPACE - 1, "the SYN is the last number"], [SPACE - 6, "the text crosses it"],
] as const) {
  onBothBuilds(`what the peer sends runs through 2^32: ${what} [S15]`, (lab) => {
    const { remote, handle } = accepted(lab, { isn });
    remote.says("PA 1+10 ack 1");
    remote.says("PA 21+10 ack 1");
    assert.equal(lab.stack.status(handle).receiveQueue, 10);
    assert.equal(lab.stack.status(handle).outOfOrder, 10);
    remote.says("PA 1+20 ack 1");
    assert.deepEqual(lab.read(handle), textOf(1, 30));
    remote.says("FA 31 ack 1");
    assert.equal(remote.hears().at(-1), "A 1 ack 32");
    assert.equal(lab.stack.status(handle).receiveNext, 32 - (SPACE - isn));
  });
}

onBothBuilds("out-of-order text on both sides of 2^32 comes out in order [S15, S23]", (lab) => {
  const { remote, handle } = accepted(lab, { isn: SPACE - 500 });
  for (const seq of [801, 401, 601, 201]) remote.says(`A ${seq}+200 ack 1`);
  remote.says("A 1+200 ack 1");
  assert.equal(remote.hears().at(-1), "A 1 ack 1001");
  assert.deepEqual(lab.read(handle), textOf(1, 1000));
});

onBothBuilds("a window that reaches beyond 2^32 is one window: RST at its far end is challenged " +
  "[S15]", (lab) => {
  const { remote, handle } = accepted(lab, { isn: SPACE - 100 });
  remote.says("R 4000");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  remote.says("R 4097");
  assert.deepEqual(remote.hears(), []);
  remote.says("R 1");
  assert.equal(lab.stack.status(handle).reason, "reset");
});

onBothBuilds("the same pair's ISN goes up by one every 4 us " +
  "(RFC 9293 3.4.1) [S15, MUST-8, SHLD-1, RFC6528-3a]", (lab) => {
  const first = isnNow(lab);
  lab.wait(1);
  assert.equal((isnNow(lab) - first) >>> 0, 250_000);
  lab.wait(3600);
  assert.equal((isnNow(lab) - first) >>> 0, 3601 * 250_000);
});

onBothBuilds("other pairs begin elsewhere, and nobody can tell where " +
  "[S15, MUST-9, SHLD-1, RFC6528-3b, RFC6528-3c]", (lab) => {
  const ports = [50000, 50001, 50002, 50003];
  const numbers = ports.map((ownPort) => isnNow(lab, { ownPort }));
  numbers.push(isnNow(lab, { address: "10.0.0.3" }), isnNow(lab, { port: 81 }));
  const steps = numbers.slice(1).map((isn, index) => (isn - numbers[index]!) >>> 0);
  assert.equal(new Set(steps).size, steps.length, "no constant step");
  // A round figure: of six random numbers none is that near to another.
  for (const step of steps) assert.ok(Math.min(step, SPACE - step) > 100_000, `a step of ${step}`);
  const other = new Lab(lab.build, { entropy: 8 });
  assert.ok(Math.abs(isnNow(other, { ownPort: 50000 }) - numbers[0]!) > 100_000, "another key");
});

onBothBuilds("both sides of a half-open entry have their own numbers [S15, S01]", (lab) => {
  lab.stack.listen({ port: 80 });
  const isns = [5000, 5001, 5002].map((port) => {
    const remote = new Remote(lab, { port });
    remote.opens();
    return remote.ownIsn!;
  });
  assert.equal(new Set(isns).size, 3);
});

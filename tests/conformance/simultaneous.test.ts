/** Both sides at once: SYNs that cross (RFC 9293 section 3.5, figure 7), FINs that cross (3.6). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, connected, connecting } from "../support/remote.js";
import { echoRequest, textOf } from "../support/segment_line.js";

onBothBuilds("SYNs cross: SYN-SENT, SYN-RECEIVED, ESTABLISHED, one connection " +
  "[S04, MUST-10, RFC9293-3.10.7.3e]", (lab) => {
  const { remote, handle } = connecting(lab);
  assert.deepEqual(remote.hears(), ["S 0"]);
  remote.says("S 0");
  assert.equal(lab.stack.status(handle).state, "SYN-RECEIVED");
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.deepEqual(lab.newsOf(handle), [], "not connected yet");
  remote.says("SA 0 ack 1");
  assert.deepEqual(lab.newsOf(handle), ["connected", "writable"]);
  assert.deepEqual(lab.stack.status(handle).path, ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]);
  assert.equal([...lab.stack.entries("connections")].length, 1);
  lab.wait(10);
  assert.deepEqual(remote.hears(), [], "both SYNs are acknowledged: nothing is left to say");
});

onBothBuilds("SYNs cross: a bare ACK of ours is as good as the peer's SYN+ACK [S04]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("S 0");
  remote.hears();
  remote.says("PA 1+3 ack 1");
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  assert.deepEqual(lab.read(handle), textOf(1, 3));
  lab.ignoreFrames();
});

onBothBuilds("SYNs cross: the peer's SYN again is answered with our SYN+ACK again [S04]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("S 0");
  remote.says("S 0");
  assert.deepEqual(remote.hears(), ["SA 0 ack 1", "SA 0 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "SYN-RECEIVED");
});

onBothBuilds("SYNs cross: an unanswered SYN+ACK is sent again with back-off [S04, S17]", (lab) => {
  const { remote } = connecting(lab);
  remote.hears();
  remote.says("S 0");
  lab.wait(8);
  const lines = remote.hearsTimed().map((line) => line.replace(/^[\d.]+: /, ""));
  assert.deepEqual(lines, ["SA 0 ack 1", "SA 0 ack 1", "SA 0 ack 1", "SA 0 ack 1"]);
});

onBothBuilds("SYNs cross: a wrong ACK is answered with RST, and the open goes on " +
  "[S01, S04, RFC9293-3.10.7.4.5b]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("S 0");
  remote.hears();
  remote.says("A 1 ack 9");
  assert.deepEqual(remote.hears(), ["R 9"]);
  remote.says("A 1 ack 1");
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("SYNs cross: a RST then refuses the attempt " +
  "[S12, MUST-11, RFC9293-3.10.7.4.2a]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("S 0");
  remote.hears();
  remote.says("R 1");
  assert.deepEqual(lab.newsOf(handle), ["closed"]);
  assert.equal(lab.stack.status(handle).reason, "refused");
});

onBothBuilds("SYNs cross while a timeout is due: no garbage octet follows [S04, S23]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("S 0");
  remote.hears();
  lab.atUs += lab.stack.status(handle).timers.retransmit! * 1000;
  lab.receiveOnly(echoRequest(remote.address));
  assert.ok(lab.take(), "the echo reply goes first, the SYN+ACK waits");
  lab.frames.length = 0;
  remote.says("A 1 ack 1");
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  assert.deepEqual(remote.hears(), []);
});

/** SYNs have crossed: SYN-RECEIVED, and the SYN+ACK has left. */
function crossed(lab: Lab): Opened {
  const opened = connecting(lab);
  opened.remote.hears();
  opened.remote.says("S 0");
  assert.deepEqual(opened.remote.hears(), ["SA 0 ack 1"]);
  return opened;
}

onBothBuilds("SEND and RECEIVE before ESTABLISHED wait until then " +
  "[RFC9293-3.10.2c, RFC9293-3.10.3b]", (lab) => {
  const { remote, handle } = connecting(lab);
  assert.deepEqual(remote.hears(), ["S 0"]);
  const steps = ["S 0", "S 0", "SA 0 ack 1"];
  for (const [index, line] of steps.entries()) {
    assert.equal(lab.stack.read(handle), null);
    lab.write(handle, textOf(1 + 5 * index, 5));
    assert.ok(remote.hears().every((heard) => heard === "SA 0 ack 1"), "no text");
    remote.says(line);
  }
  assert.deepEqual(remote.hears(), ["PA 1+15 ack 1"]);
  assert.deepEqual(remote.lastText, textOf(1, 15));
  remote.says("PA 1+7 ack 16");
  assert.deepEqual(lab.read(handle), textOf(1, 7));
  lab.ignoreFrames();
});

onBothBuilds("CLOSE in SYN-RECEIVED, nothing being queued: FIN at once, FIN-WAIT-1 " +
  "[S12, RFC9293-3.10.4c]", (lab) => {
  const { remote, handle } = crossed(lab);
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-1");
  remote.says("SA 0 ack 1");
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-1", "only our SYN is acknowledged");
  remote.says("PA 1+3 ack 2");
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-2");
  assert.deepEqual(lab.read(handle), textOf(1, 3));
  remote.says("FA 4 ack 2");
  assert.deepEqual(lab.stack.status(handle).path, [
    "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
  ]);
  lab.ignoreFrames();
});

onBothBuilds("CLOSE in SYN-RECEIVED, with text queued: text and FIN after the handshake " +
  "[S12, RFC9293-3.10.4c]", (lab) => {
  const { remote, handle } = crossed(lab);
  lab.write(handle, textOf(1, 5));
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), []);
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["FPA 1+5 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-1");
  lab.ignoreFrames();
});

onBothBuilds("FIN-WAIT-1 before our SYN is acknowledged: SYN+ACK and FIN are sent again, both " +
  "[S17]", (lab) => {
  const { remote, handle } = crossed(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.hears();
  lab.wait(1.1);
  assert.deepEqual(remote.hears(), ["SA 0 ack 1", "FA 1 ack 1"]);
  remote.says("S 0");
  assert.deepEqual(remote.hears(), ["SA 0 ack 1", "FA 1 ack 1"], "the peer has got neither");
  remote.says("A 1 ack 9");
  assert.deepEqual(remote.hears(), ["R 9"], "an ACK of neither opens nothing");
  remote.says("FA 1 ack 1");
  assert.equal(lab.stack.status(handle).state, "CLOSING");
  remote.says("A 2 ack 2");
  assert.equal(lab.stack.status(handle).reason, "finished");
  lab.ignoreFrames();
});

onBothBuilds("FIN-WAIT-1 before our SYN is acknowledged: nobody answers, and it ends " +
  "[MUST-20]", (lab) => {
  const { handle } = crossed(lab);
  lab.do((stack) => stack.close(handle));
  lab.wait(400);
  assert.equal([...lab.stack.entries("connections")].length, 0);
  lab.ignoreFrames();
});

onBothBuilds("FINs cross: FIN-WAIT-1, CLOSING, TIME-WAIT (RFC 9293 figure 13) [S08] " +
  "[RFC9293-3.10.7.4.8b, RFC9293-3.10.7.4.5g]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  remote.says("FA 1 ack 1");
  assert.deepEqual(remote.hears(), ["A 2 ack 2"]);
  assert.equal(lab.stack.status(handle).state, "CLOSING");
  remote.says("A 2 ack 2");
  assert.deepEqual(lab.stack.status(handle).path.slice(-3), ["FIN-WAIT-1", "CLOSING", "TIME-WAIT"]);
  assert.equal(lab.stack.status(handle).reason, "finished");
});

onBothBuilds("CLOSING: our FIN, unacknowledged, is sent again [S08, S17]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("FA 1 ack 1");
  remote.hears();
  lab.waitForFrame(2);
  assert.deepEqual(remote.hears(), ["FA 1 ack 2"]);
  assert.equal(lab.stack.status(handle).state, "CLOSING");
});

/** Two labs whose frames cross: each moment what both have sent changes sides. */
function cross(a: Lab, b: Lab): number {
  let frames = 0;
  for (;;) {
    for (const lab of [a, b]) lab.turn();
    const [fromA, fromB] = [a, b].map((lab) => lab.frames.splice(0));
    if (fromA!.length + fromB!.length === 0) return frames;
    frames += fromA!.length + fromB!.length;
    for (const { decoded } of fromA!) b.receiveOnly(decoded.octets);
    for (const { decoded } of fromB!) a.receiveOnly(decoded.octets);
  }
}

test("two stacks open to each other: four segments, one connection each " +
  "(figure 7) [S04, MUST-10]", () => {
  const a = new Lab("node", { entropy: 1 });
  const b = new Lab("board", { entropy: 2, interface: { address: "10.0.0.2/24" } });
  const ofA = a.stack.connect({ address: "10.0.0.2", port: 7001, localPort: 7000 });
  const ofB = b.stack.connect({ address: "10.0.0.1", port: 7000, localPort: 7001 });
  assert.equal(cross(a, b), 4);
  for (const [lab, handle] of [[a, ofA], [b, ofB]] as const) {
    assert.deepEqual(lab.stack.status(handle).path, ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]);
    assert.equal([...lab.stack.entries("connections")].length, 1);
  }
  a.stack.write(ofA, textOf(0, 100));
  b.stack.write(ofB, textOf(500, 100));
  cross(a, b);
  assert.deepEqual(a.read(ofA), textOf(500, 100));
  assert.deepEqual(b.read(ofB), textOf(0, 100));
});

test("two stacks close at once: both go through CLOSING to TIME-WAIT (figure 13) [S08]", () => {
  const a = new Lab("board", { entropy: 1 });
  const b = new Lab("node", { entropy: 2, interface: { address: "10.0.0.2/24" } });
  const listener = b.stack.listen({ port: 80 });
  const ofA = a.stack.connect({ address: "10.0.0.2", port: 80 });
  cross(a, b);
  const ofB = b.stack.accept(listener);
  a.stack.shutdown(ofA);
  b.stack.shutdown(ofB);
  assert.equal(cross(a, b), 4);
  for (const [lab, handle] of [[a, ofA], [b, ofB]] as const) {
    assert.deepEqual(lab.stack.status(handle).path.slice(-2), ["CLOSING", "TIME-WAIT"]);
  }
});

onBothBuilds("SYNs cross: the window of the peer's SYN+ACK is not scaled [RFC7323-2.2c]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("S 0", { window: 500, scale: 4, mss: 1000 });
  remote.hears();
  remote.says("SA 0 ack 1", { window: 500, scale: 4, mss: 1000 });
  lab.write(handle, textOf(1, 2000));
  assert.deepEqual(remote.hears(), ["A 1+500 ack 1"], "as much as the window holds");
  remote.says("A 1 ack 501", { window: 63 });
  assert.deepEqual(remote.hears(), ["A 501+1000 ack 1"], "63 x 16: later ones are scaled");
});

onBothBuilds("SYNs cross: sent twice, and nothing was lost: the initial window is whole " +
  "[S04, RFC6928-2a]", (lab) => {
  const { remote, handle } = crossed(lab);
  remote.says("A 1 ack 1", { mss: 1000 });
  const { congestionWindow, segmentSize } = lab.stack.status(handle);
  assert.equal(congestionWindow, 10 * segmentSize);
});

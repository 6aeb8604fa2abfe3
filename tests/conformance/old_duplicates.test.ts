/** Segments of former lives: old duplicates, and ends that have forgotten (RFC 9293 3.5). */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, connecting, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

onBothBuilds("an old duplicate SYN makes no connection: the peer's RST undoes it " +
  "(figure 8) [S28]", (lab) => {
  const listener = listening(lab);
  const old = new Remote(lab, { isn: 90 });
  old.says("S 0");
  assert.deepEqual(old.hears(), ["SA 0 ack 1"]);
  // Line 4: the peer, who wants to open with 100, rejects the ACK of 91.
  old.says("R 1");
  const remote = new Remote(lab, { isn: 100 });
  remote.opens();
  const handle = lab.stack.accept(listener);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  assert.equal(lab.stack.status(handle).receiveNext, 101);
  assert.equal(lab.stack.accept(listener), 0, "one connection");
});

onBothBuilds("an old SYN before the new: the new one is answered with what we believe, the RST " +
  "then frees the way [S28]", (lab) => {
  listening(lab);
  const old = new Remote(lab, { isn: 100_090 });
  old.says("S 0");
  old.hears();
  const remote = new Remote(lab, { isn: 100 });
  remote.ownIsn = old.ownIsn;
  remote.says("S 0");
  assert.deepEqual(remote.hears(), ["A 1 ack 99991"], "not in the window");
  remote.says("R 99991");
  assert.deepEqual([...lab.stack.entries("half-open")], []);
  remote.ownIsn = undefined;
  remote.opens();
});

onBothBuilds("a new SYN in the window of an old one: back to LISTEN, where its next copy is " +
  "answered [S12, S28, RFC9293-3.10.7.4.4a]", (lab) => {
  listening(lab);
  const old = new Remote(lab, { isn: 90 });
  old.says("S 0");
  old.hears();
  const remote = new Remote(lab, { isn: 100 });
  remote.says("S 0");
  assert.deepEqual(remote.hears(), [], "section 3.10.7.4, fourth, SYN-RECEIVED by passive open");
  assert.deepEqual([...lab.stack.entries("half-open")], []);
  remote.opens();
});

onBothBuilds("we open, an old duplicate answers: refused, and the true SYN+ACK is taken " +
  "(figure 8) [S28]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("SA 7 ack -300");
  assert.deepEqual(remote.hears(), ["R -300"], "line 4: the ACK field is incorrect");
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("the peer crashed and opens anew: our ACK makes it reset us, then it opens " +
  "(figure 9) [S28]", (lab) => {
  const { remote, handle, listener } = accepted(lab);
  remote.says("PA 1+20 ack 1");
  lab.ignoreFrames();
  const reborn = new Remote(lab, { isn: remote.isn + 4_000_000 });
  reborn.ownIsn = remote.ownIsn;
  reborn.says("S 0");
  remote.hears();
  assert.equal(remote.last!.ack, (remote.isn + 21) >>> 0, "line 4: the ACK of the old numbers");
  remote.says("R 21");
  assert.equal(lab.stack.status(handle).reason, "reset");
  reborn.ownIsn = undefined;
  reborn.opens();
  assert.notEqual(lab.stack.accept(listener), 0);
});

onBothBuilds("the peer crashed and we send: its RST ends the connection " +
  "(figure 10) [S28]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 10));
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
  remote.says("R 1");
  assert.deepEqual(lab.newsOf(handle), ["closed"]);
  assert.equal(lab.stack.status(handle).reason, "reset");
});

onBothBuilds("we crashed and the peer sends: our RST ends its connection " +
  "(figure 10) [S28]", (lab) => {
  listening(lab);
  const remote = new Remote(lab);
  remote.ownIsn = 5000;
  remote.says("PA 1+10 ack 1");
  assert.deepEqual(remote.hears(), ["R 1"]);
  assert.deepEqual(lab.stack.connections().filter(({ table }) => table !== "listeners"), []);
});

onBothBuilds("two passive ends, an old SYN: the RST of our stray SYN+ACK returns us to LISTEN " +
  "(figure 11) [S28]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  remote.says("R 1");
  assert.deepEqual([...lab.stack.entries("half-open")], []);
  assert.equal(lab.stack.status(listener).state, "LISTEN");
});

onBothBuilds("old text within the window's numbers of before is acknowledged and not read twice " +
  "[S28]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+1000 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 1000));
  lab.ignoreFrames();
  remote.says("PA 1+1000 ack 1");
  remote.says("PA 501+500 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1001", "A 1 ack 1001"]);
  assert.equal(lab.stack.status(handle).receiveQueue, 0);
});

onBothBuilds("an old ACK takes nothing back " +
  "[S28, RFC9293-3.10.7.4.5d]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 1000 } });
  lab.write(handle, textOf(1, 500));
  remote.hears();
  remote.says("A 1 ack 501", { window: 2000 });
  remote.says("A 1 ack 1", { window: 100 });
  const { sendUnacknowledged, sendWindow } = lab.stack.status(handle);
  assert.equal(sendUnacknowledged, (remote.ownIsn! + 501) >>> 0);
  assert.equal(sendWindow, 2000);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("figure 10 with the very sequence number of before: the second ACK without SYN is " +
  "reset, and the SYN follows at once [S28]", (lab) => {
  const { remote, handle } = connecting(lab);
  assert.deepEqual(remote.hears(), ["S 0"]);
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), [], "the letter of section 3.10.7.3: dropped");
  assert.ok(lab.waitForFrame() < 1.1);
  assert.deepEqual(remote.hears(), ["S 0"]);
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), ["R 1", "S 0"]);
  remote.says("SA 500 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 501"]);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

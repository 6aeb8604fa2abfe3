/** Our window: what is announced, when it moves, and what is taken (RFC 9293 section 3.8.6). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, Remote, accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const RING = 4096;

/** A connection whose ring is full: the window that we announce is closed. */
function filled(lab: Lab): Opened {
  const opened = accepted(lab);
  for (let seq = 1; seq < RING; seq += 512) opened.remote.says(`A ${seq}+512 ack 1`);
  lab.wait(0.5);
  assert.equal(opened.remote.hears().at(-1), "A 1 ack 4097");
  assert.equal(opened.remote.last!.window, 0);
  return opened;
}

/** The right edge that the segment heard last announces. */
function edgeOf(remote: Remote): number {
  return ((remote.last!.ack - remote.isn) | 0) + remote.last!.window;
}

onBothBuilds("the window is what is free, and its right edge never moves left " +
  "[S18, SHLD-14]", (lab) => {
  const { remote } = accepted(lab);
  for (let seq = 1; seq < 4000; seq += 300) {
    remote.says(`PA ${seq}+300 ack 1`);
    lab.wait(0.5);
    assert.equal(remote.hears().at(-1), `A 1 ack ${Math.min(seq + 300, 4097)}`);
    assert.equal(edgeOf(remote), 1 + RING);
  }
});

onBothBuilds("the window opens again in steps worth a segment, not octet by octet " +
  "[S18, MUST-39]", (lab) => {
  const { remote, handle } = filled(lab);
  lab.read(handle, 1459);
  assert.deepEqual(remote.hears(), [], "less than a full segment and less than half the ring");
  lab.read(handle, 1);
  assert.deepEqual(remote.hears(), ["A 1 ack 4097"]);
  assert.equal(remote.last!.window, 1460);
  lab.read(handle, 1000);
  assert.deepEqual(remote.hears(), []);
  remote.says("PA 4097+100 ack 1");
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), ["A 1 ack 4197"]);
  assert.equal(edgeOf(remote), 4097 + 1460, "1,000 octets are free, and still not worth telling");
});

onBothBuilds("a reader opens the window at once when half of it is used; before that the next " +
  "ACK tells [S18, MUST-39]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+1000 ack 1");
  lab.read(handle);
  assert.deepEqual(remote.hears(), [], "three quarters are left");
  remote.says("PA 1001+1400 ack 1");
  assert.deepEqual(remote.hears(), [], "not two full segments");
  lab.read(handle);
  assert.deepEqual(remote.hears(), ["A 1 ack 2401"]);
  assert.equal(edgeOf(remote), 2401 + RING);
});

onBothBuilds("where two segments fill the window, the reader of the first waits for the ACK that " +
  "tells of both [S18, MUST-58, MUST-39]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("A 1+1024 ack 1");
  lab.read(handle);
  assert.deepEqual(remote.hears(), [], "half is left, and another such segment fits");
  remote.says("PA 1025+1024 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 2049"]);
  lab.read(handle);
  assert.deepEqual(remote.hears(), ["A 1 ack 2049"], "no ACK is owed that would tell of it");
  assert.equal(edgeOf(remote), 2049 + 2048);
  remote.says("A 2049+1460 ack 1");
  lab.read(handle);
  assert.deepEqual(remote.hears(), ["A 1 ack 3509"], "another such segment does not fit");
  assert.equal(edgeOf(remote), 3509 + 2048);
}, { budget: { receiveRing: 2048, sendRing: 2048 } });

onBothBuilds("a closed window: text is refused and answered, its ACK still counts " +
  "[S18, RFC9293-3.10.7.4.1a, RFC9293-3.10.7.4.1d]", (lab) => {
  const { remote, handle } = filled(lab);
  lab.write(handle, textOf(1, 100));
  assert.deepEqual(remote.hears(), ["PA 1+100 ack 4097"]);
  remote.says("PA 4097+1 ack 101");
  assert.deepEqual(remote.hears(), ["A 101 ack 4097"], "the answer to a probe");
  assert.equal(remote.last!.window, 0);
  assert.equal(lab.stack.status(handle).sendQueue, 0);
  assert.equal(lab.stack.status(handle).receiveQueue, RING);
  remote.says("PA 4100+50 ack 101");
  assert.deepEqual(remote.hears(), ["A 101 ack 4097"]);
});

onBothBuilds("a window may stay closed for hours, and every probe is answered " +
  "[S18, MUST-37, MAY-8]", (lab) => {
  const { remote, handle } = filled(lab);
  for (let probes = 0; probes < 300; probes++) {
    lab.wait(60);
    remote.says("PA 4097+1 ack 1");
    assert.deepEqual(remote.hears(), ["A 1 ack 4097"]);
    assert.equal(remote.last!.window, 0);
  }
  assert.deepEqual(lab.read(handle), textOf(1, RING));
  assert.deepEqual(remote.hears(), ["A 1 ack 4097"], "open again");
});

onBothBuilds("a closed window: a FIN waits, a RST is believed [S07, S18, MUST-66] " +
  "[RFC9293-3.10.7.4.1d]", (lab) => {
  const { remote, handle } = filled(lab);
  remote.says("FA 4097 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 4097"]);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  assert.deepEqual(lab.read(handle), textOf(1, RING));
  remote.hears();
  remote.says("R 4097");
  assert.equal(lab.stack.status(handle).reason, "reset");
});

onBothBuilds("text that reaches beyond the window is taken up to its edge " +
  "[S18, RFC9293-3.10.7.4.1c]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (let seq = 1; seq < 4000; seq += 1000) remote.says(`A ${seq}+1000 ack 1`);
  remote.says("FPA 4001+500 ack 1");
  lab.wait(0.5);
  assert.equal(remote.hears().at(-1), "A 1 ack 4097");
  assert.deepEqual(lab.read(handle), textOf(1, RING), "not one octet more, and no FIN");
  remote.hears();
  remote.says("FPA 4097+404 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 4502"]);
  assert.deepEqual(lab.read(handle), textOf(4097, 404));
});

onBothBuilds("text from before the window is taken from its edge on [S23] " +
  "[RFC9293-3.10.7.4.1c]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("A 1+100 ack 1");
  remote.says("A 51+100 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 150));
  lab.ignoreFrames();
});

onBothBuilds("the first copy of an octet stays, a different one does not replace it " +
  "[S23]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("A 11+10 ack 1");
  remote.says("A 5 ack 1", { text: Buffer.alloc(30, 255) });
  remote.says("A 1+4 ack 1");
  const text = lab.read(handle);
  assert.equal(text.length, 34);
  assert.deepEqual(text.subarray(10, 20), textOf(11, 10));
  lab.ignoreFrames();
});

onBothBuilds("a whole ring round and round, in and out, stays right [S18, S23] " +
  "[RFC9293-3.10.3c]", (lab) => {
  const { remote, handle } = accepted(lab);
  const sizes = [1, 536, 7, 1460, 333, 64, 1000];
  let seq = 1;
  for (let count = 0; count < 200; count++) {
    const size = sizes[count % sizes.length]!;
    remote.says(`PA ${seq}+${size} ack 1`);
    if (count % 3 !== 0) lab.ignoreFrames();
    assert.deepEqual(lab.read(handle), textOf(seq, size));
    seq += size;
  }
  lab.wait(0.5);
  assert.equal(remote.hears().at(-1), `A 1 ack ${seq}`);
});

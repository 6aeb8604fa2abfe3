/**
 * The usual case (assembly/tcp/usual.ts), as far as scripts do not tell of it: a connection whose
 * peer takes selective acknowledgments, with nothing lost, out of order or about to end.
 */
import assert from "node:assert/strict";
import { onBothBuilds, type Lab } from "../support/lab.js";
import { accepted, type Opened } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

function usual(lab: Lab): Opened {
  return accepted(lab, { syn: { sackPermitted: true, mss: 1000 } });
}

function received(lab: Lab, handle: number): number {
  return lab.stack.status(handle).receiveQueue;
}

onBothBuilds("the host is told when all it has written is acknowledged, and not before [S18]",
  (lab) => {
    const { remote, handle } = usual(lab);
    lab.write(handle, textOf(1, 1500));
    lab.newsOf(handle);
    assert.deepEqual(remote.hears(), ["A 1+1000 ack 1", "PA 1001+500 ack 1"]);
    remote.says("A 1 ack 1001");
    assert.deepEqual(lab.newsOf(handle), []);
    remote.says("A 1 ack 1501");
    assert.deepEqual(lab.newsOf(handle), ["sent"]);
  });

onBothBuilds("a full send ring is said to be writable by an ACK that makes room " +
  "[S18, S23, RFC9293-3.10.2e]", (lab) => {
  const { remote, handle } = usual(lab);
  assert.equal(lab.stack.write(handle, textOf(1, 5000)), 4096);
  assert.equal(lab.stack.write(handle, textOf(1, 1)), 0);
  lab.turn();
  lab.newsOf(handle);
  remote.says("A 1 ack 1001");
  assert.deepEqual(lab.newsOf(handle), [], "less than half of it is free");
  remote.says("A 1 ack 3001");
  assert.deepEqual(lab.newsOf(handle), ["writable"]);
  lab.ignoreFrames();
});

onBothBuilds("the next text in order counts for nothing in a packet to another host " +
  "[RFC1122-3.2.1.3b]", (lab) => {
  const { remote, handle } = usual(lab);
  remote.says("PA 1+10 ack 1", { change: (packet) => void (packet[19] = 9) });
  assert.equal(received(lab, handle), 0);
  remote.says("PA 1+10 ack 1");
  assert.equal(received(lab, handle), 10);
  lab.ignoreFrames();
});

onBothBuilds("the next text in order counts for nothing in a packet that was cut [S16]", (lab) => {
  const { remote, handle } = usual(lab);
  const frame = remote.frame("PA 1+10 ack 1");
  // Dropped, and its octets lie there still, behind the end of the next.
  const spoilt = Uint8Array.from(frame);
  spoilt[10]! ^= 1;
  lab.receive(spoilt);
  lab.receive(frame.subarray(0, -1));
  assert.equal(received(lab, handle), 0);
  lab.receive(frame);
  assert.equal(received(lab, handle), 10);
  lab.ignoreFrames();
});

/** Routers that drop what is too big without a word (RFC 2923), and the way back up (RFC 4821). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, connected } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const ETHERNET = { syn: { mss: 1460 } };
/** Above the stack's ten minutes by its coarse clock. */
const TEN_MINUTES = 12.1 * 60;

function sizeOf(lab: Lab, handle: number): number {
  return lab.stack.status(handle).segmentSize;
}

/** A connection with so many octets on their way, from number 1 on, none acknowledged. */
function sending(lab: Lab, len: number, syn = ETHERNET.syn): Opened {
  const opened = connected(lab, { syn });
  lab.write(opened.handle, textOf(1, len));
  opened.remote.hears();
  return opened;
}

/** Segments of 984 octets after two timeouts; all is acknowledged, `next` is what follows. */
function lowered(lab: Lab): Opened & { next: number } {
  const { remote, handle } = sending(lab, 2920);
  lab.wait(3.5);
  assert.deepEqual(remote.hears(), ["A 1+1460 ack 1", "A 1+984 ack 1"]);
  remote.says("A 1 ack 2921");
  assert.equal(sizeOf(lab, handle), 984);
  return { remote, handle, next: 2921 };
}

onBothBuilds("large segments that time out twice in a row become smaller: a path MTU of 1024, " +
  "512, 296, and no less (RFC 2923 2.1) [RFC4821-7.7]", (lab) => {
  const { remote, handle } = sending(lab, 2920);
  lab.wait(130);
  assert.deepEqual(remote.hears(), [
    "A 1+1460 ack 1", "A 1+984 ack 1", "A 1+984 ack 1", "A 1+472 ack 1", "A 1+472 ack 1",
    "A 1+256 ack 1", "A 1+256 ack 1",
  ]);
  assert.equal(sizeOf(lab, handle), 256);
  assert.equal(lab.stack.counter("TcpSegmentSizeLowered"), 3);
});

onBothBuilds("small segments that time out say nothing of the path [RFC4821-7.7]", (lab) => {
  const { remote, handle } = sending(lab, 250);
  lab.wait(130);
  assert.equal(remote.hears().length, 7);
  assert.equal(sizeOf(lab, handle), 1460);
});

onBothBuilds("a single timeout leaves the segment size [RFC4821-7.7]", (lab) => {
  const { remote, handle } = sending(lab, 2920);
  for (let seq = 1; seq < 20_000; seq += 2920) {
    lab.waitForFrame();
    remote.says(`A 1 ack ${seq + 2920}`);
    lab.write(handle, textOf(seq + 2920, 2920));
  }
  lab.ignoreFrames();
  assert.ok(lab.stack.counter("TcpRetransmissionTimeouts") >= 5);
  assert.equal(sizeOf(lab, handle), 1460);
});

onBothBuilds("loss that was not of size: the largest segment is tried with the next text, and is " +
  "the size again when it comes through [RFC4821-5.2]", (lab) => {
  const { remote, handle, next } = lowered(lab);
  lab.write(handle, textOf(next, 1460));
  assert.deepEqual(remote.hears(), [`PA ${next}+1460 ack 1`]);
  assert.deepEqual(remote.lastText, textOf(next, 1460));
  const { octets, ipAt } = remote.last!;
  assert.equal(octets[ipAt + 6]! & 0x40, 0x40, "Don't Fragment");
  assert.equal(sizeOf(lab, handle), 984, "it has not come through yet");
  remote.says(`A 1 ack ${next + 1460}`);
  assert.equal(sizeOf(lab, handle), 1460);
  assert.equal(lab.stack.counter("TcpSegmentSizeRaised"), 1);
});

onBothBuilds("nothing larger is tried without text enough, or beyond the window " +
  "(RFC 4821 7.4)", (lab) => {
  const { remote, handle, next } = lowered(lab);
  lab.write(handle, textOf(next, 1400));
  assert.deepEqual(remote.hears(), [`A ${next}+984 ack 1`, `PA ${next + 984}+416 ack 1`]);
  remote.says(`A 1 ack ${next + 984}`);
  remote.says(`A 1 ack ${next + 1400}`, { window: 1200 });
  lab.write(handle, textOf(next + 1400, 2000));
  assert.deepEqual(remote.hears(), [`A ${next + 1400}+984 ack 1`]);
});

onBothBuilds("the text of a larger segment waits until the window has room for it, and no longer " +
  "(RFC 4821 7.4)", (lab) => {
  const { remote, handle, next } = lowered(lab);
  // A segment is timed: none is tried beside it.
  lab.write(handle, textOf(next, 500));
  assert.deepEqual(remote.hears(), [`PA ${next}+500 ack 1`]);
  lab.write(handle, textOf(next + 500, 984));
  assert.deepEqual(remote.hears(), [`PA ${next + 500}+984 ack 1`]);
  lab.write(handle, textOf(next + 1484, 2000));
  remote.says(`A 1 ack ${next + 500}`, { window: 2000 });
  assert.deepEqual(remote.hears(), []);
  remote.says(`A 1 ack ${next + 1484}`, { window: 2000 });
  assert.deepEqual(remote.hears(), [
    `A ${next + 1484}+1460 ack 1`, `PA ${next + 2944}+540 ack 1`,
  ]);
});

/** The largest segment is tried, with text behind it, and lost: duplicate ACKs say so. */
function triedAndLost(lab: Lab): Opened & { next: number } {
  const { remote, handle, next } = lowered(lab);
  // Open the window first, with segments too small to try with.
  let seq = next;
  for (let round = 0; round < 8; round++, seq += 900) {
    lab.write(handle, textOf(seq, 900));
    remote.says(`A 1 ack ${seq + 900}`);
  }
  remote.hears();
  lab.write(handle, textOf(seq, 3428));
  assert.deepEqual(remote.hears(), [
    `A ${seq}+1460 ack 1`, `A ${seq + 1460}+984 ack 1`, `PA ${seq + 2444}+984 ack 1`,
  ]);
  return { remote, handle, next: seq };
}

onBothBuilds("a larger segment that alone is lost is sent again in smaller ones, and is no " +
  "sign of congestion (RFC 4821 7.6.2)", (lab) => {
  const { remote, handle, next } = triedAndLost(lab);
  const before = lab.stack.status(handle);
  for (let count = 0; count < 3; count++) remote.says(`A 1 ack ${next}`);
  assert.deepEqual(remote.hears(), [`A ${next}+984 ack 1`]);
  remote.says(`A 1 ack ${next + 984}`);
  assert.deepEqual(remote.hears(), [`A ${next + 984}+984 ack 1`]);
  remote.says(`A 1 ack ${next + 3428}`);
  const after = lab.stack.status(handle);
  assert.equal(after.slowStartThreshold,
    Math.max(before.slowStartThreshold, before.congestionWindow));
  assert.equal(after.segmentSize, 984);
  assert.equal(lab.stack.counter("TcpRetransmissionTimeouts"), 2, "those of the beginning");
});

onBothBuilds("then the next plateau is tried; when that is lost too, nothing for 10 minutes " +
  "(RFC 4821 7.3, RFC 1191 7.1) [RFC1191-3e]", (lab) => {
  const { remote, handle, next } = triedAndLost(lab);
  for (let count = 0; count < 3; count++) remote.says(`A 1 ack ${next}`);
  remote.says(`A 1 ack ${next + 3428}`);
  remote.hears();
  let seq = next + 3428;
  lab.write(handle, textOf(seq, 1240));
  assert.deepEqual(remote.hears(), [`PA ${seq}+1240 ack 1`]);
  lab.wait(1.1);
  assert.deepEqual(remote.hears(), [`A ${seq}+984 ack 1`]);
  seq += 1240;
  remote.says(`A 1 ack ${seq}`);
  for (let minutes = 0; minutes < 9; minutes++, seq += 1968) {
    lab.write(handle, textOf(seq, 1968));
    remote.says(`A 1 ack ${seq + 984}`);
    assert.deepEqual(remote.hears(), [`A ${seq}+984 ack 1`, `PA ${seq + 984}+984 ack 1`]);
    remote.says(`A 1 ack ${seq + 1968}`);
    lab.wait(60);
  }
  lab.wait(TEN_MINUTES - 9 * 60);
  lab.write(handle, textOf(seq, 1460));
  assert.deepEqual(remote.hears(), [`PA ${seq}+1460 ack 1`]);
});

onBothBuilds("after a step that came through the next is 2 minutes off [RFC1191-3e]",
  (lab) => {
  const { remote, handle, next } = triedAndLost(lab);
  for (let count = 0; count < 3; count++) remote.says(`A 1 ack ${next}`);
  let seq = next + 3428;
  remote.says(`A 1 ack ${seq}`);
  remote.hears();
  lab.do((stack) => stack.setOption(handle, "noDelay", 1));
  const began = lab.atUs;
  const seen: number[] = [];
  for (let size = 984; size < 1460; lab.wait(5)) {
    lab.write(handle, textOf(seq, 1460));
    const lines = remote.hears();
    seq += 1460;
    remote.says(`A 1 ack ${seq}`);
    lab.ignoreFrames();
    if (sizeOf(lab, handle) > size) seen.push(size = sizeOf(lab, handle));
    assert.ok(lines.length > 0 && lab.atUs - began < 900e6, "it grows in the end");
    if (seen.length > 1 && size === seen[1]) assert.ok(lab.atUs - began > 120e6);
  }
  assert.deepEqual(seen, [1240, 1360, 1452, 1460]);
});

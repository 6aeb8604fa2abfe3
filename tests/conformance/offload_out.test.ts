/**
 * A driver that takes on checksums and segmentation (docs/embedding.md, "Offload"), on the way out:
 * when it has cut what the stack has joined, the wire sees what it would have seen without.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lab } from "../support/lab.js";
import { type Opened, type RemoteOptions, accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const MSS = 1460;
const BUDGET = { mtu: 65535, receiveRing: 65536, sendRing: 262_144 };
const SYN = { window: 65535, mss: MSS };

type Story = (lab: Lab, opened: Opened) => void;

/** What the remote has heard in a story: segments with their times, and how much text. */
interface Heard {
  lines: string[];
  text: Buffer;
  cutFrames: number;
}

function listen(offload: boolean, story: Story, options: RemoteOptions): Heard {
  const lab = new Lab("node", { budget: BUDGET, interface: { mtu: 1500, offload } });
  const opened = accepted(lab, { syn: SYN, ...options });
  const before = lab.atUs;
  story(lab, opened);
  const frames = lab.frames.slice();
  const lines = opened.remote.hearsTimed(before);
  const text = Buffer.concat(frames.map(({ decoded: { octets, payloadAt, payloadLen } }) =>
    Buffer.from(octets.subarray(payloadAt, payloadAt + payloadLen))));
  return { lines, text, cutFrames: lab.cutFrames };
}

/** The story is heard the same way with and without offload; with it some frames had to be cut. */
function sameOnTheWire(title: string, story: Story, options: RemoteOptions = {}): void {
  test(`${title} [node]`, () => {
    const plain = listen(false, story, options);
    const cut = listen(true, story, options);
    assert.deepEqual(cut.lines, plain.lines);
    assert.ok(cut.text.equals(plain.text), "the same text");
    assert.equal(plain.cutFrames, 0);
    assert.ok(cut.cutFrames > 0, "frames that the driver had to cut");
  });
}

/** Twenty segments' text and a bit. */
const MUCH = textOf(1, 20 * MSS + 300);

sameOnTheWire("full segments in a row leave as one, as far as the congestion window goes " +
  "[MUST-2, RFC6928-2a]", (lab, { remote, handle }) => {
  lab.write(handle, MUCH);
  remote.says(`A 1 ack ${1 + 4 * MSS}`);
  remote.says(`A 1 ack ${1 + 10 * MSS}`);
  remote.says(`A 1 ack ${1 + 20 * MSS}`);
  lab.wait(0.5);
});

sameOnTheWire("they end at the window of the peer; what is less than a segment waits " +
  "[SHLD-7]", (lab, { handle }) => {
  lab.write(handle, MUCH);
  lab.wait(0.1);
}, { syn: { ...SYN, window: 3 * MSS + 700 } });

sameOnTheWire("PSH and FIN are the last one's [MUST-61]", (lab, { handle }) => {
  lab.write(handle, textOf(1, 5 * MSS));
}, {});

sameOnTheWire("so is FIN when it is there in time", (lab, { remote, handle }) => {
  remote.says("A 1 ack 1", { window: 0 });
  lab.write(handle, textOf(1, 5 * MSS));
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 1 ack 1", { window: 65535 });
});

sameOnTheWire("a segment of less waits for company as ever, and goes alone [SHLD-7]",
  (lab, { remote, handle }) => {
    lab.write(handle, textOf(1, 100));
    lab.write(handle, textOf(101, 3 * MSS));
    lab.write(handle, textOf(101 + 3 * MSS, 50));
    remote.says("A 1 ack 101");
    lab.wait(0.3);
  });

sameOnTheWire("urgent text leaves segment by segment: the pointer counts from each [MUST-62]",
  (lab, { remote, handle }) => {
    remote.says("A 1 ack 1", { window: 0 });
    lab.stack.write(handle, textOf(1, 3 * MSS), { urgent: true });
    lab.stack.write(handle, textOf(1 + 3 * MSS, 4 * MSS));
    lab.turn();
    remote.says("A 1 ack 1", { window: 65535 });
  });

sameOnTheWire("what is lost is sent again segment by segment, and nothing is joined meanwhile " +
  "[RFC5681-3.2a]", (lab, { remote, handle }) => {
  lab.write(handle, MUCH);
  for (let count = 0; count < 4; count++) remote.says("A 1 ack 1");
  remote.says(`A 1 ack ${1 + 3 * MSS}`);
  remote.says(`A 1 ack ${1 + 12 * MSS}`);
  lab.wait(0.01);
  lab.write(handle, textOf(1 + MUCH.length, 6 * MSS));
  remote.says(`A 1 ack ${1 + 20 * MSS}`);
});

sameOnTheWire("paced, no more than a burst leaves as one [RFC9002-7.7b]",
  (lab, { remote, handle }) => {
    lab.do((stack) => stack.setOption(handle, "pacing", 1));
    lab.write(handle, textOf(1, MSS));
    lab.wait(0.01);
    remote.says(`A 1 ack ${1 + MSS}`);
    lab.write(handle, textOf(1 + MSS, 20 * MSS));
    lab.wait(0.01);
    remote.says(`A 1 ack ${1 + 6 * MSS}`);
    lab.wait(0.02);
    remote.says(`A 1 ack ${1 + 12 * MSS}`);
    lab.wait(0.02);
  });

sameOnTheWire("after a timeout, too [RFC6298-5.4]", (lab, { remote, handle }) => {
  lab.write(handle, MUCH);
  lab.wait(1.5);
  remote.says(`A 1 ack ${1 + MSS}`);
  remote.says(`A 1 ack ${1 + 10 * MSS}`);
  remote.says(`A 1 ack ${1 + 13 * MSS}`);
  lab.wait(0.5);
});

sameOnTheWire("a tail loss probe is one segment [RFC8985-7.3b]", (lab, { remote, handle }) => {
  lab.write(handle, MUCH);
  lab.wait(0.01);
  remote.says(`A 1 ack ${1 + MSS}`);
  lab.wait(0.5);
}, { syn: { ...SYN, sackPermitted: true } });

sameOnTheWire("no frame is larger than an IP packet can be", (lab, { remote, handle }) => {
  lab.write(handle, textOf(1, 250_000));
  for (let count = 1; count <= 50; count++) remote.says(`A 1 ack ${1 + count * MSS}`);
  remote.says(`A 1 ack ${1 + 110 * MSS}`);
}, { syn: { ...SYN, scale: 3 } });

test("a joined frame that comes through proves no larger segment [RFC4821-7.6] [node]", () => {
  const lab = new Lab("node", { budget: BUDGET, interface: { mtu: 1500, offload: true } });
  const { remote, handle } = accepted(lab, { syn: SYN });
  lab.write(handle, MUCH);
  remote.says(`A 1 ack ${1 + 10 * MSS}`);
  lab.write(handle, textOf(1 + MUCH.length, 10 * MSS));
  const longest = Math.max(...lab.frames.map(({ decoded }) => decoded.payloadLen));
  assert.equal(longest, MSS);
  assert.equal(lab.stack.counter("TcpSegmentSizeRaised"), 0);
});

test("what is not text leaves finished: handshake, ACKs, RST, ICMP [node]", () => {
  const lab = new Lab("node", { budget: BUDGET, interface: { mtu: 1500, offload: true } });
  const take = (): [number, number] => {
    assert.notEqual(lab.stack.transmit(lab.nowUs), null);
    return [lab.stack.frameFlags, lab.stack.segmentSize];
  };
  const { remote, handle } = accepted(lab, { syn: SYN });
  lab.stack.write(handle, textOf(1, 100));
  assert.deepEqual(take(), [1, 0], "text: partial, and whole");
  lab.receiveOnly(remote.frame("A 2+10 ack 101"));
  assert.deepEqual(take(), [0, 0], "an ACK");
  lab.stack.abort(handle);
  assert.deepEqual(take(), [0, 0], "RST");
  assert.equal(lab.stack.transmit(lab.nowUs), null);
  assert.deepEqual([lab.stack.frameFlags, lab.stack.segmentSize], [0, 0]);
});

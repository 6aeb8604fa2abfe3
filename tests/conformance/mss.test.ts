/** What SYNs say: MSS (RFC 9293 section 3.7.1) and window scale (RFC 7323 section 2). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, connecting, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";
import { TCP_HEADER } from "../support/wire.js";

onBothBuilds("SYN and SYN+ACK offer the MTU less 40: 1460 on Ethernet's 1500 " +
  "[S03, MUST-14, MUST-67, SHLD-5, MAY-3, RFC6691-2a, RFC1122-3.3.2e]", (lab) => {
  const { remote } = connecting(lab);
  remote.hears();
  assert.equal(remote.last!.mss, 1460);
  listening(lab);
  const other = new Remote(lab);
  other.says("S 0");
  other.hears();
  assert.equal(other.last!.mss, 1460);
});

onBothBuilds("a smaller MTU offers, and sends, less " +
  "[S03, MUST-16, RFC6691-2a, RFC1122-3.3.3a]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  assert.equal(remote.last!.mss, 560);
  remote.says("SA 0 ack 1", { mss: 1460 });
  lab.write(handle, textOf(1, 1000));
  assert.deepEqual(remote.hears(), ["A 1 ack 1", "A 1+560 ack 1", "PA 561+440 ack 1"]);
}, { interface: { mtu: 600 } });

onBothBuilds("a peer that offers no MSS gets segments of 536 octets [S03, MUST-15]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 1072));
  assert.deepEqual(remote.hears(), ["A 1+536 ack 1", "PA 537+536 ack 1"]);
});

/** A peer that offers `mss` gets two segments of `size` octets. */
function getsSegments(lab: Lab, mss: number, size: number): void {
  const { remote, handle } = accepted(lab, { syn: { mss } });
  lab.write(handle, textOf(1, 2 * size));
  assert.deepEqual(remote.hears(), [`A 1+${size} ack 1`, `PA ${1 + size}+${size} ack 1`]);
}

for (const [mss, size] of [[48, 48], [1000, 1000], [1460, 1460], [9000, 1460]] as const) {
  onBothBuilds(`a peer that offers ${mss} gets segments of ${size} octets ` +
    `[S03, MUST-14, MUST-16]`, (lab) => getsSegments(lab, mss, size));
}

for (const [mss, size] of [[1, 48], [0, 536]] as const) {
  onBothBuilds(`an MSS of ${mss} is no sensible offer: ${size} octets [S03]`,
    (lab) => getsSegments(lab, mss, size));
}

onBothBuilds("a smaller MSS of our own is offered, by connect and by listener [S03]", (lab) => {
  const handle = lab.stack.connect({ address: "10.0.0.2", port: 80, localPort: 50000 });
  lab.stack.setOption(handle, "maxSegment", 500);
  const remote = new Remote(lab, { port: 80, ownPort: 50000 });
  lab.turn();
  remote.hears();
  assert.equal(remote.last!.mss, 500);
  lab.stack.setOption(listening(lab), "maxSegment", 700);
  const other = new Remote(lab);
  other.says("S 0");
  other.hears();
  assert.equal(other.last!.mss, 700);
});

onBothBuilds("options that nobody knows are skipped, before and behind the MSS " +
  "[S20, MUST-4, MUST-6]", (lab) => {
  const options = [19, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 34, 2, 253, 6, 9, 9, 9, 9];
  const syn = { options: [...options, 2, 4, 700 >> 8, 700 & 255, 0, 99] };
  const { remote, handle } = accepted(lab, { syn });
  lab.write(handle, textOf(1, 700));
  assert.deepEqual(remote.hears(), ["PA 1+700 ack 1"]);
});

onBothBuilds("options on later segments do no harm [S20, MUST-5, RFC7323-2.2d]", (lab) => {
  const { remote, handle } = accepted(lab);
  const unknown = [1, 1, 19, 10, 0, 0, 0, 1, 0, 0, 0, 2];
  remote.says("PA 1+8 ack 1", { options: unknown, mss: 50, scale: 3 });
  assert.deepEqual(lab.read(handle), textOf(1, 8));
  lab.write(handle, textOf(1, 500));
  assert.equal(remote.hears().at(-1), "PA 1+500 ack 9");
});

/** The raw option octets of the segment heard last. */
function optionsHeard(remote: Remote): Buffer {
  const { octets, textAt, payloadAt } = remote.last!;
  return Buffer.from(octets.subarray(textAt + TCP_HEADER, payloadAt));
}

onBothBuilds("our SYN offers a window scale, our SYN+ACK only when the SYN did " +
  "[RFC7323-2.2a]", (lab) => {
  const { remote } = connecting(lab);
  remote.hears();
  assert.equal(remote.last!.scale, 0, "rings of 4 KiB need no shift");
  assert.deepEqual([...optionsHeard(remote).subarray(-3)], [3, 3, 0]);
  listening(lab);
  for (const scale of [undefined, 0, 7]) {
    const other = new Remote(lab, { port: 5000 + (scale ?? 100) });
    other.says("S 0", { scale });
    other.hears();
    assert.equal(other.last!.scale, scale === undefined ? -1 : 0);
  }
});

onBothBuilds("the peer's window is scaled when both SYNs said so, and never in a SYN " +
  "[RFC7323-2.2b, RFC7323-2.2c, RFC7323-2.3b]", (lab) => {
  const { remote, handle } = connected(lab, { syn: { scale: 4, window: 100 } });
  assert.equal(lab.stack.status(handle).sendWindow, 100, "as the SYN+ACK said");
  remote.says("A 1 ack 1", { window: 100 });
  assert.equal(lab.stack.status(handle).sendWindow, 1600);
  const plain = connected(lab, { ownPort: 50001, syn: { window: 100 } });
  plain.remote.says("A 1 ack 1", { window: 200 });
  assert.equal(lab.stack.status(plain.handle).sendWindow, 200, "no option: no shift");
});

onBothBuilds("a window scale above 14 is taken as 14 [RFC7323-2.3a]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { scale: 15 } });
  remote.says("A 1 ack 1", { window: 1 });
  assert.equal(lab.stack.status(handle).sendWindow, 2 ** 14);
});

const LARGE = { budget: { connections: 1, receiveRing: 2 ** 18 }, onlyNode: true };

onBothBuilds("a ring of 256 KiB is announced through a shift of 3 " +
  "[REC-1, RFC7323-2.2c, RFC7323-2.3b]", (lab) => {
  const { remote } = connecting(lab);
  remote.hears();
  assert.deepEqual([remote.last!.scale, remote.last!.window], [3, 65535], "unscaled in the SYN");
  remote.says("SA 0 ack 1", { scale: 0 });
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(remote.last!.window, 2 ** 15, "the whole ring: 2^15 times 8");
}, LARGE);

onBothBuilds("without the peer's option a ring of 256 KiB is announced as 65,535 " +
  "[RFC7323-2.2b]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(remote.last!.window, 65535);
  assert.equal(lab.stack.status(handle).receiveWindow, 65535);
}, LARGE);

onBothBuilds("what the shift hides stays open: text up to the announced edge is taken " +
  "[RFC7323-2.4b]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { scale: 0 } });
  remote.says("A 1+5 ack 1");
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), ["A 1 ack 6"]);
  const edge = 6 + remote.last!.window * 8;
  remote.says("A 6+3 ack 1");
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), ["A 1 ack 9"]);
  assert.ok(9 + remote.last!.window * 8 < edge, "the field cannot say all");
  remote.says(`A ${edge - 1}+1 ack 1`);
  assert.equal(lab.stack.status(handle).outOfOrder, 1);
  remote.says(`A ${edge}+1 ack 1`);
  assert.equal(lab.stack.status(handle).outOfOrder, 1, "and not one octet more");
  lab.ignoreFrames();
}, LARGE);

/** The user timeout option (RFC 5482), and what the user timeout is with it. */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import {
  type Opened, Remote, type RemoteOptions, connected, connecting, listening,
} from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const KIND = 28;
const MINUTES = 0x8000;

/** The option as a peer sends it. */
function option(time: number): number[] {
  return [KIND, 4, time >> 8, time & 255];
}

/** A connection that tells its user timeout and heeds the peer's. */
function telling(lab: Lab, options: RemoteOptions = {}): Opened {
  const opened = connected(lab, options);
  lab.stack.setOption(opened.handle, "userTimeoutOption", 1);
  return opened;
}

/** Seconds until the connection gives up on a silent peer. */
function patience(lab: Lab, { remote, handle }: Opened): number {
  const beganUs = lab.atUs;
  lab.write(handle, textOf(1, 10));
  while (lab.stack.status(handle).reason === "none") lab.wait(1);
  assert.equal(lab.stack.status(handle).reason, "timed out");
  remote.hears();
  return (lab.atUs - beganUs) / 1e6;
}

onBothBuilds("off by default: no option is sent, and the peer's is ignored " +
  "[RFC5482-3.1d]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  assert.equal(remote.last!.userTimeout, 0);
  remote.says("SA 0 ack 1", { options: option(1000) });
  lab.write(handle, textOf(1, 3));
  remote.hears();
  assert.equal(remote.last!.userTimeout, 0);
  remote.says("A 1 ack 4", { options: option(1000) });
  assert.equal(lab.stack.status(handle).userTimeout, 300);
});

onBothBuilds("on: it is in the SYN, in the first segment after it, and in no other " +
  "[RFC5482-3.2, RFC5482-3.3]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.stack.setOption(handle, "userTimeoutOption", true);
  lab.stack.setOption(handle, "userTimeout", 500);
  remote.hears();
  assert.equal(remote.last!.userTimeout, 0, "the SYN had left");
  lab.wait(1.1);
  remote.hears();
  assert.equal(remote.last!.userTimeout, 500, "in the SYN again");
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(remote.last!.userTimeout, 500);
  lab.write(handle, textOf(1, 3));
  remote.hears();
  assert.equal(remote.last!.userTimeout, 0);
  remote.says("A 1 ack 4");
});

onBothBuilds("on for a listener: in the SYN+ACK, the first time and again, and in the first " +
  "segment after it [RFC5482-3.2]", (lab) => {
  const listener = listening(lab);
  lab.stack.setOption(listener, "userTimeoutOption", 1);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  assert.equal(remote.last!.userTimeout, 300);
  lab.wait(1.1);
  remote.hears();
  assert.equal(remote.last!.userTimeout, 300);
  remote.says("PA 1+5 ack 1", { options: option(700) });
  lab.wait(0.1);
  assert.deepEqual(remote.hears(), ["A 1 ack 6"]);
  assert.equal(remote.last!.userTimeout, 300);
  const handle = lab.stack.accept(listener);
  assert.equal(lab.stack.status(handle).userTimeout, 700, "the third segment had it, too");
  lab.ignoreFrames();
});

onBothBuilds("a timeout that is set later is told with the next segment " +
  "[RFC5482-3.2]", (lab) => {
  const { remote, handle } = telling(lab);
  lab.write(handle, textOf(1, 3));
  remote.hears();
  assert.equal(remote.last!.userTimeout, 300);
  remote.says("A 1 ack 4");
  lab.stack.setOption(handle, "userTimeout", 40_000);
  lab.write(handle, textOf(4, 3));
  remote.hears();
  assert.equal(remote.last!.userTimeout, MINUTES | 666, "beyond 15 bits: minutes");
  assert.deepEqual(remote.lastText, textOf(4, 3));
  remote.says("A 1 ack 7");
});

onBothBuilds("a full segment makes room for the option [RFC5482-3.3, MUST-16]", (lab) => {
  const { remote, handle } = telling(lab, { syn: { mss: 1000 } });
  lab.write(handle, textOf(1, 2000));
  assert.deepEqual(remote.hears(), ["A 1+996 ack 1", "A 997+1000 ack 1", "PA 1997+4 ack 1"]);
  remote.says("A 1 ack 2001");
});

for (const [theirs, expected] of [
  [200, 300], [400, 400], [MINUTES | 10, 600], [MINUTES | 0x7fff, 3600], [32_767, 3600],
] as const) {
  onBothBuilds(`ours 300 s, theirs ${theirs & MINUTES ? `${theirs & 0x7fff} minutes` : theirs}: ` +
    `${expected} s [RFC5482-3.1a, RFC5482-3.3]`, (lab) => {
    const { remote, handle } = telling(lab);
    remote.says("A 1 ack 1", { options: option(theirs) });
    assert.equal(lab.stack.status(handle).userTimeout, expected);
    assert.equal(lab.stack.getOption(handle, "userTimeout"), 300, "what was set stays");
    lab.ignoreFrames();
  });
}

onBothBuilds("the connection is given up when that has passed [RFC5482-3.1a, MUST-20]", (lab) => {
  const opened = telling(lab);
  opened.remote.says("A 1 ack 1", { options: option(900) });
  const seconds = patience(lab, opened);
  assert.ok(seconds >= 900 && seconds < 970, `after ${seconds} s`);
});

onBothBuilds("never less than 100 seconds, whatever both ask for " +
  "[RFC5482-3.1c]", (lab) => {
  const { remote, handle } = telling(lab);
  lab.stack.setOption(handle, "userTimeout", 5);
  lab.stack.setOption(handle, "userTimeoutChangeable", 1);
  remote.says("A 1 ack 1", { options: option(7) });
  assert.equal(lab.stack.status(handle).userTimeout, 100);
  lab.ignoreFrames();
});

onBothBuilds("who has set a timeout is not overruled, unless it is to be changeable " +
  "[RFC5482-3.1b]", (lab) => {
  const { remote, handle } = telling(lab);
  lab.stack.setOption(handle, "userTimeout", 150);
  remote.says("A 1 ack 1", { options: option(900) });
  assert.equal(lab.stack.getOption(handle, "userTimeoutChangeable"), 0);
  assert.equal(lab.stack.status(handle).userTimeout, 150);
  lab.stack.setOption(handle, "userTimeoutChangeable", 1);
  assert.equal(lab.stack.status(handle).userTimeout, 900);
  lab.ignoreFrames();
});

onBothBuilds("an option of zero is ignored [RFC5482-3.4]", (lab) => {
  const { remote, handle } = telling(lab);
  remote.says("A 1 ack 1", { options: option(900) });
  remote.says("A 1 ack 1", { options: option(0) });
  remote.says("A 1 ack 1", { options: option(MINUTES) });
  assert.equal(lab.stack.status(handle).userTimeout, 900);
  assert.throws(() => lab.stack.setOption(handle, "userTimeout", 0), { code: "EINVAL" });
  lab.ignoreFrames();
});

onBothBuilds("an option in a segment that is not acceptable, and one of a wrong length, are " +
  "ignored [RFC5482-3.3]", (lab) => {
  const { remote, handle } = telling(lab);
  remote.says("A 100000 ack 1", { options: option(900) });
  remote.says("A 1 ack 1", { options: [KIND, 3, 9] });
  remote.says("A 1 ack 1", { options: [KIND, 6, 9, 9, 9, 9] });
  assert.equal(lab.stack.status(handle).userTimeout, 300);
  lab.ignoreFrames();
});

onBothBuilds("keep-alive does not end what the user timeout would let live " +
  "[RFC5482-4.2]", (lab) => {
  const { remote, handle } = telling(lab);
  lab.stack.setOption(handle, "keepAliveIdle", 10);
  lab.stack.setOption(handle, "keepAliveInterval", 5);
  lab.stack.setOption(handle, "keepAliveCount", 3);
  remote.says("A 1 ack 1", { options: option(600) });
  remote.hears();
  const beganUs = lab.atUs;
  lab.do((stack) => stack.setOption(handle, "keepAlive", 1));
  lab.wait(590);
  assert.deepEqual(remote.hears(), []);
  lab.wait(40);
  assert.deepEqual(remote.hearsTimed(beganUs), [
    "601: A 0 ack 1", "606: A 0 ack 1", "611: A 0 ack 1", "616: RA 1 ack 1",
  ]);
});

onBothBuilds("a peer that gives way to selective acknowledgments is told later " +
  "[RFC5482-3.2]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.stack.setOption(handle, "userTimeoutOption", 1);
  remote.hears();
  remote.says("SA 0 ack 1", { options: [4, 2, 1, 1] });
  lab.ignoreFrames();
  lab.stack.setOption(handle, "userTimeout", 1000);
  remote.says("PA 6+5 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(remote.last!.userTimeout, 0, "no room beside the ranges is counted on");
  remote.says("PA 1+5 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 11"]);
  assert.equal(remote.last!.userTimeout, 1000);
});

/** `exchange`: consume, commit and transmit as one call (docs/embedding.md). */
import assert from "node:assert/strict";
import { Err } from "../../assembly/abi/error.js";
import { Descriptor, Waiting } from "../../assembly/abi/parameters.js";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, Remote, accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

/** A connection as most are, which goes the short way (assembly/tcp/usual.ts). */
function opened(lab: Lab, window = 65535): Opened {
  return accepted(lab, { syn: { sackPermitted: true, mss: 1000, window } });
}

/** Writes text to the ring, where the next octets to send go. */
function put(lab: Lab, handle: number, text: Uint8Array): void {
  const { core } = lab.stack;
  assert.ok(core.exports.sendSpace(handle) >= text.length);
  core.octets.set(text, core.descriptor[Descriptor.At]!);
}

/** The frame that a call has built, as the remote hears it. */
function heard(lab: Lab, remote: Remote, length: number): string[] {
  assert.ok(length > 0, `a frame, not ${length}`);
  const { core } = lab.stack;
  const at = core.exports.frameOutPtr() >>> 0;
  lab.note(core.octets.slice(at, at + length));
  return remote.hears();
}

onBothBuilds("a request is answered by one call; the answer acknowledges it", (lab) => {
  const { remote, handle } = opened(lab);
  const { exports } = lab.stack.core;
  for (let done = 0; done < 30; done++) {
    lab.receiveOnly(remote.frame(`PA ${1 + 100 * done}+100 ack ${1 + 50 * done}`));
    assert.equal(exports.nextEvent(), handle);
    put(lab, handle, textOf(1 + 50 * done, 50));
    assert.deepEqual(heard(lab, remote, exports.exchange(handle, 100, 50, lab.nowUs)),
      [`PA ${1 + 50 * done}+50 ack ${101 + 100 * done}`]);
    assert.deepEqual(remote.lastText, textOf(1 + 50 * done, 50));
    assert.equal(exports.receiveLen(handle), 0);
    lab.atUs += 1000;
  }
});

onBothBuilds("with nothing read and nothing written it is transmit", (lab) => {
  const { remote, handle } = opened(lab);
  const { exports } = lab.stack.core;
  assert.equal(exports.exchange(handle, 0, 0, lab.nowUs), 0);
  for (const line of ["PA 1+1000 ack 1", "PA 1001+1000 ack 1"]) {
    lab.receiveOnly(remote.frame(line));
  }
  assert.deepEqual(heard(lab, remote, exports.exchange(handle, 0, 0, lab.nowUs)), ["A 1 ack 2001"]);
});

onBothBuilds("whoever waited before goes first, and the text follows", (lab) => {
  const { remote, handle } = opened(lab);
  const { exports } = lab.stack.core;
  const other = new Remote(lab, { port: 5001 });
  lab.receiveOnly(other.frame("S 0"));
  put(lab, handle, textOf(1, 10));
  const length = exports.exchange(handle, 0, 10, lab.nowUs);
  assert.deepEqual(heard(lab, other, length), ["SA 0 ack 1"]);
  assert.equal(lab.stack.core.descriptor[Descriptor.Waiting]! & Waiting.Frames, Waiting.Frames);
  lab.turn();
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
});

onBothBuilds("what the peer's window does not hold waits for it", (lab) => {
  const { remote, handle } = opened(lab, 100);
  const { exports } = lab.stack.core;
  put(lab, handle, textOf(1, 250));
  const length = exports.exchange(handle, 0, 250, lab.nowUs);
  assert.deepEqual(heard(lab, remote, length), ["A 1+100 ack 1"]);
  assert.equal(exports.exchange(handle, 0, 0, lab.nowUs), 0);
  remote.says("A 1 ack 101", { window: 100 });
  assert.deepEqual(remote.hears(), ["A 101+100 ack 1"]);
});

onBothBuilds("the text is timed like any other: without an answer it comes again", (lab) => {
  const { remote, handle } = opened(lab);
  const { exports } = lab.stack.core;
  lab.wait(5);
  put(lab, handle, textOf(1, 10));
  assert.deepEqual(heard(lab, remote, exports.exchange(handle, 0, 10, lab.nowUs)),
    ["PA 1+10 ack 1"]);
  const seconds = lab.waitForFrame();
  assert.ok(seconds > 0.19 && seconds < 1.1, `${seconds} s`);
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
});

onBothBuilds("what cannot be is refused, and nothing has been done", (lab) => {
  const { remote, handle } = opened(lab);
  const { exports } = lab.stack.core;
  lab.receiveOnly(remote.frame("PA 1+5 ack 1"));
  assert.equal(exports.exchange(handle + 1, 0, 0, lab.nowUs), 0, "of no connection, but no call");
  assert.equal(exports.exchange(handle + 1, 1, 0, lab.nowUs), Err.Handle);
  assert.equal(exports.exchange(handle + 1, 0, 1, lab.nowUs), Err.Handle);
  assert.equal(exports.exchange(handle, 6, 1, lab.nowUs), Err.Invalid);
  assert.equal(exports.receiveLen(handle), 5);
  assert.equal(exports.exchange(handle, 0, 4097, lab.nowUs), Err.Invalid);
  assert.equal(exports.exchange(handle, 0, 0xffffffff, lab.nowUs), Err.Invalid);
  assert.equal(lab.stack.status(handle).sendQueue, 0);
  exports.shutdown(handle);
  assert.equal(exports.exchange(handle, 0, 1, lab.nowUs), Err.State);
  assert.equal(exports.exchange(handle, 5, 1, lab.nowUs), Err.State);
  assert.equal(exports.receiveLen(handle), 0, "consume came before");
  lab.ignoreFrames();
});

onBothBuilds("after idleness the window is the initial one (RFC 5681 section 4.1) [S18]", (lab) => {
  const { remote, handle } = opened(lab);
  const { exports } = lab.stack.core;
  for (let sent = 0; sent < 40_000; sent += 10_000) {
    lab.write(handle, textOf(1 + sent, 10_000));
    lab.atUs += 20_000;
    remote.says(`A 1 ack ${1 + sent + 10_000}`);
  }
  lab.ignoreFrames();
  assert.ok(lab.stack.status(handle).congestionWindow > 10_000);
  lab.wait(5);
  put(lab, handle, textOf(40_001, 10));
  const length = exports.exchange(handle, 0, 10, lab.nowUs);
  assert.equal(lab.stack.status(handle).congestionWindow, 10_000);
  assert.deepEqual(heard(lab, remote, length), ["PA 40001+10 ack 1"]);
}, { onlyNode: true, budget: { sendRing: 65536 } });

/** TIME-WAIT (RFC 9293 sections 3.3.2, 3.6.1, 3.10.7.4; RFC 1337; RFC 6191). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import {
  Remote, type RemoteOptions, accepted, connected, listening,
} from "../support/remote.js";
import { echoRequest, textOf } from "../support/segment_line.js";

/** A connection to the remote that we have closed first: both FINs are said and acknowledged. */
function closedByUs(lab: Lab, options: RemoteOptions = {}): Remote {
  const { remote, handle } = connected(lab, options);
  finish(lab, remote, handle);
  return remote;
}

/** We close, then the remote does; the handle is let go. */
function finish(lab: Lab, remote: Remote, handle: number): void {
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 1 ack 2");
  remote.says("FA 1 ack 2");
  assert.equal(remote.hears().at(-1), "A 2 ack 2");
  lab.do((stack) => stack.close(handle));
}

function waitingCount(lab: Lab): number {
  return [...lab.stack.entries("time-wait")].length;
}

onBothBuilds("TIME-WAIT: the peer's FIN again is acknowledged again, and 2 MSL begin anew " +
  "[S10, RFC9293-3.10.7.4.5h]", (lab) => {
  const remote = closedByUs(lab);
  lab.wait(59);
  remote.says("FA 1 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 2"]);
  lab.wait(59);
  assert.equal(waitingCount(lab), 1, "59 s after the second FIN");
  lab.wait(2);
  assert.equal(waitingCount(lab), 0);
  remote.says("FA 1 ack 2");
  assert.deepEqual(remote.hears(), ["R 2"], "nobody is there any more");
});

onBothBuilds("TIME-WAIT: other segments are acknowledged and do not prolong it " +
  "[S10, S28]", (lab) => {
  const remote = closedByUs(lab);
  lab.wait(30);
  remote.says("PA 1+5 ack 1");
  remote.says("A 2 ack 2");
  remote.says("PA 2+5 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 2", "A 2 ack 2"]);
  lab.wait(31);
  assert.equal(waitingCount(lab), 0);
});

onBothBuilds("TIME-WAIT: what is acknowledged there is told the last window, not a smaller one " +
  "[S10, SHLD-14]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 1 ack 2");
  remote.says("PA 1+5 ack 2");
  lab.read(handle);
  lab.wait(1);
  const edge = remote.last!.ack + remote.last!.window;
  remote.says("FA 6 ack 2");
  remote.hears();
  assert.ok(remote.last!.ack + remote.last!.window >= edge, "in the last ACK");
  remote.says("FA 6 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 7"]);
  assert.ok(remote.last!.ack + remote.last!.window >= edge, "in TIME-WAIT");
});

onBothBuilds("TIME-WAIT: the peer's FIN is always answered, guesses within a limit " +
  "[S10, RFC5961-7a]", (lab) => {
  const remote = closedByUs(lab);
  for (let count = 0; count < 400; count++) remote.says("A 77 ack 2");
  assert.ok(remote.hears().length < 150);
  remote.says("FA 1 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 2"]);
}, { budget: { challenges: 100 } });

onBothBuilds("TIME-WAIT: a RST does not end it [S10, RFC1337-3]", (lab) => {
  const remote = closedByUs(lab);
  remote.says("R 2");
  remote.says("RA 2 ack 2");
  assert.deepEqual(remote.hears(), []);
  assert.equal(waitingCount(lab), 1);
});

onBothBuilds("TIME-WAIT: the pair cannot be used again for 2 MSL: EADDRINUSE [S10] " +
  "[RFC9293-3.10.1d]", (lab) => {
  closedByUs(lab);
  const again = () => lab.stack.connect({ address: "10.0.0.2", port: 80, localPort: 50000 });
  assert.throws(again, { code: "EADDRINUSE" });
  lab.stack.close(lab.stack.connect({ address: "10.0.0.2", port: 81, localPort: 50000 }));
  lab.stack.close(lab.stack.connect({ address: "10.0.0.3", port: 80, localPort: 50000 }));
  lab.wait(59);
  assert.throws(again, { code: "EADDRINUSE" });
  lab.wait(2);
  assert.ok(again() > 0);
  lab.ignoreFrames();
});

onBothBuilds("TIME-WAIT lasts twice the MSL of the budget [S10, MUST-13]", (lab) => {
  closedByUs(lab);
  lab.wait(19);
  assert.equal(waitingCount(lab), 1);
  lab.wait(2);
  assert.equal(waitingCount(lab), 0);
}, { budget: { mslSeconds: 10 } });

onBothBuilds("TIME-WAIT: a SYN from beyond opens anew, with an ISN beyond the old one " +
  "[S10, MAY-2, RFC6191-2c]", (lab) => {
  const { remote, handle, listener } = accepted(lab);
  finish(lab, remote, handle);
  const oldNext = (remote.ownIsn! + 2) >>> 0;
  const again = new Remote(lab, { isn: remote.isn + 100 });
  again.opens();
  assert.ok(((again.ownIsn! - oldNext) | 0) > 0, "our sequence numbers go on, not back");
  assert.equal(waitingCount(lab), 0);
  assert.notEqual(lab.stack.accept(listener), 0);
});

onBothBuilds("TIME-WAIT: an old SYN opens nothing; it is acknowledged " +
  "[S10, S28, RFC6191-2d]", (lab) => {
  const { remote, handle, listener } = accepted(lab);
  finish(lab, remote, handle);
  remote.says("S -500");
  remote.says("S 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 2", "A 2 ack 2"]);
  assert.equal(waitingCount(lab), 1);
  assert.equal(lab.stack.accept(listener), 0);
});

onBothBuilds("TIME-WAIT: a new SYN is no reason to end it when nobody listens [S10]", (lab) => {
  const { remote, handle, listener } = accepted(lab);
  finish(lab, remote, handle);
  lab.do((stack) => stack.close(listener));
  remote.says("S 5000");
  assert.deepEqual(remote.hears(), ["A 2 ack 2"]);
  assert.equal(waitingCount(lab), 1);
});

onBothBuilds("TIME-WAIT takes no connection's place: what came can be read and let go " +
  "[S10, S22]", (lab) => {
  for (let port = 50000; port < 50004; port++) {
    const { remote, handle } = connected(lab, { ownPort: port });
    lab.do((stack) => stack.shutdown(handle));
    remote.says("FPA 1+7 ack 2");
    assert.equal(remote.hears().at(-1), "A 2 ack 9");
    assert.equal(lab.stack.status(handle).state, "TIME-WAIT");
    assert.deepEqual(lab.read(handle), textOf(1, 7));
    lab.do((stack) => stack.close(handle));
  }
  assert.equal(waitingCount(lab), 4);
  assert.deepEqual([...lab.stack.entries("connections")], []);
  connected(lab, { ownPort: 50010 });
});

onBothBuilds("thousands of TIME-WAITs: the oldest makes room, and is counted [S10]", (lab) => {
  for (let count = 0; count < 3000; count++) closedByUs(lab, { ownPort: 50000 + count });
  const ports = [...lab.stack.entries("time-wait")].map(({ localPort }) => localPort).sort();
  assert.deepEqual(ports, [52996, 52997, 52998, 52999]);
  assert.equal(lab.stack.counter("TcpTimeWaitEvicted"), 2996);
  connected(lab, { ownPort: 50000 });
});

onBothBuilds("quiet time: after a start nothing is said for an MSL, when asked for " +
  "[S10, RFC9293-3.4.3]", (lab) => {
  assert.equal(lab.stack.addressPhase, "QUIET");
  listening(lab);
  const remote = new Remote(lab, { isn: 5 });
  const stray = new Remote(lab, { ownPort: 9 });
  const call = () => lab.stack.connect({ address: "10.0.0.2", port: 80 });
  for (let seconds = 0; seconds < 29; seconds++) {
    remote.says("S 0");
    stray.says("PA 1+5 ack 1");
    lab.receive(echoRequest("10.0.0.2"));
    assert.throws(call, { code: "ENETUNREACH" });
    lab.wait(1);
  }
  lab.checkNothingLeft();
  lab.wait(1.1);
  assert.equal(lab.stack.addressPhase, "READY");
  remote.opens();
  assert.ok(call() > 0);
  lab.ignoreFrames();
}, { interface: { quiet: true } });

/** Passive opens: the SYN queue, the backlog, the accept queue (RFC 9293 3.10.7.2, RFC 4987). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

/** A SYN from a new peer, answered. */
function knock(lab: Lab, port: number): Remote {
  const remote = new Remote(lab, { port });
  remote.says("S 0");
  return remote;
}

function halfOpenPorts(lab: Lab): number[] {
  return [...lab.stack.entries("half-open")].map(({ remotePort }) => remotePort).sort();
}

onBothBuilds("SYN+ACK is sent again at 1, 3, 7 ... s; then the entry goes, unsaid " +
  "[S14, MUST-22, MUST-23]", (lab) => {
  const listener = listening(lab);
  const remote = knock(lab, 5000);
  lab.wait(182);
  const times = [0, 1, 3, 7, 15, 31, 63, 123];
  assert.deepEqual(remote.hearsTimed(), times.map((at) => `${at}: SA 0 ack 1`));
  assert.deepEqual(halfOpenPorts(lab), [5000], "it lives as long as all its intervals");
  lab.wait(2);
  assert.deepEqual(halfOpenPorts(lab), []);
  assert.deepEqual(lab.newsOf(listener), []);
  assert.equal(lab.stack.counter("TcpHalfOpenExpired"), 1);
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), ["R 1"], "too late");
});

onBothBuilds("a half-open entry shows when its SYN+ACK goes out again [S14, S25]", (lab) => {
  listening(lab);
  const remote = knock(lab, 5000);
  lab.wait(1.5);
  const [entry] = [...lab.stack.entries("half-open")];
  assert.equal(entry!.state, "SYN-RECEIVED");
  assert.ok(entry!.timers.synAck! > 1000 && entry!.timers.synAck! <= 1500, "2 s after the second");
  remote.hears();
});

onBothBuilds("the backlog bounds the entries of the SYN queue; the next SYN gets a cookie " +
  "[S14]", (lab) => {
  const listener = listening(lab, { backlog: 2 });
  const first = knock(lab, 5001);
  first.hears();
  first.says("A 1 ack 1");
  const second = knock(lab, 5002);
  assert.deepEqual(second.hears(), ["SA 0 ack 1"]);
  const third = knock(lab, 5003);
  assert.deepEqual(third.hears(), ["SA 0 ack 1"]);
  assert.deepEqual(halfOpenPorts(lab), [5002]);
  assert.equal(lab.stack.counter("TcpCookiesSent"), 1);
  third.says("A 1 ack 1");
  assert.equal(lab.stack.counter("TcpCookiesAccepted"), 1);
  second.says("A 1 ack 1");
  assert.deepEqual(second.hears(), [], "the accept queue is full: its entry stays");
  assert.equal(lab.stack.counter("DropTcpNoSlot"), 1);
  const fourth = knock(lab, 5004);
  assert.deepEqual(fourth.hears(), [], "no room at all: as if the SYN had been lost");
  assert.equal(lab.stack.counter("DropTcpBacklog"), 1);
  const ports = [1, 2].map(() => lab.stack.status(lab.stack.accept(listener)).remotePort);
  assert.deepEqual(ports, [5001, 5003]);
  second.says("A 1 ack 1");
  assert.equal(lab.stack.status(lab.stack.accept(listener)).remotePort, 5002);
});

onBothBuilds("a full SYN queue keeps its entries, and answers newer SYNs with cookies " +
  "[S14]", (lab) => {
  listening(lab, { backlog: 100 });
  for (let port = 5000; port < 5006; port++) assert.equal(knock(lab, port).hears().length, 1);
  assert.deepEqual(halfOpenPorts(lab), [5000, 5001, 5002, 5003]);
  assert.equal(lab.stack.counter("TcpCookiesSent"), 2);
});

onBothBuilds("a flood of SYNs takes no connection's place [S14, S22]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (let port = 6000; port < 9000; port++) assert.equal(knock(lab, port).hears().length, 1);
  assert.equal([...lab.stack.entries("connections")].length, 1);
  remote.says("PA 1+9 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 9));
  lab.ignoreFrames();
});

onBothBuilds("no slot at the third segment: the entry stays, and a later copy completes it " +
  "[S14, S22]", (lab) => {
  const listener = listening(lab);
  const peers = [5001, 5002, 5003, 5004, 5005].map((port) => {
    const remote = knock(lab, port);
    remote.hears();
    if (port < 5005) remote.says("A 1 ack 1");
    return remote;
  });
  const handles = [1, 2, 3, 4].map(() => lab.stack.accept(listener));
  const last = peers.at(-1)!;
  last.says("A 1 ack 1");
  assert.deepEqual(last.hears(), []);
  assert.equal(lab.stack.counter("DropTcpNoSlot"), 1);
  assert.deepEqual(halfOpenPorts(lab), [5005]);
  assert.ok(lab.waitForFrame() <= 1);
  assert.deepEqual(last.hears(), ["SA 0 ack 1"], "the peer is asked again");
  lab.do((stack) => stack.abort(handles[0]!));
  last.says("A 1 ack 1");
  assert.notEqual(lab.stack.accept(listener), 0);
  lab.ignoreFrames();
});

onBothBuilds("connections are accepted in the order in which they were completed [S14]", (lab) => {
  const listener = listening(lab);
  const peers = [5001, 5002, 5003].map((port) => knock(lab, port));
  for (const remote of peers) remote.hears();
  for (const index of [2, 0, 1]) peers[index]!.says("A 1 ack 1");
  const ports = [1, 2, 3].map(() => lab.stack.status(lab.stack.accept(listener)).remotePort);
  assert.deepEqual(ports, [5003, 5001, 5002]);
  assert.equal(lab.stack.accept(listener), 0);
});

onBothBuilds("what came before accept waits in the ring, and its news are told then " +
  "[S14, S22]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.opens();
  remote.says("FPA 1+6 ack 1");
  assert.deepEqual(lab.newsOf(listener), ["acceptable"]);
  const handle = lab.stack.accept(listener);
  lab.turn();
  assert.deepEqual(lab.newsOf(handle), ["readable", "peerFinished"]);
  assert.deepEqual(lab.read(handle), textOf(1, 6));
  lab.ignoreFrames();
});

onBothBuilds("news of a slot's last life, unread, do not swallow those of its next " +
  "[S14, S26]", (lab) => {
  const { remote, handle, listener } = accepted(lab);
  // News of the first connection wait when it is aborted, and its slot is taken again.
  lab.receiveOnly(remote.frame("PA 1+1 ack 1"));
  lab.stack.abort(handle);
  while (lab.take()) continue;
  const next = new Remote(lab, { port: 5001 });
  lab.receiveOnly(next.frame("S 0"));
  while (lab.take()) continue;
  assert.deepEqual(next.hears(), ["SA 0 ack 1"]);
  lab.receiveOnly(next.frame("PA 1+7 ack 1"));
  lab.turn();
  lab.newsOf(listener);
  const second = lab.stack.accept(listener);
  lab.turn();
  assert.ok(lab.newsOf(second).includes("readable"));
  assert.deepEqual(lab.read(second), textOf(1, 7));
  lab.ignoreFrames();
}, { budget: { connections: 1 } });

onBothBuilds("a connection reset before accept is accepted all the same, and says so " +
  "[S26]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.opens();
  remote.says("R 1");
  const handle = lab.stack.accept(listener);
  assert.notEqual(handle, 0);
  assert.equal(lab.stack.status(handle).reason, "reset");
});

onBothBuilds("a listener closed resets what nobody has accepted, and refuses from then on " +
  "[S14, S27, RFC9293-3.10.4a]", (lab) => {
  const listener = listening(lab);
  const waiting = [5001, 5002].map((port) => new Remote(lab, { port }));
  for (const remote of waiting) remote.opens();
  const half = knock(lab, 5003);
  half.hears();
  lab.do((stack) => stack.close(listener));
  for (const remote of waiting) assert.deepEqual(remote.hears(), ["RA 1 ack 1"]);
  half.says("A 1 ack 1");
  assert.deepEqual(half.hears(), ["R 1"]);
  const late = knock(lab, 5004);
  assert.deepEqual(late.hears(), ["RA 0 ack 1"]);
  lab.wait(200);
  assert.deepEqual(lab.stack.connections(), []);
});

onBothBuilds("a listener opened anew serves the peers of the one before it at once " +
  "[S14]", (lab) => {
  const listener = listening(lab);
  const remote = knock(lab, 5000);
  remote.hears();
  lab.do((stack) => stack.close(listener));
  const again = listening(lab);
  remote.ownIsn = undefined;
  remote.opens();
  assert.notEqual(lab.stack.accept(again), 0);
});

onBothBuilds("one listener on a port; a second is refused: EADDRINUSE; a full table: ENOBUFS " +
  "[S22, MUST-41]", (lab) => {
  const listener = listening(lab);
  assert.throws(() => lab.stack.listen({ port: 80 }), { code: "EADDRINUSE" });
  listening(lab, { port: 81 });
  assert.throws(() => lab.stack.listen({ port: 82 }), { code: "ENOBUFS" });
  lab.stack.close(listener);
  listening(lab, { port: 82 });
  assert.throws(() => lab.stack.accept(listener), { code: "EBADF" });
});

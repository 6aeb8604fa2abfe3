/**
 * Opening a connection: the three-way handshake from both sides (RFC 9293 sections 3.5, 3.10.7.1 to
 * 3.10.7.4), number by number.
 */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, connecting, listening } from "../support/remote.js";
import { echoRequest, textOf } from "../support/segment_line.js";

onBothBuilds("active open: SYN, SYN+ACK, ACK, each SYN worth one number " +
  "(RFC 9293 3.5) [S01] " +
  "[RFC9293-3.10.1a, RFC9293-3.10.7.3c]", (lab) => {
  const { remote, handle } = connecting(lab);
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  assert.deepEqual(remote.hears(), ["S 0"]);
  assert.equal(remote.last!.ack, 0, "nothing is acknowledged by the first SYN");
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.deepEqual(lab.newsOf(handle), ["connected", "writable"]);
  const status = lab.stack.status(handle);
  assert.deepEqual(status.path, ["SYN-SENT", "ESTABLISHED"]);
  assert.equal(status.receiveNext, (remote.isn + 1) >>> 0);
  assert.equal(status.sendUnacknowledged, (remote.ownIsn! + 1) >>> 0);
});

onBothBuilds("passive open: the listener answers with SYN+ACK, the peer's ACK completes it " +
  "[S01, S02, RFC9293-3.10.1a, RFC9293-3.10.7.2c]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.equal(lab.stack.accept(listener), 0, "nothing to accept before the third segment");
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), []);
  assert.deepEqual(lab.newsOf(listener), ["acceptable"]);
  const handle = lab.stack.accept(listener);
  assert.deepEqual(lab.stack.status(handle).path, ["LISTEN", "SYN-RECEIVED", "ESTABLISHED"]);
});

onBothBuilds("the client is up with the SYN+ACK, the server with the third segment " +
  "[S02]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  lab.receiveOnly(remote.frame("SA 0 ack 1"));
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED", "before its ACK has left");
  lab.turn();
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  listening(lab, { port: 90 });
  const other = new Remote(lab, { ownPort: 90 });
  other.says("S 0");
  other.hears();
  const states = () => [...lab.stack.entries("half-open")].map(({ state }) => state);
  assert.deepEqual(states(), ["SYN-RECEIVED"]);
  other.says("A 1 ack 1");
  assert.deepEqual(states(), []);
  assert.deepEqual([...lab.stack.entries("connections")].map(({ state }) => state),
    ["ESTABLISHED", "ESTABLISHED"]);
});

onBothBuilds("text on the third segment is delivered [S02] " +
  "[RFC9293-3.10.7.4.5b]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  remote.says("PA 1+10 ack 1");
  const handle = lab.stack.accept(listener);
  assert.deepEqual(lab.read(handle), textOf(1, 10));
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), ["A 1 ack 11"]);
});

onBothBuilds("text and FIN on the third segment: the stream has come and is over " +
  "[S02, S07]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  remote.says("FPA 1+10 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 12"]);
  const handle = lab.stack.accept(listener);
  assert.deepEqual(lab.read(handle), textOf(1, 10));
  assert.equal(lab.stack.status(handle).state, "CLOSE-WAIT");
  lab.turn();
  assert.ok(lab.newsOf(handle).includes("peerFinished"));
});

onBothBuilds("text on the SYN+ACK is delivered [S02] " +
  "[RFC9293-3.10.7.3d]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("SA 0 ack 1", { text: textOf(1, 4) });
  assert.deepEqual(remote.hears(), ["A 1 ack 5"]);
  assert.deepEqual(lab.read(handle), textOf(1, 4));
});

onBothBuilds("text on a SYN is not acknowledged with it, and is taken when it comes again " +
  "[S01]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0", { text: textOf(1, 5) });
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  remote.says("PA 1+5 ack 1");
  assert.deepEqual(lab.read(lab.stack.accept(listener)), textOf(1, 5));
  lab.ignoreFrames();
});

for (const [ack, what] of [[0, "its own SYN not"], [2, "what was never sent"]] as const) {
  onBothBuilds(`SYN-SENT: an ACK of ${what} is answered with RST ` +
    `[S01, S13, RFC9293-3.10.7.3a]`, (lab) => {
    const { remote, handle } = connecting(lab);
    remote.hears();
    remote.says(`SA 0 ack ${ack}`);
    assert.deepEqual(remote.hears(), [`R ${ack}`]);
    assert.equal(lab.stack.status(handle).state, "SYN-SENT", "the attempt goes on");
    remote.says(`RA 0 ack ${ack}`);
    assert.deepEqual(remote.hears(), [], "no RST answers a RST");
    remote.says("SA 0 ack 1");
    assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  });
}

for (const ack of [0, 2]) {
  onBothBuilds(`SYN-RECEIVED: the wrong ACK ${ack} is answered with RST, the right one still ` +
    `opens [S01] ` +
    `[RFC9293-3.10.7.4.5b]`, (lab) => {
    const listener = listening(lab);
    const remote = new Remote(lab);
    remote.says("S 0");
    remote.hears();
    remote.says(`A 1 ack ${ack}`);
    assert.deepEqual(remote.hears(), [`R ${ack}`]);
    assert.equal(lab.stack.accept(listener), 0);
    remote.says("A 1 ack 1");
    assert.notEqual(lab.stack.accept(listener), 0);
  });
}

onBothBuilds("SYN-SENT: a RST with the right ACK refuses, another is not believed " +
  "[S13, RFC9293-3.10.7.3b]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("R 0");
  remote.says("RA 0 ack 2");
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  assert.deepEqual(remote.hears(), []);
  remote.says("RA 0 ack 1");
  assert.deepEqual(lab.newsOf(handle), ["closed"]);
  assert.equal(lab.stack.status(handle).reason, "refused");
  assert.deepEqual(lab.stack.status(handle).path, ["SYN-SENT", "CLOSED"]);
});

onBothBuilds("SYN-SENT: a segment with neither SYN nor RST is dropped " +
  "[RFC9293-3.10.7.3f]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("A 0 ack 1");
  remote.says("FPA 0+5 ack 1");
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
});

onBothBuilds("a lost SYN is sent again after 1, 3, 7 ... s; after three minutes the attempt ends " +
  "[S12, S17, MUST-20, MUST-22, MUST-23, RFC6298-2.1, RFC6298-5.5]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.wait(400);
  assert.deepEqual(remote.hearsTimed(), [
    "0: S 0", "1: S 0", "3: S 0", "7: S 0", "15: S 0", "31: S 0", "63: S 0", "123: S 0",
  ]);
  assert.deepEqual(lab.newsOf(handle), ["softError", "closed"]);
  const { reason, state } = lab.stack.status(handle);
  assert.deepEqual([state, reason], ["CLOSED", "timed out"]);
});

onBothBuilds("a SYN+ACK that crosses the SYN's second copy draws no garbage octet [S23]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  const timeoutMs = lab.stack.status(handle).timers.retransmit!;
  lab.atUs += timeoutMs * 1000;
  // The timeout passes while something else leaves first; then the SYN+ACK comes.
  lab.receiveOnly(echoRequest(remote.address));
  assert.ok(lab.take(), "the echo reply");
  lab.frames.length = 0;
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  lab.write(handle, textOf(1, 3));
  assert.deepEqual(remote.hears(), ["PA 1+3 ack 1"]);
});

onBothBuilds("the listener's SYN+ACK, lost, is asked for by the SYN again: the same numbers " +
  "[S01, S14]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.says("S 0");
  assert.deepEqual(remote.hears(), ["SA 0 ack 1", "SA 0 ack 1"]);
  remote.says("A 1 ack 1");
  assert.notEqual(lab.stack.accept(listener), 0);
  assert.equal(lab.stack.accept(listener), 0, "one connection");
});

onBothBuilds("a SYN+ACK that comes again is acknowledged again: the third segment was lost " +
  "[S01]", (lab) => {
  const { remote, handle } = connected(lab);
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("a listener answers an ACK with RST, and a RST or nothing at all with nothing " +
  "[S13, RFC9293-3.10.7.2a, RFC9293-3.10.7.2b, RFC9293-3.10.7.2d]", (lab) => {
  listening(lab);
  const remote = new Remote(lab);
  remote.says("A 5 ack 77");
  assert.deepEqual(remote.hears(), ["R 77"]);
  remote.says("SA 5 ack 77");
  assert.deepEqual(remote.hears(), ["R 77"]);
  remote.says("R 5");
  remote.says("RA 5 ack 77");
  remote.says("SR 5");
  remote.says("F 5");
  remote.says(" 5+10");
  assert.deepEqual(remote.hears(), []);
  assert.deepEqual([...lab.stack.entries("half-open")], []);
});

onBothBuilds("a connection is told apart by all four of address and port " +
  "[S22, RFC9293-3.10.1d]", (lab) => {
  const listener = listening(lab);
  const remotes = [
    new Remote(lab), new Remote(lab, { port: 5001 }), new Remote(lab, { address: "10.0.0.3" }),
  ];
  const handles = remotes.map((remote) => {
    remote.opens();
    return lab.stack.accept(listener);
  });
  remotes.forEach((remote, index) => remote.says(`PA 1+${index + 1} ack 1`));
  handles.forEach((handle, index) => assert.deepEqual(lab.read(handle), textOf(1, index + 1)));
  lab.ignoreFrames();
  lab.stack.connect({ address: "10.0.0.2", port: 5000, localPort: 81 });
  assert.throws(() => lab.stack.connect({ address: "10.0.0.2", port: 5000, localPort: 80 }),
    { code: "EADDRINUSE" });
  lab.ignoreFrames();
});

onBothBuilds("an accepted connection answers from the port that was called [S22]", (lab) => {
  const { remote, handle } = accepted(lab, { ownPort: 81 });
  lab.write(handle, textOf(1, 3));
  assert.deepEqual(remote.hears(), ["PA 1+3 ack 1"]);
  assert.equal(remote.last!.sourcePort, 81);
});

/** RST: when it is sent, and when it is believed (RFC 9293 sections 3.5.2, 3.5.3; RFC 5961). */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, connecting, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

onBothBuilds("a closed port refuses: RST+ACK where there is no ACK, RST where there is " +
  "[S13, RFC9293-3.10.7.1b, RFC9293-3.10.7.1c]", (lab) => {
  const remote = new Remote(lab, { ownPort: 9 });
  remote.says("S 0");
  assert.deepEqual(remote.hears(), ["RA 0 ack 1"]);
  assert.equal(remote.last!.seq, 0, "sequence number zero");
  remote.says("FSP 0+10");
  assert.deepEqual(remote.hears(), ["RA 0 ack 12"], "SYN, text and FIN are counted");
  remote.says("A 5 ack 777");
  assert.deepEqual(remote.hears(), ["R 777"]);
  remote.says("SA 5 ack 778");
  assert.deepEqual(remote.hears(), ["R 778"]);
});

onBothBuilds("a RST is never answered [S13] " +
  "[RFC9293-3.10.7.1a]", (lab) => {
  const remote = new Remote(lab, { ownPort: 9 });
  for (const line of ["R 0", "RA 0 ack 5", "SR 0", "FRA 0 ack 5"]) remote.says(line);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("abort sends RST at once, and the peer's segments find nobody " +
  "[S13, RFC9293-3.10.5b]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 100));
  remote.hears();
  lab.do((stack) => stack.abort(handle));
  assert.deepEqual(remote.hears(), ["RA 101 ack 1"]);
  assert.throws(() => lab.stack.status(handle), { code: "EBADF" });
  remote.says("A 1 ack 101");
  assert.deepEqual(remote.hears(), ["R 101"]);
});

onBothBuilds("abort in SYN-SENT says nothing: the peer knows of nothing " +
  "[S13, RFC9293-3.10.5a]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  lab.do((stack) => stack.abort(handle));
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("a RST at exactly RCV.NXT ends the connection, with a reason " +
  "[S13, S26, MUST-12, RFC5961-3.2b, RFC9293-3.10.7.4.2b]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+10 ack 1");
  lab.ignoreFrames();
  lab.newsOf(handle);
  remote.says("R 11");
  assert.deepEqual(remote.hears(), []);
  assert.deepEqual(lab.newsOf(handle), ["closed"]);
  assert.equal(lab.stack.status(handle).reason, "reset");
  assert.deepEqual(lab.read(handle), textOf(1, 10), "what came before can be read");
  assert.throws(() => lab.stack.write(handle, textOf(1, 1)), { code: "EPIPE" });
});

onBothBuilds("a RST may bear text, which says why and is not read [S13, SHLD-2]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("R 1", { text: "no such service" });
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.status(handle).reason, "reset");
  assert.deepEqual(lab.read(handle), Buffer.alloc(0));
});

onBothBuilds("a RST elsewhere in the window is challenged, outside it ignored " +
  "[S13, RFC5961-3.2a, RFC5961-3.2c]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("R 2");
  remote.says("R 4096");
  assert.deepEqual(remote.hears(), ["A 1 ack 1", "A 1 ack 1"]);
  remote.says("R 4097");
  remote.says("R 0");
  remote.says("RA -5 ack 1");
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("a SYN in a connection is challenged, wherever it is " +
  "[S13, S28, RFC5961-4.2, RFC9293-3.10.7.4.4b]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (const line of ["S 0", "S 1", "S 500", "S 90000", "SA 1 ack 1"]) {
    remote.says(line);
    assert.deepEqual(remote.hears(), ["A 1 ack 1"], line);
  }
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("an ACK of what was never sent is challenged, its text dropped " +
  "[S13, MAY-12, RFC5961-5.2a, RFC9293-3.10.7.4.5e]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+5 ack 2");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  remote.says("PA 1+5 ack -70000");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(lab.stack.status(handle).receiveQueue, 0);
});

onBothBuilds("an ACK as old as the largest window ever is taken, an older one is not " +
  "[MAY-12, RFC5961-5.2a, RFC5961-5.2b]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1000, window: 3000 } });
  lab.write(handle, textOf(1, 4000));
  remote.hears();
  for (const ack of [1001, 2001, 3001, 4001]) remote.says(`A 1 ack ${ack}`, { window: 1000 });
  remote.hears();
  // SND.UNA - MAX.SND.WND is 1,001: the window is 1,000 now, and was 3,000.
  remote.says("PA 1+5 ack 1001", { window: 1000 });
  assert.equal(lab.stack.status(handle).receiveQueue, 5);
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), ["A 4001 ack 6"]);
  remote.says("PA 6+5 ack 1000", { window: 1000 });
  assert.deepEqual(remote.hears(), ["A 4001 ack 6"], "challenged");
  assert.equal(lab.stack.status(handle).receiveQueue, 5);
});

onBothBuilds("a segment without ACK is dropped in a connection " +
  "[S19, RFC9293-3.10.7.4.5a]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("P 1+5");
  remote.says("F 1");
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  assert.equal(lab.stack.status(handle).receiveQueue, 0);
});

onBothBuilds("a segment outside the window is acknowledged and dropped " +
  "[S18, RFC9293-3.10.7.4.1b]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (const line of ["PA 4097+5 ack 1", "PA -9+10 ack 1", "FA 5000 ack 1", "A 4097 ack 1"]) {
    remote.says(line);
    assert.deepEqual(remote.hears(), ["A 1 ack 1"], line);
  }
  assert.equal(lab.stack.status(handle).receiveQueue, 0);
  assert.equal(lab.stack.counter("TcpOutOfWindow"), 4);
});

/** How many of so many guesses at the connection are answered. */
function answers(remote: Remote, guesses: number): number {
  for (let count = 0; count < guesses; count++) remote.says("R 50");
  return remote.hears().length;
}

onBothBuilds("challenge ACKs: ten of a connection in a few seconds, and again after 25 days of " +
  "quiet [RFC5961-7a]", (lab) => {
  const { remote } = accepted(lab);
  for (let days = 0; days < 26; days++) {
    lab.stack.sleep(86_400);
    lab.wait(0.001);
  }
  assert.equal(answers(remote, 150), 10);
  assert.equal(lab.stack.counter("TcpChallengesLimited"), 140);
  assert.equal(answers(remote, 150), 0);
  for (let rounds = 0; rounds < 3; rounds++) {
    lab.wait(4.1);
    assert.equal(answers(remote, 150), 10);
  }
});

for (const challenges of [8, 30]) {
  onBothBuilds(`challenge ACKs: about ${challenges} of all connections in a second, never as ` +
    "many as can be foretold [RFC5961-7b]", (lab) => {
    const { remote, listener } = accepted(lab);
    const remotes = [remote];
    for (let port = 5001; port < 5004; port++) {
      const other = new Remote(lab, { port });
      other.opens();
      assert.notEqual(lab.stack.accept(listener), 0);
      remotes.push(other);
    }
    const sums = new Set<number>();
    for (let second = 0; second < 20; second++) {
      const sum = remotes.reduce((all, each) => all + answers(each, 20), 0);
      assert.ok(sum >= challenges / 2 && sum < challenges * 1.5, `${sum} in a second`);
      sums.add(sum);
      lab.wait(4.1);
    }
    assert.ok(sums.size > 3, "who can count them learns little of what others have used");
  }, { budget: { challenges } });
}

onBothBuilds("an attack on one connection leaves the challenges of the others alone " +
  "[RFC5961-7c]", (lab) => {
  const { remote, listener } = accepted(lab);
  const evil = new Remote(lab, { address: "10.0.0.66" });
  evil.opens();
  assert.notEqual(lab.stack.accept(listener), 0);
  for (let rounds = 0; rounds < 5; rounds++) {
    assert.equal(answers(evil, 5000), 10);
    assert.equal(answers(remote, 5000), 10);
    lab.wait(4.1);
  }
});

onBothBuilds("a SYN from outside the window is challenged, within the limit " +
  "[RFC5961-4.2, RFC5961-7a]", (lab) => {
  const { remote } = accepted(lab);
  for (let count = 0; count < 300; count++) remote.says(`S ${900_000 + count}`);
  assert.equal(remote.hears().length, 10);
});

onBothBuilds("what the peer has sent before is always acknowledged, however often it comes " +
  "(3.10.7.4)", (lab) => {
  const { remote } = accepted(lab);
  remote.says("PA 1+10 ack 1");
  lab.wait(1);
  remote.hears();
  for (const line of ["PA 1+10 ack 1", "A 10+1 ack 1", "A 10 ack 1", "FA 0+10 ack 1"]) {
    for (let count = 0; count < 100; count++) remote.says(line);
    assert.equal(remote.hears().length, 100, line);
  }
});

onBothBuilds("two ends whose numbers do not fit do not shout at each other for ever " +
  "(3.10.7.4) [RFC5961-7a]", (lab) => {
  const { remote } = accepted(lab);
  // Each ACK draws one that is unacceptable there: the second is of an octet slipped in.
  let answered = 0;
  for (const line of ["A -4000 ack -4000", "A 0 ack 2"]) {
    remote.says(line);
    for (; remote.hears().length > 0 && answered < 100; answered++) remote.says(line);
  }
  assert.ok(answered <= 10, `${answered} answers`);
});

onBothBuilds("the limit on challenges does not silence answers to a good peer's probes " +
  "(3.8.4) [S21]", (lab) => {
  const { remote: good, listener } = accepted(lab);
  const evil = new Remote(lab, { address: "10.0.0.66" });
  evil.opens();
  assert.notEqual(lab.stack.accept(listener), 0);
  for (let seconds = 0; seconds < 5; seconds++) {
    for (let count = 0; count < 120; count++) evil.says("A -5000000 ack 1");
    assert.ok(evil.hears().length <= 10);
    good.says("A 0 ack 1");
    assert.deepEqual(good.hears(), ["A 1 ack 1"]);
    lab.wait(1.1);
  }
});

for (const [name, lines] of [
  ["FIN-WAIT-1", []], ["FIN-WAIT-2", ["A 1 ack 2"]],
] as const) {
  onBothBuilds(`a RST in ${name} is told: the peer's end of the stream is lost ` +
    `[S26, RFC9293-3.10.7.4.2b]`, (lab) => {
    const { remote, handle } = connected(lab);
    lab.do((stack) => stack.shutdown(handle));
    lines.forEach((line) => remote.says(line));
    remote.hears();
    assert.equal(lab.stack.status(handle).state, name);
    remote.says("R 1");
    assert.equal(lab.stack.status(handle).reason, "reset");
    assert.equal(lab.stack.status(handle).path.at(-1), "CLOSED");
  });
}

onBothBuilds("a RST in LAST-ACK after all text has arrived is no error " +
  "[S26, RFC9293-3.10.7.4.2c]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FA 1 ack 1");
  lab.do((stack) => stack.shutdown(handle));
  remote.hears();
  remote.says("R 2");
  assert.equal(lab.stack.status(handle).reason, "finished");
});

onBothBuilds("a RST in LAST-ACK with text unacknowledged is told [S26]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FA 1 ack 1");
  lab.write(handle, textOf(1, 10));
  lab.do((stack) => stack.shutdown(handle));
  remote.hears();
  remote.says("R 2");
  assert.equal(lab.stack.status(handle).reason, "reset");
});

onBothBuilds("a RST in CLOSING after all text has arrived is no error " +
  "[S26, RFC9293-3.10.7.4.2c]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("FA 1 ack 1");
  remote.hears();
  assert.equal(lab.stack.status(handle).state, "CLOSING");
  remote.says("R 2");
  assert.equal(lab.stack.status(handle).reason, "finished");
});

onBothBuilds("a RST in SYN-RECEIVED takes it back to LISTEN " +
  "[S12, MUST-11, RFC9293-3.10.7.4.2a]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  remote.says("R 500");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"], "not at RCV.NXT: challenged");
  remote.says("R 1");
  assert.deepEqual([...lab.stack.entries("half-open")], []);
  assert.deepEqual(lab.newsOf(listener), [], "nobody is told");
  remote.opens();
  assert.notEqual(lab.stack.accept(listener), 0);
});

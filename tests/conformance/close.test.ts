/** Ending a connection with FIN, from both sides (RFC 9293 sections 3.6, 3.10.4, 3.10.7.4). */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { accepted, connected } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

onBothBuilds("active close: FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT, CLOSED after 2 MSL " +
  "(figure 12) [S05, MUST-13] " +
  "[RFC9293-3.10.7.4.8c, RFC9293-3.10.8c, RFC9293-3.10.7.4.5g]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-1");
  remote.says("A 1 ack 2");
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-2");
  assert.deepEqual(lab.newsOf(handle), ["sent"], "our FIN has arrived");
  remote.says("FA 1 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 2"]);
  assert.deepEqual(lab.newsOf(handle), ["peerFinished", "closed"]);
  const { path, reason } = lab.stack.status(handle);
  assert.deepEqual(path.slice(-3), ["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"]);
  assert.equal(reason, "finished");
  assert.equal([...lab.stack.entries("time-wait")].length, 1);
  lab.wait(60);
  assert.deepEqual([...lab.stack.entries("time-wait")], []);
});

onBothBuilds("queued data leaves before the FIN, which is numbered behind it " +
  "[S05, RFC9293-3.10.2f, RFC9293-3.10.4d]", (lab) => {
  const { remote, handle } = connected(lab, { syn: { mss: 1000, window: 2000 } });
  assert.equal(lab.stack.write(handle, textOf(1, 2500)), 2500);
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1", "A 1001+1000 ack 1"], "the window is full");
  remote.says("A 1 ack 2001");
  assert.deepEqual(remote.hears(), ["FPA 2001+500 ack 1"]);
  assert.throws(() => lab.stack.write(handle, textOf(0, 1)), { code: "EPIPE" });
});

onBothBuilds("a FIN is sent again like data, with back-off, until it is acknowledged " +
  "[S05, S17]", (lab) => {
  const { remote, handle } = connected(lab);
  const beganUs = lab.atUs;
  lab.do((stack) => stack.shutdown(handle));
  lab.wait(8);
  assert.deepEqual(remote.hearsTimed(beganUs), [
    "0: FA 1 ack 1", "1: FA 1 ack 1", "3: FA 1 ack 1", "7: FA 1 ack 1",
  ]);
  remote.says("A 1 ack 2");
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-2");
  lab.wait(100);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("FIN and ACK of our FIN in one segment: FIN-WAIT-1 to TIME-WAIT at once " +
  "[S06, RFC9293-3.10.7.4.8b]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.hears();
  remote.says("FPA 1+5 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 7"]);
  const { state, reason } = lab.stack.status(handle);
  assert.deepEqual([state, reason], ["TIME-WAIT", "finished"]);
  assert.deepEqual(lab.read(handle), textOf(1, 5), "what came with it can still be read");
});

onBothBuilds("passive close: FIN acknowledged at once, CLOSE-WAIT, LAST-ACK, CLOSED " +
  "[S07, RFC9293-3.10.4f, RFC9293-3.10.7.4.8a, RFC9293-3.10.7.4.5g]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FA 1 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 2"], "without delay");
  assert.deepEqual(lab.newsOf(handle), ["peerFinished"]);
  assert.equal(lab.stack.status(handle).state, "CLOSE-WAIT");
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 2"]);
  assert.equal(lab.stack.status(handle).state, "LAST-ACK");
  remote.says("A 2 ack 2");
  const { path, reason } = lab.stack.status(handle);
  assert.deepEqual([path.slice(-3), reason], [["CLOSE-WAIT", "LAST-ACK", "CLOSED"], "finished"]);
  assert.deepEqual([...lab.stack.entries("time-wait")], [], "who closes last does not wait");
});

onBothBuilds("LAST-ACK: an unanswered FIN is sent again, then given up " +
  "[S07, S17, MUST-20]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FA 1 ack 1");
  remote.hears();
  const beganUs = lab.atUs;
  lab.do((stack) => stack.shutdown(handle));
  lab.wait(500);
  const lines = remote.hearsTimed(beganUs);
  assert.deepEqual(lines.slice(0, 4), [0, 1, 3, 7].map((at) => `${at}: FA 1 ack 2`));
  assert.match(lines.at(-1)!, /: RA 2 ack 2$/, "a RST says that we gave up");
  assert.equal(lab.stack.status(handle).reason, "timed out");
});

onBothBuilds("half-close: after its FIN a side receives and acknowledges for hours " +
  "[S09, S11]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 1 ack 2");
  remote.hears();
  for (let seq = 1; seq <= 100_001; seq += 1000) {
    lab.wait(120);
    remote.says(`A ${seq}+1000 ack 2`);
    assert.deepEqual(lab.read(handle), textOf(seq, 1000));
    lab.wait(0.5);
    assert.equal(remote.hears().at(-1), `A 2 ack ${seq + 1000}`);
  }
  assert.equal(lab.stack.status(handle).state, "FIN-WAIT-2");
  remote.says("FA 101001 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 101002"]);
});

onBothBuilds("half-close: after the peer's FIN we send as long as we like [S07, S11]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FA 1 ack 1");
  remote.hears();
  for (let seq = 1; seq < 50_000; seq += 500) {
    lab.wait(120);
    lab.write(handle, textOf(seq, 500));
    assert.deepEqual(remote.hears(), [`PA ${seq}+500 ack 2`]);
    assert.deepEqual(remote.lastText, textOf(seq, 500));
    remote.says(`A 2 ack ${seq + 500}`);
  }
  assert.equal(lab.stack.status(handle).state, "CLOSE-WAIT");
});

onBothBuilds("a FIN behind a hole counts when the hole is filled, not before [S07, S23]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FPA 11+5 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  remote.says("PA 1+10 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 17"]);
  assert.equal(lab.stack.status(handle).state, "CLOSE-WAIT");
  assert.deepEqual(lab.read(handle), textOf(1, 15));
});

onBothBuilds("a FIN inside text that is held already is not believed: the stream goes on " +
  "[S23]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("A 11+20 ack 1");
  remote.says("FA 11 ack 1");
  remote.says("A 1+10 ack 1");
  assert.equal(lab.stack.status(handle).receiveQueue, 30);
  remote.says("FA 31 ack 1");
  assert.equal(remote.hears().at(-1), "A 1 ack 32");
  assert.equal(lab.stack.status(handle).state, "CLOSE-WAIT");
  assert.deepEqual(lab.read(handle), textOf(1, 30));
});

onBothBuilds("nothing follows a FIN: text behind it is not taken " +
  "[S07, RFC9293-3.10.7.4.7b]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FPA 1+4 ack 1");
  remote.hears();
  remote.says("PA 6+5 ack 1");
  remote.says("PA 5+5 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 4));
  assert.equal(lab.stack.status(handle).receiveNext, (remote.isn + 6) >>> 0);
  lab.ignoreFrames();
});

onBothBuilds("a FIN that comes again is acknowledged again [S07] " +
  "[RFC9293-3.10.7.4.8d]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (let copies = 0; copies < 3; copies++) {
    remote.says("FA 1 ack 1");
    assert.deepEqual(remote.hears(), ["A 1 ack 2"]);
  }
  assert.equal(lab.stack.status(handle).state, "CLOSE-WAIT");
});

onBothBuilds("SHUTDOWN twice is one FIN; CLOSE in CLOSE-WAIT sends it " +
  "[S05, RFC9293-3.10.4e]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.do((stack) => stack.shutdown(handle));
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  const other = connected(lab);
  other.remote.says("FA 1 ack 1");
  other.remote.hears();
  lab.do((stack) => stack.close(other.handle));
  assert.deepEqual(other.remote.hears(), ["FA 1 ack 2"]);
  assert.throws(() => lab.stack.status(other.handle), { code: "EBADF" });
});

onBothBuilds("CLOSE with octets unread resets: the peer must know that they are lost " +
  "[S26, SHLD-3, MAY-1]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+10 ack 1");
  lab.read(handle, 9);
  lab.do((stack) => stack.close(handle));
  assert.deepEqual(remote.hears(), ["RA 1 ack 11"]);
  assert.deepEqual([...lab.stack.entries("connections")], []);
});

onBothBuilds("text for an application that has let go is answered with RST " +
  "(RFC 9293 3.6.1) [S26, SHLD-3]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.do((stack) => stack.close(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  remote.says("A 1 ack 2");
  remote.says("PA 1+10 ack 2");
  assert.deepEqual(remote.hears().map((line) => line.split(" ")[0]), ["RA"]);
  assert.deepEqual([...lab.stack.entries("connections")], []);
});

onBothBuilds("FIN-WAIT-2 that nobody holds ends after a minute, a held one stays [S11]", (lab) => {
  const held = connected(lab);
  const orphan = connected(lab, { ownPort: 50001 });
  for (const { remote, handle } of [held, orphan]) {
    lab.do((stack) => stack.shutdown(handle));
    remote.hears();
    remote.says("A 1 ack 2");
  }
  lab.do((stack) => stack.close(orphan.handle));
  lab.wait(59);
  assert.equal([...lab.stack.entries("connections")].length, 2);
  lab.wait(2);
  assert.equal([...lab.stack.entries("connections")].length, 1);
  lab.wait(20 * 3600);
  assert.equal(lab.stack.status(held.handle).state, "FIN-WAIT-2");
});

onBothBuilds("FIN-WAIT-2 that is reached when nobody holds it any more ends after a minute, too " +
  "[S11]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.do((stack) => stack.close(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  remote.says("A 1 ack 2");
  lab.wait(59);
  assert.deepEqual([...lab.stack.entries("connections")].map(({ state }) => state), ["FIN-WAIT-2"]);
  lab.wait(2);
  assert.deepEqual([...lab.stack.entries("connections")], []);
});

onBothBuilds("what the application has let go of ends on its own, from either side " +
  "[S05, S07, S27]", (lab) => {
  const active = connected(lab);
  lab.do((stack) => stack.close(active.handle));
  active.remote.says("FA 1 ack 2");
  assert.deepEqual(active.remote.hears(), ["FA 1 ack 1", "A 2 ack 2"]);
  const passive = accepted(lab);
  passive.remote.says("FA 1 ack 1");
  lab.do((stack) => stack.close(passive.handle));
  passive.remote.says("A 2 ack 2");
  assert.deepEqual(passive.remote.hears(), ["A 1 ack 2", "FA 1 ack 2"]);
  assert.deepEqual([...lab.stack.entries("connections")], []);
  assert.equal([...lab.stack.entries("time-wait")].length, 1);
});

onBothBuilds("CLOSE-WAIT lasts as long as the application keeps it [S11]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FA 1 ack 1");
  remote.hears();
  lab.wait(20 * 3600);
  assert.equal(lab.stack.status(handle).state, "CLOSE-WAIT");
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("CLOSE in SYN-SENT ends the attempt without a word [S12] " +
  "[RFC9293-3.10.4b]", (lab) => {
  const handle = lab.stack.connect({ address: "10.0.0.2", port: 80 });
  lab.ignoreFrames();
  lab.do((stack) => stack.close(handle));
  lab.wait(100);
  assert.deepEqual([...lab.stack.entries("connections")], []);
});

onBothBuilds("ABORT in LAST-ACK and CLOSING: all is said, and no segment is sent " +
  "[RFC9293-3.10.5c]", (lab) => {
  const last = accepted(lab);
  last.remote.says("FA 1 ack 1");
  lab.do((stack) => stack.shutdown(last.handle));
  assert.deepEqual(last.remote.hears().at(-1), "FA 1 ack 2");
  lab.do((stack) => stack.abort(last.handle));
  assert.deepEqual(last.remote.hears(), []);
  const crossing = connected(lab, { address: "10.0.0.3" });
  lab.do((stack) => stack.shutdown(crossing.handle));
  crossing.remote.says("FA 1 ack 1");
  assert.equal(lab.stack.status(crossing.handle).state, "CLOSING");
  crossing.remote.hears();
  lab.do((stack) => stack.abort(crossing.handle));
  assert.deepEqual(crossing.remote.hears(), []);
  assert.deepEqual([...lab.stack.entries("connections")], []);
});

onBothBuilds("ABORT with text or FIN yet unsent, or text unread, sends RST behind CLOSE as well " +
  "[RFC9293-3.10.5b]", (lab) => {
  const unsent = accepted(lab, { syn: { window: 4 } });
  unsent.remote.says("FA 1 ack 1");
  lab.write(unsent.handle, textOf(1, 9));
  lab.do((stack) => stack.shutdown(unsent.handle));
  unsent.remote.hears();
  lab.do((stack) => stack.abort(unsent.handle));
  assert.match(unsent.remote.hears()[0]!, /^RA/);
  const unread = connected(lab, { address: "10.0.0.3" });
  unread.remote.says("FPA 1+5 ack 1");
  lab.do((stack) => stack.shutdown(unread.handle));
  unread.remote.hears();
  lab.do((stack) => stack.abort(unread.handle));
  assert.match(unread.remote.hears()[0]!, /^RA/);
});

onBothBuilds("text that has been read comes again before a FIN, to a connection nobody holds: " +
  "nothing is lost, and nothing is reset [S06, S11]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+5 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.do((stack) => stack.close(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 6"]);
  remote.says("FPA 1+5 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 7"], "all has arrived");
  assert.equal([...lab.stack.entries("time-wait")].length, 1);
});

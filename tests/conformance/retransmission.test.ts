/**
 * Retransmission: the timeout and its back-off (RFC 6298, RFC 9293 section 3.8.1), and when it is
 * given up (section 3.8.3).
 */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, connecting } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

onBothBuilds("unanswered text is sent again after 1, 3, 7 ... s, never more than 60 s apart " +
  " " +
    "[S17, MUST-19, RFC6298-2.4, RFC6298-2.5, RFC6298-5.1] " +
  "[RFC6298-5.4, RFC6298-5.5, RFC6298-5.6, RFC9293-3.10.8b]", (lab) => {
  const { remote, handle } = accepted(lab);
  const beganUs = lab.atUs;
  lab.write(handle, textOf(1, 100));
  lab.wait(250);
  const times = [0, 1, 3, 7, 15, 31, 63, 123, 183, 243];
  assert.deepEqual(remote.hearsTimed(beganUs), times.map((at) => `${at}: PA 1+100 ack 1`));
  assert.deepEqual(remote.lastText, textOf(1, 100));
  assert.equal(lab.stack.status(handle).retransmissions, 9);
});

onBothBuilds("R2: after five minutes it gives up: a RST to the peer, an error here " +
  "[S17, S26, MUST-20, SHLD-11, RFC9293-3.10.8a]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 100));
  lab.wait(300);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  remote.hears();
  lab.wait(60);
  assert.deepEqual(remote.hears(), ["RA 101 ack 1"]);
  const { state, reason } = lab.stack.status(handle);
  assert.deepEqual([state, reason], ["CLOSED", "timed out"]);
  assert.equal(lab.newsOf(handle).at(-1), "closed");
  lab.wait(1000);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("R2 is the application's to set: ten seconds [S17, MUST-21]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.stack.setOption(handle, "userTimeout", 10);
  const beganUs = lab.atUs;
  lab.write(handle, textOf(1, 5));
  lab.wait(60);
  assert.deepEqual(remote.hearsTimed(beganUs), [
    "0: PA 1+5 ack 1", "1: PA 1+5 ack 1", "3: PA 1+5 ack 1", "7: PA 1+5 ack 1", "15: RA 6 ack 1",
  ]);
  assert.equal(lab.stack.status(handle).reason, "timed out");
});

onBothBuilds("R1: the third retransmission is told, and an answer takes it back " +
  "[S17, MUST-20, MUST-47, SHLD-9, SHLD-10]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 5));
  lab.wait(6);
  assert.deepEqual(lab.newsOf(handle), []);
  lab.wait(2);
  assert.deepEqual(lab.newsOf(handle), ["softError"]);
  assert.equal(lab.stack.status(handle).softError, "retransmitting");
  remote.says("A 1 ack 6");
  assert.equal(lab.stack.status(handle).softError, "none");
  assert.equal(lab.stack.status(handle).retransmissions, 0);
  lab.ignoreFrames();
});

onBothBuilds("the first round trip R gives a timeout of 3 R, steady ones draw it near R " +
  "[S17, MUST-18, RFC6298-2.2, RFC6298-2.3a, RFC6298-3b, RFC6298-4]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.wait(0.8);
  remote.answers();
  assert.equal(lab.stack.status(handle).smoothedRttUs, 800_000);
  assert.equal(lab.stack.status(handle).rttVariationUs, 400_000);
  const timeouts: number[] = [];
  for (let seq = 1; seq < 6; seq++) {
    timeouts.push(lab.stack.status(handle).retransmissionTimeoutMs);
    lab.write(handle, textOf(seq, 1));
    lab.wait(0.8);
    remote.says(`A 1 ack ${seq + 1}`);
  }
  assert.deepEqual(timeouts, [2400, 2000, 1700, 1475, 1307]);
  remote.hears();
  lab.write(handle, textOf(6, 1));
  remote.hears();
  assert.ok(Math.abs(lab.waitForFrame() - 1.181) < 0.003);
  assert.deepEqual(remote.hears(), ["PA 6+1 ack 1"]);
});

onBothBuilds("the timeout follows the round trip and its variation, up and down " +
  "[S17, RFC6298-2.3a]", (lab) => {
  const { remote, handle } = accepted(lab);
  let srtt = 0;
  let rttvar = 0;
  for (const [index, rtt] of [800, 900, 1000, 1300, 1700, 2200, 1500, 700, 700].entries()) {
    lab.write(handle, textOf(index + 1, 1));
    lab.wait(rtt / 1000);
    remote.says(`A 1 ack ${index + 2}`);
    rttvar = index === 0 ? rtt / 2 : 0.75 * rttvar + 0.25 * Math.abs(srtt - rtt);
    srtt = index === 0 ? rtt : 0.875 * srtt + 0.125 * rtt;
    const { retransmissionTimeoutMs } = lab.stack.status(handle);
    const expected = Math.max(1000, srtt + 4 * rttvar);
    assert.ok(Math.abs(retransmissionTimeoutMs - expected) < 3, `sample ${index}: ${expected}`);
    assert.deepEqual(remote.hears(), [`PA ${index + 1}+1 ack 1`], "sent once");
  }
});

onBothBuilds("what was sent twice is not timed, and its back-off stays " +
  "[S17, MUST-18, RFC6298-3a]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 5));
  lab.wait(1.5);
  remote.says("A 1 ack 6");
  assert.equal(lab.stack.status(handle).smoothedRttUs, 0, "to which of both was that the answer?");
  remote.hears();
  lab.write(handle, textOf(6, 5));
  remote.hears();
  assert.equal(lab.waitForFrame(), 2, "still backed off");
  remote.says("A 1 ack 11");
  lab.write(handle, textOf(11, 5));
  lab.wait(0.1);
  remote.says("A 1 ack 16");
  assert.equal(lab.stack.status(handle).smoothedRttUs, 100_000, "sent once: timed");
  remote.hears();
  lab.write(handle, textOf(16, 5));
  remote.hears();
  assert.equal(lab.waitForFrame(), 1, "a sample ends the back-off");
  lab.ignoreFrames();
});

onBothBuilds("an ACK of something new starts the timer anew; of everything stops it " +
  "[S17, RFC6298-5, RFC6298-5.2, RFC6298-5.3]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 1072));
  assert.deepEqual(remote.hears(), ["A 1+536 ack 1", "PA 537+536 ack 1"]);
  lab.wait(0.9);
  remote.says("A 1 ack 537");
  const timeout = lab.stack.status(handle).retransmissionTimeoutMs / 1000;
  assert.ok(timeout > 2, "the round trip took 0.9 s");
  assert.ok(Math.abs(lab.waitForFrame() - timeout) < 0.002);
  assert.deepEqual(remote.hears(), ["PA 537+536 ack 1"]);
  remote.says("A 1 ack 1073");
  assert.equal(lab.stack.status(handle).timers.retransmit, undefined);
  lab.wait(1000);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("after a timeout one segment leaves, then two for each ACK " +
  "[S17, MUST-19, RFC5681-3.1a, RFC5681-3.1d]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 500 } });
  lab.write(handle, textOf(1, 4000));
  assert.equal(remote.hears().length, 8);
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["A 1+500 ack 1"]);
  remote.says("A 1 ack 501");
  assert.deepEqual(remote.hears(), ["A 501+500 ack 1", "A 1001+500 ack 1"]);
  remote.says("A 1 ack 1501");
  assert.deepEqual(remote.hears(), ["A 1501+500 ack 1", "A 2001+500 ack 1", "A 2501+500 ack 1"]);
  remote.says("A 1 ack 4001");
  assert.equal(lab.stack.status(handle).sendQueue, 0);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("a lost ACK heals: the peer's second copy is acknowledged again [S17, S23]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+50 ack 1");
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), ["A 1 ack 51"]);
  lab.wait(1);
  remote.says("PA 1+50 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 51"]);
  assert.deepEqual(lab.read(handle), textOf(1, 50));
});

onBothBuilds("a SYN sent again leaves no mark: text lost much later is sent again, too " +
  "(3.8.3) [S17, RFC6298-5.7]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.wait(1.5);
  remote.hears();
  remote.says("SA 0 ack 1");
  for (let minutes = 0; minutes < 10; minutes++) {
    lab.wait(60);
    remote.says(`PA ${1 + minutes}+1 ack 1`);
    lab.read(handle);
  }
  lab.wait(1);
  remote.hears();
  lab.write(handle, textOf(1, 5));
  remote.hears();
  assert.equal(lab.waitForFrame(), 3, "RFC 6298 5.7: three seconds after a lost SYN");
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 11"]);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
});

onBothBuilds("after a lost SYN the first window is one segment [S17, RFC6928-2b]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.wait(1.5);
  remote.hears();
  remote.says("SA 0 ack 1");
  remote.hears();
  lab.write(handle, textOf(1, 3000));
  assert.deepEqual(remote.hears(), ["A 1+536 ack 1"]);
});

onBothBuilds("the least timeout can be set; what is measured above it holds [S17]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.wait(0.1);
  remote.answers();
  lab.stack.setOption(handle, "minRto", 200);
  lab.write(handle, textOf(1, 5));
  remote.hears();
  assert.ok(Math.abs(lab.waitForFrame() - 0.3) < 0.002, "three times 100 ms");
  remote.hears();
  lab.stack.setOption(handle, "minRto", 3000);
  remote.says("A 1 ack 6");
  lab.write(handle, textOf(6, 5));
  lab.wait(0.1);
  remote.says("A 1 ack 11");
  lab.write(handle, textOf(11, 5));
  remote.hears();
  assert.equal(lab.waitForFrame(), 3);
  lab.ignoreFrames();
});

onBothBuilds("no copy can be told by its IP identification, which is 0: nothing is fragmented " +
  "(RFC 6864) [MAY-4]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 5));
  for (let copies = 0; copies < 3; copies++) {
    if (copies > 0) lab.waitForFrame();
    assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"]);
    const { octets } = remote.last!;
    assert.deepEqual([...octets.subarray(4, 8)], [0, 0, 0x40, 0], "and DF is set");
  }
});

onBothBuilds("retransmissions bear the newest acknowledgment and window [S17, S18]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 5));
  remote.hears();
  remote.says("PA 1+96 ack 1");
  lab.waitForFrame();
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["A 6 ack 97", "PA 1+5 ack 97"]);
  assert.equal(remote.last!.window, 4000);
  lab.read(handle);
});

onBothBuilds("the least timeout holds for the first ones, too, before a round trip is known " +
  "[S17]", (lab) => {
  const remote = new Remote(lab, { ownPort: 1024 });
  lab.do((stack) => {
    const handle = stack.connect({ address: "10.0.0.2", port: 5000, localPort: 1024 });
    stack.setOption(handle, "minRto", 2500);
  });
  assert.deepEqual(remote.hears(), ["S 0"]);
  assert.equal(lab.waitForFrame(), 2.5);
  lab.ignoreFrames();
});

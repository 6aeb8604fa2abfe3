/** Loss without a timeout, and how much is on its way (RFC 5681, 6582, 6928, 3042): NewReno. */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const LARGE = { budget: { connections: 1, sendRing: 16384 } };

/** A connection by RFC 5681, segments of 1,000 octets, `count` of which are on their way. */
function flying(lab: Lab, count: number): Opened {
  const opened = accepted(lab, { syn: { mss: 1000, window: 30_000 } });
  lab.stack.setOption(opened.handle, "congestion", 1);
  lab.write(opened.handle, textOf(1, count * 1000));
  assert.equal(opened.remote.hears().length, Math.min(count, 10));
  return opened;
}

onBothBuilds("ten segments leave at first; each ACK lets one more than it acknowledges go " +
  "[S18, MUST-19, RFC6928-2a, RFC5681-3.1a]", (lab) => {
  const { remote } = flying(lab, 14);
  remote.says("A 1 ack 1001");
  assert.deepEqual(remote.hears(), ["A 10001+1000 ack 1", "A 11001+1000 ack 1"]);
  remote.says("A 1 ack 3001");
  assert.deepEqual(remote.hears(), ["A 12001+1000 ack 1", "PA 13001+1000 ack 1"]);
}, LARGE);

onBothBuilds("of segments above 1,460 octets no more than 14,600 octets leave at first " +
  "[S18, RFC6928-2a]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 2000, window: 30_000 } });
  lab.write(handle, textOf(1, 16_000));
  assert.equal(remote.hears().filter((line) => line.includes("+2000")).length, 7);
}, { budget: { ...LARGE.budget, mtu: 2040 }, interface: { mtu: 2040 } });

onBothBuilds("beyond the threshold the window grows by a segment in a round trip, below it " +
  "doubles [S18, MUST-19, RFC5681-3.1a, RFC5681-3.1b]", (lab) => {
  const { remote, handle } = flying(lab, 10);
  assert.equal(lab.waitForFrame(), 1, "all ten are lost, or seem to be: the threshold is five");
  remote.hears();
  const windows: number[] = [];
  for (let una = 1, written = 10_001; windows.length < 7;) {
    const room = 16_000 - (written - una);
    lab.write(handle, textOf(written, room));
    written += room;
    const { congestionWindow } = lab.stack.status(handle);
    windows.push(congestionWindow / 1000);
    for (const end = una + Math.floor(congestionWindow / 1000) * 1000; una < end;) {
      una += 1000;
      remote.says(`A 1 ack ${una}`);
    }
    remote.hears();
  }
  assert.deepEqual(windows.slice(0, 3), [1, 2, 4]);
  assert.deepEqual(windows.slice(3), [5, 6, 7, 8], "from four to five, and on slowly");
}, LARGE);

for (const acknowledged of [0, 2]) {
  onBothBuilds(`three duplicate ACKs: the lost segment at once, after ${acknowledged} ` +
    `[S18, MUST-19, RFC5681-3.2a]`, (lab) => {
    const { remote } = flying(lab, 10);
    const una = 1 + acknowledged * 1000;
    if (acknowledged > 0) remote.says(`A 1 ack ${una}`);
    remote.says(`A 1 ack ${una}`);
    remote.says(`A 1 ack ${una}`);
    assert.deepEqual(remote.hears(), []);
    remote.says(`A 1 ack ${una}`);
    assert.deepEqual(remote.hears(), [`A ${una}+1000 ack 1`]);
    assert.deepEqual(remote.lastText, textOf(una, 1000));
    remote.says("A 1 ack 10001");
    lab.wait(100);
    assert.deepEqual(remote.hears(), [], "nothing was sent twice without need");
  }, LARGE);
}

onBothBuilds("the first two duplicate ACKs each let a new segment out [S18, RFC3042-2]", (lab) => {
  const { remote } = flying(lab, 14);
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), ["A 10001+1000 ack 1"]);
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), ["A 11001+1000 ack 1"]);
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1"]);
}, LARGE);

onBothBuilds("a partial ACK sends the next hole at once, a full one ends recovery " +
  "[S18, RFC5681-3.1c, RFC6582-3.2a, RFC6582-3.2b]", (lab) => {
  const { remote, handle } = flying(lab, 10);
  for (let copies = 0; copies < 4; copies++) remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1"]);
  remote.says("A 1 ack 4001");
  assert.deepEqual(remote.hears(), ["A 4001+1000 ack 1"]);
  remote.says("A 1 ack 7001");
  assert.deepEqual(remote.hears(), ["A 7001+1000 ack 1"]);
  remote.says("A 1 ack 10001");
  assert.deepEqual(remote.hears(), []);
  const { congestionWindow, slowStartThreshold } = lab.stack.status(handle);
  assert.equal(slowStartThreshold, 5000, "half of what was on its way");
  assert.ok(congestionWindow <= 5000, `${congestionWindow}`);
}, LARGE);

onBothBuilds("in recovery each further duplicate lets one more out when half are home " +
  "[S18, RFC5681-3.2b]", (lab) => {
  const { remote } = flying(lab, 14);
  for (let copies = 0; copies < 3; copies++) remote.says("A 1 ack 1");
  remote.hears();
  // 12 are on their way; the window is 6 + 3: from the fourth duplicate on it grows by one each.
  const heard: string[][] = [];
  for (let copies = 0; copies < 5; copies++) {
    remote.says("A 1 ack 1");
    heard.push(remote.hears());
  }
  assert.deepEqual(heard, [[], [], [], ["A 12001+1000 ack 1"], ["PA 13001+1000 ack 1"]]);
}, LARGE);

onBothBuilds("what is no duplicate ACK: text, another window, nothing outstanding " +
  "[S18, RFC5681-2]", (lab) => {
  const { remote, handle } = flying(lab, 5);
  for (let count = 0; count < 4; count++) remote.says(`PA ${1 + count}+1 ack 1`);
  for (let count = 0; count < 4; count++) remote.says("A 5 ack 1", { window: 29_000 - count });
  assert.ok(remote.hears().every((line) => /^A 5001 /.test(line)), "only acknowledgments");
  remote.says("A 5 ack 5001");
  for (let count = 0; count < 4; count++) remote.says("A 5 ack 5001");
  lab.read(handle);
  lab.write(handle, textOf(5001, 1000));
  assert.equal(remote.hears().at(-1), "PA 5001+1000 ack 5");
  remote.says("A 5 ack 5001");
  assert.deepEqual(remote.hears(), [], "they did not count: this is the first");
}, LARGE);

onBothBuilds("duplicates of what a timeout sent twice start no recovery " +
  "[S18, RFC6582-4]", (lab) => {
  const { remote } = flying(lab, 5);
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1"]);
  for (let copies = 0; copies < 5; copies++) remote.says("A 1 ack 1");
  assert.ok(!remote.hears().includes("A 1+1000 ack 1"));
  assert.equal(lab.stack.counter("TcpFastRetransmits"), 0);
}, LARGE);

onBothBuilds("a lost retransmission is left to the timeout [S17, S18]", (lab) => {
  const { remote } = flying(lab, 5);
  for (let copies = 0; copies < 4; copies++) remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1"]);
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["A 1+1000 ack 1"]);
  remote.says("A 1 ack 5001");
}, LARGE);

onBothBuilds("a segment out of order is acknowledged at once, each by an ACK of its own " +
  "[S18, MAY-13, RFC5681-4.2a]", (lab) => {
  const { remote } = accepted(lab);
  for (let seq = 101; seq < 600; seq += 100) {
    remote.says(`A ${seq}+100 ack 1`);
    assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  }
  const batch = [601, 701, 801].map((seq) => remote.frame(`A ${seq}+100 ack 1`));
  for (const frame of batch) lab.receiveOnly(frame);
  lab.turn();
  assert.deepEqual(remote.hears(), ["A 1 ack 1", "A 1 ack 1", "A 1 ack 1"], "one for each");
});

onBothBuilds("a hole that is filled, wholly or in part, is acknowledged at once " +
  "[S18, SHLD-31, RFC5681-4.2b]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("A 201+100 ack 1");
  remote.says("A 401+100 ack 1");
  remote.hears();
  remote.says("A 1+100 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 101"], "in part: at once");
  remote.says("A 101+100 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 301"]);
  remote.says("A 301+100 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 501"]);
  assert.deepEqual(lab.read(handle), textOf(1, 500));
});

onBothBuilds("a hole that is filled by the batch that made it: one ACK, at once " +
  "[MUST-58, MUST-59, RFC5681-4.2b]", (lab) => {
  const { remote } = accepted(lab);
  const batch = ["A 101+100 ack 1", "A 201+100 ack 1", "A 1+100 ack 1"];
  for (const frame of batch.map((line) => remote.frame(line))) lab.receiveOnly(frame);
  lab.turn();
  assert.deepEqual(remote.hears(), ["A 1 ack 301"]);
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), []);
});

onBothBuilds("more holes than the budget has ranges: what is not noted is asked for again " +
  "[S23]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (let seq = 101; seq < 1200; seq += 200) remote.says(`A ${seq}+100 ack 1`);
  assert.equal(lab.stack.status(handle).outOfOrder, 400, "four ranges of the budget");
  assert.equal(lab.stack.counter("TcpTextBeyondRanges"), 2);
  for (let seq = 1; seq < 1200; seq += 100) remote.says(`A ${seq}+100 ack 1`);
  assert.equal(remote.hears().at(-1), "A 1 ack 1201");
  assert.deepEqual(lab.read(handle), textOf(1, 1200));
});

onBothBuilds("text that overlaps what is held and what is new: every octet once " +
  "[S23, SHLD-31]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (const line of ["A 51+100 ack 1", "A 301+50 ack 1", "A 1+80 ack 1", "A 120+200 ack 1"]) {
    remote.says(line);
  }
  assert.equal(remote.hears().at(-1), "A 1 ack 351");
  assert.deepEqual(lab.read(handle), textOf(1, 350));
});

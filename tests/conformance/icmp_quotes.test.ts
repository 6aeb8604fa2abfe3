/**
 * ICMP errors, state by state and quote by quote: which are about a connection at all, and what
 * they do before it is up (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927).
 */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, connecting, listening } from "../support/remote.js";
import {
  PARAMETER_PROBLEM, PORT_UNREACHABLE, type Quote, TIME_EXCEEDED, UNREACHABLE, tells,
} from "../support/router.js";
import { textOf } from "../support/segment_line.js";

const HARD = [2, PORT_UNREACHABLE];

function halfOpenCount(lab: Lab): number {
  return [...lab.stack.entries("half-open")].length;
}

for (const code of [6, 7, 8, 9, 10, 11, 12, 13, 14, 15]) {
  onBothBuilds(`unreachable, code ${code}, which RFC 9293 does not name, is taken for soft ` +
    `[MUST-56, SHLD-25]`, (lab) => {
    const { remote, handle } = connecting(lab);
    remote.hears();
    tells(lab, remote, UNREACHABLE, code, 0);
    assert.deepEqual(lab.newsOf(handle), ["softError"]);
    assert.equal(lab.stack.status(handle).softError, "unreachable");
    remote.says("SA 0 ack 1");
    assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  });
}

for (const code of HARD) {
  onBothBuilds(`SYNs have crossed, code ${code}: the attempt ends all the same ` +
    `[S13, SHLD-26, RFC5461-4.1]`, (lab) => {
    const { remote, handle } = connecting(lab);
    remote.hears();
    remote.says("S 0");
    remote.hears();
    tells(lab, remote, UNREACHABLE, code, 0);
    assert.deepEqual(lab.newsOf(handle), ["closed"]);
    assert.equal(lab.stack.status(handle).reason, "refused");
  });

  onBothBuilds(`a SYN+ACK meets nobody, code ${code}: the half-open entry goes, the listener ` +
    `listens on [SHLD-26, MUST-54]`, (lab) => {
    const listener = listening(lab, { backlog: 1 });
    const remote = new Remote(lab);
    remote.says("S 0");
    remote.hears();
    tells(lab, remote, UNREACHABLE, code, 0);
    assert.equal(halfOpenCount(lab), 0);
    lab.wait(200);
    assert.deepEqual(remote.hears(), [], "the SYN+ACK is not sent again");
    const other = new Remote(lab, { port: 5001 });
    other.opens();
    assert.notEqual(lab.stack.accept(listener), 0);
  });
}

onBothBuilds("a SYN+ACK is on its way, and a soft error comes: the entry stays, and becomes a " +
  "connection [MUST-56]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  for (const code of [0, 1, 5, 13]) tells(lab, remote, UNREACHABLE, code, 0);
  tells(lab, remote, TIME_EXCEEDED, 0, 0);
  tells(lab, remote, PARAMETER_PROBLEM, 0, 0);
  remote.says("A 1 ack 1");
  assert.equal(lab.stack.status(lab.stack.accept(listener)).state, "ESTABLISHED");
});

onBothBuilds("a SYN+ACK is on its way, and an error quotes another number: nothing happens " +
  "[RFC5927-4.1]", (lab) => {
  listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  for (const seq of [-1, 1, 70_000]) tells(lab, remote, UNREACHABLE, PORT_UNREACHABLE, seq);
  assert.equal(halfOpenCount(lab), 1);
  assert.equal(lab.stack.counter("DropIcmpUnmatched"), 3);
});

const BAD_QUOTES: [what: string, quote: Quote, counter: "DropIcmpUnmatched" | "DropIcmpMalformed"][]
  = [
    ["7 octets of the segment", { len: 7 }, "DropIcmpMalformed"],
    ["nothing of the segment", { len: 0 }, "DropIcmpMalformed"],
    ["a segment from elsewhere", { source: "10.0.0.9" }, "DropIcmpUnmatched"],
    ["a segment to elsewhere", { destination: "10.0.0.9" }, "DropIcmpUnmatched"],
  ];

for (const [what, quote, counter] of BAD_QUOTES) {
  onBothBuilds(`an error that quotes ${what} is dropped [MUST-54, RFC1122-3.2.2c]`, (lab) => {
    const { remote, handle } = connecting(lab);
    remote.hears();
    tells(lab, remote, UNREACHABLE, PORT_UNREACHABLE, 0, quote);
    assert.deepEqual(lab.newsOf(handle), []);
    assert.equal(lab.stack.counter(counter), 1);
  });
}

for (const [what, quote] of [
  ["8 octets of the segment", { len: 8 }], ["500 octets of it", { len: 500 }],
  ["IP options", { ipOptions: [7, 7, 4, 0, 0, 0, 0, 0] }], ["40 octets of them", {
    ipOptions: new Array<number>(40).fill(1),
  }],
] as [string, Quote][]) {
  onBothBuilds(`an error that quotes ${what} is found to be ours [MUST-54, RFC1122-3.2.2c]`,
    (lab) => {
    const { remote, handle } = connecting(lab);
    remote.hears();
    tells(lab, remote, UNREACHABLE, PORT_UNREACHABLE, 0, quote);
    assert.equal(lab.stack.status(handle).reason, "refused");
  });
}

onBothBuilds("an error about what has been acknowledged, or a bare ACK, is none of ours " +
  "[RFC5927-4.1]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 100));
  remote.says("A 1 ack 51");
  for (const seq of [0, 1, 50, 101]) tells(lab, remote, UNREACHABLE, 1, seq);
  assert.deepEqual(lab.newsOf(handle), []);
  for (const seq of [51, 100]) tells(lab, remote, UNREACHABLE, 1, seq);
  assert.deepEqual(lab.newsOf(handle), ["softError", "softError"]);
  lab.ignoreFrames();
});

onBothBuilds("an error about a connection in TIME-WAIT changes nothing [RFC5927-5.2]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("FA 1 ack 2");
  remote.hears();
  for (const seq of [0, 1, 2]) tells(lab, remote, UNREACHABLE, PORT_UNREACHABLE, seq);
  assert.equal([...lab.stack.entries("time-wait")].length, 1);
  remote.says("FA 1 ack 2");
  assert.deepEqual(remote.hears(), ["A 2 ack 2"]);
});

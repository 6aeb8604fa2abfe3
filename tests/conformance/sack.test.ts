/** Selective acknowledgment, the receiver's side (RFC 2018, RFC 2883). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, Remote, accepted, connecting, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

/** The blocks of the segment heard last, relative to the remote's ISN. */
function blocks({ last, isn }: Remote): [number, number][] {
  const view = new DataView(last!.octets.buffer, last!.octets.byteOffset);
  return Array.from({ length: last!.sackBlocks }, (_, index) => {
    const at = last!.sackAt + 8 * index;
    return [(view.getUint32(at) - isn) | 0, (view.getUint32(at + 4) - isn) | 0];
  });
}

/** Says it, hears one ACK of `ack`, and returns its blocks. */
function sayAndHear(remote: Remote, line: string, ack: number): [number, number][] {
  remote.says(line);
  assert.deepEqual(remote.hears(), [`A 1 ack ${ack}`]);
  return blocks(remote);
}

function permitted(lab: Lab): Opened {
  return accepted(lab, { syn: { sackPermitted: true, mss: 1000 } });
}

onBothBuilds("SACK-permitted is offered in a SYN, and in a SYN+ACK when the SYN did " +
  "[RFC2018-2]", (lab) => {
  const { remote } = connecting(lab);
  remote.hears();
  assert.equal(remote.last!.mayAcknowledgeSelectively, true);
  listening(lab);
  for (const sackPermitted of [true, false]) {
    const other = new Remote(lab, { port: sackPermitted ? 5001 : 5002 });
    other.says("S 0", { sackPermitted });
    other.hears();
    assert.equal(other.last!.mayAcknowledgeSelectively, sackPermitted);
  }
});

onBothBuilds("without SACK-permitted no ACK names blocks [RFC2018-3a]", (lab) => {
  const { remote } = accepted(lab);
  assert.deepEqual(sayAndHear(remote, "A 11+10 ack 1", 1), []);
});

onBothBuilds("the first block has the octets that just came, the others follow by age " +
  "[RFC2018-3b, RFC2018-4b, RFC2018-4c, RFC2018-4d, RFC2018-4e]", (lab) => {
  const { remote, handle } = permitted(lab);
  assert.deepEqual(sayAndHear(remote, "A 101+100 ack 1", 1), [[101, 201]]);
  assert.deepEqual(sayAndHear(remote, "A 501+100 ack 1", 1), [[501, 601], [101, 201]]);
  assert.deepEqual(
    sayAndHear(remote, "A 301+100 ack 1", 1), [[301, 401], [501, 601], [101, 201]]);
  assert.deepEqual(
    sayAndHear(remote, "A 201+50 ack 1", 1), [[101, 251], [301, 401], [501, 601]],
    "a block that grows comes first again");
  assert.deepEqual(
    sayAndHear(remote, "A 701+100 ack 1", 1),
    [[701, 801], [101, 251], [301, 401], [501, 601]], "four at the most");
  assert.deepEqual(
    sayAndHear(remote, "A 1+100 ack 1", 251), [[701, 801], [301, 401], [501, 601]]);
  assert.deepEqual(lab.read(handle), textOf(1, 250));
});

onBothBuilds("two blocks become one when what is between them comes [RFC2018-4b]", (lab) => {
  const { remote } = permitted(lab);
  sayAndHear(remote, "A 101+100 ack 1", 1);
  sayAndHear(remote, "A 301+100 ack 1", 1);
  assert.deepEqual(sayAndHear(remote, "A 201+100 ack 1", 1), [[101, 401]]);
  assert.deepEqual(sayAndHear(remote, "A 1+100 ack 1", 401), []);
});

onBothBuilds("three blocks beside timestamps [RFC2018-3b]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0", { sackPermitted: true, ts: [1, 0] });
  remote.hears();
  remote.says("A 1 ack 1", { ts: [1, 0] });
  assert.notEqual(lab.stack.accept(listener), 0);
  for (const from of [101, 301, 501, 701]) {
    remote.says(`A ${from}+10 ack 1`, { ts: [2, 0] });
    remote.hears();
  }
  assert.deepEqual(blocks(remote), [[701, 711], [501, 511], [301, 311]]);
});

onBothBuilds("blocks ride on text, which makes room for them [RFC2018-4a, RFC6691-2b]", (lab) => {
  const { remote, handle } = permitted(lab);
  sayAndHear(remote, "A 101+100 ack 1", 1);
  sayAndHear(remote, "A 301+100 ack 1", 1);
  lab.write(handle, textOf(1, 1500));
  assert.deepEqual(remote.hears(), ["A 1+980 ack 1", "PA 981+520 ack 1"]);
  assert.deepEqual(blocks(remote), [[301, 401], [101, 201]]);
});

onBothBuilds("octets that came before are told once, in front of the other blocks " +
  "[RFC2883-4a, RFC2883-4b, RFC2883-4c, RFC2883-4d]", (lab) => {
  const { remote, handle } = permitted(lab);
  remote.says("PA 1+100 ack 1");
  lab.wait(0.1);
  remote.hears();
  assert.deepEqual(sayAndHear(remote, "A 1+100 ack 1", 101), [[1, 101]], "below the ACK");
  assert.deepEqual(sayAndHear(remote, "A 201+100 ack 1", 101), [[201, 301]], "told once");
  assert.deepEqual(
    sayAndHear(remote, "A 201+100 ack 1", 101), [[201, 301], [201, 301]], "in a held block");
  assert.deepEqual(
    sayAndHear(remote, "A 251+100 ack 1", 101), [[251, 301], [201, 351]], "a part of it");
  assert.deepEqual(sayAndHear(remote, "A 51+100 ack 1", 151), [[51, 101], [201, 351]]);
  assert.deepEqual(lab.read(handle), textOf(1, 150));
});

onBothBuilds("what lies in the ring does not change when other octets come for it " +
  "[S23]", (lab) => {
  const { remote, handle } = permitted(lab);
  remote.says("A 101+100 ack 1");
  remote.says("A 51+150 ack 1", { text: "x".repeat(150) });
  remote.says("A 1+50 ack 1");
  const expected = Buffer.concat([textOf(1, 50), Buffer.from("x".repeat(50)), textOf(101, 100)]);
  assert.deepEqual(lab.read(handle), expected);
  lab.ignoreFrames();
});

onBothBuilds("what a peer has reported is kept all the same, and sent again " +
  "[RFC2018-5c]", (lab) => {
  const { remote, handle } = permitted(lab);
  lab.write(handle, textOf(1, 1000));
  assert.deepEqual(remote.hears(), ["PA 1+1000 ack 1"]);
  const from = (remote.ownIsn! + 1) >>> 0;
  const octets = [from >>> 24, (from >>> 16) & 255, (from >>> 8) & 255, from & 255];
  const to = (from + 1000) >>> 0;
  octets.push(to >>> 24, (to >>> 16) & 255, (to >>> 8) & 255, to & 255);
  remote.says("A 1 ack 1", { options: [1, 1, 5, 10, ...octets] });
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["PA 1+1000 ack 1"]);
  assert.deepEqual(remote.lastText, textOf(1, 1000));
});

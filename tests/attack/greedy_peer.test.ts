/** A receiver that lies to get more than its share (RFC 5681, RFC 3465): ACKs of many kinds. */
import assert from "node:assert/strict";
import { type Opened, accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";
import { ATTACKER, type Scene, attack } from "./scene.js";

const MSS = 500;

/** The attacker's own connection, with `count` segments on their way to it. */
function greedy(scene: Scene, count: number): Opened {
  const opened = accepted(scene.lab, {
    address: ATTACKER, ownPort: 81, syn: { window: 60_000, mss: MSS },
  });
  scene.lab.write(opened.handle, textOf(1, count * MSS));
  assert.equal(opened.remote.hears().length, count);
  return opened;
}

attack("optimistic ACKs, of what was never sent: the window does not grow [RFC5961-5.2a]",
  (scene) => {
    const { remote, handle } = greedy(scene, 8);
    const { congestionWindow } = scene.lab.stack.status(handle);
    for (let ahead = 1; ahead < 1000; ahead++) {
      scene.strike(remote.frame(`A 1 ack ${1 + 8 * MSS + ahead}`));
    }
    assert.equal(scene.lab.stack.status(handle).congestionWindow, congestionWindow);
    assert.ok(scene.answered <= 20);
  });

attack("ACK division in slow start: a segment's worth of growth for a segment " +
  "(RFC 5681 3.1) [S18]", (scene) => {
  const { remote, handle } = greedy(scene, 8);
  const { congestionWindow } = scene.lab.stack.status(handle);
  for (let ack = 2; ack <= 1 + MSS; ack++) scene.strike(remote.frame(`A 1 ack ${ack}`));
  const grown = scene.lab.stack.status(handle).congestionWindow - congestionWindow;
  assert.ok(grown <= MSS, `${grown} octets for ${MSS}`);
});

attack("ACK division in congestion avoidance: no more growth than by whole ACKs " +
  "(RFC 5681 3.1) [S18]", (scene) => {
  const { remote, handle } = greedy(scene, 8);
  scene.lab.waitForFrame();
  remote.hears();
  // The threshold is at four segments from now on.
  let una = 1;
  for (; una < 1 + 7 * MSS; una += MSS) {
    scene.strikeOwn(remote.frame(`A 1 ack ${una + MSS}`));
  }
  scene.lab.write(handle, textOf(1 + 8 * MSS, 4096 - MSS));
  remote.hears();
  const before = scene.lab.stack.status(handle).congestionWindow;
  for (let ack = una + 1; ack <= una + 2 * MSS; ack++) scene.strike(remote.frame(`A 1 ack ${ack}`));
  const grown = scene.lab.stack.status(handle).congestionWindow - before;
  assert.ok(grown <= MSS, `${grown} octets for two segments out of ${before / MSS}`);
});

attack("ten thousand duplicate ACKs: one retransmission, and no burst [RFC3042-2, S18]",
  (scene) => {
    const { remote } = greedy(scene, 8);
    for (let count = 0; count < 10_000; count++) scene.strikeOwn(remote.frame("A 1 ack 1"));
    const sent = remote.hears();
    assert.ok(sent.filter((line) => / 1\+/.test(line)).length <= 1);
    assert.ok(sent.length <= 2, sent.join("; "));
  });

attack("bogus SACK blocks, of what was never sent, backwards, of everything, and taken back " +
  "[RFC2018-8]", (scene) => {
  const { remote } = greedy(scene, 8);
  const block = (from: number, to: number) => [from, to].flatMap((seq) =>
    [24, 16, 8, 0].map((shift) => (((remote.ownIsn! + seq) >>> 0) >>> shift) & 255));
  const cases = [[1, 4001], [4001, 1], [501, 1001], [-5000, 90_000], [2 ** 31, 1], [1, 1]];
  for (const [from = 0, to = 0] of cases) {
    for (let count = 1; count <= 4; count++) {
      const blocks = Array.from({ length: count }, () => block(from, to)).flat();
      scene.strike(remote.frame("A 1 ack 1", { options: [1, 1, 5, 2 + 8 * count, ...blocks] }));
    }
  }
  // It had said that it holds them, and has not: all of them are sent again.
  const heard = new Map<number, Buffer>();
  for (let una = 1; una < 1 + 8 * MSS;) {
    scene.lab.wait(5);
    for (const [seq, text] of remote.hearsPieces()) heard.set(seq, text);
    while (heard.has(una)) una += heard.get(una)!.length;
    scene.strikeOwn(remote.frame(`A 1 ack ${una}`));
    for (const [seq, text] of remote.hearsPieces()) heard.set(seq, text);
  }
  for (const [seq, text] of heard) assert.deepEqual(text, textOf(seq, text.length));
});

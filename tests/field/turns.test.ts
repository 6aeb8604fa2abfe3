/**
 * Whose turn it is when several connections have something to send: by octets, and who has little
 * to say first, so that bulk never starves a few octets nor a crowd of such the bulk. Frame by
 * frame, as a driver with a slow link pulls them.
 */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { Remote, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const CROWD = 10;
const BUDGET = { connections: CROWD, receiveRing: 256, sendRing: 2048 };
const FRAMES = 4000;

class Talker {
  sent = 0;
  written = 0;

  constructor(readonly remote: Remote, readonly handle: number, private readonly lab: Lab) {}

  /** As much as the ring takes, or so many octets. Nothing leaves before the lab takes it. */
  write(length: number): void {
    this.written += this.lab.stack.write(this.handle, textOf(1 + this.written, length));
  }

  /** Acknowledges all it has heard. */
  acknowledge(): void {
    this.lab.receiveOnly(this.remote.frame(`A 1 ack ${1 + this.sent}`));
  }

  /** Takes what it heard: octets. */
  listen(): number {
    const pieces = this.remote.hearsPieces();
    const octets = pieces.reduce((sum, [, text]) => sum + text.length, 0);
    this.sent += octets;
    return octets;
  }
}

function talkers(lab: Lab, count: number, mss: (index: number) => number): Talker[] {
  const listener = listening(lab, { backlog: count });
  return Array.from({ length: count }, (_, index) => {
    const syn = { mss: mss(index), window: 65535, sackPermitted: true };
    const remote = new Remote(lab, { port: 5000 + index, syn });
    remote.opens();
    const handle = lab.stack.accept(listener);
    lab.stack.setOption(handle, "noDelay", true);
    lab.turn();
    return new Talker(remote, handle, lab);
  });
}

/** Takes a frame. Which of them it was for, or -1: there is none. */
function takeOne(lab: Lab, all: Talker[]): number {
  if (!lab.take()) return -1;
  return all.findIndex((talker) => talker.listen() > 0);
}

function takeAll(lab: Lab, all: Talker[]): number[] {
  const order: number[] = [];
  for (let turn = takeOne(lab, all); turn >= 0; turn = takeOne(lab, all)) order.push(turn);
  return order;
}

onBothBuilds("a few octets leave before bulk that waits, written before or later", (lab) => {
  const all = talkers(lab, 3, () => 1460);
  const [bulk, other, sensor] = all as [Talker, Talker, Talker];
  bulk.write(4380);
  other.write(4380);
  assert.deepEqual([takeOne(lab, all), takeOne(lab, all)], [0, 1]);
  sensor.write(20);
  assert.deepEqual([takeOne(lab, all), takeOne(lab, all)], [2, 0]);
  sensor.write(20);
  assert.deepEqual(takeAll(lab, all), [2, 1, 0, 1]);
}, { budget: { ...BUDGET, sendRing: 8192, connections: 3 } });

onBothBuilds("bulk shares by octets, however large the segments are", (lab) => {
  const all = talkers(lab, 2, (index) => [1000, 300][index]!);
  const octets = [0, 0];
  for (let frame = 0; frame < FRAMES; frame++) {
    for (const talker of all) {
      talker.write(2048);
      talker.acknowledge();
    }
    const before = all.map(({ sent }) => sent);
    const turn = takeOne(lab, all);
    octets[turn]! += all[turn]!.sent - before[turn]! + 40;
  }
  lab.ignoreFrames();
  const ratio = octets[0]! / octets[1]!;
  assert.ok(ratio > 0.95 && ratio < 1.05, `octets of frames: ${octets.join(" and ")}`);
}, { budget: BUDGET });

onBothBuilds("a crowd that always has a few octets to say does not starve bulk, nor the bulk " +
  "the crowd", (lab) => {
  const all = talkers(lab, CROWD, () => 1000);
  const bulk = all[0]!;
  const frames = new Array<number>(CROWD).fill(0);
  for (let frame = 0; frame < FRAMES; frame++) {
    bulk.write(2048);
    bulk.acknowledge();
    for (const sensor of all.slice(1)) {
      if (sensor.written !== sensor.sent) continue;
      sensor.acknowledge();
      sensor.write(20);
    }
    frames[takeOne(lab, all)]!++;
  }
  lab.ignoreFrames();
  const [ofBulk, ...ofCrowd] = frames as [number, ...number[]];
  const shares = [1040 * ofBulk, ...ofCrowd.map((count) => 60 * count)];
  const mean = shares.reduce((sum, share) => sum + share) / shares.length;
  for (const share of shares) {
    assert.ok(Math.abs(share / mean - 1) < 0.15, `octets of frames: ${shares.join(", ")}`);
  }
}, { budget: BUDGET });

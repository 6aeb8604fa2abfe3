/**
 * Loss and reordering. What is acknowledged is there to be read, in whatever order it came; and a
 * bad line slows a transfer down by what the line does, not by more.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event } from "../../assembly/abi/event.js";
import type { WireOptions } from "../../host/link/wire.js";
import { type Build, type Lab, onBothBuilds } from "../support/lab.js";
import { hosts } from "../support/hosts.js";
import { isPattern, patternAt } from "../support/pattern.js";
import { accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

/** All orders of so many things. */
function* orders(count: number): Generator<number[]> {
  if (count === 0) return yield [];
  for (const rest of orders(count - 1)) {
    for (let at = 0; at < count; at++) {
      yield [...rest.slice(0, at), count - 1, ...rest.slice(at)];
    }
  }
}

/** Twelve octets in pieces: each in every order, whole, overlapping, and with a FIN at the end. */
const CUTS: Record<string, [at: number, len: number][]> = {
  "three of four": [[1, 4], [5, 4], [9, 4]],
  "four that overlap": [[1, 5], [4, 4], [6, 4], [8, 5]],
  "twelve octets in five": [[1, 2], [3, 2], [5, 4], [9, 2], [11, 2]],
};

for (const [name, pieces] of Object.entries(CUTS)) {
  onBothBuilds(`12 octets, ${name}, in every order: what is acknowledged can be read ` +
    `[S23] [S18]`, (lab) => {
    let port = 6000;
    for (const order of orders(pieces.length)) checkOrder(lab, port++, pieces, order);
  }, { budget: { connections: 1 } });
}

function checkOrder(lab: Lab, port: number, pieces: [number, number][], order: number[]): void {
  const about = `${order.map((index) => pieces[index]![0])}`;
  const { remote, handle, listener } = accepted(lab, { port });
  const came = new Set<number>();
  for (const index of order) {
    const [at, len] = pieces[index]!;
    for (let seq = at; seq < at + len; seq++) came.add(seq);
    remote.says(`A ${at}+${len} ack 1`);
    let next = 1;
    while (came.has(next)) next++;
    lab.wait(0.5);
    assert.equal(remote.hears().at(-1)!.split(" ")[3], `${next}`, `acknowledged, ${about}`);
    assert.equal(lab.stack.status(handle).receiveQueue, next - 1, `to be read, ${about}`);
  }
  assert.deepEqual(lab.read(handle), textOf(1, 12), about);
  lab.do((stack) => stack.abort(handle));
  lab.do((stack) => stack.close(listener));
  lab.ignoreFrames();
}

const BYTES = 1_000_000;
const DELAY_MS = 10;
const RATE = 10_000_000;
const SEGMENT = 1460;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Octets a second, of a transfer from the build to a desk. */
function throughput(build: Build, faults: WireOptions): number {
  const { pair, left, right } = hosts({
    build, wire: { delayMs: DELAY_MS, rateBitsPerSecond: RATE, ...faults },
    budgets: [{}, { connections: 1, sendRing: 16384, receiveRing: 1024 }],
  });
  let sent = 0;
  let received = 0;
  right.listen({ port: 7 }, (handle) => () => {
    for (let taken = 1; taken > 0 && sent < BYTES; sent += taken) {
      taken = right.write(handle, patternAt(0, sent, Math.min(SEGMENT, BYTES - sent)));
    }
  });
  const handle = left.connect({ port: 7 }, (bits) => {
    assert.equal(bits & Event.Closed, 0, "closed");
    const text = left.read(handle);
    assert.ok(isPattern(0, received, text), "other octets than were sent");
    received += text.length;
  });
  pair.drive("the transfer", () => received === BYTES, 3600, 200_000);
  return BYTES / (pair.clock.now() / 1e6);
}

/**
 * What a line does, and how much of a clean line's throughput must be left. A frame that is held
 * back is waited for, and not sent again (RFC 8985): with the send ring full, that is time lost.
 */
const LINES: [faults: WireOptions, least: number][] = [
  [{ reorder: 0.05 }, 0.9],
  [{ reorder: 0.2 }, 0.65],
  [{ loss: 0.001 }, 0.95],
  [{ loss: 0.01 }, 0.7],
  [{ loss: 0.02 }, 0.5],
  [{ loss: 0.05 }, 0.2],
  [{ loss: 0.1 }, 0.05],
  [{ loss: 0.01, reorder: 0.1, duplicate: 0.02 }, 0.6],
];

for (const build of ["node", "board"] as const) {
  const clean = throughput(build, {});
  for (const [faults, least] of LINES) {
    const what = Object.entries(faults).map(([name, value]) => `${name} ${value * 100} %`);
    test(`${what.join(", ")}: at least ${Math.round(least * 100)} % of a clean line's throughput ` +
      `[S17] [S18] [${build}]`, (t) => {
      const shares = SEEDS.map((seed) => throughput(build, { ...faults, seed }) / clean);
      t.diagnostic(shares.map((share) => `${Math.round(share * 100)} %`).join(", "));
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      assert.ok(mean >= least, `${mean}`);
    });
  }
}

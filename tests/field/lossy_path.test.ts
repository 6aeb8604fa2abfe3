/**
 * What a loss, reordering or a sudden delay costs a bulk transfer, and what it must not cost: a
 * path in virtual time, ruled over frame by frame; how long the octets took, and the counters.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../host/link/clock.js";
import { Random } from "../../host/link/random.js";
import type { CounterName } from "../../host/names.js";
import { BULK_PORT, BulkHost, Sink, Source, addressOf } from "../support/bulk.js";
import { ScriptedPath } from "../support/scripted_path.js";

const RTT_MS = 20;
const RATE = 20_000_000;
const RING = 65_536;
const TEXT_OCTETS = 1448;
const SEGMENT_US = (1500 * 8e6) / RATE;
/** What a sender must expect a segment alone to wait for its ACK (RFC 8985 section 7.2). */
const ACK_DELAY_US = 200_000;
/** So long the peer waits with it, and timers are as fine as that. */
const PEER_WAITS_US = 45_000;

interface Transfer {
  clock: VirtualClock;
  path: ScriptedPath;
  source: Source;
  sink: Sink;
}

/** A sender that sends so many octets, and again whenever they have been answered. */
async function begin(burst = Infinity): Promise<Transfer> {
  const clock = new VirtualClock(1e9);
  const path = new ScriptedPath({ clock, rttMs: RTT_MS, rateBitsPerSecond: RATE });
  const ring = RING;
  const left = new BulkHost({ number: 1, link: path.left, clock, ring });
  const right = new BulkHost({ number: 2, link: path.right, clock, ring });
  const sink = new Sink(right, burst);
  const source = new Source(left, { address: addressOf(2), port: BULK_PORT }, burst);
  await Promise.resolve();
  return { clock, path, source, sink };
}

function run({ clock }: Transfer, ms: number): void {
  clock.runUntil(clock.now() + ms * 1000);
}

function counter({ source }: Transfer, name: CounterName): number {
  return source.host.stack.counters()[name];
}


/** Microseconds from the burst's first segment to the last octet's arrival. */
function burstUs(transfer: Transfer, octets: number): number {
  const { clock, sink } = transfer;
  const untilOctets = sink.total + octets;
  const beganUs = clock.now();
  while (sink.total < untilOctets) assert.ok(clock.runNext());
  return clock.now() - beganUs;
}

/** The next burst's segments, counted from its first; `isLost` says which never arrive. */
function loseOnce(transfer: Transfer, isLost: (index: number) => boolean): void {
  const seen = new Set<number>();
  let first = -1;
  transfer.path.late = (frame) => {
    if (frame.payloadLen === 0) return 0;
    if (first < 0) first = frame.seq;
    const isNew = !seen.has(frame.seq);
    seen.add(frame.seq);
    const index = Math.floor(((frame.seq - first) >>> 0) / TEXT_OCTETS);
    return isNew && isLost(index) ? Infinity : 0;
  };
}

const BURST_SEGMENTS = 10;

/** Bursts without loss, then one of which `isLost` says what is lost: by how much it is later. */
async function tailCost(isLost: (index: number) => boolean): Promise<[number, Transfer]> {
  const octets = BURST_SEGMENTS * TEXT_OCTETS;
  const transfer = await begin(octets);
  for (let count = 0; count < 20; count++) burstUs(transfer, octets);
  const usual = burstUs(transfer, octets);
  loseOnce(transfer, isLost);
  return [burstUs(transfer, octets) - usual, transfer];
}

/** What is lost of ten segments, and the round trips that it may take beside the probe's delay. */
const TAILS: [lost: number[], roundTrips: number][] = [
  [[9], 2], [[8], 2], [[8, 9], 3], [[7, 8, 9], 3], [[5, 9], 3],
];

for (const [lost, roundTrips] of TAILS) {
  test(`segments ${lost.join(", ")} of a burst of ten are lost: ${roundTrips} round trips and a ` +
    "probe's delay, no timeout [RFC8985-7.3a] [node]", async () => {
    const [costUs, transfer] = await tailCost((index) => lost.includes(index));
    const { stack } = transfer.source.host;
    const { smoothedRttUs } = stack.status(transfer.source.handle);
    // A probe leaves two round trips after the last segment; later if that is the only one.
    const isAlone = lost.length === 1 && lost[0] === BURST_SEGMENTS - 1;
    const probeUs = 2 * smoothedRttUs + (isAlone ? ACK_DELAY_US : PEER_WAITS_US);
    const mostUs = roundTrips * RTT_MS * 1000 + probeUs;
    assert.ok(costUs <= mostUs, `${costUs} us later, at most ${mostUs}`);
    assert.equal(counter(transfer, "TcpRetransmissionTimeouts"), 0);
  });
}

/** Every so many segments one is late by `lateUs`. */
function delayEvery(transfer: Transfer, every: number, lateUs: () => number): void {
  let count = 0;
  transfer.path.late = (frame) => {
    if (frame.payloadLen === 0) return 0;
    return ++count % every === 0 ? lateUs() : 0;
  };
}

for (const segments of [1, 2]) {
  test(`overtaken by ${segments}: no retransmission [RFC8985-3.2] [node]`, async () => {
    const transfer = await begin();
    run(transfer, 100);
    delayEvery(transfer, 7, () => (segments + 0.5) * SEGMENT_US);
    run(transfer, 5000);
    assert.ok(transfer.sink.total > 5e6, `${transfer.sink.total} octets`);
    assert.equal(counter(transfer, "TcpRetransmissions"), 0);
  });
}

test("once reordering has been seen, none by less than a quarter of the round trip costs a " +
  "retransmission [RFC8985-6.2d] [node]", async () => {
  const transfer = await begin();
  run(transfer, 200);
  delayEvery(transfer, 7, () => 1.5 * SEGMENT_US);
  run(transfer, 500);
  const random = new Random(1);
  delayEvery(transfer, 31, () => random.between(1500, (RTT_MS * 1000) / 4 - 1000));
  run(transfer, 5000);
  assert.ok(transfer.sink.total > 5e6, `${transfer.sink.total} octets`);
  assert.equal(counter(transfer, "TcpRetransmissions"), 0);
});

test("a timeout that a sudden delay caused is undone: the window is what it was " +
  "[RFC5682-2b] [node]", async () => {
  const transfer = await begin();
  const { source, path, clock } = transfer;
  const { stack } = source.host;
  run(transfer, 1000);
  const before = stack.status(source.handle).congestionWindow;
  path.stall(clock.now() + 500_000);
  run(transfer, 1500);
  assert.ok(counter(transfer, "TcpRetransmissionTimeouts") > 0, "no timeout");
  const { congestionWindow } = stack.status(source.handle);
  // Meanwhile the window may have been judged by how far it is used.
  assert.ok(congestionWindow >= 0.95 * before, `${congestionWindow} after ${before}`);
  const again = counter(transfer, "TcpRetransmissions");
  assert.ok(again <= 6, `${again} segments sent again`);
});

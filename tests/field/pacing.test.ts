/**
 * What pacing is for, at a bottleneck in virtual time: a shorter queue, and less that is dropped of
 * a short one. And what it must not cost: goodput where nothing is dropped, on hosts whose timers
 * are late, or of those beside a connection that waits.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../host/link/clock.js";
import { Stack } from "../../host/stack.js";
import { BULK_PORT, BulkHost, Sink, Source, addressOf } from "../support/bulk.js";
import { Dumbbell } from "../support/dumbbell.js";
import { type PacedOutcome, type PacedTransfer, runPaced } from "../support/paced_transfer.js";
import { meteredModule, workOf } from "../support/work_meter.js";

const PACKET_OCTETS = 1500;
const TEXT_OCTETS = 1448;
/** Nodes of the wheel that move to a finer level in a call: there is a bound to them. */
const BY_CHANCE = 48;
/** Of a loop from deadline to deadline. */
const MOST_TURNS = 20_000;
/** What is written where it is to be looked at segment by segment: less than the window. */
const SEGMENTS = 9;
const ENDLESS_QUEUE = 1e9;

/** Unpaced, and paced. */
async function both(
  transfer: Omit<PacedTransfer, "isPaced">,
): Promise<[PacedOutcome, PacedOutcome]> {
  return [
    await runPaced({ ...transfer, isPaced: false }), await runPaced({ ...transfer, isPaced: true }),
  ];
}

test("a paced connection keeps the queue of a fast path short, in slow start too " +
  "[RFC9002-7.7a] [node]", async () => {
  const [plain, paced] = await both({
    rateBitsPerSecond: 100e6, rttMs: 100, queueOctets: ENDLESS_QUEUE, ring: 65_536, seconds: 2,
  });
  assert.ok(plain.largestQueue > 20 * PACKET_OCTETS, `${plain.largestQueue} octets unpaced`);
  assert.ok(paced.largestQueue < 3 * PACKET_OCTETS, `${paced.largestQueue} octets paced`);
  assert.ok(paced.goodput > 0.95 * plain.goodput, `${paced.goodput} of ${plain.goodput}`);
});

test("where the peer's window is the limit, its pace is that of this window [node]", async () => {
  const [plain, paced] = await both({
    rateBitsPerSecond: 20e6, rttMs: 40, queueOctets: ENDLESS_QUEUE, ring: 32_768, seconds: 2,
  });
  assert.ok(plain.largestQueue > 10 * PACKET_OCTETS, `${plain.largestQueue} octets unpaced`);
  assert.ok(paced.largestQueue < 3 * PACKET_OCTETS, `${paced.largestQueue} octets paced`);
});

test("a paced connection gets through a queue of three packets, which drops less " +
  "[RFC9002-7.7a] [node]", async () => {
  const [plain, paced] = await both({
    rateBitsPerSecond: 20e6, rttMs: 20, queueOctets: 5000, ring: 1 << 20, seconds: 20,
  });
  assert.ok(paced.goodput > 5 * plain.goodput, `${paced.goodput}, ${plain.goodput} unpaced`);
  assert.ok(paced.dropped < 0.7 * plain.dropped, `${paced.dropped}, ${plain.dropped} unpaced`);
});

test("a paced connection is as fast with timers that come two milliseconds late " +
  "[node]", async () => {
  const transfer = {
    isPaced: true, rateBitsPerSecond: 1e9, rttMs: 40, queueOctets: ENDLESS_QUEUE, ring: 1 << 20,
    octets: 2_000_000, seconds: 10,
  };
  const exact = await runPaced(transfer);
  const late = await runPaced({ ...transfer, lateUs: 2000 });
  assert.ok(late.tookMs < exact.tookMs + 10, `${late.tookMs} ms, ${exact.tookMs} with exact ones`);
});

/** A stack with paced connections to another one, 50 ms away, at a time like any other. */
function pacedStack(
  count: number, module?: WebAssembly.Module,
): { stack: Stack; handles: number[]; nowUs: number } {
  let nowUs = 123_456_789;
  const options = {
    module: module ?? "node" as const, entropy: new Uint8Array(32), now: nowUs,
    budget: {
      connections: count, halfOpen: count, replies: count, receiveRing: 16_384, sendRing: 16_384,
    },
  };
  const [stack, peer] = [1, 2].map((number) => {
    const one = Stack.createSync(options);
    one.configure({ kind: "ip", address: `10.0.0.${number}/24` });
    return one;
  }) as [Stack, Stack];
  peer.listen({ port: BULK_PORT, backlog: count });
  const handles = Array.from({ length: count }, () => {
    const handle = stack.connect({ address: addressOf(2), port: BULK_PORT });
    stack.setOption(handle, "pacing", true);
    return handle;
  });
  for (const [from, to] of [[stack, peer], [peer, stack], [stack, peer]] as const) {
    for (let frame = from.transmit(nowUs); frame !== null; frame = from.transmit(nowUs)) {
      to.receive(frame, nowUs);
    }
    nowUs += 50_000;
  }
  while (stack.nextEvent() !== null) continue;
  return { stack, handles, nowUs };
}

test("nextDeadline says when what waits may leave; then transmit gives it, and nothing before " +
  "[RFC9002-7.7a] [node]", () => {
  const { stack, handles, ...begun } = pacedStack(1);
  let { nowUs } = begun;
  stack.write(handles[0]!, new Uint8Array(SEGMENTS * TEXT_OCTETS));
  const beganUs = nowUs;
  const leftUs: number[] = [];
  while (leftUs.length < SEGMENTS) {
    while (stack.transmit(nowUs) !== null) leftUs.push(nowUs - beganUs);
    const dueUs = stack.nextDeadline(nowUs);
    assert.ok(dueUs > 0, `at once, ${leftUs.length} have left`);
    assert.equal(stack.transmit(nowUs + dueUs - 1), null);
    nowUs += dueUs;
  }
  // Ten in 25 ms: never sooner, and later by less than a millisecond.
  const least = [0, 0, 2500, 5000, 7500, 10_000, 12_500, 15_000, 17_500];
  for (const [index, us] of leftUs.entries()) {
    const lateUs = us - least[index]!;
    assert.ok(lateUs >= 0 && lateUs < 1000, `segment ${index} leaves after ${us} us`);
  }
});

/** The most work of a call, while all of so many paced connections have much to send. */
async function mostWork(count: number): Promise<number> {
  const { stack, handles, ...begun } = pacedStack(count, await meteredModule("node"));
  let { nowUs } = begun;
  let most = 0;
  const measured = <Result>(call: () => Result): Result => {
    const before = workOf(stack);
    const result = call();
    most = Math.max(most, workOf(stack) - before);
    return result;
  };
  for (const handle of handles) stack.write(handle, new Uint8Array(SEGMENTS * TEXT_OCTETS));
  for (let left = 0, turn = 0; left < count * SEGMENTS; turn++) {
    assert.ok(turn < MOST_TURNS, `only ${left} segments have left`);
    while (measured(() => stack.transmit(nowUs)) !== null) left++;
    nowUs += measured(() => stack.nextDeadline(nowUs));
  }
  return most;
}

test("no call is dearer with a thousand paced connections than with ten [S22] [node]", async () => {
  const few = await mostWork(10);
  const many = await mostWork(1000);
  assert.ok(many <= few + BY_CHANCE, `${few} with ten, ${many} with a thousand`);
});

/** Octets a second of so many connections of one stack, each alone far from filling the path. */
async function sharesOf(count: number): Promise<number[]> {
  const clock = new VirtualClock(1e9);
  const dumbbell = new Dumbbell({ kind: "ip", clock, rateBitsPerSecond: 100e6, delayMs: 20 });
  const options = { clock, ring: 16_384, budget: { connections: count } };
  const right = new BulkHost({ number: 2, link: dumbbell.plugRight(2), ...options });
  const left = new BulkHost({ number: 1, link: dumbbell.plugLeft(1), ...options });
  const sink = new Sink(right);
  for (let at = 0; at < count; at++) {
    const call = { address: addressOf(2), port: BULK_PORT, localPort: 1000 + at };
    // Every other one.
    new Source(left, call, Infinity, { pacing: at % 2 });
  }
  await Promise.resolve();
  clock.runUntil(clock.now() + 4e6);
  dumbbell.close();
  return [...sink.octets.values()].map((octets) => octets / 4);
}

test("connections of one stack, every other one paced, have what each would have alone " +
  "[node]", async () => {
  const [alone] = await sharesOf(1);
  const shares = await sharesOf(20);
  assert.equal(shares.length, 20);
  for (const share of shares) {
    assert.ok(Math.abs(share / alone! - 1) < 0.03, `${shares.join(" ")}, alone ${alone}`);
  }
});

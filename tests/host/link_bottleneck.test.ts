/**
 * Aim: a wire that stands for a router with a short queue and a bad line behind it loses what such
 * a line loses: bursts, tails, what finds no room; and reorders as far as it was told. Method: a
 * wire in virtual time, numbered frames in, numbers out.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../host/link/clock.js";
import { type WireEnd, type WireOptions, createWire } from "../../host/link/wire.js";
import { collect, numbered, numberOf } from "../support/link_double.js";

interface Bench {
  end: WireEnd;
  clock: VirtualClock;
  received: Uint8Array[];
}

async function bench(options: WireOptions): Promise<Bench> {
  const clock = new VirtualClock();
  const [end, other] = createWire({ kind: "ip", clock, ...options });
  const received = collect(other);
  await end.open();
  await other.open();
  return { end, clock, received };
}

/** Frames from `first` on, `gapUs` apart. */
function send({ end, clock }: Bench, first: number, count: number, gapUs = 100): void {
  for (let number = first; number < first + count; number++) {
    assert.equal(end.send(numbered(number)), true);
    clock.runUntil(clock.now() + gapUs);
  }
}

function numbersOf({ clock, received }: Bench): number[] {
  clock.runUntil(clock.now() + 10_000_000);
  return received.map(numberOf);
}

describe("lossBurst", () => {
  const COUNT = 50_000;
  for (const [loss, lossBurst] of [[0.01, 4], [0.1, 3], [0.05, 1]] as const) {
    it(`${loss} in bursts of ${lossBurst}: so many are lost, and so many in a row`, async () => {
      const run = await bench({ loss, lossBurst, seed: 5 });
      send(run, 0, COUNT);
      const numbers = numbersOf(run);
      const lost = COUNT - numbers.length;
      const gaps = numbers.filter((number, at) => at > 0 && number > numbers[at - 1]! + 1).length;
      // Runs of a Gilbert-Elliott line are independent of each other: five standard deviations.
      const most = 5 * Math.sqrt(COUNT * loss * 2 * lossBurst);
      assert.ok(Math.abs(lost - COUNT * loss) < most, `${lost} lost`);
      const expected = lossBurst === 1 ? 1 / (1 - loss) : lossBurst;
      assert.ok(Math.abs(lost / gaps - expected) < 0.15 * expected, `${lost / gaps} in a row`);
    });
  }
});

describe('lossAt "tail"', () => {
  it("loses the last three frames of a burst, and none before them", async () => {
    const run = await bench({ loss: 1, lossAt: "tail", delayMs: 5 });
    for (let first = 0; first < 50; first += 10) {
      send(run, first, 10);
      run.clock.runUntil(run.clock.now() + 20_000);
    }
    const expected = [0, 10, 20, 30, 40].flatMap((first) =>
      [0, 1, 2, 3, 4, 5, 6].map((number) => first + number));
    assert.deepEqual(numbersOf(run), expected);
    assert.equal(run.end.counts.lost, 15);
  });

  it("sees the burst behind a queue that waits for the rate", async () => {
    const slow = { rateBitsPerSecond: 10_000, queuePackets: 10 };
    const run = await bench({ loss: 1, lossAt: "tail", delayMs: 1, ...slow });
    send(run, 0, 10, 0);
    assert.deepEqual(numbersOf(run), [0, 1, 2, 3, 4, 5, 6]);
  });

  it("needs a delay", () => {
    assert.throws(() => createWire({ loss: 0.1, lossAt: "tail" }), /lossAt "tail" needs a delay/);
  });
});

describe("queueOctets", () => {
  it("loses what finds no room, first come first served; what is sent makes room", async () => {
    const octets = numbered(0).length;
    const frameUs = 1000;
    const rateBitsPerSecond = (octets * 8 * 1e6) / frameUs;
    const run = await bench({ rateBitsPerSecond, queueOctets: 5 * octets });
    send(run, 0, 8, 0);
    run.clock.runUntil(2 * frameUs);
    send(run, 8, 4, 0);
    assert.deepEqual(numbersOf(run), [0, 1, 2, 3, 4, 8, 9]);
    assert.equal(run.end.counts.overflowed, 5);
  });

  it("never so short that a frame finds no room in an empty queue", async () => {
    const run = await bench({ rateBitsPerSecond: 1e6, queueOctets: 1 });
    send(run, 0, 2, 0);
    assert.deepEqual(numbersOf(run), [0]);
  });
});

describe("reorderFrames", () => {
  it("1: a frame changes places with the next, and goes no further back", async () => {
    const run = await bench({ reorder: 0.2, reorderFrames: 1, seed: 3 });
    send(run, 0, 5000);
    const numbers = numbersOf(run);
    const late = numbers.filter((number, at) => numbers.slice(Math.max(0, at - 9), at)
      .some((before) => before > number));
    assert.ok(late.length > 500, `${late.length} late`);
    for (const number of late) {
      const overtakers = numbers.slice(0, numbers.indexOf(number)).filter((one) => one > number);
      assert.equal(overtakers.length, 1, `${number} by ${overtakers.join()}`);
    }
  });
});

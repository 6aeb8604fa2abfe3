/**
 * Aim: a wire in memory behaves as a link must: later, in order, bounded, in real and in virtual
 * time. Method: two ends, the test at both.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../host/link/clock.js";
import { Random } from "../../host/link/random.js";
import { createWire, type WireEnd, type WireOptions } from "../../host/link/wire.js";
import { collect, numbered, numberOf } from "../support/link_double.js";

async function open(options: WireOptions): Promise<[WireEnd, WireEnd]> {
  const ends = createWire(options);
  for (const end of ends) await end.open();
  return ends;
}

describe("createWire", () => {
  it("gives two ends of Ethernet with MTU 1500, or what is asked for", () => {
    const [a, b] = createWire();
    assert.deepEqual([a.kind, a.mtu, a.name, b.kind], ["ethernet", 1500, "wire", "ethernet"]);
    assert.equal(a.peer, b);
    assert.equal(b.peer, a);
    const [c] = createWire({ kind: "ip", mtu: 576, name: "lab" });
    assert.deepEqual([c.kind, c.mtu, c.name], ["ip", 576, "lab"]);
    assert.throws(() => createWire({ loss: 7 }), /loss is a probability/);
  });

  it("never calls from within send; one onBatchEnd for what was sent together", async () => {
    const clock = new VirtualClock();
    const [a, b] = await open({ clock });
    const log: string[] = [];
    b.onFrame = (frame) => log.push(`frame ${numberOf(frame)}`);
    b.onBatchEnd = () => log.push("end");
    const frame = numbered(1);
    a.send(frame);
    frame.fill(0); // borrowed: the wire must have copied it
    a.send(numbered(2));
    assert.deepEqual(log, []);
    clock.runUntil(0);
    assert.deepEqual(log, ["frame 1", "frame 2", "end"]);
  });

  it("carries both ways at once, in real time, every octet as it was", async () => {
    const [a, b] = await open({});
    const random = new Random(1);
    const newFrame = (): Uint8Array => random.fill(new Uint8Array(random.below(1515)));
    const frames = Array.from({ length: 2000 }, newFrame);
    const [atA, atB] = [collect(a), collect(b)];
    const half = frames.length / 2;
    await Promise.all([pump(a, frames.slice(0, half)), pump(b, frames.slice(half))]);
    await until(() => atA.length === half && atB.length === half);
    assert.deepEqual(atB, frames.slice(0, half));
    assert.deepEqual(atA, frames.slice(half));
  });

  it("refuses beyond queuePackets and calls onDrain when half is gone", async () => {
    const clock = new VirtualClock();
    const [a, b] = await open({ clock, queuePackets: 8, rateBitsPerSecond: 8_000_000 });
    const received = collect(b);
    const log: number[] = [];
    a.onDrain = () => log.push(received.length);
    const taken = Array.from({ length: 12 }, (_, number) => a.send(numbered(number, 100)));
    assert.equal(taken.filter(Boolean).length, 8);
    clock.runUntil(1_000_000);
    assert.deepEqual(received.map(numberOf), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(log, [4]);
  });

  it('whenFull "drop": takes and loses, as the queue of a router', async () => {
    const clock = new VirtualClock();
    const options = { clock, queuePackets: 8, rateBitsPerSecond: 8_000_000 };
    const [a, b] = await open({ ...options, whenFull: "drop" });
    const received = collect(b);
    for (let number = 0; number < 12; number++) assert.equal(a.send(numbered(number, 100)), true);
    clock.runUntil(1_000_000);
    assert.deepEqual(received.map(numberOf), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(a.counts.overflowed, 4);
  });

  it("with rate and delay: the delay does not fill the queue", async () => {
    const clock = new VirtualClock();
    const options = { clock, queuePackets: 2, rateBitsPerSecond: 8_000_000, delayMs: 50 };
    const [a, b] = await open(options);
    const received = collect(b);
    for (let number = 0; number < 100; number++) {
      assert.equal(a.send(numbered(number, 100)), true); // 100 us each
      clock.runUntil(clock.now() + 100);
    }
    assert.equal(received.length, 0);
    clock.runUntil(50_000 + 100 * 100);
    assert.equal(received.length, 100);
  });

  it("serial: octets pass as they come; with faults, packets suffer", async () => {
    const clock = new VirtualClock();
    const [a, b] = await open({ kind: "serial", clock });
    const received = collect(b);
    a.send(Uint8Array.of(1, 2, 3));
    clock.runUntil(0);
    assert.deepEqual(received, [Uint8Array.of(1, 2, 3)]);

    const [c, d] = await open({ kind: "serial", clock, duplicate: 1 });
    const atD = collect(d);
    c.send(Uint8Array.of(0xc0, 1, 2));
    clock.runUntil(clock.now());
    assert.deepEqual(atD, []);
    c.send(Uint8Array.of(3, 0xc0));
    clock.runUntil(clock.now());
    const packet = Uint8Array.of(0xc0, 1, 2, 3, 0xc0);
    assert.deepEqual(atD, [packet, packet]);
  });

  it("serial with a rate: ten bits for each octet", async () => {
    const clock = new VirtualClock();
    const [a, b] = await open({ kind: "serial", clock, rateBitsPerSecond: 9600 });
    const received = collect(b);
    a.send(new Uint8Array(960));
    clock.runUntil(999_999);
    assert.equal(received.length, 0);
    clock.runUntil(1_000_000);
    assert.equal(received.length, 1);
  });

  it("each direction has its own faults, from one seed", async () => {
    const clock = new VirtualClock();
    const run = async (seed: number): Promise<number[][]> => {
      const [a, b] = await open({ clock, loss: 0.5, seed });
      const [atA, atB] = [collect(a), collect(b)];
      for (let number = 0; number < 300; number++) {
        a.send(numbered(number));
        b.send(numbered(number));
      }
      clock.runUntil(clock.now() + 1000);
      return [atA.map(numberOf), atB.map(numberOf)];
    };
    const first = await run(1);
    assert.deepEqual(await run(1), first);
    assert.notDeepEqual(first[0], first[1]);
    assert.notDeepEqual(await run(2), first);
  });

  it("a closed end gets nothing and takes nothing; what it sent still arrives", async () => {
    const clock = new VirtualClock();
    const [a, b] = await open({ clock, delayMs: 5 });
    const [atA, atB] = [collect(a), collect(b)];
    a.send(numbered(1));
    b.send(numbered(2));
    await a.close();
    await a.close();
    assert.equal(a.send(numbered(3)), false);
    clock.runUntil(10_000);
    assert.deepEqual(atB.map(numberOf), [1]);
    assert.deepEqual(atA, []);
  });
});

/** Sends all frames, waiting for onDrain where need be. */
async function pump(link: WireEnd, frames: Uint8Array[]): Promise<void> {
  for (const frame of frames) {
    while (!link.send(frame)) await new Promise<void>((done) => (link.onDrain = done));
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "timed out");
    await new Promise((done) => setTimeout(done, 5));
  }
}

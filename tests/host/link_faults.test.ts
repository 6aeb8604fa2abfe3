/**
 * Aim: faults do what they say, as often as they say, the same for the same seed, and nothing
 * else. Method: a link whose other end is the test, in virtual time.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../host/link/clock.js";
import { withFaults, type FaultsOptions, type FaultyLink } from "../../host/link/faults.js";
import { Random } from "../../host/link/random.js";
import { SlipDecoder, SlipEncoder } from "../../host/link/slip.js";
import { collect, DoubleLink, numbered, numberOf } from "../support/link_double.js";
import { checkIpv4, ipv4 } from "../support/link_packets.js";

interface Bench {
  link: FaultyLink;
  inner: DoubleLink;
  clock: VirtualClock;
  received: Uint8Array[];
}

async function bench(options: FaultsOptions, kind: DoubleLink["kind"] = "ip"): Promise<Bench> {
  const inner = new DoubleLink(kind);
  const clock = new VirtualClock();
  const link = withFaults(inner, { clock, ...options });
  const received = collect(link);
  await link.open();
  return { link, inner, clock, received };
}

/** Sends numbered frames, 100 us apart, and waits until all is quiet. */
function sendNumbered({ link, clock }: Bench, count: number): void {
  for (let number = 0; number < count; number++) {
    assert.equal(link.send(numbered(number)), true);
    clock.runUntil(clock.now() + 100);
  }
  clock.runUntil(clock.now() + 1_000_000);
}

/** Within five standard deviations of what chance would give. */
function assertRate(count: number, total: number, probability: number): void {
  const deviation = Math.sqrt(total * probability * (1 - probability));
  const distance = Math.abs(count - total * probability);
  assert.ok(distance < 5 * deviation, `${count} of ${total}, expected ${probability}`);
}

describe("withFaults, no fault turned on", () => {
  it("passes all frames in order, at once, in both directions, without a timer", async () => {
    for (const kind of ["ethernet", "ip"] as const) {
      const { link, inner, clock, received } = await bench({}, kind);
      let batches = 0;
      link.onBatchEnd = () => batches++;
      const random = new Random(1);
      const newFrame = (): Uint8Array => random.fill(new Uint8Array(random.below(1515)));
      const frames = Array.from({ length: 500 }, newFrame);
      for (const frame of frames) assert.equal(link.send(frame), true);
      inner.arrive(...frames);
      assert.deepEqual(inner.sent, frames);
      assert.deepEqual(received, frames);
      assert.equal(batches, 1);
      assert.equal(clock.nextAtUs(), undefined);
    }
  });

  it("opens, closes, names and measures as the link inside; closed, it takes nothing", async () => {
    const { link, inner } = await bench({});
    assert.deepEqual([link.name, link.kind, link.mtu, inner.opened], ["double", "ip", 1500, 1]);
    await link.close();
    assert.equal(inner.closed, 1);
    assert.equal(link.send(numbered(1)), false);
  });

  it("hands on errors", async () => {
    const { link, inner } = await bench({});
    const errors: Error[] = [];
    link.onError = (error) => errors.push(error);
    inner.onError(new Error("unplugged"));
    assert.equal(errors[0]?.message, "unplugged");
  });
});

describe("withFaults, one fault at a time", () => {
  const COUNT = 20_000;

  it("loss: so many vanish, the others stay in order", async () => {
    const run = await bench({ loss: 0.1 });
    sendNumbered(run, COUNT);
    const numbers = run.inner.sent.map(numberOf);
    assertRate(COUNT - numbers.length, COUNT, 0.1);
    assert.ok(numbers.every((number, index) => index === 0 || number > numbers[index - 1]!));
    assert.equal(run.link.counts.send.lost, COUNT - numbers.length);
    assert.equal(run.link.counts.send.delivered, numbers.length);
  });

  it("loss 1: nothing arrives", async () => {
    const run = await bench({ loss: 1 });
    sendNumbered(run, 100);
    assert.equal(run.inner.sent.length, 0);
  });

  it("duplicate: so many arrive twice, next to each other, none is lost", async () => {
    const run = await bench({ duplicate: 0.05 });
    sendNumbered(run, COUNT);
    const numbers = run.inner.sent.map(numberOf);
    assert.equal(new Set(numbers).size, COUNT);
    assertRate(numbers.length - COUNT, COUNT, 0.05);
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
    assert.equal(run.link.counts.send.duplicated, numbers.length - COUNT);
  });

  it("reorder: so many are overtaken by 1 to 3 others, none is lost", async () => {
    const run = await bench({ reorder: 0.05 });
    sendNumbered(run, COUNT);
    const numbers = run.inner.sent.map(numberOf);
    const all = Array.from({ length: COUNT }, (_, number) => number);
    assert.deepEqual([...numbers].sort((a, b) => a - b), all);
    let late = 0;
    const lateBy: number[] = Array(10).fill(0);
    for (let index = 0; index < COUNT; index++) {
      // Frames behind in number that are ahead in place.
      let overtakers = 0;
      for (let before = Math.max(0, index - 20); before < index; before++) {
        if (numbers[before]! > numbers[index]!) overtakers++;
      }
      if (overtakers > 0) late++;
      lateBy[overtakers]!++;
    }
    // A neighbour held back too may hide one.
    assertRate(late, COUNT, 0.05);
    // A third each; fewer when a frame that is held back itself does not overtake.
    for (const overtakers of [1, 2, 3]) {
      assert.ok(lateBy[overtakers]! > late / 4, `late by 0, 1, 2...: ${lateBy.join()}`);
    }
    assert.ok(lateBy.slice(4).every((count) => count < late / 50), lateBy.join());
    assertRate(run.link.counts.send.reordered, COUNT, 0.05);
  });

  it("reorder: a frame that nothing overtakes goes on after 10 ms", async () => {
    const run = await bench({ reorder: 1 });
    run.link.send(numbered(7));
    run.clock.runUntil(9_999);
    assert.equal(run.inner.sent.length, 0);
    run.clock.runUntil(10_000);
    assert.deepEqual(run.inner.sent.map(numberOf), [7]);
  });

  it("reorder of what arrives ends its batch when it comes late", async () => {
    const run = await bench({ reorder: 1 });
    const log: string[] = [];
    run.link.onFrame = (frame) => log.push(`frame ${numberOf(frame)}`);
    run.link.onBatchEnd = () => log.push("end");
    run.inner.arrive(numbered(1));
    run.clock.runUntil(20_000);
    assert.deepEqual(log, ["end", "frame 1", "end"]);
  });

  it("corrupt: so many have one bit flipped that a checksum catches", async () => {
    const run = await bench({ corrupt: 0.02 });
    const random = new Random(5);
    const packets: Uint8Array[] = [];
    for (let index = 0; index < COUNT; index++) {
      packets.push(ipv4(random, { protocol: 6, payloadLen: random.between(20, 200) }));
      run.link.send(packets[index]!);
    }
    let damaged = 0;
    run.inner.sent.forEach((packet, index) => {
      const bits = bitsBetween(packet, packets[index]!);
      assert.ok(bits <= 1);
      assert.equal(checkIpv4(packet), bits === 0 ? "ok" : "bad");
      damaged += bits;
    });
    assertRate(damaged, COUNT, 0.02);
    assert.equal(run.link.counts.send.corrupted, damaged);
  });

  it("corrupt never touches the sender's own octets", async () => {
    const run = await bench({ corrupt: 1 });
    const packet = ipv4(new Random(1), { protocol: 6, payloadLen: 40 });
    const before = packet.slice();
    run.link.send(packet);
    assert.deepEqual(packet, before);
    assert.notDeepEqual(run.inner.sent[0], before);
  });

  it("delay: exactly so long, in order, each way", async () => {
    const run = await bench({ delayMs: 2.5 });
    run.link.send(numbered(1));
    run.clock.runUntil(1000);
    run.link.send(numbered(2));
    run.inner.arrive(numbered(3));
    run.clock.runUntil(2499);
    assert.equal(run.inner.sent.length, 0);
    run.clock.runUntil(2500);
    assert.deepEqual(run.inner.sent.map(numberOf), [1]);
    run.clock.runUntil(3500);
    assert.deepEqual(run.inner.sent.map(numberOf), [1, 2]);
    assert.deepEqual(run.received.map(numberOf), [3]);
  });

  it("rate: octets take their time, one frame after the other", async () => {
    const run = await bench({ rateBitsPerSecond: 1_000_000, queuePackets: 10 });
    for (let number = 0; number < 10; number++) run.link.send(numbered(number, 125)); // 1 ms each
    for (let number = 0; number < 10; number++) {
      run.clock.runUntil(1000 * (number + 1) - 1);
      assert.equal(run.inner.sent.length, number);
      run.clock.runUntil(1000 * (number + 1));
      assert.equal(run.inner.sent.length, number + 1);
    }
  });
});

describe("withFaults, seeds", () => {
  const WIDE = { queuePackets: 5000 };
  const ALL = { loss: 0.1, duplicate: 0.1, reorder: 0.1, corrupt: 0.1 };

  async function run(options: FaultsOptions): Promise<[Uint8Array[], Uint8Array[]]> {
    const { link, inner, clock, received } = await bench(options);
    const random = new Random(77);
    for (let index = 0; index < 1000; index++) {
      const packet = ipv4(random, { protocol: 6, payloadLen: 40 });
      link.send(packet);
      inner.arrive(packet);
    }
    clock.runUntil(1_000_000);
    return [inner.sent, received];
  }

  it("the same seed does the same, another seed or direction something else", async () => {
    const [sent, received] = await run({ ...ALL, seed: 11 });
    assert.deepEqual(await run({ ...ALL, seed: 11 }), [sent, received]);
    const [otherSent] = await run({ ...ALL, seed: 12 });
    assert.notDeepEqual(otherSent, sent);
    assert.notDeepEqual(received, sent);
  });

  it("what befalls a frame does not depend on the other faults, nor on time", async () => {
    const [lossOnly] = await run({ loss: 0.1, seed: 3 });
    const [both] = await run({ ...WIDE, loss: 0.1, duplicate: 0.5, delayMs: 7, seed: 3 });
    const unique = both.filter((packet, index) => !isSame(packet, both[index - 1]));
    assert.ok(both.length > unique.length);
    assert.deepEqual(unique, lossOnly);
  });

  it("direction: only what is sent, or only what is received", async () => {
    const [sent, received] = await run({ loss: 0.5, direction: "send" });
    assert.ok(sent.length < 600 && received.length === 1000);
    const [sent2, received2] = await run({ loss: 0.5, direction: "receive" });
    assert.ok(sent2.length === 1000 && received2.length < 600);
  });
});

describe("withFaults, back-pressure", () => {
  it("keeps the frame that the link refused, refuses more, loses none, in order", async () => {
    const rateBitsPerSecond = 100_000_000;
    for (const options of [
      {}, { delayMs: 1 }, { reorder: 0.2 }, { duplicate: 0.3 }, { rateBitsPerSecond },
    ]) {
      const { link, inner, clock } = await bench(options);
      const waiting: number[] = Array.from({ length: 2000 }, (_, number) => number);
      let refusals = 0;
      const pump = (): void => {
        while (waiting.length > 0 && link.send(numbered(waiting[0]!))) waiting.shift();
        if (waiting.length > 0) refusals++;
      };
      link.onDrain = pump;
      inner.room = 5;
      pump();
      for (let turn = 0; turn < 5000 && inner.sent.length < 2000; turn++) {
        clock.runUntil(clock.now() + 500);
        inner.drain(3);
      }
      inner.drain();
      clock.runUntil(clock.now() + 100_000);
      assert.equal(waiting.length, 0);
      assert.ok(refusals > 0);
      const numbers = inner.sent.map(numberOf);
      assert.equal(new Set(numbers).size, 2000, JSON.stringify(options));
      if (!("reorder" in options)) assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
    }
  });

  it("keeps order when the link has room in the very moment when a frame is due", async () => {
    const { link, inner, clock } = await bench({ rateBitsPerSecond: 1_000_000 });
    inner.room = 0;
    clock.setTimer(2000, () => inner.drain()); // before the link's own timer of that moment
    link.send(numbered(0, 125)); // out at 1000 us, refused
    link.send(numbered(1, 125)); // out at 2000 us
    clock.runUntil(10_000);
    assert.deepEqual(inner.sent.map(numberOf), [0, 1]);
  });

  it("bounds what waits: refuses what is sent, drops and counts what arrives", async () => {
    const { link, inner, clock, received } = await bench({ delayMs: 100, queuePackets: 10 });
    let drained = 0;
    link.onDrain = () => drained++;
    const taken = Array.from({ length: 15 }, (_, number) => link.send(numbered(number)));
    assert.deepEqual(taken, [...Array(10).fill(true), ...Array(5).fill(false)]);
    for (let number = 0; number < 15; number++) inner.arrive(numbered(number));
    clock.runUntil(100_000);
    assert.equal(inner.sent.length, 10);
    assert.equal(received.length, 10);
    assert.equal(link.counts.receive.overflowed, 5);
    assert.equal(drained, 1);
  });

  it("forgets what is under way when closed, and calls nobody", async () => {
    const { link, inner, clock, received } = await bench({ delayMs: 5, reorder: 0.5 });
    for (let number = 0; number < 50; number++) {
      link.send(numbered(number));
      inner.arrive(numbered(number));
    }
    await link.close();
    clock.runUntil(1_000_000);
    assert.equal(inner.sent.length + received.length, 0);
  });

  it("may be closed from within onFrame, at every stage", async () => {
    for (const options of [{ delayMs: 1 }, { rateBitsPerSecond: 1e6 }, { reorder: 1 }, {}]) {
      const { link, inner, clock, received } = await bench(options);
      link.onFrame = (frame) => {
        received.push(frame.slice());
        void link.close();
      };
      for (let number = 0; number < 5; number++) inner.arrive(numbered(number));
      clock.runUntil(1_000_000);
      assert.equal(received.length, 1, JSON.stringify(options));
    }
  });
});

describe("withFaults on a serial line", () => {
  it("does to SLIP packets what it does to packets, however the octets are cut", async () => {
    const random = new Random(8);
    const packets = Array.from({ length: 400 }, () =>
      ipv4(random, { protocol: 6, payloadLen: random.between(20, 300) }),
    );
    const faults = { loss: 0.1, duplicate: 0.1, corrupt: 0.1, reorder: 0.1, seed: 5 };
    const bare = await bench(faults, "ip");
    for (const packet of packets) bare.link.send(packet);
    bare.clock.runUntil(1_000_000);

    const serial = await bench(faults, "serial");
    const encoder = new SlipEncoder();
    const line = packets.flatMap((packet) => [...encoder.encode(packet)]);
    for (let at = 0; at < line.length; ) {
      const length = random.between(1, 700);
      serial.link.send(Uint8Array.from(line.slice(at, at + length)));
      at += length;
    }
    serial.clock.runUntil(1_000_000);
    const decoded: Uint8Array[] = [];
    const decoder = new SlipDecoder();
    const keep = (packet: Uint8Array): void => void decoded.push(packet.slice());
    for (const chunk of serial.inner.sent) decoder.push(chunk, keep);
    assert.deepEqual(decoded, bare.inner.sent);
  });
});

function bitsBetween(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  let bits = 0;
  for (let at = 0; at < a.length; at++) {
    for (let rest = a[at]! ^ b[at]!; rest !== 0; rest &= rest - 1) bits++;
  }
  return bits;
}

function isSame(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && Buffer.compare(a, b) === 0;
}

/**
 * A hundred sensors and one bulk transfer share a line: 20 octets now and then on each of 100
 * connections, and as much as the line takes on another one. The bulk may add to the time that a
 * message takes less than what two full frames take on the line, for 99 of 100 messages. That needs
 * fair turns in the stack, and a line that does not take more than it can send soon: here with
 * nothing set, as users get it.
 *
 * Method: drivers and a wire in virtual time, the same messages with and without the bulk.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event } from "../../assembly/abi/event.js";
import type { BudgetOptions } from "../../host/budget.js";
import { Driver } from "../../host/driver.js";
import { VirtualClock } from "../../host/link/clock.js";
import { createWire } from "../../host/link/wire.js";
import { Random } from "../../host/link/random.js";
import { Stack } from "../../host/stack.js";
import type { Build } from "../support/lab.js";

/** The board's memory has room for no more, with rings for a few messages each. */
const SENSORS: Record<Build, number> = { board: 36, node: 100 };
const MESSAGE_OCTETS = 20;
const MESSAGES_EACH = 40;
/** Of one sensor; some ten milliseconds' worth of the line for all of them. */
const PERIOD_US = 1_000_000;
/** Bits per second; a board's small rings do not fill a faster line. */
const RATES: Record<Build, number> = { board: 250_000, node: 2_000_000 };
/** Octets of a bulk frame; a segment is at most half the send ring. */
const FULL_FRAME: Record<Build, number> = { board: 14 + 20 + 32 + 128, node: 1514 };
const ADDRESSES = ["10.0.0.1/24", "10.0.0.2/24"] as const;
const BULK_PORT = 9;
/** Of the line, for the text of the bulk: small segments have as many headers as large ones. */
const LEAST_SHARE = 0.5;

const BUDGETS: Record<Build, BudgetOptions> = {
  board: {
    connections: SENSORS.board + 1, receiveRing: 256, sendRing: 256, ranges: 1, listeners: 1,
    halfOpen: 1, timeWait: 1, neighbours: 2, replies: 1,
  },
  node: {},
};

interface Host {
  stack: Stack;
  driver: Driver;
}

class Scene {
  readonly clock = new VirtualClock(1e9);
  readonly device: Host;
  readonly server: Host;
  readonly delaysUs: number[] = [];
  bulkOctets = 0;
  private readonly random = new Random(1, 0);
  /** When the messages on their way were written, by connection. */
  private readonly written = new Map<number, number[]>();
  /** Octets of a message of which not all has come. */
  private readonly begun = new Map<number, number>();
  private readonly sensors: number;

  constructor(build: Build, private readonly hasBulk: boolean) {
    this.sensors = SENSORS[build];
    const [left, right] = createWire({
      clock: this.clock, rateBitsPerSecond: RATES[build], delayMs: 1,
    });
    this.device = this.host(build, BUDGETS[build], left, 0);
    this.server = this.host("node", {}, right, 1);
  }

  private host(
    module: Build, budget: BudgetOptions, link: ReturnType<typeof createWire>[0], index: 0 | 1,
  ): Host {
    const { clock } = this;
    const entropy = new Uint8Array(32).fill(index + 1);
    const stack = Stack.createSync({ module, budget, entropy, now: clock.now() });
    stack.configure({
      kind: "ethernet", mac: `02:00:00:00:00:0${index + 1}`, address: ADDRESSES[index],
    });
    const driver = new Driver({ stack, link, clock });
    void driver.open();
    return { stack, driver };
  }

  async run(): Promise<void> {
    await settled();
    this.serve(80, (handle) => this.take(handle));
    this.serve(BULK_PORT, (handle) => this.swallow(handle));
    for (let index = 0; index < this.sensors; index++) await this.addSensor(index);
    if (this.hasBulk) await this.addBulk();
    await this.pass(MESSAGES_EACH * PERIOD_US + 2_000_000);
    assert.equal(this.delaysUs.length, this.sensors * MESSAGES_EACH);
  }

  private serve(port: number, onText: (handle: number) => void): void {
    const { stack, driver } = this.server;
    const listener = stack.listen({ port, backlog: this.sensors });
    driver.attach(listener, () => {
      for (let handle = stack.accept(listener); handle !== 0; handle = stack.accept(listener)) {
        const accepted = handle;
        driver.attach(handle, () => onText(accepted));
        onText(handle);
      }
    });
  }

  /** A sensor connects, and speaks from then on, at moments that differ from the others'. */
  private async addSensor(index: number): Promise<void> {
    const handle = await this.connect(80, 10_000 + index);
    this.written.set(10_000 + index, []);
    const firstUs = (1 + this.random.below(1000) / 1000) * PERIOD_US;
    for (let number = 0; number < MESSAGES_EACH; number++) {
      const jitterUs = this.random.below(PERIOD_US / 4);
      this.clock.setTimer(firstUs + number * PERIOD_US + jitterUs, () => {
        this.written.get(10_000 + index)!.push(this.clock.now());
        assert.equal(this.device.stack.write(handle, new Uint8Array(MESSAGE_OCTETS)), 20);
        this.device.driver.wake();
      });
    }
  }

  private async addBulk(): Promise<void> {
    const { stack, driver } = this.device;
    const handle = await this.connect(BULK_PORT, 9999);
    const fill = (): void => {
      while (stack.write(handle, new Uint8Array(65536)) > 0) continue;
      driver.wake();
    };
    driver.attach(handle, fill);
    fill();
  }

  private async connect(port: number, localPort: number): Promise<number> {
    const { stack, driver } = this.device;
    let isOpen = false;
    const handle = stack.connect({ address: "10.0.0.2", port, localPort });
    driver.attach(handle, (bits) => (isOpen ||= (bits & Event.Connected) !== 0));
    driver.wake();
    while (!isOpen) await this.pass(1000);
    return handle;
  }

  /** A message has come to the server: how long it took. */
  private take(handle: number): void {
    const { stack } = this.server;
    const { remotePort } = stack.status(handle);
    const sent = this.written.get(remotePort)!;
    let octets = this.begun.get(remotePort) ?? 0;
    for (let text = stack.read(handle); text !== null; text = stack.read(handle)) {
      octets += text.length;
    }
    for (; octets >= MESSAGE_OCTETS; octets -= MESSAGE_OCTETS) {
      this.delaysUs.push(this.clock.now() - sent.shift()!);
    }
    this.begun.set(remotePort, octets);
    this.server.driver.wake();
  }

  private swallow(handle: number): void {
    const { stack, driver } = this.server;
    for (let text = stack.readable(handle); text.length > 0; text = stack.readable(handle)) {
      this.bulkOctets += text.length;
      stack.consume(handle, text.length);
    }
    driver.wake();
  }

  private async pass(us: number): Promise<void> {
    const untilUs = this.clock.now() + us;
    await settled();
    for (let at = this.clock.nextAtUs(); at !== undefined && at <= untilUs;) {
      this.clock.runNext();
      await settled();
      at = this.clock.nextAtUs();
    }
    this.clock.runUntil(untilUs);
  }
}

/** Lets the microtasks run in which drivers wake. */
async function settled(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}

for (const build of ["board", "node"] as const) {
  test("a bulk transfer adds less than two full frames' time to the messages of " +
    `${SENSORS[build]} connections, and gets what they leave [${build}]`, async (t) => {
    const [alone, mixed] = [new Scene(build, false), new Scene(build, true)];
    await alone.run();
    await mixed.run();
    const added = percentile(mixed.delaysUs, 0.99) - percentile(alone.delaysUs, 0.99);
    const twoFramesUs = (2 * 8 * FULL_FRAME[build] * 1e6) / RATES[build];
    const bulkRate = (mixed.bulkOctets * 8) / MESSAGES_EACH;
    t.diagnostic(`99 of 100 messages: ${(percentile(alone.delaysUs, 0.99) / 1000).toFixed(1)} ms ` +
      `alone, ${(added / 1000).toFixed(1)} ms more beside bulk of ${(bulkRate / 1e6).toFixed(2)} ` +
      `Mbit/s (two full frames: ${(twoFramesUs / 1000).toFixed(1)} ms); the longest ` +
      `${(percentile(mixed.delaysUs, 1) / 1000).toFixed(1)} ms`);
    assert.ok(added < twoFramesUs, `${added} us added, two frames take ${twoFramesUs}`);
    assert.ok(bulkRate > LEAST_SHARE * RATES[build], `${bulkRate} bit/s of bulk`);
  });
}

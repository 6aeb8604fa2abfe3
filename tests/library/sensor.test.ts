/**
 * The example of docs/library.md, a sensor that publishes to a broker: application and stack in one
 * module, the same octets that a board runs, in the simulated network. Whatever happens to the
 * line, to the broker or to itself, each reading that it was given comes at least once, in order.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Network, createNetwork } from "../../host/network.js";
import type { CounterName } from "../../host/names.js";
import type { WireOptions } from "../../host/link/wire.js";
import { audit } from "../../host/tools/audit.js";
import { VirtualNetworks } from "../support/virtual_networks.js";
import { entropy } from "../support/stack_pair.js";
import { Broker } from "./broker.js";
import { Project } from "./project.js";

/** What the sensor exports beside the door, `start` and `step`. */
interface SensorCalls {
  reading(value: number): void;
  lost(): number;
  isOnline(): number;
}

const TARGETS = ["board", "node"] as const;
const SENSOR = "192.168.7.2/24";
const BROKER = "192.168.7.1/24";

/** A sensor, a broker, and the wire between them. */
class World {
  private given = 0;
  private constructor(
    private readonly module: Uint8Array,
    readonly nets: VirtualNetworks,
    readonly broker: Broker,
    private sensor: Network,
    private brokerNet: Network,
  ) {}

  static async create(module: Uint8Array, wire: WireOptions = {}): Promise<World> {
    const sensor = { module: module as BufferSource, address: SENSOR, mac: "02:00:00:00:00:02" };
    const broker = { address: BROKER, mac: "02:00:00:00:00:01" };
    const nets = await VirtualNetworks.create({ seed: 7, ...wire }, sensor, broker);
    return new World(module, nets, new Broker(), nets.left, nets.right);
  }

  get calls(): SensorCalls {
    return this.sensor.stack.core.exports as unknown as SensorCalls;
  }

  startBroker(): Promise<void> {
    return this.nets.until(this.broker.start(this.brokerNet));
  }

  /** The process ends. */
  stopBroker(): Promise<void> {
    return this.nets.until(this.broker.stop());
  }

  /** So many readings, one every `everyS` seconds: 1, 2, 3 ... */
  async measure(count: number, everyS = 1): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      this.calls.reading(++this.given);
      this.sensor.driver.wake();
      await this.nets.run(everyS);
    }
  }

  /** All that was given has come, each at least once, first in order, and no fault was seen. */
  assertComplete(first = 1): void {
    const expected = Array.from({ length: this.given - first + 1 }, (_, index) => first + index);
    assert.deepEqual(this.broker.readings().filter((value) => value >= first), expected);
    assert.deepEqual(this.broker.faults, []);
    assert.ok(this.broker.publications.every(({ topic }) => topic === "mote/reading"));
  }

  /** Readings that came with the mark of those sent before. */
  sentAgain(): number[] {
    const again = this.broker.publications.filter(({ isAgain }) => isAgain);
    return again.map(({ text }) => Number(text));
  }

  /** What the sensor's stack has counted. */
  counters(): Record<CounterName, number> {
    return this.sensor.stack.counters();
  }

  /** Power off and on: what it knew is gone, and so is what it had not sent. */
  async restartSensor(): Promise<void> {
    await this.nets.until(this.sensor.driver.close());
    this.sensor = await this.open(this.sensor, SENSOR, "02:00:00:00:00:02", 3, this.module);
  }

  /** The broker's machine: nobody is told, and nothing is known of old connections. */
  async restartBrokerMachine(offS: number): Promise<void> {
    await this.nets.until(this.brokerNet.driver.close());
    await this.nets.run(offS);
    this.brokerNet = await this.open(this.brokerNet, BROKER, "02:00:00:00:00:01", 4);
    await this.startBroker();
  }

  private open(
    old: Network, address: string, mac: string, seed: number, module?: Uint8Array,
  ): Promise<Network> {
    const { clock } = this.nets;
    return this.nets.until(createNetwork({
      link: old.link, address, mac, clock, entropy: entropy(seed),
      ...(module === undefined ? {} : { module: module as BufferSource }),
    }));
  }
}

describe("the sensor", () => {
  const project = new Project("docs/examples/sensor");
  const modules = new Map<string, Uint8Array>();
  before(() => {
    for (const target of TARGETS) modules.set(target, project.compile(target));
  });
  after(() => project.remove());

  for (const target of TARGETS) {
    const world = (wire?: WireOptions) => World.create(modules.get(target)!, wire);

    it(`keeps the laws of the core (${target})`, async () => {
      const report = await audit(modules.get(target)!, {
        board: target === "board", firmware: true,
      });
      const broken = report.findings.filter(({ verdict }) => verdict === "BROKEN");
      assert.deepEqual(broken.map(({ law, notes }) => [law, ...notes]), []);
    });

    it(`publishes what it is given (${target})`, async () => {
      const its = await world();
      await its.startBroker();
      await its.measure(10);
      its.assertComplete();
      assert.equal(its.broker.publications.length, 10);
      assert.deepEqual(its.broker.greetings, ["mote"]);
    });

    it(`loses nothing on a line that loses, doubles and reorders (${target})`, async () => {
      const its = await world({ loss: 0.15, reorder: 0.1, duplicate: 0.05, delayMs: 20 });
      await its.startBroker();
      await its.measure(100, 2);
      await its.nets.run(120);
      its.assertComplete();
      assert.notEqual(its.counters().TcpRetransmissions, 0);
    });

    it(`waits for a broker that is not there yet (${target})`, async () => {
      const its = await world();
      await its.measure(20);
      assert.equal(its.calls.isOnline(), 0);
      await its.startBroker();
      await its.nets.run(70);
      its.assertComplete();
    });

    it(`goes on after a restart of the broker (${target})`, async () => {
      const its = await world({ delayMs: 50 });
      await its.startBroker();
      await its.measure(5);
      // The sixth is on its way when the broker ends, and so is the seventh when that is told.
      await its.measure(1, 0.02);
      await its.stopBroker();
      await its.measure(10);
      await its.startBroker();
      await its.nets.run(70);
      await its.measure(5);
      its.assertComplete();
      assert.equal(its.broker.greetings.length, 2);
      assert.deepEqual(its.sentAgain(), [6, 7]);
    });

    it(`finds out that the broker's machine was off, and goes on (${target})`, async () => {
      const its = await world();
      await its.startBroker();
      await its.measure(3);
      await its.restartBrokerMachine(100);
      await its.measure(3);
      await its.nets.run(150);
      its.assertComplete();
    });

    it(`starts again after a power cut of its own (${target})`, async () => {
      const its = await world();
      await its.startBroker();
      await its.measure(3);
      await its.restartSensor();
      await its.measure(3, 5);
      await its.nets.run(70);
      its.assertComplete();
      assert.deepEqual(its.broker.greetings, ["mote", "mote"]);
    });

    it(`leaves a broker that gives no sign of life when asked (${target})`, async () => {
      const its = await world();
      await its.startBroker();
      await its.measure(1);
      await its.nets.run(65);
      assert.equal(its.broker.pings, 2);
      its.broker.habits = { isMute: true };
      await its.nets.run(65);
      assert.equal(its.calls.isOnline(), 0);
      its.broker.habits = {};
      await its.nets.run(70);
      assert.equal(its.calls.isOnline(), 1);
    });

    it(`tries a broker that refuses it less and less often (${target})`, async () => {
      const its = await world();
      its.broker.habits = { code: 5 };
      await its.startBroker();
      await its.nets.run(64);
      // At 0, 1, 3, 7, 15, 31, 63 s.
      assert.equal(its.broker.greetings.length, 7);
    });

    it(`drops the oldest readings when there are too many (${target})`, async () => {
      const its = await world();
      await its.measure(40);
      await its.startBroker();
      await its.nets.run(70);
      assert.equal(its.calls.lost(), 8);
      its.assertComplete(9);
      assert.equal(its.broker.readings()[0], 9);
    });
  }
});

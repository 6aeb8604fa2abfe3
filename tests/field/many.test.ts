/**
 * Ten thousand connections cost no more a piece than ten: finding one, timing one, opening and
 * closing one. Counted, not timed (work_meter.ts), so that the figures are the same everywhere.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Lab } from "../support/lab.js";
import { Remote, listening } from "../support/remote.js";
import { meteredModule, workOf } from "../support/work_meter.js";

const FEW = 10;
const MANY = 10_000;
/** Of each kind of work: so many samples. */
const SAMPLES = 200;
/** A chain of the hash table is a bit longer here and there. */
const MOST_TIMES = 1.5;
/** Where the wheel turns, some samples take the timers of others along, a few in each call. */
const TIMER = "a timer goes off";

const LARGE = {
  connections: MANY + SAMPLES, receiveRing: 256, sendRing: 256, halfOpen: MANY, timeWait: MANY,
  ranges: 1,
};

interface Held {
  remote: Remote;
  handle: number;
  /** Octets said so far, both ways. */
  said: number;
}

/** A host with so many connections, from as many hosts. */
class Crowd {
  readonly lab: Lab;
  readonly held: Held[] = [];
  private readonly listener: number;
  private opened = 0;

  constructor(module: WebAssembly.Module, count: number) {
    this.lab = new Lab("node", { module, budget: LARGE, interface: { address: "10.0.0.1/8" } });
    this.listener = listening(this.lab, { backlog: 65535 });
    while (this.held.length < count) this.held.push(this.open());
    this.lab.wait(1);
  }

  /** One more, opened by a host that has not been there. */
  open(): Held {
    const number = this.opened++;
    const address = `10.1.${number >> 8}.${number & 255}`;
    const remote = new Remote(this.lab, { address, port: 1024 + ((number * 7919) % 60_000) });
    remote.opens();
    const handle = this.lab.stack.accept(this.listener);
    this.lab.turn();
    for (const told of [this.listener, handle]) this.lab.newsOf(told);
    return { remote, handle, said: 0 };
  }
  /** The work of something, for connections here and there. */
  measure(act: (held: Held) => void): Summary {
    const works = Array.from({ length: SAMPLES }, (_, index) => {
      const held = this.held[(index * 7919) % this.held.length]!;
      const before = workOf(this.lab.stack);
      act(held);
      const work = workOf(this.lab.stack) - before;
      this.lab.ignoreFrames();
      this.lab.newsOf(held.handle);
      return work;
    });
    return summary(works);
  }
}

interface Summary {
  mean: number;
  most: number;
}

function summary(works: number[]): Summary {
  const sum = works.reduce((total, work) => total + work);
  return { mean: sum / works.length, most: Math.max(...works) };
}

function told({ mean, most }: Summary): string {
  return `${Math.round(mean)} on average, ${most} at the most`;
}

describe("ten thousand connections", () => {
  let few: Crowd;
  let many: Crowd;

  before(async () => {
    const module = await meteredModule("node");
    [few, many] = [new Crowd(module, FEW), new Crowd(module, MANY)];
  });

  const works: Record<string, (crowd: Crowd) => (held: Held) => void> = {
    "a segment comes": ({ lab }) => (held) => {
      held.remote.says(`PA ${1 + held.said}+1 ack 1`);
      held.said++;
      lab.read(held.handle);
    },
    "a segment for nobody comes": ({ lab }) => (held) => {
      new Remote(lab, { address: held.remote.address, port: 1 }).says("A 5 ack 5");
    },
    [TIMER]: ({ lab }) => (held) => {
      held.remote.says(`PA ${1 + held.said}+1 ack 1`);
      held.said++;
      lab.wait(0.05);
      lab.read(held.handle);
    },
    "we connect, and give up": ({ lab }) => ({ remote: { address } }) => {
      const handle = lab.do((stack) => stack.connect({ address, port: 80 }));
      lab.stack.abort(handle);
    },
    "a connection is opened and reset": (crowd) => () => {
      const { remote, handle } = crowd.open();
      remote.says("R 1");
      crowd.lab.stack.close(handle);
    },
  };

  for (const [what, act] of Object.entries(works)) {
    it(`${what}: no more work than among ten [S22]`, (t) => {
      const [alone, crowded] = [few, many].map((crowd) => crowd.measure(act(crowd)));
      t.diagnostic(`among ten ${told(alone!)}; among 10,000 ${told(crowded!)}`);
      assert.ok(crowded!.mean <= MOST_TIMES * alone!.mean);
      if (what !== TIMER) assert.ok(crowded!.most <= MOST_TIMES * alone!.most);
    });
  }

  it("a local port is found, though 10,000 of 16,384 are taken towards one peer " +
    "[RFC6056-3.4]", (t) => {
    const { stack } = new Lab("node", { module: many.lab.stack.core.module, budget: LARGE });
    const works = Array.from({ length: MANY }, () => {
      const before = workOf(stack);
      stack.connect({ address: "10.0.0.2", port: 80 });
      return workOf(stack) - before;
    });
    const [first, last] = [works.slice(0, SAMPLES), works.slice(-SAMPLES)].map(summary);
    t.diagnostic(`the first ${told(first!)}, the last ${told(last!)}`);
    assert.ok(last!.mean <= MOST_TIMES * first!.mean);
    assert.ok(last!.most <= 3 * first!.most);
  });
});

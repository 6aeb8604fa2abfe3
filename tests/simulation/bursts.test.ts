/**
 * Bursts (assembly/net/burst.ts) are frames one by one, and nothing else: whole runs end well with
 * them, the short ways that they have (tcp/emit_run.ts, tcp/arrives_alike.ts) change no frame, and
 * where one side sends and the other acknowledges they are the frames that single calls make.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import { burstsOf, framesOf } from "../../host/burst.js";
import { Random } from "../../host/link/random.js";
import { Stack } from "../../host/stack.js";
import { type BurstCounts, useBursts } from "../support/bursts.js";
import { compileLong } from "../support/long.js";
import type { SideOptions } from "../support/pair.js";
import { drawPlan, type Plan } from "./plan.js";
import { transferPlan } from "./transfer.js";
import { World } from "./world.js";

const RANDOM_SEEDS = 200;
const TRANSFER_SEEDS = 60;
const ONE_WAY_SEEDS = 100;
const STEPS = 300;
const LOSSES = [0, 0, 0.001, 0.01, 0.05];
const LINKS = ["ethernet", "ip"] as const;

/** Room for so many frames, one to twelve. */
function withRoom(plan: Plan): Plan {
  const mtu = Math.max(576, plan.mtu * (1 + plan.seed % 12));
  const sides = plan.sides.map((side) => ({ ...side, budget: { ...side.budget, mtu } }));
  return { ...plan, sides: sides as [SideOptions, SideOptions] };
}

function randomPlan(seed: number): Plan {
  return withRoom(drawPlan(seed, { build: "node", link: LINKS[seed % 2]! }));
}

/** A bulk transfer both ways: all that is sent at one time arrives at one time. */
function transfer(seed: number): Plan {
  const plan = withRoom({ ...transferPlan(2 * seed), link: LINKS[seed % 2]! });
  const loss = LOSSES[seed % LOSSES.length]!;
  const wire = { ...plan.wire, loss, reorder: loss, duplicate: loss, corrupt: loss / 10 };
  return { ...plan, wire: { ...wire, rateBitsPerSecond: 0 } };
}

/** A run by bursts: its every frame, in hexadecimal; and what the stacks have counted. */
function trace(plan: Plan, counts?: BurstCounts): unknown[] {
  const world = new World(plan);
  const hash = createHash("sha256");
  for (const { stack } of world.pair.stations) {
    useBursts(stack, counts);
    const { transmit } = stack;
    stack.transmit = (nowUs) => {
      const frame = transmit(nowUs);
      if (frame !== null) hash.update(`${nowUs} ${frame.length} `).update(frame);
      return frame;
    };
  }
  world.run();
  const counters = world.pair.stations.map(({ stack }) => stack.counters());
  return [hash.digest("hex"), world.pair.steps, world.pair.clock.now(), counters];
}

/** One side writes, the other reads, on a line that loses and swaps; frame by frame or not. */
class OneWay {
  private nowUs = 1000;
  private readonly random: Random;
  /** Of what was read, and of the frames of both. */
  private readonly text = createHash("sha256");
  private readonly frames = [createHash("sha256"), createHash("sha256")];
  private readonly left: Stack;
  private readonly right: Stack;
  private readonly loss: number;
  private delivered = 0;

  constructor(seed: number, private readonly inBursts: boolean) {
    this.random = new Random(seed);
    this.loss = LOSSES[seed % LOSSES.length]!;
    const ring = 4096 << this.random.below(6);
    const kind = LINKS[seed % 2]!;
    const create = (index: number): Stack => {
      const budget = { connections: 2, receiveRing: ring, sendRing: ring, mtu: 65_535 };
      const stack = Stack.createSync({ budget, entropy: new Uint8Array(32).fill(seed + index) });
      const mac = `02:00:00:00:00:0${index}`;
      stack.configure({ kind, address: `10.0.0.${index}/24`, mac, mtu: 1500 });
      return stack;
    };
    this.left = create(1);
    this.right = create(2);
  }

  /** All frames of both, in their order, what was delivered, and what was counted. */
  trace(steps: number): unknown[] {
    const { left, right, random } = this;
    const listener = right.listen({ port: 7 });
    const sender = left.connect({ address: "10.0.0.2", port: 7 });
    for (let turn = 0; turn < 4; turn++) this.turn(0, () => {});
    const reader = right.accept(listener)!;
    for (let step = 0; step < steps; step++) {
      this.nowUs += random.below(random.chance(0.05) ? 300_000 : 3000);
      if (random.chance(0.7)) left.write(sender, new Uint8Array(random.below(60_000)).fill(step));
      this.turn(this.loss, () => {
        if (random.chance(0.8)) this.read(reader, random.below(60_000));
      });
    }
    const counters = [left, right].map((stack) => stack.counters());
    const hashes = [this.text, ...this.frames].map((hash) => hash.digest("hex"));
    return [this.delivered, hashes, counters];
  }

  private turn(loss: number, readSome: () => void): void {
    const { left, right, random } = this;
    // Timers come first, so that none runs out between two frames.
    const early = this.allOf(right);
    const sent = this.allOf(left).filter(() => !random.chance(loss));
    if (random.chance(10 * loss) && sent.length > 2) sent.splice(1, 0, sent.pop()!);
    const between = this.give(right, sent, true);
    readSome();
    this.give(left, [...early, ...between, ...this.allOf(right)], false);
  }

  private read(handle: number, most: number): void {
    const text = this.right.readable(handle).subarray(0, most);
    this.text.update(text);
    this.delivered += text.length;
    if (text.length > 0) this.right.consume(handle, text.length);
  }

  private allOf(stack: Stack): Uint8Array[] {
    const all: Uint8Array[] = [];
    if (this.inBursts) {
      for (let burst; (burst = stack.transmitBurst(this.nowUs)) !== null; ) {
        for (const frame of framesOf(burst)) all.push(this.note(stack, frame));
      }
    } else {
      for (let frame; (frame = stack.transmit(this.nowUs)) !== null; ) {
        all.push(this.note(stack, frame));
      }
    }
    return all;
  }

  /** Hands frames over. Returns what is sent between them, where somebody asks. */
  private give(stack: Stack, frames: Uint8Array[], asks: boolean): Uint8Array[] {
    const answers: Uint8Array[] = [];
    if (!this.inBursts) {
      frames.forEach((frame, index) => {
        stack.receive(frame, this.nowUs);
        if (asks && index < frames.length - 1) answers.push(...this.allOf(stack));
      });
    } else {
      for (const burst of burstsOf(frames, stack.burstSize)) {
        if (asks) answers.push(...this.allOf(stack));
        stack.receiveBurst(burst, this.nowUs);
      }
    }
    return answers;
  }

  private note(stack: Stack, frame: Uint8Array): Uint8Array {
    const hash = this.frames[stack === this.left ? 0 : 1]!;
    hash.update(`${this.nowUs} ${frame.length} `).update(frame);
    return frame.slice();
  }
}

describe("bursts", () => {
  let long: WebAssembly.Module;

  before(async () => {
    long = await compileLong();
  });

  /** The plan ends well, and the same without short ways. Returns the frames in a burst. */
  function compare(plan: Plan): number {
    const counts = { bursts: 0, frames: 0 };
    const sides = plan.sides.map((side) => ({ ...side, module: long })) as Plan["sides"];
    assert.deepEqual(trace(plan, counts), trace({ ...plan, sides }), `seed ${plan.seed}`);
    return counts.frames / counts.bursts;
  }

  it(`carry ${RANDOM_SEEDS} random runs to their end, by short ways unseen`, () => {
    for (let seed = 1; seed <= RANDOM_SEEDS; seed++) compare(randomPlan(seed));
  });

  it(`carry ${TRANSFER_SEEDS} transfers both ways to their end, by short ways unseen`, () => {
    let most = 0;
    for (let seed = 1; seed <= TRANSFER_SEEDS; seed++) {
      most = Math.max(most, compare(transfer(seed)));
    }
    assert.ok(most > 2, `${most} frames in a burst, at the most`);
  });

  it(`are the frames of single calls, octet for octet, with each of ${ONE_WAY_SEEDS} seeds`, () => {
    for (let seed = 1; seed <= ONE_WAY_SEEDS; seed++) {
      const single = new OneWay(seed, false).trace(STEPS);
      assert.deepEqual(new OneWay(seed, true).trace(STEPS), single, `seed ${seed}`);
      assert.ok((single[0] as number) > 10_000, `seed ${seed}: hardly an octet`);
    }
  });
});

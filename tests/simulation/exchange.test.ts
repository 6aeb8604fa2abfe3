/**
 * `exchange` is `consume`, `commit` and `transmit` and nothing else, whatever short way it takes:
 * two stacks that use it, and two that make the three calls, send the same frames, octet for octet.
 */
import assert from "node:assert/strict";
import { createHash, type Hash } from "node:crypto";
import { it } from "node:test";
import { Descriptor } from "../../assembly/abi/parameters.js";
import { Random } from "../../host/link/random.js";
import { Stack } from "../../host/stack.js";
import { SMALL_BUDGET, type Build } from "../support/lab.js";

const SEEDS = 300;
const STEPS = 1500;
const PORT = 7;
const CONNECTIONS = 2;

interface Side {
  stack: Stack;
  handles: number[];
  /** Frames on their way to it. */
  frames: Uint8Array[];
}

class Run {
  private nowUs = 0;
  private readonly random: Random;
  private readonly hash: Hash = createHash("sha256");
  private readonly sides: [Side, Side];
  private readonly loss: number;
  private built = 0;

  constructor(seed: number, build: Build, private readonly isOne: boolean) {
    this.random = new Random(seed);
    this.loss = this.random.below(3) / 50;
    // With the largest a congestion window grows beyond the initial one.
    const ring = 2048 << this.random.below(build === "node" ? 6 : 2);
    const create = (index: number): Side => {
      const budget = { ...SMALL_BUDGET, receiveRing: ring, sendRing: ring };
      const entropy = new Uint8Array(32).fill(this.random.below(256));
      const stack = Stack.createSync({ module: build, budget, entropy });
      stack.configure({ kind: "ip", address: `10.0.0.${index + 1}/24` });
      return { stack, handles: [], frames: [] };
    };
    this.sides = [create(0), create(1)];
  }

  /** All that was sent and counted. */
  trace(): unknown[] {
    const [left, right] = this.sides;
    const listener = right.stack.listen({ port: PORT });
    for (let count = 0; count < CONNECTIONS; count++) {
      left.handles.push(left.stack.connect({ address: "10.0.0.2", port: PORT }));
      for (let turn = 0; turn < 6; turn++) for (const side of this.sides) this.carry(side, 0);
      right.handles.push(right.stack.accept(listener)!);
    }
    for (let step = 0; step < STEPS; step++) this.step();
    const counters = this.sides.map(({ stack }) => stack.counters());
    return [this.hash.digest("hex"), counters, this.built];
  }

  private step(): void {
    const { random } = this;
    if (random.chance(0.5)) this.nowUs += random.below(random.chance(0.05) ? 400_000 : 2000);
    const side = this.sides[random.below(2)]!;
    const pick = random.below(10);
    if (pick < 6) this.answer(side);
    else if (pick < 9) this.carry(side, this.loss);
    else side.stack.nextEvent();
  }

  /** Takes of what has come, and writes. */
  private answer(side: Side): void {
    const { random } = this;
    const { stack } = side;
    const handle = side.handles[random.below(CONNECTIONS)]!;
    const { exports, octets, descriptor } = stack.core;
    const there = exports.receiveLen(handle);
    const taken = random.chance(0.7) ? there : random.below(there + 1);
    const room = exports.sendSpace(handle);
    const wanted = [0, 1, 64, 700, 1460, 30_000][random.below(6)]!;
    const length = Math.min(wanted, room);
    if (room > 0) {
      const at = descriptor[Descriptor.At]!;
      octets.fill(random.below(256), at, at + length);
    }
    this.send(side, this.isOne ? exports.exchange(handle, taken, length, this.nowUs)
      : this.threeCalls(stack, handle, taken, length));
  }

  private threeCalls({ core }: Stack, handle: number, taken: number, length: number): number {
    const { exports } = core;
    exports.nextDeadline(this.nowUs); // the time, and no more
    if (taken !== 0) assert.ok(exports.consume(handle, taken) >= 0);
    if (length !== 0) assert.ok(exports.commit(handle, length, 0) >= 0);
    return exports.transmit(this.nowUs);
  }

  /** All that waits goes to the other side, less what is lost. */
  private carry(side: Side, loss: number): void {
    const { stack } = side;
    for (let left = 0; left < 50; left++) {
      const length = stack.core.exports.transmit(this.nowUs);
      if (length === 0) break;
      this.send(side, length);
    }
    for (const frame of side.frames.splice(0)) {
      if (!this.random.chance(loss)) stack.receive(frame, this.nowUs);
    }
  }

  private send(side: Side, length: number): void {
    assert.ok(length >= 0, `refused: ${length}`);
    const { core } = side.stack;
    this.hash.update(`${this.nowUs} ${length} ${core.descriptor[Descriptor.Waiting]} `);
    if (length === 0) return;
    const at = core.exports.frameOutPtr() >>> 0;
    const frame = core.octets.slice(at, at + length);
    this.hash.update(frame);
    this.built++;
    this.sides[side === this.sides[0] ? 1 : 0].frames.push(frame);
  }
}

for (const build of ["node", "board"] as const) {
  it(`exchange sends what three calls send, with each of ${SEEDS} seeds [${build}]`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const trace = new Run(seed, build, true).trace();
      assert.deepEqual(trace, new Run(seed, build, false).trace(), `seed ${seed}`);
      assert.ok((trace.at(-1) as number) > STEPS / 10, `seed ${seed}: hardly a frame`);
    }
  });
}

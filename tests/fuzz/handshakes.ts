/**
 * Handshakes and closes on a stack whose tables hold next to nothing, with a forged peer and an
 * application that calls anything at any time, by a seed. After each step what is seen from outside
 * must be sound, and when all is over nothing may be left. Throws FuzzFailure, or what the module
 * traps with; a call that does not return is for who watches this thread (watched.ts).
 */
import { Random } from "../../host/link/random.js";
import { COUNTER_NAMES } from "../../host/names.js";
import { findLostSlot } from "../support/inspect.js";
import { Protocol, type Decoded } from "../support/wire.js";
import { Application } from "./application.js";
import { BurstSubject } from "./burst_subject.js";
import { Caller } from "./caller.js";
import { FORGED_HOSTS, Forger } from "./forger.js";
import { askedHost } from "./packets.js";
import { FuzzFailure, SIZES, Subject, type FuzzSizes } from "./subject.js";
import { Progress, Trace, placeOf } from "./trace.js";

export const STEPS = 250;
/** Octets of rings. */
const RINGS = [256, 512, 1024, 2048] as const;
const START_US = 0xffff_0000;
/** Less than microseconds may leap at once. */
const LONGEST_LEAP_US = 1000e6;
const LEAPS_US = [1e6, 3e6, 11e6, 61e6, 130e6, 301e6, 600e6] as const;
const MOST_SYNS = 5;
const END_ROUNDS = 20_000;

export interface HandshakesOptions {
  build: "node" | "board";
  /** In place of that build's product. */
  module?: WebAssembly.Module;
  seed: number;
  steps?: number;
}

export class Handshakes {
  /** States, reasons and counters that were met. */
  readonly met: Set<string>;
  readonly trace: Trace;
  private readonly random: Random;
  private readonly subject: Subject;
  private readonly forger: Forger;
  private readonly caller: Caller;
  /** In some runs a second application does what makes even less sense. */
  private readonly application: Application | undefined;
  private readonly connections: number;
  private readonly sink = (frame: Uint8Array, decoded: Decoded): void => this.take(frame, decoded);

  constructor(readonly options: HandshakesOptions, private readonly progress: Int32Array) {
    const { build, module = build, seed } = options;
    const random = new Random(seed, 5);
    this.random = random;
    const kind = random.chance(0.3) ? "ethernet" : "ip";
    const sizes = drawSizes(random);
    this.connections = sizes.connections;
    const entropy = random.fill(new Uint8Array(32));
    const isInBursts = random.chance(0.2) && module !== "board";
    const subject = isInBursts
      ? new BurstSubject(kind, entropy, START_US, random, module, sizes)
      : new Subject(module, kind, entropy, START_US, sizes);
    this.subject = subject;
    this.trace = new Trace(subject.stack, progress);
    subject.configure();
    this.forger = new Forger(subject, random);
    this.caller = new Caller(
      subject, random, this.sink, (handle) => this.application?.holds(handle) === true);
    this.met = this.caller.met;
    if (random.chance(0.2)) {
      this.application = new Application(
        subject, random, (handle) => this.caller.held.has(handle),
        () => FORGED_HOSTS[random.below(FORGED_HOSTS.length)]!);
    }
  }

  run(): void {
    const { progress, options: { seed, steps = STEPS } } = this;
    progress[Progress.Seed] = seed;
    for (let step = 0; step < steps; step++) {
      this.begin(step);
      this.step();
      this.trace.mark();
    }
    this.begin(steps);
    this.finish();
    this.trace.mark();
  }

  /** Which step that is, in a word that another thread can read. */
  private begin(step: number): void {
    this.progress[Progress.Step] = step;
    Atomics.add(this.progress, Progress.Beat, 1);
  }

  private step(): void {
    const { random, subject, caller } = this;
    this.pass();
    const pick = random.below(16);
    if (pick < 7) this.forge();
    else if (pick < 14) for (let more = random.below(3); more >= 0; more--) caller.act();
    else if (pick < 15) this.application?.act();
    // Often a driver has no room, or room for one frame, before more comes in.
    const drained = random.below(5);
    if (drained > 1) subject.drain(this.sink, drained === 2 ? 1 : undefined);
    const isAtRest = random.chance(0.15);
    if (isAtRest) this.settle();
    else subject.check(false);
  }

  private forge(): void {
    const { subject, forger } = this;
    const { stack } = subject;
    const len = forger.write();
    const before = stack.counter("DropTcpNoConnection");
    subject.hand(len);
    // Frames in a burst come in later, with others.
    if (!forger.isAimed || subject instanceof BurstSubject) return;
    if (stack.counter("DropTcpNoConnection") !== before) {
      throw new FuzzFailure("an entry that no segment reaches");
    }
  }

  /** Time goes on: not at all, a little, to the next timer, a moment beside it, or far. */
  private pass(): void {
    const { random, subject } = this;
    const pick = random.below(64);
    if (pick < 24) return;
    if (pick < 44) {
      subject.nowUs += random.below(1000);
    } else if (pick < 54) {
      subject.nowUs += random.below(100_000);
    } else if (pick < 62) {
      const leftUs = subject.stack.nextDeadline(subject.nowUs);
      if (leftUs <= LONGEST_LEAP_US) subject.nowUs += Math.max(0, leftUs + random.below(3) - 1);
    } else {
      subject.nowUs += LEAPS_US[random.below(LEAPS_US.length)]!;
    }
  }

  private settle(): void {
    this.subject.settle(this.sink);
    this.subject.check(true);
    this.caller.check();
  }

  /** The stack has sent a frame. */
  private take(frame: Uint8Array, decoded: Decoded): void {
    const { trace, forger, subject, random } = this;
    trace.mixOctets(frame);
    if (decoded.protocol === Protocol.Tcp) forger.learn(frame, decoded);
    if (!decoded.isArp) return;
    const host = askedHost(frame);
    if (host >= 0 && random.chance(0.9)) subject.answerArp(host);
  }

  /** The peer says nothing any more, and the application lets go: nothing may be left. */
  private finish(): void {
    const { subject, caller, application } = this;
    // What waits in a burst comes in.
    this.settle();
    caller.endConnections();
    application?.end();
    this.empty();
    const [port] = caller.ports();
    if (port !== undefined) this.checkListener(port);
    caller.endListeners();
    this.empty();
    const [listener] = subject.stack.entries("listeners");
    if (listener !== undefined) throw new FuzzFailure(`port ${listener.localPort} is listened on`);
    const lost = findLostSlot(subject.stack, `10.0.0.${FORGED_HOSTS[0]}`, this.connections);
    if (lost !== null) throw new FuzzFailure(lost);
    this.settle();
    if (subject.entries() !== 0) throw new FuzzFailure("entries of nobody");
    this.note();
  }

  /** Time passes until the tables are empty. */
  private empty(): void {
    const { subject } = this;
    for (let round = 0; ; round++) {
      this.settle();
      if (subject.entries() === 0) return;
      if (round > END_ROUNDS) throw new FuzzFailure(`${subject.entries()} entries are left`);
      const leftUs = subject.stack.nextDeadline(subject.nowUs);
      subject.nowUs += Math.min(leftUs, LONGEST_LEAP_US);
    }
  }

  /** What a listener counts is gone with what it was counted for: it has room again. */
  private checkListener(port: number): void {
    const { subject, forger } = this;
    // A burst may lose it.
    for (let attempt = 0; attempt < MOST_SYNS; attempt++) {
      subject.hand(forger.writeSyn(port));
      this.settle();
      if (subject.entries() === 1) return;
    }
    throw new FuzzFailure(`port ${port} has no room when all is over`);
  }

  /** What was counted is part of the trace. */
  private note(): void {
    for (const name of COUNTER_NAMES) {
      const counted = this.subject.stack.counter(name);
      this.trace.mix(counted);
      if (counted > 0) this.met.add(name);
    }
    // Who has drawn otherwise on the way is noticed, too.
    this.trace.mix(this.random.u32());
  }
}

function drawSizes(random: Random): FuzzSizes {
  const ring = (): number => RINGS[random.below(RINGS.length)]!;
  return {
    connections: random.between(2, 4), halfOpen: random.between(1, 2),
    timeWait: random.chance(0.7) ? 1 : 2, listeners: random.between(1, 2), receiveRing: ring(),
    sendRing: ring(), ranges: random.between(1, 3), records: random.between(4, 8),
    replies: random.between(1, 3), neighbours: random.between(1, 3),
    mtu: random.chance(0.5) ? SIZES.mtu! : 576, mslSeconds: random.between(1, 30),
    challenges: random.chance(0.5) ? 2 : 1000,
  };
}

/**
 * Runs a seed in the product, on boards, and in the module without the short ways (CFG_LONG), which
 * must do the same as the product, octet for octet. Returns what was met.
 */
export function compareSeed(
  seed: number, long: WebAssembly.Module | undefined, progress: Int32Array,
): Set<string> {
  const [usual] = ["node", "board"].map((build) =>
    runOne({ build: build as "node" | "board", seed }, progress));
  if (long === undefined) return usual!.met;
  const other = runOne({ build: "node", module: long, seed }, progress);
  const { marks } = usual!.trace;
  const at = marks.findIndex((mark, index) => other.trace.marks[index] !== mark);
  if (at < 0 && marks.length === other.trace.marks.length) return usual!.met;
  throw new FuzzFailure(`seed ${seed}: step ${at >> 1} goes another way without the short ways`);
}

function runOne(options: HandshakesOptions, progress: Int32Array): Handshakes {
  const run = new Handshakes(options, progress);
  try {
    run.run();
  } catch (error) {
    const failure = error as Error;
    const build = options.module === undefined ? options.build : "long";
    failure.message = `seed ${options.seed}, ${build}, ${placeOf(progress)}: ${failure.message}`;
    throw failure;
  }
  return run;
}

/**
 * One attack on one stack: so many frames, half of them random, half made from live traffic, while
 * an application works, hostile peers open and close connections, and one honest connection goes
 * on. Everything by a seed. Throws FuzzFailure, or what the module traps with.
 */
import type { LinkType } from "../../host/link/link.js";
import { Random } from "../../host/link/random.js";
import type { CounterName } from "../../host/names.js";
import { findLostSlot } from "../support/inspect.js";
import { Protocol, type Decoded } from "../support/wire.js";
import { Application } from "./application.js";
import { Fragments } from "./fragments.js";
import { BurstSubject } from "./burst_subject.js";
import { Corpus, writeMutated, writeRandom } from "./generate.js";
import { Honest } from "./honest.js";
import { HONEST_HOST, NETWORK, OWN_HOST, askedHost, writeArp, writeIcmp } from "./packets.js";
import { Sparring } from "./sparring.js";
import { FuzzFailure, SIZES, Subject } from "./subject.js";
import { Targeted } from "./targeted.js";

export interface FuzzOptions {
  build: "node" | "board";
  link: LinkType;
  seed: number;
  frames: number;
  /** Frames pass in bursts, in the Node build on links that have frames. */
  inBursts?: boolean;
}

export interface FuzzResult {
  /** How often each reason was counted. */
  reasons: Map<CounterName, number>;
  /** Octets of the honest connection that arrived, both ways together. */
  delivered: number;
  seconds: number;
}

/** Microseconds, shortly before they wrap. */
const START_US = 0xffff_0000;
/** Frames between two looks at everything. */
const CHECK_EVERY = 4096;
const TARGET_EVERY = 20_000;
const STRANGER = 200;
const ECHO = 8;
const CLOSING_ROUNDS = 10_000;
const END_SECONDS = 4000;

export class Fuzzer {
  /** Frames so far, for messages. */
  frame = 0;
  private readonly random: Random;
  private readonly subject: Subject;
  private readonly corpus = new Corpus();
  private readonly honest: Honest;
  private readonly sparring: Sparring;
  private readonly application: Application;
  private readonly targeted: Targeted;
  private readonly fragments: Fragments;
  private readonly sink = (frame: Uint8Array, decoded: Decoded): void => this.take(frame, decoded);

  constructor(readonly options: FuzzOptions) {
    const { build, link, seed } = options;
    this.random = new Random(seed, 4);
    const { random } = this;
    const entropy = (): Uint8Array => random.fill(new Uint8Array(32));
    this.subject = options.inBursts
      ? new BurstSubject(link, entropy(), START_US, random)
      : new Subject(build, link, entropy(), START_US);
    this.subject.configure();
    this.sparring = new Sparring(link, random);
    this.fragments = new Fragments(link, random);
    const { subject } = this;
    this.targeted = new Targeted(
      subject, random, () => subject.drain(this.sink), () => this.honest.handle);
    this.honest = new Honest(subject, build, entropy());
    this.application = new Application(
      subject, random, (handle) => handle === this.honest.handle, () => this.sparring.someHost());
  }

  run(): FuzzResult {
    const startMs = performance.now();
    this.honest.open(() => this.subject.drain(this.sink));
    const { frames, build, link } = this.options;
    let delivered = 0;
    for (this.frame = 0; this.frame < frames; this.frame++) {
      this.step();
      if (this.frame % CHECK_EVERY !== CHECK_EVERY - 1) continue;
      this.check();
      // What a burst has lost is sent again after a second, or two, or four.
      if (this.options.inBursts && this.frame % (16 * CHECK_EVERY) > CHECK_EVERY) continue;
      if (this.honest.delivered === delivered) throw new FuzzFailure("nothing arrives any more");
      delivered = this.honest.delivered;
    }
    this.finish();
    const reasons = new Map<CounterName, number>();
    this.subject.addReasons(reasons);
    addUnready(build, link, reasons);
    const seconds = (performance.now() - startMs) / 1000;
    return { reasons, delivered: this.honest.delivered, seconds };
  }

  private step(): void {
    const { random, subject, frame } = this;
    subject.nowUs += random.below(200);
    if (random.below(2000) === 0) subject.nowUs += random.below(3e6);
    if (random.below(50_000) === 0) subject.nowUs += random.below(90e6);
    if (frame % TARGET_EVERY === 0) this.frame += this.targeted.run();
    this.attack();
    // Often a driver has room for one frame, or for a part of one, before more comes in.
    if ((frame & 3) === 0) subject.drain(this.sink, random.chance(0.5) ? 1 : undefined);
    if ((frame & 7) === 0) this.application.act();
    if ((frame & 63) === 0) this.honest.exchange(this.record);
  }

  private attack(): void {
    const { random, subject, corpus } = this;
    const { slot, kind } = subject;
    const pick = random.below(64);
    let len = 0;
    if (pick === 0) len = this.ask();
    else if (pick < 16) len = this.sparring.write(slot);
    else if (pick < 20) len = this.fragments.write(slot);
    else if (pick < 32) len = writeMutated(kind, slot, corpus, random);
    if (pick < 16) this.record(len);
    if (len === 0) len = writeRandom(kind, slot, random);
    subject.hand(len);
  }

  /** Live traffic beside TCP: pings and, on Ethernet, ARP. */
  private ask(): number {
    const { random, subject: { slot, kind } } = this;
    if (kind !== "ethernet" || random.chance(0.5)) {
      return writeIcmp(kind, slot, STRANGER, ECHO, 0, random.below(64));
    }
    return writeArp(slot, STRANGER, OWN_HOST, 1, NETWORK + STRANGER, NETWORK + OWN_HOST);
  }

  private readonly record = (len: number): void => this.corpus.add(this.subject.slot, len);

  /** The stack has sent a frame: to whom it is for. */
  private take(frame: Uint8Array, decoded: Decoded): void {
    if (decoded.isArp) {
      this.takeArp(frame);
      return;
    }
    if (decoded.destination === NETWORK + HONEST_HOST) this.honest.receive(frame);
    else if (decoded.protocol === Protocol.Tcp) this.sparring.learn(decoded);
    if (decoded.protocol === Protocol.Tcp) this.targeted.learn(frame, decoded);
  }

  /** Hostile peers answer for their address, nearly always. */
  private takeArp(frame: Uint8Array): void {
    const host = askedHost(frame);
    if (Sparring.isOurs(host) && this.random.chance(0.9)) this.subject.answerArp(host);
    this.honest.receive(frame);
  }

  private check(): void {
    const { subject } = this;
    subject.settle(this.sink);
    subject.check(true);
  }

  /** The attack is over: the honest connection ends well, and nothing is left. */
  private finish(): void {
    const { subject, honest, application } = this;
    honest.shutDown();
    for (let round = 0; !honest.isComplete(); round++) {
      if (round > CLOSING_ROUNDS) throw new FuzzFailure("the honest connection does not end");
      this.pass(10_000);
    }
    for (let round = 0; honest.reasons().includes("none"); round++) {
      if (round > CLOSING_ROUNDS) throw new FuzzFailure("the honest connection does not close");
      this.pass(10_000);
    }
    const reasons = honest.reasons();
    if (reasons.some((reason) => reason !== "finished")) {
      throw new FuzzFailure(`the honest connection ended as ${reasons.join(" and ")}`);
    }
    honest.close();
    application.end();
    for (let second = 0; subject.entries() > 0; second++) {
      if (second > END_SECONDS) throw new FuzzFailure(`${subject.entries()} entries are left`);
      this.pass(1e6);
    }
    this.check();
    const lost = findLostSlot(subject.stack, `10.0.0.${HONEST_HOST}`, SIZES.connections);
    if (lost !== null) throw new FuzzFailure(lost);
    this.check();
  }

  private pass(us: number): void {
    this.subject.nowUs += us;
    this.honest.exchange(this.record);
    this.subject.settle(this.sink);
  }
}

/** What a stack counts before it has an address: none yet, or one that it still asks about. */
function addUnready(
  build: "node" | "board", link: LinkType, reasons: Map<CounterName, number>,
): void {
  const random = new Random(1);
  for (const isProbing of link === "ethernet" ? [false, true] : [false]) {
    const subject = new Subject(build, link, new Uint8Array(32));
    if (isProbing) subject.configure(true);
    for (let count = 0; count < 200; count++) subject.hand(writeRandom(link, subject.slot, random));
    subject.check(true);
    subject.addReasons(reasons);
  }
}

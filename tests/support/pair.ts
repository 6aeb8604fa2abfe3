/**
 * Two stacks joined by a wire in virtual time: the simulated network that every simulation runs on.
 * `step` goes to the next thing that happens, `drive` goes on until something is reached, never
 * without bound. On the way everything that must hold is checked: of every frame when it is sent,
 * of both stacks' tables every few steps, of the memory around them at the end.
 */
import type { BudgetOptions } from "../../host/budget.js";
import type { ModuleSource } from "../../host/core.js";
import type { InterfaceOptions } from "../../host/interface.js";
import type { ChannelCounts } from "../../host/link/channel.js";
import { VirtualClock } from "../../host/link/clock.js";
import type { Link, LinkType } from "../../host/link/link.js";
import { NarrowLink } from "../../host/link/narrow.js";
import { withCapture } from "../../host/link/pcap.js";
import { SlipDecoder } from "../../host/link/slip.js";
import { type WireEnd, type WireOptions, createWire } from "../../host/link/wire.js";
import { Stack } from "../../host/stack.js";
import { FlowWatch, type Side, type SideFacts, type TextSource } from "./flow_watch.js";
import { watchHints } from "./hints.js";
import { Canary, Inspector, findLostSlot, type Sizes } from "./inspect.js";
import { Station } from "./station.js";
import { Decoded, Protocol, decodeFrame, describeFrame } from "./wire.js";

export const ADDRESSES = ["10.0.0.1", "10.0.0.2"] as const;

export interface SideOptions {
  module: ModuleSource;
  /** Beyond what is here the build's defaults hold. */
  budget: BudgetOptions & Sizes;
  interface?: Partial<InterfaceOptions>;
  entropy: Uint8Array;
}

export interface PairOptions {
  kind: LinkType;
  mtu: number;
  wire: WireOptions;
  sides: readonly [SideOptions, SideOptions];
  /** Where time begins, in microseconds. */
  startUs: number;
  /** A prefix of two pcapng files, one as each station sees it. */
  capture?: string;
}

/** Something must not be, or does not come to pass. */
export class SimulationFailure extends Error {
  override readonly name = "SimulationFailure";
}

/** Steps between two looks at all tables. */
const STEPS_PER_LOOK = 32;
/** Frames at one point in time: a storm. */
const MOST_FRAMES_AT_ONCE = 20_000;
/** In so long an address has been probed for, and a timer that finds nothing to do has run out. */
const QUIET_SECONDS = 300;
/** What `nextDeadline` says at the least when nothing is to be done: 30 minutes, or a bit less. */
const IDLE_US = 30 * 60 * 1e6 - 1000;

export class Pair {
  readonly clock: VirtualClock;
  readonly stations: readonly [Station, Station];
  /** Where the path from either side may be made narrow; none on a serial line. */
  readonly narrows: NarrowLink[] = [];
  /** Timers fired. */
  steps = 0;
  private readonly ends: [WireEnd, WireEnd];
  private readonly watch: FlowWatch;
  private readonly inspectors: Inspector[];
  private readonly canaries: Canary[];
  private readonly decoders: SlipDecoder[];
  private readonly decoded = new Decoded();
  private readonly texts = [new Map<number, TextSource>(), new Map<number, TextSource>()] as const;
  private framesAtOnce = 0;
  private framesAtUs = 0;

  constructor(readonly options: PairOptions) {
    this.clock = new VirtualClock(options.startUs);
    const { kind, mtu, sides } = options;
    this.watch = new FlowWatch([this.factsOf(0), this.factsOf(1)]);
    const stacks = sides.map(({ module, budget, entropy }) =>
      Stack.createSync({ module, budget, entropy, now: this.clock.now() }));
    this.canaries = stacks.map((stack) => new Canary(stack));
    this.inspectors = stacks.map((stack, side) =>
      new Inspector(stack, sides[side]!.budget, kind === "ethernet"));
    this.decoders = stacks.map(() => new SlipDecoder());
    this.ends = createWire({ ...options.wire, kind, mtu, clock: this.clock });
    const make = (side: Side): Station => {
      stacks[side]!.configure({
        kind, mtu, mac: `02:00:00:00:00:0${side + 1}`, address: `${ADDRESSES[side]}/24`,
        ...sides[side].interface,
      });
      const hooks = {
        onSend: (_: Station, octets: Uint8Array) => this.look(side, octets),
        fail: (message: string) => this.fail(side, message),
      };
      watchHints(stacks[side]!, hooks.fail);
      const name = side === 0 ? "left" : "right";
      const link = this.captured(this.narrowed(this.ends[side]), name);
      return new Station(name, stacks[side]!, link, this.clock, hooks);
    };
    this.stations = [make(0), make(1)];
    for (const station of this.stations) station.turn();
  }

  /** What an application sends between two ports: compared with what leaves. */
  expectText(side: Side, localPort: number, remotePort: number, text: TextSource): void {
    this.texts[side].set(localPort * 65536 + remotePort, text);
  }

  /** Goes to the next thing that happens. */
  step(): void {
    if (!this.clock.runNext()) this.fail(0, "nothing will ever happen any more");
    this.steps++;
    if (this.steps % STEPS_PER_LOOK === 0) this.inspect();
  }

  /** Goes on until `isDone`, for `seconds` of virtual time and so many steps at the most. */
  drive(what: string, isDone: () => boolean, seconds: number, steps: number): void {
    const untilUs = this.clock.now() + seconds * 1e6;
    const lastStep = this.steps + steps;
    while (!isDone()) {
      if ((this.clock.nextAtUs() ?? Infinity) > untilUs) {
        this.fail(0, `${what}: not reached in ${seconds} s of virtual time`);
      }
      if (this.steps >= lastStep) this.fail(0, `${what}: not reached in ${steps} steps`);
      this.step();
    }
  }

  /** Lets so much time pass. */
  run(seconds: number): void {
    const untilUs = this.clock.now() + seconds * 1e6;
    while ((this.clock.nextAtUs() ?? Infinity) <= untilUs) this.step();
    this.clock.runUntil(untilUs);
  }

  /** Looks at all tables now. */
  inspect(): void {
    for (const side of [0, 1] as const) {
      const fault =
        this.inspectors[side]!.findFault(this.stations[side].isClear) ??
        this.canaries[side]!.findFault();
      if (fault !== null) this.fail(side, fault);
    }
  }

  /** Whether no connection is left on either side, half-open and TIME-WAIT included. */
  isEmpty(): boolean {
    return this.inspectors.every((inspector) => {
      const { connections, halfOpen, timeWait } = inspector.census();
      return connections + halfOpen + timeWait === 0;
    });
  }

  /** All is over: nothing may be left, of anything. No listener may be open. */
  checkEnd(seconds: number, steps: number): void {
    this.drive("empty tables", () => this.isEmpty(), seconds, steps);
    this.inspect();
    this.run(QUIET_SECONDS);
    for (const side of [0, 1] as const) {
      const station = this.stations[side];
      station.endFork();
      const lost = findLostSlot(
        station.stack, ADDRESSES[1 - side]!, this.options.sides[side].budget.connections);
      if (lost !== null) this.fail(side, lost);
      station.turn();
      const waitUs = station.stack.nextDeadline(this.clock.now());
      // Neighbours grow stale; nothing else has a timer now.
      if (this.options.kind !== "ethernet" && waitUs < IDLE_US) {
        this.fail(side, `a timer is left: ${waitUs} us`);
      }
    }
    this.inspect();
    if (!this.isEmpty()) this.fail(0, "connections are left that were given back");
  }

  /** What the wire did to the frames of each side. */
  faults(): ChannelCounts[] {
    return this.ends.map(({ counts }) => counts);
  }

  /** Closes the captures. */
  async close(): Promise<void> {
    for (const { link } of this.stations) await link.close();
  }

  fail(side: Side, message: string): never {
    const at = ((this.clock.now() - this.options.startUs) / 1e6).toFixed(6);
    const name = side === 0 ? "left" : "right";
    throw new SimulationFailure(`at ${at} s, step ${this.steps}, ${name}: ${message}`);
  }

  private factsOf(side: Side): SideFacts {
    return {
      receiveRing: this.options.sides[side].budget.receiveRing,
      textOf: (local, remote) => this.texts[side].get(local * 65536 + remote),
    };
  }

  private narrowed(link: Link): Link {
    if (link.kind === "serial") return link;
    const { clock } = this;
    const narrow = new NarrowLink(link, { pathMtu: Infinity, direction: "send", clock });
    this.narrows.push(narrow);
    return narrow;
  }

  private captured(link: Link, name: string): Link {
    const { capture } = this.options;
    if (capture === undefined) return link;
    return withCapture(link, `${capture}-${name}.pcapng`, { now: () => this.clock.now() });
  }

  private look(side: Side, octets: Uint8Array): void {
    if (this.framesAtUs !== this.clock.now()) this.framesAtOnce = 0;
    this.framesAtUs = this.clock.now();
    if (++this.framesAtOnce > MOST_FRAMES_AT_ONCE) this.fail(side, "a storm of frames");
    if (this.options.kind !== "serial") return this.lookAtFrame(side, octets);
    this.decoders[side]!.push(octets, (packet) => this.lookAtFrame(side, packet));
  }

  private lookAtFrame(side: Side, frame: Uint8Array): void {
    const { kind, mtu } = this.options;
    const { decoded } = this;
    const fault = decodeFrame(kind, frame, mtu, decoded);
    if (fault !== null) this.fail(side, `sends a bad frame: ${fault}`);
    if (decoded.protocol !== Protocol.Tcp) return;
    const wrong = this.watch.see(side, decoded);
    if (wrong !== null) this.fail(side, `sends ${wrong}: ${describeFrame(decoded)}`);
  }
}

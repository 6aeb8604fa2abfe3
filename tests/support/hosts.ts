/**
 * Two hosts with small applications, on the simulated network of `pair.ts`: who holds a connection
 * is told what happens to it, and acts. The left one is a desk's (the build for Node), the right
 * one is whatever the test is about.
 */
import { Event } from "../../assembly/abi/event.js";
import type { BudgetOptions } from "../../host/budget.js";
import type { Clock } from "../../host/link/clock.js";
import type { WireOptions } from "../../host/link/wire.js";
import type { ConnectCall, ListenCall, Stack } from "../../host/stack.js";
import type { Build } from "./lab.js";
import { ADDRESSES, Pair } from "./pair.js";
import type { Sizes } from "./inspect.js";
import type { Station } from "./station.js";

/** Gets the bits of `Event` that are new. */
export type OnEvent = (bits: number) => void;

export class Host {
  private readonly holders = new Map<number, OnEvent>();

  /** `peer`: the address of the other host. */
  constructor(
    readonly station: Station, readonly clock: Clock, private readonly peer: string,
  ) {
    station.onEvent = (handle, bits) => this.holders.get(handle)?.(bits);
  }

  get stack(): Stack {
    return this.station.stack;
  }

  /** From now on told of a handle; until `close` or `abort`. */
  hold(handle: number, onEvent: OnEvent): void {
    this.holders.set(handle, onEvent);
  }

  /** Listens; each connection is accepted at once and held by what `onConnection` gives. */
  listen(call: ListenCall, onConnection: (handle: number) => OnEvent): number {
    const listener = this.station.do((stack) => stack.listen(call));
    this.hold(listener, () => {
      for (;;) {
        const handle = this.station.do((stack) => stack.accept(listener));
        if (handle === 0) return;
        const onEvent = onConnection(handle);
        this.hold(handle, onEvent);
        onEvent(Event.Connected);
      }
    });
    return listener;
  }

  /** Connects to the other host. */
  connect(call: Omit<ConnectCall, "address">, onEvent: OnEvent): number {
    const address = this.peer;
    const handle = this.station.do((stack) => stack.connect({ address, ...call }));
    this.hold(handle, onEvent);
    this.station.turn();
    return handle;
  }

  /** All that can be read now. */
  read(handle: number): Buffer {
    const pieces: Buffer[] = [];
    while (this.station.read(handle, Infinity, (piece) => pieces.push(Buffer.from(piece))) > 0) {
      continue;
    }
    return Buffer.concat(pieces);
  }

  /** How many octets were taken. */
  write(handle: number, octets: Uint8Array): number {
    return this.station.do((stack) => stack.write(handle, octets));
  }

  close(handle: number): void {
    this.holders.delete(handle);
    this.station.do((stack) => stack.close(handle));
  }

  /** Later, by the clock of the simulation. */
  after(seconds: number, act: () => void): void {
    this.clock.setTimer(seconds * 1e6, () => {
      act();
      this.station.turn();
    });
  }

  /** A frame from elsewhere than the other host. */
  hears(frame: Uint8Array): void {
    this.station.link.onFrame(frame);
    this.station.link.onBatchEnd();
  }
}

export interface HostsOptions {
  /** Of the right one. */
  build: Build;
  wire?: WireOptions;
  /** Beyond what the builds have by default. */
  budgets?: [BudgetOptions, BudgetOptions];
  mtu?: number;
  capture?: string;
  /** Each octet of the entropy of left and right. */
  entropy?: [number, number];
}

/** The default budgets of the builds, as far as a `Pair` wants to know them. */
const SIZES: Record<Build, Sizes> = {
  node: { connections: 256, receiveRing: 65536, sendRing: 65536 },
  board: { connections: 8, receiveRing: 2048, sendRing: 2048 },
};

/** Two hosts on bare IP, 1 ms apart unless the wire's options say otherwise. */
export function hosts(options: HostsOptions): { pair: Pair; left: Host; right: Host } {
  const [leftSeed, rightSeed] = options.entropy ?? [1, 2];
  const [leftBudget, rightBudget] = options.budgets ?? [{}, {}];
  const mtu = options.mtu ?? 1500;
  const side = (module: Build, budget: BudgetOptions, seed: number) =>
    ({ module, budget: { ...SIZES[module], ...budget }, entropy: new Uint8Array(32).fill(seed) });
  const pair = new Pair({
    kind: "ip", mtu, startUs: 0, wire: { delayMs: 1, ...options.wire }, capture: options.capture,
    sides: [side("node", leftBudget, leftSeed), side(options.build, rightBudget, rightSeed)],
  });
  const [left, right] = pair.stations;
  const { clock } = pair;
  return {
    pair, left: new Host(left, clock, ADDRESSES[1]), right: new Host(right, clock, ADDRESSES[0]),
  };
}

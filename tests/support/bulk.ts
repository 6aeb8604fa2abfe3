/**
 * Hosts that do nothing but send as fast as they can, or take what comes: on a link and a clock,
 * real or virtual. How much has arrived, and when, is what benchmarks and tests look at.
 */
import { Event } from "../../assembly/abi/event.js";
import type { BudgetOptions } from "../../host/budget.js";
import { Driver } from "../../host/driver.js";
import type { Clock } from "../../host/link/clock.js";
import type { OptionName, TcpOptions } from "../../host/names.js";
import type { Link } from "../../host/link/link.js";
import { type ConnectCall, Stack } from "../../host/stack.js";

export interface BulkOptions {
  /** The last octet of its addresses. */
  number: number;
  /** The octet before it, 0 by default. */
  subnet?: number;
  link: Link;
  clock: Clock;
  /** Octets of each ring. */
  ring: number;
  module?: "node" | "board";
  budget?: BudgetOptions;
  seed?: number;
}

export const BULK_PORT = 5001;
/** Of a host's link layer: the last octet is its number. */
export const macOf = (number: number): string => `02:00:00:00:00:${hex(number)}`;
export const addressOf = (number: number, subnet = 0): string => `10.0.${subnet}.${number}`;
const hex = (octet: number): string => octet.toString(16).padStart(2, "0");

/** As Linux has it, and our command. */
const LINUX_MIN_RTO_MS = 200;
const TEXT = new Uint8Array(65_536).fill(0x61);

/** A stack, driven. */
export class BulkHost {
  readonly driver: Driver;

  constructor(options: BulkOptions) {
    const { number, subnet = 0, link, clock, ring, module = "node", seed = 0 } = options;
    const entropy = new Uint8Array(32).fill(number);
    new DataView(entropy.buffer).setFloat64(0, seed);
    const stack = Stack.createSync({
      module, entropy, now: clock.now(),
      budget: { connections: 4, receiveRing: ring, sendRing: ring, ...options.budget },
    });
    stack.configure({
      kind: link.kind, mtu: link.mtu, mac: macOf(number),
      address: `${addressOf(number, subnet)}/24`,
    });
    this.driver = new Driver({ stack, link, clock });
    void link.open();
    this.driver.start();
  }

  get stack(): Stack {
    return this.driver.stack;
  }
}

/** Takes all that comes to `BULK_PORT`; answers with an octet whenever `answerEvery` have come. */
export class Sink {
  /** By remote port: octets that have arrived. */
  readonly octets = new Map<number, number>();

  constructor(readonly host: BulkHost, answerEvery = Infinity) {
    const { driver, stack } = host;
    const listener = stack.listen({ port: BULK_PORT });
    driver.attach(listener, () => {
      for (let handle = stack.accept(listener); handle !== 0; handle = stack.accept(listener)) {
        this.serve(handle, answerEvery);
      }
    });
  }

  /** Of all connections. */
  get total(): number {
    return [...this.octets.values()].reduce((sum, octets) => sum + octets, 0);
  }

  private serve(handle: number, answerEvery: number): void {
    const { driver, stack } = this.host;
    const { remotePort } = stack.status(handle);
    let taken = 0;
    const read = (): void => {
      for (;;) {
        const { length } = stack.readable(handle);
        if (length === 0) break;
        stack.consume(handle, length);
        const before = Math.floor(taken / answerEvery);
        taken += length;
        const answers = Math.floor(taken / answerEvery) - before;
        if (answers > 0) stack.write(handle, TEXT.subarray(0, answers), true);
      }
      this.octets.set(remotePort, taken);
      driver.wake();
    };
    driver.attach(handle, read);
    read();
  }
}

/** Sends without end, or bursts of so many octets, each when the last one has been answered. */
export class Source {
  readonly handle: number;
  private rest: number;

  constructor(
    readonly host: BulkHost, call: ConnectCall, private readonly burst = Infinity,
    options: TcpOptions = {},
  ) {
    this.rest = burst;
    const { driver, stack } = host;
    this.handle = stack.connect(call);
    stack.setOption(this.handle, "noDelay", 1);
    stack.setOption(this.handle, "minRto", LINUX_MIN_RTO_MS);
    for (const [name, value] of Object.entries(options)) {
      stack.setOption(this.handle, name as OptionName, value);
    }
    driver.attach(this.handle, (bits) => this.onEvent(bits));
    driver.wake();
  }

  private onEvent(bits: number): void {
    const { driver, stack } = this.host;
    if ((bits & Event.Closed) !== 0) {
      throw new Error(`the connection is closed: ${stack.status(this.handle).reason}`);
    }
    const { length } = stack.readable(this.handle);
    if (length > 0) {
      stack.consume(this.handle, length);
      this.rest += this.burst;
    }
    while (this.rest > 0) {
      const piece = this.rest < TEXT.length ? TEXT.subarray(0, this.rest) : TEXT;
      const taken = stack.write(this.handle, piece);
      this.rest -= taken;
      if (taken < piece.length) break;
    }
    driver.wake();
  }
}

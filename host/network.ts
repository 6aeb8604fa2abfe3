/** SKELETON: one interface in use: a stack, its driver and link, and the sockets on them. */
import type { Clock } from "./link/clock.js";
import type { Link } from "./link/link.js";
import type { Driver } from "./driver.js";
import type { Server, ServerOptions } from "./server.js";
import type { ConnectOptions, Socket } from "./socket.js";
import type { BudgetOptions } from "./budget.js";
import type { Stack, StackOptions } from "./stack.js";
import type { ConnectionStatus } from "./status.js";

export interface NetworkOptions {
  link: Link;
  /** "10.0.0.1/24" */
  address: string;
  gateway?: string;
  /** Ethernet only; a random locally administered one by default. */
  mac?: string;
  mtu?: number;
  /** Ask whether our address is free before using it (RFC 5227). */
  probe?: boolean;
  announce?: boolean;
  module?: StackOptions["module"];
  budget?: BudgetOptions;
  entropy?: Uint8Array;
  clock?: Clock;
}

export class Network {
  readonly stack!: Stack;
  readonly driver!: Driver;
  readonly link!: Link;
  readonly address!: string;

  /** `net.createServer` */
  createServer(_options?: ServerOptions | ((s: Socket) => void), _on?: (s: Socket) => void): Server {
    throw new Error("not yet");
  }
  /** `net.connect`, all its forms: `({port, host})`, `(port, host, listener)`. */
  connect(_options: ConnectOptions | number | string, ..._rest: unknown[]): Socket {
    throw new Error("not yet");
  }
  createConnection(options: ConnectOptions | number | string, ...rest: unknown[]): Socket {
    return this.connect(options, ...rest);
  }
  /** Every connection, listener, half-open and TIME-WAIT entry, and neighbour. */
  connections(): ConnectionStatus[] {
    throw new Error("not yet");
  }
  counters(): Record<string, number> {
    throw new Error("not yet");
  }
  /** Ends or resets every connection, sends what that takes, closes the link. */
  close(_options?: { timeoutMs?: number }): Promise<void> {
    throw new Error("not yet");
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** Opens the link, makes a stack, and joins the two. */
export function createNetwork(_options: NetworkOptions): Promise<Network> {
  throw new Error("not yet");
}

/** `network.connect` of the network given in the options, or of the only one open. */
export function connect(_options: ConnectOptions | number | string, ..._rest: unknown[]): Socket {
  throw new Error("not yet");
}
export const createConnection = connect;

/** `network.createServer` of the network given in the options, or of the only one open. */
export function createServer(_options?: ServerOptions | ((s: Socket) => void), _on?: (s: Socket) => void): Server {
  throw new Error("not yet");
}

/**
 * One interface in use: a stack, the driver that joins it to a link, and the sockets and servers on
 * it. When it is closed, every connection of its is ended or reset, none is left hanging.
 */
import { EventEmitter } from "node:events";

import { parsePrefix } from "./address.js";
import { backgroundClock } from "./background_clock.js";
import type { BudgetOptions } from "./budget.js";
import { Core, type ModuleSource, compileModule } from "./core.js";
import type { ConnectionStream } from "./connection_stream.js";
import { addNetwork, networkOr, removeNetwork } from "./default_network.js";
import { Driver } from "./driver.js";
import { StackError } from "./error.js";
import type { CounterName, TcpOptions } from "./names.js";
import type { Clock } from "./link/clock.js";
import type { Link } from "./link/link.js";
import { type ProfileName, settingsOf } from "./profile.js";
import { Server, type ServerOptions } from "./server.js";
import { type ConnectOptions, Socket } from "./socket.js";
import { type ConnectCall, type ListenCall, Stack } from "./stack.js";
import type { ConnectionStatus } from "./status.js";

export interface NetworkOptions {
  /** Not opened yet: `createNetwork` does, and `close` closes it. */
  link: Link;
  /** Our address, and the bits of its network part: "10.0.0.1/24". */
  address: string;
  /** The router for all that is not on the link. */
  gateway?: string;
  /** Ethernet only; a random, locally administered one by default. */
  mac?: string;
  /** Octets of the largest IP packet; the link's by default. */
  mtu?: number;
  /** Ethernet only: ask whether somebody has our address before its first use (RFC 5227). */
  probe?: boolean;
  /** Ethernet only: tell the neighbours of our address. True by default. */
  announce?: boolean;
  /** Say nothing for 30 s (`budget.mslSeconds`) first: RFC 9293's quiet time. False by default. */
  quiet?: boolean;
  /**
   * Where the link can, checksums and the cutting of large segments are left to what is behind it.
   * True by default; never with faults on the link, with the build for boards, or with
   * `budget.mtu` below 65,535.
   */
  offload?: boolean;
  module?: ModuleSource;
  budget?: BudgetOptions;
  /** 32 octets; random by default. */
  entropy?: Uint8Array;
  /** Timeouts and delays for a kind of network, see `PROFILES`; "internet" by default. */
  profile?: ProfileName;
  /**
   * Settings of the stack for all connections, on top of the profile's: `{ minRto: 200 }`, see
   * assembly/abi/option.ts.
   */
  tcpOptions?: TcpOptions;
  /** The machine's by default; a `VirtualClock` for simulations. */
  clock?: Clock;
}

export interface CloseOptions {
  /** How long connections may take to end well; then they are reset. 1,000 by default. */
  timeoutMs?: number;
}

const DEFAULT_CLOSE_MS = 1000;
const CLOSE_POLL_US = 5000;
const READY_POLL_US = 20_000;
const DEFAULT_MTU = 1500;
const MOST_MTU = 65535;

/** Emits 'error' when the link breaks by itself, and 'close'. */
export class Network extends EventEmitter {
  readonly stack: Stack;
  readonly driver: Driver;
  readonly link: Link;
  /** Our address, without the prefix length. */
  readonly address: string;
  /** Settings of all connections that are opened or accepted from now on. */
  tcpOptions: TcpOptions;
  /** For `Socket` and `Server` only. */
  readonly sockets = new Set<ConnectionStream>();
  readonly servers = new Set<Server>();

  private isOpen = true;
  private closing: Promise<void> | undefined;

  /** Use `createNetwork`, or give it a driver that is open, over a stack that is configured. */
  constructor(driver: Driver, address: string, tcpOptions: TcpOptions = {}) {
    super();
    this.driver = driver;
    this.stack = driver.stack;
    this.link = driver.link;
    this.address = address;
    this.tcpOptions = tcpOptions;
    driver.onLinkError = (error) => this.onLinkError(error);
    addNetwork(this);
  }

  /** As `net.createServer`. */
  createServer(
    options: ServerOptions | ((socket: Socket) => void) = {},
    onConnection?: (socket: Socket) => void,
  ): Server {
    if (typeof options === "function") return new Server({ network: this }, options);
    return new Server({ ...options, network: this }, onConnection);
  }

  /** As `net.connect`: `(options[, listener])`, `(port[, host][, listener])`. */
  connect(options: ConnectOptions | number | string, ...rest: unknown[]): Socket {
    return openSocket(this, options, rest);
  }

  /** As `net.createConnection`, ready to be given to `http.request`. */
  readonly createConnection = (
    options: ConnectOptions | number | string, ...rest: unknown[]
  ): Socket => openSocket(this, options, rest);

  /** netstat: listeners, connections, half-open and TIME-WAIT entries, neighbours. */
  connections(): ConnectionStatus[] {
    // Timers tell what they have left, and the stack the time at which it was called last.
    this.stack.nextDeadline(this.driver.now());
    return this.stack.connections();
  }

  /** What the stack has counted, by the names of assembly/abi/counter.ts. */
  counters(): Record<CounterName, number> {
    return this.stack.counters();
  }

  /**
   * Stops all servers, destroys all sockets, and waits until their connections have ended; what has
   * not by `timeoutMs` is reset. Then closes the link. TIME-WAIT is not waited for.
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.closing ??= this.shut(options.timeoutMs ?? DEFAULT_CLOSE_MS);
    return this.closing;
  }

  private async shut(timeoutMs: number): Promise<void> {
    this.isOpen = false;
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
    await this.connectionsEnded(timeoutMs);
    this.abortAll();
    removeNetwork(this);
    await this.driver.close();
    this.emit("close");
  }

  /** Resolves when no connection is left, or when the time is over. */
  private connectionsEnded(timeoutMs: number): Promise<void> {
    const { clock } = this.driver;
    const untilUs = clock.now() + timeoutMs * 1000;
    return new Promise((resolve) => {
      this.driver.hold();
      const poll = (): void => {
        if (!this.stack.entries("connections").next().done && clock.now() < untilUs) {
          clock.setTimer(CLOSE_POLL_US, poll);
        } else {
          this.driver.letGo();
          resolve();
        }
      };
      poll();
    });
  }

  /** Resets every connection, now, and sends that as far as the link takes it. */
  abortAll(): void {
    for (const socket of [...this.sockets]) socket.abort();
    for (const { handle } of [...this.stack.entries("listeners")]) this.stack.close(handle);
    for (const { handle } of [...this.stack.entries("connections")]) {
      if (handle !== 0) this.stack.abort(handle);
    }
    this.driver.flush();
  }

  private onLinkError(cause: Error): void {
    const error = new StackError("ENETDOWN", "link", cause.message, { cause });
    removeNetwork(this);
    this.isOpen = false;
    for (const server of [...this.servers]) server.close();
    for (const socket of [...this.sockets]) socket.destroy(error);
    this.closing ??= this.driver.close().then(() => void this.emit("close"));
    this.emit("error", error);
  }

  /** For `Socket`. Throws StackError. */
  openConnection(call: ConnectCall): number {
    this.checkOpen("connect");
    return this.stack.connect(call);
  }

  /** For `Server`. Throws StackError. */
  openListener(call: ListenCall): number {
    this.checkOpen("listen");
    return this.stack.listen(call);
  }

  private checkOpen(syscall: string): void {
    if (!this.isOpen) throw new StackError("ENETDOWN", syscall, "the network has been closed");
  }
}

/**
 * Opens the link, makes a stack, and joins the two. With `probe` it takes some seconds, and rejects
 * with EADDRINUSE when another host on the link has our address.
 */
export async function createNetwork(options: NetworkOptions): Promise<Network> {
  const { link } = options;
  const { text } = parsePrefix(options.address);
  const tcpOptions = settingsOf(options.profile, options.tcpOptions);
  await link.open(); // its MTU is known from here on
  try {
    const driver = new Driver({
      stack: await createStack(options),
      link,
      clock: options.clock ?? backgroundClock,
    });
    driver.start();
    driver.hold();
    await addressReady(driver, text);
    driver.letGo();
    return new Network(driver, text, tcpOptions);
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** Resolves when our address may be used; rejects when somebody else has it. */
async function addressReady({ stack, clock }: Driver, address: string): Promise<void> {
  while (stack.addressPhase === "PROBING" || stack.addressPhase === "QUIET") {
    await new Promise<void>((resolve) => void clock.setTimer(READY_POLL_US, resolve));
  }
  if (stack.addressPhase === "CONFLICT") {
    const detail = "another host on the link has this address; take a free one";
    throw new StackError("EADDRINUSE", "configure", detail, { address });
  }
}

/** A stack fit for the link and configured. */
async function createStack(options: NetworkOptions): Promise<Stack> {
  const { link, clock = backgroundClock, module, entropy, announce = true } = options;
  const mtu = options.mtu ?? link.mtu;
  const compiled = await compileModule(module);
  const offload = asksForOffload(options) && !new Core(compiled).hasFixedArena;
  const frameMtu = offload ? MOST_MTU : mtu;
  const stack = await Stack.create({
    now: clock.now(),
    module: compiled,
    ...(entropy === undefined ? {} : { entropy }),
    budget: { ...(frameMtu > DEFAULT_MTU ? { mtu: frameMtu } : {}), ...options.budget },
  });
  const { address, gateway, mac, probe, quiet } = options;
  stack.configure({
    kind: link.kind,
    mtu,
    address,
    announce,
    offload,
    ...(gateway === undefined ? {} : { gateway }),
    ...(mac === undefined ? {} : { mac }),
    ...(probe === undefined ? {} : { probe }),
    ...(quiet === undefined ? {} : { quiet }),
  });
  if (offload) link.startOffload!();
  return stack;
}

function asksForOffload({ link, offload = true, budget = {} }: NetworkOptions): boolean {
  return offload && link.canOffload === true && (budget.mtu ?? MOST_MTU) === MOST_MTU;
}

function openSocket(
  network: Network, options: ConnectOptions | number | string, rest: unknown[],
): Socket {
  const given = typeof options === "object" ? options : {};
  const socket = new Socket({
    network,
    ...(given.allowHalfOpen === undefined ? {} : { allowHalfOpen: given.allowHalfOpen }),
    ...(given.signal === undefined ? {} : { signal: given.signal }),
    ...(given.highWaterMark === undefined ? {} : { highWaterMark: given.highWaterMark }),
  });
  return socket.connect(options, ...rest);
}

/** As `net.connect`, on the network of the options, or the only one that is open. */
export function connect(options: ConnectOptions | number | string, ...rest: unknown[]): Socket {
  const network = networkOr(typeof options === "object" ? options.network : undefined);
  return openSocket(network, options, rest);
}

export const createConnection = connect;

/** As `net.createServer`, on the network of the options, or the one open when it listens. */
export function createServer(
  options: ServerOptions | ((socket: Socket) => void) = {},
  onConnection?: (socket: Socket) => void,
): Server {
  return new Server(options, onConnection);
}

/** A listener with the names, events and semantics of `net.Server`. */
import { EventEmitter } from "node:events";

import { Event } from "../assembly/abi/event.js";
import { checkPort } from "./calls.js";
import { type AddressInfo, setOptions } from "./connection.js";
import { type ListenOptions, normaliseListen } from "./connect_arguments.js";
import { networkOr } from "./default_network.js";
import { StackError, usageError } from "./error.js";
import type { TcpOptions } from "./names.js";
import type { Network } from "./network.js";
import { nextTick } from "./platform.js";
import { Socket } from "./socket.js";

export type { ListenOptions };

export interface ServerOptions {
  /** The network to use; the only open one by default. */
  network?: Network;
  /** For its sockets, as `SocketOptions.allowHalfOpen`. */
  allowHalfOpen?: boolean;
  /** Sockets are not read from until `resume`. */
  pauseOnConnect?: boolean;
  noDelay?: boolean;
  keepAlive?: boolean;
  /** Milliseconds. */
  keepAliveInitialDelay?: number;
  /** Beyond net: settings of the stack for its connections, as `Socket.setTcpOptions`. */
  tcpOptions?: TcpOptions;
  /** Octets buffered above the stack's rings, each way. */
  highWaterMark?: number;
}

/** `listen` of Node asks for so many by default. */
const DEFAULT_BACKLOG = 511;

/** Ports for `listen(0)`: the dynamic range of RFC 6335 section 6. */
const FIRST_DYNAMIC_PORT = 49152;
const DYNAMIC_PORTS = 65536 - FIRST_DYNAMIC_PORT;

export class Server extends EventEmitter {
  /** More connections than that are closed at once, with the event 'drop'. */
  maxConnections: number | undefined;
  listening = false;

  private network: Network | undefined;
  private readonly settings: ServerOptions;
  private stackHandle = 0;
  private bound: AddressInfo | null = null;
  private readonly sockets = new Set<Socket>();
  private isReferenced = true;
  private isClosing = false;

  constructor(
    options: ServerOptions | ((socket: Socket) => void) = {},
    onConnection?: (socket: Socket) => void,
  ) {
    super();
    this.settings = typeof options === "function" ? {} : options;
    this.network = this.settings.network;
    const listener = typeof options === "function" ? options : onConnection;
    if (listener !== undefined) this.on("connection", listener);
  }

  /**
   * As `net.Server.listen`: `(options[, cb])`, `(port[, host][, backlog][, cb])`, `([cb])`. A port
   * that is taken is told by 'error', with EADDRINUSE.
   */
  listen(...args: unknown[]): this {
    const { options, listener } = normaliseListen(args);
    if (this.stackHandle !== 0) {
      throw usageError("ERR_SERVER_ALREADY_LISTEN", "this server listens already: close it first");
    }
    checkPort(options.port ?? 0, 0);
    this.network = networkOr(this.network);
    this.isClosing = false;
    if (listener !== undefined) this.once("listening", listener);
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
    try {
      this.open(options);
    } catch (error) {
      if (this.stackHandle !== 0) this.network.stack.close(this.stackHandle);
      this.stackHandle = 0;
      nextTick(() => this.emit("error", error));
      return this;
    }
    nextTick(() => {
      if (this.stackHandle === 0) return;
      this.emit("listening");
    });
    if (options.signal?.aborted === true) this.close();
    return this;
  }

  private open({ port = 0, host = "0.0.0.0", backlog = DEFAULT_BACKLOG }: ListenOptions): void {
    const network = this.network!;
    // "Any" is written in two ways; only IPv4 ones are connected to.
    const address = host === "::" || host === "" ? "0.0.0.0" : host;
    const bind = (candidate: number): number =>
      network.openListener({ address, port: candidate, backlog: clampBacklog(backlog) });
    const boundPort = port === 0 ? this.bindAny(bind) : ((this.stackHandle = bind(port)), port);
    setOptions(network.stack, this.stackHandle, {
      ...network.tcpOptions,
      ...this.settings.tcpOptions,
    });
    this.bound = { address, family: "IPv4", port: boundPort };
    this.listening = true;
    network.servers.add(this);
    network.driver.attach(this.stackHandle, (bits) => {
      if ((bits & Event.Acceptable) !== 0) this.acceptAll();
    });
    if (this.isReferenced) network.driver.hold();
  }

  /** Tries every dynamic port, from a random one on. */
  private bindAny(bind: (port: number) => number): number {
    const first = Math.floor(Math.random() * DYNAMIC_PORTS);
    for (let count = 0; ; count++) {
      const port = FIRST_DYNAMIC_PORT + ((first + count) % DYNAMIC_PORTS);
      try {
        this.stackHandle = bind(port);
        return port;
      } catch (error) {
        const isTaken = (error as StackError).code === "EADDRINUSE";
        if (!isTaken || count === DYNAMIC_PORTS - 1) throw error;
      }
    }
  }

  private acceptAll(): void {
    const network = this.network!;
    while (this.stackHandle !== 0) {
      const handle = network.stack.accept(this.stackHandle);
      if (handle === 0) break;
      if (this.maxConnections !== undefined && this.sockets.size >= this.maxConnections) {
        this.drop(handle);
      } else {
        this.welcome(handle);
      }
    }
    network.driver.wake();
  }

  private drop(handle: number): void {
    const { stack, driver } = this.network!;
    const status = stack.status(handle);
    stack.close(handle);
    driver.wake();
    this.emit("drop", {
      localAddress: status.localAddress,
      localPort: status.localPort,
      localFamily: "IPv4",
      remoteAddress: status.remoteAddress,
      remotePort: status.remotePort,
      remoteFamily: "IPv4",
    });
  }

  private welcome(handle: number): void {
    const { settings } = this;
    const socket = new Socket({
      allowHalfOpen: settings.allowHalfOpen === true,
      ...(settings.highWaterMark === undefined ? {} : { highWaterMark: settings.highWaterMark }),
      accepted: {
        handle,
        network: this.network!,
        pauseOnConnect: settings.pauseOnConnect === true,
      },
    });
    socket.server = this;
    if (settings.noDelay === true) socket.setNoDelay(true);
    if (settings.keepAlive === true) socket.setKeepAlive(true, settings.keepAliveInitialDelay);
    this.sockets.add(socket);
    socket.once("close", () => {
      this.sockets.delete(socket);
      this.emitCloseWhenDone();
    });
    this.emit("connection", socket);
  }

  /** Stops listening; 'close' comes when the last of its connections is closed. */
  close(callback?: (error?: Error) => void): this {
    if (callback !== undefined) {
      if (this.stackHandle === 0) {
        const error = usageError("ERR_SERVER_NOT_RUNNING", "the server does not listen");
        this.once("close", () => callback(error));
      } else {
        this.once("close", () => callback());
      }
    }
    if (this.stackHandle !== 0) {
      const network = this.network!;
      network.driver.detach(this.stackHandle);
      network.stack.close(this.stackHandle);
      network.driver.wake();
      network.servers.delete(this);
      if (this.isReferenced) network.driver.letGo();
      this.stackHandle = 0;
      this.listening = false;
      this.bound = null;
    }
    this.isClosing = true;
    this.emitCloseWhenDone();
    return this;
  }

  private emitCloseWhenDone(): void {
    if (!this.isClosing || this.sockets.size > 0) return;
    this.isClosing = false;
    nextTick(() => this.emit("close"));
  }

  /** Where it listens, or null. */
  address(): AddressInfo | null {
    return this.bound;
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    nextTick(() => callback(null, this.sockets.size));
    return this;
  }

  /** The process may end while this server listens. */
  unref(): this {
    if (this.isReferenced && this.stackHandle !== 0) this.network!.driver.letGo();
    this.isReferenced = false;
    return this;
  }

  /** The opposite of `unref`, and the default. */
  ref(): this {
    if (!this.isReferenced && this.stackHandle !== 0) this.network!.driver.hold();
    this.isReferenced = true;
    return this;
  }
}

/** As the system does with `listen(2)`: what is too little or too much is made to fit. */
function clampBacklog(backlog: number): number {
  return Math.min(65535, Math.max(1, Math.floor(backlog)));
}

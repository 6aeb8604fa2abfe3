/**
 * A connection with the names, events and semantics of `net.Socket`, so that what is written for
 * that, Node's `http` and `tls` included, runs on it.
 *
 * Beyond net.Socket: `status()`, the event 'released' (with the final status, when the stack is
 * done with the connection: at 'close' or a little later), the option `network`, and urgent data:
 * `writeUrgent`, and the event 'urgent', before the data, with where in the stream (as `bytesRead`
 * counts) it ends.
 */
import { isIpv4 } from "./address.js";
import { checkPort } from "./calls.js";
import { normaliseConnect, portOf } from "./connect_arguments.js";
import type { AddressInfo, Connection } from "./connection.js";
import { ConnectionStream } from "./connection_stream.js";
import { networkOr } from "./default_network.js";
import { StackError, argumentError, usageError } from "./error.js";
import { IdleTimer } from "./idle_timer.js";
import type { TcpOptions } from "./names.js";
import type { Network } from "./network.js";
import { nextTick } from "./platform.js";
import { type LookupFunction, resolveHost } from "./resolve.js";
import type { Server } from "./server.js";

export interface SocketOptions {
  /** The network to use; the only open one by default. */
  network?: Network;
  /** False, the default: when the peer has ended, this side ends too. */
  allowHalfOpen?: boolean;
  /** Destroys the socket when it is aborted. */
  signal?: AbortSignal;
  /** Octets buffered above the stack's rings, each way. */
  highWaterMark?: number;
}

export interface ConnectOptions extends SocketOptions {
  /** An IPv4 address; a name only together with `lookup`. */
  host?: string;
  port?: number | string;
  localAddress?: string;
  localPort?: number;
  /** As `setTimeout`. */
  timeout?: number;
  noDelay?: boolean;
  keepAlive?: boolean;
  /** Milliseconds. */
  keepAliveInitialDelay?: number;
  /** Beyond net: settings of the stack, see `setTcpOptions`. */
  tcpOptions?: TcpOptions;
  /** Turns a name into an address: `dns.lookup` of Node has this form. */
  lookup?: LookupFunction;
}

/** What the server gives to a socket that it has accepted. */
interface Accepted {
  accepted?: { handle: number; network: Network; pauseOnConnect: boolean };
}

export type SocketReadyState = "opening" | "open" | "readOnly" | "writeOnly" | "closed";

const MOST_KEEP_ALIVE_SECONDS = 65535;

export class Socket extends ConnectionStream {
  /** Milliseconds, as given to `setTimeout`. */
  timeout: number | undefined;
  /** The server that accepted it. */
  server: Server | undefined;

  private network: Network | undefined;
  /** What has been set, kept until there is a connection. */
  private readonly settings: TcpOptions = {};
  private idleTimer: IdleTimer | undefined;
  private local: AddressInfo | undefined;
  private remote: AddressInfo | undefined;

  constructor(options: SocketOptions & Accepted = {}) {
    super({
      allowHalfOpen: options.allowHalfOpen === true,
      ...(options.highWaterMark === undefined ? {} : { highWaterMark: options.highWaterMark }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    this.network = options.network;
    this.on("end", () => {
      if (!this.allowHalfOpen) this.write = writeAfterEnd;
    });
    if (options.accepted !== undefined) {
      const { handle, network, pauseOnConnect } = options.accepted;
      this.network = network;
      this.onEstablished(this.adopt(handle, network));
      if (pauseOnConnect) this.pause();
      else this.read(0);
    }
  }

  // Opening

  /** As `net.Socket.connect`: `(options[, listener])`, `(port[, host][, listener])`. */
  connect(first: ConnectOptions | number | string, ...rest: unknown[]): this {
    const { options, listener } = normaliseConnect<ConnectOptions>(first, rest);
    const port = portOf(options.port);
    if (port === undefined) {
      throw argumentError("ERR_MISSING_ARGS", 'connect needs the option "port", a number');
    }
    checkPort(port, 0);
    if (this.connecting || this.connection !== undefined) {
      throw new StackError("EISCONN", "connect", "this socket is connecting or connected already");
    }
    this.network = networkOr(options.network ?? this.network);
    if (this.destroyed) this.beginAnew();
    if (listener !== undefined) this.once("connect", listener);
    this.applyOptions(options);
    this.connecting = true;
    resolveHost(options.host, options.lookup, (error, address) => {
      if (!this.connecting || this.destroyed) return;
      if (options.host !== undefined && !isIpv4(options.host)) {
        this.emit("lookup", error, address, 4, options.host);
      }
      if (error !== null) this.destroy(error);
      else this.open(address, port, options);
    });
    return this;
  }

  private open(address: string, port: number, { localAddress, localPort }: ConnectOptions): void {
    try {
      const handle = this.network!.openConnection({
        address,
        port,
        ...(localAddress === undefined ? {} : { localAddress }),
        ...(localPort === undefined ? {} : { localPort }),
      });
      const connection = this.adopt(handle, this.network!);
      connection.setOptions({ ...this.network!.tcpOptions, ...this.settings });
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  private applyOptions(options: ConnectOptions): void {
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    if (options.tcpOptions !== undefined) this.setTcpOptions(options.tcpOptions);
    if (options.noDelay !== undefined) this.setNoDelay(options.noDelay);
    if (options.keepAlive !== undefined) {
      this.setKeepAlive(options.keepAlive, options.keepAliveInitialDelay);
    }
  }

  /** A closed socket may connect again, as in Node. */
  protected override beginAnew(): void {
    super.beginAnew();
    this.write = Socket.prototype.write;
    this.local = this.remote = undefined;
  }

  protected onEstablished(connection: Connection): void {
    ({ local: this.local, remote: this.remote } = connection.ends());
  }

  protected onActivity(): void {
    this.idleTimer?.touch();
  }

  // Closing

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.idleTimer?.stop();
    super._destroy(error, callback);
  }

  /** `end`, and `destroy` when everything is written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** Ends the connection with RST. */
  resetAndDestroy(): this {
    if (this.connecting) {
      this.once("connect", () => this.resetAndDestroy());
    } else if (this.connection !== undefined) {
      this.abort();
    } else {
      this.destroy(usageError("ERR_SOCKET_CLOSED", "the socket is not connected, or closed"));
    }
    return this;
  }

  // Settings

  /** Emits 'timeout' after so many milliseconds without octets either way; 0 turns it off. */
  setTimeout(timeoutMs: number, listener?: () => void): this {
    if (!Number.isFinite(timeoutMs) || timeoutMs < 0) {
      const message = `a timeout is 0 or more milliseconds, not ${String(timeoutMs)}`;
      throw argumentError("ERR_OUT_OF_RANGE", message);
    }
    this.timeout = timeoutMs;
    if (listener !== undefined) {
      if (timeoutMs === 0) this.removeListener("timeout", listener);
      else this.once("timeout", listener);
    }
    this.idleTimer ??= new IdleTimer(networkOr(this.network).driver.clock, () => {
      if (!this.destroyed) this.emit("timeout");
    });
    this.idleTimer.set(timeoutMs);
    return this;
  }

  /** True turns Nagle's algorithm off. */
  setNoDelay(noDelay = true): this {
    return this.setTcpOptions({ noDelay });
  }

  /** Probes an idle peer; `initialDelayMs` 0 leaves the time before the first probe as it is. */
  setKeepAlive(enable = false, initialDelayMs = 0): this {
    const seconds = Math.min(Math.floor(initialDelayMs / 1000), MOST_KEEP_ALIVE_SECONDS);
    return this.setTcpOptions({
      keepAlive: enable,
      ...(seconds > 0 ? { keepAliveIdle: seconds } : {}),
    });
  }

  /** Settings of the stack, with the units of assembly/abi/option.ts: `{ userTimeout: 30 }`. */
  setTcpOptions(options: TcpOptions): this {
    this.connection?.setOptions(options);
    Object.assign(this.settings, options);
    return this;
  }

  /** The process may end while this socket is open. */
  unref(): this {
    this.isReferenced = false;
    this.connection?.hold(false);
    return this;
  }

  /** The opposite of `unref`, and the default. */
  ref(): this {
    this.isReferenced = true;
    this.connection?.hold(true);
    return this;
  }

  // Looking

  /** The local end, or `{}` before there is one. */
  address(): AddressInfo | Record<string, never> {
    return this.local ?? {};
  }

  /** Not connected yet. */
  get pending(): boolean {
    return this.connection === undefined || this.connecting;
  }

  get readyState(): SocketReadyState {
    if (this.connecting) return "opening";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }

  get bufferSize(): number {
    return this.writableLength;
  }

  get localAddress(): string | undefined {
    return this.local?.address;
  }

  get localPort(): number | undefined {
    return this.local?.port;
  }

  get localFamily(): string | undefined {
    return this.local?.family;
  }

  get remoteAddress(): string | undefined {
    return this.remote?.address;
  }

  get remotePort(): number | undefined {
    return this.remote?.port;
  }

  get remoteFamily(): string | undefined {
    return this.remote?.family;
  }
}

/**
 * In place of `write` once the peer has ended and this side ends with it. As in Node, listeners of
 * 'end' may still write: this side ends right after them.
 */
function writeAfterEnd(this: Socket, chunk: unknown, ...rest: unknown[]): boolean {
  const write = Socket.prototype.write as (chunk: unknown, ...rest: unknown[]) => boolean;
  if (!this.writableEnded) return write.call(this, chunk, ...rest);
  const last = rest[rest.length - 1];
  const error = new StackError("EPIPE", "write", "the other side has ended this connection");
  if (typeof last === "function") nextTick(() => (last as (error: Error) => void)(error));
  this.destroy(error);
  return false;
}

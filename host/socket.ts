/**
 * A connection with the names, events and semantics of `net.Socket`: a Duplex whose back-pressure
 * reaches down to the TCP window. What is not read stays in the stack's receive ring, whose room is
 * the window; what the send ring does not take holds the stream's write back.
 *
 * Beyond net.Socket: `status()`, the event 'released' (the final status, when the stack is done with
 * the connection, which is at 'close' or a little later), and the option `network`.
 */
import { Duplex } from "node:stream";

import { Event } from "../assembly/abi/event.js";
import { isIpv4 } from "./address.js";
import { type ConnectListener, normaliseConnect, portOf } from "./connect_arguments.js";
import { networkOr } from "./default_network.js";
import { StackError, argumentError, usageError } from "./error.js";
import { IdleTimer } from "./idle_timer.js";
import type { Network } from "./network.js";
import { PendingWrite, type WriteCallback } from "./pending_write.js";
import { nextTick } from "./platform.js";
import { type LookupFunction, resolveHost } from "./resolve.js";
import type { Server } from "./server.js";
import { endError } from "./socket_error.js";
import { type Stack, checkPort } from "./stack.js";
import type { ConnectionStatus } from "./status.js";

export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

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
  /** Turns a name into an address: `dns.lookup` of Node has this form. */
  lookup?: LookupFunction;
}

/** What the server gives to a socket that it has accepted. */
interface Accepted {
  accepted?: { handle: number; pauseOnConnect: boolean };
}

export type SocketReadyState = "opening" | "open" | "readOnly" | "writeOnly" | "closed";

export class Socket extends Duplex {
  /** True from `connect` until 'connect' or the failure. */
  connecting = false;
  /** Octets that have been received and read from the stack. */
  bytesRead = 0;
  /** Milliseconds, as given to `setTimeout`. */
  timeout: number | undefined;
  /** The server that accepted it. */
  server: Server | undefined;

  /** 0: none, before `connect` and after the end. */
  private stackHandle = 0;
  private network: Network | undefined;
  private isPeerFinished = false;
  private isEndPushed = false;
  private isShutdown = false;
  private isRead = false;
  private isFilling = false;
  private isReset = false;
  private isReferenced = true;
  private pendingWrite: PendingWrite | undefined;
  private octetsWritten = 0;
  private idleTimer: IdleTimer | undefined;
  private readonly settings: Settings = {};
  private lastStatus: ConnectionStatus | null = null;
  private local: AddressInfo | undefined;
  private remote: AddressInfo | undefined;

  constructor(options: SocketOptions & Accepted = {}) {
    super({
      allowHalfOpen: options.allowHalfOpen === true,
      autoDestroy: true,
      emitClose: false, // 'close' says whether there was an error, so it is emitted here
      ...(options.highWaterMark === undefined ? {} : { highWaterMark: options.highWaterMark }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    this.network = options.network;
    this.on("end", () => this.onEnd());
    if (options.accepted !== undefined) {
      this.adopt(options.accepted.handle);
      this.rememberAddresses();
      if (options.accepted.pauseOnConnect) this.pause();
      else this.read(0);
    }
  }

  // Opening

  /** As `net.Socket.connect`: `(options[, listener])`, `(port[, host][, listener])`. */
  connect(first: ConnectOptions | number | string, ...rest: unknown[]): this {
    const { options, listener } = normaliseConnect<ConnectOptions>(first, rest);
    const port = portOf(options.port);
    if (port === undefined) {
      throw argumentError("ERR_MISSING_ARGS", 'connect needs the option "port"');
    }
    checkPort(port, 0);
    if (this.connecting || this.stackHandle !== 0) {
      throw new StackError("EISCONN", "connect", "this socket is connecting or connected already");
    }
    if (this.destroyed) this.beginAnew();
    this.network = networkOr(options.network ?? this.network);
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

  private open(address: string, port: number, options: ConnectOptions): void {
    const network = this.network!;
    this.remote = { address, family: "IPv4", port };
    try {
      const { localAddress, localPort } = options;
      const handle = network.openConnection({
        address,
        port,
        ...(localAddress === undefined ? {} : { localAddress }),
        ...(localPort === undefined ? {} : { localPort }),
      });
      this.adopt(handle);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  private applyOptions(options: ConnectOptions): void {
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    if (options.noDelay !== undefined) this.setNoDelay(options.noDelay);
    if (options.keepAlive !== undefined) {
      this.setKeepAlive(options.keepAlive, options.keepAliveInitialDelay);
    }
  }

  /** A closed socket may connect again, as in Node. */
  private beginAnew(): void {
    (this as unknown as { _undestroy(): void })._undestroy();
    this.write = Socket.prototype.write;
    this.isPeerFinished = this.isEndPushed = this.isShutdown = this.isReset = this.isRead = false;
    this.bytesRead = this.octetsWritten = 0;
    this.local = this.remote = undefined;
    this.lastStatus = null;
  }

  /** From now on the handle is this socket's. */
  private adopt(handle: number): void {
    this.stackHandle = handle;
    const { driver } = this.network!;
    driver.attach(handle, (bits) => this.onStackEvent(bits));
    this.network!.sockets.add(this);
    if (this.isReferenced) driver.hold();
    this.applySettings();
    driver.wake();
  }

  // What the stack reports

  private onStackEvent(bits: number): void {
    if ((bits & Event.Connected) !== 0) this.onConnected();
    if (this.stackHandle === 0) return;
    if ((bits & Event.PeerFinished) !== 0) this.isPeerFinished = true;
    if ((bits & (Event.Readable | Event.PeerFinished | Event.Closed)) !== 0) this.fill();
    if (this.stackHandle === 0) return;
    if ((bits & Event.Writable) !== 0) this.continueWrite();
    if ((bits & Event.Closed) !== 0 && this.stackHandle !== 0) this.onClosed();
  }

  private onConnected(): void {
    if (!this.connecting) return;
    this.connecting = false;
    this.rememberAddresses();
    this.idleTimer?.touch();
    this.emit("connect");
    this.emit("ready");
    if (this.stackHandle === 0) return;
    this.continueWrite();
    if (!this.isPaused()) this.read(0);
  }

  private onClosed(): void {
    const error = endError(this.stack.status(this.stackHandle), this.connecting);
    if (error === null) {
      // Both sides have finished, and the reader has yet to take what is left.
      this.isPeerFinished = true;
      this.fill();
      return;
    }
    // What came before the end is delivered first, whether there is room for it or not.
    this.isRead = true;
    for (let rest = this.takePiece(); rest !== null; rest = this.takePiece()) this.push(rest);
    this.destroy(error);
  }

  // Reading

  override _read(): void {
    this.isRead = true;
    if (this.stackHandle !== 0 && !this.connecting) this.fill();
  }

  /** Moves octets from the ring into the stream, until one is empty or the other full. */
  private fill(): void {
    if (this.isFilling) return;
    this.isFilling = true;
    while (this.isRead && this.stackHandle !== 0) {
      const octets = this.takePiece();
      if (octets === null) break;
      // False stops it: `_read` will say when to go on. A listener may have destroyed it, too.
      if (!this.push(octets)) this.isRead = false;
    }
    this.isFilling = false;
    if (this.stackHandle === 0 || !this.isPeerFinished || this.isEndPushed) return;
    if (this.stack.readable(this.stackHandle).length > 0) return;
    this.isEndPushed = true;
    this.push(null);
    // With nothing buffered, 'end' comes only when somebody reads.
    this.read(0);
  }

  /** One piece of the ring, copied once, or null. */
  private takePiece(): Uint8Array | null {
    if (this.stackHandle === 0) return null;
    const octets = this.stack.read(this.stackHandle);
    if (octets === null) return null;
    this.bytesRead += octets.length;
    this.idleTimer?.touch();
    this.driver.wake(); // the window has grown
    return octets;
  }

  /** The peer has ended and everything is read. */
  private onEnd(): void {
    if (!this.allowHalfOpen) this.write = writeAfterEnd;
  }

  // Writing

  override _write(chunk: Uint8Array, _encoding: string, callback: WriteCallback): void {
    this.begin(new PendingWrite([chunk], callback));
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: WriteCallback): void {
    this.begin(new PendingWrite(chunks.map(({ chunk }) => chunk), callback));
  }

  private begin(write: PendingWrite): void {
    if (this.stackHandle === 0 && !this.connecting) {
      write.callback(usageError("ERR_SOCKET_CLOSED", "the socket is not connected, or closed"));
      return;
    }
    this.pendingWrite = write;
    if (!this.connecting) this.continueWrite();
  }

  private continueWrite(): void {
    const write = this.pendingWrite;
    if (write === undefined || this.connecting) return;
    let error: Error | null = null;
    try {
      if (!write.advance(this.stack, this.stackHandle)) {
        this.idleTimer?.touch();
        this.driver.wake();
        return;
      }
    } catch (caught) {
      error = caught as Error;
    }
    this.pendingWrite = undefined;
    this.octetsWritten += write.taken;
    this.idleTimer?.touch();
    this.driver.wake();
    write.callback(error);
  }

  /** FIN, behind all that has been written. */
  override _final(callback: (error?: Error | null) => void): void {
    if (this.connecting) {
      this.once("connect", () => this._final(callback));
      return;
    }
    if (this.stackHandle !== 0) {
      try {
        this.stack.shutdown(this.stackHandle);
        this.isShutdown = true;
      } catch (error) {
        // The connection is over already: that is told by its own event.
        if ((error as StackError).code !== "ENOTCONN") return callback(error as Error);
      }
      this.driver.wake();
    }
    callback();
  }

  // The end

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.connecting = false;
    this.idleTimer?.stop();
    const write = this.pendingWrite;
    this.pendingWrite = undefined;
    this.release();
    write?.callback(error ?? usageError("ERR_SOCKET_CLOSED", "closed before all was written"));
    callback(error);
    nextTick(() => this.emit("close", error !== null));
  }

  /** Lets go of the handle, in the way that fits how far the connection has come. */
  private release(): void {
    const handle = this.stackHandle;
    if (handle === 0) return;
    const network = this.network!;
    this.stackHandle = 0;
    network.sockets.delete(this);
    this.lastStatus = this.stack.status(handle);
    if (this.isReferenced) network.driver.letGo();
    network.releaseConnection(handle, {
      isReset: this.isReset,
      isFinished: this.isPeerFinished && this.isShutdown && this.isEndPushed,
      onReleased: (status) => {
        this.lastStatus = status;
        this.emit("released", status);
      },
    });
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
    } else if (this.stackHandle !== 0) {
      this.isReset = true;
      this.destroy();
    } else {
      this.destroy(usageError("ERR_SOCKET_CLOSED", "the socket is not connected, or closed"));
    }
    return this;
  }

  // Settings

  /** Emits 'timeout' after so many milliseconds without octets either way; 0 turns it off. */
  setTimeout(timeoutMs: number, listener?: () => void): this {
    if (!Number.isFinite(timeoutMs) || timeoutMs < 0) {
      throw argumentError("ERR_OUT_OF_RANGE", `a timeout is 0 or more milliseconds, not ${timeoutMs}`);
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
    this.settings.noDelay = noDelay;
    this.applySettings();
    return this;
  }

  /** Probes an idle peer; `initialDelayMs` 0 leaves the time before the first probe as it is. */
  setKeepAlive(enable = false, initialDelayMs = 0): this {
    this.settings.keepAlive = enable;
    if (initialDelayMs > 0) {
      this.settings.keepAliveIdle = Math.min(65535, Math.max(1, Math.floor(initialDelayMs / 1000)));
    }
    this.applySettings();
    return this;
  }

  private applySettings(): void {
    if (this.stackHandle === 0) return;
    for (const [name, value] of Object.entries(this.settings)) {
      this.stack.setOption(this.stackHandle, name as keyof Settings, value);
    }
  }

  /** The process may end while this socket is open. */
  unref(): this {
    if (this.isReferenced && this.stackHandle !== 0) this.driver.letGo();
    this.isReferenced = false;
    return this;
  }

  /** The opposite of `unref`, and the default. */
  ref(): this {
    if (!this.isReferenced && this.stackHandle !== 0) this.driver.hold();
    this.isReferenced = true;
    return this;
  }

  // Looking

  /** What the stack knows of the connection; after 'released', its end. Null before `connect`. */
  status(): ConnectionStatus | null {
    if (this.stackHandle !== 0) return this.stack.status(this.stackHandle);
    return this.lastStatus;
  }

  /** The local end, or `{}` before there is one. */
  address(): AddressInfo | Record<string, never> {
    return this.local ?? {};
  }

  /** Octets given to `write` so far, those still waiting included. */
  get bytesWritten(): number {
    return this.octetsWritten + this.writableLength;
  }

  /** Not connected yet. */
  get pending(): boolean {
    return this.stackHandle === 0 || this.connecting;
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
    return this.connecting ? undefined : this.remote?.address;
  }

  get remotePort(): number | undefined {
    return this.connecting ? undefined : this.remote?.port;
  }

  get remoteFamily(): string | undefined {
    return this.connecting ? undefined : this.remote?.family;
  }

  private rememberAddresses(): void {
    const status = this.stack.status(this.stackHandle);
    this.local = { address: status.localAddress, family: "IPv4", port: status.localPort };
    this.remote = { address: status.remoteAddress, family: "IPv4", port: status.remotePort };
  }

  private get stack(): Stack {
    return this.network!.stack;
  }

  private get driver(): Network["driver"] {
    return this.network!.driver;
  }
}

/** Options of the stack that the socket has set, kept until there is a handle. */
interface Settings {
  noDelay?: boolean;
  keepAlive?: boolean;
  /** Seconds. */
  keepAliveIdle?: number;
}

/** In place of `write` once the peer has ended and this side ends with it. */
function writeAfterEnd(this: Socket, _chunk: unknown, ...rest: unknown[]): boolean {
  const last = rest[rest.length - 1];
  const error = new StackError("EPIPE", "write", "the other side has ended this connection");
  if (typeof last === "function") nextTick(() => (last as (error: Error) => void)(error));
  this.destroy(error);
  return false;
}

export type { ConnectListener };

/**
 * A Duplex over a connection, whose back-pressure reaches down to the TCP window: what is not read
 * stays in the stack's receive ring, whose room is the window; what the send ring does not take
 * holds the stream's write back. Opening, settings and names are for `socket.ts`.
 */
import { Duplex, type DuplexOptions } from "node:stream";

import { Event } from "../assembly/abi/event.js";
import { Connection } from "./connection.js";
import { StackError, usageError } from "./error.js";
import type { Network } from "./network.js";
import { PendingWrite, type WriteCallback } from "./pending_write.js";
import { nextTick } from "./platform.js";
import { endError } from "./socket_error.js";
import type { ConnectionStatus } from "./status.js";

export abstract class ConnectionStream extends Duplex {
  /** True from `connect` until 'connect' or the failure. */
  connecting = false;
  /** Octets that have been received and read from the stack. */
  bytesRead = 0;

  /** Undefined before the connection is begun and after the end. */
  protected connection: Connection | undefined;
  protected isReferenced = true;

  /** The peer's FIN has come; octets may still be unread. */
  private isPeerFinished = false;
  private isEndPushed = false;
  private isShutdown = false;
  /** The stream has room for octets. */
  private isRead = false;
  private isFilling = false;
  /** RST instead of FIN at the end. */
  private isReset = false;
  private pendingWrite: PendingWrite | undefined;
  private octetsWritten = 0;
  private lastStatus: ConnectionStatus | null = null;
  /** What lies under the chunks of `writeUrgent`: streams make other views of it, and no copies. */
  private readonly urgent = new WeakSet<ArrayBufferLike>();

  constructor(options: DuplexOptions) {
    // 'close' says whether there was an error, so it is emitted here, not by Duplex.
    super({ ...options, autoDestroy: true, emitClose: false });
  }

  /** The connection stands. */
  protected abstract onEstablished(connection: Connection): void;
  /** Octets came or went. */
  protected abstract onActivity(): void;

  /** From now on the handle is this stream's. */
  protected adopt(handle: number, network: Network): Connection {
    const connection = new Connection(network, handle, (bits) => this.onStackEvent(bits));
    this.connection = connection;
    connection.hold(this.isReferenced);
    network.sockets.add(this);
    return connection;
  }

  /** As new, to connect once more. */
  protected beginAnew(): void {
    // Node's own sockets use it, and so do its streams' copies for browsers.
    (this as unknown as { _undestroy(): void })._undestroy();
    this.isPeerFinished = this.isEndPushed = this.isShutdown = this.isReset = this.isRead = false;
    this.bytesRead = this.octetsWritten = 0;
    this.lastStatus = null;
  }

  // What the stack reports

  private onStackEvent(bits: number): void {
    if ((bits & Event.Connected) !== 0 && this.connecting) this.onConnected();
    if ((bits & Event.PeerFinished) !== 0) this.isPeerFinished = true;
    if ((bits & Event.Urgent) !== 0) this.onUrgent();
    if ((bits & (Event.Readable | Event.PeerFinished | Event.Closed)) !== 0) this.fill();
    if ((bits & Event.Writable) !== 0) this.continueWrite();
    if ((bits & Event.Closed) !== 0) this.onClosed();
  }

  private onConnected(): void {
    this.connecting = false;
    this.onEstablished(this.connection!);
    this.onActivity();
    this.emit("connect");
    this.continueWrite();
    this.emit("ready");
    if (!this.isPaused()) this.read(0);
  }

  /** Before what is urgent is read: 'urgent' says where in the stream it ends. */
  private onUrgent(): void {
    const left = this.connection?.urgentLeft() ?? 0;
    this.emit("urgent", this.bytesRead + left);
  }

  private onClosed(): void {
    if (this.connection === undefined) return;
    const error = endError(this.connection.status(), this.connecting);
    if (error === null) {
      // Both sides have finished, and the reader has yet to take what is left.
      this.isPeerFinished = true;
      this.fill();
      return;
    }
    // A reader that keeps up has had what came before: `fill` went first.
    this.destroy(error);
  }

  // Reading

  override _read(): void {
    this.isRead = true;
    if (!this.connecting) this.fill();
  }

  /** Moves octets from the ring into the stream, until one is empty or the other full. */
  private fill(): void {
    if (this.isFilling) return;
    this.isFilling = true;
    while (this.isRead) {
      const octets = this.takePiece();
      if (octets === null) break;
      // False stops it: `_read` will say when to go on.
      if (!this.push(octets)) this.isRead = false;
    }
    this.isFilling = false;
    if (this.connection === undefined || !this.isPeerFinished || this.isEndPushed) return;
    if (this.connection.hasUnread()) return;
    this.isEndPushed = true;
    this.push(null);
    // With nothing buffered, 'end' comes only when somebody reads.
    this.read(0);
  }

  /** One piece of the ring, copied once, or null. */
  private takePiece(): Uint8Array | null {
    // A listener may have destroyed the socket since the last piece.
    const octets = this.connection?.read() ?? null;
    if (octets !== null) {
      this.bytesRead += octets.length;
      this.onActivity();
    }
    return octets;
  }

  // Writing

  override _write(chunk: Uint8Array, _encoding: string, callback: WriteCallback): void {
    this.beginWrite([chunk], callback);
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: WriteCallback): void {
    this.beginWrite(chunks.map(({ chunk }) => chunk), callback);
  }

  /**
   * As `write`; what has been written is then urgent up to the last of these octets (RFC 9293
   * section 3.8.5). All of it stays in the stream, in its place.
   */
  writeUrgent(octets: Uint8Array, callback?: WriteCallback): boolean {
    const copy = Uint8Array.from(octets);
    this.urgent.add(copy.buffer);
    return this.write(copy, callback);
  }

  private beginWrite(chunks: Uint8Array[], callback: WriteCallback): void {
    if (this.connection === undefined && !this.connecting) {
      callback(usageError("ERR_SOCKET_CLOSED", "the socket is not connected, or closed"));
      return;
    }
    const isUrgent = ({ buffer }: Uint8Array): boolean => this.urgent.has(buffer);
    this.pendingWrite = new PendingWrite(chunks, callback, isUrgent);
    this.continueWrite();
  }

  private continueWrite(): void {
    const { pendingWrite: write, connection } = this;
    if (write === undefined || connection === undefined || this.connecting) return;
    let error: Error | null = null;
    let isDone = true;
    try {
      isDone = write.advance(connection);
    } catch (caught) {
      error = caught as Error;
    }
    this.onActivity();
    connection.wake();
    if (!isDone) return;
    this.pendingWrite = undefined;
    this.octetsWritten += write.taken;
    write.callback(error);
  }

  /** Octets given to `write` so far, those still waiting included. */
  get bytesWritten(): number {
    return this.octetsWritten + this.writableLength;
  }

  /** FIN, behind all that has been written. */
  override _final(callback: (error?: Error | null) => void): void {
    if (this.connecting) {
      this.once("connect", () => this._final(callback));
      return;
    }
    try {
      this.connection?.shutdown();
      this.isShutdown = true;
    } catch (error) {
      // The connection is over already: that is told by its own event.
      if ((error as StackError).code !== "ENOTCONN") return callback(error as Error);
    }
    // Later, as in Node: what is done wrong right after `end` comes before 'finish'.
    nextTick(callback);
  }

  // The end

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.connecting = false;
    const write = this.pendingWrite;
    this.pendingWrite = undefined;
    this.release();
    write?.callback(error ?? usageError("ERR_SOCKET_CLOSED", "closed before all was written"));
    callback(error);
    nextTick(() => this.emit("close", error !== null));
  }

  /** Ends it with RST, whatever its state. */
  abort(): void {
    this.isReset = true;
    this.destroy();
  }

  /** Lets go of the connection, in the way that fits how far it has come. */
  private release(): void {
    const { connection } = this;
    if (connection === undefined) return;
    this.connection = undefined;
    connection.network.sockets.delete(this);
    this.lastStatus = connection.status();
    connection.release({
      isReset: this.isReset,
      isFinished: this.isEndPushed && this.isShutdown,
      onReleased: (status) => {
        this.lastStatus = status;
        this.emit("released", status);
      },
    });
  }

  /** What the stack knows of the connection; after 'released', its end. Null before `connect`. */
  status(): ConnectionStatus | null {
    return this.connection?.status() ?? this.lastStatus;
  }
}

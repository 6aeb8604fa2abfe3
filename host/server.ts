/** SKELETON: a listener with the names, events and semantics of `net.Server`. */
import { EventEmitter } from "node:events";
import type { Network } from "./network.js";

export interface ServerOptions {
  network?: Network;
  allowHalfOpen?: boolean;
  pauseOnConnect?: boolean;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
  highWaterMark?: number;
}

export interface ListenOptions {
  port?: number;
  host?: string;
  backlog?: number;
  signal?: AbortSignal;
}

export class Server extends EventEmitter {
  /** As in node:net: `(options)`, `(port, host, backlog)`, each with a callback. */
  listen(..._args: unknown[]): this {
    throw new Error("not yet");
  }
  close(_callback?: (error?: Error) => void): this {
    throw new Error("not yet");
  }
}

/** SKELETON: a connection with the names, events and semantics of `net.Socket`. */
import { Duplex, type DuplexOptions } from "node:stream";
import type { Network } from "./network.js";
import type { ConnectionStatus } from "./status.js";

export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

export interface SocketOptions extends Pick<DuplexOptions, "signal"> {
  network?: Network;
  allowHalfOpen?: boolean;
}

export interface ConnectOptions extends SocketOptions {
  /** An IPv4 address; names are not looked up ("localhost" excepted, as an error says). */
  host?: string;
  port: number;
  localPort?: number;
  timeout?: number;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
}

/** `net.Socket`, plus `status()`. */
export class Socket extends Duplex {
  /** What the stack knows of the connection; after 'close', as it was when it ended. */
  status(): ConnectionStatus | null {
    throw new Error("not yet");
  }
}

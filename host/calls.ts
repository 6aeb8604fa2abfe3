/** What the calls of `Stack` take. */

export interface ListenCall {
  /** 1 to 65,535. */
  port: number;
  /** Connections that may wait for `accept`, half-open ones included. 16 by default. */
  backlog?: number;
  /** A local address; any by default. */
  address?: string;
}

export interface ConnectCall {
  address: string;
  port: number;
  /** Any by default. */
  localAddress?: string;
  /** 0, the default, picks one. */
  localPort?: number;
}

/** The flags of SEND (RFC 9293 section 3.9.1.2), see `CommitFlag`. */
export interface WriteFlags {
  push?: boolean;
  /** The stream is urgent up to the last octet of this write. Not for new applications. */
  urgent?: boolean;
}

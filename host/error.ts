/**
 * What a stack, a socket or a server throws or emits: an `Error` with the `code`, `errno`,
 * `syscall`, `address` and `port` that `node:net` would give, so that code written for Node's
 * errors works on it. Knows nothing of the core.
 */

/** The POSIX names in use, each with its number on Linux (Node's `errno` is the negative of it). */
const NUMBERS = {
  EBADF: 9,
  ENOMEM: 12,
  EINVAL: 22,
  EPIPE: 32,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
} as const;

/** Names as in `error.code` of Node. */
export type ErrorCode = keyof typeof NUMBERS;

/** Where the trouble was, beside the call. */
export interface ErrorPlace {
  address?: string;
  port?: number;
  cause?: unknown;
}

/**
 * An error of a call or of a connection. The message is Node's: `connect ECONNREFUSED 10.0.0.2:80`,
 * with a sentence of its own where that says more.
 */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly code: ErrorCode;
  readonly errno: number;
  readonly syscall: string;
  declare readonly address?: string;
  declare readonly port?: number;

  constructor(code: ErrorCode, syscall: string, detail = "", place: ErrorPlace = {}) {
    super(
      `${syscall} ${code}${detail && `: ${detail}`}${formatPlace(place)}`,
      place.cause === undefined ? undefined : { cause: place.cause },
    );
    this.code = code;
    this.errno = -NUMBERS[code];
    this.syscall = syscall;
    // Absent, not undefined, as in Node: `console.log(error)` shows only what there is.
    if (place.address !== undefined) this.address = place.address;
    if (place.port !== undefined) this.port = place.port;
  }
}

function formatPlace({ address, port }: ErrorPlace): string {
  if (address === undefined) return "";
  return port === undefined ? ` ${address}` : ` ${address}:${port}`;
}

/** An argument of the wrong kind or out of range, with the `code` that Node gives to it. */
export function argumentError(
  code: "ERR_INVALID_ARG_VALUE" | "ERR_MISSING_ARGS" | "ERR_OUT_OF_RANGE" | "ERR_SOCKET_BAD_PORT",
  message: string,
): Error & { code: string } {
  const isRange = code === "ERR_SOCKET_BAD_PORT" || code === "ERR_OUT_OF_RANGE";
  return Object.assign(isRange ? new RangeError(message) : new TypeError(message), { code });
}

/** Misuse in the order of calls: an `Error` with Node's `code`. */
export function usageError(
  code: "ERR_SERVER_ALREADY_LISTEN" | "ERR_SERVER_NOT_RUNNING" | "ERR_SOCKET_CLOSED",
  message: string,
): Error & { code: string } {
  return Object.assign(new Error(message), { code });
}

/**
 * What a stack, a socket or a server throws or emits: an `Error` with the `code`, `errno` and
 * `syscall` that `node:net` would give, so that code written for Node's errors works on it.
 */

/** POSIX names, as in `error.code` of Node. */
export type ErrorCode =
  | "EADDRINUSE"
  | "EADDRNOTAVAIL"
  | "EALREADY"
  | "EBADF"
  | "ECONNABORTED"
  | "ECONNREFUSED"
  | "ECONNRESET"
  | "EHOSTUNREACH"
  | "EINVAL"
  | "EISCONN"
  | "EMFILE"
  | "ENETUNREACH"
  | "ENOBUFS"
  | "ENOMEM"
  | "ENOTCONN"
  | "EPIPE"
  | "ETIMEDOUT";

export class StackError extends Error {
  override readonly name = "StackError";
  readonly code: ErrorCode;
  readonly syscall: string;
  constructor(code: ErrorCode, syscall: string, detail: string) {
    super(`${syscall} ${code}: ${detail}`);
    this.code = code;
    this.syscall = syscall;
  }
}

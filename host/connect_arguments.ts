/** The many ways in which `net.connect` and `server.listen` can be called, brought to one. */
import { argumentError } from "./error.js";

export type ConnectListener = () => void;

/**
 * `(options[, listener])` or `(port[, host][, listener])`. Throws ERR_INVALID_ARG_VALUE for a path:
 * there are no local sockets here.
 */
export function normaliseConnect<Options extends { port?: number | string; host?: string }>(
  first: Options | number | string,
  rest: readonly unknown[],
): { options: Options; listener: ConnectListener | undefined } {
  const last = rest[rest.length - 1];
  const listener = typeof last === "function" ? (last as ConnectListener) : undefined;
  if (typeof first === "object" && first !== null) {
    // http hands its own `path`, of the URL, along with a port: only a path alone means a file.
    const path = (first as { path?: unknown }).path;
    if (first.port === undefined && path !== undefined) throw pathError(path);
    return { options: first, listener };
  }
  const port = portOf(first);
  if (port === undefined) throw pathError(first);
  const options: { port: number; host?: string } = { port };
  if (typeof rest[0] === "string") options.host = rest[0];
  return { options: options as Options, listener };
}

/** `connect` takes "80" for 80, as Node does; undefined: that is no number. */
export function portOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const port = Number(value);
  return Number.isNaN(port) ? undefined : port;
}

export interface ListenOptions {
  /** 0, the default, picks a free one. */
  port?: number;
  /** One of our own addresses; all by default. */
  host?: string;
  /** Connections that may wait to be accepted. 511 by default. */
  backlog?: number;
  /** Closes the server when it is aborted. */
  signal?: AbortSignal;
}

/** `(options[, cb])`, `(port[, host][, backlog][, cb])`, `([cb])`. */
export function normaliseListen(args: readonly unknown[]): {
  options: ListenOptions;
  listener: ConnectListener | undefined;
} {
  const last = args[args.length - 1];
  const listener = typeof last === "function" ? (last as ConnectListener) : undefined;
  const given = listener === undefined ? args : args.slice(0, -1);
  const [first, ...others] = given;
  if (typeof first === "object" && first !== null) {
    const { path, fd, port } = first as { path?: unknown; fd?: unknown; port?: unknown };
    if (path !== undefined && port === undefined) throw pathError(path);
    if (fd !== undefined) throw pathError(`descriptor ${String(fd)}`);
    return { options: { ...first, ...listenPort(port) }, listener };
  }
  const options: ListenOptions = listenPort(first);
  for (const value of others) {
    if (typeof value === "string") options.host = value;
    if (typeof value === "number") options.backlog = value;
  }
  return { options, listener };
}

function listenPort(value: unknown): { port: number } {
  if (value === undefined || value === null) return { port: 0 };
  const port = portOf(value);
  if (port === undefined) throw pathError(value);
  return { port };
}

function pathError(path: unknown): Error {
  return argumentError(
    "ERR_INVALID_ARG_VALUE",
    `"${String(path)}" is no port: this stack has TCP ports, and no local sockets or descriptors`,
  );
}

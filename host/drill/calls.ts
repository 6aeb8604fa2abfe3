/**
 * The system calls of scripts. Each is begun once, and gives an attempt: a function that is called
 * whenever something has happened until it has an outcome.
 */
import { StackError } from "../error.js";
import type { ConnectionStatus } from "../status.js";
import type { EpollSet } from "./epoll_calls.js";
import type { CallAction, Expression } from "./script.js";
import { DrillSocket } from "./socket.js";
import { CallError, addressOf, fieldOf, needNumber, numberOf, symbol } from "./values.js";

export interface Outcome {
  /** -1: it failed, with `errno`. */
  value: number;
  errno?: string;
  /** Values that came back through pointers and are not those of the script. */
  faults?: string[];
}

/** Null: it would block. */
export type Attempt = () => Outcome | null;

export interface CallContext {
  readonly call: CallAction;
  readonly args: readonly Expression[];
  /** Microseconds since the script began. */
  now(): number;
  /** The call is to be tried again at that time at the latest. */
  wakeAt(us: number): void;
  /** The socket of a descriptor; throws Failed (EBADF). */
  socket(fd: Expression | undefined): DrillSocket;
  isSocket(fd: Expression | undefined): boolean;
  newSocket(): DrillSocket;
  /** The same of a set of epoll's. */
  epoll(fd: Expression | undefined): EpollSet;
  /** Gives it the number that the script has for it. */
  enter(entry: DrillSocket | EpollSet): number;
  drop(fd: Expression | undefined): void;
  /** A connection has begun: ports and address are known. */
  opened(socket: DrillSocket): void;
  /** A port has a listener: what arrives without a port is for it. */
  listening(port: number): void;
  readonly defaults: { remoteIp: string; connectPort: number; bindPort: number };
  note(text: string): void;
}

/** A call's failure by name of its errno. */
export class Failed extends Error {
  constructor(readonly errno: string) {
    super(errno);
  }
}

export const SUCCESS: Outcome = { value: 0 };

export function failure(errno: string): Outcome {
  return { value: -1, errno };
}

/** An attempt whose outcome is there at once. */
function at(outcome: Outcome): Attempt {
  return () => outcome;
}

/** Begins a call. Failures of the stack are outcomes; CallError is the script's fault. */
export function guarded(run: () => Outcome | null): Outcome | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof Failed) return failure(error.errno);
    if (error instanceof StackError) return failure(error.code);
    throw error;
  }
}

export function socketCall({ args, newSocket, enter }: CallContext): Attempt {
  const type = numberOf(args[1]) ?? 1;
  const family = numberOf(args[0]) ?? symbol("AF_INET");
  if (family !== symbol("AF_INET")) throw new CallError("only AF_INET is supported");
  if ((type & 15) !== symbol("SOCK_STREAM")) throw new CallError("only SOCK_STREAM is supported");
  const socket = newSocket();
  socket.isNonBlocking = (type & symbol("SOCK_NONBLOCK")) !== 0;
  return at({ value: enter(socket) });
}

export function bindCall(context: CallContext): Attempt {
  const socket = context.socket(context.args[0]);
  if (socket.boundPort !== undefined) throw new Failed("EINVAL");
  socket.boundPort = addressOf(context.args[1]).port ?? context.defaults.bindPort;
  return at(SUCCESS);
}

export function listenCall(context: CallContext): Attempt {
  const socket = context.socket(context.args[0]);
  if (socket.handle !== 0) {
    if (!socket.isListener) throw new Failed("EINVAL");
    return at(SUCCESS);
  }
  const backlog = Math.max(1, numberOf(context.args[1]) ?? 1);
  socket.boundPort ||= context.defaults.bindPort;
  socket.take(socket.stack.listen({ port: socket.boundPort, backlog }), true);
  context.listening(socket.boundPort);
  return at(SUCCESS);
}

export function acceptCall(context: CallContext): Attempt {
  const listener = context.socket(context.args[0]);
  if (!listener.isListener) throw new Failed("EINVAL");
  const flags = numberOf(context.args[3]) ?? 0;
  return () => {
    const handle = listener.stack.accept(listener.handle);
    if (handle === 0) return listener.isNonBlocking ? failure("EAGAIN") : null;
    const socket = context.newSocket();
    socket.adopt(handle, listener);
    socket.isNonBlocking = (flags & symbol("SOCK_NONBLOCK")) !== 0;
    context.opened(socket);
    return { value: context.enter(socket) };
  };
}

export function connectCall(context: CallContext): Attempt {
  const socket = context.socket(context.args[0]);
  const { defaults, args } = context;
  const isFirst = socket.handle === 0 || socket.isListener;
  if (isFirst) {
    const { ip: address = defaults.remoteIp, port = defaults.connectPort } = addressOf(args[1]);
    const localPort = socket.boundPort ?? 0;
    // Systems refuse this of a listener; RFC 9293 section 3.10.1 has it: LISTEN to SYN-SENT.
    const handle = socket.isListener ? socket.stack.connectFrom(socket.handle, { address, port })
      : socket.stack.connect({ address, port, localPort });
    socket.take(handle, false);
    context.opened(socket);
  }
  return () => {
    const status = socket.status!;
    const isNews = !socket.isConnectTold;
    if (isConnecting(status)) {
      return socket.isNonBlocking ? failure(isFirst ? "EINPROGRESS" : "EALREADY") : null;
    }
    socket.isConnectTold = true;
    const errno = socket.isErrorTold ? undefined : errnoOf(status);
    if (errno === undefined) return isNews ? SUCCESS : failure("EISCONN");
    socket.isErrorTold = true;
    return failure(errno);
  };
}

export function isConnecting({ state }: ConnectionStatus): boolean {
  return state === "SYN-SENT" || state === "SYN-RECEIVED";
}

/** What a connection that timed out tells of the trouble that it had before, as Linux does. */
const SOFT_ERRNOS: Partial<Record<ConnectionStatus["softError"], string>> = {
  "unreachable": "EHOSTUNREACH", "no answer to ARP": "EHOSTUNREACH",
  "time exceeded": "EHOSTUNREACH", "parameter problem": "EPROTO", "refused": "ECONNREFUSED",
};

/** Why the connection is over, as an errno; undefined when it is not, or ended well. */
export function errnoOf({ reason, softError }: ConnectionStatus): string | undefined {
  switch (reason) {
    case "reset": return "ECONNRESET";
    case "refused": return "ECONNREFUSED";
    case "timed out": return SOFT_ERRNOS[softError] ?? "ETIMEDOUT";
    case "unreachable": return "EHOSTUNREACH";
    case "aborted": return "ECONNABORTED";
    default: return undefined;
  }
}

export function closeCall(context: CallContext): Attempt {
  if (!context.isSocket(context.args[0])) {
    context.epoll(context.args[0]);
    context.drop(context.args[0]);
    return at(SUCCESS);
  }
  const socket = context.socket(context.args[0]);
  context.drop(context.args[0]);
  if (socket.handle === 0) return at(SUCCESS);
  if (socket.lingerSeconds === 0 && !socket.isListener) {
    socket.stack.abort(socket.handle);
    socket.handle = 0;
  } else {
    socket.finish("close");
  }
  return at(SUCCESS);
}

export function shutdownCall(context: CallContext): Attempt {
  const socket = context.socket(context.args[0]);
  const how = needNumber(context.args[1], "SHUT_RD, SHUT_WR or SHUT_RDWR");
  if (how > 2) throw new Failed("EINVAL");
  if (socket.handle === 0) throw new Failed("ENOTCONN");
  if (socket.isListener) {
    socket.stack.close(socket.handle);
    socket.handle = 0;
    return at(SUCCESS);
  }
  if (how !== symbol("SHUT_RD")) {
    socket.finish("shutdown");
    socket.isWriteShut = true;
  }
  if (how !== symbol("SHUT_WR")) socket.isReadShut = true;
  return at(SUCCESS);
}

/** getsockname and getpeername. */
export function nameCall(context: CallContext): Attempt {
  const socket = context.socket(context.args[0]);
  const { status } = socket;
  const isPeer = context.call.name === "getpeername";
  if (isPeer && (status === undefined || socket.isListener)) throw new Failed("ENOTCONN");
  const port = isPeer ? status!.remotePort : status?.localPort ?? socket.boundPort ?? 0;
  const ip = isPeer ? status!.remoteAddress : status?.localAddress ?? "0.0.0.0";
  const wanted = addressOf(context.args[1]);
  const faults: string[] = [];
  if ((wanted.port ?? port) !== port) faults.push(`the port is ${port}, not ${wanted.port}`);
  if ((wanted.ip ?? ip) !== ip) faults.push(`the address is ${ip}, not ${wanted.ip}`);
  return at({ value: 0, faults });
}

export function fcntlCall(context: CallContext): Attempt {
  const socket = context.socket(context.args[0]);
  const nonBlocking = symbol("O_NONBLOCK");
  switch (numberOf(context.args[1])) {
    case symbol("F_GETFL"):
      return at({ value: symbol("O_RDWR") | (socket.isNonBlocking ? nonBlocking : 0) });
    case symbol("F_SETFL"):
      socket.isNonBlocking = ((numberOf(context.args[2]) ?? 0) & nonBlocking) !== 0;
      return at(SUCCESS);
    case symbol("F_GETFD"): case symbol("F_SETFD"): return at(SUCCESS);
    default: throw new Failed("EINVAL");
  }
}

/** The length of what is read or written: an argument, or the sum of an array of iovecs. */
export function iovecs(expression: Expression | undefined): Expression[] {
  if (expression?.kind !== "array") throw new CallError("an array of {..., LENGTH} is expected");
  return expression.items;
}

/** The iovecs of a msghdr. */
export function messageIovecs(expression: Expression | undefined): Expression[] {
  return iovecs(fieldOf(expression, "msg_iov"));
}

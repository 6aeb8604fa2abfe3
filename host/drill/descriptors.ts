/** The descriptors of a script, and the calls by their names. */
import { type Attempt, type CallContext, Failed } from "./calls.js";
import * as calls from "./calls.js";
import { getsockoptCall, ioctlCall, setsockoptCall } from "./option_calls.js";
import { pollCall } from "./poll_call.js";
import type { CallAction, Expression } from "./script.js";
import { DrillSocket } from "./socket.js";
import * as transfer from "./transfer_calls.js";
import { CallError, needNumber, numberOf } from "./values.js";

const CALLS: Record<string, (context: CallContext) => Attempt> = {
  socket: calls.socketCall, bind: calls.bindCall, listen: calls.listenCall,
  accept: calls.acceptCall, accept4: calls.acceptCall, connect: calls.connectCall,
  close: calls.closeCall, shutdown: calls.shutdownCall, fcntl: calls.fcntlCall,
  read: transfer.readCall, recv: transfer.recvCall, recvfrom: transfer.recvCall,
  readv: transfer.readvCall, recvmsg: transfer.recvmsgCall,
  write: transfer.writeCall, send: transfer.sendCall, sendto: transfer.sendCall,
  writev: transfer.writevCall, sendmsg: transfer.sendmsgCall,
  setsockopt: setsockoptCall, getsockopt: getsockoptCall, ioctl: ioctlCall, poll: pollCall,
};

export interface Surroundings {
  now(): number;
  newSocket(): DrillSocket;
  opened(socket: DrillSocket): void;
  listening(port: number): void;
  note(text: string): void;
  readonly defaults: CallContext["defaults"];
}

export class Descriptors {
  private readonly sockets = new Map<number, DrillSocket>();

  constructor(private readonly surroundings: Surroundings) {}

  /** Begins a call. Throws CallError when the script asks for what there is not. */
  begin(call: CallAction): Attempt {
    const start = Object.hasOwn(CALLS, call.name) ? CALLS[call.name] : undefined;
    if (start === undefined) {
      throw new CallError(`unknown call ${call.name}; there are ${Object.keys(CALLS).join(", ")}`);
    }
    const context: CallContext = {
      ...this.surroundings, call, args: call.args,
      socket: (fd) => this.socket(fd),
      enter: (socket) => this.enter(socket, call.result),
      drop: (fd) => this.sockets.delete(needNumber(fd, "a descriptor")),
    };
    return start(context);
  }

  /** All open sockets. */
  all(): Iterable<DrillSocket> {
    return this.sockets.values();
  }

  private socket(fd: Expression | undefined): DrillSocket {
    const socket = this.sockets.get(needNumber(fd, "a descriptor"));
    if (socket === undefined) throw new Failed("EBADF");
    return socket;
  }

  /** A script may call descriptors what it likes, as long as no two bear one number. */
  private enter(socket: DrillSocket, wanted: Expression): number {
    let fd = numberOf(wanted) ?? 3;
    while (fd < 0 || this.sockets.has(fd)) fd = Math.max(3, fd + 1);
    this.sockets.set(fd, socket);
    return fd;
  }
}

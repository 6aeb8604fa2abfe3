/** The descriptors of a script, and the calls by their names. */
import { type Attempt, type CallContext, Failed } from "./calls.js";
import * as calls from "./calls.js";
import { EpollSet, epollCreateCall, epollCtlCall, epollWaitCall } from "./epoll_calls.js";
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
  getsockname: calls.nameCall, getpeername: calls.nameCall,
  read: transfer.readCall, recv: transfer.recvCall, recvfrom: transfer.recvCall,
  readv: transfer.readvCall, recvmsg: transfer.recvmsgCall,
  write: transfer.writeCall, send: transfer.sendCall, sendto: transfer.sendCall,
  writev: transfer.writevCall, sendmsg: transfer.sendmsgCall,
  setsockopt: setsockoptCall, getsockopt: getsockoptCall, ioctl: ioctlCall, poll: pollCall,
  epoll_create: epollCreateCall, epoll_create1: epollCreateCall, epoll_ctl: epollCtlCall,
  epoll_wait: epollWaitCall,
};

/** What the calls need of the session. */
export interface Surroundings {
  now(): number;
  wakeAt(us: number): void;
  newSocket(): DrillSocket;
  opened(socket: DrillSocket): void;
  listening(port: number): void;
  note(text: string): void;
  readonly defaults: CallContext["defaults"];
}

export class Descriptors {
  private readonly entries = new Map<number, DrillSocket | EpollSet>();

  constructor(private readonly surroundings: Surroundings) {}

  /** Begins a call. Throws CallError when the script asks for what there is not. */
  begin(call: CallAction): Attempt {
    const start = Object.hasOwn(CALLS, call.name) ? CALLS[call.name] : undefined;
    if (start === undefined) {
      throw new CallError(`unknown call ${call.name}; there are ${Object.keys(CALLS).join(", ")}`);
    }
    const context: CallContext = {
      ...this.surroundings, call, args: call.args,
      socket: (fd) => this.entryOf(DrillSocket, fd, "ENOTSOCK"),
      isSocket: (fd) => this.entries.get(needNumber(fd, "a descriptor")) instanceof DrillSocket,
      epoll: (fd) => this.entryOf(EpollSet, fd, "EINVAL"),
      enter: (entry) => this.enter(entry, call.result),
      drop: (fd) => this.entries.delete(needNumber(fd, "a descriptor")),
    };
    return start(context);
  }

  private entryOf<Entry>(
    kind: abstract new (...args: never[]) => Entry, fd: Expression | undefined, errno: string,
  ): Entry {
    const entry: unknown = this.entries.get(needNumber(fd, "a descriptor"));
    if (entry === undefined) throw new Failed("EBADF");
    if (!(entry instanceof kind)) throw new Failed(errno);
    return entry;
  }

  /** A script may call descriptors what it likes, as long as no two bear one number. */
  private enter(entry: DrillSocket | EpollSet, wanted: Expression): number {
    let fd = numberOf(wanted) ?? 3;
    while (fd < 0 || this.entries.has(fd)) fd = Math.max(3, fd + 1);
    this.entries.set(fd, entry);
    return fd;
  }
}

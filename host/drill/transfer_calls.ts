/** Reading and writing: read, recv, recvfrom, readv, recvmsg; write, send, sendto, writev, ... */
import {
  type Attempt, type CallContext, Failed, type Outcome, errnoOf, failure, iovecs, messageIovecs,
} from "./calls.js";
import type { Expression } from "./script.js";
import { type DrillSocket, patternAt, patternOctets } from "./socket.js";
import { fieldOf, needNumber, numberOf, symbol } from "./values.js";

export function readCall(context: CallContext): Attempt {
  return receive(context, [context.args[1]!], numberOf(context.args[2]), 0);
}

/** recv and recvfrom. */
export function recvCall(context: CallContext): Attempt {
  const { args } = context;
  return receive(context, [args[1]!], numberOf(args[2]), numberOf(args[3]) ?? 0);
}

export function readvCall(context: CallContext): Attempt {
  return receiveVector(context, iovecs(context.args[1]), 0);
}

export function recvmsgCall(context: CallContext): Attempt {
  const { args } = context;
  return receiveVector(context, messageIovecs(args[1]), numberOf(args[2]) ?? 0);
}

function receiveVector(context: CallContext, vectors: Expression[], flags: number): Attempt {
  const lengths = vectors.map((vector) => needNumber(fieldOf(vector, "1", "iov_len"), "a length"));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return receive(context, vectors.map((vector) => fieldOf(vector, "0", "iov_base")!), total, flags);
}

function receive(
  context: CallContext, buffers: Expression[], length: number | undefined, flags: number,
): Attempt {
  const socket = context.socket(context.args[0]);
  const wanted = length ?? needNumber(context.call.result, "the length");
  const mayBlock = !socket.isNonBlocking && (flags & symbol("MSG_DONTWAIT")) === 0;
  const isPeek = (flags & symbol("MSG_PEEK")) !== 0;
  const least = (flags & symbol("MSG_WAITALL")) !== 0 && mayBlock ? wanted : 1;
  // As on Linux with SO_OOBINLINE: urgent octets come in line (RFC 6093 section 3.1).
  if ((flags & symbol("MSG_OOB")) !== 0) throw new Failed("EINVAL");
  return () => {
    const { status } = socket;
    if (status === undefined || socket.isListener) throw new Failed("ENOTCONN");
    const isOver = socket.isReadShut || status.flags.includes("peerFinished") ||
      status.state === "CLOSED";
    if (status.receiveQueue >= Math.min(least, wanted) || (isOver && status.receiveQueue > 0)) {
      socket.nextSeq(status);
      return take(socket, Math.min(wanted, status.receiveQueue), isPeek, buffers);
    }
    if (wanted === 0) return { value: 0 };
    if (status.state === "CLOSED" && !socket.isErrorTold) {
      socket.isErrorTold = true;
      const errno = errnoOf(status);
      if (errno !== undefined) return failure(errno);
    }
    if (isOver) return { value: 0 };
    return mayBlock ? null : failure("EAGAIN");
  };
}

/** Reads so many octets, and checks that they are the ones that were sent. */
function take(
  socket: DrillSocket, length: number, isPeek: boolean, buffers: Expression[],
): Outcome {
  const pieces: Uint8Array[] = [];
  if (isPeek) {
    pieces.push(socket.stack.readable(socket.handle).slice(0, length));
  } else {
    for (let left = length; left > 0; left -= pieces.at(-1)!.length) {
      const piece = socket.stack.read(socket.handle, left);
      if (piece === null) break;
      pieces.push(piece);
    }
  }
  const octets = Buffer.concat(pieces);
  const value = isPeek ? length : octets.length;
  const faults: string[] = [];
  const seq = socket.readSeq!;
  const wrong = octets.findIndex((octet, index) => octet !== patternAt(seq + index));
  if (wrong >= 0 && buffers.every((buffer) => buffer?.kind !== "string")) {
    faults.push(`the octet ${(seq + wrong) >>> 0} that was read is not the one that was sent`);
  }
  if (!isPeek) socket.readSeq = (seq + value) >>> 0;
  return { value, faults };
}

export function writeCall(context: CallContext): Attempt {
  return transmit(context, [context.args[1]!], [numberOf(context.args[2])], 0);
}

/** send and sendto. */
export function sendCall(context: CallContext): Attempt {
  const { args } = context;
  return transmit(context, [args[1]!], [numberOf(args[2])], numberOf(args[3]) ?? 0);
}

export function writevCall(context: CallContext): Attempt {
  return transmitVector(context, iovecs(context.args[1]), 0);
}

export function sendmsgCall(context: CallContext): Attempt {
  const { args } = context;
  return transmitVector(context, messageIovecs(args[1]), numberOf(args[2]) ?? 0);
}

function transmitVector(context: CallContext, vectors: Expression[], flags: number): Attempt {
  const lengths = vectors.map((vector) => needNumber(fieldOf(vector, "1", "iov_len"), "a length"));
  const buffers = vectors.map((vector) => fieldOf(vector, "0", "iov_base")!);
  return transmit(context, buffers, lengths, flags);
}

function transmit(
  context: CallContext, buffers: Expression[], lengths: (number | undefined)[], flags: number,
): Attempt {
  const socket = context.socket(context.args[0]);
  const octets = Buffer.concat(buffers.map((buffer, index) =>
    octetsOf(buffer, lengths[index] ?? needNumber(context.call.result, "the length"))));
  // Octets that the script does not spell out are known by their place in the stream.
  const isSpelled = buffers.some((buffer) => buffer?.kind === "string");
  const place = socket.written.length + socket.outside + 1;
  if (!isSpelled) octets.set(patternOctets(place, octets.length));
  const mayBlock = !socket.isNonBlocking && (flags & symbol("MSG_DONTWAIT")) === 0;
  const more = (flags & symbol("MSG_MORE")) !== 0;
  const urgent = (flags & symbol("MSG_OOB")) !== 0;
  let taken = 0;
  return () => {
    const { status } = socket;
    if (status === undefined || socket.isListener) throw new Failed("EPIPE");
    if (status.state === "CLOSED" && !socket.isErrorTold) {
      socket.isErrorTold = true;
      const errno = errnoOf(status);
      if (errno !== undefined) return taken > 0 ? { value: taken } : failure(errno);
    }
    if (status.state === "CLOSED" || socket.isWriteShut) return failure("EPIPE");
    taken += socket.write(octets.subarray(taken), urgent, more);
    if (taken === octets.length) return { value: taken };
    if (mayBlock && context.call.endUs === undefined && !urgent) {
      socket.absorb(octets.subarray(taken));
      return { value: octets.length };
    }
    if (mayBlock) return null;
    return taken > 0 ? { value: taken } : failure("EAGAIN");
  };
}

function octetsOf(buffer: Expression | undefined, length: number): Buffer {
  const octets = Buffer.alloc(length);
  if (buffer?.kind === "string") octets.write(buffer.value, "latin1");
  return octets;
}

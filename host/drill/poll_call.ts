/** poll: what a socket is ready for. */
import {
  type Attempt, type CallContext, type Outcome, errnoOf, isConnecting,
} from "./calls.js";
import type { DrillSocket } from "./socket.js";
import { CallError, checkFields, fieldOf, numberOf, symbol } from "./values.js";

/** Told whether asked for or not. */
const ALWAYS = symbol("POLLERR") | symbol("POLLHUP") | symbol("POLLNVAL");

export function pollCall(context: CallContext): Attempt {
  const { args } = context;
  if (args[0]?.kind !== "array") throw new CallError("poll takes an array of {fd=, events=}");
  args[0].items.forEach((entry) => checkFields(entry, "fd", "events", "revents", "0", "1", "2"));
  const entries = args[0].items.map((entry) => ({
    socket: context.socket(fieldOf(entry, "fd", "0")),
    events: numberOf(fieldOf(entry, "events", "1")) ?? 0,
    expected: numberOf(fieldOf(entry, "revents", "2")),
  }));
  const timeoutMs = numberOf(args[2]) ?? 0;
  const endUs = timeoutMs < 0 ? Infinity : context.now() + timeoutMs * 1000;
  context.wakeAt(endUs);
  return (): Outcome | null => {
    const found = entries.map(({ socket, events }) => readiness(socket) & (events | ALWAYS));
    const value = found.filter((bits) => bits !== 0).length;
    if (value === 0 && context.now() < endUs) return null;
    const faults = entries.flatMap(({ expected }, index) =>
      expected === undefined || expected === found[index] ? []
        : [`revents is ${eventWords(found[index]!)}, not ${eventWords(expected)}`]);
    return { value, faults };
  };
}

/** The events of poll that a socket has, as Linux's tcp_poll tells them. */
export function readiness(socket: DrillSocket): number {
  const { status } = socket;
  const out = symbol("POLLOUT") | symbol("POLLWRNORM");
  const into = symbol("POLLIN") | symbol("POLLRDNORM");
  if (status === undefined) return symbol("POLLOUT") | symbol("POLLWRNORM") | symbol("POLLHUP");
  if (socket.isListener) return status.receiveQueue > 0 ? into : 0;
  if (isConnecting(status)) return 0;
  const isOver = status.state === "CLOSED";
  const isReadOver = isOver || socket.isReadShut || status.flags.includes("peerFinished");
  const isWriteOver = isOver || socket.isWriteShut;
  let bits = status.receiveQueue > 0 || isReadOver ? into : 0;
  if (status.urgentLeft > 0) bits |= symbol("POLLPRI");
  if (isReadOver) bits |= symbol("POLLRDHUP");
  if (isWriteOver || socket.stack.writable(socket.handle).length > 0) bits |= out;
  if (isReadOver && isWriteOver) bits |= symbol("POLLHUP");
  if (isOver && !socket.isErrorTold && errnoOf(status) !== undefined) bits |= symbol("POLLERR");
  return bits;
}

const WORDS = ["POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDHUP"];

function eventWords(bits: number): string {
  const words = WORDS.filter((word) => (bits & symbol(word)) !== 0);
  return words.length === 0 ? "0" : words.join("|");
}

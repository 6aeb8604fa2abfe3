/** epoll_create, epoll_ctl and epoll_wait: the sockets of a set that are ready, level-triggered. */
import { type Attempt, type CallContext, Failed, type Outcome, SUCCESS } from "./calls.js";
import { readiness } from "./poll_call.js";
import type { Expression } from "./script.js";
import type { DrillSocket } from "./socket.js";
import { checkFields, fieldOf, needNumber, numberOf, symbol } from "./values.js";

interface Member {
  socket: DrillSocket;
  events: number;
  /** What epoll_wait gives back. */
  data: number | undefined;
}

/** A set of epoll's, by descriptor. */
export class EpollSet {
  readonly members = new Map<number, Member>();
}

const ALWAYS = symbol("EPOLLERR") | symbol("EPOLLHUP");
const EVENT_BITS = 0xffff;
const EVENT_FIELDS = ["events", "fd", "ptr", "u32", "u64"];

export function epollCreateCall({ enter }: CallContext): Attempt {
  const value = enter(new EpollSet());
  return () => ({ value });
}

export function epollCtlCall(context: CallContext): Attempt {
  const { args } = context;
  const set = context.epoll(args[0]);
  const fd = needNumber(args[2], "a descriptor");
  const isKnown = set.members.has(fd);
  const operation = needNumber(args[1], "an operation");
  checkFields(args[3], ...EVENT_FIELDS);
  if (isKnown === (operation === symbol("EPOLL_CTL_ADD"))) {
    throw new Failed(isKnown ? "EEXIST" : "ENOENT");
  }
  if (operation === symbol("EPOLL_CTL_DEL")) {
    set.members.delete(fd);
  } else {
    const events = numberOf(fieldOf(args[3], "events")) ?? 0;
    set.members.set(fd, { socket: context.socket(args[2]), events, data: dataOf(args[3]) ?? fd });
  }
  return () => SUCCESS;
}

export function epollWaitCall(context: CallContext): Attempt {
  const { args } = context;
  const set = context.epoll(args[0]);
  const expected = args[1]?.kind === "array" ? args[1].items : args[1] ? [args[1]] : [];
  expected.forEach((event) => checkFields(event, ...EVENT_FIELDS));
  const most = numberOf(args[2]) ?? 1;
  const timeoutMs = numberOf(args[3]) ?? 0;
  const endUs = timeoutMs < 0 ? Infinity : context.now() + timeoutMs * 1000;
  context.wakeAt(endUs);
  return (): Outcome | null => {
    const ready = [...set.members.values()].map(({ socket, events, data }) => ({
      data, bits: readiness(socket) & ((events & EVENT_BITS) | ALWAYS),
    })).filter(({ bits }) => bits !== 0).slice(0, most);
    if (ready.length === 0 && context.now() < endUs) return null;
    const faults = ready.flatMap((one, index) => memberFaults(expected[index], one));
    return { value: ready.length, faults };
  };
}

function memberFaults(
  expected: Expression | undefined, { bits, data }: { bits: number; data: number | undefined },
): string[] {
  const found: string[] = [];
  const events = numberOf(fieldOf(expected, "events"));
  if (events !== undefined && (events & EVENT_BITS) !== bits) {
    found.push(`events are 0x${bits.toString(16)}, not 0x${events.toString(16)}`);
  }
  const wanted = dataOf(expected);
  if (wanted !== undefined && wanted !== data) found.push(`the data is ${data}, not ${wanted}`);
  return found;
}

function dataOf(event: Expression | undefined): number | undefined {
  return numberOf(fieldOf(event, "fd", "ptr", "u32", "u64"));
}

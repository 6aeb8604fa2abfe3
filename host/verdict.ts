/** The core's refusals (`Err`) as the errors that the same call of a system would give. */
import { Err } from "../assembly/abi/error.js";
import { type ErrorCode, type ErrorPlace, StackError } from "./error.js";

/** The calls of `Stack` that can be refused. */
export type Call =
  | "configure" | "listen" | "accept" | "connect" | "read" | "write" | "shutdown"
  | "close" | "abort" | "setOption" | "getOption" | "status" | "start" | "receiveBurst"
  | "transmitBurst";

interface Meaning {
  code: ErrorCode;
  detail: string;
}

const MEANINGS: Record<Err, Meaning> = {
  [Err.Handle]: { code: "EBADF", detail: "the handle is not, or no longer, of anything" },
  [Err.State]: { code: "EINVAL", detail: "the connection's state does not allow it" },
  [Err.Full]: { code: "ENOBUFS", detail: "every slot is taken (see the budget)" },
  [Err.Invalid]: { code: "EINVAL", detail: "an argument is out of range" },
  [Err.InUse]: { code: "EADDRINUSE", detail: "address already in use" },
  [Err.Unreachable]: {
    code: "ENETUNREACH",
    detail: "no gateway leads there, or our own address is not ready",
  },
  [Err.Budget]: { code: "EINVAL", detail: "the budget is out of range" },
  [Err.Memory]: { code: "ENOMEM", detail: "the memory is too small for the budget" },
  [Err.NotReady]: { code: "ENETDOWN", detail: "the stack is not initialised or not configured" },
};

const NO_BURSTS: Meaning = {
  code: "EINVAL",
  detail: "neither the build for boards nor a link with offload, or with frames above 65,535 " +
    "octets, has bursts",
};

/** Where a call gives a refusal a meaning of its own. */
const SPECIAL: Partial<Record<Call, Partial<Record<Err, Meaning>>>> = {
  configure: {
    [Err.State]: { code: "EINVAL", detail: "configured already: that is done once" },
    [Err.Invalid]: {
      code: "EINVAL",
      detail: "mtu above the budget's, or an address that no interface or router can have",
    },
  },
  getOption: {
    [Err.Invalid]: { code: "EINVAL", detail: "the module has no such option" },
  },
  write: { [Err.State]: { code: "EPIPE", detail: "this side of the connection has ended" } },
  shutdown: { [Err.State]: { code: "ENOTCONN", detail: "the connection is over" } },
  listen: {
    [Err.Full]: { code: "ENOBUFS", detail: "no listener left (budget.listeners)" },
    [Err.Invalid]: { code: "EADDRNOTAVAIL", detail: "not an address of ours" },
  },
  receiveBurst: { [Err.Invalid]: NO_BURSTS },
  transmitBurst: { [Err.Invalid]: NO_BURSTS },
  connect: {
    [Err.Full]: { code: "ENOBUFS", detail: "no connection left (budget.connections)" },
    [Err.Invalid]: { code: "EADDRNOTAVAIL", detail: "not an address one can connect to" },
  },
};

/** The result of a call when it is none of `Err`; otherwise throws StackError, as `refuse`. */
export function check(result: number, call: Call, about?: string): number {
  return result >= 0 ? result : refuse(result, call, undefined, about);
}

/** Throws the StackError of a result that is an `Err`. */
export function refuse(result: number, call: Call, place?: ErrorPlace, about?: string): never {
  const meaning = SPECIAL[call]?.[result as Err] ?? MEANINGS[result as Err];
  if (meaning === undefined) throw new Error(`${call}: the core answers ${result}`);
  const detail = about === undefined ? meaning.detail : `${about}: ${meaning.detail}`;
  throw new StackError(meaning.code, call, detail, place);
}

/** setsockopt, getsockopt and ioctl: what the stack has of it, and what is only remembered. */
import type { OptionName, TcpOptions } from "../names.js";
import {
  type Attempt, type CallContext, Failed, type Outcome, SUCCESS, errnoOf,
} from "./calls.js";
import type { Expression } from "./script.js";
import type { DrillSocket } from "./socket.js";
import { checkFields, fieldOf, needNumber, numberIfKnown, numberOf, symbol } from "./values.js";

interface Mapping {
  option: OptionName;
  /** One unit of the socket option in units of the stack's. */
  scale?: number;
}

/** By level and name. */
const MAPPED: Record<string, Mapping> = {
  [key("SOL_SOCKET", "SO_KEEPALIVE")]: { option: "keepAlive" },
  [key("SOL_TCP", "TCP_NODELAY")]: { option: "noDelay" },
  [key("SOL_TCP", "TCP_KEEPIDLE")]: { option: "keepAliveIdle" },
  [key("SOL_TCP", "TCP_KEEPINTVL")]: { option: "keepAliveInterval" },
  [key("SOL_TCP", "TCP_KEEPCNT")]: { option: "keepAliveCount" },
  [key("SOL_TCP", "TCP_MAXSEG")]: { option: "maxSegment" },
  // Milliseconds there, seconds here.
  [key("SOL_TCP", "TCP_USER_TIMEOUT")]: { option: "userTimeout", scale: 0.001 },
  [key("SOL_IP", "IP_TOS")]: { option: "diffServ" },
  [key("SOL_IP", "IP_TTL")]: { option: "timeToLive" },
};
const LINGER = key("SOL_SOCKET", "SO_LINGER");
const ERROR = key("SOL_SOCKET", "SO_ERROR");
const QUICK_ACK = key("SOL_TCP", "TCP_QUICKACK");
const CORK = key("SOL_TCP", "TCP_CORK");
const TCP_INFO = key("SOL_TCP", "TCP_INFO");
const ACCEPTING = key("SOL_SOCKET", "SO_ACCEPTCONN");
/** What a socket has before there is a connection to be asked. */
const DEFAULTS: TcpOptions = {
  keepAliveIdle: 7200, keepAliveInterval: 75, keepAliveCount: 9, timeToLive: 64, maxSegment: 536,
};
const FIXED: Record<string, number> = {
  [key("SOL_SOCKET", "SO_TYPE")]: symbol("SOCK_STREAM"),
  [key("SOL_SOCKET", "SO_PROTOCOL")]: symbol("IPPROTO_TCP"),
  [key("SOL_SOCKET", "SO_DOMAIN")]: symbol("AF_INET"),
};
/** What Linux's delayed acknowledgments wait at least, and ours by default. */
const ACK_DELAY_MS = 40;

/** Errno numbers of Linux that SO_ERROR may give. */
const ERRNO_NUMBERS: Record<string, number> = {
  EPIPE: 32, EPROTO: 71, EMSGSIZE: 90, ENETUNREACH: 101, ECONNABORTED: 103, ECONNRESET: 104,
  ETIMEDOUT: 110, ECONNREFUSED: 111, EHOSTUNREACH: 113, EINPROGRESS: 115,
};

function key(level: string, name: string): string {
  return `${symbol(level)}/${symbol(name)}`;
}

export function setsockoptCall(context: CallContext): Attempt {
  const { args } = context;
  const socket = context.socket(args[0]);
  const name = `${needNumber(args[1], "a level")}/${needNumber(args[2], "an option")}`;
  if (name === LINGER) return setLinger(socket, args[3]);
  const mapped = MAPPED[name];
  if (mapped === undefined && name !== QUICK_ACK && name !== CORK) {
    // Texts, such as the name of a congestion control, and names of flags have no numbers here.
    socket.remembered.set(name, numberIfKnown(args[3]) ?? 0);
    return () => SUCCESS;
  }
  const value = numberOf(args[3]) ?? 0;
  if (name === QUICK_ACK) socket.setOption("ackDelay", value === 0 ? ACK_DELAY_MS : 0);
  if (name === CORK) socket.cork(value !== 0);
  if (mapped !== undefined) socket.setOption(mapped.option, scaled(mapped, value));
  return () => SUCCESS;
}

function scaled({ scale = 1 }: Mapping, value: number): number {
  return value === 0 ? 0 : Math.max(1, Math.round(value * scale));
}

/** Only zero seconds mean something to a stack that never blocks: close by RST. */
function setLinger(socket: DrillSocket, value: Expression | undefined): Attempt {
  checkFields(value, "l_onoff", "l_linger", "onoff", "linger", "0", "1");
  const isOn = numberOf(fieldOf(value, "l_onoff", "onoff", "0")) ?? 0;
  const seconds = numberOf(fieldOf(value, "l_linger", "linger", "1")) ?? 0;
  socket.lingerSeconds = isOn === 0 ? undefined : seconds;
  return () => SUCCESS;
}

export function getsockoptCall(context: CallContext): Attempt {
  const { args } = context;
  const socket = context.socket(args[0]);
  const name = `${needNumber(args[1], "a level")}/${needNumber(args[2], "an option")}`;
  if (name === TCP_INFO) return () => SUCCESS;
  if (name === LINGER) return () => lingerOutcome(socket, args[3]);
  const actual = name === ERROR ? takeError(socket) : optionValue(socket, name);
  return () => withFault(args[3], actual, "the value");
}

/** SO_ERROR tells an error once. */
function takeError(socket: DrillSocket): number {
  const { status } = socket;
  if (status === undefined || socket.isErrorTold) return 0;
  const errno = errnoOf(status);
  if (errno === undefined) return 0;
  socket.isErrorTold = true;
  return ERRNO_NUMBERS[errno] ?? 0;
}

function optionValue(socket: DrillSocket, name: string): number {
  const mapped = MAPPED[name];
  if (name === ACCEPTING) return socket.isListener ? 1 : 0;
  if (mapped === undefined) return socket.remembered.get(name) ?? FIXED[name] ?? 0;
  const status = socket.isListener ? undefined : socket.status;
  // What the connection's segments hold, not what we announce.
  if (mapped.option === "maxSegment" && status !== undefined && status.segmentSize > 0) {
    return status.segmentSize;
  }
  const value = Number(socket.getOption(mapped.option) ?? DEFAULTS[mapped.option] ?? 0);
  return Math.round(value / (mapped.scale ?? 1));
}

function lingerOutcome(socket: DrillSocket, expected: Expression | undefined): Outcome {
  const isOn = socket.lingerSeconds === undefined ? 0 : 1;
  const seconds = socket.lingerSeconds ?? 0;
  const faults = [
    ...faultsOf(fieldOf(expected, "l_onoff", "onoff", "0"), isOn, "l_onoff"),
    ...faultsOf(fieldOf(expected, "l_linger", "linger", "1"), seconds, "l_linger"),
  ];
  return { value: 0, faults };
}

export function ioctlCall(context: CallContext): Attempt {
  const { args } = context;
  const socket = context.socket(args[0]);
  const request = needNumber(args[1], "a request");
  if (request === symbol("FIONBIO")) {
    socket.isNonBlocking = (numberOf(args[2]) ?? 0) !== 0;
    return () => SUCCESS;
  }
  const { status } = socket;
  if (status === undefined || socket.isListener) throw new Failed("EINVAL");
  const sent = (status.sendNext - status.sendUnacknowledged) >>> 0;
  const values: Record<number, number> = {
    [symbol("SIOCINQ")]: status.receiveQueue,
    [symbol("SIOCOUTQ")]: status.sendQueue + socket.outside,
    [symbol("SIOCOUTQNSD")]: Math.max(0, status.sendQueue - sent) + socket.outside,
    // The mark is before the last urgent octet, as with SO_OOBINLINE on Linux.
    [symbol("SIOCATMARK")]: status.urgentLeft === 1 ? 1 : 0,
  };
  const actual = values[request];
  if (actual === undefined) throw new Failed("EINVAL");
  return () => withFault(args[2], actual, "the value");
}

function withFault(expected: Expression | undefined, actual: number, what: string): Outcome {
  return { value: 0, faults: faultsOf(expected, actual, what) };
}

function faultsOf(expected: Expression | undefined, actual: number, what: string): string[] {
  if (expected === undefined || expected.kind === "string") return [];
  const word = expected.kind === "array" ? expected.items[0] : expected;
  const named = word?.kind === "word" ? ERRNO_NUMBERS[word.word] : undefined;
  const wanted = named ?? numberOf(expected);
  return wanted === undefined || wanted === actual ? [] : [`${what} is ${actual}, not ${wanted}`];
}

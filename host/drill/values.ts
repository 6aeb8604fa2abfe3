/** The values of arguments: numbers by the names that C gives them on Linux. */
import { isIpv4 } from "../address.js";
import type { Expression } from "./script.js";

/** A call that cannot be carried out: an argument without sense, or something not supported. */
export class CallError extends Error {
  override readonly name = "CallError";
}

const SYMBOLS: Record<string, number> = {
  AF_INET: 2, PF_INET: 2, AF_INET6: 10, PF_INET6: 10, SOCK_STREAM: 1, SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 0o4000, SOCK_CLOEXEC: 0o2000000, IPPROTO_IP: 0, IPPROTO_TCP: 6, IPPROTO_UDP: 17,
  SHUT_RD: 0, SHUT_WR: 1, SHUT_RDWR: 2,
  F_GETFD: 1, F_SETFD: 2, F_GETFL: 3, F_SETFL: 4, FD_CLOEXEC: 1,
  O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_NONBLOCK: 0o4000, O_NDELAY: 0o4000,
  MSG_OOB: 1, MSG_PEEK: 2, MSG_DONTROUTE: 4, MSG_TRUNC: 0x20, MSG_DONTWAIT: 0x40, MSG_EOR: 0x80,
  MSG_WAITALL: 0x100, MSG_ERRQUEUE: 0x2000, MSG_NOSIGNAL: 0x4000, MSG_MORE: 0x8000,
  MSG_CTRUNC: 8, MSG_ZEROCOPY: 0x4000000, MSG_FASTOPEN: 0x20000000, MSG_CMSG_CLOEXEC: 0x40000000,
  POLLIN: 1, POLLPRI: 2, POLLOUT: 4, POLLERR: 8, POLLHUP: 16, POLLNVAL: 32, POLLRDNORM: 64,
  POLLRDBAND: 128, POLLWRNORM: 256, POLLRDHUP: 0x2000,
  SOL_SOCKET: 1, SOL_IP: 0, SOL_TCP: 6,
  SO_REUSEADDR: 2, SO_TYPE: 3, SO_ERROR: 4, SO_DONTROUTE: 5, SO_BROADCAST: 6, SO_SNDBUF: 7,
  SO_RCVBUF: 8, SO_KEEPALIVE: 9, SO_OOBINLINE: 10, SO_PRIORITY: 12, SO_LINGER: 13,
  SO_REUSEPORT: 15, SO_RCVLOWAT: 18, SO_SNDLOWAT: 19, SO_RCVTIMEO: 20, SO_SNDTIMEO: 21,
  SO_TIMESTAMP: 29, SO_ACCEPTCONN: 30, SO_SNDBUFFORCE: 32, SO_RCVBUFFORCE: 33, SO_MARK: 36,
  SO_TIMESTAMPING: 37, SO_PROTOCOL: 38, SO_DOMAIN: 39, SO_BUSY_POLL: 46, SO_MAX_PACING_RATE: 47,
  SO_BINDTODEVICE: 25, SO_INCOMING_CPU: 49, SO_ZEROCOPY: 60, SO_TXTIME: 61,
  IP_TOS: 1, IP_TTL: 2, IP_MTU_DISCOVER: 10, IP_RECVERR: 11, IP_MTU: 14,
  IP_BIND_ADDRESS_NO_PORT: 24, IP_RECVTTL: 12, IP_RECVTOS: 13, IP_FREEBIND: 15,
  IP_TRANSPARENT: 19, IP_MINTTL: 21,
  IP_PMTUDISC_DONT: 0, IP_PMTUDISC_WANT: 1, IP_PMTUDISC_DO: 2, IP_PMTUDISC_PROBE: 3,
  TCP_NODELAY: 1, TCP_MAXSEG: 2, TCP_CORK: 3, TCP_KEEPIDLE: 4, TCP_KEEPINTVL: 5, TCP_KEEPCNT: 6,
  TCP_SYNCNT: 7, TCP_LINGER2: 8, TCP_DEFER_ACCEPT: 9, TCP_WINDOW_CLAMP: 10, TCP_INFO: 11,
  TCP_QUICKACK: 12, TCP_CONGESTION: 13, TCP_USER_TIMEOUT: 18, TCP_FASTOPEN: 23, TCP_TIMESTAMP: 24,
  TCP_NOTSENT_LOWAT: 25, TCP_INQ: 36, TCP_MD5SIG: 14, TCP_THIN_LINEAR_TIMEOUTS: 16,
  TCP_THIN_DUPACK: 17, TCP_REPAIR: 19, TCP_CC_INFO: 26, TCP_SAVE_SYN: 27, TCP_SAVED_SYN: 28,
  TCP_FASTOPEN_CONNECT: 30, TCP_ULP: 31, TCP_TX_DELAY: 37,
  SIOCINQ: 0x541b, FIONREAD: 0x541b, SIOCOUTQ: 0x5411, TIOCOUTQ: 0x5411, SIOCOUTQNSD: 0x894b,
  FIONBIO: 0x5421, SIOCATMARK: 0x8905,
  EPOLL_CTL_ADD: 1, EPOLL_CTL_DEL: 2, EPOLL_CTL_MOD: 3, EPOLLIN: 1, EPOLLPRI: 2, EPOLLOUT: 4,
  EPOLLERR: 8, EPOLLHUP: 16, EPOLLRDHUP: 0x2000, EPOLLET: 0x80000000, EPOLLONESHOT: 0x40000000,
  INADDR_ANY: 0, NULL: 0, true: 1, false: 0,
};

/** Names of a level's options, for messages and to tell options of one number apart. */
export function symbol(name: string): number {
  const value = SYMBOLS[name];
  if (value === undefined) throw new CallError(`unknown name ${name}`);
  return value;
}

/** The expression's number; undefined for `...`. Throws CallError. */
export function numberOf(expression: Expression | undefined): number | undefined {
  switch (expression?.kind) {
    case undefined: case "ellipsis": return undefined;
    case "number": return expression.value;
    case "word": return symbol(expression.word);
    case "or":
      return expression.parts.reduce((bits, part) => (bits | (numberOf(part) ?? 0)) >>> 0, 0);
    case "array": return numberOf(expression.items[0]);
    case "apply":
      if (/^(htons|htonl|ntohs|ntohl)$/.test(expression.name)) return numberOf(expression.args[0]);
      throw new CallError(`${expression.name}(...) is no number`);
    default: throw new CallError("a number is expected here");
  }
}

/** The same, undefined for what has no number. */
export function numberIfKnown(expression: Expression | undefined): number | undefined {
  try {
    return numberOf(expression);
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}

/** The same for one that must be there. */
export function needNumber(expression: Expression | undefined, what: string): number {
  const value = numberOf(expression);
  if (value === undefined) throw new CallError(`${what} must be given`);
  return value;
}

/** A field of a structure, by any of its names. */
export function fieldOf(
  expression: Expression | undefined, ...names: string[]
): Expression | undefined {
  if (expression?.kind !== "struct") return undefined;
  for (const name of names) {
    const field = expression.fields.get(name);
    if (field !== undefined) return field;
  }
  return undefined;
}

/** A structure may have these fields, and no others. Throws CallError. */
export function checkFields(expression: Expression | undefined, ...names: string[]): void {
  if (expression?.kind !== "struct") return;
  const wrong = [...expression.fields.keys()].find((name) => !names.includes(name));
  if (wrong === undefined) return;
  const known = names.filter((name) => !/^\d/.test(name)).join(", ");
  throw new CallError(`there is no field "${wrong}"; there are ${known}`);
}

export interface SocketAddress {
  ip?: string;
  port?: number;
}

/** `{sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("192.0.2.1")}`, or `...`. */
export function addressOf(expression: Expression | undefined): SocketAddress {
  if (expression?.kind !== "struct") return {};
  checkFields(expression, "sa_family", "sin_family", "sin_port", "sin_addr");
  const family = numberOf(fieldOf(expression, "sa_family", "sin_family")) ?? SYMBOLS["AF_INET"];
  if (family !== SYMBOLS["AF_INET"]) throw new CallError("only AF_INET is supported");
  const found: SocketAddress = {};
  const port = numberOf(fieldOf(expression, "sin_port"));
  if (port !== undefined) found.port = port;
  const ip = ipOf(fieldOf(expression, "sin_addr"));
  if (ip !== undefined) found.ip = ip;
  return found;
}

/** `inet_addr("192.0.2.1")`, the text alone, or `htonl(INADDR_ANY)`. */
function ipOf(expression: Expression | undefined): string | undefined {
  if (expression === undefined || expression.kind === "ellipsis") return undefined;
  const isCall = expression.kind === "apply" && expression.name === "inet_addr";
  const text = isCall ? expression.args[0] : expression;
  if (text?.kind === "string") {
    if (isIpv4(text.value)) return text.value;
    throw new CallError(`"${text.value}" is no IPv4 address`);
  }
  if (numberOf(text) === SYMBOLS["INADDR_ANY"]) return "0.0.0.0";
  throw new CallError('an address is written inet_addr("192.0.2.1")');
}

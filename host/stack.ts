/** SKELETON (types first): the stack, call by call, in virtual time, with no I/O. */

function notYet(): never {
  throw new Error("not yet");
}

export interface BudgetOptions {
  listeners?: number;
  connections?: number;
  halfOpen?: number;
  timeWait?: number;
  /** Octets; a power of two. */
  receiveRing?: number;
  sendRing?: number;
  ranges?: number;
  replies?: number;
  neighbours?: number;
  mtu?: number;
  mslSeconds?: number;
}

export interface StackOptions {
  /** "node" (default), "board", or the module itself. */
  module?: "node" | "board" | BufferSource | WebAssembly.Module;
  budget?: BudgetOptions;
  /** 32 octets; the platform's random numbers by default. */
  entropy?: Uint8Array;
  /** Microseconds. 0 by default. */
  now?: number;
}

export interface InterfaceOptions {
  kind?: "ethernet" | "ip";
  mtu?: number;
  /** "02:00:00:00:00:01"; Ethernet only. */
  mac?: string;
  /** "10.0.0.1/24" */
  address: string;
  gateway?: string;
  probe?: boolean;
  announce?: boolean;
}

/** What happened to a handle since `nextEvent` last named it. */
export interface SocketEvents {
  handle: number;
  /** Bits of `Event` (assembly/abi/event.ts). */
  bits: number;
  /** The same as words: "connected", "readable", ... */
  names: string[];
}

/** One entry of a table, decoded. Times in milliseconds unless the name says otherwise. */
export interface ConnectionStatus {
  table: "connections" | "listeners" | "half-open" | "time-wait" | "neighbours";
  handle: number;
  /** As printed in the RFC: "SYN-RECEIVED". Neighbours: "REACHABLE". */
  state: string;
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
  sendQueue: number;
  receiveQueue: number;
  sendUnacknowledged: number;
  sendNext: number;
  sendWindow: number;
  receiveNext: number;
  receiveWindow: number;
  congestionWindow: number;
  slowStartThreshold: number;
  segmentSize: number;
  smoothedRttUs: number;
  rttVariationUs: number;
  retransmissionTimeoutMs: number;
  retransmissions: number;
  /** "none", "finished", "reset", "refused", "timed out", "unreachable", "aborted" */
  reason: string;
  softError: string;
  /** Oldest first: ["LISTEN", "SYN-RECEIVED", "ESTABLISHED"]. At most the last eight. */
  path: string[];
  flags: string[];
  /** Milliseconds left of those timers that run. */
  timers: Partial<Record<TimerName, number>>;
  outOfOrder: number;
}

export type TimerName = "retransmit" | "persist" | "ack" | "keepAlive" | "timeWait" | "synAck";

export class Stack {
  static create(_options?: StackOptions): Promise<Stack> {
    return notYet();
  }
  /** Throws StackError. */
  configure(_options: InterfaceOptions): void {
    notYet();
  }
  receive(_frame: Uint8Array, _now: number): void {
    notYet();
  }
  transmit(_now: number): Uint8Array | null {
    return notYet();
  }
  serialReceive(_octets: Uint8Array, _now: number): void {
    notYet();
  }
  serialTransmit(_now: number): Uint8Array | null {
    return notYet();
  }
  nextDeadline(_now: number): number {
    return notYet();
  }
  nextEvent(): SocketEvents | null {
    return notYet();
  }
  listen(_options: { port: number; backlog?: number; address?: string }): number {
    return notYet();
  }
  accept(_listener: number): number {
    return notYet();
  }
  connect(_options: { address: string; port: number; localPort?: number }): number {
    return notYet();
  }
  /** Octets taken: fewer than given when the send ring is full. */
  write(_handle: number, _octets: Uint8Array): number {
    return notYet();
  }
  /** The octets received, copied, at most `limit`; null when there are none. */
  read(_handle: number, _limit?: number): Uint8Array | null {
    return notYet();
  }
  shutdown(_handle: number): void {
    notYet();
  }
  close(_handle: number): void {
    notYet();
  }
  abort(_handle: number): void {
    notYet();
  }
  status(_handle: number): ConnectionStatus {
    return notYet();
  }
  /** netstat: every entry of every table. */
  connections(): ConnectionStatus[] {
    return notYet();
  }
  /** "FramesIn" and so on: the names of assembly/abi/counter.ts. */
  counters(): Record<string, number> {
    return notYet();
  }
}

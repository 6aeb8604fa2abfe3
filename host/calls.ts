/** What the calls of `Stack` take and give. */
import { CommitFlag } from "../assembly/abi/parameters.js";
import type { BudgetOptions } from "./budget.js";
import type { ModuleSource } from "./core.js";
import { argumentError } from "./error.js";
import type { EventName } from "./names.js";

export const MOST_PORT = 65535;
const DEFAULT_BACKLOG = 16;
const MOST_BACKLOG = 65535;

export interface StackOptions {
  /** "node" (the default), "board", or the module itself; see `ModuleSource`. */
  module?: ModuleSource;
  budget?: BudgetOptions;
  /** 32 octets; the platform's random numbers by default. The same octets, the same stack. */
  entropy?: Uint8Array;
  /** Where time begins, in microseconds. 0 by default. */
  now?: number;
}

export interface ListenCall {
  /** 1 to 65,535. */
  port: number;
  /** Connections that may wait for `accept`, half-open ones included. 16 by default. */
  backlog?: number;
  /** A local address; any by default. */
  address?: string;
}

export interface ConnectCall {
  address: string;
  port: number;
  /** Any by default. */
  localAddress?: string;
  /** 0, the default, picks one. */
  localPort?: number;
}

/** The flags of SEND (RFC 9293 section 3.9.1.2), see `CommitFlag`. */
export interface WriteFlags {
  push?: boolean;
  /** The stream is urgent up to the last octet of this write. Not for new applications. */
  urgent?: boolean;
}

/** Bits of `CommitFlag`; `true` is PUSH. */
export function commitBits(flags: WriteFlags | boolean): number {
  if (typeof flags === "boolean") return flags ? CommitFlag.Push : CommitFlag.None;
  return (flags.push ? CommitFlag.Push : 0) | (flags.urgent ? CommitFlag.Urgent : 0);
}

/** What happened to a handle since `nextEvent` last named it. */
export interface StackEvent {
  handle: number;
  /** Bits of `Event` (assembly/abi/event.ts). */
  bits: number;
  /** The same in words. */
  names: EventName[];
}

export interface RestoreOptions {
  /** 32 octets; random by default. */
  entropy?: Uint8Array;
  /**
   * False keeps the random numbers of the image, so that both go the same way: only for replay,
   * with the wire cut. Two stacks on one wire with one entropy would send the same ISNs and ports.
   */
  reseed?: boolean;
}

/** Throws ERR_SOCKET_BAD_PORT, as Node does. */
export function checkPort(port: number, least: 0 | 1): number {
  if (Number.isInteger(port) && port >= least && port <= MOST_PORT) return port;
  const message = `a port is a whole number from ${least} to 65535, not ${String(port)}`;
  throw argumentError("ERR_SOCKET_BAD_PORT", message);
}

/** The same of a backlog, with ERR_OUT_OF_RANGE. */
export function checkBacklog(backlog = DEFAULT_BACKLOG): number {
  if (Number.isInteger(backlog) && backlog >= 1 && backlog <= MOST_BACKLOG) return backlog;
  const message = `a backlog is a whole number from 1 to ${MOST_BACKLOG}, not ${backlog}`;
  throw argumentError("ERR_OUT_OF_RANGE", message);
}

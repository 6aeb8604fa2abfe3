/**
 * A stack looked at from outside (`describe`, memory): what must hold of its tables at any moment,
 * what must be left of it when all is over, and that it wrote nowhere but in its own memory.
 */
import { Err, Reason } from "../../assembly/abi/error.js";
import { State } from "../../assembly/abi/state.js";
import { Parameter } from "../../assembly/abi/parameters.js";
import { Status, StatusFlag, Table, Timers } from "../../assembly/abi/status.js";
import { StackError } from "../../host/error.js";
import type { Stack } from "../../host/stack.js";
import { seqDiff } from "./wire.js";

/** Sizes of a stack, as its budget has them. */
export interface Sizes {
  connections: number;
  receiveRing: number;
  sendRing: number;
}

/** The longest time that any timer of ours runs: keep-alive, in milliseconds. */
const LONGEST_TIMER_MS = 65_535_000 + 1;
const LAST_STATE = State.TimeWait;
/** The newest of the states taken. */
const PATH_STATE = 15;

/** Entries in use, by table. */
export interface Census {
  connections: number;
  halfOpen: number;
  timeWait: number;
}

/** Reads tables through `describe`, without an object for each entry. */
export class Inspector {
  private readonly pairs = new Set<string>();
  private readonly handles = new Set<number>();
  /** How many connections each port listened on has to accept: told, less those found. */
  private readonly listening = new Map<number, number>();

  constructor(
    private readonly stack: Stack,
    private readonly sizes: Sizes,
    /** Whether what is queued may wait for a neighbour, without a timer of its own. */
    private readonly hasNeighbours: boolean,
  ) {}

  /** What is wrong with the tables, or null. `isAtRest`: `transmit` has just said it is done. */
  findFault(isAtRest: boolean): string | null {
    this.pairs.clear();
    this.handles.clear();
    this.listening.clear();
    const tables = [Table.Listeners, Table.Connections, Table.HalfOpen, Table.TimeWait];
    for (const table of tables) {
      for (let index = 0; ; index++) {
        const result = this.stack.core.exports.describe(table, index);
        if (result === Err.Invalid) break;
        if (result === 0) continue;
        if (result !== 1) return `describe(${table}, ${index}) answers ${result}`;
        const fault = this.findEntryFault(table, isAtRest);
        if (fault !== null) return `table ${table}, entry ${index}: ${fault}`;
      }
    }
    if (!isAtRest) return null;
    for (const [port, left] of this.listening) {
      if (left !== 0) return `port ${port} tells of ${left} connections too many to accept`;
    }
    return null;
  }

  census(): Census {
    return {
      connections: this.countOf(Table.Connections),
      halfOpen: this.countOf(Table.HalfOpen),
      timeWait: this.countOf(Table.TimeWait),
    };
  }

  private countOf(table: Table): number {
    let used = 0;
    for (let index = 0; ; index++) {
      const result = this.stack.core.exports.describe(table, index);
      if (result < 0) return used;
      used += result;
    }
  }

  private word(index: Status): number {
    const { words, parametersWord } = this.stack.core;
    return words[parametersWord + (Parameter.Status >>> 2) + index]!;
  }

  private findEntryFault(table: Table, isAtRest: boolean): string | null {
    const state = this.word(Status.State);
    if (state > LAST_STATE) return `state ${state}`;
    const handle = this.word(Status.Handle);
    if (handle !== 0 && this.handles.has(handle)) return `handle ${handle} twice`;
    this.handles.add(handle);
    if (table === Table.Listeners) {
      this.listening.set(this.word(Status.LocalPort), this.word(Status.ReceiveQueue));
      return null;
    }
    return (
      this.findPairFault(state) ??
      this.findTimerFault() ??
      (table === Table.Connections ? this.findConnectionFault(state, isAtRest) : null)
    );
  }

  /** No two entries answer to the same pair. An entry that is over answers to none. */
  private findPairFault(state: number): string | null {
    if (state === State.Closed) return null;
    const ports = `${this.word(Status.LocalPort)} ${this.word(Status.RemotePort)}`;
    const pair = `${this.word(Status.RemoteAddress + 3)} ${ports}`;
    if (this.pairs.has(pair)) return `pair ${pair} twice`;
    this.pairs.add(pair);
    return null;
  }

  private findTimerFault(): string | null {
    for (let timer: number = Status.RetransmitTimer; timer <= Status.SynAckTimer; timer++) {
      const leftMs = this.word(timer);
      if (leftMs !== Timers.Off && leftMs > LONGEST_TIMER_MS) return `a timer of ${leftMs} ms`;
    }
    return null;
  }

  private findConnectionFault(state: number, isAtRest: boolean): string | null {
    const { receiveRing, sendRing } = this.sizes;
    const outstanding = seqDiff(this.word(Status.SendNext), this.word(Status.SendUnacknowledged));
    if (outstanding < 0) return "SND.UNA is beyond SND.NXT";
    if (outstanding > sendRing + 1) return `${outstanding} sequence numbers on their way`;
    if (this.word(Status.SendQueue) > sendRing) return `a send queue beyond the ring`;
    if (this.word(Status.ReceiveQueue) > receiveRing) return "a receive queue beyond the ring";
    if (this.word(Status.ReceiveWindow) > receiveRing) return "a window beyond the ring";
    if (this.word(Status.OutOfOrder) > receiveRing) return "more out of order than the ring holds";
    if (this.word(Status.Reason) >= Reason.Count) return `reason ${this.word(Status.Reason)}`;
    const isPending = (this.word(Status.Flags) & StatusFlag.Pending) !== 0;
    if (isAtRest && isPending) {
      const left = this.listening.get(this.word(Status.LocalPort));
      if (left === undefined) return "a connection that nobody can accept";
      this.listening.set(this.word(Status.LocalPort), left - 1);
    }
    if ((this.word(Status.Path) & PATH_STATE) !== state) return "a path to another state";
    const isOver = state === State.Closed;
    const hasReason = this.word(Status.Reason) !== Reason.None;
    if (isOver !== hasReason) return isOver ? "over without a reason" : "a reason, and not over";
    const isOrphan = (this.word(Status.Flags) & StatusFlag.Orphan) !== 0;
    if (isOver && isOrphan) return "over, and held by nobody";
    return isOver ? null : this.findStall(outstanding, isAtRest);
  }

  /** What waits for an answer must be watched over by a timer, and never by two. */
  private findStall(outstanding: number, isAtRest: boolean): string | null {
    const isRetransmitting = this.word(Status.RetransmitTimer) !== Timers.Off;
    const isPersisting = this.word(Status.PersistTimer) !== Timers.Off;
    if (isRetransmitting && isPersisting) return "both retransmission and persist timer run";
    if (!isAtRest || isRetransmitting || isPersisting) return null;
    if (outstanding > 0) return "something is on its way, and no timer runs";
    if (this.hasNeighbours || this.word(Status.SendQueue) === 0) return null;
    return "something is queued, and no timer runs";
  }
}

/** Takes every connection there is, to show that none was lost, and gives them back. */
export function findLostSlot(stack: Stack, peer: string, connections: number): string | null {
  const handles: number[] = [];
  try {
    for (;;) handles.push(stack.connect({ address: peer, port: 9 }));
  } catch (error) {
    if (!(error instanceof StackError) || error.code !== "ENOBUFS") throw error;
  }
  for (const handle of handles) stack.abort(handle);
  if (handles.length === connections) return null;
  return `${handles.length} of ${connections} connections are free when all is over`;
}

/**
 * Fills memory that is not the stack's and notices when it changes: what is left of the arena, and
 * all that lies behind the heap's base. To be made right after the stack, while its budget still
 * lies at the parameters.
 */
export class Canary {
  private readonly stretches: { from: number; pattern: Buffer }[];

  constructor(private readonly stack: Stack) {
    const { core } = stack;
    // A page more than needed; a board's memory cannot grow, and has room behind its arena.
    if (!core.hasFixedArena) core.grow(core.octets.length + 1);
    const arena = core.exports.arenaPtr() >>> 0;
    const used = arena + (core.exports.memoryNeeded() >>> 0);
    const heap = (core.exports.__heap_base.value as number) >>> 0;
    // A board's arena is one of its static areas, others may lie behind it.
    const ends = core.hasFixedArena
      ? [[used, arena + (core.exports.arenaSize() >>> 0)], [heap, core.octets.length]]
      : [[used, core.octets.length]];
    this.stretches = ends.map(([from, to]) => ({ from: from!, pattern: pattern(to! - from!) }));
    for (const { from, pattern } of this.stretches) core.octets.set(pattern, from);
  }

  /** Where something was written that is not the stack's, or null. */
  findFault(): string | null {
    const { octets } = this.stack.core;
    if (octets[0] || octets[1] || octets[2] || octets[3]) return "address 0 was written to";
    for (const { from, pattern } of this.stretches) {
      if (pattern.equals(Buffer.from(octets.buffer, from, pattern.length))) continue;
      let at = 0;
      while (octets[from + at] === pattern[at]) at++;
      return `memory that is not the stack's was written to, at ${from + at}`;
    }
    return null;
  }
}

function pattern(len: number): Buffer {
  const octets = Buffer.alloc(Math.max(0, len));
  for (let index = 0; index < len; index++) octets[index] = (index * 167 + 13) >>> 3;
  return octets;
}

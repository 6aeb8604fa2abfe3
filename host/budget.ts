/**
 * A stack's budget as an object: checked field by field, so that an error names the field and its
 * range; written for the core; and the memory it takes. Mirrors `assembly/abi/budget.ts`.
 */
import { Budget, Entropy } from "../assembly/abi/budget.js";
import { Err } from "../assembly/abi/error.js";
import { Parameter } from "../assembly/abi/parameters.js";
import type { Core } from "./core.js";
import { StackError } from "./error.js";

/** How much of everything a stack has; what is left out takes the build's default. */
export interface BudgetOptions {
  /** Listening ports. 1 to 4,096. */
  listeners?: number;
  /** Connections, each with both rings. 1 to 65,535. */
  connections?: number;
  /** Half-open entries, 64 octets each. 1 to 65,535. */
  halfOpen?: number;
  /** TIME-WAIT entries, 64 octets each. 1 to 65,535. */
  timeWait?: number;
  /** Octets of a receive ring. A power of two, 256 to 1 MiB. */
  receiveRing?: number;
  /** Octets of a send ring. A power of two, 256 to 1 MiB. */
  sendRing?: number;
  /** Ranges of out-of-order data remembered for each connection. 1 to 32. */
  ranges?: number;
  /** Transmission records for each connection: how finely losses are told apart. 4 to 250. */
  records?: number;
  /** Packet buffers: for datagrams in fragments, the first for ICMP messages, too. 1 to 64. */
  reassembly?: number;
  /** Replies that belong to no connection waiting to leave. 1 to 4,096. */
  replies?: number;
  /** Neighbours (ARP cache). 1 to 4,096. */
  neighbours?: number;
  /** Octets of the largest IP packet, in and out. 576 to 65,535. */
  mtu?: number;
  /** Maximum segment lifetime in seconds; TIME-WAIT lasts twice that. 1 to 120. */
  mslSeconds?: number;
  /** Challenge ACKs (RFC 5961) of all connections in a second, about. 1 to 65,535. */
  challenges?: number;
}

interface Field {
  word: Budget;
  least: number;
  most: number;
  isPowerOfTwo?: true;
}

const MIB = 1024 * 1024;

const FIELDS: Record<keyof BudgetOptions, Field> = {
  listeners: { word: Budget.Listeners, least: 1, most: 4096 },
  connections: { word: Budget.Connections, least: 1, most: 65535 },
  halfOpen: { word: Budget.HalfOpen, least: 1, most: 65535 },
  timeWait: { word: Budget.TimeWait, least: 1, most: 65535 },
  receiveRing: { word: Budget.ReceiveRing, least: 256, most: MIB, isPowerOfTwo: true },
  sendRing: { word: Budget.SendRing, least: 256, most: MIB, isPowerOfTwo: true },
  ranges: { word: Budget.Ranges, least: 1, most: 32 },
  records: { word: Budget.Records, least: 4, most: 250 },
  reassembly: { word: Budget.Reassembly, least: 1, most: 64 },
  replies: { word: Budget.Replies, least: 1, most: 4096 },
  neighbours: { word: Budget.Neighbours, least: 1, most: 4096 },
  mtu: { word: Budget.Mtu, least: 576, most: 65535 },
  mslSeconds: { word: Budget.MslSeconds, least: 1, most: 120 },
  challenges: { word: Budget.Challenges, least: 1, most: 65535 },
};

/** Octets of memory that a 32-bit module can have at all. */
const MOST_MEMORY = 0x1_0000_0000;

/**
 * Grows the memory to what the budget takes, and calls `init`. Throws StackError: EINVAL names the
 * field and its range, ENOMEM tells how much is needed and how much there is.
 */
export function initCore(
  core: Core, budget: BudgetOptions, entropy: Uint8Array, now: number,
): void {
  checkBudget(budget);
  writeBudget(core, budget);
  const needed = core.exports.memoryNeeded() >>> 0;
  if (needed === 0) throw budgetFault(core);
  if (!core.hasFixedArena) core.grow((core.exports.arenaPtr() >>> 0) + needed);
  writeBudget(core, budget);
  writeEntropy(core, entropy);
  const result = core.exports.init(now);
  if (result === Err.Budget) throw budgetFault(core);
  if (result === Err.Memory) throw memoryFault(core, needed);
  if (result < 0) throw new StackError("EINVAL", "init", `the core answers ${result}`);
}

/** Puts 32 octets of entropy where `init` and `reseed` read them; random ones when not given. */
export function writeEntropy(core: Core, entropy: Uint8Array): void {
  if (entropy.length !== Entropy.Octets) {
    const detail = `entropy is ${Entropy.Octets} octets, not ${entropy.length}`;
    throw new StackError("EINVAL", "init", detail);
  }
  core.octets.set(entropy, core.parametersAt + Parameter.Entropy);
}

/** 32 octets of the platform's random numbers. */
export function randomEntropy(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(Entropy.Octets));
}

function checkBudget(budget: BudgetOptions): void {
  for (const [name, value] of Object.entries(budget)) {
    if (value === undefined) continue;
    const field = FIELDS[name as keyof BudgetOptions];
    if (field === undefined) {
      const names = Object.keys(FIELDS).join(", ");
      throw new StackError("EINVAL", "init", `budget.${name} is unknown; there are ${names}`);
    }
    if (!isInRange(field, value)) throw fieldFault(name, field, value);
  }
}

function isInRange(field: Field, value: number): boolean {
  if (!Number.isInteger(value) || value < field.least || value > field.most) return false;
  return !field.isPowerOfTwo || (value & (value - 1)) === 0;
}

function fieldFault(name: string, field: Field, value: unknown): StackError {
  const kind = field.isPowerOfTwo ? "a power of two" : "a whole number";
  const range = `${field.least.toLocaleString("en")} to ${field.most.toLocaleString("en")}`;
  const detail = `budget.${name} is ${String(value)}; it must be ${kind} from ${range}`;
  return new StackError("EINVAL", "init", detail);
}

/** The array of `Budget` words; a word of 0 takes the default. */
function writeBudget(core: Core, budget: BudgetOptions): void {
  const at = core.parametersWord + (Parameter.Budget >>> 2);
  core.words.fill(0, at, at + Budget.Words);
  core.words[at + Budget.Size] = Budget.Words * 4;
  for (const [name, field] of Object.entries(FIELDS)) {
    core.words[at + field.word] = budget[name as keyof BudgetOptions] ?? 0;
  }
}

/** The core refused a word of the budget, or their sum: word 0 says which. */
function budgetFault(core: Core): StackError {
  const at = core.parametersWord + (Parameter.Budget >>> 2);
  const word = core.words[at]!;
  for (const [name, field] of Object.entries(FIELDS)) {
    if (field.word !== word) continue;
    const value = core.words[at + word];
    if (isInRange(field, value!)) {
      const most = `${MOST_MEMORY.toLocaleString("en")} octets`;
      const detail = `budget.${name} is ${value}: all together more than ${most} of memory`;
      return new StackError("ENOMEM", "init", detail);
    }
    return fieldFault(name, field, value);
  }
  return new StackError("EINVAL", "init", `word ${word} of the budget is out of range`);
}

function memoryFault(core: Core, needed: number): StackError {
  const available = core.exports.arenaSize() >>> 0;
  const detail =
    `the budget takes ${needed.toLocaleString("en")} octets, this build has ` +
    `${available.toLocaleString("en")}; fewer connections or smaller rings would do`;
  return new StackError("ENOMEM", "init", detail);
}

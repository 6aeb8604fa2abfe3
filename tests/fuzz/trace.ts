/**
 * What a stack does in one run, call by call, as two numbers: two builds that do the same have the
 * same trace. On the way every answer is held against what its call may answer.
 */
import { Err } from "../../assembly/abi/error.js";
import { Descriptor, Parameter } from "../../assembly/abi/parameters.js";
import { State } from "../../assembly/abi/state.js";
import { Status } from "../../assembly/abi/status.js";
import type { CoreExports } from "../../host/core.js";
import type { Stack } from "../../host/stack.js";
import { FuzzFailure } from "./subject.js";

/** The refusals that docs/embedding.md has for each call, once the interface is up. */
const REFUSALS = {
  receive: [Err.Invalid], receiveBurst: [Err.Invalid], transmit: [], transmitBurst: [],
  nextDeadline: [], nextEvent: [],
  exchange: [Err.Handle, Err.State, Err.Invalid],
  exchangeBurst: [Err.Handle, Err.State, Err.Invalid],
  listen: [Err.Invalid, Err.InUse, Err.Full], accept: [Err.Handle],
  connect: [Err.Invalid, Err.Handle, Err.Unreachable, Err.InUse, Err.Full],
  sendSpace: [Err.Handle, Err.State], commit: [Err.Handle, Err.State, Err.Invalid],
  receiveLen: [Err.Handle], consume: [Err.Handle, Err.Invalid],
  shutdown: [Err.Handle, Err.State], close: [Err.Handle], abort: [Err.Handle],
  setOption: [Err.Handle, Err.Invalid], getOption: [Err.Handle, Err.Invalid],
  status: [Err.Handle], describe: [Err.Invalid],
} satisfies Partial<Record<keyof CoreExports, Err[]>>;

const TRACED = Object.keys(REFUSALS) as (keyof typeof REFUSALS)[];

/** Where a run is, for who watches it from another thread: words of it. */
export const enum Progress {
  Seed = 0,
  Step,
  /** The number, among those traced, of the call that was begun last. */
  Call,
  /** Goes on with every step of every run. */
  Beat,
  Words,
}
/** Where the run is. */
export function placeOf(progress: Int32Array): string {
  return `step ${progress[Progress.Step]}, ${TRACED[progress[Progress.Call]!]}`;
}

export class Trace {
  /** The trace so far, after each step. */
  readonly marks: number[] = [];
  private low = 0x811c9dc5 | 0;
  private high = 0x9e3779b9 | 0;

  constructor(private readonly stack: Stack, private readonly progress: Int32Array) {
    const calls = stack.core.exports as unknown as Record<string, (...words: number[]) => number>;
    TRACED.forEach((name, index) => {
      const call = calls[name]!;
      calls[name] = (...words) => {
        this.progress[Progress.Call] = index;
        const result = call(...words);
        this.note(name, index, result);
        return result;
      };
    });
  }

  mark(): void {
    this.marks.push(this.low, this.high);
  }

  mix(word: number): void {
    this.low = Math.imul(this.low ^ word, 0x01000193);
    this.high = Math.imul((this.high << 13 | this.high >>> 19) ^ word, 0x85ebca6b);
  }

  mixOctets(octets: Uint8Array): void {
    this.mix(octets.length);
    for (let at = 0; at < octets.length; at++) this.mix(octets[at]!);
  }

  private note(name: keyof typeof REFUSALS, index: number, result: number): void {
    const refusals: readonly Err[] = REFUSALS[name];
    if (result < 0 && !refusals.includes(result)) throw new FuzzFailure(`${name} says ${result}`);
    this.mix(index);
    this.mix(result);
    const { words, parametersWord, descriptor } = this.stack.core;
    if (name === "nextEvent" && result !== 0) this.mix(descriptor[Descriptor.Events]!);
    const hasRecord = name === "status" ? result >= 0 : name === "describe" && result === 1;
    if (!hasRecord) return;
    if (name === "status" && result >= State.Count) throw new FuzzFailure(`state ${result}`);
    const at = parametersWord + (Parameter.Status >>> 2);
    for (let word = 0; word < Status.Words; word++) this.mix(words[at + word]!);
  }
}

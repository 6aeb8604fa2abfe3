/** lwIP in Wasm: two instances of the peer's module, frames carried by JavaScript. */
import { readFileSync } from "node:fs";
import { KeptViews } from "./kept_views.js";
import type { Subject, Workload } from "./subject.js";

export interface Exports {
  memory: WebAssembly.Memory;
  init(self: number, peer: number): void;
  next_frame(): number;
  frame_out(): number;
  frame_buffer(length: number): number;
  next_frames(): number;
  frames_out(): number;
  frames_in(): number;
  receive_frames(length: number): void;
  receive(): void;
  listen(mode: number): void;
  connect(index: number): number;
  fill(copies: number): number;
  request(index: number): void;
  close(index: number): void;
  received(): number;
  progress(): number;
  advance(ms: number): void;
}

/** Words at `progress`. */
const enum Progress {
  Waiting,
  Established,
  Replies,
  Finished,
  Words,
}

export interface Side {
  calls: Exports;
  octets: Uint8Array;
  progress: Uint32Array;
  frames: KeptViews;
}

const MODES: Record<Workload, number> = { w1: 0, w2: 1, w3: 2 };

export class LwipPair implements Subject {
  frames = 0;
  protected readonly left: Side;
  protected readonly right: Side;

  constructor(path: string) {
    const module = new WebAssembly.Module(readFileSync(path));
    this.left = instantiate(module, 1, 2);
    this.right = instantiate(module, 2, 1);
    this.carry();
  }

  get received(): number {
    return this.right.calls.received();
  }

  get established(): number {
    return this.left.progress[Progress.Established]!;
  }

  get replies(): number {
    return this.left.progress[Progress.Replies]!;
  }

  get finished(): number {
    return this.right.progress[Progress.Finished]!;
  }

  listen(workload: Workload): void {
    this.right.calls.listen(MODES[workload]);
  }

  connect(index: number): void {
    if (this.left.calls.connect(index) === 0) throw new Error("lwIP does not connect");
  }

  fill(inPlace: boolean): void {
    this.left.calls.fill(inPlace ? 0 : 1);
  }

  request(index: number): void {
    this.left.calls.request(index);
  }

  close(index: number): void {
    this.left.calls.close(index);
  }

  carry(): void {
    const { left, right } = this;
    do {
      while (waits(left)) {
        this.pass(left, right);
        if (waits(right)) this.answer();
      }
      if (waits(right)) this.answer();
    } while (waits(left));
  }

  advance(ms: number): void {
    this.left.calls.advance(ms);
    this.right.calls.advance(ms);
    this.carry();
  }

  /** Frames from right to left. */
  private answer(): void {
    do this.pass(this.right, this.left);
    while (waits(this.right));
  }

  protected pass(from: Side, to: Side): void {
    const length = from.calls.next_frame();
    to.octets.set(from.frames.of(length), to.calls.frame_buffer(length));
    to.calls.receive();
    this.frames++;
  }
}

function instantiate(module: WebAssembly.Module, self: number, peer: number): Side {
  const calls = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  calls.init(self, peer);
  const { buffer } = calls.memory;
  const octets = new Uint8Array(buffer);
  const progress = new Uint32Array(buffer, calls.progress(), Progress.Words);
  return { calls, octets, progress, frames: new KeptViews(octets, calls.frame_out()) };
}

/** Whether a frame waits, without a call: as ours are asked (mote_raw.ts). */
function waits({ progress }: Side): boolean {
  return progress[Progress.Waiting] !== 0;
}

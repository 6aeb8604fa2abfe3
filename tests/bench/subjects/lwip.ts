/** lwIP in Wasm: two instances of the peer's module, frames carried by JavaScript. */
import { readFileSync } from "node:fs";
import { KeptViews } from "./kept_views.js";
import type { Subject, Workload } from "./subject.js";

interface Exports {
  memory: WebAssembly.Memory;
  init(self: number, peer: number): void;
  next_frame(): number;
  frame_out(): number;
  frame_buffer(length: number): number;
  receive(): void;
  listen(mode: number): void;
  connect(index: number): number;
  fill(copies: number): number;
  request(index: number): void;
  close(index: number): void;
  received(): number;
  established(): number;
  replies(): number;
  finished(): number;
  advance(ms: number): void;
}

interface Side {
  calls: Exports;
  octets: Uint8Array;
  frames: KeptViews;
}

const MODES: Record<Workload, number> = { w1: 0, w2: 1, w3: 2 };

export class LwipPair implements Subject {
  frames = 0;
  private readonly left: Side;
  private readonly right: Side;

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
    return this.left.calls.established();
  }

  get replies(): number {
    return this.left.calls.replies();
  }

  get finished(): number {
    return this.right.calls.finished();
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
    for (let isMore = true; isMore; ) {
      isMore = false;
      while (this.pass(left, right)) {
        isMore = true;
        while (this.pass(right, left)) continue;
      }
      while (this.pass(right, left)) isMore = true;
    }
  }

  advance(ms: number): void {
    this.left.calls.advance(ms);
    this.right.calls.advance(ms);
    this.carry();
  }

  private pass(from: Side, to: Side): boolean {
    const length = from.calls.next_frame();
    if (length === 0) return false;
    to.octets.set(from.frames.of(length), to.calls.frame_buffer(length));
    to.calls.receive();
    this.frames++;
    return true;
  }
}

function instantiate(module: WebAssembly.Module, self: number, peer: number): Side {
  const calls = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  calls.init(self, peer);
  const octets = new Uint8Array(calls.memory.buffer);
  return { calls, octets, frames: new KeptViews(octets, calls.frame_out()) };
}

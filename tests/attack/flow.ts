/** A stream of text each way over a connection of a scene, and the check that it is whole. */
import assert from "node:assert/strict";
import type { Stack } from "../../host/stack.js";
import type { ConnectionStatus } from "../../host/status.js";
import { isPattern, patternAt } from "../support/pattern.js";
import type { Scene } from "./scene.js";

/** The longest that an attack may hold up what is on its way, in seconds. */
const PATIENCE = 60;

interface End {
  stack: Stack;
  handle: number;
  /** The number of the stream that it writes. */
  stream: number;
  written: number;
  read: number;
}

export class Flow {
  private readonly ends: [End, End];

  constructor(private readonly scene: Scene, readonly ours: number, theirs: number) {
    const end = (stack: Stack, handle: number, stream: number) =>
      ({ stack, handle, stream, written: 0, read: 0 });
    this.ends = [end(scene.lab.stack, ours, 1), end(scene.peer, theirs, 2)];
  }

  /** The connection as the stack under attack sees it. */
  get status(): ConnectionStatus {
    return this.scene.lab.stack.status(this.ours);
  }

  /** Each end writes so many octets, as far as there is room, and what has come is read. */
  exchange(octets: number): void {
    for (const end of this.ends) this.writeEnd(end, octets);
    this.scene.pump();
    this.readAll();
  }

  /** The end under attack writes, and sends; the peer has not heard it yet. */
  say(octets: number): void {
    this.writeEnd(this.ends[0], octets);
    this.scene.lab.turn();
  }

  /** All that was written arrives. */
  finish(): void {
    const { scene, ends: [one, other] } = this;
    const isWhole = () => one.read === other.written && other.read === one.written;
    for (let seconds = 0; !isWhole(); seconds += 0.1) {
      const missing = `${other.written - one.read} and ${one.written - other.read} octets`;
      assert.ok(seconds < PATIENCE, `${missing} have not arrived`);
      scene.wait(0.1);
      this.readAll();
    }
  }

  private writeEnd(end: End, octets: number): void {
    end.written += end.stack.write(end.handle, patternAt(end.stream, end.written, octets));
  }

  private readAll(): void {
    const [one, other] = this.ends;
    this.readEnd(one, other.stream);
    this.readEnd(other, one.stream);
    this.scene.pump();
  }

  private readEnd(end: End, stream: number): void {
    for (;;) {
      const piece = end.stack.read(end.handle);
      if (piece === null || piece.length === 0) return;
      assert.ok(isPattern(stream, end.read, piece), `wrong octets after ${end.read}`);
      end.read += piece.length;
    }
  }
}

/** One write of the stream, of one chunk or several, on its way into the send ring. */
import type { Connection } from "./connection.js";

export type WriteCallback = (error?: Error | null) => void;

export class PendingWrite {
  /** Octets that are in the ring. */
  taken = 0;
  private index = 0;
  private offset = 0;

  constructor(
    private readonly chunks: readonly Uint8Array[],
    readonly callback: WriteCallback,
  ) {}

  /** Puts into the ring what fits. True: all of it is there. Throws what `Stack.write` throws. */
  advance({ stack, handle }: Connection): boolean {
    for (; this.index < this.chunks.length; this.index++, this.offset = 0) {
      const rest = this.chunks[this.index]!.subarray(this.offset);
      const taken = stack.write(handle, rest);
      this.taken += taken;
      this.offset += taken;
      if (taken < rest.length) return false;
    }
    return true;
  }
}

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
    /** Whether a chunk ends what is urgent. */
    private readonly isUrgent: (chunk: Uint8Array) => boolean = () => false,
  ) {}

  /** Puts into the ring what fits. True: all of it is there. Throws what `Stack.write` throws. */
  advance({ stack, handle }: Connection): boolean {
    for (; this.index < this.chunks.length; this.index++, this.offset = 0) {
      const chunk = this.chunks[this.index]!;
      const rest = chunk.subarray(this.offset);
      const taken = stack.write(handle, rest, { urgent: this.isUrgent(chunk) });
      this.taken += taken;
      this.offset += taken;
      if (taken < rest.length) return false;
    }
    return true;
  }
}

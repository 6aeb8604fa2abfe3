/**
 * Gathers what is written within one turn of the event loop, and hands it to a byte stream in one
 * piece: one system call for many frames. Knows how much is under way, so that a link can say when
 * it is full. Buffers are used again.
 */

/** Octets of one piece; a longer write gets a buffer of its own. */
const PIECE_OCTETS = 64 * 1024;
/** Buffers kept for reuse. */
const SPARE_MAX = 4;

/** Writes a piece and calls `done` when the octets are out and the buffer may be used again. */
export type WritePiece = (piece: Uint8Array, done: (error?: Error | null) => void) => void;

export class OctetWriter {
  private piece: Uint8Array;
  private pieceLen = 0;
  private underWayLen = 0;
  private isScheduled = false;
  private hasRefused = false;
  private isClosed = false;
  private onIdle = (): void => {};
  private readonly spare: Uint8Array[] = [];

  /**
   * `limitLen`: octets gathered and under way at which `hasRoom` says no. `onDrain` is called when
   * half of them are out, if somebody had been refused.
   */
  constructor(
    private readonly write: WritePiece,
    private readonly limitLen: number,
    private readonly onDrain: () => void,
  ) {
    this.piece = new Uint8Array(Math.min(PIECE_OCTETS, 2 * limitLen));
  }

  /** Whether `append` is welcome. If not, `onDrain` will be called. */
  hasRoom(): boolean {
    if (this.pieceLen + this.underWayLen < this.limitLen) return true;
    this.hasRefused = true;
    return false;
  }

  /** Copies the octets behind those that wait. */
  append(octets: Uint8Array): void {
    if (this.isClosed) return;
    if (this.pieceLen + octets.length > this.piece.length) this.flush();
    if (octets.length > this.piece.length) this.piece = new Uint8Array(octets.length);
    this.piece.set(octets, this.pieceLen);
    this.pieceLen += octets.length;
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  /** Hands over what waits, now. */
  flush(): void {
    if (this.pieceLen === 0 || this.isClosed) return;
    const piece = this.piece;
    const len = this.pieceLen;
    this.underWayLen += len;
    this.pieceLen = 0;
    this.piece = this.spare.pop() ?? new Uint8Array(piece.length);
    this.write(piece.subarray(0, len), (error) => {
      this.underWayLen -= len;
      if (this.spare.length < SPARE_MAX) this.spare.push(piece);
      if (this.underWayLen === 0) this.onIdle();
      if (!error) this.tellDrained();
    });
  }

  /** Hands over what waits, and resolves when all is out, or after so many milliseconds. */
  async finish(timeoutMs: number): Promise<void> {
    this.flush();
    if (this.underWayLen === 0) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, timeoutMs);
      this.onIdle = () => (clearTimeout(timer), done());
    });
  }

  /** What waits is forgotten, nobody is called any more. */
  close(): void {
    this.isClosed = true;
  }

  private tellDrained(): void {
    if (this.isClosed || !this.hasRefused) return;
    if (this.pieceLen + this.underWayLen > this.limitLen / 2) return;
    this.hasRefused = false;
    this.onDrain();
  }
}

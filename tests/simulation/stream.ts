/**
 * One direction of one connection: what an application writes, and how much of it has come out at
 * the other end. The first four octets are the stream's number, so that whoever reads it knows
 * what must follow, whichever connection it came by.
 */
import { get32, put32 } from "../support/wire.js";
import { LARGEST_PIECE, isPattern, patternAt } from "../support/pattern.js";
import type { TextSource } from "../support/flow_watch.js";

/** Octets of a stream's number. A stream has none of its octets, or at least these. */
export const NUMBER_LEN = 4;

export class Stream implements TextSource {
  /** Octets that the stack has taken. */
  written = 0;
  /** Octets that have been read at the other end. */
  delivered = 0;
  private readonly first = new Uint8Array(NUMBER_LEN);

  constructor(
    readonly number: number,
    /** Octets that it will have if nothing ends it before. */
    readonly len: number,
    readonly localPort: number,
    readonly remotePort: number,
  ) {
    put32(this.first, 0, number);
  }

  get isWritten(): boolean {
    return this.written === this.len;
  }

  /** The next octets to write: at most `most`, and at most what lies in one piece. */
  next(most: number): Uint8Array {
    if (this.written < NUMBER_LEN) {
      return this.first.subarray(this.written, Math.min(NUMBER_LEN, this.written + most));
    }
    const len = Math.min(most, this.len - this.written, LARGEST_PIECE);
    return patternAt(this.number, this.written, len);
  }

  matches(offset: number, octets: Uint8Array): boolean {
    let at = 0;
    while (offset + at < NUMBER_LEN && at < octets.length) {
      if (octets[at] !== this.first[offset + at]) return false;
      at++;
    }
    return isPattern(this.number, offset + at, octets.subarray(at));
  }
}

/** All streams of a run, by number. */
export class Streams {
  private readonly all: Stream[] = [];

  /** A new stream of `len` octets: none, or at least its number. */
  open(len: number, localPort: number, remotePort: number): Stream {
    const atLeast = len === 0 ? 0 : Math.max(len, NUMBER_LEN);
    const stream = new Stream(this.all.length + 1, atLeast, localPort, remotePort);
    this.all.push(stream);
    return stream;
  }

  /** The stream that begins with these octets. */
  find(first: Uint8Array): Stream | undefined {
    return this.all[get32(first, 0) - 1];
  }

  /** Octets delivered, of all streams. */
  get delivered(): number {
    return this.all.reduce((sum, stream) => sum + stream.delivered, 0);
  }
}

/** Reads a stream as it comes out, and compares it with what went in. */
export class Reader {
  stream: Stream | undefined;
  private readonly first = new Uint8Array(NUMBER_LEN);
  private firstLen = 0;

  constructor(
    private readonly streams: Streams,
    private readonly localPort: number,
    private readonly remotePort: number,
  ) {}

  /** The next octets in order. Returns what is wrong with them, or null. */
  take(octets: Uint8Array): string | null {
    let at = 0;
    while (this.firstLen < NUMBER_LEN && at < octets.length) {
      this.first[this.firstLen++] = octets[at++]!;
    }
    if (this.firstLen < NUMBER_LEN) return null;
    const stream = this.stream ?? this.begin();
    if (typeof stream === "string") return stream;
    const rest = octets.subarray(at);
    if (!stream.matches(stream.delivered, rest)) {
      return `reads other octets than were written, at ${stream.delivered} of its stream`;
    }
    stream.delivered += rest.length;
    if (stream.delivered <= stream.written) return null;
    return `reads ${stream.delivered} octets, and ${stream.written} were written`;
  }

  private begin(): Stream | string {
    const stream = this.streams.find(this.first);
    if (stream === undefined) return `reads a stream that does not exist`;
    if (stream.localPort !== this.remotePort || stream.remotePort !== this.localPort) {
      return `reads a stream of other ports, ${stream.localPort} to ${stream.remotePort}`;
    }
    if (stream.delivered !== 0) return "reads a stream that somebody else reads";
    stream.delivered = NUMBER_LEN;
    this.stream = stream;
    return stream;
  }
}

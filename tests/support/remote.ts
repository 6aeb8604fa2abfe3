/**
 * The other end of a connection, played by hand: what it says is a line (segment_line.ts), what it
 * hears comes back as lines.
 */
import assert from "node:assert/strict";
import type { ListenCall } from "../../host/stack.js";
import { type Lab, OWN_ADDRESS, type SentFrame } from "./lab.js";
import { type Ends, type SegmentExtras, addressOctets, lineOf, packetOf } from "./segment_line.js";
import { Bit, type Decoded, Protocol } from "./wire.js";

export interface RemoteOptions {
  address?: string;
  port?: number;
  /** The port of the stack under test. */
  ownPort?: number;
  /** Its initial sequence number. */
  isn?: number;
  /** What its SYN says: window, MSS, scale. The window holds for all that it says later, too. */
  syn?: SegmentExtras;
  /** Puts an IP packet in a frame; without it the link carries bare IP. */
  frame?: (packet: Uint8Array) => Uint8Array;
}

export class Remote {
  readonly address: string;
  port: number;
  ownPort: number;
  /** Its own initial sequence number, and the stack's, taken from the first SYN heard. */
  isn: number;
  ownIsn: number | undefined;
  /** What it says of its window unless a line's extras say otherwise. */
  window: number | undefined;
  /** The segment heard last. */
  last: Decoded | undefined;

  constructor(readonly lab: Lab, private readonly options: RemoteOptions = {}) {
    this.address = options.address ?? "10.0.0.2";
    this.port = options.port ?? 5000;
    this.ownPort = options.ownPort ?? 80;
    this.isn = options.isn ?? 1_000_000;
    this.window = options.syn?.window;
  }

  /** Sends a segment; the stack answers at once if it wants to. */
  says(line: string, extras: SegmentExtras = {}): void {
    this.lab.receive(this.frame(line, extras));
  }

  /** The same as a frame, to be handed over by the test. */
  frame(line: string, extras: SegmentExtras = {}): Uint8Array {
    const ends: Ends = {
      source: this.address, destination: OWN_ADDRESS,
      sourcePort: this.port, destinationPort: this.ownPort,
      sourceIsn: this.isn, destinationIsn: this.ownIsn ?? 0,
    };
    const packet = packetOf(line, ends, { window: this.window, ...extras });
    return this.options.frame?.(packet) ?? packet;
  }

  /** The segments to it that nobody has looked at yet. */
  hears(): string[] {
    return this.takeFrames().map(({ decoded }) => this.lineOf(decoded));
  }

  /** The same with the time of each: seconds since `sinceUs`, to the millisecond. */
  hearsTimed(sinceUs = 0): string[] {
    return this.takeFrames().map(({ decoded, atUs }) => {
      const seconds = Math.floor((atUs - sinceUs) / 1000) / 1000;
      return `${seconds}: ${this.lineOf(decoded)}`;
    });
  }

  /** The text of the segments to it that nobody has looked at yet, one after the other. */
  hearsText(): Buffer {
    return Buffer.concat(this.takeFrames().map(({ decoded }) => textIn(decoded)));
  }

  /** The segments with text that nobody has looked at yet: number of the first octet, and text. */
  hearsPieces(): [number, Buffer][] {
    return this.takeFrames().filter(({ decoded }) => decoded.payloadLen > 0)
      .map(({ decoded }) => [(decoded.seq - (this.ownIsn ?? 0)) | 0, textIn(decoded)]);
  }

  /** The text of the segment heard last. */
  get lastText(): Buffer {
    return textIn(this.last!);
  }

  /** SYN, SYN+ACK, ACK towards a port of the stack. */
  opens(): void {
    this.says("S 0", this.options.syn);
    assert.deepEqual(this.hears(), ["SA 0 ack 1"]);
    this.says("A 1 ack 1");
  }

  /** The stack has connected: its SYN is answered. */
  answers(): void {
    assert.deepEqual(this.hears(), ["S 0"]);
    this.says("SA 0 ack 1", this.options.syn);
    assert.deepEqual(this.hears(), ["A 1 ack 1"]);
  }

  private takeFrames(): SentFrame[] {
    const { frames } = this.lab;
    const own = frames.filter(({ decoded }) => this.isForMe(decoded));
    const rest = frames.filter(({ decoded }) => !this.isForMe(decoded));
    frames.splice(0, frames.length, ...rest);
    for (const { decoded } of own) {
      if ((decoded.flags & Bit.Syn) !== 0) this.ownIsn ??= decoded.seq;
      this.last = decoded;
    }
    return own;
  }

  private isForMe(decoded: Decoded): boolean {
    if (decoded.isArp || decoded.protocol !== Protocol.Tcp) return false;
    const [a = 0, b = 0, c = 0, d = 0] = addressOctets(this.address);
    return decoded.destination === ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 &&
      decoded.destinationPort === this.port && decoded.sourcePort === this.ownPort;
  }

  private lineOf(decoded: Decoded): string {
    return lineOf(decoded, this.ownIsn ?? 0, this.isn);
  }
}

/** A connection of the stack under test, and who is at its other end. */
export interface Opened {
  remote: Remote;
  handle: number;
}

/** A connection that the remote has opened to port 80, and that has been accepted. */
export function accepted(lab: Lab, options: RemoteOptions = {}): Opened & { listener: number } {
  const listener = listening(lab, { port: options.ownPort ?? 80 });
  const remote = new Remote(lab, options);
  remote.opens();
  const handle = lab.stack.accept(listener);
  assert.notEqual(handle, 0, "a connection to accept");
  lab.turn();
  lab.newsOf(listener);
  lab.newsOf(handle);
  return { remote, handle, listener };
}

/** A connection that the stack has opened to the remote's port 80, from port 50000. */
export function connected(lab: Lab, options: RemoteOptions = {}): Opened {
  const { remote, handle } = connecting(lab, options);
  remote.answers();
  lab.newsOf(handle);
  return { remote, handle };
}

/** The same before the SYN has been heard. */
export function connecting(lab: Lab, options: RemoteOptions = {}): Opened {
  const remote = new Remote(lab, { port: 80, ownPort: 50000, ...options });
  const { address, port, ownPort: localPort } = remote;
  const handle = lab.do((stack) => stack.connect({ address, port, localPort }));
  return { remote, handle };
}

/** A listener on port 80. */
export function listening(lab: Lab, call: Partial<ListenCall> = {}): number {
  return lab.do((stack) => stack.listen({ port: 80, ...call }));
}

function textIn({ octets, payloadAt, payloadLen }: Decoded): Buffer {
  return Buffer.from(octets.subarray(payloadAt, payloadAt + payloadLen));
}

/**
 * An honest connection through the whole attack: a second stack sends and receives on it without a
 * pause, and every octet must arrive, in both directions, whatever else the stack is thrown at.
 */
import type { LinkType } from "../../host/link/link.js";
import { Stack } from "../../host/stack.js";
import { patternAt, isPattern } from "../support/pattern.js";
import { HONEST_HOST } from "./packets.js";
import { FuzzFailure, SIZES, type Subject } from "./subject.js";

export const HONEST_PORT = 4000;
export const HONEST_LOCAL_PORT = 45_000;
const UPWARD = 1;
const DOWNWARD = 2;
const OPENING_ROUNDS = 1000;

/** One end: what it has sent, and how far it has read the other's. */
interface End {
  stack: Stack;
  handle: number;
  sendStream: number;
  readStream: number;
  sent: number;
  read: number;
  hasShutDown: boolean;
}

export class Honest {
  readonly partner: Stack;
  private readonly ends: [End, End];

  constructor(
    private readonly subject: Subject,
    module: "node" | "board",
    entropy: Uint8Array,
  ) {
    const kind: LinkType = subject.kind;
    this.partner = Stack.createSync({ module, budget: SIZES, entropy, now: subject.nowUs });
    this.partner.configure({ kind, mac: "02:00:00:00:00:02", address: `10.0.0.${HONEST_HOST}/24` });
    const { stack } = subject;
    this.ends = [
      { stack: this.partner, handle: 0, sendStream: UPWARD, readStream: DOWNWARD,
        sent: 0, read: 0, hasShutDown: false },
      { stack, handle: 0, sendStream: DOWNWARD, readStream: UPWARD,
        sent: 0, read: 0, hasShutDown: false },
    ];
  }

  /** Opens the connection. `drain` brings what the stack sends to whom it is for. */
  open(drain: () => void): void {
    const { subject, ends: [client, server] } = this;
    const listener = server.stack.listen({ port: HONEST_PORT, backlog: 1 });
    client.handle = client.stack.connect({
      address: "10.0.0.1", port: HONEST_PORT, localPort: HONEST_LOCAL_PORT,
    });
    for (let round = 0; server.handle === 0; round++) {
      if (round > OPENING_ROUNDS) throw new FuzzFailure("the honest connection does not open");
      subject.nowUs += 1000;
      this.exchange(() => {});
      drain();
      server.handle = server.stack.accept(listener);
    }
    // Nobody else shall come by this way.
    server.stack.close(listener);
  }

  /** The handle at the stack under attack: not to be touched by anybody else. */
  get handle(): number {
    return this.ends[1].handle;
  }

  /** Octets that have arrived, both ways together. */
  get delivered(): number {
    return this.ends[0].read + this.ends[1].read;
  }

  /** A frame for the partner. */
  receive(frame: Uint8Array): void {
    // Of a serial line it gets the packets: only the stack under attack has the line.
    this.partner.receive(frame, this.subject.nowUs);
  }

  /** Both applications do what they can, and the partner's frames go out; `record` sees them. */
  exchange(record: (len: number) => void): void {
    const { subject, partner } = this;
    for (const end of this.ends) this.work(end);
    for (;;) {
      const frame = partner.transmit(subject.nowUs);
      if (frame === null) break;
      subject.slot.octets.set(frame, subject.slot.at);
      record(frame.length);
      subject.hand(frame.length);
    }
    while (partner.pollEvent() !== 0) continue;
  }

  /** No more is written; FIN follows. */
  shutDown(): void {
    for (const end of this.ends) {
      if (!end.hasShutDown) end.stack.shutdown(end.handle);
      end.hasShutDown = true;
    }
  }

  /** Whether all that was written has been read at both ends. */
  isComplete(): boolean {
    const [up, down] = this.ends;
    return up.hasShutDown && up.read === down.sent && down.read === up.sent;
  }

  /** Why the connection is over, at both ends. */
  reasons(): string[] {
    return this.ends.map(({ stack, handle }) => stack.status(handle).reason);
  }

  close(): void {
    for (const end of this.ends) {
      end.stack.close(end.handle);
      end.handle = 0;
    }
  }

  private work(end: End): void {
    const { stack, handle } = end;
    if (handle === 0) return;
    for (let piece = stack.readable(handle); piece.length > 0; piece = stack.readable(handle)) {
      if (!isPattern(end.readStream, end.read, piece)) {
        throw new FuzzFailure(`the honest connection reads other octets at ${end.read}`);
      }
      end.read += piece.length;
      stack.consume(handle, piece.length);
    }
    if (end.hasShutDown) return;
    const { reason } = stack.status(handle);
    if (reason !== "none") throw new FuzzFailure(`the honest connection is over: ${reason}`);
    end.sent += stack.write(handle, patternAt(end.sendStream, end.sent, SIZES.sendRing));
  }
}

/** A link for tests whose other end is the test: it sees what is sent, and says what arrives. */
import { LinkCallbacks, type Link, type LinkType } from "../../host/link/link.js";

export class DoubleLink extends LinkCallbacks implements Link {
  readonly name = "double";
  readonly mtu = 1500;
  /** Copies of what was sent and taken. */
  readonly sent: Uint8Array[] = [];
  /** How many more frames `send` takes before it says false. */
  room = Infinity;
  opened = 0;
  closed = 0;

  constructor(readonly kind: LinkType = "ethernet") {
    super();
  }

  async open(): Promise<void> {
    this.opened++;
  }

  async close(): Promise<void> {
    this.closed++;
  }

  send(frame: Uint8Array): boolean {
    if (this.room === 0) return false;
    this.room--;
    this.sent.push(frame.slice());
    return true;
  }

  /** Lets frames arrive as one batch, in a buffer that is overwritten at once, as drivers do. */
  arrive(...frames: Uint8Array[]): void {
    for (const frame of frames) {
      const borrowed = frame.slice();
      this.onFrame(borrowed);
      borrowed.fill(0xee);
    }
    this.onBatchEnd();
  }

  /** There is room again. */
  drain(room = Infinity): void {
    this.room = room;
    this.onDrain();
  }
}

/** Keeps copies of what arrives at a link. */
export function collect(link: Link): Uint8Array[] {
  const frames: Uint8Array[] = [];
  link.onFrame = (frame) => frames.push(frame.slice());
  return frames;
}

/** A frame that says its number in its last four octets. */
export function numbered(number: number, length = 60): Uint8Array {
  const frame = new Uint8Array(length);
  new DataView(frame.buffer).setUint32(length - 4, number);
  return frame;
}

export function numberOf(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(frame.length - 4);
}

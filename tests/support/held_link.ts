/**
 * A link that can be held: what comes and what is sent then waits, both ways, until it is let go
 * one by one. ARP is not held.
 */
import { type Link, LinkCallbacks, type LinkType } from "../../host/link/link.js";
import { get16 } from "./wire.js";

const ETHERTYPE_ARP = 0x0806;
const PATIENCE_MS = 5000;

export type Direction = "in" | "out";

export class HeldLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  readonly mtu: number;
  private isHeld = false;
  private readonly waiting = { in: [] as Uint8Array[], out: [] as Uint8Array[] };

  constructor(private readonly link: Link) {
    super();
    ({ kind: this.kind, name: this.name, mtu: this.mtu } = link);
  }

  open(): Promise<void> {
    this.link.onFrame = (frame) => {
      if (this.isKept(frame)) this.waiting.in.push(frame.slice());
      else this.onFrame(frame);
    };
    this.link.onBatchEnd = () => this.onBatchEnd();
    this.link.onDrain = () => this.onDrain();
    this.link.onError = (error) => this.onError(error);
    return this.link.open();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  send(frame: Uint8Array): boolean {
    if (!this.isKept(frame)) return this.link.send(frame);
    this.waiting.out.push(frame.slice());
    return true;
  }

  hold(): void {
    this.isHeld = true;
  }

  /** Waits until there is something, and lets so many go on. */
  async pass(direction: Direction, count: number): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (this.waiting[direction].length === 0) {
      if (performance.now() > deadline) throw new Error(`nothing waits to go ${direction}`);
      await new Promise((done) => setTimeout(done, 2));
    }
    this.passNow(direction, count);
  }

  private passNow(direction: Direction, count: number): void {
    for (const frame of this.waiting[direction].splice(0, count)) {
      if (direction === "out") this.link.send(frame);
      else this.onFrame(frame);
    }
    this.onBatchEnd();
  }

  /** Loses so many that wait. */
  drop(direction: Direction, count: number): void {
    this.waiting[direction].splice(0, count);
  }

  /** Lets all go on, and holds nothing any more. */
  release(): void {
    this.isHeld = false;
    this.passNow("out", Infinity);
    this.passNow("in", Infinity);
  }

  private isKept(frame: Uint8Array): boolean {
    return this.isHeld && (this.kind !== "ethernet" || get16(frame, 12) !== ETHERTYPE_ARP);
  }
}

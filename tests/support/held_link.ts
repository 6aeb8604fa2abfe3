/**
 * A link that can be held: what comes and what is sent then waits, both ways, until it is let go
 * one by one. ARP is not held. It can mark packets, too, as a router does that is congested.
 */
import { type Link, LinkCallbacks, type LinkType } from "../../host/link/link.js";
import { get16, repairIp } from "./wire.js";

const ETHERTYPE_ARP = 0x0806;
const ETHERNET_HEADER = 14;
/** The two bits of the ECN field: both are CE, either is capable (RFC 3168 section 5). */
const EXPERIENCED = 3;
const PATIENCE_MS = 5000;

export type Direction = "in" | "out";

export class HeldLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  readonly mtu: number;
  private isHeld = false;
  private readonly marks = { in: 0, out: 0 };
  private readonly waiting = { in: [] as Uint8Array[], out: [] as Uint8Array[] };

  constructor(private readonly link: Link) {
    super();
    ({ kind: this.kind, name: this.name, mtu: this.mtu } = link);
  }

  open(): Promise<void> {
    this.link.onFrame = (taken) => {
      const frame = this.marked("in", taken);
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

  send(given: Uint8Array): boolean {
    const frame = this.marked("out", given);
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

  /** So many packets that are capable of it will be marked. */
  mark(direction: Direction, count: number): void {
    this.marks[direction] = count;
  }

  private marked(direction: Direction, frame: Uint8Array): Uint8Array {
    const at = this.kind === "ethernet" ? ETHERNET_HEADER : 0;
    const isCapable = !this.isArp(frame) && (frame[at + 1]! & EXPERIENCED) !== 0;
    if (this.marks[direction] === 0 || !isCapable) return frame;
    this.marks[direction]--;
    const copy = frame.slice();
    copy[at + 1]! |= EXPERIENCED;
    repairIp(copy, at, copy.length);
    return copy;
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
    return this.isHeld && !this.isArp(frame);
  }

  private isArp(frame: Uint8Array): boolean {
    return this.kind === "ethernet" && get16(frame, 12) === ETHERTYPE_ARP;
  }
}

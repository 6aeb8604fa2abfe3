/**
 * A link that can be held: what comes and what is sent then waits, both ways, until it is let go
 * one by one. ARP is not held. It can mark packets, too, as a router does that is congested, and
 * spoil what ECN needs, as old boxes do; and it notes what it has seen of that.
 */
import { type Link, LinkCallbacks, type LinkType } from "../../host/link/link.js";
import { get16, put16, repairIp, repairTransport } from "./wire.js";

const ETHERTYPE_ARP = 0x0806;
const ETHERNET_HEADER = 14;
/** The two bits of the ECN field: both are CE, either is capable (RFC 3168 section 5). */
const EXPERIENCED = 3;
const IP_TCP = 6;
const PATIENCE_MS = 5000;

export type Direction = "in" | "out";

/** AE, CWR and ECE in the word at octet 12 of TCP's header; SYN in octet 13. */
const ACE_SHIFT = 6;
const ACE_BITS = 7;
const SYN = 2;
/** So many of the first segments' ACE fields are kept. */
const MOST_ACES = 4;

/** What has gone over the line in one direction. */
export interface Seen {
  packets: number;
  /** Octets of the longest IP packet. */
  longest: number;
  /** Those that were ECN-capable, SYNs aside. */
  capable: number;
  /** Those that were marked here. */
  marked: number;
  /** AE, CWR and ECE of the first TCP segments, and of the last one. */
  aces: number[];
  lastAce: number;
}

export class HeldLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  readonly mtu: number;
  private isHeld = false;
  private readonly marks = { in: 0, out: 0 };
  private readonly periods = { in: 0, out: 0 };
  private readonly limits = { in: 0, out: 0 };
  private readonly paints = { in: -1, out: -1 };
  private readonly bleached = { in: 0, out: 0 };
  readonly seen: Record<Direction, Seen> = { in: nothingSeen(), out: nothingSeen() };
  private readonly waiting = { in: [] as Uint8Array[], out: [] as Uint8Array[] };

  constructor(private readonly link: Link) {
    super();
    ({ kind: this.kind, name: this.name, mtu: this.mtu } = link);
  }

  open(): Promise<void> {
    this.link.onFrame = (taken) => {
      if (this.isLost("in", taken)) return;
      const frame = this.changed("in", taken);
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
    if (this.isLost("out", given)) return true;
    const frame = this.changed("out", given);
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

  /** Each Nth packet that is capable will be marked; 0: none. What was seen is forgotten. */
  every(direction: Direction, period: number): void {
    this.periods[direction] = period;
    this.seen[direction] = nothingSeen();
  }

  /** Packets of more octets are lost from now on, without a word. 0: none. */
  narrow(direction: Direction, mtu: number): void {
    this.limits[direction] = mtu;
  }

  private isLost(direction: Direction, frame: Uint8Array): boolean {
    const limit = this.limits[direction];
    return limit !== 0 && !this.isArp(frame) && this.packetLen(frame) > limit;
  }

  private packetLen(frame: Uint8Array): number {
    return get16(frame, this.kind === "ethernet" ? ETHERNET_HEADER + 2 : 2);
  }

  /** From now on SYNs have this ECN field when they arrive; -1: their own. */
  paint(direction: Direction, field: number): void {
    this.paints[direction] = field;
  }

  /** From now on AE, CWR and ECE are zeroed, of all segments but SYNs. 0: no more. */
  bleach(direction: Direction, isOn: number): void {
    this.bleached[direction] = isOn;
  }

  /** The frame as it goes on: what the path does to its ECN fields. */
  private changed(direction: Direction, given: Uint8Array): Uint8Array {
    const at = this.kind === "ethernet" ? ETHERNET_HEADER : 0;
    if (this.isArp(given) || given[at + 9] !== IP_TCP) return given;
    const frame = given.slice();
    const tcpAt = at + (frame[at]! & 15) * 4;
    const isSyn = (frame[tcpAt + 13]! & SYN) !== 0;
    if (isSyn && this.paints[direction] >= 0) {
      frame[at + 1] = (frame[at + 1]! & ~EXPERIENCED) | this.paints[direction];
    }
    if (!isSyn && this.bleached[direction] !== 0) {
      put16(frame, tcpAt + 12, get16(frame, tcpAt + 12) & ~(ACE_BITS << ACE_SHIFT));
      repairTransport(frame, at, frame.length);
    }
    const seen = this.seen[direction];
    seen.packets++;
    seen.longest = Math.max(seen.longest, this.packetLen(frame));
    const isCapable = !isSyn && (frame[at + 1]! & EXPERIENCED) !== 0;
    if (isCapable && this.isDue(direction)) frame[at + 1]! |= EXPERIENCED;
    repairIp(frame, at, frame.length);
    this.noteAce(seen, (get16(frame, tcpAt + 12) >> ACE_SHIFT) & ACE_BITS);
    return frame;
  }

  /** Whether the packet, which is capable, is to be marked. */
  private isDue(direction: Direction): boolean {
    const seen = this.seen[direction];
    seen.capable++;
    const period = this.periods[direction];
    const isDue = period === 0 ? this.marks[direction] > 0 : seen.capable % period === 0;
    if (isDue && period === 0) this.marks[direction]--;
    if (isDue) seen.marked++;
    return isDue;
  }

  private noteAce(seen: Seen, ace: number): void {
    seen.lastAce = ace;
    if (seen.aces.length < MOST_ACES) seen.aces.push(ace);
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

function nothingSeen(): Seen {
  return { packets: 0, longest: 0, capable: 0, marked: 0, aces: [], lastAce: 0 };
}

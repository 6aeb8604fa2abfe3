/**
 * A narrow path: wraps a link as if behind it lay a router whose next link takes no IP packet of
 * more than `pathMtu` octets. What is larger is dropped; the sender is told by ICMP, as RFC 1191
 * has it, or not at all, as many a tunnel has it (RFC 2923: a black hole). The router does not
 * fragment: our packets forbid it. For links that carry Ethernet frames or IP packets.
 * Browser-safe, in real or virtual time.
 */
import { realClock, type Clock } from "./clock.js";
import { ETHERNET_HEADER_OCTETS, LinkCallbacks, type Link, type LinkType } from "./link.js";

export interface NarrowOptions {
  /** Octets of the largest IP packet that passes; Infinity: all do. */
  pathMtu: number;
  /** Packets vanish without a word. False by default. */
  isSilent?: boolean;
  /** The directions, as seen by the owner of the link; "both" by default. */
  direction?: "both" | "send" | "receive";
  /** Real time by default. */
  clock?: Clock;
}

const ETHERTYPE_IPV4 = 0x0800;
const IP_HEADER_OCTETS = 20;
/** Octets of an ICMP header, and of the text that it quotes. */
const ICMP_OCTETS = 8;

/** The same link behind a narrow path. */
export function withNarrowPath(link: Link, options: NarrowOptions): NarrowLink {
  return new NarrowLink(link, options);
}

export class NarrowLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  /** May be changed at any time. */
  pathMtu: number;
  isSilent: boolean;
  /** Packets that were too large, and those among them that were reported. */
  readonly counts = { dropped: 0, reported: 0 };
  private readonly clock: Clock;
  private readonly direction: "both" | "send" | "receive";
  private readonly reports: Uint8Array[] = [];
  private isOpen = false;

  constructor(private readonly link: Link, options: NarrowOptions) {
    super();
    if (link.kind === "serial") throw new RangeError("a narrow path needs a link with frames");
    this.kind = link.kind;
    this.name = link.name;
    this.pathMtu = options.pathMtu;
    this.isSilent = options.isSilent ?? false;
    this.direction = options.direction ?? "both";
    this.clock = options.clock ?? realClock;
  }

  get mtu(): number {
    return this.link.mtu;
  }

  async open(): Promise<void> {
    const link = this.link;
    link.onFrame = (frame) => this.arrive(frame);
    link.onBatchEnd = () => this.onBatchEnd();
    link.onDrain = () => this.onDrain();
    link.onError = (error) => this.onError(error);
    this.isOpen = true;
    await link.open();
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await this.link.close();
  }

  hasRoom(): boolean {
    return this.link.hasRoom?.() ?? true;
  }

  send(frame: Uint8Array): boolean {
    if (this.direction === "receive" || this.passes(frame)) return this.link.send(frame);
    const report = this.reportOn(frame);
    if (report === null) return true;
    // Never from within `send`.
    if (this.reports.push(report) === 1) this.clock.setTimer(0, () => this.deliverReports());
    return true;
  }

  private arrive(frame: Uint8Array): void {
    if (this.direction === "send" || this.passes(frame)) {
      this.onFrame(frame);
      return;
    }
    const report = this.reportOn(frame);
    if (report !== null) this.link.send(report);
  }

  private deliverReports(): void {
    for (const report of this.reports.splice(0)) if (this.isOpen) this.onFrame(report);
    if (this.isOpen) this.onBatchEnd();
  }

  private passes(frame: Uint8Array): boolean {
    const at = packetAt(this.kind, frame);
    return at < 0 || read16(frame, at + 2) <= this.pathMtu;
  }

  /** Counts a frame that was dropped. What its sender is told, or null. */
  private reportOn(frame: Uint8Array): Uint8Array | null {
    this.counts.dropped++;
    if (this.isSilent) return null;
    this.counts.reported++;
    return tooBig(frame, packetAt(this.kind, frame), this.pathMtu);
  }
}

/** Where the IPv4 packet begins; -1: it is something else. */
function packetAt(kind: LinkType, frame: Uint8Array): number {
  const at = kind === "ethernet" ? ETHERNET_HEADER_OCTETS : 0;
  if (frame.length < at + IP_HEADER_OCTETS || frame[at]! >> 4 !== 4) return -1;
  return at === 0 || read16(frame, at - 2) === ETHERTYPE_IPV4 ? at : -1;
}

/** "Fragmentation needed" about the packet at `at` of a frame, back to where it came from. */
function tooBig(frame: Uint8Array, at: number, mtu: number): Uint8Array {
  const quotedLen = Math.min((frame[at]! & 15) * 4 + ICMP_OCTETS, frame.length - at);
  const icmpAt = at + IP_HEADER_OCTETS;
  const report = new Uint8Array(icmpAt + ICMP_OCTETS + quotedLen);
  if (at > 0) {
    report.set(frame.subarray(6, 12), 0);
    report.set(frame.subarray(0, 6), 6);
    report.set(frame.subarray(12, 14), 12);
  }
  report[at] = 0x45;
  write16(report, at + 2, report.length - at);
  report[at + 8] = 64;
  report[at + 9] = 1;
  // The router has an address of its own; that of the destination will do.
  report.set(frame.subarray(at + 16, at + 20), at + 12);
  report.set(frame.subarray(at + 12, at + 16), at + 16);
  write16(report, at + 10, checksum(report, at, icmpAt));
  report[icmpAt] = 3;
  report[icmpAt + 1] = 4;
  write16(report, icmpAt + 6, mtu);
  report.set(frame.subarray(at, at + quotedLen), icmpAt + ICMP_OCTETS);
  write16(report, icmpAt + 2, checksum(report, icmpAt, report.length));
  return report;
}

/** RFC 1071. */
function checksum(octets: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += octets[at]! << ((at - from) & 1 ? 0 : 8);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function read16(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}

function write16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8;
  octets[at + 1] = value;
}

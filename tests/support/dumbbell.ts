/**
 * A bottleneck between hosts on the left and hosts on the right: what all of the left send goes
 * through one queue, at one rate, over one bad line; what the right answers comes back over a
 * clean one. In real or virtual time.
 *
 *   left ports --\                                                        /-- right ports
 *                 >-> queue, tail drop -> rate -> loss, reordering -> delay
 *   left ports <---------------------- rate -> delay <--------------------<
 *
 * Ports are links. A frame goes to the port of its destination: the last octet of its Ethernet or
 * IPv4 address is the port's number; a broadcast goes to all of the other side.
 */
import { Channel, type ChannelCounts, type ChannelOptions } from "../../host/link/channel.js";
import type { Clock } from "../../host/link/clock.js";
import { type Faults, channelOptions } from "../../host/link/faults.js";
import { LinkCallbacks, type Link } from "../../host/link/link.js";

export interface DumbbellOptions {
  kind: "ip" | "ethernet";
  clock: Clock;
  rateBitsPerSecond: number;
  /** From either side to the other. */
  delayMs: number;
  /** Of the way to the right; the way back has room for all. One bandwidth-delay product. */
  queueOctets?: number;
  /** What befalls frames on the way to the right. */
  faults?: Faults;
}

/** A queue for one frame would lose every second one of a pair. */
const LEAST_QUEUE_OCTETS = 10 * 1500;

/** Octets of rate times round trip, and at least ten full frames. */
export function queueOf(rateBitsPerSecond: number, rttMs: number): number {
  return Math.max(LEAST_QUEUE_OCTETS, Math.ceil((rateBitsPerSecond / 8) * (rttMs / 1000)));
}

export class Dumbbell {
  private readonly left: Port[] = [];
  private readonly right: Port[] = [];
  private readonly there: Channel;
  private readonly back: Channel;
  private readonly kind: "ip" | "ethernet";
  private mostQueued = 0;

  constructor({ kind, clock, rateBitsPerSecond, delayMs, ...rest }: DumbbellOptions) {
    this.kind = kind;
    const path = { delayMs, rateBitsPerSecond, queuePackets: 1e9 };
    const queueOctets = rest.queueOctets ?? queueOf(rateBitsPerSecond, 2 * delayMs);
    const make = (faults: Faults, stream: number, ports: Port[]): Channel => {
      const line = channelOptions(kind, faults, clock, "drop");
      const options: ChannelOptions = { ...line, stream, isAsynchronous: true };
      return new Channel(options, {
        deliver: (frame) => (this.deliver(frame, ports), true),
        batchEnd: () => this.batchEnd(ports),
        drained: () => {},
      });
    };
    this.there = make({ ...path, queueOctets, ...rest.faults }, 0, this.right);
    this.back = make(path, 1, this.left);
  }

  /** A port on the left; `number`: the last octet of the addresses of who is there. */
  plugLeft(number: number): Port {
    const port = this.plug(number, this.left, this.there);
    port.onSent = () => {
      this.mostQueued = Math.max(this.mostQueued, this.there.queuedOctets);
    };
    return port;
  }

  plugRight(number: number): Port {
    return this.plug(number, this.right, this.back);
  }

  /** What was done to the frames on their way to the right. */
  get counts(): ChannelCounts {
    return this.there.counts;
  }

  /** The most octets that have waited in the queue to the right. */
  get largestQueue(): number {
    return this.mostQueued;
  }

  close(): void {
    this.there.close();
    this.back.close();
  }

  private plug(number: number, side: Port[], channel: Channel): Port {
    const port = new Port(this.kind, number, channel);
    side.push(port);
    return port;
  }

  private deliver(frame: Uint8Array, ports: Port[]): void {
    const isEthernet = this.kind === "ethernet";
    const isForAll = ports.length === 1 || (isEthernet && (frame[0]! & 1) !== 0);
    const number = frame[isEthernet ? 5 : 19]!;
    for (const port of ports) {
      if (isForAll || port.number === number) port.arrive(frame);
    }
  }

  private batchEnd(ports: Port[]): void {
    for (const port of ports) port.endBatch();
  }
}

export class Port extends LinkCallbacks implements Link {
  readonly name = "dumbbell";
  readonly mtu = 1500;
  private isOpen = false;
  private hasArrived = false;
  /** Used by `Dumbbell` only. */
  onSent: () => void = () => {};

  constructor(
    readonly kind: "ip" | "ethernet", readonly number: number, private readonly channel: Channel,
  ) {
    super();
  }

  async open(): Promise<void> {
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  send(frame: Uint8Array): boolean {
    if (!this.isOpen || !this.channel.offer(frame)) return false;
    this.onSent();
    return true;
  }

  /** Used by `Dumbbell` only. */
  arrive(frame: Uint8Array): void {
    if (!this.isOpen) return;
    this.hasArrived = true;
    this.onFrame(frame);
  }

  endBatch(): void {
    if (!this.hasArrived) return;
    this.hasArrived = false;
    this.onBatchEnd();
  }
}

/**
 * A wire: two links in memory, joined. What one end sends, the other end gets, in a later turn of
 * the event loop (or at a later point of virtual time), never from within `send`. A wire may be
 * slow, long and bad, see `Faults`. Browser-safe.
 *
 * An end that is not open is like an unplugged cable: what is sent to it is lost. An open wire
 * does not keep a Node process alive by itself; frames on their way do.
 */
import { Channel, type ChannelCounts, type ChannelOptions } from "./channel.js";
import { realClock, type Clock } from "./clock.js";
import { channelOptions, packetChannel, type Faults, type PacketChannel } from "./faults.js";
import { LinkCallbacks, type Link, type LinkType } from "./link.js";

export interface WireOptions extends Omit<Faults, "direction"> {
  /** What the wire carries; "ethernet" by default. */
  kind?: LinkType;
  /** Octets of the largest IP packet; 1500 by default. Told to the stacks, not enforced. */
  mtu?: number;
  /** Real time by default. */
  clock?: Clock;
  /**
   * What happens when `queuePackets` wait: "refuse", the default, holds the sender back as a
   * network card does; "drop" loses the frame as the queue of a router does, and is what
   * happens when `queueOctets` are given.
   */
  whenFull?: "refuse" | "drop";
  /** A name for messages; "wire" by default. */
  name?: string;
}

/** Joins two ends by a wire. The faults befall both directions, each by its own random numbers. */
export function createWire(options: WireOptions = {}): [WireEnd, WireEnd] {
  const kind = options.kind ?? "ethernet";
  const whenFull = options.whenFull ?? (options.queueOctets === undefined ? "refuse" : "drop");
  const common = {
    ...channelOptions(kind, options, options.clock ?? realClock, whenFull),
    isAsynchronous: true,
  } as const;
  const name = options.name ?? "wire";
  const mtu = options.mtu ?? 1500;
  const a = new WireEnd(kind, name, mtu);
  const b = new WireEnd(kind, name, mtu);
  a.plugIn(b, { ...common, stream: 0 });
  b.plugIn(a, { ...common, stream: 1 });
  return [a, b];
}

export class WireEnd extends LinkCallbacks implements Link {
  private isOpen = false;
  private sending!: PacketChannel;
  /** The other end of the wire. */
  peer!: WireEnd;

  constructor(
    readonly kind: LinkType,
    readonly name: string,
    readonly mtu: number,
  ) {
    super();
  }

  /** Used by `createWire` only. */
  plugIn(peer: WireEnd, options: ChannelOptions): void {
    this.peer = peer;
    const output = {
      deliver: (frame: Uint8Array) => (peer.arrive(frame), true),
      batchEnd: () => peer.isOpen && peer.onBatchEnd(),
      drained: () => this.isOpen && this.onDrain(),
    };
    // Without faults there is no need to look into a serial line: octets are passed as they come.
    const { loss, duplicate, reorder, corrupt } = options;
    const isPerfect = loss + duplicate + reorder + corrupt === 0;
    this.sending = isPerfect ? new Channel(options, output) : packetChannel(options, output);
  }

  /** What was done to the frames sent by this end. */
  get counts(): ChannelCounts {
    return this.sending.counts;
  }

  async open(): Promise<void> {
    this.isOpen = true;
  }

  /** Frames that this end has sent still arrive at the other. */
  async close(): Promise<void> {
    this.isOpen = false;
  }

  hasRoom(): boolean {
    return this.isOpen && this.sending.hasRoom();
  }

  send(frame: Uint8Array): boolean {
    return this.isOpen && this.sending.offer(frame);
  }

  private arrive(frame: Uint8Array): void {
    if (this.isOpen) this.onFrame(frame);
  }
}

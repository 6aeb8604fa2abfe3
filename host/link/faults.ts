/**
 * A bad line: wraps any link, and loses, duplicates, reorders, damages, delays and slows down what
 * passes, in both directions, by a seed. The same seed gives the same faults to the same sequence
 * of frames; each direction has random numbers of its own. On a serial line the faults befall SLIP
 * packets, not octets. Browser-safe, in real or virtual time.
 *
 *   loss       the frame vanishes: each for itself, several in a row, or the last of a burst
 *   duplicate  it arrives twice, one right behind the other (or one held back, see reorder)
 *   reorder    it is held back until 1 to 3 (or so) later frames went past, 10 ms at most
 *   corrupt    one bit of its IP packet is flipped, one that a checksum must catch (`corrupt.ts`)
 *   delayMs    it takes so long from end to end, in addition to what the link takes
 *   rate       its octets take time, one frame after the other (Ethernet: without preamble, FCS)
 */
import {
  Channel,
  QUEUE_PACKETS_DEFAULT,
  REORDER_FRAMES_DEFAULT,
  type ChannelCounts,
  type ChannelOptions,
  type ChannelOutput,
} from "./channel.js";
import { realClock, type Clock } from "./clock.js";
import { LinkCallbacks, type Link, type LinkType } from "./link.js";
import { SlipDecoder, SlipEncoder } from "./slip.js";

export interface Faults {
  /** Probabilities, 0 (default) to 1, each frame for itself. */
  loss?: number;
  duplicate?: number;
  reorder?: number;
  corrupt?: number;
  /** Frames lost in a row, on average, while `loss` says how many of all; 1: each for itself. */
  lossBurst?: number;
  /**
   * "tail": of the frames that `loss` chooses only those are lost that fewer than three others
   * follow within the delay, the last of a burst. Needs a delay. "any" by default.
   */
  lossAt?: "any" | "tail";
  /** A frame that is held back is overtaken by 1 to so many; 3 by default. */
  reorderFrames?: number;
  /** Milliseconds, fractions allowed; 0 by default. */
  delayMs?: number;
  /** An integer up to 2^53 - 1; 1 by default. */
  seed?: number;
  /** Bits per second of each direction; 0, the default: no limit. */
  rateBitsPerSecond?: number;
  /**
   * Frames that may wait in each direction; 1024 by default. Where a rate holds the sender back
   * only two, or as many as pass in 2 ms: what waits in the stack is sent in fair turns, what
   * waits in the link is not.
   */
  queuePackets?: number;
  /** Octets that may wait for the rate; what finds no room is lost, as in a router. No limit. */
  queueOctets?: number;
  /** The directions that the faults befall, as seen by the owner of the link; "both" by default. */
  direction?: "both" | "send" | "receive";
}

export interface FaultsOptions extends Faults {
  /** Real time by default. */
  clock?: Clock;
}

/** The same link with faults on top. Its `counts` tell what was done to each direction. */
export function withFaults(link: Link, options: FaultsOptions): FaultyLink {
  return new FaultyLink(link, options);
}

const NO_FAULTS: Faults = {};
const SHORT_QUEUE_SECONDS = 0.002;
const FULL_OCTETS = 1514;

/** What `Channel` wants to know, from what users say. Throws a RangeError that names the option. */
export function channelOptions(
  kind: LinkType,
  faults: Faults,
  clock: Clock,
  whenFull: ChannelOptions["whenFull"],
): Omit<ChannelOptions, "stream" | "isAsynchronous"> {
  if (faults.lossAt === "tail" && !((faults.delayMs ?? 0) > 0)) {
    throw new RangeError('lossAt "tail" needs a delay: what follows within it makes a burst');
  }
  return {
    kind,
    clock,
    seed: faults.seed ?? 1,
    loss: probability("loss", faults.loss),
    duplicate: probability("duplicate", faults.duplicate),
    reorder: probability("reorder", faults.reorder),
    corrupt: probability("corrupt", faults.corrupt),
    lossBurst: atLeast("lossBurst", 1, faults.lossBurst ?? 1),
    isTailLoss: faults.lossAt === "tail",
    reorderFrames: atLeast("reorderFrames", 1, faults.reorderFrames ?? REORDER_FRAMES_DEFAULT),
    delayUs: Math.round(1000 * atLeast("delayMs", 0, faults.delayMs ?? 0)),
    rateBitsPerSecond: atLeast("rateBitsPerSecond", 0, faults.rateBitsPerSecond ?? 0),
    // A start and a stop bit for each octet of a serial line.
    bitsPerOctet: kind === "serial" ? 10 : 8,
    whenFull,
    queuePackets: atLeast("queuePackets", 1, faults.queuePackets ?? queueOf(faults, whenFull)),
    queueOctets: faults.queueOctets === undefined
      ? Infinity : atLeast("queueOctets", 1, faults.queueOctets),
  };
}

/** Timers of the machine are not finer than a millisecond: a line must not run dry in between. */
function queueOf({ rateBitsPerSecond = 0 }: Faults, whenFull: ChannelOptions["whenFull"]): number {
  if (rateBitsPerSecond === 0 || whenFull === "drop") return QUEUE_PACKETS_DEFAULT;
  return Math.max(2, Math.ceil((rateBitsPerSecond * SHORT_QUEUE_SECONDS) / (8 * FULL_OCTETS)));
}

function probability(name: string, value = 0): number {
  if (value >= 0 && value <= 1) return value;
  throw new RangeError(`${name} is a probability from 0 to 1, not ${value}`);
}

function atLeast(name: string, low: number, value: number): number {
  if (value >= low && Number.isFinite(value)) return value;
  throw new RangeError(`${name} is a number from ${low} up, not ${value}`);
}

export class FaultyLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  private readonly sending: PacketChannel;
  private readonly receiving: PacketChannel;
  private isOpen = false;

  constructor(
    private readonly link: Link,
    options: FaultsOptions,
  ) {
    super();
    this.kind = link.kind;
    this.name = link.name;
    const clock = options.clock ?? realClock;
    const direction = options.direction ?? "both";
    const sendFaults = direction === "receive" ? NO_FAULTS : options;
    const receiveFaults = direction === "send" ? NO_FAULTS : options;
    this.sending = packetChannel(
      {
        ...channelOptions(
          this.kind, sendFaults, clock, options.queueOctets === undefined ? "refuse" : "drop",
        ),
        stream: 0,
        isAsynchronous: false,
      },
      {
        deliver: (frame) => link.send(frame),
        batchEnd: () => {},
        drained: () => this.onDrain(),
      },
    );
    this.receiving = packetChannel(
      {
        // Who is at the other end cannot be told to wait.
        ...channelOptions(this.kind, receiveFaults, clock, "drop"),
        stream: 1,
        isAsynchronous: false,
      },
      {
        deliver: (frame) => (this.onFrame(frame), true),
        batchEnd: () => this.onBatchEnd(),
        drained: () => {},
      },
    );
  }

  get mtu(): number {
    return this.link.mtu;
  }

  get counts(): { readonly send: ChannelCounts; readonly receive: ChannelCounts } {
    return { send: this.sending.counts, receive: this.receiving.counts };
  }

  async open(): Promise<void> {
    const link = this.link;
    link.onFrame = (frame) => void this.receiving.offer(frame);
    link.onBatchEnd = () => this.onBatchEnd();
    link.onDrain = () => this.sending.resume();
    link.onError = (error) => this.onError(error);
    this.isOpen = true;
    await link.open();
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.sending.close();
    this.receiving.close();
    await this.link.close();
  }

  hasRoom(): boolean {
    return this.isOpen && this.sending.hasRoom();
  }

  send(frame: Uint8Array): boolean {
    return this.isOpen && this.sending.offer(frame);
  }
}

/** What a channel and a channel for SLIP packets have in common. */
export type PacketChannel = Pick<Channel, "hasRoom" | "offer" | "resume" | "close" | "counts">;

/** A channel whose faults befall packets, whatever the link carries. */
export function packetChannel(options: ChannelOptions, output: ChannelOutput): PacketChannel {
  return options.kind === "serial"
    ? new SlipChannel(options, output)
    : new Channel(options, output);
}

/** Finds the SLIP packets in the octets offered, and encodes what comes out. */
class SlipChannel implements PacketChannel {
  private readonly channel: Channel;
  private readonly decoder = new SlipDecoder();
  private readonly encoder = new SlipEncoder();

  constructor(options: ChannelOptions, output: ChannelOutput) {
    this.channel = new Channel(options, {
      ...output,
      deliver: (packet) => output.deliver(this.encoder.encode(packet)),
    });
  }

  get counts(): ChannelCounts {
    return this.channel.counts;
  }

  hasRoom(): boolean {
    return this.channel.hasRoom();
  }

  offer(octets: Uint8Array): boolean {
    if (!this.channel.hasRoom()) return false;
    this.decoder.push(octets, (packet) => this.channel.push(packet));
    return true;
  }

  resume(): void {
    this.channel.resume();
  }

  close(): void {
    this.channel.close();
  }
}

/**
 * A link: what carries frames between a stack and something else. The driver (`host/driver.ts`)
 * owns one; everything that wraps a link (faults, capture) is a link again.
 *
 * No allocation per frame: the octets handed over in either direction are borrowed views, valid
 * only until the call returns. Whoever keeps them, copies them.
 *
 * No re-entrance: `send` never calls a callback before it returns, so a stack may send from within
 * `onBatchEnd` without being called in the middle of it.
 */
export interface Link {
  /**
   * What one `send` and one `onFrame` carries: an Ethernet II frame (without FCS), a bare IP
   * packet, or any number of octets of a SLIP-encoded serial line.
   */
  readonly kind: LinkType;
  /** A name for messages, as the user wrote it: `tap:mote0`. */
  readonly name: string;
  /** Octets of the largest IP packet the link carries. */
  readonly mtu: number;

  /** Opens the link; then `onFrame` is called. Rejects with a message that says what to do. */
  open(): Promise<void>;
  /**
   * Stops, releases everything that would keep the process alive. Idempotent. No callback comes
   * after it was called; frames still under way in memory are lost.
   */
  close(): Promise<void>;

  /**
   * Whether `send` would take a frame. If not, `onDrain` will come. Without it one finds out by
   * sending; with it a frame stays in the stack, where a more urgent one may still overtake it.
   */
  hasRoom?(): boolean;
  /**
   * Sends one frame. False: the link has no room (or is not open), the frame was not taken;
   * `onDrain` will come once there is room. True: taken, which does not promise delivery.
   *
   * After `startOffload` with what the stack's descriptor says of the frame: bits of `FrameFlag`,
   * and the size of the segments that it is to be cut into.
   */
  send(frame: Uint8Array, flags?: number, segmentSize?: number): boolean;

  /**
   * Once it is open: whether what is behind the link can finish TCP checksums and cut large
   * segments, and hand over its own unfinished (`InterfaceFlag.Offload`). A link that looks into
   * frames, or counts them, has nothing to say here.
   */
  readonly canOffload?: boolean;
  /** From now on both sides do, and frames are up to 64 KiB. Only when it can. */
  startOffload?(): void;

  /** Set by the owner before `open`: a frame has arrived. `flags`: bits of `ReceiveFlag`. */
  onFrame: (frame: Uint8Array, flags?: number) => void;
  /**
   * Set by the owner: a batch of `onFrame` calls is over (answer now, so that ACKs aggregate).
   * Comes after every batch, be it of one frame.
   */
  onBatchEnd: () => void;
  /** Set by the owner: there is room again after `send` had said false. */
  onDrain: () => void;
  /** Set by the owner: the link broke by itself (peer gone, device removed). */
  onError: (error: Error) => void;
}

export type LinkType = "ethernet" | "ip" | "serial";

/** The four callbacks of a link, for links to extend: they do nothing until the owner sets them. */
export class LinkCallbacks {
  onFrame: (frame: Uint8Array, flags?: number) => void = ignore;
  onBatchEnd: () => void = ignore;
  onDrain: () => void = ignore;
  /** Unset, an error is not lost: it is thrown, and ends the process unless somebody catches it. */
  onError: (error: Error) => void = rethrow;
}

function ignore(): void {}

function rethrow(error: Error): void {
  throw error;
}

/** Octets of the Ethernet II header: what a frame has on top of the MTU. */
export const ETHERNET_HEADER_OCTETS = 14;

/** Octets of the largest frame of a link: MTU plus the Ethernet header, where there is one. */
export function largestFrame(kind: LinkType, mtu: number): number {
  return kind === "ethernet" ? mtu + ETHERNET_HEADER_OCTETS : mtu;
}

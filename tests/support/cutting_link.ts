/**
 * A link with offload over one without: cuts what is sent into segments, and joins what comes in a
 * row, as a network card does. What it puts on the wire is checked, frame by frame.
 */
import { ReceiveFlag } from "../../assembly/abi/parameters.js";
import { LinkCallbacks, type Link, type LinkType } from "../../host/link/link.js";
import { cutFrame } from "./cut.js";
import {
  Decoded, ETHERNET_HEADER, Protocol, decodeFrame, get32, put16, repairIp,
} from "./wire.js";

const PSH = 8;
const MOST_OCTETS = 65535;

export class CuttingLink extends LinkCallbacks implements Link {
  readonly kind: LinkType;
  readonly name: string;
  readonly mtu: number;
  readonly canOffload = true;
  /** Frames that were cut, and frames that were joined from several. */
  readonly counts = { cut: 0, joined: 0 };
  private readonly ipAt: number;
  private hasBegun = false;
  /** What waits for more of its kind. */
  private held: Uint8Array | undefined;
  private readonly decoded = new Decoded();

  constructor(private readonly link: Link) {
    super();
    this.kind = link.kind;
    this.name = link.name;
    this.mtu = link.mtu;
    this.ipAt = link.kind === "ethernet" ? ETHERNET_HEADER : 0;
  }

  async open(): Promise<void> {
    const { link } = this;
    link.onFrame = (frame) => this.arrive(frame);
    link.onBatchEnd = () => (this.release(), this.onBatchEnd());
    link.onDrain = () => this.onDrain();
    link.onError = (error) => this.onError(error);
    await link.open();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  startOffload(): void {
    this.hasBegun = true;
  }

  send(frame: Uint8Array, flags = 0, segmentSize = 0): boolean {
    if (!this.hasBegun && flags + segmentSize !== 0) throw new Error("nobody asked for offload");
    const pieces = cutFrame(frame, this.ipAt, flags, segmentSize);
    if (pieces.length > 1) this.counts.cut++;
    for (const [index, piece] of pieces.entries()) {
      const fault = decodeFrame(this.kind, piece, this.mtu, this.decoded);
      if (fault !== null) throw new Error(`on the wire: ${fault}`);
      // A card whose queue is full in the middle of a frame loses the rest.
      if (!this.link.send(piece)) return index > 0;
    }
    return true;
  }

  private arrive(frame: Uint8Array): void {
    const fault = decodeFrame(this.kind, frame, this.mtu, this.decoded);
    const { protocol, payloadLen } = this.decoded;
    if (!this.hasBegun || fault !== null || protocol !== Protocol.Tcp || payloadLen === 0) {
      this.release();
      this.onFrame(frame);
    } else if (!this.join(frame)) {
      this.release();
      this.held = frame.slice();
    }
  }

  /** Puts the text of a segment behind the one that is held, if it is the next of its kind. */
  private join(frame: Uint8Array): boolean {
    const { held, ipAt } = this;
    if (held === undefined || held.length + frame.length > MOST_OCTETS) return false;
    const { textAt: tcpAt, payloadAt, payloadLen } = this.decoded;
    const isNext = get32(held, tcpAt + 4) + held.length - payloadAt === get32(frame, tcpAt + 4);
    const isAlike = (from: number, to: number): boolean =>
      Buffer.compare(held.subarray(from, to), frame.subarray(from, to)) === 0;
    const isSame =
      isAlike(ipAt + 12, tcpAt + 4) && isAlike(tcpAt + 8, tcpAt + 13) &&
      isAlike(tcpAt + 14, tcpAt + 16) && isAlike(tcpAt + 18, payloadAt);
    // Only the first may lack what comes with the last: PSH, FIN.
    if (!isNext || !isSame || (held[tcpAt + 13]! & ~PSH) !== 0x10) return false;
    const joined = new Uint8Array(held.length + payloadLen);
    joined.set(held);
    joined.set(frame.subarray(payloadAt), held.length);
    joined[tcpAt + 13]! |= frame[tcpAt + 13]!;
    put16(joined, ipAt + 2, joined.length - ipAt);
    repairIp(joined, ipAt, joined.length);
    this.held = joined;
    this.counts.joined++;
    return true;
  }

  private release(): void {
    const frame = this.held;
    this.held = undefined;
    if (frame !== undefined) this.onFrame(frame, ReceiveFlag.Checked);
  }
}

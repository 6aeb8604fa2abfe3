/**
 * The other end of a board's line, played by hand: one host, frame by frame, without a stack, so
 * that it never does anything but what an event of the benchmark needs. All that the board sends is
 * taken apart and checked.
 */
import {
  Bit, Decoded, ETHERNET_HEADER, IP_HEADER, Protocol, TCP_HEADER, decodeFrame, get16, put16, put32,
  repairIp, repairTransport,
} from "../../support/wire.js";
import type { CountedBoard, Turn } from "./counted_board.js";

const BOARD_MAC = [2, 0, 0, 0, 0, 9];
const MAC = [2, 0, 0, 0, 0, 1];
const BOARD = [192, 168, 7, 2];
const ADDRESS = [192, 168, 7, 1];
const ETHERTYPE_ARP = 0x0806;
const MTU = 1500;
const SCALE = 7;
/** MSS 1460, SACK permitted, window scale: what Linux offers, but for timestamps. */
const SYN_OPTIONS = [2, 4, 1460 >> 8, 1460 & 255, 1, 1, 4, 2, 1, 3, 3, SCALE];

/** Costs of several turns. */
export class Cost {
  instructions = 0;
  readonly functions = new Map<string, number>();
  framesIn = 0;
  framesOut = 0;

  add({ instructions, functions, frames }: Turn): void {
    this.instructions += instructions;
    for (const [name, count] of functions) {
      this.functions.set(name, (this.functions.get(name) ?? 0) + count);
    }
    this.framesIn++;
    this.framesOut += frames.length;
  }
}

/** A segment of the board's. */
export interface Segment {
  seq: number;
  ack: number;
  flags: number;
  window: number;
  text: Uint8Array;
}

export class Peer {
  /** What is counted now. */
  cost = new Cost();

  constructor(readonly board: CountedBoard) {}

  /** The board learns our address, and says what it has to say at the start. */
  async greet(): Promise<void> {
    const request = ethernet(ETHERTYPE_ARP, Uint8Array.of(
      0, 1, 8, 0, 6, 4, 0, 1, ...MAC, ...ADDRESS, 0, 0, 0, 0, 0, 0, ...BOARD,
    ));
    await this.board.exchange(request);
    for (let second = 0; second < 10; second++) await this.board.wait(1_000_000);
    await this.board.exchange(request);
  }

  /** One frame, and what comes back. */
  async exchange(frame: Uint8Array): Promise<Uint8Array[]> {
    const turn = await this.board.exchange(frame);
    this.cost.add(turn);
    return turn.frames;
  }

  /** Time passes, and that is not counted. */
  async pause(us = 1000): Promise<void> {
    const { frames } = await this.board.wait(us);
    if (frames.length > 0) throw new Error("the board speaks up in a pause");
  }

  /** An echo request with so many octets, and its reply. */
  async ping(octets: number): Promise<void> {
    const packet = ip(Protocol.Icmp, 8 + octets);
    packet[IP_HEADER] = 8;
    packet.fill(0x5a, IP_HEADER + 8);
    const [reply, ...others] = await this.exchange(sealed(packet));
    const seen = reply === undefined ? undefined : decode(reply);
    const isRight = others.length === 0 && seen?.protocol === Protocol.Icmp &&
      seen.textLen === 8 + octets && seen.octets[seen.textAt] === 0;
    if (!isRight) throw new Error("no echo reply");
  }
}

/** One TCP connection of the peer's. */
export class PeerConnection {
  private seq = 1000;
  private ack = 0;
  /** What the board may be sent, and how far its options let the numbers be scaled. */
  window = 0;
  private scale = 0;
  private isScaled = false;
  private acknowledged = 0;
  /** Segments that the board has sent, not yet looked at. */
  readonly heard: Segment[] = [];

  constructor(readonly peer: Peer, readonly port: number, readonly ownPort: number) {}

  async open(): Promise<void> {
    await this.send(Bit.Syn, new Uint8Array(0), SYN_OPTIONS);
    const answer = this.heard.shift();
    if (answer?.flags !== (Bit.Syn | Bit.Ack)) throw new Error("no SYN, ACK");
    await this.send(Bit.Ack);
  }

  /** Text, with PSH when it is all there is. */
  async write(text: Uint8Array, flags: number = Bit.Ack | Bit.Psh): Promise<void> {
    await this.send(flags, text);
  }

  /** An ACK for all that has come, or up to some octet of it. */
  async acknowledge(upTo = this.ack): Promise<void> {
    const { ack } = this;
    this.ack = upTo;
    const answer = this.send(Bit.Ack);
    this.ack = ack;
    await answer;
  }

  /** Time passes, and what the board does with it is counted. */
  async wait(us = 1000): Promise<void> {
    const turn = await this.peer.board.wait(us);
    this.peer.cost.add(turn);
    this.peer.cost.framesIn--;
    for (const frame of turn.frames) this.hear(frame);
  }

  /** Closes from here; the board closes, too. */
  async close(): Promise<void> {
    await this.send(Bit.Ack | Bit.Fin);
    const hasFinished = this.heard.some(({ flags }) => (flags & Bit.Fin) !== 0);
    if (!hasFinished) throw new Error("the board does not close");
    await this.send(Bit.Ack);
    this.heard.length = 0;
  }

  /** Octets that we have sent and the board has not acknowledged. */
  get unacknowledged(): number {
    return (this.seq - this.acknowledged) | 0;
  }

  /** A segment that we do not wait to be asked for. */
  private async send(
    flags: number, text: Uint8Array = new Uint8Array(0), options: readonly number[] = [],
  ): Promise<void> {
    const headerLen = TCP_HEADER + options.length;
    const packet = ip(Protocol.Tcp, headerLen + text.length);
    const at = IP_HEADER;
    put16(packet, at, this.ownPort);
    put16(packet, at + 2, this.port);
    put32(packet, at + 4, this.seq);
    put32(packet, at + 8, flags === Bit.Syn ? 0 : this.ack);
    packet[at + 12] = (headerLen / 4) << 4;
    packet[at + 13] = flags;
    put16(packet, at + 14, this.isScaled ? 65536 >> SCALE : 65535);
    packet.set(options, at + TCP_HEADER);
    packet.set(text, at + headerLen);
    this.seq += text.length + ((flags & (Bit.Syn | Bit.Fin)) !== 0 ? 1 : 0);
    for (const frame of await this.peer.exchange(sealed(packet))) this.hear(frame);
  }

  private hear(frame: Uint8Array): void {
    const seen = decode(frame);
    const isOurs = seen.protocol === Protocol.Tcp && seen.destinationPort === this.ownPort;
    if (!isOurs) throw new Error(`a frame that nobody has asked for: ${frame.join(" ")}`);
    const text = seen.octets.slice(seen.payloadAt, seen.payloadAt + seen.payloadLen);
    if ((seen.flags & Bit.Rst) !== 0) throw new Error("a reset");
    if ((seen.flags & Bit.Syn) !== 0) {
      this.ack = seen.seq;
      this.isScaled = seen.scale >= 0;
      this.scale = 0;
    }
    if (seen.seq !== this.ack >>> 0) throw new Error("a segment is missing");
    this.ack += text.length + ((seen.flags & (Bit.Syn | Bit.Fin)) !== 0 ? 1 : 0);
    this.window = seen.window << this.scale;
    if ((seen.flags & Bit.Syn) !== 0) this.scale = Math.max(seen.scale, 0);
    this.acknowledged = seen.ack;
    const { seq, ack, flags, window } = seen;
    this.heard.push({ seq, ack, flags, window, text });
  }
}

function ip(protocol: number, octets: number): Uint8Array {
  const packet = new Uint8Array(IP_HEADER + octets);
  packet[0] = 0x45;
  put16(packet, 2, packet.length);
  packet[6] = 0x40; // do not fragment
  packet[8] = 64;
  packet[9] = protocol;
  packet.set([...ADDRESS, ...BOARD], 12);
  return packet;
}

/** A frame with the packet, its checksums made. */
function sealed(packet: Uint8Array): Uint8Array {
  repairIp(packet, 0, packet.length);
  repairTransport(packet, 0, packet.length);
  return ethernet(0x0800, packet);
}

function ethernet(type: number, packet: Uint8Array): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEADER + packet.length);
  frame.set([...(type === ETHERTYPE_ARP ? [255, 255, 255, 255, 255, 255] : BOARD_MAC), ...MAC]);
  put16(frame, 12, type);
  frame.set(packet, ETHERNET_HEADER);
  return frame;
}

/** Takes a frame of the board's apart, without the padding; throws when anything is wrong. */
function decode(frame: Uint8Array): Decoded {
  const end = ETHERNET_HEADER + get16(frame, ETHERNET_HEADER + 2);
  const decoded = new Decoded();
  const wrong = decodeFrame("ethernet", frame.subarray(0, end), MTU, decoded);
  if (wrong !== null) throw new Error(`the board has sent ${wrong}`);
  return decoded;
}

/**
 * Peers that know the state of their connections and do not keep to the rules: they open and are
 * opened to, and send segments near what would be right. Made by hand, one record each, so that a
 * stack comes into every state a hostile peer can bring it to.
 */
import type { LinkType } from "../../host/link/link.js";
import type { Random } from "../../host/link/random.js";
import { Bit, Protocol, TCP_HEADER, put32, seqDiff, type Decoded } from "../support/wire.js";
import { NETWORK, finishFrame, textAt, writeTcp, type Slot } from "./packets.js";

const PEERS = 16;
const FIRST_HOST = 3;
const HOSTS = 30;
/** Ports that the application under attack listens on, now and then. */
export const PORTS = [7, 9, 80] as const;
const MOST_TEXT = 700;
const SYN_ACK = Bit.Syn | Bit.Ack;
const ANSWERS = [
  SYN_ACK, SYN_ACK, SYN_ACK, SYN_ACK, Bit.Syn, Bit.Syn, Bit.Rst | Bit.Ack, Bit.Ack,
] as const;
const WINDOWS = [0, 1, 50, 500, 1024, 65535] as const;

/** What a peer knows of its connection. */
class Peer {
  isOpen = false;
  host = FIRST_HOST;
  port = 1024;
  /** The port of the stack under attack. */
  remotePort = 0;
  /** Our next sequence number, and the one expected of the stack. */
  seq = 0;
  ack = 0;
  /** The stack has sent a SYN that waits for an answer. */
  isAsked = false;
}

export class Sparring {
  private readonly peers = Array.from({ length: PEERS }, () => new Peer());
  /** Waits for the third segment, which must come before a flood has taken its place. */
  private urgent: Peer | undefined;
  private next = 0;

  constructor(
    private readonly kind: LinkType,
    private readonly random: Random,
  ) {}

  /** Whether the host is one of ours. */
  static isOurs(host: number): boolean {
    return host >= FIRST_HOST && host < FIRST_HOST + HOSTS;
  }

  /** A host of ours that may be connected to. */
  someHost(): number {
    return FIRST_HOST + this.random.below(HOSTS);
  }

  /** The stack has sent a segment to one of our hosts. */
  learn(segment: Decoded): void {
    const host = segment.destination - NETWORK;
    const peer = this.peers.find((candidate) =>
      candidate.host === host && candidate.port === segment.destinationPort &&
      candidate.remotePort === segment.sourcePort);
    if (peer === undefined) {
      if ((segment.flags & (Bit.Syn | Bit.Ack)) === Bit.Syn) this.answerLater(segment, host);
      return;
    }
    if ((segment.flags & Bit.Rst) !== 0) {
      peer.isOpen = false;
      return;
    }
    const syn = (segment.flags & Bit.Syn) !== 0 ? 1 : 0;
    const fin = (segment.flags & Bit.Fin) !== 0 ? 1 : 0;
    const end = (segment.seq + segment.payloadLen + syn + fin) >>> 0;
    if (syn === 1 || seqDiff(end, peer.ack) > 0) peer.ack = end;
    if ((segment.flags & Bit.Ack) !== 0) peer.seq = segment.ack;
    peer.isOpen = true;
    if (syn === 1) this.urgent = peer;
  }

  /** Writes a frame of one of the peers. Returns its length. */
  write(slot: Slot): number {
    const { random, urgent } = this;
    if (urgent !== undefined) {
      this.urgent = undefined;
      if (random.chance(0.8)) return this.behave(slot, urgent);
    }
    const peer = this.peers[random.below(PEERS)]!;
    if (peer.isAsked) return this.answer(slot, peer);
    if (!peer.isOpen || random.chance(0.02)) return this.open(slot, peer);
    const pick = random.below(10);
    if (pick < 4) return this.behave(slot, peer);
    return this.misbehave(slot, peer);
  }

  private answerLater(segment: Decoded, host: number): void {
    const peer = this.peers[this.next++ % PEERS]!;
    peer.host = host;
    peer.port = segment.destinationPort;
    peer.remotePort = segment.sourcePort;
    peer.ack = (segment.seq + 1) >>> 0;
    peer.isOpen = false;
    peer.isAsked = true;
  }

  /** To the stack's SYN: SYN+ACK, a SYN that crosses, a RST, or what is none of these. */
  private answer(slot: Slot, peer: Peer): number {
    const { random } = this;
    peer.isAsked = false;
    peer.isOpen = true;
    peer.seq = random.u32();
    const flags = ANSWERS[random.below(ANSWERS.length)]!;
    const len = this.segment(slot, peer, peer.seq, peer.ack, flags, 0);
    if ((flags & Bit.Syn) !== 0) peer.seq = (peer.seq + 1) >>> 0;
    return len;
  }

  private open(slot: Slot, peer: Peer): number {
    const { random } = this;
    peer.isOpen = false;
    // Sometimes the same ports again, which may be in TIME-WAIT.
    if (random.chance(0.8)) {
      peer.host = this.someHost();
      peer.port = random.between(1024, 65535);
      peer.remotePort = PORTS[random.below(PORTS.length)]!;
    }
    peer.seq = random.u32();
    peer.ack = 0;
    const len = this.segment(slot, peer, peer.seq, 0, Bit.Syn, 0);
    peer.seq = (peer.seq + 1) >>> 0;
    return len;
  }

  /** What an orderly peer would say: an ACK, some text, now and then a FIN. */
  private behave(slot: Slot, peer: Peer): number {
    const { random } = this;
    const textLen = random.chance(0.5) ? random.below(MOST_TEXT) : 0;
    const flags = Bit.Ack | (random.chance(0.05) ? Bit.Fin : 0) | (textLen > 0 ? Bit.Psh : 0);
    return this.segment(slot, peer, peer.seq, peer.ack, flags, textLen);
  }

  /** Something near it. */
  private misbehave(slot: Slot, peer: Peer): number {
    const { random } = this;
    const near = (value: number): number => {
      const pick = random.below(8);
      if (pick < 3) return value;
      if (pick < 5) return (value + random.below(64) - 32) >>> 0;
      if (pick < 7) return (value + random.below(4000) - 2000) >>> 0;
      return (value + (random.chance(0.5) ? 0x80000000 : random.u32())) >>> 0;
    };
    const flags = random.chance(0.6)
      ? Bit.Ack | (random.chance(0.1) ? 1 << random.below(6) : 0)
      : random.below(64);
    const textLen = random.chance(0.4) ? random.below(MOST_TEXT) : 0;
    return this.segment(slot, peer, near(peer.seq), near(peer.ack), flags, textLen);
  }

  /** The text is whatever lies in the slot: its octets mean nothing to anybody. */
  private segment(
    slot: Slot, peer: Peer, seq: number, ack: number, flags: number, textLen: number,
  ): number {
    const { random } = this;
    const at = textAt(this.kind, slot);
    const window = WINDOWS[random.below(WINDOWS.length)]!;
    writeTcp(slot.octets, at, peer.port, peer.remotePort, seq, ack, flags, window);
    const optionsLen = (flags & Bit.Syn) !== 0 || random.chance(0.02) ? this.options(slot, at) : 0;
    slot.octets[at + 12] = ((TCP_HEADER + optionsLen) / 4) << 4;
    const len = TCP_HEADER + optionsLen + textLen;
    return finishFrame(this.kind, slot, peer.host, Protocol.Tcp, len);
  }

  /** MSS and window scale, or junk. */
  private options(slot: Slot, at: number): number {
    const { random } = this;
    if (random.chance(0.2)) {
      const len = 4 * random.below(11);
      for (let index = 0; index < len; index += 4) {
        put32(slot.octets, at + TCP_HEADER + index, random.u32());
      }
      return len;
    }
    put32(slot.octets, at + TCP_HEADER, 0x02040000 + random.below(1500));
    put32(slot.octets, at + TCP_HEADER + 4, 0x01030300 + random.below(16));
    return 8;
  }
}

/**
 * Frames for reasons that chance seldom meets, each made for its purpose. And which reasons a link
 * knows: the others cannot be, by the way the link is made.
 */
import type { LinkType } from "../../host/link/link.js";
import type { CounterName } from "../../host/names.js";
import type { Random } from "../../host/link/random.js";
import {
  Bit, Protocol, TCP_HEADER, put16, put32, repairIp, repairTransport, type Decoded,
} from "../support/wire.js";
import {
  HONEST_HOST, NETWORK, OWN_HOST, finishFrame, linkHeader, textAt, writeArp, writeIcmp, writeLink,
  writeMac, writeTcp, writeUdp,
} from "./packets.js";
import { HONEST_LOCAL_PORT, HONEST_PORT } from "./honest.js";
import { REASONS, type Subject } from "./subject.js";

/** Links without addresses of stations or types have no such frames. */
const ONLY_ETHERNET: CounterName[] = [
  "InArp", "DropEtherType", "DropArpMalformed", "DropArpNotForUs", "DropIpNotReady",
];

/** The reasons that a frame on this link can end under. */
export function reasonsOf(kind: LinkType): CounterName[] {
  return REASONS.filter((name) => {
    if (ONLY_ETHERNET.includes(name)) return kind === "ethernet";
    // There, with more than one buffer, one is always to be had.
    if (name === "DropIpFragmentBusy") return kind !== "serial";
    if (name === "DropSlip") return kind === "serial";
    // What is too long for the slot is noticed while it is decoded: DropSlip.
    return name !== "DropFrameLength" || kind !== "serial";
  });
}

const UNREACHABLE = 3;
const ECHO = 8;
/** More than the errors that a stack sends in a second. */
const BURST = 150;
const CLOSED_PORT = 6;
/** A segment with text that the stack has sent last: what an ICMP error may quote. */
const QUOTE_LEN = 28;

export class Targeted {
  private readonly quote = new Uint8Array(QUOTE_LEN);
  private hasQuote = false;

  constructor(
    private readonly subject: Subject,
    private readonly random: Random,
    private readonly drain: () => void,
    /** The honest connection, at the stack under attack. */
    private readonly honestHandle: () => number,
  ) {}

  /** The stack has sent a segment. */
  learn(frame: Uint8Array, segment: Decoded): void {
    if (segment.payloadLen === 0 && (segment.flags & Bit.Syn) === 0) return;
    this.quote.set(frame.subarray(segment.ipAt, segment.ipAt + QUOTE_LEN));
    this.hasQuote = true;
  }

  /** All of them, one after the other. Returns how many frames that were. */
  run(): number {
    const { subject } = this;
    const { kind } = subject;
    let frames = this.refused() + this.icmp() + this.headers() + this.handshakes() + this.blind();
    if (kind === "ethernet") frames += this.ethernet();
    if (kind === "serial") frames += this.serial();
    if (kind !== "serial") frames += this.handLen(subject.slot.size + 1);
    return frames;
  }

  private handLen(len: number): number {
    this.subject.hand(len);
    return 1;
  }

  /** UDP and protocols that nobody wants, more than are answered. */
  private refused(): number {
    const { subject: { kind, slot }, random } = this;
    const host = HONEST_HOST + 40;
    for (let count = 0; count < BURST; count++) {
      this.handLen(writeUdp(kind, slot, host, random.between(1, 65535), 4));
      this.drain();
    }
    // Echo after echo, none of which has been answered yet.
    this.handLen(writeIcmp(kind, slot, host, ECHO, 0, 10));
    this.handLen(writeIcmp(kind, slot, host, ECHO, 0, 10));
    this.drain();
    const udp = writeUdp(kind, slot, host, 7, 4);
    put16(slot.octets, textAt(kind, slot) + 4, 200);
    this.handLen(udp);
    const damaged = writeUdp(kind, slot, host, 7, 4);
    slot.octets[textAt(kind, slot) + 8]! ^= 1;
    this.handLen(damaged);
    return BURST + 4;
  }

  /** ICMP of all kinds; errors that quote what is on its way, and what is not. */
  private icmp(): number {
    const { subject: { kind, slot }, random } = this;
    const host = HONEST_HOST + 40;
    this.handLen(writeIcmp(kind, slot, host, 0, 0, 8));
    this.handLen(writeIcmp(kind, slot, host, 5, 0, 8));
    this.handLen(writeIcmp(kind, slot, host, UNREACHABLE, 0, 8));
    const damaged = writeIcmp(kind, slot, host, ECHO, 0, 8);
    slot.octets[textAt(kind, slot) + 8]! ^= 1;
    this.handLen(damaged);
    const short = finishFrame(kind, slot, host, Protocol.Icmp, 4);
    this.handLen(short);
    if (!this.hasQuote) return 5;
    this.drain();
    const type = [UNREACHABLE, 11, 12][random.below(3)]!;
    slot.octets.set(this.quote, textAt(kind, slot) + 8);
    this.handLen(writeIcmp(kind, slot, host, type, 1, QUOTE_LEN));
    put32(this.quote, 24, random.u32());
    slot.octets.set(this.quote, textAt(kind, slot) + 8);
    this.handLen(writeIcmp(kind, slot, host, type, 1, QUOTE_LEN));
    this.hasQuote = false;
    return 7;
  }

  /** IP headers that are wrong in one thing. */
  private headers(): number {
    const { subject: { kind, slot } } = this;
    const ip = slot.at + linkHeader(kind);
    const changes: [number, number][] = [
      [0, 0x65], [0, 0x44], [6, 0x20], [9, 99], [10, 0xaa], [15, OWN_HOST], [19, 77], [19, 255],
    ];
    for (const [at, value] of changes) {
      const len = this.segment(Bit.Ack, CLOSED_PORT);
      slot.octets[ip + at] = value;
      if (at !== 10) repairIp(slot.octets, ip, slot.at + len);
      this.handLen(len);
      this.drain();
    }
    // A source route, its options in place of TCP's header; and options that are none.
    for (const kind of [131, 7]) {
      const len = this.segment(Bit.Ack, CLOSED_PORT);
      slot.octets.set([kind, kind === 7 ? 99 : 7, 4, 10, 0, 0, 9, 0], ip + 20);
      slot.octets[ip] = 0x47;
      repairIp(slot.octets, ip, slot.at + len);
      this.handLen(len);
      this.drain();
    }
    return changes.length + 2;
  }

  /** A segment without text from a host that nobody knows. */
  private segment(flags: number, port: number): number {
    const { subject: { kind, slot }, random } = this;
    const at = textAt(kind, slot);
    writeTcp(slot.octets, at, 5000, port, random.u32(), random.u32(), flags, 1000);
    return finishFrame(kind, slot, HONEST_HOST + 40, Protocol.Tcp, TCP_HEADER);
  }

  /** Segments that belong to nothing, or are none. */
  private handshakes(): number {
    const { subject: { kind, slot } } = this;
    this.handLen(this.segment(Bit.Syn, CLOSED_PORT));
    const damaged = this.segment(Bit.Ack, CLOSED_PORT);
    slot.octets[textAt(kind, slot) + 15]! ^= 1;
    this.handLen(damaged);
    const malformed = this.segment(Bit.Ack, CLOSED_PORT);
    slot.octets[textAt(kind, slot) + 12] = 0x40;
    repairTransport(slot.octets, slot.at + linkHeader(kind), slot.at + malformed);
    this.handLen(malformed);
    return 3;
  }

  /**
   * What somebody says in the honest peer's name who does not know the numbers exactly, and quotes
   * of what is on its way to it: nothing of that may end the connection (RFC 5961, RFC 5927).
   */
  private blind(): number {
    const { subject: { kind, slot, stack }, random } = this;
    const { receiveNext, sendNext, sendUnacknowledged } = stack.status(this.honestHandle());
    const at = textAt(kind, slot);
    const say = (seq: number, ack: number, flags: number, textLen: number): void => {
      writeTcp(slot.octets, at, HONEST_LOCAL_PORT, HONEST_PORT, seq, ack, flags, 1000);
      this.handLen(finishFrame(kind, slot, HONEST_HOST, Protocol.Tcp, TCP_HEADER + textLen));
      this.drain();
    };
    for (const distance of [-1, 1, 50, 500, 100_000, 0x80000000]) {
      const seq = (receiveNext + distance) >>> 0;
      say(seq, sendNext, Bit.Rst, 0);
      say(seq, 0, Bit.Rst | Bit.Ack, 0);
      say(seq, sendNext, Bit.Syn, 0);
      say(seq, sendNext, Bit.Syn | Bit.Ack, 0);
      // Text, with an ACK of what was never sent.
      say(seq, (sendNext + 5000) >>> 0, Bit.Ack, 20);
    }
    say((receiveNext - 40_000) >>> 0, sendNext, Bit.Ack | Bit.Fin, 100);
    for (const code of [0, 1, 2, 3, 4, 5]) {
      const quoted = at + 8;
      slot.octets.fill(0, quoted, quoted + QUOTE_LEN);
      slot.octets.set([0x45, 0, 5, 0, 0, 0, 0, 0, 64, 6], quoted);
      put32(slot.octets, quoted + 12, NETWORK + OWN_HOST);
      put32(slot.octets, quoted + 16, NETWORK + HONEST_HOST);
      put16(slot.octets, quoted + 20, HONEST_PORT);
      put16(slot.octets, quoted + 22, HONEST_LOCAL_PORT);
      put32(slot.octets, quoted + 24, sendUnacknowledged);
      const from = HONEST_HOST + random.below(2);
      this.handLen(writeIcmp(kind, slot, from, UNREACHABLE, code, QUOTE_LEN));
    }
    return 37;
  }

  private ethernet(): number {
    const { subject: { slot } } = this;
    const other = NETWORK + 60;
    this.handLen(writeArp(slot, 60, OWN_HOST, 1, other, NETWORK + OWN_HOST));
    this.handLen(writeArp(slot, 60, OWN_HOST, 1, other, NETWORK + 61));
    this.handLen(writeArp(slot, 60, OWN_HOST, 7, other, NETWORK + OWN_HOST));
    writeLink("ethernet", slot, 60, OWN_HOST, 0x86dd);
    this.handLen(60);
    const len = this.segment(Bit.Ack, CLOSED_PORT);
    writeMac(slot.octets, slot.at, 99);
    this.handLen(len);
    this.handLen(13);
    return 6;
  }

  /** Escapes of nothing, and a packet that does not end. */
  private serial(): number {
    const { subject } = this;
    const noise = new Uint8Array(64).fill(0x45);
    noise.set([0xc0, 0xdb, 0x01, 0xc0, 0xdb, 0xc0, 0xdb, 0xdb, 0xc0]);
    subject.handNoise(noise, 9);
    for (let count = 0; count < 40; count++) subject.handNoise(noise.fill(0x45), 64);
    noise[0] = 0xc0;
    subject.handNoise(noise, 1);
    return 4;
  }
}

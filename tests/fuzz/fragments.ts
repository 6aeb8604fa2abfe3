/**
 * Datagrams in fragments, from hostile hosts: whole and right, mostly; with copies, overlaps, tiny
 * first fragments, and ends that contradict each other. Nothing is allocated per frame.
 */
import type { LinkType } from "../../host/link/link.js";
import type { Random } from "../../host/link/random.js";
import { IP_HEADER, Protocol, TCP_HEADER, put16, repairIp } from "../support/wire.js";
import {
  OWN_HOST, finishFrame, linkHeader, textAt, writeIcmp, writeLink, writeTcp, writeUdp, type Slot,
} from "./packets.js";

const FIRST_HOST = 210;
const HOSTS = 8;
const ECHO = 8;
const MORE = 0x2000;
const MOST_TEXT = 1400;
const MOST_PIECES = 6;

export class Fragments {
  /** The datagram that is being cut: a frame of its own. */
  private readonly whole: Slot = { octets: new Uint8Array(2048), at: 0, size: 2048 };
  private textLen = 0;
  private identification = 0;
  /** Where its pieces begin, and which have not been sent. */
  private readonly starts: number[] = [];
  private readonly left: number[] = [];

  constructor(private readonly kind: LinkType, private readonly random: Random) {}

  /** Writes the next fragment. Returns the frame's length. */
  write(slot: Slot): number {
    const { random } = this;
    if (this.left.length === 0) this.begin();
    const pick = random.below(16);
    if (pick === 0) return this.wild(slot);
    const at = random.below(this.left.length);
    const piece = this.left[at]!;
    // Some are sent again later, and a datagram is forgotten now and then.
    if (pick > 1) this.left.splice(at, 1);
    if (pick === 2) this.left.length = 0;
    const from = this.starts[piece]!;
    const to = this.starts[piece + 1] ?? this.textLen;
    return this.cut(slot, from, to, to < this.textLen);
  }

  /** Anything that can be told of a fragment. */
  private wild(slot: Slot): number {
    const { random } = this;
    const most = Math.min(slot.size - linkHeader(this.kind) - IP_HEADER, 256);
    const from = 8 * random.below(random.chance(0.5) ? 4 : 0x2000);
    const len = random.chance(0.5) ? 8 * random.below(most >> 3) : random.below(most);
    return this.cut(slot, from, from + len, random.chance(0.7));
  }

  private cut({ octets, at }: Slot, from: number, to: number, hasMore: boolean): number {
    const { kind, whole } = this;
    const header = linkHeader(kind);
    const ip = at + header;
    octets.set(whole.octets.subarray(0, header + IP_HEADER), at);
    const text = header + IP_HEADER + (from < this.textLen ? from : 0);
    octets.set(whole.octets.subarray(text, text + to - from), ip + IP_HEADER);
    put16(octets, ip + 2, IP_HEADER + to - from);
    put16(octets, ip + 4, this.identification);
    put16(octets, ip + 6, (hasMore ? MORE : 0) | (from >> 3));
    repairIp(octets, ip, ip + IP_HEADER);
    return header + IP_HEADER + to - from;
  }

  private begin(): void {
    const { kind, random, whole } = this;
    const host = FIRST_HOST + random.below(HOSTS);
    writeLink(kind, whole, host, OWN_HOST, 0x0800);
    const dataLen = 32 + random.below(MOST_TEXT - 32);
    whole.octets[textAt(kind, whole) + random.below(dataLen)] = random.below(256);
    const len = this.writeWhole(host, dataLen);
    this.textLen = len - linkHeader(kind) - IP_HEADER;
    this.identification = random.below(3);
    this.starts.length = 0;
    this.left.length = 0;
    const pieces = 2 + random.below(MOST_PIECES - 1);
    for (let from = 0; from < this.textLen && this.starts.length < pieces;) {
      this.left.push(this.starts.length);
      this.starts.push(from);
      from += 8 * (random.chance(0.1) ? 1 : 3 + random.below(this.textLen >> 4));
    }
  }

  private writeWhole(host: number, dataLen: number): number {
    const { kind, random, whole } = this;
    const pick = random.below(4);
    if (pick === 0) return writeUdp(kind, whole, host, random.between(1, 65535), dataLen);
    if (pick === 1) return finishFrame(kind, whole, host, 200, dataLen);
    if (pick === 2) return writeIcmp(kind, whole, host, ECHO, 0, dataLen);
    writeTcp(
      whole.octets, textAt(kind, whole), 5000, random.below(16), random.u32(), random.u32(),
      random.below(64), 1000,
    );
    return finishFrame(kind, whole, host, Protocol.Tcp, TCP_HEADER + dataLen);
  }
}

/**
 * Frames out of nowhere: random from end to end, or random behind headers that are right so far;
 * and frames of live traffic, changed and given right checksums again. Nothing is allocated.
 */
import type { LinkType } from "../../host/link/link.js";
import type { Random } from "../../host/link/random.js";
import {
  ETHERNET_HEADER, IP_HEADER, Protocol, get16, get32, put16, put32, repairIp, repairTransport,
} from "../support/wire.js";
import { HONEST_LOCAL_PORT, HONEST_PORT } from "./honest.js";
import {
  HONEST_HOST, NETWORK, OWN_HOST, finishPacket, linkHeader, writeIp, writeLink, writeMac,
  type Slot,
} from "./packets.js";

const KEPT = 256;
const KEPT_SIZE = 1600;
const EDGES_8 = [0, 1, 0x7f, 0x80, 0xff] as const;
const EDGES_16 = [0, 1, 19, 20, 39, 40, 1499, 1500, 0x7fff, 0x8000, 0xffff] as const;
const PROTOCOLS = [Protocol.Icmp, Protocol.Tcp, Protocol.Tcp, Protocol.Udp, 0, 2, 50, 255] as const;

/** The last frames of live traffic that the stack has been given. */
export class Corpus {
  private readonly octets = new Uint8Array(KEPT * KEPT_SIZE);
  private readonly lens = new Uint16Array(KEPT);
  private count = 0;

  add({ octets, at }: Slot, len: number): void {
    if (len > KEPT_SIZE) return;
    const index = this.count++ % KEPT;
    this.octets.set(octets.subarray(at, at + len), index * KEPT_SIZE);
    this.lens[index] = len;
  }

  /** Copies one of them to the slot. Returns its length; 0: there is none yet. */
  take(slot: Slot, random: Random): number {
    const kept = Math.min(this.count, KEPT);
    if (kept === 0) return 0;
    const index = random.below(kept);
    const from = index * KEPT_SIZE;
    slot.octets.set(this.octets.subarray(from, from + this.lens[index]!), slot.at);
    return this.lens[index]!;
  }
}

/** Mostly short, sometimes as long as there is room for, rarely beyond. */
function randomLen(random: Random, size: number): number {
  const pick = random.below(64);
  if (pick === 0) return random.below(size + 1);
  return random.below(pick < 32 ? 80 : 160);
}

function fillRandom(random: Random, octets: Uint8Array, at: number, len: number): void {
  let index = at;
  for (const end = at + len - 3; index < end; index += 4) put32(octets, index, random.u32());
  for (const end = at + len; index < end; index++) octets[index] = random.u32();
}

/** A frame of random octets; half of them behind headers that lead further in. */
export function writeRandom(kind: LinkType, slot: Slot, random: Random): number {
  const len = randomLen(random, slot.size);
  const { octets, at } = slot;
  fillRandom(random, octets, at, len);
  const depth = random.below(8);
  if (depth < 4) return len;
  const header = linkHeader(kind);
  if (len < header + 1) return len;
  writeLink(kind, slot, random.below(256), OWN_HOST, depth === 4 ? 0x0806 : 0x0800);
  if (random.chance(0.1) && kind === "ethernet") writeMac(octets, at, 0xff);
  if (depth < 6) {
    if (depth === 5) octets[at + header] = 0x45;
    return len;
  }
  if (len < header + IP_HEADER) return len;
  const protocol = PROTOCOLS[random.below(PROTOCOLS.length)]!;
  writeIp(octets, at + header, random.below(256), protocol, len - header - IP_HEADER);
  if (depth === 7) finishPacket(octets, at + header, at + len);
  else repairIp(octets, at + header, at + len);
  return spare(kind, slot, len);
}

/** A frame of live traffic with one to four changes, its checksums repaired. 0: none is known. */
export function writeMutated(
  kind: LinkType, slot: Slot, corpus: Corpus, random: Random,
): number {
  let len = corpus.take(slot, random);
  if (len === 0) return 0;
  const changes = 1 + random.below(4);
  for (let count = 0; count < changes; count++) len = change(kind, slot, len, random);
  const ip = slot.at + linkHeader(kind);
  const end = slot.at + len;
  if (len >= linkHeader(kind) + IP_HEADER && !isArp(kind, slot)) {
    if (random.chance(0.9)) put16(slot.octets, ip + 2, end - ip);
    if (random.chance(0.97)) repairIp(slot.octets, ip, end);
    if (random.chance(0.97)) repairTransport(slot.octets, ip, end);
  }
  return spare(kind, slot, len);
}

function change(kind: LinkType, slot: Slot, len: number, random: Random): number {
  const { octets, at } = slot;
  // Headers are where it matters.
  const reach = random.chance(0.8) ? Math.min(len, linkHeader(kind) + 60) : len;
  const place = at + random.below(Math.max(1, reach));
  const fits = place + 4 <= at + len;
  switch (random.below(9)) {
    case 0:
    case 1:
      octets[place]! ^= 1 << random.below(8);
      return len;
    case 2:
      octets[place] = EDGES_8[random.below(EDGES_8.length)]!;
      return len;
    case 3:
      if (fits) put16(octets, place & ~1, EDGES_16[random.below(EDGES_16.length)]!);
      return len;
    case 4:
      if (fits) add32(octets, place, random.below(2048) - 1024);
      return len;
    case 5:
      if (fits) put32(octets, place, random.u32());
      return len;
    case 6:
      return changeSegment(kind, slot, len, random);
    case 7:
      return random.below(len + 1);
    default:
      return lengthen(slot, len, random);
  }
}

/** Sequence numbers, flags, window, urgent pointer of what may be a segment. */
function changeSegment(kind: LinkType, slot: Slot, len: number, random: Random): number {
  const tcp = slot.at + linkHeader(kind) + IP_HEADER;
  if (len < linkHeader(kind) + 40) return len;
  const { octets } = slot;
  if (random.chance(0.5)) octets[tcp + 13] = random.below(64);
  if (random.chance(0.3)) add32(octets, tcp + 4, random.below(3000));
  if (random.chance(0.3)) add32(octets, tcp + 8, -random.below(3000));
  if (random.chance(0.3)) put16(octets, tcp + 14, EDGES_16[random.below(EDGES_16.length)]!);
  if (random.chance(0.1)) octets[tcp + 12] = random.below(16) << 4;
  return len;
}

function add32(octets: Uint8Array, at: number, value: number): void {
  put32(octets, at, (get32(octets, at) + value) >>> 0);
}

function lengthen(slot: Slot, len: number, random: Random): number {
  const more = Math.min(random.below(64), slot.size - len);
  fillRandom(random, slot.octets, slot.at + len, more);
  return len + more;
}

function isArp(kind: LinkType, { octets, at }: Slot): boolean {
  return kind === "ethernet" && get16(octets, at + 12) === 0x0806;
}

/**
 * Who can forge what the honest peer says, with right numbers and checksums, can end its
 * connection or write into it, with any stack: so nothing is said in its name.
 */
function spare(kind: LinkType, slot: Slot, len: number): number {
  const { octets, at } = slot;
  const honest = NETWORK + HONEST_HOST;
  if (isArp(kind, slot)) {
    const sender = at + ETHERNET_HEADER + 14;
    if (len >= ETHERNET_HEADER + 28 && get32(octets, sender) === honest) octets[sender + 3] = 99;
    return len;
  }
  const ip = at + linkHeader(kind);
  if (len < linkHeader(kind) + IP_HEADER || get32(octets, ip + 12) !== honest) return len;
  const tcp = ip + (octets[ip]! & 15) * 4;
  const isIts = get16(octets, tcp) === HONEST_LOCAL_PORT && get16(octets, tcp + 2) === HONEST_PORT;
  if (!isIts) return len;
  put16(octets, tcp, HONEST_LOCAL_PORT + 1);
  repairTransport(octets, ip, at + len);
  return len;
}

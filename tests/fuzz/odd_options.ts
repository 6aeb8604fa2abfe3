/**
 * The options of forged segments: as most write them, or with something odd: unknown kinds, lengths
 * that are none, the same twice, any order, cut off by the header's end.
 */
import type { Random } from "../../host/link/random.js";
import { put16, put32 } from "../support/wire.js";

const MOST = 40;
const Kind = {
  End: 0, None: 1, Mss: 2, Scale: 3, SackPermitted: 4, Sack: 5, Timestamps: 8, UserTimeout: 28,
  Counts: 172, Experiment: 253,
} as const;
const SIZES = [0, 1, 47, 48, 87, 88, 89, 256, 536, 1460, 1461, 65535] as const;
const SHIFTS = [0, 1, 7, 13, 14, 15, 255] as const;

export class OddOptions {
  private at = 0;
  private octets: Uint8Array = new Uint8Array(0);

  constructor(private readonly random: Random) {}

  /** The options of a SYN, to `octets` at `at`. Returns their length, a multiple of 4. */
  writeSyn(octets: Uint8Array, at: number, value: number, echo: number): number {
    const { random } = this;
    this.octets = octets;
    this.at = at;
    const pick = random.below(10);
    if (pick < 1) return 0;
    if (pick < 5) {
      this.writeUsual(value, echo);
      return this.at - at;
    }
    const count = random.below(8);
    for (let index = 0; index < count; index++) this.writeOne(value, echo, at + MOST);
    return this.pad(at);
  }

  /** Options of any segment. */
  writeOdd(octets: Uint8Array, at: number, value: number, echo: number): number {
    this.octets = octets;
    this.at = at;
    const count = this.random.between(1, 3);
    for (let index = 0; index < count; index++) this.writeOne(value, echo, at + MOST);
    return this.pad(at);
  }

  /** Timestamps as RFC 7323 appendix A has them. */
  writeTimestamps(octets: Uint8Array, at: number, value: number, echo: number): number {
    put32(octets, at, 0x0101080a);
    put32(octets, at + 4, value);
    put32(octets, at + 8, echo);
    return 12;
  }

  /** MSS, SACK-permitted, timestamps, scale, as most order them. */
  private writeUsual(value: number, echo: number): void {
    const { random } = this;
    this.word(0x02040000 | SIZES[random.below(SIZES.length)]!);
    if (random.chance(0.6)) {
      this.word(0x0402080a);
      this.word(value);
      this.word(echo);
    } else if (random.chance(0.6)) {
      this.word(0x01010402);
    }
    if (random.chance(0.7)) this.word(0x01030300 | SHIFTS[random.below(SHIFTS.length)]!);
  }

  private writeOne(value: number, echo: number, end: number): void {
    const { random } = this;
    const kinds = Object.values(Kind);
    const kind = kinds[random.below(kinds.length)]!;
    const body = this.bodyOf(kind);
    if (this.at + body + 2 > end) return;
    const { octets, at } = this;
    octets[at] = kind;
    this.at++;
    if (kind === Kind.End || kind === Kind.None) return;
    // A length that is none, or not this option's.
    octets[at + 1] = random.chance(0.06) ? random.below(12) : body + 2;
    for (let index = 0; index < body; index++) octets[at + 2 + index] = random.below(256);
    if (kind === Kind.Mss) put16(octets, at + 2, SIZES[random.below(SIZES.length)]!);
    if (kind === Kind.Scale) octets[at + 2] = SHIFTS[random.below(SHIFTS.length)]!;
    if (kind === Kind.Timestamps) {
      put32(octets, at + 2, value);
      put32(octets, at + 6, echo);
    }
    this.at += 1 + body;
  }

  private bodyOf(kind: number): number {
    const { random } = this;
    switch (kind) {
      case Kind.Mss:
      case Kind.UserTimeout:
        return 2;
      case Kind.Scale:
        return 1;
      case Kind.SackPermitted:
        return 0;
      case Kind.Sack:
        return 8 * random.between(1, 3);
      case Kind.Timestamps:
        return 8;
      default:
        return random.below(9);
    }
  }

  private word(word: number): void {
    put32(this.octets, this.at, word);
    this.at += 4;
  }

  /** To the next word, by ends or no-operations; or the last option is cut off there. */
  private pad(from: number): number {
    const { random, octets } = this;
    if (random.chance(0.1)) return (this.at - from) & ~3;
    const filler = random.chance(0.5) ? Kind.None : Kind.End;
    while (((this.at - from) & 3) !== 0) octets[this.at++] = filler;
    return this.at - from;
  }
}

/**
 * A peer that is forged segment by segment: it looks up in the stack's own tables what would be
 * right, and says that, or something beside it by one. All handshakes and closes go through it.
 */
import { Err } from "../../assembly/abi/error.js";
import { Parameter } from "../../assembly/abi/parameters.js";
import { State } from "../../assembly/abi/state.js";
import { Status, Table } from "../../assembly/abi/status.js";
import type { Random } from "../../host/link/random.js";
import {
  Bit, IP_HEADER, Protocol, TCP_HEADER, get32, put16, put32, repairIp, type Decoded,
} from "../support/wire.js";
import { Corpus, writeMutated } from "./generate.js";
import { OddOptions } from "./odd_options.js";
import { NETWORK, finishFrame, textAt, writeIcmp, writeTcp } from "./packets.js";
import type { Subject } from "./subject.js";

/** So few that new connections meet what is left of old ones. */
export const FORGED_HOSTS = [3, 4] as const;
export const FORGED_PORTS = [80, 1024, 50_000] as const;
/** Ports of the stack: the first two are listened on, the last two connected from. */
export const OWN_PORTS = [7, 9, 2000, 2001] as const;

const FRESH_PORT = 60_000;
/** ECE and CWR: on a SYN they ask for ECN; with AE, in the octet before, for accurate ECN. */
const ECN = 0xc0;
const AE = 1;

const { Fin, Syn, Rst, Psh, Ack, Urg } = Bit;
const WINDOWS = [0, 1, 50, 500, 1024, 4096, 65535] as const;
const BESIDE = [-1, -1, 0, 0, 0, 1, 1] as const;
const FAR = [-257, -256, 255, 256, 257, 1024, 2048, 64_000, 0x7fffffff, -0x80000000] as const;
const NEAR_FLAGS = [
  Ack, Ack, Ack, Fin | Ack, Fin | Ack, Syn, Syn | Ack, Rst, Rst | Ack, Psh | Ack, Urg | Ack,
  Urg | Psh | Ack, Fin | Psh | Urg | Ack, Fin | Syn, 0, Fin,
] as const;
const QUOTE_LEN = 28;
const UNREACHABLE = 3;

/** Somebody whom the stack knows, or has known. */
interface Pair {
  host: number;
  port: number;
  ownPort: number;
}

/** An entry of the stack's tables. */
interface Target extends Pair {
  table: Table;
  state: State;
  /** SND.UNA, SND.NXT, RCV.NXT of the stack. */
  una: number;
  nxt: number;
  expected: number;
}

/** What the stack has said last to a pair. */
interface Heard extends Pair {
  /** Its timestamp; -1: none was agreed on. */
  echo: number;
  /** Of its last SYN+ACK, if any: the third segment's numbers. */
  third: { seq: number; ack: number } | null;
}

export class Forger {
  /** What was written last is for a connection, or one in TIME-WAIT, that the tables have. */
  isAimed = false;
  private readonly corpus = new Corpus();
  private readonly options: OddOptions;
  private readonly heard = new Map<string, Heard>();
  private readonly quote = new Uint8Array(QUOTE_LEN);

  constructor(private readonly subject: Subject, private readonly random: Random) {
    this.options = new OddOptions(random);
  }

  /** The stack has sent a segment. */
  learn(frame: Uint8Array, segment: Decoded): void {
    const { destination, destinationPort: port, sourcePort: ownPort, seq, ack, flags } = segment;
    this.quote.set(frame.subarray(segment.ipAt, segment.ipAt + QUOTE_LEN));
    if ((flags & Rst) !== 0) return;
    const pair: Pair = { host: destination - NETWORK, port, ownPort };
    const key = nameOf(pair);
    const isAnswer = (flags & (Syn | Ack)) === (Syn | Ack);
    const third = isAnswer ? { seq: ack, ack: (seq + 1) >>> 0 } : null;
    const before = this.heard.get(key)?.third ?? null;
    this.heard.set(key, { ...pair, echo: segment.tsVal, third: third ?? before });
  }

  /** Writes a frame. Returns its length. */
  write(): number {
    const { random, subject: { kind, slot } } = this;
    const pick = random.below(64);
    this.isAimed = false;
    let len = 0;
    if (pick < 8) len = this.open();
    else if (pick < 32) len = this.answer(true);
    else if (pick < 48) len = this.answer(false);
    else if (pick < 52) len = this.third();
    // Late, or twice; and changed on the way.
    else if (pick < 58) len = this.corpus.take(slot, random);
    else if (pick < 60) len = writeMutated(kind, slot, this.corpus, random);
    else if (pick < 62) len = this.unreachable();
    else len = this.stray();
    if (len === 0) len = this.open();
    if (pick < 52) this.corpus.add(slot, len);
    if (random.chance(0.01)) {
      slot.octets[slot.at + random.below(len)]! ^= 1 << random.below(8);
      this.isAimed = false;
    }
    return len;
  }

  /** A plain SYN to the port, from a pair that was never met. Returns the frame's length. */
  writeSyn(port: number): number {
    const { subject: { kind, slot } } = this;
    const at = textAt(kind, slot);
    writeTcp(slot.octets, at, FRESH_PORT, port, this.random.u32(), 0, Syn, 1000);
    return finishFrame(kind, slot, FORGED_HOSTS[0], Protocol.Tcp, TCP_HEADER);
  }

  /** A SYN to a port that may be listened on, from a pair that may be known. */
  private open(): number {
    const { random } = this;
    const pair = this.somePair();
    const target = this.targets().find((known) => nameOf(known) === nameOf(pair));
    const base = target !== undefined && random.chance(0.7) ? target.expected : random.u32();
    const asks = random.chance(0.25) ? ECN : 0;
    const flags = Syn | asks | (random.chance(0.1) ? 1 << random.below(8) : 0);
    return this.segment(pair, this.beside(base), random.below(2) * random.u32(), flags);
  }

  /** To an entry: what would be right there, or something beside it, mostly in one thing alone. */
  private answer(isRight: boolean): number {
    const { random } = this;
    const target = this.someTarget();
    if (target === undefined) return this.open();
    // A half-open one without its listener is gone with the next segment.
    this.isAimed = target.table !== Table.HalfOpen;
    let { seq, flags } = this.rightOf(target);
    let ack = target.nxt;
    const wrong = isRight ? -1 : random.below(5);
    if (wrong === 0 || wrong === 3) seq = this.beside(seq);
    if (wrong === 1 || wrong === 3) ack = this.beside(random.chance(0.6) ? ack : target.una);
    if (wrong === 2 || wrong === 3) flags = NEAR_FLAGS[random.below(NEAR_FLAGS.length)]!;
    if (wrong === 4) flags = random.below(256);
    return this.segment(target, seq, (flags & Ack) !== 0 ? ack : 0, flags);
  }

  /** One of the entries: often one that closes, as that is soon over. */
  private someTarget(): Target | undefined {
    const { random } = this;
    const all = this.targets();
    const closing = all.filter(({ table, state }) =>
      table === Table.Connections && state > State.Established);
    const among = closing.length > 0 && random.chance(0.5) ? closing : all;
    return among[random.below(among.length || 1)];
  }

  /** What an orderly peer may say next. */
  private rightOf({ table, state, expected }: Target): { seq: number; flags: number } {
    const pick = this.random.below(20);
    const before = (expected - 1) >>> 0;
    if (table === Table.HalfOpen) {
      if (pick < 12) return { seq: expected, flags: Ack };
      if (pick < 15) return { seq: expected, flags: Fin | Ack };
      if (pick < 17) return { seq: expected, flags: Rst | (pick & 1) * Ack };
      return { seq: before, flags: pick < 19 ? Syn : Syn | Ack };
    }
    if (state === State.SynSent) {
      const flags = pick < 9 ? Syn | Ack : pick < 14 ? Syn : pick < 18 ? Rst | Ack : Ack;
      return { seq: this.random.u32(), flags };
    }
    if (state === State.SynReceived && pick < 6) return { seq: before, flags: Syn | Ack };
    if (table === Table.TimeWait && pick < 10) {
      return pick < 5 ? { seq: before, flags: Fin | Ack } : { seq: expected + pick, flags: Syn };
    }
    if (pick < 9) return { seq: expected, flags: Ack };
    if (pick < 18) return { seq: expected, flags: Fin | Ack };
    return { seq: expected, flags: pick === 18 ? Rst | Ack : Syn };
  }

  /** The third segment of a handshake that the stack may have forgotten, or never kept. */
  private third(): number {
    const { random } = this;
    const answered = [...this.heard.values()].filter(({ third }) => third !== null);
    const one = answered[random.below(answered.length || 1)];
    if (one === undefined) return 0;
    const { seq, ack } = one.third!;
    const flags = Ack | (random.chance(0.1) ? Fin : 0);
    if (random.chance(0.6)) return this.segment(one, seq, ack, flags);
    return this.segment(one, this.beside(seq), this.beside(ack), flags);
  }

  /** To a pair that the stack may know nothing of. */
  private stray(): number {
    const { random } = this;
    const flags = NEAR_FLAGS[random.below(NEAR_FLAGS.length)]!;
    return this.segment(this.somePair(), random.u32(), random.u32(), flags);
  }

  /** "Unreachable", quoting what the stack has sent last. */
  private unreachable(): number {
    const { random, subject: { kind, slot } } = this;
    const host = FORGED_HOSTS[random.below(FORGED_HOSTS.length)]!;
    slot.octets.set(this.quote, textAt(kind, slot) + 8);
    return writeIcmp(kind, slot, host, UNREACHABLE, random.below(6), QUOTE_LEN);
  }

  private segment(pair: Pair, seq: number, ack: number, flags: number): number {
    const { random, subject: { kind, slot } } = this;
    const at = textAt(kind, slot);
    const window = WINDOWS[random.below(WINDOWS.length)]!;
    writeTcp(slot.octets, at, pair.port, pair.ownPort, seq >>> 0, ack >>> 0, flags, window);
    if ((flags & Urg) !== 0) put16(slot.octets, at + 18, random.below(4));
    const header = TCP_HEADER + this.writeOptions(pair, at + TCP_HEADER, flags);
    slot.octets[at + 12] = (header / 4) << 4;
    if ((flags & ECN) === ECN && random.chance(0.5)) slot.octets[at + 12]! |= AE;
    const textLen = random.chance(0.25) ? random.between(1, random.chance(0.8) ? 9 : 700) : 0;
    for (let index = 0; index < textLen; index += 4) {
      put32(slot.octets, at + header + index, 0x61626364);
    }
    const len = finishFrame(kind, slot, pair.host, Protocol.Tcp, header + textLen);
    if (random.chance(0.1)) {
      // The ECN field of its packet.
      slot.octets[at - IP_HEADER + 1] = random.below(4);
      repairIp(slot.octets, at - IP_HEADER, slot.at + len);
    }
    return len;
  }

  private writeOptions(pair: Pair, at: number, flags: number): number {
    const { random, options, subject: { slot, nowUs } } = this;
    const echo = this.heard.get(nameOf(pair))?.echo ?? -1;
    const age = random.chance(0.05) ? random.below(3) - 1 : 0;
    const value = (Math.floor(nowUs / 1000) + age) >>> 0;
    if ((flags & Syn) !== 0) return options.writeSyn(slot.octets, at, value, Math.max(0, echo));
    if (random.chance(0.04)) return options.writeOdd(slot.octets, at, value, Math.max(0, echo));
    if (echo < 0 || random.chance(0.02)) return 0;
    return options.writeTimestamps(slot.octets, at, value, echo);
  }

  /** The number, one beside it, or, rarely, one at an edge of what is taken. */
  private beside(value: number): number {
    const { random } = this;
    const deltas = random.chance(0.9) ? BESIDE : FAR;
    return (value + deltas[random.below(deltas.length)]!) >>> 0;
  }

  private somePair(): Pair {
    const { random } = this;
    return {
      host: FORGED_HOSTS[random.below(FORGED_HOSTS.length)]!,
      port: FORGED_PORTS[random.below(FORGED_PORTS.length)]!,
      ownPort: OWN_PORTS[random.below(random.chance(0.9) ? 2 : OWN_PORTS.length)]!,
    };
  }

  /** All that a segment may be for. */
  private targets(): Target[] {
    const { core } = this.subject.stack;
    const found: Target[] = [];
    const word = (index: Status): number =>
      core.words[core.parametersWord + (Parameter.Status >>> 2) + index]!;
    for (const table of [Table.Connections, Table.HalfOpen, Table.TimeWait]) {
      for (let index = 0; ; index++) {
        const result = core.exports.describe(table, index);
        if (result === Err.Invalid) break;
        if (result === 0 || word(Status.State) === State.Closed) continue;
        const remoteAt = core.parametersAt + Parameter.Status + 4 * Status.RemoteAddress;
        const host = get32(core.octets, remoteAt + 12) - NETWORK;
        // From elsewhere came what was changed on its way.
        if (host < 0 || host > 255) continue;
        found.push({
          table, state: word(Status.State), host,
          port: word(Status.RemotePort), ownPort: word(Status.LocalPort),
          una: word(Status.SendUnacknowledged), nxt: word(Status.SendNext),
          expected: word(Status.ReceiveNext),
        });
      }
    }
    return found;
  }
}

function nameOf({ host, port, ownPort }: Pair): string {
  return `${host} ${port} ${ownPort}`;
}

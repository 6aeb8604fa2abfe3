/** The stack under test in virtual time: frames in, and what comes out, with its time. */
import { Stack } from "../stack.js";
import { Mismatch } from "./mismatch.js";
import { type Packet, readPacket } from "./packet.js";

export interface Sent {
  packet: Packet;
  /** Microseconds since the script began. */
  atUs: number;
}

export type PacketObserver = (octets: Uint8Array, atUs: number, isSent: boolean) => void;

/** More than any script has use for in one moment. */
const MOST_TURNS = 100_000;

export class Machine {
  /** Microseconds since the script began. */
  nowUs = 0;
  /** Sent, and not looked at yet. */
  readonly sent: Sent[] = [];
  /** Called whenever something may have changed. */
  onTurn: () => void = () => {};
  /** A moment at which something beside the stack is due: time does not step over it. */
  alarmUs = Infinity;

  /** `startUs`: the stack's time when the script begins. */
  constructor(
    readonly stack: Stack, private readonly startUs: number,
    private readonly observe: PacketObserver = () => {},
  ) {}

  /** Hands a packet to the stack, and lets it answer. */
  receive(octets: Uint8Array): void {
    this.observe(octets, this.nowUs, false);
    this.stack.receive(octets, this.stackNow);
    this.turn();
  }

  /** Takes everything that the stack has to say at this moment. */
  turn(): void {
    this.drain();
    this.onTurn();
    this.drain();
  }

  /** Lets time pass, timer by timer. */
  advanceTo(us: number): void {
    this.turn();
    for (let turns = 0; this.nowUs < us; turns++) {
      this.step(us);
      if (turns > MOST_TURNS && this.nowUs < us) {
        throw new Mismatch({ summary: "timers of the stack go off without end" });
      }
    }
  }

  /** The first packet not looked at yet; lets time pass for it, up to `limitUs`. */
  waitForPacket(limitUs: number): Sent | undefined {
    this.waitUntil(() => this.sent.length > 0, limitUs);
    return this.sent.shift();
  }

  /** Lets time pass until it is so. False: it was not, up to `limitUs`. */
  waitUntil(isSo: () => boolean, limitUs: number): boolean {
    this.turn();
    while (!isSo()) {
      if (this.nowUs >= limitUs) return false;
      this.step(limitUs);
    }
    return true;
  }

  private get stackNow(): number {
    return (this.startUs + this.nowUs) % 2 ** 32;
  }

  /** To the next timer, at most to `us`. */
  private step(us: number): void {
    const waitUs = Math.max(1, this.stack.nextDeadline(this.stackNow));
    const alarmUs = this.alarmUs > this.nowUs ? this.alarmUs : Infinity;
    this.nowUs = Math.min(us, this.nowUs + waitUs, alarmUs);
    this.turn();
  }

  private drain(): void {
    const { stack } = this;
    for (let frame = stack.transmit(this.stackNow); frame; frame = stack.transmit(this.stackNow)) {
      const octets = frame.slice();
      this.observe(octets, this.nowUs, true);
      this.sent.push({ packet: readPacket(octets), atUs: this.nowUs });
      if (this.sent.length > MOST_TURNS) throw new Mismatch({ summary: "a storm of packets" });
    }
    while (stack.pollEvent() !== 0) continue;
  }
}

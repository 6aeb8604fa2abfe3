/**
 * The serial line to an emulated RP2040, as a link for a stack on this machine: both in the same
 * time, the chip's. `advance` moves it; a test drives it as fast as the machine can, a user's
 * session as fast as a real chip at most.
 */
import { VirtualClock } from "../../link/clock.js";
import { LinkCallbacks, type Link } from "../../link/link.js";
import type { Rp2040 } from "./rp2040.js";

/** Octets on their way to the chip at which `send` says no: two packets of an Ethernet's size. */
const SEND_LIMIT = 3000;
/** How far the chip may be ahead of the world: an octet at 921,600 baud takes half of it. */
const STEP_US = 20;

export class Rp2040Link extends LinkCallbacks implements Link {
  readonly kind = "serial";
  readonly name: string;
  readonly clock = new VirtualClock();
  private received: number[] = [];
  private hasRefused = false;
  private isOpen = false;

  /** `index`: which of the UARTs is the serial line. */
  constructor(readonly board: Rp2040, readonly index: 0 | 1 = 1, readonly mtu = 1500) {
    super();
    this.name = `rp2040 UART${index}`;
    const uart = board.uarts[index];
    uart.onOctet = (octet) => void this.received.push(octet);
    uart.onDrain = () => {
      if (!this.hasRefused) return;
      this.hasRefused = false;
      this.onDrain();
    };
  }

  async open(): Promise<void> {
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  hasRoom(): boolean {
    const hasRoom = this.board.uarts[this.index].waiting < SEND_LIMIT;
    if (!hasRoom) this.hasRefused = true;
    return hasRoom;
  }

  send(octets: Uint8Array): boolean {
    if (!this.isOpen || !this.hasRoom()) return false;
    this.board.uarts[this.index].feed(octets);
    return true;
  }

  /**
   * Moves chip and clock on to `untilUs`, or until something has happened that others may want to
   * answer: a timer has fired, octets have come. True: it did.
   */
  advance(untilUs: number): boolean {
    const { board, clock } = this;
    while (board.nowUs() < untilUs) {
      const next = Math.min(untilUs, clock.nextAtUs() ?? Infinity, board.nowUs() + STEP_US);
      board.run(next);
      const fired = clock.runUntil(board.nowUs());
      if (this.deliver() || fired > 0) return true;
    }
    return false;
  }

  private deliver(): boolean {
    if (this.received.length === 0) return false;
    const octets = Uint8Array.from(this.received);
    this.received = [];
    if (!this.isOpen) return false;
    this.onFrame(octets);
    this.onBatchEnd();
    return true;
  }
}

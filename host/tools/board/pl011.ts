/**
 * A PL011 UART for the emulated chip, in place of the emulator's own, whose sender is never full
 * and which interrupts for each octet: a driver that works with that one need not work with a real
 * one. ARM DDI 0183, sections 2.4 (operation), 2.8 (interrupts) and 3.3 (registers). DMA, parity,
 * modem lines and errors in reception are left out.
 */
import { BasePeripheral, type RP2040 } from "rp2040js";

const DR = 0x00;
const FR = 0x18;
const IBRD = 0x24;
const FBRD = 0x28;
const LCR_H = 0x2c;
const CR = 0x30;
const IFLS = 0x34;
const IMSC = 0x38;
const RIS = 0x3c;
const MIS = 0x40;
const ICR = 0x44;

const FR_BUSY = 1 << 3;
const FR_RXFE = 1 << 4;
const FR_TXFF = 1 << 5;
const FR_RXFF = 1 << 6;
const FR_TXFE = 1 << 7;
const LCR_H_FEN = 1 << 4;
const CR_UARTEN = 1 << 0;
const CR_TXE = 1 << 8;
const CR_RXE = 1 << 9;
const INT_RX = 1 << 4;
const INT_TX = 1 << 5;
const INT_RT = 1 << 6;

/** On an RP2040; half as many on others. */
const FIFO_OCTETS = 32;
/** What the fields of IFLS stand for, in eighths of the FIFO. */
const LEVEL_EIGHTHS = [1, 2, 4, 6, 7];
/** Start bit, eight data bits, stop bit. */
const BITS_PER_OCTET = 10;
/** So long nothing has come, and there is something to read: the receive timeout. */
const TIMEOUT_BITS = 32;
/** While nobody has set the divisor; as good as any. */
const NANOS_PER_BIT = 1e9 / 115_200;

type Alarm = ReturnType<RP2040["clock"]["createAlarm"]>;

export class Pl011 extends BasePeripheral {
  /** An octet has left, its last bit just now. */
  onOctet: (octet: number) => void = () => {};
  /** Octets that came when there was no room. */
  overruns = 0;
  private readonly words = new Map([[IFLS, 0x12], [CR, CR_TXE | CR_RXE]]);
  private readonly received: number[] = [];
  /** The first one is on the line, the others are in the FIFO. */
  private readonly sending: number[] = [];
  private raised = 0;
  private readonly sendAlarm: Alarm;
  private readonly timeoutAlarm: Alarm;

  constructor(private readonly chip: RP2040, name: string, private readonly irq: number) {
    super(chip, name);
    this.sendAlarm = chip.clock.createAlarm(() => this.sent());
    this.timeoutAlarm = chip.clock.createAlarm(() => this.raise(INT_RT));
  }

  /** How long an octet takes on the line. */
  get octetNanos(): number {
    return BITS_PER_OCTET * this.bitNanos;
  }

  /** An octet has come, its last bit just now. */
  receive(octet: number): void {
    if (!this.is(CR, CR_UARTEN) || !this.is(CR, CR_RXE)) return;
    if (this.received.length >= this.depth) this.overruns++;
    else this.received.push(octet);
    this.timeoutAlarm.schedule(TIMEOUT_BITS * this.bitNanos);
    if (this.received.length >= this.levelOf(3)) this.raise(INT_RX);
  }

  override readUint32(offset: number): number {
    if (offset === DR) return this.take();
    if (offset === FR) return this.flags();
    if (offset === RIS) return this.raised;
    if (offset === MIS) return this.raised & this.word(IMSC);
    return this.words.has(offset) ? this.word(offset) : super.readUint32(offset);
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === DR) return this.put(value & 0xff);
    if (offset === ICR) return this.lower(value);
    if (![IBRD, FBRD, LCR_H, CR, IFLS, IMSC].includes(offset)) {
      return super.writeUint32(offset, value);
    }
    this.words.set(offset, value);
    this.interrupt();
  }

  private word(offset: number): number {
    return this.words.get(offset) ?? 0;
  }

  private is(offset: number, bit: number): boolean {
    return (this.word(offset) & bit) !== 0;
  }

  private get bitNanos(): number {
    const divisor = this.word(IBRD) + this.word(FBRD) / 64;
    return divisor === 0 ? NANOS_PER_BIT : (16 * divisor * 1e9) / this.chip.clkPeri;
  }

  private get depth(): number {
    return this.is(LCR_H, LCR_H_FEN) ? FIFO_OCTETS : 1;
  }

  /** Octets at which the FIFO interrupts: IFLS's field at bit 0 for sending, 3 for receiving. */
  private levelOf(shift: 0 | 3): number {
    const eighths = LEVEL_EIGHTHS[(this.word(IFLS) >> shift) & 7] ?? 4;
    return this.depth === 1 ? shift / 3 : (FIFO_OCTETS * eighths) / 8;
  }

  private flags(): number {
    const inFifo = Math.max(0, this.sending.length - 1);
    return (this.sending.length > 0 ? FR_BUSY : 0) |
      (this.received.length === 0 ? FR_RXFE : 0) |
      (inFifo >= this.depth ? FR_TXFF : 0) |
      (this.received.length >= this.depth ? FR_RXFF : 0) |
      (inFifo === 0 ? FR_TXFE : 0);
  }

  private take(): number {
    const octet = this.received.shift() ?? 0;
    if (this.received.length < this.levelOf(3)) this.lower(INT_RX);
    if (this.received.length === 0) {
      this.timeoutAlarm.cancel();
      this.lower(INT_RT);
    }
    return octet;
  }

  private put(octet: number): void {
    if (!this.is(CR, CR_UARTEN) || !this.is(CR, CR_TXE)) return this.warn("is not turned on");
    if (this.sending.length > this.depth) return this.warn("was sent what it has no room for");
    if (this.sending.push(octet) === 1) this.sendAlarm.schedule(this.octetNanos);
    if (this.sending.length - 1 > this.levelOf(0)) this.lower(INT_TX);
  }

  /** The interrupt is for a FIFO that empties beyond its level, not for one that is empty. */
  private sent(): void {
    const octet = this.sending.shift()!;
    if (this.sending.length > 0) this.sendAlarm.schedule(this.octetNanos);
    if (Math.max(0, this.sending.length - 1) === this.levelOf(0)) this.raise(INT_TX);
    this.onOctet(octet);
  }

  private raise(bits: number): void {
    this.raised |= bits;
    this.interrupt();
  }

  private lower(bits: number): void {
    this.raised &= ~bits;
    this.interrupt();
  }

  private interrupt(): void {
    this.chip.setInterrupt(this.irq, (this.raised & this.word(IMSC)) !== 0);
  }
}

/**
 * An RP2040 on which firmware runs without a board: the npm package `rp2040js`, started as the boot
 * ROM starts a real one, with UARTs that are as slow as real ones. Its time is the chip's own and
 * moves only in `run`, so that whoever is at the other end of a UART may live in the same time.
 *
 * What the emulator does not do: a wrong address or an unaligned access is no fault, but a warning,
 * and lands in `warnings`.
 */
import { BasePeripheral, RP2040 } from "rp2040js";
import { FLASH_ADDRESS, STAGE_OCTETS, isBootStageSealed } from "./boot_stage.js";
import { Pl011 } from "./pl011.js";

/** Where the boot ROM copies the second stage to, and runs it (datasheet section 2.8.1.3). */
const STAGE_ADDRESS = 0x2004_1f00;
/** The boot ROM's stack is not there; the second stage needs none. */
const HARD_FAULT = 3;
/** Blocks of registers, by the upper bits of their addresses. */
const UARTS = [0x40034, 0x40038];
const UART_IRQS = [20, 21];
const WATCHDOG = 0x40058;
const RING_OSCILLATOR = 0x40060;
const RANDOMBIT = 0x1c;

type Chip = RP2040;
type ChipClock = {
  readonly nanos: number;
  readonly nextAlarm: { readonly nanos: number } | null;
  tick(nanos: number): void;
};

export class Rp2040 {
  private chip: Chip;
  /** What the chip's emulator had to say about accesses that it does not know. */
  readonly warnings: string[] = [];
  readonly uarts: readonly [Uart, Uart];
  /** Instructions since the beginning. */
  instructions = 0;
  /** How often the firmware has restarted the chip. */
  restarts = 0;
  /** Microseconds of the chips that a restart has thrown away. */
  private pastUs = 0;
  private mustRestart = false;

  /** `image`: what lies in flash from its beginning on. Throws when the ROM would not run it. */
  constructor(private readonly image: Uint8Array) {
    if (!isBootStageSealed(image)) throw new Error("the boot ROM would not run this: wrong CRC");
    this.uarts = [new Uart(), new Uart()];
    this.chip = this.boot();
  }

  /** Microseconds since power came on. */
  nowUs(): number {
    return this.pastUs + this.chip.clock.nanos / 1000;
  }

  /** Lets the chip run until its clock says so, or a little later. Sleep takes no time here. */
  run(untilUs: number): void {
    while (this.nowUs() < untilUs) {
      // A nanosecond more, so that rounding never leaves it short of that.
      this.runChip((untilUs - this.pastUs) * 1000 + 1);
      if (this.mustRestart) this.restart();
    }
  }

  private runChip(untilNanos: number): void {
    const { core } = this.chip;
    const clock = this.chip.clock as unknown as ChipClock;
    const nanosPerCycle = 1e9 / this.chip.clkSys;
    while (clock.nanos < untilNanos && !this.mustRestart) {
      // WFI ends when an interrupt is pending, be it masked or older than the WFI.
      if (core.waiting && (core.pendingInterrupts & core.enabledInterrupts) !== 0) {
        core.waiting = false;
      }
      if (core.waiting) {
        const next = Math.min(clock.nextAlarm?.nanos ?? untilNanos, untilNanos);
        clock.tick(next - clock.nanos);
      } else {
        this.instructions++;
        clock.tick(core.executeInstruction() * nanosPerCycle);
      }
    }
  }

  /** What the boot ROM does: it copies the second stage, checks it (see above), and jumps there. */
  private boot(): Chip {
    const chip = new RP2040();
    const warn = (part: string, text: string): void => void this.warnings.push(`${part}: ${text}`);
    const ignore = (): void => {};
    chip.logger = { debug: ignore, info: ignore, warn, error: warn };
    chip.onBreak = () => takeHardFault(chip);
    chip.peripherals[RING_OSCILLATOR] = new RandomBits(chip, "ROSC");
    chip.flash.set(this.image);
    const stage = this.image.subarray(0, STAGE_OCTETS);
    chip.sram.set(stage, STAGE_ADDRESS - 0x2000_0000);
    chip.core.VTOR = FLASH_ADDRESS;
    chip.core.SP = STAGE_ADDRESS;
    chip.core.PC = STAGE_ADDRESS;
    const watchdog = chip.peripherals[WATCHDOG] as { onWatchdogTrigger?: () => void };
    watchdog.onWatchdogTrigger = () => void (this.mustRestart = true);
    this.uarts.forEach((uart, index) => uart.join(chip, index));
    return chip;
  }

  private restart(): void {
    this.mustRestart = false;
    this.restarts++;
    const pastUs = this.nowUs();
    this.chip = this.boot();
    this.pastUs = pastUs;
  }
}

/** An undefined instruction, or a breakpoint without a debugger: the emulator leaves it to us. */
function takeHardFault({ core }: Chip): void {
  core.PC -= core.breakRewind;
  core.exceptionEntry(HARD_FAULT);
}

/** The ring oscillator's one register that tells something: a bit by chance, here by a sequence. */
class RandomBits extends BasePeripheral {
  private state = 1;

  override readUint32(offset: number): number {
    if (offset !== RANDOMBIT) return super.readUint32(offset);
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.state >>> 31;
  }
}

/** The world's end of a UART. Octets take their time, in both directions. */
export class Uart {
  /** An octet has left the chip. */
  onOctet: (octet: number) => void = () => {};
  /** All that `feed` was given is in the chip. */
  onDrain: () => void = () => {};
  private device!: Pl011;
  private onItsWay: number[] = [];
  private alarm!: { schedule(nanos: number): void };

  /** Octets that `feed` was given and that are not in the chip yet. */
  get waiting(): number {
    return this.onItsWay.length;
  }

  /** Octets that the chip has lost since it was started, because it did not read them in time. */
  get overruns(): number {
    return this.device.overruns;
  }

  /** Hands octets to the line; they come in one after the other at its rate. */
  feed(octets: Iterable<number>): void {
    const isIdle = this.onItsWay.length === 0;
    for (const octet of octets) this.onItsWay.push(octet);
    if (isIdle && this.onItsWay.length > 0) this.alarm.schedule(this.device.octetNanos);
  }

  /** For `Rp2040`: a chip has been made, or made anew. What was on its way to it is lost. */
  join(chip: Chip, index: number): void {
    this.device = new Pl011(chip, `UART${index}`, UART_IRQS[index]!);
    this.device.onOctet = (octet) => this.onOctet(octet);
    chip.peripherals[UARTS[index]!] = this.device;
    this.onItsWay = [];
    this.alarm = chip.clock.createAlarm(() => this.arrived());
  }

  private arrived(): void {
    const octet = this.onItsWay.shift()!;
    if (this.onItsWay.length > 0) this.alarm.schedule(this.device.octetNanos);
    this.device.receive(octet);
    if (this.onItsWay.length === 0) this.onDrain();
  }
}

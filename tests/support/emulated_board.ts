/**
 * A firmware on an emulated RP2040, and a network of ours at the other end of its serial line, in
 * the time of the chip: every run is the same, however slow the machine is.
 */
import { readFileSync } from "node:fs";
import { readBoard } from "../../host/tools/board/description.js";
import { flatImage } from "../../host/tools/board/elf.js";
import { type FirmwareOptions, makeFirmware } from "../../host/tools/board/firmware.js";
import { Rp2040 } from "../../host/tools/board/rp2040.js";
import { Rp2040Link } from "../../host/tools/board/rp2040_link.js";
import { type Faults, withFaults } from "../../host/link/faults.js";
import { type Network, createNetwork } from "../../host/network.js";
import { entropy } from "./stack_pair.js";

/** Of our end of the line; the board's is in its description. */
const OURS = "192.168.7.1/24";
const STEP_US = 1000;

export class EmulatedBoard {
  /** What the console has said. */
  console = "";

  private constructor(
    readonly chip: Rp2040,
    readonly link: Rp2040Link,
    readonly network: Network,
    readonly address: string,
    /** The file of the firmware. */
    readonly elf: string,
  ) {
    chip.uarts[0].onOctet = (octet) => void (this.console += String.fromCharCode(octet));
  }

  /** Makes the firmware, and switches the board on. `faults` befall the line both ways. */
  static async start(options: FirmwareOptions = {}, faults?: Faults): Promise<EmulatedBoard> {
    const { elf, address } = await makeFirmware(readBoard("rp2040"), options);
    const chip = new Rp2040(flatImage(readFileSync(elf)).octets);
    const link = new Rp2040Link(chip);
    const { clock } = link;
    const network = await createNetwork({
      link: faults === undefined ? link : withFaults(link, { ...faults, clock }),
      clock, address: OURS, entropy: entropy(1),
    });
    return new EmulatedBoard(chip, link, network, address.split("/")[0]!, elf);
  }

  /** Lets time pass until it is done; throws when it takes more than so many seconds of it. */
  async until<Result>(done: Promise<Result>, seconds = 10): Promise<Result> {
    let isDone = false;
    const finish = (): void => void (isDone = true);
    done.then(finish, finish);
    const untilUs = this.chip.nowUs() + seconds * 1e6;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return done;
      if (this.chip.nowUs() > untilUs) throw new Error(`not done after ${seconds} s`);
      this.link.advance(this.chip.nowUs() + STEP_US);
    }
  }

  /** Lets so much time pass. */
  pass(seconds: number): Promise<void> {
    const passed = new Promise<void>((resolve) => {
      this.link.clock.setTimer(seconds * 1e6, resolve);
    });
    return this.until(passed, seconds + 1);
  }

  /** Lets time pass until the console has said it, as the `count`th time; at most a second. */
  async says(text: string, count = 1): Promise<void> {
    const untilUs = this.chip.nowUs() + 1e6;
    while (this.console.split(text).length <= count) {
      if (this.chip.nowUs() > untilUs) throw new Error(`the console did not say "${text}"`);
      await this.pass(0.01);
    }
  }
}

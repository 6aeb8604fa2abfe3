/**
 * The emulated RP2040 is to its firmware and to its serial line what a real one is, as far as we
 * build on it. Method: programs of 30 halfwords, written by hand, in the place of the second boot
 * stage.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RP2040 } from "rp2040js";
import { STAGE_OCTETS, bootStageCrc } from "../../host/tools/board/boot_stage.js";
import { Pl011 } from "../../host/tools/board/pl011.js";
import { Rp2040 } from "../../host/tools/board/rp2040.js";
import { Rp2040Link } from "../../host/tools/board/rp2040_link.js";

/** Sends back what comes on UART1, at 115,200 baud of 125 MHz; after a "!" restarts the chip. */
const ECHO = [
  0x480a, 0x2143, 0x6241, 0x2134, 0x6281, //  UART1: IBRD = 67, FBRD = 52,
  0x2170, 0x62c1, 0x4908, 0x6301, 0x2210, //  LCR_H = 0x70, CR = 0x301
  0x6981, 0x4211, 0xd1fc, //                  1: until FR has no RXFE
  0x6801, 0x6001, 0x2921, 0xd1f8, //          DR = DR; again at 1, if it was no "!"
  0x4804, 0x4904, 0x6001, 0xe7fe, 0x0000, //  WATCHDOG_CTRL = TRIGGER; 2: at 2
  0x8000, 0x4003, 0x0301, 0x0000, 0x8000, 0x4005, 0x0000, 0x8000, // constants
];
/** Until UART1's interrupt is pending, masked by PRIMASK, then WFI; sends "A". */
const SLEEPER = [
  0x480a, 0x2143, 0x6241, 0x2170, 0x62c1, //  UART1: IBRD = 67, LCR_H = 0x70,
  0x6381, 0x4908, 0x6301, 0xb672, //          IMSC = 0x70, CR = 0x301; cpsid i
  0x4a08, 0x4908, 0x6011, 0x32ff, 0x3201, //  NVIC_ISER = 1 << 21
  0x6813, 0x420b, 0xd0fc, 0xbf30, //          1: until NVIC_ISPR has it; wfi
  0x2141, 0x6001, 0xe7fe, 0x0000, //          DR = "A"; 2: at 2
  0x8000, 0x4003, 0x0301, 0x0000, 0xe100, 0xe000, 0x0000, 0x0020, // constants
];
/** Ten bits at 125 MHz / 16 / (67 + 52 / 64). */
const OCTET_US = (10 * 16 * (67 + 52 / 64)) / 125;

function imageOf(halfwords: number[]): Uint8Array {
  const image = new Uint8Array(STAGE_OCTETS);
  const view = new DataView(image.buffer);
  halfwords.forEach((word, index) => view.setUint16(2 * index, word, true));
  view.setUint32(252, bootStageCrc(image.subarray(0, 252)), true);
  return image;
}

describe("an emulated RP2040", () => {
  it("does not start what the boot ROM would not: a CRC that is wrong by a bit", () => {
    const image = imageOf(ECHO);
    image[255]! ^= 1;
    assert.throws(() => new Rp2040(image), /CRC/);
  });

  it("passes octets in both directions at the rate that its firmware has set", () => {
    const board = new Rp2040(imageOf(ECHO));
    const heard: [number, number][] = [];
    board.uarts[1].onOctet = (octet) => void heard.push([octet, board.nowUs()]);
    board.run(1000);
    board.uarts[1].feed([1, 2, 3]);
    board.run(2000);
    assert.deepEqual(heard.map(([octet]) => octet), [1, 2, 3]);
    heard.forEach(([, atUs], index) => {
      assert.ok(Math.abs(atUs - 1000 - (index + 2) * OCTET_US) < 2, `octet ${index} at ${atUs}`);
    });
    assert.deepEqual(board.warnings, []);
  });

  it("starts anew when its watchdog is told to; what was on the line is cut off", () => {
    const board = new Rp2040(imageOf(ECHO));
    let heard = "";
    board.uarts[1].onOctet = (octet) => void (heard += String.fromCharCode(octet));
    board.run(1000);
    board.uarts[1].feed(Buffer.from("a!"));
    board.run(2000);
    assert.equal(board.restarts, 1);
    board.uarts[1].feed(Buffer.from("b"));
    board.run(3000);
    assert.equal(heard, "ab");
    assert.ok(board.nowUs() >= 3000 && board.nowUs() < 3001);
  });
});

describe("its sleep", () => {
  it("ends when an interrupt is pending, though that is masked, and older than the WFI", () => {
    const board = new Rp2040(imageOf(SLEEPER));
    let heard = "";
    board.uarts[1].onOctet = (octet) => void (heard += String.fromCharCode(octet));
    board.run(1000);
    assert.equal(heard, "");
    board.uarts[1].feed([1]);
    board.run(2000);
    assert.equal(heard, "A");
    assert.deepEqual(board.warnings, []);
  });
});

describe("its UART", () => {
  const [DR, FR, IBRD, LCR_H, CR, IMSC, MIS, ICR] = [0, 0x18, 0x24, 0x2c, 0x30, 0x38, 0x40, 0x44];
  const [RXFE, TXFF] = [1 << 4, 1 << 5];
  const [RX, TX, RT] = [1 << 4, 1 << 5, 1 << 6];

  /** At 7,812,500 bits a second: 16 cycles each, of 125 MHz. */
  const makeUart = () => {
    const chip = new RP2040();
    const warnings: string[] = [];
    const warn = (_part: string, text: string): void => void warnings.push(text);
    chip.logger = { debug: warn, info: warn, warn, error: warn };
    const uart = new Pl011(chip, "UART", 20);
    const words: [number, number][] = [[IBRD, 1], [LCR_H, 0x70], [CR, 0x301], [IMSC, RX | TX | RT]];
    for (const [register, word] of words) uart.writeUint32(register, word);
    const clock = chip.clock as unknown as { tick(nanos: number): void };
    const pass = (bits: number) => clock.tick(bits * 128);
    return { uart, warnings, pass };
  };

  it("has room for 33 octets to send, and says when it has no more", () => {
    const { uart, warnings, pass } = makeUart();
    for (let count = 0; count < 33; count++) {
      assert.equal(uart.readUint32(FR) & TXFF, 0, `after ${count}`);
      uart.writeUint32(DR, count);
    }
    assert.equal(uart.readUint32(FR) & TXFF, TXFF);
    uart.writeUint32(DR, 33);
    assert.equal(warnings.length, 1);
    pass(10);
    assert.equal(uart.readUint32(FR) & TXFF, 0);
  });

  it("interrupts when its sender has emptied to the half, and not when it has always been", () => {
    const { uart, pass } = makeUart();
    for (let count = 0; count < 16; count++) uart.writeUint32(DR, count);
    pass(1000);
    assert.equal(uart.readUint32(MIS) & TX, 0);
    for (let count = 0; count < 20; count++) uart.writeUint32(DR, count);
    pass(29);
    assert.equal(uart.readUint32(MIS) & TX, 0);
    pass(2);
    assert.equal(uart.readUint32(MIS) & TX, TX);
    uart.writeUint32(ICR, TX);
    pass(1000);
    assert.equal(uart.readUint32(MIS) & TX, 0);
  });

  it("interrupts when its receiver is half full, or when nothing more comes for 32 bits", () => {
    const { uart, pass } = makeUart();
    for (let count = 0; count < 15; count++) uart.receive(count);
    assert.equal(uart.readUint32(MIS), 0);
    pass(31);
    assert.equal(uart.readUint32(MIS), 0);
    uart.receive(15);
    assert.equal(uart.readUint32(MIS), RX);
    pass(33);
    assert.equal(uart.readUint32(MIS), RX | RT);
    for (let count = 0; count < 16; count++) assert.equal(uart.readUint32(DR), count);
    assert.equal(uart.readUint32(MIS), 0);
    assert.equal(uart.readUint32(FR) & RXFE, RXFE);
  });

  it("loses, and counts, what comes when 32 octets have not been read", () => {
    const { uart } = makeUart();
    for (let count = 0; count < 34; count++) uart.receive(count);
    assert.equal(uart.overruns, 2);
  });
});

describe("the serial line to it", () => {
  const joined = async (): Promise<{ link: Rp2040Link; heard: number[] }> => {
    const link = new Rp2040Link(new Rp2040(imageOf(ECHO)));
    const heard: number[] = [];
    link.onFrame = (octets) => void heard.push(...octets);
    await link.open();
    link.advance(1000);
    return { link, heard };
  };
  const advance = (link: Rp2040Link, us: number): void => {
    const untilUs = link.board.nowUs() + us;
    while (link.board.nowUs() < untilUs) link.advance(untilUs);
  };

  it("refuses when seconds of octets wait, and says when it takes more", async () => {
    const { link, heard } = await joined();
    let drains = 0;
    link.onDrain = () => void drains++;
    const sent = Uint8Array.from({ length: 3000 }, (_, index) => (index % 32) + 64);
    assert.ok(link.send(sent));
    assert.ok(!link.send(sent));
    assert.equal(drains, 0);
    advance(link, 3002 * OCTET_US);
    assert.equal(drains, 1);
    assert.ok(link.hasRoom());
    assert.deepEqual(heard, [...sent]);
    assert.equal(link.board.uarts[1].overruns, 0);
  });

  it("fires the timers of its clock when the chip's time has come there", async () => {
    const { link } = await joined();
    const startUs = link.board.nowUs();
    let firedAtUs = 0;
    link.clock.setTimer(startUs + 500 - link.clock.now(), () => (firedAtUs = link.board.nowUs()));
    advance(link, 400);
    assert.equal(firedAtUs, 0);
    advance(link, 200);
    assert.ok(Math.abs(firedAtUs - startUs - 500) < 1, `at ${firedAtUs}`);
  });

  it("is silent when it is not open", async () => {
    const { link, heard } = await joined();
    await link.close();
    assert.ok(!link.send(Uint8Array.of(65)));
    link.board.uarts[1].feed([65]);
    advance(link, 3 * OCTET_US);
    assert.deepEqual(heard, []);
  });
});

/**
 * The emulated RP2040 is to its firmware and to its serial line what a real one is, as far as we
 * build on it. Method: a program of 30 halfwords, written by hand, in the place of the second boot
 * stage.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STAGE_OCTETS, bootStageCrc } from "../../host/tools/board/boot_stage.js";
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

  it("starts anew when its watchdog is told to, and time goes on", () => {
    const board = new Rp2040(imageOf(ECHO));
    let heard = "";
    board.uarts[1].onOctet = (octet) => void (heard += String.fromCharCode(octet));
    board.run(1000);
    board.uarts[1].feed(Buffer.from("a!"));
    board.run(2000);
    assert.equal(board.restarts, 1);
    board.uarts[1].feed(Buffer.from("b"));
    board.run(3000);
    assert.equal(heard, "a!b");
    assert.ok(board.nowUs() >= 3000 && board.nowUs() < 3001);
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

/**
 * Aim: a complete firmware for the reference board fits: start-up, drivers, SLIP and Ethernet, the
 * stack, HTTP and the services for measuring. Method: the linker's figures.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { makeFirmware } from "../../host/tools/board/firmware.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";

const board = readBoard("lm3s6965evb");
const skip = toolsMissing(compilerTools(board));
const KIB = 1024;
/** Octets, the stack's reserve included. */
const RAM_MOST = 60 * KIB;

describe("sizes of a complete firmware", { skip, timeout: 300_000 }, () => {
  for (const { title, small, flashMost } of [
    { title: "the smallest loss recovery", small: true, flashMost: 64 * KIB },
    { title: "all of the loss recovery", small: false, flashMost: 96 * KIB },
  ]) {
    it(`${title}: at most ${flashMost / KIB} KB flash and 60 KB RAM`, async (test) => {
      const { flash, ram, stack } = (await makeFirmware(board, { small })).sizes;
      test.diagnostic(`flash ${flash}, RAM ${ram} and ${stack} for the stack`);
      assert.ok(flash <= flashMost, `${flash} octets of flash`);
      assert.ok(ram + stack <= RAM_MOST, `${ram} octets of RAM, and ${stack}`);
    });
  }
});

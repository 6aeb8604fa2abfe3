/**
 * Aim: sums for checksums, in the processor's own instructions, are those of RFC 1071. Method: an
 * application on the board makes them at all alignments and many lengths, and compares them with
 * its own, octet by octet; that all carries are taken is shown by octets of ones.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { makeFirmware } from "../../host/tools/board/firmware.js";
import { EMULATOR, Emulator } from "../../host/tools/board/qemu.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";

const BOARD = "lm3s6965evb";
const skip = toolsMissing([...compilerTools(readBoard(BOARD)), EMULATOR]);

describe("sums on a board", { skip, timeout: 120_000 }, () => {
  it("are those of RFC 1071, and copies are copies", async () => {
    const apps = ["../../../tests/board/fixtures/sums"];
    const firmware = await makeFirmware(readBoard(BOARD), { apps, link: "slip" });
    const emulator = await Emulator.start(firmware, { wire: { kind: "terminal" } });
    try {
      assert.equal(await emulator.says(/^sums:/), "sums: wrong: 0");
    } finally {
      await emulator.stop();
    }
  });
});

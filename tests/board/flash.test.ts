/**
 * Aim: whoever has a board gets the file to flash with one command, and is told what to do with
 * it; what is missing is named. Method: the command as a user runs it; the file is looked into.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { flatImage } from "../../host/tools/board/elf.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";
import { build } from "../../host/tools/build.js";
import { Command } from "../support/command.js";
import type { Outcome } from "../support/running.js";

const skip = toolsMissing(compilerTools(readBoard("lm3s6965evb")));
const PATIENCE_MS = 90_000;
const STACK_TOP = 0x2001_0000;

function flash(...words: string[]): Promise<Outcome> {
  return new Command(["flash", ...words]).ended(PATIENCE_MS);
}

describe("motetcp flash", { timeout: 400_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-flash-"));
  before(() => build({ only: "motetcp-board" }), { timeout: 200_000 });
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string): string => join(folder, name);

  it("writes an ELF or the octets of flash, and says how they get there", { skip }, async () => {
    for (const name of ["a.elf", "a.bin"]) {
      const { status, stdout, stderr } = await flash("lm3s6965evb", "--out", file(name));
      assert.equal(status, 0, stderr);
      assert.match(stdout.toString(), /flash \d+,\d+ octets/);
      assert.ok(stdout.toString().includes(`${file(name)} is written. To flash it:\n  `));
    }
    const { octets, address } = flatImage(readFileSync(file("a.elf")));
    const image = readFileSync(file("a.bin"));
    assert.deepEqual([address, image.length], [0, octets.length]);
    // A Cortex-M begins with its stack pointer.
    assert.equal(image.readUInt32LE(0), STACK_TOP);
    assert.ok(!image.equals(octets), "two firmwares have the same chance in them");
  });

  it("writes a UF2 for a board that takes it", { skip }, async () => {
    const { status, stderr } = await flash("rp2040", "--out", file("b.uf2"));
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(file("b.uf2")).toString("latin1", 0, 4), "UF2\n");
  });

  it("says what is wrong: no such board, no such file, no place for it", async () => {
    for (const [words, message] of [
      [["lm3s6965", "--out", "a.elf"], /no board "lm3s6965"; did you mean lm3s6965evb\?/],
      [["lm3s6965evb"], /--out FILE is missing/],
      [["lm3s6965evb", "--out", "a.uf2"], /lm3s6965evb ends in \.elf or \.bin, not in "\.uf2"/],
    ] as const) {
      const { status, stderr } = await flash(...words);
      assert.notEqual(status, 0);
      assert.match(stderr, message);
    }
  });

  it("names the Debian package of what is missing", () => {
    assert.equal(toolsMissing(["arm-none-eabi-gcc-of-another-day"]),
      "needs arm-none-eabi-gcc-of-another-day: " +
      "apt-get install -y --no-install-recommends arm-none-eabi-gcc-of-another-day");
    const path = process.env["PATH"];
    try {
      process.env["PATH"] = folder;
      assert.match(`${toolsMissing(["arm-none-eabi-gcc", "qemu-system-arm"])}`,
        /needs arm-none-eabi-gcc, qemu-system-arm: .* gcc-arm-none-eabi qemu-system-arm$/);
    } finally {
      process.env["PATH"] = path;
    }
  });
});

/**
 * Aim: an access outside of linear memory ends there: it is reported on the console, and the board
 * starts anew and serves. Method: the board's product with one more export, a load from wherever it
 * is told to, and an application that tells it what a client wants (fixtures/planted.c).
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { run } from "../../host/tools/board/toolchain.js";
import { BoardLine, boardMissing, type Client } from "../support/board_line.js";
import { OFFSET, PLANTED, PORT, planted, wordOf } from "../support/planted.js";

const board = "lm3s6965evb";
const RESTARTED = /^motetcp: lm3s6965evb ready,/;
const skip = boardMissing(board, "curl");

describe("an access out of bounds, on the board", { skip, timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-trap-"));
  let line: BoardLine;
  let client: Client;
  /** What the module's pointers stay below. */
  let limit: number;

  before(async () => {
    const module = join(folder, "planted.wasm");
    writeFileSync(module, planted());
    const apps = ["http", PLANTED];
    line = await BoardLine.start({ board, module, apps });
    client = line.client();
    const text = readFileSync(join(line.firmware.elf, "../wasm2c.c"), "utf8");
    const end = Number(/heap_base = (\d+)u;/.exec(text)![1]);
    limit = Math.ceil(end / 256) * 256;
  });
  after(async () => {
    await line?.remove();
    rmSync(folder, { recursive: true });
  });

  it("inside, all is well", async () => {
    for (const pointer of [0, 1000, limit]) {
      assert.equal(await client.ask(`poke ${PORT} ${wordOf(pointer)}`), "k", `${pointer}`);
    }
    assert.equal(line.emulator.lines.some((text) => /trap/.test(text)), false);
  });

  for (const [title, pointerOf] of [
    ["one octet beyond", () => limit + 1],
    ["far beyond", () => 0x2000_0000],
    ["where pointer and offset wrap around", () => 0x1_0000_0000 - OFFSET],
  ] as const) {
    it(`${title}: a trap, told with its place; then the board serves again`, async () => {
      const first = line.emulator.lines.length;
      const answer = client.ask(`poke ${PORT} ${wordOf(pointerOf())}`);
      const report = await line.emulator.says(/trap/, { first });
      const [, address] =
        /^motetcp: trap: out of bounds at (0x[0-9a-f]{8}); restarting$/.exec(report)!;
      const words = ["-i", "-f", "-e", line.firmware.elf, address!];
      assert.match(run("arm-none-eabi-addr2line", words), /planted/);
      await line.emulator.says(RESTARTED, { first });
      // The connection of before is one of nobody's.
      assert.equal(await answer, "ECONNRESET");
      assert.match(await line.curl("/"), /, up \d s/);
      assert.equal(await client.ask(`poke ${PORT} ${wordOf(0)}`), "k");
    });
  }
});

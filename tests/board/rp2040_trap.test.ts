/**
 * Aim: on a Cortex-M0+, too, an access outside of linear memory is told on the console, to its last
 * character, and the board starts anew and serves. Method: as in trap.test.ts, on an emulated chip
 * whose restart cuts off what its UARTs have not sent.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { compilerTools, run, toolsMissing } from "../../host/tools/board/toolchain.js";
import { EmulatedBoard } from "../support/emulated_board.js";
import { PLANTED, PORT, planted, wordOf } from "../support/planted.js";

const READY = "motetcp: rp2040 ready";
const skip = toolsMissing(compilerTools(readBoard("rp2040")));

describe("an access out of bounds, on an RP2040", { skip, timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-trap-"));
  let board: EmulatedBoard;

  before(async () => {
    const module = join(folder, "planted.wasm");
    writeFileSync(module, planted());
    board = await EmulatedBoard.start({ module, apps: [PLANTED] });
    await board.says(READY);
  });

  after(() => rmSync(folder, { recursive: true }));

  /** What the board says to the client that has let it read there: "k", or why nothing. */
  const poke = (pointer: number): Promise<string> =>
    board.until(new Promise((resolve) => {
      const socket = board.network.connect(PORT, board.address);
      socket.write(Buffer.from(wordOf(pointer), "hex"));
      socket.once("data", (data) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.once("error", ({ message }) => resolve(message));
    }));

  it("inside, all is well", async () => {
    assert.equal(await poke(1000), "k");
    assert.equal(board.chip.restarts, 0);
  });

  it("outside: a trap, told with its place; then the board serves again", async () => {
    const answer = poke(0x2000_0000);
    await board.says(READY, 2);
    assert.equal(board.chip.restarts, 1);
    const report = /\nmotetcp: trap: out of bounds at (0x[0-9a-f]{8}); restarting\r\n/;
    const [, address] = report.exec(board.console)!;
    const place = run("arm-none-eabi-addr2line", ["-i", "-f", "-e", board.elf, address!]);
    assert.match(place, /planted/);
    // The connection of before is one of nobody's.
    assert.match(await answer, /ECONNRESET/);
    assert.equal(await poke(1000), "k");
  });
});

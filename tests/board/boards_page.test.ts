/** docs/boards.md says what is so: its boards, the words of board.json, and its application. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT, boardNames, readBoard } from "../../host/tools/board/description.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";
import { EmulatedBoard } from "../support/emulated_board.js";
import { received } from "../support/socket_ends.js";

const page = readFileSync(join(ROOT, "docs/boards.md"), "utf8");
const skip = toolsMissing(compilerTools(readBoard("rp2040")));

describe("docs/boards.md", () => {
  it("has a line for each board", () => {
    for (const name of boardNames()) assert.ok(page.includes(`\n| \`${name}\``), name);
  });

  it("explains each word that a board.json uses", () => {
    const table = page.slice(page.indexOf("`board.json`:"), page.indexOf("`link.ld`:"));
    const words = new Set(boardNames().flatMap((name) => Object.keys(readBoard(name))));
    for (const word of words) assert.ok(table.includes(`\`${word}\``), word);
  });

  it("names each function that a board gives", () => {
    const header = readFileSync(join(ROOT, "host/board/board.h"), "utf8");
    const names = [...header.matchAll(/^[^\s/*#].*\b(board_\w+)\(/gm)].map(([, name]) => name!);
    assert.ok(names.length >= 12, `${names.length} functions`);
    const table = page.slice(page.indexOf("`board.c` implements"));
    for (const name of names) {
      const [, rest] = /^board_(?:frame|serial)(_\w+)$/.exec(name) ?? [];
      assert.ok(table.includes(`\`${name}\``) || (rest && table.includes(`\`${rest}\``)), name);
    }
  });

  it("has an application that says hello", { skip, timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "motetcp-hello-"));
    try {
      const source = join(folder, "hello.c");
      writeFileSync(source, /```c\n(.*?)```/s.exec(page)![1]!);
      const board = await EmulatedBoard.start({ apps: ["http", source] });
      await board.says("motetcp: hello on port 13");
      await board.says("motetcp: rp2040 ready");
      const socket = board.network.connect(13, board.address);
      assert.equal(String(await board.until(received(socket))), "hello\r\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

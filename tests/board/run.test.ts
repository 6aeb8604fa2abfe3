/**
 * Aim: `npm run board -- NAME` gives whoever cloned the repository a board to talk to, as root and
 * not, and leaves nothing behind. Method: the command as a user runs it.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { EMULATOR } from "../../host/tools/board/qemu.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";
import { build } from "../../host/tools/build.js";
import { boardMissing } from "../support/board_line.js";
import { packageMissing } from "../support/namespace.js";
import { Running } from "../support/running.js";

const BOARD = "lm3s6965evb";
const SCRIPT = [process.execPath, "--import", "tsx", "host/tools/board/main.ts"];
const PATIENCE_MS = 90_000;
const noEmulator = toolsMissing([...compilerTools(readBoard(BOARD)), EMULATOR]);

/** Runs it until the board is ready, lets `use` talk to it, and ends it. */
async function withBoard(
  words: string[], ready: RegExp, use: (match: RegExpExecArray) => Promise<void> | void,
): Promise<void> {
  const running = new Running([...SCRIPT, ...words]);
  try {
    await use(await running.says(ready, "stdout", PATIENCE_MS));
    running.signal("SIGTERM");
    assert.equal((await running.ended()).status, 0);
  } finally {
    await running.clear();
  }
}

async function pageAt(port: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}

describe("npm run board", { timeout: 400_000 }, () => {
  before(() => build({ only: "motetcp-board" }), { timeout: 200_000 });

  const carried = /at http:\/\/127\.0\.0\.1:(\d+)\//;

  it("carries a port of this machine to the board, without root", { skip: noEmulator }, () =>
    withBoard([BOARD, "--stream", "--port", "0"], carried, async ([, port]) => {
      assert.match(await pageAt(port!), /MoteTCP on lm3s6965evb/);
    }));

  const noLine = noEmulator || packageMissing("serialport");
  it("the same over SLIP", { skip: noLine }, () =>
    withBoard([BOARD, "--slip", "--stream", "--port", "0"], carried, async ([, port]) => {
      assert.match(await pageAt(port!), /MoteTCP on lm3s6965evb/);
    }));

  const noLinux = boardMissing(BOARD, "curl");
  it("puts Linux at the other end, and removes it", { skip: noLinux }, async () => {
    let name = "";
    await withBoard([BOARD], /ip netns exec (\S+) curl (\S+)\n/, ([, namespace, url]) => {
      name = namespace!;
      const words = ["netns", "exec", name, "curl", "--silent", url!];
      assert.match(spawnSync("ip", words).stdout.toString(), /MoteTCP on lm3s6965evb/);
    });
    assert.ok(!spawnSync("ip", ["netns", "list"]).stdout.toString().includes(name));
  });

  it("says which boards there are", async () => {
    const { status, stderr } = await new Running([...SCRIPT, "lm3s6965ev"]).ended();
    assert.deepEqual([status, stderr],
      [1, 'board: there is no board "lm3s6965ev"; did you mean lm3s6965evb?\n']);
  });
});

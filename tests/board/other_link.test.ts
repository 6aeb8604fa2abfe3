/**
 * Aim: a board with two links serves whoever calls, without being built anew. Method: a firmware
 * that starts with Ethernet, and a stack of ours at the other end of its serial line alone.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { makeFirmware } from "../../host/tools/board/firmware.js";
import { EMULATOR, Emulator } from "../../host/tools/board/qemu.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";
import { openLink } from "../../host/link/open.js";
import { type Network, createNetwork } from "../../host/network.js";
import { received } from "../support/socket_ends.js";

const board = readBoard("lm3s6965evb");
const skip = toolsMissing([...compilerTools(board), EMULATOR]);
const TEXT = "over the serial line";

describe("a board that starts with Ethernet, called over SLIP", { skip, timeout: 120_000 }, () => {
  let emulator: Emulator;
  let network: Network;

  before(async () => {
    const { elf } = await makeFirmware(board, { link: "ethernet" });
    emulator = await Emulator.start({ board, elf }, { wire: { kind: "terminal" } });
    const link = await openLink(`serial:${emulator.terminal}@115200`);
    network = await createNetwork({ link, address: `${board.gateway}/24` });
  });
  after(async () => {
    await network?.close();
    await emulator?.stop();
  });

  it("restarts with SLIP at the first packet, and serves the client that tries again", async () => {
    assert.ok(emulator.lines.some((line) => /ready, \S+ on ethernet$/.test(line)));
    const socket = network.connect(7, board.address.split("/")[0]!);
    socket.end(TEXT);
    await emulator.says(/^motetcp: somebody calls on the other link; restarting$/);
    await emulator.says(/ready, \S+ on slip$/);
    assert.equal(String(await received(socket)), TEXT);
  });
});

/**
 * Aim: what `npm run board -- rp2040` does for people: this machine's programs reach the emulated
 * board by a port on loopback, without root, in real time. Method: Node's own http as the program.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { flatImage } from "../../host/tools/board/elf.js";
import { makeFirmware } from "../../host/tools/board/firmware.js";
import { Rp2040Session } from "../../host/tools/board/rp2040_session.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";

const skip = toolsMissing(compilerTools(readBoard("rp2040")));

describe("an emulated RP2040 in real time", { skip, timeout: 300_000 }, () => {
  const lines: string[] = [];
  let session: Rp2040Session;

  before(async () => {
    const { elf, address } = await makeFirmware(readBoard("rp2040"));
    session = await Rp2040Session.start({
      image: flatImage(readFileSync(elf)).octets,
      ours: "192.168.7.1/24",
      board: address.split("/")[0]!,
      ports: [{ ours: 0, board: 80 }],
      onLine: (line) => void lines.push(line),
    });
  });

  after(() => session.stop());

  it("serves this machine by a port on loopback", async () => {
    const response = await fetch(`http://127.0.0.1:${session.ports[0]}/`);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /MoteTCP on rp2040, up \d+ s/);
  });

  it("has told on its console who it is", () => {
    assert.ok(lines.some((line) => line.startsWith("motetcp: rp2040 ready")), lines.join("\n"));
  });
});

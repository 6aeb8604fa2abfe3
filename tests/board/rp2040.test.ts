/**
 * Aim: the board's module serves as firmware of an RP2040, over SLIP. Method: the firmware that
 * would be flashed, started as the boot ROM does on an emulated chip (rp2040js), to a stack of
 * ours.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { before, describe, it } from "node:test";
import { readBoard } from "../../host/tools/board/description.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";
import { EmulatedBoard } from "../support/emulated_board.js";
import { patternAt } from "../support/pattern.js";
import { received } from "../support/socket_ends.js";

const skip = toolsMissing(compilerTools(readBoard("rp2040")));

/** So many go through both rings, which are 2 KiB each, and hold what SLIP escapes. */
const ECHO_OCTETS = 8000;
/** An idle chip may wake up for a timer, and no more. */
const IDLE_INSTRUCTIONS = 100;

describe("an RP2040 with MoteTCP, over SLIP", { skip, timeout: 300_000 }, () => {
  let board: EmulatedBoard;

  before(async () => {
    board = await EmulatedBoard.start();
    await board.says("motetcp: rp2040 ready, 192.168.7.2/24 on slip");
  });

  const get = async (path: string): Promise<{ status: number | undefined; page: string }> => {
    const { address: host, network } = board;
    const createConnection =
      network.createConnection as unknown as NonNullable<http.RequestOptions["createConnection"]>;
    const request = http.get({ host, path, createConnection });
    const [response] = (await board.until(once(request, "response"))) as [http.IncomingMessage];
    const page = (await board.until(response.toArray())).join("");
    return { status: response.statusCode, page };
  };

  it("gives its status page over HTTP: who is connected, and what has been counted", async () => {
    const { status, page } = await get("/");
    assert.equal(status, 200);
    assert.match(page, /MoteTCP on rp2040, up \d+ s/);
    assert.match(page, / \*:80 +\*:\* +LISTEN\n/);
    assert.match(page, / 192\.168\.7\.2:80 +192\.168\.7\.1:\d+ +ESTABLISHED /);
    assert.match(page, /\nTcpPassiveOpens +1\n/);
  });

  it("says that there is no other page", async () => {
    assert.equal((await get("/nowhere")).status, 404);
  });

  it("echoes what it is sent, with back-pressure both ways", async () => {
    const sent = Buffer.from(patternAt(0, 0, ECHO_OCTETS));
    sent.fill(Buffer.of(0xc0, 0xdb, 0xdc, 0xdd), 0, 1000);
    const socket = board.network.connect(7, board.address);
    socket.end(sent);
    assert.ok((await board.until(received(socket), 30)).equals(sent));
  });

  it("sleeps when there is nothing to do", async () => {
    await board.pass(10);
    const { instructions } = board.chip;
    await board.pass(1);
    assert.ok(board.chip.instructions - instructions <= IDLE_INSTRUCTIONS,
      `${board.chip.instructions - instructions} instructions`);
  });

  it("has done nothing so far that a real chip would not stand", () => {
    assert.deepEqual(board.chip.warnings, []);
    assert.equal(board.chip.uarts[1].overruns, 0);
    assert.equal(board.chip.restarts, 0);
  });
});

describe("an RP2040 on a bad line", { skip, timeout: 300_000 }, () => {
  it("echoes all the same: of packets 5 % are lost, and 5 % damaged", async () => {
    const board = await EmulatedBoard.start({}, { loss: 0.05, corrupt: 0.05, seed: 7 });
    await board.says("motetcp: rp2040 ready");
    const sent = Buffer.from(patternAt(1, 0, 4 * ECHO_OCTETS));
    const socket = board.network.connect(7, board.address);
    socket.end(sent);
    assert.ok((await board.until(received(socket), 120)).equals(sent));
    assert.equal(board.chip.restarts, 0);
    assert.deepEqual(board.chip.warnings, []);
    // It was a bad line.
    assert.ok(board.network.counters().TcpRetransmissions > 0);
  });
});

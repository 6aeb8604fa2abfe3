/**
 * What every board with a line to Linux has to show, for the tests of each: pages, bulk, a bad
 * line, more clients than it has connections, a flood.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BoardLine, type BoardLineOptions, boardMissing } from "./board_line.js";

/** Of the default budget. */
const CONNECTIONS = 8;
const ECHO_TIMEOUT_MS = 90_000;
/** On a busy machine an emulated UART takes 1000 SYNs a second. */
const FLOOD_TIMEOUT_MS = 300_000;
const FAULTS = ["--loss", "0.05", "--reorder", "0.05", "--seed", "7"];

export interface Amounts {
  bulk: number;
  lossy: number;
  syns: number;
}

/** Describes the suite for a board, at the amounts that its line can carry in a minute or two. */
export function boardSuite(title: string, options: BoardLineOptions, amounts: Amounts): void {
  const skip = boardMissing(options.board, "curl");

  describe(`${title}, to Linux`, { skip, timeout: 500_000 }, () => {
    let line: BoardLine;
    before(async () => (line = await BoardLine.start({ ...options, hasAttacker: true })));
    after(() => line?.remove());

    it("curl gets the status page", async () => {
      const page = await line.curl("/");
      assert.match(page, new RegExp(`MoteTCP on ${options.board}, up \\d+ s`));
      assert.match(page, /^0 +8 +\*:80 +\*:\* +LISTEN$/m);
      assert.match(page, /^\d+ +\d+ +\S+:80 +\S+:\d+ +ESTABLISHED/m);
      assert.ok(await line.counter("InTcp") >= 3);
    });

    it(`${amounts.bulk.toLocaleString("en")} octets through echo, both ways at once`, async () => {
      assert.equal(await line.client().ask(`echo ${amounts.bulk}`, ECHO_TIMEOUT_MS), "same");
    });

    it("holds eight connections, and a ninth gets its turn", async () => {
      const client = line.client();
      for (let name = 1; name <= CONNECTIONS; name++) {
        assert.equal(await client.ask(`hold ${name}`), "connected");
        assert.equal(await client.ask(`say ${name} hello ${name}`), `hello ${name}`);
      }
      // Linux is content with the SYN+ACK; the board has no place for its ACK yet.
      assert.equal(await client.ask("hold 9"), "connected");
      assert.equal(await client.ask("say 9 hello 9"), "silence");
      assert.equal(await client.ask("say 3 still here"), "still here");
      assert.equal(await client.ask("drop 3"), "closed");
      assert.equal(await client.ask("hear 9 7"), "hello 9");
      for (const name of [1, 2, 4, 5, 6, 7, 8, 9]) {
        assert.equal(await client.ask(`say ${name} bye ${name}`), `bye ${name}`);
        assert.equal(await client.ask(`drop ${name}`), "closed");
      }
      assert.ok(await line.counter("DropTcpNoSlot") > 0);
    });

    it(`serves a client during a flood of ${amounts.syns.toLocaleString("en")} SYNs`, async (t) => {
      t.diagnostic(await serveFlooded(line, amounts.syns));
    });
  });

  describe(`${title}, on a bad line to Linux`, { skip, timeout: 100_000 }, () => {
    let line: BoardLine;
    before(async () => (line = await BoardLine.start({ ...options, faults: FAULTS })));
    after(() => line?.remove());

    it(`${amounts.lossy.toLocaleString("en")} octets, 5 % lost, 5 % out of order`, async () => {
      assert.equal(await line.client().ask(`echo ${amounts.lossy}`, ECHO_TIMEOUT_MS), "same");
      assert.ok(await line.counter("TcpRetransmissions") > 0, "nothing was lost");
      assert.ok(await line.counter("TcpOutOfOrderText") > 0, "nothing was out of order");
    });
  });
}

/** Talks to a board while it is flooded. Gives what there is to say about it. */
async function serveFlooded(line: BoardLine, syns: number): Promise<string> {
  const client = line.client();
  assert.equal(await client.ask("hold before"), "connected");
  let served = 0;
  // On a fast machine one flood may be over too soon to tell.
  for (let floods = 0; floods === 0 || (served < 2 && floods < 5); floods++) {
    line.attacker!.tell(`flood 7 ${syns}`);
    const flooded = line.attacker!.line(FLOOD_TIMEOUT_MS);
    let isOver = false;
    void flooded.finally(() => (isOver = true));
    while (!isOver) {
      assert.equal(await client.ask("talk before are you there"), "are you there");
      if (!isOver) served++;
    }
    assert.equal(await flooded, "flooded");
  }
  assert.equal(await client.ask("echo 10000"), "same");
  assert.ok(served >= 1, "nobody was served while it lasted");
  assert.equal(await client.ask("talk before good"), "good");
  // A network card may lose of them what it has no room for.
  const cookies = await line.counter("TcpCookiesSent");
  assert.ok(cookies > syns / 50, `${cookies} cookies`);
  assert.ok(line.emulator.lines.every((text) => !/trap/.test(text)));
  return `${cookies} cookies were sent; the client was served ${served} times`;
}

/**
 * Aim: an end that is gone without a word is found out. We restart, and connect to the port of
 * Linux that still holds the connection of before; Linux is removed, and keep-alive tells us.
 * Method: our host is killed and started again in its namespace; Linux's interface is taken down.
 * Whether something was "at once" is told by what had to be sent again for it, not by a clock.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { HeldLine } from "../support/held_line.js";
import { DEVICE, lineMissing } from "../support/linux_line.js";

const skip = lineMissing("ss", "python3");
const ENTROPY = 7;

describe("an end that is gone, on TAP", { skip, timeout: 120_000 }, () => {
  const held = new HeldLine("tap");

  before(async () => {
    await held.start(ENTROPY);
    held.startPeer();
    await held.linux(`listen ${held.linuxPort}`);
  });
  after(() => held.remove());

  /** We connect to Linux, from a port that is returned. */
  async function open(localPort = 0): Promise<string> {
    await held.tell(`connect ${localPort} ${held.linuxPort}`);
    await held.linux("accept");
    return held.host.ask("port");
  }

  /** Our host dies, and another takes its place. */
  async function restart(entropy: number): Promise<void> {
    await held.host.kill();
    await held.start(entropy);
  }

  async function counter(name: string): Promise<number> {
    return (JSON.parse(await held.host.ask("counters")) as Record<string, number>)[name]!;
  }

  it("restarted with fresh entropy we are connected at once [S28] [RFC6528-3a]", async () => {
    const before = await open();
    assert.equal(await held.host.ask("send 4"), "ok");
    await restart(ENTROPY + 1);
    assert.notEqual(await open(), before);
    assert.equal(await counter("TcpRetransmissionTimeouts"), 0, "no SYN was lost on anybody");
    assert.equal((await held.line.states(held.linuxPort)).length, 2, "Linux holds both");
    await held.tell("send 8");
    assert.equal(await held.peer.ask("recv 8"), "motemote");
  });

  it("restarted with the same entropy, and the same port: one SYN is sent again, after a second " +
    "[S28]", async () => {
    const port = await held.host.ask("port");
    await restart(ENTROPY + 1);
    assert.equal(await open(), port);
    assert.equal(await counter("TcpRetransmissionTimeouts"), 1);
    assert.equal(await counter("TcpResetsSent"), 1, "Linux was told");
    await held.tell("send 8");
    assert.equal(await held.peer.ask("recv 8"), "motemote");
  });

  it("keep-alive finds out that Linux is gone [S21] [S26]", async () => {
    for (const option of ["keepAliveIdle 1", "keepAliveInterval 1", "keepAliveCount 2"]) {
      await held.tell(`option ${option}`);
    }
    await held.tell("option keepAlive 1");
    // Answered so far.
    await until(async () => (await counter("TcpKeepAlives")) >= 3);
    assert.equal(await held.host.ask("error"), "none");
    held.line.space.ip("link", "set", DEVICE, "down");
    const probes = await counter("TcpKeepAlives");
    await until(async () => (await held.host.ask("error")) !== "none");
    assert.match(await held.host.ask("error"), /^E(TIMEDOUT|HOSTUNREACH)$/);
    assert.ok((await counter("TcpKeepAlives")) <= probes + 2, "as many probes as were asked for");
    assert.deepEqual(JSON.parse(await held.host.ask(`states ${held.linuxPort}`)), []);
    // Linux has not heard of it, and learns of it when it speaks.
    assert.ok((await held.line.states(held.linuxPort)).includes("ESTAB"));
    held.line.space.ip("link", "set", DEVICE, "up");
    await held.linux("send anybody?");
    assert.equal(await held.peer.ask("recv 1"), "ECONNRESET");
  });
});

/** Waits until it is so, a quarter of a minute at the most. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    assert.ok(tries < 150, "not in time");
    await new Promise((done) => setTimeout(done, 100));
  }
}

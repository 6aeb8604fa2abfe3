/**
 * Aim: Linux and we agree on the state of a connection at every step, not only where it comes to
 * rest: openings and closings of all kinds, simultaneous ones too. Method: the line is held, and
 * frames are let go one by one; `ss` and our netstat tell the states in between.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { HeldLine } from "../support/held_line.js";
import { type Received, lineMissing } from "../support/linux_line.js";

const skip = lineMissing("ss", "python3", "ping");
const ALL = 99;
const OUR_PORT = 7;

describe("Linux and us on TAP, step by step", { skip, timeout: 120_000 }, () => {
  const held = new HeldLine("tap");

  before(async () => {
    await held.start();
    held.startPeer();
    await held.tell(`listen ${OUR_PORT}`);
    // Both know each other's MAC address from here on.
    assert.equal(held.line.space.run(["ping", "-c", "1", "10.0.0.2"]).status, 0);
  });
  after(() => held.remove());
  beforeEach(() => held.linuxPort++);
  afterEach(async () => held.tell("release"));

  const out = (count = ALL): Promise<void> => held.tell(`pass out ${count}`);
  const into = (count = ALL): Promise<void> => held.tell(`pass in ${count}`);

  /** A connection that Linux has opened. */
  async function open(): Promise<void> {
    await held.linux(`connect ${held.linuxPort} ${OUR_PORT}`, "connected");
    await held.agree("ESTAB", "ESTABLISHED");
  }

  /** Whatever is left is ended. */
  async function end(): Promise<void> {
    await held.tell("release", "end");
    await held.linux("close");
  }

  it("Linux opens: three segments [S01] [S02]", async () => {
    await held.tell("hold");
    await held.linux(`connect ${held.linuxPort} ${OUR_PORT}`);
    await held.agree("SYN-SENT", "");
    await into();
    await held.agree("SYN-SENT", "SYN-RECEIVED");
    await out();
    await held.agree("ESTAB", "SYN-RECEIVED");
    await into();
    await held.agree("ESTAB", "ESTABLISHED");
    await end();
  });

  it("we open: three segments [S01] [S02]", async () => {
    await held.linux(`listen ${held.linuxPort}`);
    await held.tell("hold", `connect 0 ${held.linuxPort}`);
    await held.agree("", "SYN-SENT");
    await out();
    await held.agree("SYN-RECV", "SYN-SENT");
    await into();
    await held.agree("SYN-RECV", "ESTABLISHED");
    await out();
    await held.agree("ESTAB", "ESTABLISHED");
    await held.linux("accept");
    await end();
  });

  it("both open: SYNs that cross are one connection [S04] [MUST-10]", async () => {
    await held.tell("hold", `connect 6000 ${held.linuxPort}`);
    await held.linux(`connect ${held.linuxPort} 6000`);
    await held.agree("SYN-SENT", "SYN-SENT");
    await out(1);
    await held.agree("SYN-RECV", "SYN-SENT");
    await into(1);
    await held.agree("SYN-RECV", "SYN-RECEIVED");
    await into();
    await held.agree("SYN-RECV", "ESTABLISHED");
    await out();
    await held.agree("ESTAB", "ESTABLISHED");
    await held.tell("release", "send 8");
    await held.linux("connected", "send good-day");
    assert.equal(await held.peer.ask("recv 8"), "motemote");
    await heard("good-day");
    await end();
  });

  it("Linux closes first [S05] [S07]", async () => {
    await open();
    await held.tell("hold");
    await held.linux("shutdown");
    await held.agree("FIN-WAIT-1", "ESTABLISHED");
    await into();
    await held.agree("FIN-WAIT-1", "CLOSE-WAIT");
    await out();
    await held.agree("FIN-WAIT-2", "CLOSE-WAIT");
    await held.tell("end");
    await held.agree("FIN-WAIT-2", "LAST-ACK");
    await out();
    await held.agree("TIME-WAIT", "LAST-ACK");
    await into();
    await held.agree("TIME-WAIT", "");
  });

  it("we close first [S05] [S07]", async () => {
    await open();
    await held.tell("hold", "end");
    await held.agree("ESTAB", "FIN-WAIT-1");
    await out();
    await held.agree("CLOSE-WAIT", "FIN-WAIT-1");
    await into();
    await held.agree("CLOSE-WAIT", "FIN-WAIT-2");
    await held.linux("shutdown");
    await held.agree("LAST-ACK", "FIN-WAIT-2");
    await into();
    await held.agree("LAST-ACK", "TIME-WAIT");
    await out();
    await held.agree("", "TIME-WAIT");
  });

  it("both close: FINs that cross [S08]", async () => {
    await open();
    await held.tell("hold", "end");
    await held.linux("shutdown");
    await held.agree("FIN-WAIT-1", "FIN-WAIT-1");
    await out(1);
    await held.agree("CLOSING", "FIN-WAIT-1");
    await into(1);
    await held.agree("CLOSING", "CLOSING");
    await out();
    await held.agree("TIME-WAIT", "CLOSING");
    await into();
    await held.agree("TIME-WAIT", "TIME-WAIT");
  });

  it("FIN and ACK in one: FIN-WAIT-1 to TIME-WAIT [S06]", async () => {
    await open();
    await held.tell("hold", "end");
    await out();
    await held.agree("CLOSE-WAIT", "FIN-WAIT-1");
    // The ACK alone is lost, if it was sent before Linux closes.
    await held.tell(`drop in ${ALL}`);
    await held.linux("shutdown");
    await held.agree("LAST-ACK", "FIN-WAIT-1");
    await into(1);
    await held.agree("LAST-ACK", "TIME-WAIT");
  });

  it("after Linux's FIN we go on sending, after ours Linux does [S09]", async () => {
    await open();
    await held.linux("send before", "shutdown");
    await held.agree("FIN-WAIT-2", "CLOSE-WAIT");
    await held.tell("send 4", "send 4", "end");
    assert.equal(await held.peer.ask("recv 100"), "motemote");
    await heard("before");
    await held.agree("TIME-WAIT", "");
    held.linuxPort++;
    await open();
    await held.tell("send 4", "end");
    await held.agree("CLOSE-WAIT", "FIN-WAIT-2");
    assert.equal(await held.peer.ask("recv 100"), "mote");
    await held.linux("send after", "send -wards", "shutdown");
    await heard("after-wards");
    await held.agree("", "TIME-WAIT");
  });

  it("a SYN-RECEIVED that Linux knows nothing of any more is back in LISTEN [S12]", async () => {
    await held.tell("hold");
    await held.linux(`connect ${held.linuxPort} ${OUR_PORT}`);
    await into();
    await held.agree("SYN-SENT", "SYN-RECEIVED");
    await held.linux("close");
    await held.agree("", "SYN-RECEIVED");
    await held.tell("release");
    await held.agree("", "");
    held.linuxPort++;
    await open();
    await end();
  });

  it("urgent data of Linux's come in line, and we are told where they end [S19] [MUST-31]",
    async () => {
      await open();
      await held.linux("send abc", "urgent defG");
      await heard("abcdefG");
      await held.linux("send hij");
      await heard("abcdefGhij");
      assert.deepEqual(JSON.parse(await held.host.ask("urgents")), [7]);
      await end();
    });

  it("urgent data of ours end where Linux sees its mark [S19] [MUST-62]", async () => {
    await open();
    await held.tell("send 4", "urgent abcX");
    assert.equal(await held.peer.ask("mark"), "moteabc|X");
    await held.tell("send 8");
    assert.equal(await held.peer.ask("recv 8"), "motemote");
    await end();
  });

  it("timestamps, SACK and window scale are agreed on [RFC7323-2.2b] [RFC7323-3.2a]", async () => {
    await open();
    const filter = `sport = :${held.linuxPort}`;
    const { text } = held.line.space.run(["ss", "-H", "-t", "-i", "-o", "-n", filter]);
    assert.match(text, /\bts\b.*\bsack\b.*\bwscale:\d+,\d+/s);
    await end();
  });

  it("Linux repairs a hole by what our SACK says [S18]", async () => {
    await open();
    await held.tell("hold");
    await held.linux(`send ${"x".repeat(14_000)}`);
    await into(1);
    await held.tell("drop in 1", "release");
    const deadline = Date.now() + 5000;
    while ((await bytes()) < 14_000 && Date.now() < deadline) continue;
    assert.equal(await bytes(), 14_000);
    const { text } = held.line.space.run(["nstat", "-az", "TcpExtTCPSackRecovery"]);
    assert.match(text, /TcpExtTCPSackRecovery +[1-9]/);
    await end();
  });

  async function heard(text: string): Promise<void> {
    const deadline = Date.now() + 5000;
    let seen = await held.host.ask("text");
    while (seen !== text && Date.now() < deadline) seen = await held.host.ask("text");
    assert.equal(seen, text);
  }

  async function bytes(): Promise<number> {
    return (JSON.parse(await held.host.ask("received")) as Received).bytes;
  }
});

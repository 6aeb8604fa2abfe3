/**
 * Aim: what a program of Linux's can ask its TCP for does no harm to a connection with us, whether
 * we have part in it or not: Fast Open, signed segments, small segments, small and shrinking
 * windows, user timeouts, resets in place of FINs; and a path that loses large packets without a
 * word. Method: both ends held in hand, and the link that loses them.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Seen } from "../support/held_link.js";
import { HeldLine } from "../support/held_line.js";
import { DEVICE, type Received, lineMissing, sha256 } from "../support/linux_line.js";

const OUR_PORT = 7;
const OCTETS = 200_000;
/** So many fit our ring at once. */
const FEW = 40_000;
/** More than fits Linux's buffer once that is small, which then is a slow way. */
const SHRUNK = 500_000;
/** More than both ends' buffers take in. */
const MANY = 3_000_000;
/** IP's and TCP's, without options: what is announced does not count those (RFC 9293 MUST-67). */
const HEADERS = 40;
const NARROW = 600;
/** Tries a tenth of a second apart. */
const MOST_TRIES = 150;

const skip = lineMissing("ss", "python3", "sysctl");

describe("what Linux can be asked for, on TAP", { skip, timeout: 240_000 }, () => {
  const held = new HeldLine("tap");

  before(async () => {
    await held.start();
    held.startPeer();
    await held.tell(`listen ${OUR_PORT}`);
  });
  after(() => held.remove());
  beforeEach(async () => {
    held.linuxPort++;
    await held.linux("plain");
    await held.tell("every in 0", "every out 0", "narrow in 0", "narrow out 0");
  });

  function set(name: string, value: number): boolean {
    return held.line.space.run(["sysctl", "-w", `net.ipv4.${name}=${value}`]).status === 0;
  }

  async function linuxOpens(): Promise<void> {
    await held.linux(`connect ${held.linuxPort} ${OUR_PORT}`, "connected");
    await held.agree("ESTAB", "ESTABLISHED");
  }

  async function weOpen(): Promise<void> {
    await held.linux(`listen ${held.linuxPort}`);
    await held.tell(`connect 0 ${held.linuxPort}`);
    await held.agree("ESTAB", "ESTABLISHED");
    await held.linux("accept");
  }

  /** Waits until it is so. */
  async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
    for (let tries = 0; !(await isSo()); tries++) {
      assert.ok(tries < MOST_TRIES, `in time: ${what}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  async function haveReceived(octets: number, text: string): Promise<void> {
    const read = async (): Promise<Received> =>
      JSON.parse(await held.host.ask("received")) as Received;
    await until(async () => (await read()).bytes >= octets, `${octets} octets`);
    const expected = Buffer.alloc(octets, text);
    assert.deepEqual(await read(), { bytes: octets, sha256: sha256(expected) });
  }

  /** Linux reads so many octets, which are ours from the beginning of the stream. */
  async function linuxTakes(octets: number): Promise<void> {
    const taken = await held.peer.ask(`take ${octets}`);
    assert.equal(taken, `${octets} ${sha256(Buffer.alloc(octets, "mote"))}`);
  }

  const error = async (): Promise<boolean> => (await held.host.ask("error")) !== "none";

  async function counter(name: string): Promise<number> {
    return (JSON.parse(await held.host.ask("counters")) as Record<string, number>)[name]!;
  }

  const longest = async (): Promise<number[]> => {
    const seen = JSON.parse(await held.host.ask("seen")) as { in: Seen; out: Seen };
    return [seen.in.longest, seen.out.longest];
  };

  /** Lets go of the connection, and of what the other side has left of it. */
  async function end(): Promise<void> {
    await held.tell("reset");
    await held.linux("close");
  }

  // 1: with a cookie, which we never give; 5: with text on the SYN, cookie or not.
  for (const setting of [1, 5]) {
    it(`Fast Open, tcp_fastopen=${setting}: the text comes, once [MUST-6]`, async () => {
      set("tcp_fastopen", setting);
      const before = await counter("DropTcpMalformed");
      const connect = `connect ${held.linuxPort} ${OUR_PORT}`;
      await held.linux("set TCP_FASTOPEN_CONNECT 1", connect, "connected", "fill 1000");
      await held.agree("ESTAB", "ESTABLISHED");
      await haveReceived(1000, "linu");
      assert.equal(await counter("DropTcpMalformed"), before, "the option is skipped");
      await end();
    });
  }

  it("signed segments (RFC 2385): the option is skipped, Linux drops the answer [MUST-6]",
    async () => {
      const before = await counter("TcpSynAckRetransmissions");
      await held.linux("sign secret", `connect ${held.linuxPort} ${OUR_PORT}`);
      await held.agree("SYN-SENT", "SYN-RECEIVED");
      await until(async () => (await counter("TcpSynAckRetransmissions")) > before, "once more");
      await held.agree("SYN-SENT", "SYN-RECEIVED");
      await held.linux("close");
    });

  for (const size of [88, 536, 1000]) {
    it(`TCP_MAXSEG ${size}: no segment is larger, either way [MUST-16]`, async () => {
      for (const open of [linuxOpens, weOpen]) {
        held.linuxPort++;
        await held.linux(`set TCP_MAXSEG ${size}`);
        await open();
        await Promise.all([held.tell(`send ${OCTETS}`), linuxTakes(OCTETS)]);
        await held.linux(`fill ${OCTETS}`);
        await haveReceived(OCTETS, "linu");
        assert.deepEqual(await longest(), [size + HEADERS, size + HEADERS]);
        await end();
        await held.tell("every in 0", "every out 0");
      }
    });
  }

  for (const shrinks of [0, 1]) {
    it(`SO_RCVBUF lowered in the middle, tcp_shrink_window=${shrinks} [MUST-34]`, async (test) => {
      if (!set("tcp_shrink_window", shrinks)) return test.skip("this kernel never shrinks it");
      await linuxOpens();
      const isSent = held.host.ask(`send ${SHRUNK}`);
      await held.peer.ask("take 100000");
      await held.linux("now SO_RCVBUF 3000");
      // In line with "mote" still: 100,000 is a multiple of 4.
      await linuxTakes(SHRUNK - 100_000);
      assert.equal(await isSent, "ok");
      await end();
    });
  }

  it("the smallest SO_RCVBUF there is", async () => {
    await held.linux("set SO_RCVBUF 1");
    await linuxOpens();
    await Promise.all([held.tell(`send ${OCTETS}`), linuxTakes(OCTETS)]);
    await end();
  });

  it("TCP_USER_TIMEOUT: Linux gives up while we do not read, and we learn of it [S13]",
    async () => {
      await held.linux("set TCP_USER_TIMEOUT 1000");
      await linuxOpens();
      await held.tell("pause");
      assert.equal(await held.peer.ask(`fill ${MANY}`), "ETIMEDOUT");
      await held.agree("", "ESTABLISHED");
      // The window that opens is told to nobody, who answers.
      await held.tell("resume");
      await until(error, "the reset");
      assert.equal(await held.host.ask("error"), "ECONNRESET");
      await held.linux("close");
    });

  it("our user timeout, with Linux's interface down [MUST-20]", async () => {
    await linuxOpens();
    await held.tell("option userTimeout 2");
    held.line.space.ip("link", "set", DEVICE, "down");
    await held.tell("send 100");
    await until(error, "the timeout");
    held.line.space.ip("link", "set", DEVICE, "up");
    assert.equal(await held.host.ask("error"), "ETIMEDOUT");
    await held.linux("close");
  });

  it("SO_LINGER 0: a reset, also when we have closed, or not read all [S13]", async () => {
    for (const before of [[], ["end"], ["pause", "send 100"]]) {
      held.linuxPort++;
      await linuxOpens();
      await held.tell(...before);
      if (before.includes("end")) await held.agree("CLOSE-WAIT", "FIN-WAIT-2");
      else await held.linux(`fill ${FEW}`);
      await held.linux("reset");
      await until(error, "the reset");
      assert.equal(await held.host.ask("error"), "ECONNRESET");
      await held.agree("", "");
    }
  });

  it(`a black hole for more than ${NARROW} octets, from us to Linux`, async () => {
    const before = await counter("TcpSegmentSizeLowered");
    await held.tell(`narrow out ${NARROW}`);
    await linuxOpens();
    await held.tell("option minRto 200", `send ${FEW}`);
    await until(async () => (await counter("TcpSegmentSizeLowered")) > before, "smaller ones");
    await linuxTakes(FEW);
    await end();
  });

  it("a black hole for more than 1,100 octets, from Linux to us", async () => {
    set("tcp_mtu_probing", 1);
    await held.tell("narrow in 1100");
    await linuxOpens();
    await held.linux(`fill ${FEW}`);
    await haveReceived(FEW, "linu");
    await end();
  });
});

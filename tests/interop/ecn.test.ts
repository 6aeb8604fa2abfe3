/**
 * Aim: Linux and we agree on ECN, whoever asks and for whatever, and each slows down for the marks
 * that the other tells of: ECN as of RFC 3168, and accurate ECN (RFC 9768) where the kernel has it.
 * Method: a link that marks packets as a congested router does, or spoils what ECN needs, and the
 * counters of both.
 */
import assert from "node:assert/strict";
import { type TestContext, after, before, describe, it } from "node:test";
import type { Seen } from "../support/held_link.js";
import { HeldLine } from "../support/held_line.js";
import { type Received, lineMissing, sha256 } from "../support/linux_line.js";

const OUR_PORT = 7;
const OCTETS = 500_000;
/** With so many ACKs some are for eight segments and more. */
const MANY_OCTETS = 5_000_000;
/** Each such packet that is capable comes marked. */
const PERIOD = 20;
/** What Linux has as the threshold of slow start before it has slowed down. */
const NEVER = 0x7fffffff;
/** Where counts of marks begin (RFC 9768 section 3.2.1). */
const FIRST_COUNT = 5;
/** AE and CWR: the segment that this one answers came marked (RFC 9768 table 3). */
const MARKED_CODE = 6;
const PATIENCE_MS = 60_000;
const QUIET_MS = 300;

const KINDS = ["none", "classic", "accurate"] as const;
const NONE = 0;
const CLASSIC = 1;
const ACCURATE = 2;
/** By Linux's tcp_ecn: what it agrees to, and what it asks for. */
const SETTINGS = [
  [NONE, NONE], [CLASSIC, CLASSIC], [CLASSIC, NONE],
  [ACCURATE, ACCURATE], [ACCURATE, CLASSIC], [ACCURATE, NONE],
] as const;
const FIRST_ACCURATE = 3;

/** What Linux says of its end. */
interface Info {
  ecn: boolean;
  ssthresh: number;
  deliveredCe: number;
  receivedCe?: number;
  mode?: string;
}

const skip = lineMissing("ss", "python3", "sysctl");

describe("ECN, with Linux on TAP", { skip, timeout: 240_000 }, () => {
  const held = new HeldLine("tap");
  let hasAccurate = false;

  before(async () => {
    await held.start();
    held.startPeer();
    await held.tell(`listen ${OUR_PORT}`);
    hasAccurate = isSet(FIRST_ACCURATE);
  });
  after(() => held.remove());

  function isSet(setting: number): boolean {
    return held.line.space.run(["sysctl", "-w", `net.ipv4.tcp_ecn=${setting}`]).status === 0;
  }

  /** Whether the kernel can be set so; if not, the test is skipped. */
  function isThere(test: TestContext, setting: number): boolean {
    const isThere = isSet(setting);
    if (!isThere) test.skip("this kernel has no accurate ECN");
    return isThere;
  }

  async function linuxAsks(): Promise<void> {
    held.linuxPort++;
    await held.tell("every in 0", "every out 0");
    await held.linux(`connect ${held.linuxPort} ${OUR_PORT}`, "connected");
    await held.agree("ESTAB", "ESTABLISHED");
  }

  async function weAsk(ecn: number): Promise<void> {
    held.linuxPort++;
    await held.linux(`listen ${held.linuxPort}`);
    await held.tell("every in 0", "every out 0", `connect 0 ${held.linuxPort} ${ecn}`);
    await held.agree("ESTAB", "ESTABLISHED");
    await held.linux("accept");
  }

  async function end(): Promise<void> {
    await held.tell("end");
    await held.linux("close");
    await held.agreeThat(({ linux, ours }) => {
      return [...linux, ...ours].every((state) => state === "TIME-WAIT");
    }, "the connection at its end");
  }

  const info = async (): Promise<Info> => JSON.parse(await held.peer.ask("info")) as Info;

  const seen = async (): Promise<{ in: Seen; out: Seen }> =>
    JSON.parse(await held.host.ask("seen")) as { in: Seen; out: Seen };

  /** Both ends say that it is this kind which they have agreed on. */
  async function areAgreed(kind: number): Promise<void> {
    const flags = JSON.parse(await held.host.ask(`flags ${held.linuxPort}`)) as string[];
    const expected = ["ecn", "accurateEcn"].slice(0, kind);
    assert.deepEqual(flags.filter((flag) => /ecn/i.test(flag)).sort(), expected.sort());
    const { ecn, mode } = await info();
    assert.equal(ecn, kind !== NONE);
    if (hasAccurate) assert.equal(mode, KINDS[kind]);
  }

  async function reductions(): Promise<number> {
    const counters = JSON.parse(await held.host.ask("counters")) as Record<string, number>;
    return counters["TcpEcnReductions"]!;
  }

  /** Linux sends, and we have all of it. */
  async function linuxSends(octets: number): Promise<void> {
    await held.linux(`fill ${octets}`);
    const deadline = Date.now() + PATIENCE_MS;
    let received: Received;
    do received = JSON.parse(await held.host.ask("received")) as Received;
    while (received.bytes < octets && Date.now() < deadline);
    const expected = sha256(Buffer.alloc(octets, "linu"));
    assert.deepEqual(received, { bytes: octets, sha256: expected });
  }

  /** We send, and Linux has all of it. */
  async function weSend(octets: number): Promise<void> {
    const [, taken] = await Promise.all([
      held.tell(`send ${octets}`), held.peer.ask(`take ${octets}`),
    ]);
    assert.equal(taken, `${octets} ${sha256(Buffer.alloc(octets, "mote"))}`);
  }

  /** What was seen, once nothing moves any more: the end of the text ends the ACKs. */
  async function atRest(): Promise<{ in: Seen; out: Seen }> {
    await later(QUIET_MS);
    const before = await seen();
    await later(QUIET_MS);
    const after = await seen();
    assert.deepEqual(after, before, "the line is quiet");
    return after;
  }

  describe("what is agreed on", () => {
    for (const [setting, [agrees, asks]] of SETTINGS.entries()) {
      it(`tcp_ecn=${setting}: Linux asks for ${KINDS[asks]} [RFC3168-6.1.1a]`, async (test) => {
        if (!isThere(test, setting)) return;
        await linuxAsks();
        await areAgreed(asks);
        await end();
      });

      it(`tcp_ecn=${setting}: Linux agrees to ${KINDS[agrees]} [RFC3168-6.1.1a]`, async (test) => {
        if (!isThere(test, setting)) return;
        for (const ecn of [NONE, CLASSIC, ACCURATE]) {
          await weAsk(ecn);
          await areAgreed(Math.min(ecn, agrees));
          await end();
        }
      });
    }
  });

  /** Marks on the way to us: Linux hears of each, and slows down. */
  async function marksComeIn(kind: number): Promise<void> {
    await held.tell(`every in ${PERIOD}`, "every out 0");
    await linuxSends(OCTETS);
    const line = await atRest();
    assert.ok(line.in.marked > 0);
    assert.ok(line.out.packets <= line.in.packets, "no more ACKs than segments");
    const { ssthresh, deliveredCe } = await info();
    assert.ok(ssthresh < NEVER, "Linux has slowed down");
    if (kind === CLASSIC) return assert.ok(deliveredCe > 0);
    assert.equal(line.out.lastAce, (FIRST_COUNT + line.in.marked) & 7);
    assert.equal(deliveredCe, line.in.marked);
  }

  /** Marks on the way to Linux: we slow down, for none more than once. */
  async function marksGoOut(kind: number): Promise<void> {
    const before = await reductions();
    await held.tell("every in 0", `every out ${PERIOD}`);
    await weSend(OCTETS);
    const line = await atRest();
    assert.ok(line.out.marked > 0);
    assert.ok(line.in.packets <= line.out.packets, "no more ACKs than segments");
    const reduced = await reductions() - before;
    assert.ok(reduced > 0 && reduced <= line.out.marked, `${reduced}, ${line.out.marked} marks`);
    if (kind === CLASSIC) return;
    assert.equal((await info()).receivedCe, line.out.marked);
    assert.equal(line.in.lastAce, (FIRST_COUNT + line.out.marked) & 7);
  }

  describe("marks on the path", () => {
    for (const [setting, kind] of [[1, CLASSIC], [3, ACCURATE]] as const) {
      const title = `marks both ways, ${KINDS[kind]}`;
      const rules = "[RFC3168-6.1.1a, RFC3168-6.1.2a]";
      it(`${title}: Linux asks ${rules}`, async (test) => {
        if (!isThere(test, setting)) return;
        await linuxAsks();
        await areAgreed(kind);
        await marksComeIn(kind);
        await marksGoOut(kind);
        await end();
      });

      it(`${title}: we ask ${rules}`, async (test) => {
        if (!isThere(test, setting)) return;
        await weAsk(kind);
        await areAgreed(kind);
        await marksComeIn(kind);
        await marksGoOut(kind);
        await end();
      });
    }
  });

  it("no marks, accurate: Linux takes no ACK for one that tells of some [RFC9768-3.2.3.3a]",
    async (test) => {
      if (!isThere(test, FIRST_ACCURATE)) return;
      await linuxAsks();
      await linuxSends(MANY_OCTETS);
      assert.equal((await atRest()).in.marked, 0);
      assert.equal((await info()).deliveredCe, 0);
      await end();
    });

  /** Both ways, and what was seen of it; the path is as it was from then on. */
  async function overSpoiltPath(spoil: string, mend: string, ask: () => Promise<void>) {
    await held.tell(spoil);
    await ask();
    await linuxSends(OCTETS);
    const { in: { capable } } = await seen();
    await weSend(OCTETS);
    const line = await atRest();
    await end();
    await held.tell(mend);
    return { ...line, capable };
  }

  describe("a path that spoils the ECN field, accurate", () => {
    const ours = (): Promise<void> => weAsk(ACCURATE);

    it("Linux's SYN comes marked, and our SYN+ACK says so [RFC9768-3.1.1b]", async (test) => {
      if (!isThere(test, FIRST_ACCURATE)) return;
      const { out } = await overSpoiltPath("paint in 3", "paint in -1", linuxAsks);
      assert.equal(out.aces[0], MARKED_CODE);
    });

    it("Linux's SYN+ACK comes marked: our ACK says so [RFC9768-3.2.2.1a]", async (test) => {
      if (!isThere(test, FIRST_ACCURATE)) return;
      const { out, capable } = await overSpoiltPath("paint in 3", "paint in -1", ours);
      assert.deepEqual(out.aces.slice(1, 3), [MARKED_CODE, FIRST_COUNT + 1]);
      assert.equal(capable, 0, "Linux marks nothing as capable any more");
    });

    it("our SYN+ACK, or SYN, arrives marked: we are told [RFC9768-3.2.2.3]", async (test) => {
      if (!isThere(test, FIRST_ACCURATE)) return;
      const { in: answer, out } = await overSpoiltPath("paint out 3", "paint out -1", linuxAsks);
      assert.deepEqual([answer.aces[1], out.capable], [MARKED_CODE, 0]);
      const { in: first, out: later } = await overSpoiltPath("paint out 3", "paint out -1", ours);
      assert.deepEqual([first.aces[0], later.capable], [MARKED_CODE, 0]);
    });

    it("Linux's counts are zeroed: we mark nothing [RFC9768-3.2.2.4]", async (test) => {
      if (!isThere(test, FIRST_ACCURATE)) return;
      const before = await reductions();
      const { out } = await overSpoiltPath("bleach in 1", "bleach in 0", linuxAsks);
      assert.equal(out.capable, 0);
      const { out: asked } = await overSpoiltPath("bleach in 1", "bleach in 0", ours);
      assert.ok(asked.capable <= 10, `${asked.capable} in the first flight`);
      assert.equal(await reductions(), before);
    });
  });
});

function later(ms: number): Promise<void> {
  return new Promise((done) => void setTimeout(done, ms));
}

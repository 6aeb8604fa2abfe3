/**
 * Aim: Linux and we agree on ECN, whoever asks, and each slows down for the marks that the other
 * tells of: ECN as of RFC 3168, and accurate ECN (RFC 9768) where the kernel has it. Method: a link
 * that marks packets as a congested router does, and the counters of both.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { HeldLine } from "../support/held_line.js";
import { lineMissing } from "../support/linux_line.js";

const OUR_PORT = 7;
const OCTETS = 100_000;
const MARKS = 4;

const KINDS = [
  { name: "ECN", setting: 1, ecn: 1, flags: ["ecn"] },
  { name: "accurate ECN", setting: 3, ecn: 2, flags: ["ecn", "accurateEcn"] },
];

for (const { name, setting, ecn, flags } of KINDS) {
  const skip = lineMissing("ss", "python3", "nstat", "sysctl");

  describe(`${name}, with Linux on TAP`, { skip, timeout: 120_000 }, () => {
    const held = new HeldLine("tap");
    let isThere = false;

    before(async () => {
      await held.start();
      held.startPeer();
      await held.tell(`listen ${OUR_PORT}`);
      const { status } = held.line.space.run(["sysctl", "-w", `net.ipv4.tcp_ecn=${setting}`]);
      isThere = status === 0;
    });
    after(() => held.remove());

    /** How many packets Linux knows to have come marked. */
    function linuxMarks(): number {
      const { text } = held.line.space.run(["nstat", "-a", "-s", "-z", "TcpExtTCPDeliveredCE"]);
      return Number(/TCPDeliveredCE\s+(\d+)/.exec(text)![1]);
    }

    async function reductions(): Promise<number> {
      const counters = JSON.parse(await held.host.ask("counters")) as Record<string, number>;
      return counters["TcpEcnReductions"]!;
    }

    /** Both ways, with marks both ways. */
    async function exchange(): Promise<void> {
      const agreed = JSON.parse(await held.host.ask(`flags ${held.linuxPort}`)) as string[];
      assert.deepEqual(agreed.filter((flag) => /ecn/i.test(flag)).sort(), [...flags].sort());
      const marksBefore = linuxMarks();
      const reductionsBefore = await reductions();
      await held.tell(`mark in ${MARKS}`);
      await held.linux(`send ${"x".repeat(OCTETS)}`);
      await held.tell(`mark out ${MARKS}`, `send ${OCTETS}`);
      assert.equal((await held.peer.ask(`recv ${OCTETS}`)).length, OCTETS);
      assert.ok(linuxMarks() > marksBefore, "Linux heard of marks");
      assert.ok(await reductions() > reductionsBefore, "we heard of marks");
      const received = JSON.parse(await held.host.ask("received")) as { bytes: number };
      assert.equal(received.bytes, OCTETS);
    }

    it("Linux asks [RFC3168-6.1.1a]", async (test) => {
      if (!isThere) return test.skip(`this kernel has no ${name}`);
      held.linuxPort++;
      await held.linux(`connect ${held.linuxPort} ${OUR_PORT}`, "connected");
      await held.agree("ESTAB", "ESTABLISHED");
      await exchange();
      await held.tell("end");
      await held.linux("close");
    });

    it("we ask [RFC3168-6.1.1a]", async (test) => {
      if (!isThere) return test.skip(`this kernel has no ${name}`);
      held.linuxPort++;
      await held.linux(`listen ${held.linuxPort}`);
      await held.tell(`connect 0 ${held.linuxPort} ${ecn}`);
      await held.agree("ESTAB", "ESTABLISHED");
      await held.linux("accept");
      await exchange();
      await held.tell("end");
      await held.linux("close");
    });
  });
}

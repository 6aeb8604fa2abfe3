/**
 * Aim: Linux and we agree on the state of a connection through every kind of opening and closing,
 * and wait for each other's windows. Method: a host of ours held in hand (`held_host.ts`) on TAP
 * and on TUN, nc at the other end, `ss` for Linux's view.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { HeldLine } from "../support/held_line.js";
import { OURS, type Received, lineMissing, sha256 } from "../support/linux_line.js";
import type { Running } from "../support/running.js";

const BYTES = 3_000_000;
/** More than Linux's buffers take in. */
const WINDOW_FULL = 20_000_000;
const PORT = 7;

const skip = lineMissing("nc", "ss", "socat");

for (const kind of ["tap", "tun"] as const) {
  describe(`a connection between Linux and us on ${kind}`, { skip, timeout: 120_000 }, () => {
    const held = new HeldLine(kind);

    before(async () => {
      await held.start();
      await held.tell(`listen ${PORT}`);
    });

    after(() => held.remove());

    /** nc from a port of its own, connected. Its shutdown follows the end of its stdin. */
    async function open(): Promise<Running> {
      held.linuxPort++;
      const nc = held.line.space.start(["nc", "-N", "-p", `${held.linuxPort}`, OURS, `${PORT}`]);
      await held.agree("ESTAB", "ESTABLISHED");
      return nc;
    }

    /** What we have received, once it is so many octets. */
    async function received(bytes: number): Promise<Received> {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const seen = JSON.parse(await held.host.ask("received")) as Received;
        if (seen.bytes === bytes || Date.now() > deadline) return seen;
      }
    }

    it("Linux closes first, and still gets what we send [S07, S09]", async () => {
      const nc = await open();
      nc.end("good-bye");
      await held.agree("FIN-WAIT-2", "CLOSE-WAIT");
      await held.tell(`send ${BYTES}`);
      await held.tell("end");
      await held.agree("TIME-WAIT", "");
      const { status, stdout } = await nc.ended();
      assert.equal(status, 0);
      assert.ok(stdout.equals(Buffer.alloc(BYTES, "mote")), `${stdout.length} octets`);
      assert.equal((await received(8)).sha256, sha256(Buffer.from("good-bye")));
    });

    it("we close first, and still get what Linux sends [S05, S09]", async () => {
      const nc = await open();
      await held.tell("end");
      await held.agree("CLOSE-WAIT", "FIN-WAIT-2");
      const octets = randomBytes(BYTES);
      nc.end(octets);
      await held.agree("", "TIME-WAIT");
      assert.deepEqual(await received(BYTES), { bytes: BYTES, sha256: sha256(octets) });
    });

    it("Linux may use a port again that we remember in TIME-WAIT [S10]", async () => {
      const first = await open();
      await held.tell("end");
      // Few octets: the next ISN must be beyond them, and Linux's grow by 16 million a second.
      first.end("good-bye");
      await held.agree("", "TIME-WAIT");
      held.linuxPort--; // open() takes the next one
      const second = await open();
      second.end();
      await held.agree("FIN-WAIT-2", "CLOSE-WAIT");
      await held.tell("end");
      await held.agree("TIME-WAIT", "");
    });

    it("both close at the same time [S08]", async () => {
      const nc = await open();
      nc.end();
      await held.tell("end");
      await nc.ended();
      // Who was first stays in TIME-WAIT; both do, if both FINs were on their way. nc may be gone
      // before the last ACK is.
      await held.agreeThat(({ linux, ours }) => {
        const states = [...linux, ...ours];
        return states.length > 0 && states.every((state) => state === "TIME-WAIT");
      }, "TIME-WAIT on either side or both, and nothing else");
    });

    it("we reset it", async () => {
      const nc = await open();
      await held.tell("reset");
      await held.agree("", "");
      await nc.ended();
    });

    it("Linux resets it, with text that it has not read [S13, S26]", async () => {
      const nc = await open();
      nc.signal("SIGSTOP");
      await held.tell("send 1000");
      nc.signal("SIGKILL");
      await held.agree("", "");
    });

    it("waits while Linux does not read [S18]", async () => {
      const nc = await open();
      nc.signal("SIGSTOP");
      const isSent = held.host.ask(`send ${WINDOW_FULL}`);
      assert.equal(await Promise.race([isSent, later(2500)]), "later");
      nc.signal("SIGCONT");
      assert.equal(await isSent, "ok");
      await held.tell("end");
      nc.end();
      const { stdout } = await nc.ended();
      assert.ok(stdout.equals(Buffer.alloc(WINDOW_FULL, "mote")), `${stdout.length} octets`);
    });

    it("lets Linux wait while we do not read", async () => {
      const nc = await open();
      await held.tell("pause");
      const octets = randomBytes(BYTES);
      nc.end(octets);
      await later(2500);
      const { bytes } = JSON.parse(await held.host.ask("received")) as Received;
      assert.ok(bytes < BYTES, `${bytes} octets taken`);
      await held.tell("resume");
      assert.deepEqual(await received(BYTES), { bytes: BYTES, sha256: sha256(octets) });
      await held.tell("end");
      assert.equal((await nc.ended()).status, 0);
    });

    it("answers Linux's keep-alive probes [S21]", async () => {
      held.linuxPort++;
      const options = "keepalive,keepidle=1,keepintvl=1,keepcnt=2";
      const target = `TCP:${OURS}:${PORT},sourceport=${held.linuxPort},${options}`;
      const socat = held.line.space.start(["socat", target, "STDIO"]);
      await held.agree("ESTAB", "ESTABLISHED");
      await later(5000);
      await held.agree("ESTAB", "ESTABLISHED");
      socat.end();
      await held.tell("end");
      assert.equal((await socat.ended()).status, 0);
    });

    it("refuses at once when nobody listens any more; what was open stays open", async () => {
      const nc = await open();
      await held.tell(`unlisten ${PORT}`);
      const refused = await held.line.space.execute(["nc", "-v", OURS, `${PORT}`]);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /refused/);
      await held.agree("ESTAB", "ESTABLISHED");
      nc.end("still here");
      assert.equal((await received(10)).sha256, sha256(Buffer.from("still here")));
      await held.tell("end");
      await held.agree("TIME-WAIT", "");
    });
  });
}

function later(ms: number): Promise<string> {
  return new Promise((done) => void setTimeout(() => done("later"), ms));
}

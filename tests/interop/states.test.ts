/**
 * Aim: Linux and we agree on the state of a connection through every kind of opening and closing,
 * and wait for each other's windows. Method: a host of ours held in hand (`held_host.ts`) on TAP
 * and on TUN, nc at the other end, `ss` for Linux's view.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import {
  DEVICE, LinuxLine, OURS, type Received, lineMissing, sha256,
} from "../support/linux_line.js";
import type { Program } from "../support/namespace.js";
import type { Running } from "../support/running.js";

const BYTES = 3_000_000;
/** More than Linux's buffers take in. */
const WINDOW_FULL = 20_000_000;
const PORT = 7;

const skip = lineMissing("nc", "ss", "socat");

for (const kind of ["tap", "tun"] as const) {
  describe(`a connection between Linux and us on ${kind}`, { skip, timeout: 120_000 }, () => {
    let line: LinuxLine;
    let host: Program;
    let clientPort = 40_000;

    before(async () => {
      line = new LinuxLine(kind);
      const script = "tests/support/held_host.ts";
      host = line.space.startScript(script, `${kind}:${DEVICE}`, `${OURS}/24`);
      assert.equal(await host.line(), "ready");
      await tell(`listen ${PORT}`);
    });

    after(() => line.remove());

    async function tell(command: string): Promise<void> {
      assert.equal(await host.ask(command), "ok", command);
    }

    /** The states of the connection on Linux's side and on ours. */
    async function states(): Promise<{ linux: string[]; ours: string[] }> {
      const ours = JSON.parse(await host.ask(`states ${clientPort}`)) as string[];
      return { linux: await line.states(clientPort), ours };
    }

    /** Waits until they are these; "": the connection is gone there. */
    async function agree(linux: string, ours: string): Promise<void> {
      const listOf = (state: string): string[] => (state === "" ? [] : [state]);
      const expected = { linux: listOf(linux), ours: listOf(ours) };
      const deadline = Date.now() + 5000;
      let seen = await states();
      while (!isDeepStrictEqual(seen, expected) && Date.now() < deadline) seen = await states();
      assert.deepEqual(seen, expected);
    }

    /** nc from a port of its own, connected. Its shutdown follows the end of its stdin. */
    async function open(): Promise<Running> {
      clientPort++;
      const nc = line.space.start(["nc", "-N", "-p", `${clientPort}`, OURS, `${PORT}`]);
      await agree("ESTAB", "ESTABLISHED");
      return nc;
    }

    /** What we have received, once it is so many octets. */
    async function received(bytes: number): Promise<Received> {
      const deadline = Date.now() + 10_000;
      for (;;) {
        const seen = JSON.parse(await host.ask("received")) as Received;
        if (seen.bytes === bytes || Date.now() > deadline) return seen;
      }
    }

    it("Linux closes first, and still gets what we send [S07, S09]", async () => {
      const nc = await open();
      nc.end("good-bye");
      await agree("FIN-WAIT-2", "CLOSE-WAIT");
      await tell(`send ${BYTES}`);
      await tell("end");
      await agree("TIME-WAIT", "");
      const { status, stdout } = await nc.ended();
      assert.equal(status, 0);
      assert.ok(stdout.equals(Buffer.alloc(BYTES, "mote")), `${stdout.length} octets`);
      assert.equal((await received(8)).sha256, sha256(Buffer.from("good-bye")));
    });

    it("we close first, and still get what Linux sends [S05, S09]", async () => {
      const nc = await open();
      await tell("end");
      await agree("CLOSE-WAIT", "FIN-WAIT-2");
      const octets = randomBytes(BYTES);
      nc.end(octets);
      await agree("", "TIME-WAIT");
      assert.deepEqual(await received(BYTES), { bytes: BYTES, sha256: sha256(octets) });
    });

    it("Linux may use a port again that we remember in TIME-WAIT", async () => {
      const first = await open();
      await tell("end");
      // Few octets: the next ISN must be beyond them, and Linux's grow by 16 million a second.
      first.end("good-bye");
      await agree("", "TIME-WAIT");
      clientPort--; // open() takes the next one
      const second = await open();
      second.end();
      await agree("FIN-WAIT-2", "CLOSE-WAIT");
      await tell("end");
      await agree("TIME-WAIT", "");
    });

    it("both close at the same time [S08]", async () => {
      const nc = await open();
      nc.end();
      await tell("end");
      await nc.ended();
      const { linux, ours } = await states();
      // Who was first stays in TIME-WAIT; both do, if both FINs were on their way.
      assert.ok([...linux, ...ours].every((state) => state === "TIME-WAIT"), `${linux}, ${ours}`);
      assert.ok(linux.length + ours.length > 0);
    });

    it("we reset it", async () => {
      const nc = await open();
      await tell("reset");
      await agree("", "");
      await nc.ended();
    });

    it("Linux resets it, with text that it has not read [S13, S26]", async () => {
      const nc = await open();
      nc.signal("SIGSTOP");
      await tell("send 1000");
      nc.signal("SIGKILL");
      await agree("", "");
    });

    it("waits while Linux does not read [S18]", async () => {
      const nc = await open();
      nc.signal("SIGSTOP");
      const isSent = host.ask(`send ${WINDOW_FULL}`);
      assert.equal(await Promise.race([isSent, later(2500)]), "later");
      nc.signal("SIGCONT");
      assert.equal(await isSent, "ok");
      await tell("end");
      nc.end();
      const { stdout } = await nc.ended();
      assert.ok(stdout.equals(Buffer.alloc(WINDOW_FULL, "mote")), `${stdout.length} octets`);
    });

    it("lets Linux wait while we do not read", async () => {
      const nc = await open();
      await tell("pause");
      const octets = randomBytes(BYTES);
      nc.end(octets);
      await later(2500);
      const { bytes } = JSON.parse(await host.ask("received")) as Received;
      assert.ok(bytes < BYTES, `${bytes} octets taken`);
      await tell("resume");
      assert.deepEqual(await received(BYTES), { bytes: BYTES, sha256: sha256(octets) });
      await tell("end");
      assert.equal((await nc.ended()).status, 0);
    });

    it("answers Linux's keep-alive probes [S21]", async () => {
      clientPort++;
      const options = "keepalive,keepidle=1,keepintvl=1,keepcnt=2";
      const target = `TCP:${OURS}:${PORT},sourceport=${clientPort},${options}`;
      const socat = line.space.start(["socat", target, "STDIO"]);
      await agree("ESTAB", "ESTABLISHED");
      await later(5000);
      await agree("ESTAB", "ESTABLISHED");
      socat.end();
      await tell("end");
      assert.equal((await socat.ended()).status, 0);
    });

    it("refuses at once when nobody listens any more; what was open stays open", async () => {
      const nc = await open();
      await tell(`unlisten ${PORT}`);
      const refused = await line.space.execute(["nc", "-v", OURS, `${PORT}`]);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /refused/);
      await agree("ESTAB", "ESTABLISHED");
      nc.end("still here");
      assert.equal((await received(10)).sha256, sha256(Buffer.from("still here")));
      await tell("end");
      await agree("TIME-WAIT", "");
    });
  });
}

function later(ms: number): Promise<string> {
  return new Promise((done) => void setTimeout(() => done("later"), ms));
}

/** The checks of the fuzzer notice what they are there for: each is broken once. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { Counter } from "../../assembly/abi/counter.js";
import { Err } from "../../assembly/abi/error.js";
import type { CoreExports } from "../../host/core.js";
import { Random } from "../../host/link/random.js";
import { reasonsOf } from "./targeted.js";
import { Corpus, writeMutated, writeRandom } from "./generate.js";
import { Fuzzer } from "./fuzzer.js";
import { Handshakes } from "./handshakes.js";
import { HONEST_LOCAL_PORT, HONEST_PORT } from "./honest.js";
import { HONEST_HOST, NETWORK, finishFrame, textAt, writeTcp } from "./packets.js";
import { REASONS, Subject } from "./subject.js";
import { Progress } from "./trace.js";
import { newProgress, watch } from "./watched.js";
import { Protocol, get16, get32 } from "../support/wire.js";

function subjectOf(build: "node" | "board"): Subject {
  const subject = new Subject(build, "ip", new Uint8Array(32));
  subject.configure();
  return subject;
}

describe("the fuzzer", () => {
  for (const build of ["node", "board"] as const) {
    it(`notices a write behind the arena of the ${build} build`, () => {
      const subject = subjectOf(build);
      const { core } = subject.stack;
      subject.check(true);
      core.octets[core.octets.length - 1]! ^= 1;
      assert.throws(() => subject.check(true), /memory that is not the stack's/);
    });

    it(`notices a frame that the ${build} build counts twice, or not at all`, () => {
      const subject = subjectOf(build);
      const word = (subject.stack.core.exports.countersPtr() >>> 2) + Counter.DropUdpPort;
      subject.hand(0);
      subject.stack.core.words[word]!++;
      assert.throws(() => subject.hand(0), /2 frames, counted under 3 reasons/);
    });
  }

  it("notices a connection that is cut off", () => {
    const fuzzer = new Fuzzer({ build: "node", link: "ip", seed: 1, frames: 20_000 });
    const { honest } = fuzzer as unknown as { honest: { receive: () => void } };
    const receive = honest.receive;
    let count = 0;
    honest.receive = (...frame) => ++count < 100 && receive.apply(honest, frame);
    assert.throws(() => fuzzer.run(), /nothing arrives any more/);
  });

  it("goes the same way with the same seed", () => {
    const runs = [1, 2].map(() =>
      new Fuzzer({ build: "board", link: "ethernet", seed: 5, frames: 20_000 }).run());
    assert.deepEqual(runs[0]!.reasons, runs[1]!.reasons);
  });

  it("says nothing in the honest peer's name", () => {
    const slot = { octets: new Uint8Array(2048), at: 0, size: 1500 };
    const corpus = new Corpus();
    const at = textAt("ip", slot);
    writeTcp(slot.octets, at, HONEST_LOCAL_PORT, HONEST_PORT, 1, 1, 16, 100);
    corpus.add(slot, finishFrame("ip", slot, HONEST_HOST, Protocol.Tcp, 40));
    const random = new Random(1);
    for (let count = 0; count < 20_000; count++) {
      const len = writeMutated("ip", slot, corpus, random);
      const tcp = (slot.octets[0]! & 15) * 4;
      const isForged = tcp + 4 <= len && get32(slot.octets, 12) === NETWORK + HONEST_HOST &&
        get16(slot.octets, tcp) === HONEST_LOCAL_PORT &&
        get16(slot.octets, tcp + 2) === HONEST_PORT;
      assert.ok(!isForged, `frame ${count}`);
    }
  });

  it("makes random frames of all lengths", () => {
    const slot = { octets: new Uint8Array(2048), at: 0, size: 1514 };
    const random = new Random(1);
    const lens = Array.from({ length: 20_000 }, () => writeRandom("ethernet", slot, random));
    assert.equal(Math.min(...lens), 0);
    assert.ok(Math.max(...lens) > 1500 && Math.max(...lens) <= 1514);
  });
});

describe("handshakes of the fuzzer", () => {
  const seed = 1;

  function runOf(spoil: (exports: CoreExports) => void): () => void {
    const run = new Handshakes({ build: "node", seed }, newProgress());
    const { subject } = run as unknown as { subject: Subject };
    spoil(subject.stack.core.exports);
    return () => run.run();
  }

  it("notice a handle that is taken when nobody holds it any more", () => {
    const refused = (result: number): number => (result === Err.Handle ? 0 : result);
    assert.throws(runOf((exports) => {
      const { shutdown } = exports;
      exports.shutdown = (handle) => refused(shutdown(handle));
    }), /is nobody's, and taken/);
  });

  it("notice a handle that nobody knows", () => {
    assert.throws(runOf((exports) => {
      const { status } = exports;
      exports.status = (handle) => status(handle) && Err.Handle;
    }), /status of a handle that is held says/);
  });

  it("notice SEND on a connection that is over", () => {
    assert.throws(runOf((exports) => {
      const { sendSpace } = exports;
      exports.sendSpace = (handle) => {
        const room = sendSpace(handle);
        return room === Err.State ? 1 : room;
      };
    }), /sendSpace takes what it must not/);
  });

  it("notice a connection that is not let go", () => {
    assert.throws(runOf((exports) => {
      exports.close = () => 0;
    }), /nobody|held|given twice|are left/);
  });

  it("go the same way with the same seed, and another with another", () => {
    const marks = [seed, seed, seed + 1].map((each) => {
      const run = new Handshakes({ build: "node", seed: each }, newProgress());
      run.run();
      return run.trace.marks;
    });
    assert.deepEqual(marks[0], marks[1]);
    assert.notDeepEqual(marks[0], marks[2]);
  });

  it("notice a call that does not return", async () => {
    const progress = newProgress();
    progress[Progress.Seed] = 7;
    const stuck = new Worker("for (;;);", { eval: true });
    await assert.rejects(watch(stuck, progress, 200), /seed 7, step 0, receive: no return/);
  });

  it("tell what went wrong in their thread", async () => {
    const broken = new Worker("throw new Error('seed 8')", { eval: true });
    await assert.rejects(watch(broken, newProgress()), /seed 8/);
  });
});

describe("the reasons", () => {
  it("are all known to a link", () => {
    const known = new Set([...reasonsOf("ethernet"), ...reasonsOf("ip"), ...reasonsOf("serial")]);
    assert.deepEqual(REASONS.filter((name) => !known.has(name)), []);
    assert.ok(REASONS.includes("InTcp") && REASONS.includes("DropSlip"));
    assert.ok(!reasonsOf("ip").includes("InArp"));
  });
});

/** The checks of the fuzzer notice what they are there for: each is broken once. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Counter } from "../../assembly/abi/counter.js";
import { Random } from "../../host/link/random.js";
import { reasonsOf } from "./targeted.js";
import { Corpus, writeMutated, writeRandom } from "./generate.js";
import { Fuzzer } from "./fuzzer.js";
import { HONEST_LOCAL_PORT, HONEST_PORT } from "./honest.js";
import { HONEST_HOST, NETWORK, finishFrame, textAt, writeTcp } from "./packets.js";
import { REASONS, Subject } from "./subject.js";
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

describe("the reasons", () => {
  it("are all known to a link", () => {
    const known = new Set([...reasonsOf("ethernet"), ...reasonsOf("ip"), ...reasonsOf("serial")]);
    assert.deepEqual(REASONS.filter((name) => !known.has(name)), []);
    assert.ok(REASONS.includes("InTcp") && REASONS.includes("DropSlip"));
    assert.ok(!reasonsOf("ip").includes("InArp"));
  });
});

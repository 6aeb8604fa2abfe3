/** The byte stream: whatever happens below, the same octets come out (RFC 9293 3.8; S23). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../host/link/random.js";
import { Lab, onBothBuilds } from "../support/lab.js";
import { accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

for (const seed of [1, 2, 3]) {
  onBothBuilds(`pieces in any order, cut anywhere, many times over: seed ${seed} [S23]`, (lab) => {
    const { remote, handle } = accepted(lab);
    const random = new Random(seed);
    const total = 20_000;
    const got: Buffer[] = [];
    let next = 1;
    for (let pieces = 0; next <= total; pieces++) {
      assert.ok(pieces < 20_000, `stuck at ${next}`);
      const from = Math.max(1, next - 600 + random.below(4000));
      const len = Math.min(1 + random.below(1200), total + 1 - from);
      if (len > 0) remote.says(`A ${from}+${len} ack 1`);
      if (random.below(3) === 0) got.push(lab.read(handle));
      next = 1 + lab.stack.status(handle).receiveNext - ((remote.isn + 1) >>> 0);
    }
    got.push(lab.read(handle));
    assert.deepEqual(Buffer.concat(got), textOf(1, total));
    lab.ignoreFrames();
  });

  onBothBuilds(`acknowledgments of any octet, late, lost or twice: seed ${seed} [S23]`, (lab) => {
    const { remote, handle } = accepted(lab, { syn: { mss: 700, window: 5000 } });
    const random = new Random(seed);
    const total = 20_000;
    const heard = Buffer.alloc(total + 1);
    let written = 0;
    let una = 1;
    for (let turns = 0; una <= total; turns++) {
      assert.ok(turns < 20_000, `stuck at ${una}`);
      if (written < total) {
        const most = Math.min(1 + random.below(3000), total - written);
        written += lab.stack.write(handle, textOf(written + 1, most));
      }
      lab.wait(random.below(4) === 0 ? 1.1 : 0.01);
      for (const [seq, text] of remote.hearsPieces()) {
        if (random.below(4) === 0) continue;
        text.copy(heard, seq);
        if (seq <= una) una = Math.max(una, seq + text.length);
      }
      for (let copies = random.below(3); copies > 0; copies--) {
        remote.says(`A 1 ack ${Math.max(1, una - random.below(2) * random.below(900))}`);
      }
    }
    assert.deepEqual(heard.subarray(1), textOf(1, total));
    lab.ignoreFrames();
  });
}

/** Two stacks with 10 ms between them, which write and never read. */
class Deaf {
  private readonly labs: [Lab, Lab];
  private readonly wire: { atUs: number; to: Lab; octets: Uint8Array }[] = [];
  frames = 0;

  constructor(seed: number) {
    const budget = { connections: 1, receiveRing: 65536, sendRing: 65536 };
    const make = (host: number): Lab => new Lab("node", {
      budget, entropy: host + seed, interface: { address: `10.0.0.${host}/24` },
    });
    this.labs = [make(1), make(2)];
  }

  /** Opens a connection, and returns its two handles. */
  open(): [number, number] {
    const [a, b] = this.labs;
    const listener = b.stack.listen({ port: 80 });
    const handle = a.stack.connect({ address: "10.0.0.2", port: 80 });
    this.run(0.1);
    return [handle, b.stack.accept(listener)];
  }

  write(handles: [number, number], lengthOf: () => number): void {
    this.labs.forEach(({ stack }, side) => {
      for (let count = 0; count < 4; count++) {
        stack.write(handles[side]!, new Uint8Array(lengthOf()));
      }
    });
  }

  run(seconds: number): void {
    const untilUs = this.labs[0].atUs + seconds * 1e6;
    while (this.labs[0].atUs < untilUs) {
      this.labs.forEach((lab, side) => {
        lab.turn();
        for (const { decoded } of lab.frames.splice(0)) {
          this.frames++;
          const to = this.labs[1 - side]!;
          this.wire.push({ atUs: lab.atUs + 10_000, to, octets: decoded.octets });
        }
      });
      const waits = this.labs.map((lab) => lab.stack.nextDeadline(lab.nowUs) + lab.atUs);
      const nextUs = Math.min(...waits, this.wire[0]?.atUs ?? Infinity, untilUs);
      for (const lab of this.labs) lab.atUs = Math.max(nextUs, lab.atUs + 1);
      while (this.wire.length > 0 && this.wire[0]!.atUs <= this.labs[0].atUs) {
        const { to, octets } = this.wire.shift()!;
        to.receiveOnly(octets);
      }
    }
  }
}

test("both windows fill up with odd sizes, nobody reads: silence but for probes [S18]", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const deaf = new Deaf(seed);
    const random = new Random(seed);
    const handles = deaf.open();
    for (let turns = 0; turns < 200; turns++) {
      deaf.write(handles, () => 1 + random.below(3000));
      deaf.run(0.01);
    }
    deaf.run(10);
    deaf.frames = 0;
    deaf.run(10);
    assert.ok(deaf.frames <= 20, `seed ${seed}: ${deaf.frames} frames in 10 s`);
  }
});

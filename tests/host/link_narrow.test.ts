/**
 * Aim: a narrow path drops what is too large, and reports it as a router does, or not. Method: a
 * link whose other end is the test.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../host/link/clock.js";
import { type NarrowOptions, withNarrowPath } from "../../host/link/narrow.js";
import type { LinkType } from "../../host/link/link.js";
import { DoubleLink, collect } from "../support/link_double.js";
import { packetOf } from "../support/segment_line.js";
import { checksum, get16 } from "../support/wire.js";

const ENDS = {
  source: "10.0.0.1", destination: "10.0.0.2", sourcePort: 5000, destinationPort: 80,
  sourceIsn: 7000, destinationIsn: 0,
};

/** A frame with so many octets of text. */
function frameOf(kind: LinkType, len: number): Uint8Array {
  const packet = packetOf(`A 1+${len} ack 1`, ENDS);
  const header = [...new Array<number>(6).fill(2), ...new Array<number>(6).fill(4), 8, 0];
  return kind === "ip" ? packet : Uint8Array.of(...header, ...packet);
}

async function open(kind: LinkType, options: Partial<NarrowOptions> = {}) {
  const clock = new VirtualClock();
  const inner = new DoubleLink(kind);
  const narrow = withNarrowPath(inner, { pathMtu: 600, clock, ...options });
  const got = collect(narrow);
  let batches = 0;
  narrow.onBatchEnd = () => batches++;
  await narrow.open();
  return { clock, inner, narrow, got, batches: () => batches };
}

describe("a narrow path", () => {
  for (const kind of ["ip", "ethernet"] as const) {
    it(`passes what fits, both ways (${kind})`, async () => {
      const { inner, narrow, got } = await open(kind);
      assert.equal(narrow.send(frameOf(kind, 560)), true);
      inner.arrive(frameOf(kind, 560));
      assert.deepEqual([inner.sent.length, got.length], [1, 1]);
      assert.deepEqual(narrow.counts, { dropped: 0, reported: 0 });
    });

    it(`drops what does not, and reports it to the sender, later (${kind})`, async () => {
      const { clock, inner, narrow, got, batches } = await open(kind);
      const frame = frameOf(kind, 561);
      assert.equal(narrow.send(frame), true);
      assert.deepEqual([inner.sent.length, got.length], [0, 0]);
      clock.runUntil(1);
      assert.deepEqual([got.length, batches()], [1, 1]);
      const at = kind === "ip" ? 0 : 14;
      const report = got[0]!;
      const packet = frame.subarray(at);
      if (at > 0) assert.deepEqual([...report.subarray(0, 14)].slice(0, 12),
        [...frame.subarray(6, 12), ...frame.subarray(0, 6)]);
      assert.equal(report.length, at + 20 + 8 + 28);
      assert.equal(get16(report, at + 2), report.length - at);
      assert.equal(checksum(report, at, 20), 0);
      assert.equal(checksum(report, at + 20, 36), 0);
      assert.deepEqual([...report.subarray(at + 16, at + 20)], [10, 0, 0, 1]);
      assert.deepEqual([...report.subarray(at + 20, at + 22)], [3, 4]);
      assert.equal(get16(report, at + 26), 600);
      assert.deepEqual(report.subarray(at + 28), packet.slice(0, 28));
      assert.deepEqual(narrow.counts, { dropped: 1, reported: 1 });
    });

    it(`reports to the other side what comes from there (${kind})`, async () => {
      const { inner, got } = await open(kind);
      inner.arrive(frameOf(kind, 561));
      assert.deepEqual([inner.sent.length, got.length], [1, 0]);
    });

    it(`drops without a word when it is silent (${kind})`, async () => {
      const { clock, inner, narrow, got } = await open(kind, { isSilent: true });
      narrow.send(frameOf(kind, 561));
      inner.arrive(frameOf(kind, 561));
      clock.runUntil(1e6);
      assert.deepEqual([inner.sent.length, got.length], [0, 0]);
      assert.deepEqual(narrow.counts, { dropped: 2, reported: 0 });
    });
  }

  it("is narrow in one direction, if wanted, and as wide as is said later", async () => {
    const { inner, narrow, got } = await open("ip", { direction: "send", isSilent: true });
    inner.arrive(frameOf("ip", 1000));
    narrow.send(frameOf("ip", 1000));
    assert.deepEqual([inner.sent.length, got.length], [0, 1]);
    narrow.pathMtu = Infinity;
    narrow.send(frameOf("ip", 1000));
    assert.equal(inner.sent.length, 1);
  });

  it("passes what is no IPv4, whatever its length, and says so when there is no room", async () => {
    const { inner, narrow } = await open("ethernet");
    const other = frameOf("ethernet", 1000);
    other[13] = 6;
    narrow.send(other);
    narrow.send(new Uint8Array(10));
    assert.equal(inner.sent.length, 2);
    inner.room = 0;
    assert.equal(narrow.send(frameOf("ethernet", 10)), false);
  });

  it("is not for serial lines", () => {
    const options = { pathMtu: 600 };
    assert.throws(() => withNarrowPath(new DoubleLink("serial"), options), /with frames/);
  });
});

/** Bursts as users see them: made, taken apart, handed over, and refused with a reason. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Err } from "../../assembly/abi/error.js";
import { Stack, burstsOf, framesOf } from "../../host/index.js";

const lengthsOf = (burst: Uint8Array): number[] => [...framesOf(burst)].map(({ length }) => length);

const octetsOf = (frame: Uint8Array): number[] => [...frame];

function frame(length: number): Uint8Array {
  return new Uint8Array(length).map((_, index) => index % 251);
}

function createPair(mtu: number): [Stack, Stack] {
  const create = (side: number): Stack => {
    const stack = Stack.createSync({ budget: { connections: 2, mtu } });
    stack.configure({ kind: "ip", address: `10.0.0.${side}/24`, mtu: 1500 });
    return stack;
  };
  return [create(1), create(2)];
}

/** Hands bursts over until there are none. Returns how many frames were in each. */
function carry(left: Stack, right: Stack): number[] {
  const counts: number[] = [];
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const [from, to] of [[left, right], [right, left]] as const) {
      const burst = from.transmitBurst(0);
      if (burst === null) continue;
      isMore = true;
      counts.push(lengthsOf(burst).length);
      to.receiveBurst(burst, 0);
    }
  }
  return counts;
}

/** What has come, piece by piece: the ring's end may lie in between. */
function readAll(stack: Stack, handle: number): number[] {
  const all: number[] = [];
  for (let piece = stack.read(handle); piece !== null && piece.length > 0;) {
    all.push(...piece);
    piece = stack.read(handle);
  }
  return all;
}

describe("burstsOf", () => {
  it("makes of frames what framesOf makes frames of", () => {
    const frames = [60, 1, 0, 14, 1514, 13, 15, 30, 65_535].map(frame);
    const bursts = [...burstsOf(frames, 100_000)];
    assert.equal(bursts.length, 1);
    assert.deepEqual([...framesOf(bursts[0]!)].map(octetsOf), frames.map(octetsOf));
  });

  it("puts every frame behind the first at a multiple of 16 from it", () => {
    const [burst] = burstsOf([frame(60), frame(14), frame(15), frame(1)], 1000);
    const places = [...framesOf(burst!)].map(({ byteOffset }) => byteOffset - 2);
    assert.deepEqual(places, [0, 64, 80, 112]);
    assert.equal(burst!.length, 2 + 112 + 1);
  });

  it("makes as few as it takes, none of them longer than told", () => {
    // The third frame begins 2 + 64 + 64 octets behind the burst.
    const bursts = (size: number) => [...burstsOf([frame(60), frame(60), frame(60)], size)];
    assert.deepEqual(bursts(190).map(lengthsOf), [[60, 60, 60]]);
    assert.deepEqual(bursts(189).map(lengthsOf), [[60, 60], [60]]);
    assert.deepEqual(bursts(62).map(lengthsOf), [[60], [60], [60]]);
    assert.deepEqual([...burstsOf([], 62)], []);
  });

  it("refuses a frame that none has room for, and loses none before it", () => {
    const bursts = burstsOf([frame(20), frame(61)], 62);
    assert.deepEqual(lengthsOf(bursts.next().value!), [20]);
    assert.throws(() => bursts.next(), RangeError);
    assert.throws(() => [...burstsOf([frame(61)], 62)], {
      name: "RangeError", code: "ERR_OUT_OF_RANGE",
      message: "a frame has 60 octets at most here, not 61",
    });
    assert.throws(() => [...burstsOf([new Uint8Array(65_536)], 1e6)], /65535 octets at most/);
  });
});

describe("a stack", () => {
  it("gives and takes many frames in one call", () => {
    const [left, right] = createPair(16_384);
    const listener = right.listen({ port: 80 });
    const handle = left.connect({ address: "10.0.0.2", port: 80 });
    carry(left, right);
    const accepted = right.accept(listener)!;
    const text = frame(40_000);
    assert.equal(left.write(handle, text), text.length);
    const counts = carry(left, right);
    assert.ok(Math.max(...counts) >= 10, `frames in a burst: ${counts.join(" ")}`);
    assert.deepEqual(readAll(right, accepted), octetsOf(text));
  });

  it("moves one frame in a burst where a slot holds no more", () => {
    const [left, right] = createPair(1500);
    const listener = right.listen({ port: 80 });
    const handle = left.connect({ address: "10.0.0.2", port: 80 });
    carry(left, right);
    const accepted = right.accept(listener)!;
    left.write(handle, frame(20_000));
    assert.equal(Math.max(...carry(left, right)), 1);
    assert.equal(readAll(right, accepted).length, 20_000);
  });

  it("refuses a burst that is longer than it takes", () => {
    const [stack] = createPair(1500);
    assert.equal(stack.burstSize, 1502);
    stack.receiveBurst(burstsOf([frame(1500)], 1502).next().value!, 0);
    assert.equal(stack.counter("FramesIn"), 1);
    assert.throws(() => stack.receiveBurst(new Uint8Array(1503), 0), {
      code: "ERR_OUT_OF_RANGE",
      message: "a burst has 1502 octets at most (see the budget's mtu), not 1503",
    });
  });

  it("has none where a frame is too long for the length in front of it [node]", () => {
    for (const [kind, most] of [["ip", 65_535], ["ethernet", 65_521]] as const) {
      for (const mtu of [most, 65_535]) {
        const stack = Stack.createSync({ budget: { mtu } });
        stack.configure({ kind, address: "10.0.0.1/24", mac: "02:00:00:00:00:01", mtu });
        if (mtu === most) assert.equal(stack.transmitBurst(0), null);
        else assert.throws(() => stack.transmitBurst(0), { message: /65,535 octets/ });
      }
    }
  });

  it("has none on boards, and none with offload", () => {
    const board = Stack.createSync({ module: "board" });
    board.configure({ kind: "ip", address: "10.0.0.1/24" });
    const offloading = Stack.createSync({ budget: { mtu: 65_535 } });
    offloading.configure({ kind: "ip", address: "10.0.0.1/24", mtu: 1500, offload: true });
    for (const stack of [board, offloading]) {
      const refusal = { code: "EINVAL", message: /neither the build for boards nor a link with/ };
      assert.throws(() => stack.transmitBurst(0), refusal);
      assert.throws(() => stack.receiveBurst(new Uint8Array(30), 0), refusal);
      const handle = stack.connect({ address: "10.0.0.2", port: 80 });
      assert.equal(stack.core.exports.exchangeBurst(handle, 0, 10, 0), Err.Invalid);
      assert.equal(stack.status(handle).sendQueue, 0);
    }
  });
});

describe("bursts in the core [node]", () => {
  /** Two stacks, and a burst of so many full segments from one to the other. */
  function send(segments: number): { left: Stack; right: Stack; burst: Uint8Array } {
    const [left, right] = createPair(16_384);
    const listener = right.listen({ port: 80 });
    const handle = left.connect({ address: "10.0.0.2", port: 80 });
    carry(left, right);
    right.accept(listener);
    while (right.nextEvent() !== null);
    left.write(handle, frame(segments * 1448));
    return { left, right, burst: left.transmitBurst(0)!.slice() };
  }

  it("count like segments as all others, and tell of frames that wait [node]", () => {
    const { left, right, burst } = send(5);
    assert.deepEqual(lengthsOf(burst), [1500, 1500, 1500, 1500, 1500]);
    const { InTcp, FramesIn, FramesOut } = right.counters();
    right.receiveBurst(burst, 0);
    assert.equal(right.counter("InTcp"), InTcp! + 5);
    assert.equal(right.counter("FramesIn"), FramesIn! + 5);
    assert.equal(right.counter("FramesOut"), FramesOut! + 2);
    while (right.nextEvent() !== null);
    // Nothing else waits: the fifth segment is acknowledged later.
    assert.equal(right.nextDeadline(0), 0);
    carry(right, left);
    assert.ok(right.nextDeadline(0) > 0);
  });

  it("do not take a frame for a like one that ends before its packet does [node]", () => {
    const { right, burst } = send(2);
    const [first] = framesOf(burst);
    // The last octet lies where it did; but the frame is said to be without it.
    burst[Math.ceil((first!.length + 2) / 16) * 16]! -= 1;
    assert.deepEqual(lengthsOf(burst), [1500, 1499]);
    right.receiveBurst(burst, 0);
    assert.equal(right.counter("DropIpMalformed"), 1);
  });

  it("take nothing where a frame has no octets, whatever lies there [node]", () => {
    const { right, burst } = send(2);
    const at = right.core.exports.frameInPtr() >>> 0;
    const step = Math.ceil((1500 + 2) / 16) * 16;
    // The second segment lies in the slot, as an earlier burst might have left it.
    right.core.octets.set(burst.subarray(2 + step), at + step);
    const { InTcp } = right.counters();
    right.receiveBurst(Uint8Array.of(...burst.subarray(0, step), 0, 0), 0);
    assert.equal(right.counter("InTcp"), InTcp! + 1);
    assert.equal(right.counter("DropIpMalformed"), 1);
  });
});

/** The checks of the simulation notice what they are there for: each is broken once. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Stack } from "../../host/stack.js";
import { FlowWatch, type Side } from "../support/flow_watch.js";
import { Canary, Inspector, findLostSlot } from "../support/inspect.js";
import { ADDRESSES, Pair, SimulationFailure, type SideOptions } from "../support/pair.js";
import { tcpFrame, type FrameFields } from "../support/tcp_frame.js";
import { isPattern, patternAt } from "../support/pattern.js";
import { Decoded, decodeFrame } from "../support/wire.js";
import { drawPlan } from "./plan.js";
import { Reader, Streams } from "./stream.js";
import { World } from "./world.js";

const BUDGET = { connections: 2, receiveRing: 1024, sendRing: 1024, mslSeconds: 1 };
const RING = 70_000;
const SCALE_2 = [1, 3, 3, 2];
const MSS_1000 = [2, 4, 3, 232];

/** What is wrong with the last of these segments. */
function lastFault(
  segments: ["client" | "server", FrameFields][], written = "hello world",
): string | null {
  const text = {
    written: written.length,
    matches: (offset: number, octets: Uint8Array) =>
      Buffer.from(octets).toString() === written.slice(offset, offset + octets.length),
  };
  const facts = { receiveRing: RING, textOf: () => text };
  const watch = new FlowWatch([facts, facts]);
  const decoded = new Decoded();
  let fault: string | null = null;
  for (const [from, fields] of segments) {
    assert.equal(fault, null);
    assert.equal(decodeFrame("ethernet", tcpFrame(from, fields), 1500, decoded), null);
    fault = watch.see(from === "client" ? 0 : 1 as Side, decoded);
  }
  return fault;
}

/** Sequence numbers wrap right behind the SYN. */
const ISS = 0xffff_ffff;
const OPENED: ["client" | "server", FrameFields][] = [
  ["client", { seq: ISS, flags: "S", window: 1000, options: [...MSS_1000, ...SCALE_2] }],
  ["server", { seq: 500, ack: 0, flags: "S", window: 1000, options: [...MSS_1000, ...SCALE_2] }],
  ["client", { seq: 0, ack: 501, window: 250 }],
];

describe("what two stacks say to each other", () => {
  it("is in order as long as it is", () => {
    assert.equal(lastFault([
      ...OPENED,
      ["client", { seq: 0, ack: 501, window: 250, text: "hello" }],
      ["server", { seq: 501, ack: 5, window: 249 }],
      ["client", { seq: 5, ack: 501, window: 250, flags: "F", text: " world" }],
      ["server", { seq: 501, ack: 12, window: 0, flags: "F" }],
      ["client", { seq: 12, ack: 502, window: 0 }],
    ]), null);
  });

  const wrong: [RegExp, "client" | "server", FrameFields][] = [
    [/never sent/, "server", { seq: 501, ack: 1, window: 250 }],
    [/a window of 80000 octets/, "client", { seq: 0, ack: 501, window: 20_000 }],
    [/edge moved left by 8/, "client", { seq: 0, ack: 501, window: 248 }],
    [/text before the first octet/, "client", { seq: ISS, ack: 501, window: 250, text: "h" }],
    [/a hole/, "client", { seq: 5, ack: 501, window: 250, text: " world" }],
    [/other text/, "client", { seq: 0, ack: 501, window: 250, text: "help" }],
    [/never written/, "client", { seq: 0, ack: 501, window: 250, text: "hello world!" }],
    [/beyond all that was sent/, "client", { seq: 1, ack: 501, window: 250 }],
    [/text on a SYN/, "server", { seq: 500, ack: 0, flags: "S", text: "x", window: 1000 }],
  ];
  for (const [message, from, fields] of wrong) {
    it(`is refused: ${message.source}`, () => {
      assert.match(lastFault([...OPENED, [from, fields]]) ?? "nothing", message);
    });
  }

  it("is refused: text beyond the window, but for a probe", () => {
    const text = "x".repeat(1100);
    const beyond = (seq: number, len: number): string | null => lastFault([
      ...OPENED,
      ["client", { seq: 0, ack: 501, window: 250, text: text.slice(0, 1000) }],
      ["client", { seq, ack: 501, window: 250, text: text.slice(0, len) }],
    ], text);
    assert.equal(beyond(1000, 1), null);
    assert.match(beyond(1000, 2)!, /2 octets beyond the window/);
    assert.match(beyond(999, 2)!, /1 octets beyond the window/);
  });

  it("is refused: larger segments than the peer takes, acknowledgments taken back", () => {
    const more: typeof OPENED = [
      ["server", { seq: 501, ack: 0, window: 250, text: "hello" }],
      ["client", { seq: 0, ack: 506, window: 250 }],
    ];
    const back: FrameFields = { seq: 0, ack: 505, window: 251 };
    assert.match(lastFault([...OPENED, ...more, ["client", back]])!, /taken back/);
    const long = "y".repeat(1001);
    assert.match(
      lastFault([...OPENED, ["server", { seq: 501, ack: 0, window: 250, text: long }]], long)!,
      /1001 octets of text, the peer takes 1000/);
  });

  it("is refused: text behind a FIN, a FIN at another place", () => {
    const fin: typeof OPENED =
      [["client", { seq: 0, ack: 501, window: 250, flags: "F", text: "h" }]];
    const after = (fields: FrameFields): string | null =>
      lastFault([...OPENED, ...fin, ["client", { ack: 501, window: 250, ...fields }]]);
    assert.match(after({ seq: 0, text: "he" })!, /text behind the FIN/);
    assert.match(after({ seq: 0, flags: "F" })!, /a FIN at another place/);
    assert.equal(after({ seq: 0, text: "h" }), null);
  });
});

describe("a frame", () => {
  const fault = (change: (frame: Uint8Array) => void, mtu = 1500): string | null => {
    const frame = tcpFrame("client", { seq: 1, ack: 1, text: "text" });
    change(frame);
    return decodeFrame("ethernet", frame, mtu, new Decoded());
  };

  it("is looked at in every part", () => {
    assert.equal(fault(() => {}), null);
    assert.match(fault((frame) => void frame[24]!++)!, /IP checksum/);
    assert.match(fault((frame) => void frame[56]!++)!, /TCP checksum/);
    assert.match(fault((frame) => void (frame[17]! -= 1))!, /total length/);
    assert.match(fault((frame) => void (frame[13] = 6))!, /ARP/);
    assert.match(fault((frame) => void (frame[6] = 1))!, /group/);
    assert.match(fault(() => {}, 43)!, /44 octets on a link with an MTU of 43/);
  });
});

describe("a stack", () => {
  const make = (): Stack => {
    const stack = Stack.createSync({ budget: BUDGET, entropy: new Uint8Array(32) });
    stack.configure({ address: "10.0.0.1/24" });
    return stack;
  };

  it("that lost a connection is found out", () => {
    const stack = make();
    assert.equal(findLostSlot(stack, "10.0.0.2", 2), null);
    stack.connect({ address: "10.0.0.2", port: 1 });
    assert.match(findLostSlot(stack, "10.0.0.2", 2)!, /1 of 2 connections are free/);
  });

  it("that writes behind its arena is found out, in both builds", () => {
    for (const module of ["node", "board"] as const) {
      const stack = Stack.createSync({ module, budget: BUDGET });
      const canary = new Canary(stack);
      assert.equal(canary.findFault(), null);
      stack.core.octets[stack.core.octets.length - 100]!++;
      assert.match(canary.findFault()!, /not the stack's/);
    }
  });

  it("whose tables contradict themselves is found out", () => {
    const stack = make();
    const handle = stack.connect({ address: "10.0.0.2", port: 1 });
    stack.transmit(0);
    const inspector = new Inspector(stack, BUDGET, false);
    assert.equal(inspector.findFault(true), null);
    const tiny = new Inspector(stack, { ...BUDGET, sendRing: -1 }, false);
    assert.match(tiny.findFault(true)!, /on their way/);
    // SND.UNA beyond SND.NXT: the word is looked for, as its place is the core's business.
    const { sendUnacknowledged } = stack.status(handle);
    const { words } = stack.core;
    const places = [...words.keys()].filter((at) => words[at] === sendUnacknowledged);
    for (const at of places) words[at]! += 10;
    assert.match(inspector.findFault(true)!, /SND.UNA is beyond SND.NXT/);
  });
});

describe("what is read", () => {
  it("is compared with what was written", () => {
    const streams = new Streams();
    const stream = streams.open(1000, 5, 6);
    stream.written = 600;
    const octets = Buffer.concat([stream.next(4), patternAt(1, 4, 800)]);
    octets.set([0, 0, 0, 1]);
    const read = (port: number, ...pieces: Uint8Array[]): string | null => {
      stream.delivered = 0;
      const reader = new Reader(streams, port, 5);
      return pieces.map((piece) => reader.take(piece)).find((fault) => fault !== null) ?? null;
    };
    assert.equal(read(6, octets.subarray(0, 3), octets.subarray(3, 600)), null);
    assert.match(read(6, octets.subarray(0, 601))!, /600 were written/);
    assert.match(read(7, octets.subarray(0, 10))!, /other ports/);
    assert.match(read(6, octets.subarray(0, 10), octets.subarray(11, 20))!, /other octets/);
    assert.match(read(6, Uint8Array.of(0, 0, 0, 9))!, /does not exist/);
  });

  it("has a pattern that a shift by a ring does not keep", () => {
    for (const shift of [1, 256, 1024, 65_536]) {
      assert.ok(!isPattern(3, 1000 + shift, patternAt(3, 1000, 100)), `${shift}`);
    }
    assert.ok(isPattern(3, 65_500, patternAt(3, 65_500, 1000)));
  });
});

describe("a pair", () => {
  const side = (): SideOptions => ({ module: "node", budget: BUDGET, entropy: new Uint8Array(32) });
  const make = (): Pair => new Pair({
    kind: "ip", mtu: 1500, wire: { loss: 1 }, sides: [side(), side()], startUs: 0,
  });

  it("never runs without bound", () => {
    const pair = make();
    assert.throws(() => pair.drive("x", () => false, 10, 1000), /x: not reached in 10 s/);
    const busy = make();
    busy.stations[0].do((stack) => stack.connect({ address: ADDRESSES[1], port: 1 }));
    busy.stations[0].turn();
    assert.throws(() => busy.drive("it", () => false, 1e6, 3), /it: not reached in 3 steps/);
  });

  it("notices a fork that goes another way", () => {
    const pair = make();
    const [station] = pair.stations;
    station.fork();
    station.stack.connect({ address: ADDRESSES[1], port: 1 });
    assert.throws(() => station.turn(), SimulationFailure);
  });

  it("notices a connection that is left over", () => {
    const pair = make();
    pair.stations[0].do((stack) => stack.connect({ address: ADDRESSES[1], port: 1 }));
    assert.throws(() => pair.checkEnd(1, 1000), /empty tables: not reached/);
  });
});

describe("a run", () => {
  it("fails when an octet arrives that was not sent", () => {
    const plan = drawPlan(1);
    plan.isStrict = true;
    const world = new World(plan);
    const { link } = world.pair.stations[0];
    const onFrame = link.onFrame;
    // What gets through damaged, with a right checksum, must not get by.
    link.onFrame = (frame) => {
      const damaged = damage(frame);
      onFrame(damaged);
    };
    assert.throws(() => world.run(), /reads|sends|delivered/);
  });

  it("fails when nothing arrives", () => {
    const plan = drawPlan(1);
    plan.isStrict = true;
    plan.wire.loss = 1;
    assert.throws(() => new World(plan).run(), SimulationFailure);
  });
});

/** Two octets change in a way that a ones' complement sum does not see. */
function damage(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  const [first, second] = [copy.length - 4, copy.length - 2];
  if (copy.length < 120) return copy;
  const one = copy[first]!;
  copy[first] = copy[second]!;
  copy[second] = one;
  return copy;
}

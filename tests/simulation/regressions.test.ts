/**
 * Faults that simulation and fuzzer found, each as the shortest exchange that shows it, so that
 * they stay found when seeds come to mean something else.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BudgetOptions } from "../../host/budget.js";
import type { LinkType } from "../../host/link/link.js";
import { Stack } from "../../host/stack.js";
import { CLIENT_PORT, SERVER_PORT, tcpFrame, type FrameFields } from "../support/tcp_frame.js";
import { Bit, Decoded, decodeFrame, seqDiff } from "../support/wire.js";
import { HONEST_HOST, NETWORK, OWN_HOST, writeArp } from "../fuzz/packets.js";

const CLIENT_ISS = 1000;
const MTU = 1500;
const SECOND = 1e6;

/** A copy of what a stack sends at this moment, taken apart. */
function sent(stack: Stack, kind: LinkType, nowUs: number): Decoded[] {
  const all: Decoded[] = [];
  for (let frame = stack.transmit(nowUs); frame; frame = stack.transmit(nowUs)) {
    const decoded = new Decoded();
    assert.equal(decodeFrame(kind, frame.slice(), MTU, decoded), null);
    all.push(decoded);
  }
  return all;
}

/** A server (10.0.0.2) on bare IP, and a client that exists only in its segments. */
class Served {
  readonly stack: Stack;
  readonly listener: number;
  nowUs = 0;

  constructor(budget: BudgetOptions = {}) {
    this.stack = Stack.createSync({ budget, entropy: new Uint8Array(32).fill(3) });
    this.stack.configure({ address: "10.0.0.2/24", kind: "ip" });
    this.listener = this.stack.listen({ port: SERVER_PORT });
  }

  /** The client says something; returns what the server says then. */
  say(fields: FrameFields): Decoded[] {
    this.stack.receive(tcpFrame("client", fields).subarray(14), this.nowUs);
    return sent(this.stack, "ip", this.nowUs);
  }

  /** Opens a connection. Returns its handle and the server's first sequence number. */
  open(window: number): { handle: number; iss: number } {
    const [synAck] = this.say({ seq: CLIENT_ISS, flags: "S", window });
    this.say({ seq: CLIENT_ISS + 1, ack: synAck!.seq + 1, window });
    return { handle: this.stack.accept(this.listener), iss: synAck!.seq };
  }
}

/** How far beyond `seq` the text of these segments reaches. */
function reach(segments: Decoded[], seq: number): number {
  return Math.max(0, ...segments.map((one) => seqDiff(one.seq, seq) + one.payloadLen));
}

describe("the send window", () => {
  it("is that of the newest ACK, though it comes on a segment sent again", () => {
    const served = new Served();
    const { handle, iss } = served.open(2000);
    const first = iss + 1;
    served.stack.setOption(handle, "noDelay", true);
    served.stack.write(handle, new Uint8Array(400));
    assert.equal(reach(sent(served.stack, "ip", 0), first), 400);
    // The client's second text comes before its first, which it sends again when it has got, and
    // not read, 400 octets: its window still ends at 2000.
    const text = "0123456789";
    served.say({ seq: CLIENT_ISS + 11, ack: first, text, window: 2000 });
    const answer = served.say({ seq: CLIENT_ISS + 1, ack: first + 400, text, window: 1600 });
    served.stack.write(handle, new Uint8Array(3000));
    const end = reach([...answer, ...sent(served.stack, "ip", 0)], first);
    assert.ok(end > 1400 && end <= 2000, `${end}`);
  });
});

describe("SYNs that cross", () => {
  it("open a connection whose first text begins behind the SYN", () => {
    const stacks = [1, 2].map((host) => {
      const stack = Stack.createSync({ entropy: new Uint8Array(32).fill(host) });
      stack.configure({ address: `10.0.0.${host}/24`, kind: "ip" });
      return stack;
    });
    const handles = stacks.map((stack, side) => {
      const handle = stack.connect({
        address: `10.0.0.${2 - side}`, port: 3000 + 1 - side, localPort: 3000 + side,
      });
      stack.write(handle, Buffer.from(`from ${side}`));
      return handle;
    });
    const [left, right] = stacks as [Stack, Stack];
    const pass = (to: Stack, segments: Decoded[]): void => {
      for (const { octets } of segments) to.receive(octets, 0);
    };
    const crossing = sent(right, "ip", 0);
    const [syn] = sent(left, "ip", 0);
    pass(right, [syn!]);
    // Before left says anything, it gets right's SYN, and the SYN+ACK that answers its own.
    pass(left, [...crossing, ...sent(right, "ip", 0)]);
    for (let round = 0; round < 5; round++) {
      const segments = sent(left, "ip", 0);
      for (const { seq, payloadLen } of segments) {
        assert.ok(payloadLen === 0 || seqDiff(seq, syn!.seq) > 0, "text in place of the SYN");
      }
      pass(right, segments);
      pass(left, sent(right, "ip", 0));
    }
    const read = stacks.map((stack, side) => Buffer.from(stack.read(handles[side]!) ?? []));
    assert.deepEqual(read.map(String), ["from 1", "from 0"]);
    assert.equal(stacks[0]!.status(handles[0]!).state, "ESTABLISHED");
  });

  it("are not acknowledged by what is half the numbers away, before ours has left", () => {
    const stack = Stack.createSync({ entropy: new Uint8Array(32) });
    stack.configure({ address: "10.0.0.1/24", kind: "ip" });
    const handle = stack.connect({
      address: "10.0.0.2", port: SERVER_PORT, localPort: CLIENT_PORT,
    });
    const say = (fields: FrameFields): void =>
      stack.receive(tcpFrame("server", fields).subarray(14), 0);
    say({ seq: 1000, flags: "S" });
    // Of two numbers that far apart each is before the other.
    say({ seq: 1001, ack: (stack.status(handle).sendUnacknowledged + 2 ** 31) >>> 0 });
    assert.equal(stack.status(handle).state, "SYN-RECEIVED");
    assert.deepEqual(sent(stack, "ip", 0).map(({ flags }) => flags), [Bit.Rst, Bit.Syn | Bit.Ack]);
  });
});

describe("a half-open connection", () => {
  it("announces in its challenge no more than the ring, scaled", () => {
    const receiveRing = 262_144;
    const served = new Served({ receiveRing, connections: 1 });
    const scale7 = [1, 3, 3, 7];
    const [synAck] = served.say({ seq: CLIENT_ISS, flags: "S", options: scale7 });
    assert.ok(synAck!.scale > 0);
    // A RST in the window that is not exactly at its edge is not believed (RFC 5961).
    const [challenge] = served.say({ seq: CLIENT_ISS + 100, flags: "R", ack: synAck!.seq + 1 });
    assert.equal(challenge!.flags, Bit.Ack);
    const window = challenge!.window * 2 ** synAck!.scale;
    assert.ok(window > 0 && window <= receiveRing, `${window}`);
  });
});

describe("a reply ring of one", () => {
  it("keeps the reply whole when its neighbour has to be asked for again", () => {
    const stack = Stack.createSync({ budget: { replies: 1 }, entropy: new Uint8Array(32) });
    stack.configure({ address: "10.0.0.1/24", kind: "ethernet", mac: "02:00:00:00:00:01" });
    stack.listen({ port: SERVER_PORT });
    const slot = { octets: new Uint8Array(100), at: 0, size: 100 };
    const [peer, own] = [NETWORK + HONEST_HOST, NETWORK + OWN_HOST];
    const arpLen = writeArp(slot, HONEST_HOST, OWN_HOST, 1, peer, own);
    stack.receive(slot.octets.subarray(0, arpLen), 0);
    sent(stack, "ethernet", 0);
    const syn = tcpFrame("client", { seq: CLIENT_ISS, flags: "S" });
    syn.set([2, 0, 0, 0, 0, OWN_HOST, 2, 0, 0, 0, 0, HONEST_HOST]);
    syn.set([10, 0, 0, HONEST_HOST, 10, 0, 0, OWN_HOST], 26);
    stack.receive(syn, 0);
    const [first] = sent(stack, "ethernet", 0);
    // The SYN+ACK goes out again after 1, 3, 7, 15, 31 and 63 seconds; by the last of them the
    // neighbour is stale, and asking for it takes a place in the ring, too.
    const segments: Decoded[] = [];
    for (let second = 1; second <= 70; second++) {
      segments.push(...sent(stack, "ethernet", second * SECOND).filter(({ isArp }) => !isArp));
    }
    assert.ok(segments.length >= 5, `${segments.length}`);
    for (const { seq, flags } of segments) {
      assert.deepEqual([seq, flags], [first!.seq, Bit.Syn | Bit.Ack]);
    }
  });
});

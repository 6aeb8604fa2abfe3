/**
 * The library `motetcp/assembly`, call by call: firmware that does what the test tells it
 * (fixtures/calls.ts), beside a stack that is told by its host. Both in one loop, time stands still
 * unless it is moved.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { Err, Reason } from "../../assembly/abi/error.js";
import { Event } from "../../assembly/abi/event.js";
import { State } from "../../assembly/abi/state.js";
import { Stack } from "../../host/stack.js";
import { RIGHT, StackPair, entropy } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";
import { Project } from "./project.js";

/** What fixtures/calls.ts exports beside the door. */
type Calls = Record<
  "refuseToStart" | "wakeAt" | "turns" | "takeNews" | "accepted" | "bufferAt" | "doListen" |
  "doConnect" | "doRead" | "doWrite" | "doWriteText" | "room" | "unread" | "doAbort" | "state" |
  "reason" | "put" | "clock" | "setUp", (...words: number[]) => number>;

const RING = 256;

function callsOf(stack: Stack): Calls {
  return stack.core.exports as unknown as Calls;
}

function buffer(stack: Stack): Uint8Array {
  const at = callsOf(stack).bufferAt();
  return stack.core.octets.subarray(at, at + 4096);
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString("latin1");
}

describe("the library", () => {
  const project = new Project("tests/library/fixtures");
  let module: BufferSource;
  before(() => {
    module = project.compile("board") as BufferSource;
  });
  after(() => project.remove());

  /** The firmware on the right, 10.0.0.2; a stack on the left. */
  async function pairUp(): Promise<{ pair: StackPair; calls: Calls; firmware: Stack }> {
    const pair = await StackPair.create({}, { module });
    return { pair, calls: callsOf(pair.right), firmware: pair.right };
  }

  /** The same with a connection that the left has opened: its handles there and here. */
  async function connected() {
    const world = await pairUp();
    assert.ok(world.calls.doListen(80) > 0);
    const there = world.pair.left.connect({ address: RIGHT, port: 80 });
    world.pair.settle();
    return { ...world, there, here: world.calls.accepted() };
  }

  it("listens, accepts, and tells the news of a connection", async () => {
    const { pair, calls, there, here } = await connected();
    assert.ok(here > 0);
    assert.equal(calls.state(here), State.Established);
    pair.left.write(there, Buffer.from("hello"));
    pair.settle();
    assert.ok(calls.takeNews() & Event.Readable);
    assert.equal(calls.unread(here), 5);
  });

  it("reads across the end of the ring, as much as is asked for", async () => {
    const { pair, calls, firmware, there, here } = await connected();
    for (let round = 0; round < 5; round++) {
      const octets = randomBytes(100);
      pair.left.write(there, octets);
      pair.settle();
      assert.equal(calls.doRead(here, 30), 30);
      assert.deepEqual(Buffer.from(buffer(firmware).subarray(0, 30)), octets.subarray(0, 30));
      assert.equal(calls.doRead(here, 4096), 70);
      assert.deepEqual(Buffer.from(buffer(firmware).subarray(0, 70)), octets.subarray(30));
      assert.equal(calls.doRead(here, 4096), 0);
    }
  });

  it("writes across the end of the ring, as much as there is room for", async () => {
    const { pair, calls, firmware, there, here } = await connected();
    for (let round = 0; round < 5; round++) {
      const octets = randomBytes(200);
      buffer(firmware).set(octets);
      assert.equal(calls.room(here), RING);
      assert.equal(calls.doWrite(here, 200), 200);
      assert.equal(calls.doWrite(here, 200), RING - 200);
      assert.equal(calls.doWrite(here, 200), 0);
      assert.equal(calls.room(here), 0);
      pair.run(1);
      const got = Buffer.concat([pair.left.read(there)!, pair.left.read(there) ?? Buffer.of()]);
      assert.deepEqual(got, Buffer.concat([octets, octets.subarray(0, RING - 200)]));
      pair.run(1);
      assert.ok(calls.takeNews() & Event.Writable);
    }
  });

  it("writes a text whole or not at all", async () => {
    const { pair, calls, there, here } = await connected();
    assert.equal(calls.doWriteText(here), 23);
    assert.equal(calls.doWrite(here, RING - 23 - 22), RING - 23 - 22);
    assert.equal(calls.doWriteText(here), 0);
    assert.equal(calls.room(here), 22);
    pair.settle();
    assert.equal(text(pair.left.read(there, 23)!), "A text of 23 characters");
  });

  for (const value of [0, 7, 10, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    it(`puts ${value} as digits`, async () => {
      const firmware = await Stack.create({ module, entropy: entropy(1) });
      const length = callsOf(firmware).put(value);
      assert.equal(text(buffer(firmware).subarray(0, length)), `<${value}>`);
    });
  }

  it("connects, and says why a connection ended", async () => {
    const { pair, calls } = await pairUp();
    const refused = calls.doConnect(1, 81);
    assert.equal(calls.state(refused), State.SynSent);
    pair.settle();
    pair.right.transmit(pair.nowUs);
    assert.ok(calls.takeNews() & Event.Closed);
    assert.equal(calls.reason(refused), Reason.Refused);
    assert.equal(calls.doAbort(refused), 0);
    pair.left.listen({ port: 81 });
    const here = calls.doConnect(1, 81);
    pair.settle();
    assert.equal(calls.state(here), State.Established);
    assert.equal(calls.reason(here), Reason.None);
  });

  it("answers an Err to whatever makes no sense, and never traps", async () => {
    const { calls, here } = await connected();
    assert.equal(calls.doAbort(here), 0);
    for (const handle of [here, 0, -1, 2 ** 31 - 1]) {
      assert.equal(calls.doRead(handle, 10), Err.Handle);
      assert.equal(calls.doWrite(handle, 10), Err.Handle);
      assert.equal(calls.doWriteText(handle), Err.Handle);
      assert.equal(calls.room(handle), Err.Handle);
      assert.equal(calls.unread(handle), Err.Handle);
      assert.equal(calls.state(handle), Err.Handle);
      assert.equal(calls.reason(handle), Err.Handle);
    }
    assert.equal(calls.doListen(0), Err.Invalid);
    assert.equal(calls.doListen(80), Err.InUse);
    assert.equal(calls.doConnect(2, 80), Err.Invalid);
  });

  it("has a turn when it has asked for one, and not before", async () => {
    const { pair, calls, firmware } = await pairUp();
    pair.settle();
    const nowMs = calls.clock(pair.nowUs);
    calls.wakeAt(nowMs + 1500);
    firmware.transmit(pair.nowUs);
    assert.equal(firmware.nextDeadline(pair.nowUs), 1_500_000);
    assert.equal(firmware.nextDeadline(pair.nowUs + 1_000_000), 500_000);
    assert.equal(calls.clock(pair.nowUs + 1_500_000), nowMs + 1500);
    assert.equal(firmware.nextDeadline(pair.nowUs + 2_000_000), 0);
  });

  it("starts once, when it has been configured, and not again in a fork", async () => {
    const firmware = await Stack.create({ module, entropy: entropy(1) });
    const calls = callsOf(firmware);
    calls.refuseToStart(Err.Full);
    firmware.transmit(0);
    firmware.configure({ kind: "ip", address: "10.0.0.2/24" });
    assert.throws(() => firmware.transmit(0), { code: "ENOBUFS", syscall: "start" });
    calls.refuseToStart(0);
    firmware.transmit(0);
    calls.refuseToStart(Err.Full);
    const turns = calls.turns();
    const fork = firmware.fork({ entropy: entropy(2) });
    fork.transmit(1);
    assert.equal(callsOf(fork).turns(), turns + 1);
  });

  it("sets itself up, where no host does", async () => {
    for (const [kind, isEthernet] of [["ip", 0], ["ethernet", 1]] as const) {
      const firmware = await Stack.create({ module, entropy: entropy(1) });
      assert.equal(callsOf(firmware).setUp(5, isEthernet), 0);
      const here = callsOf(firmware).doConnect(1, 80);
      assert.ok(here > 0, kind);
      const { transmit, frameOutPtr } = firmware.core.exports;
      const length = transmit(10);
      const frame = firmware.core.octets.subarray(frameOutPtr(), frameOutPtr() + length);
      // The SYN, from 10.0.0.2; or the question who has 10.0.0.1, from our MAC address.
      const from = isEthernet ? frame.subarray(6, 12) : frame.subarray(12, 16);
      assert.deepEqual([...from], isEthernet ? [2, 3, 4, 5, 6, 7] : [10, 0, 0, 2]);
    }
  });
});

describe("firmware", () => {
  const project = new Project();
  before(() => project.follow("docs/library.md"));
  after(() => project.remove());

  it("echoes, as the first example of docs/library.md, 200 KB on a bad line", async () => {
    const module = project.compile("board") as BufferSource;
    const wire = { seed: 5, loss: 0.03, reorder: 0.05 };
    const nets = await VirtualNetworks.create(wire, {}, { module });
    const socket = nets.left.connect(7, RIGHT);
    const there = randomBytes(200_000);
    const back: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => back.push(chunk));
    socket.end(there);
    await nets.until(once(socket, "close"));
    assert.ok(Buffer.concat(back).equals(there));
  });

  it("takes as much memory as its budget at compile time says", () => {
    const config = JSON.parse(project.read("asconfig.json"));
    const usedBy = (connections: number): number => {
      const use = [`CFG_CONNECTIONS=${connections}`, "CFG_RECEIVE_RING=1024", "CFG_SEND_RING=512"];
      project.write("asconfig.json", JSON.stringify({ ...config, options: { use } }));
      const module = new WebAssembly.Module(project.compile("board") as BufferSource);
      const { __heap_base: base } = new WebAssembly.Instance(module).exports;
      return (base as WebAssembly.Global).value as number;
    };
    // Both rings, and what a connection takes beside them.
    const each = usedBy(5) - usedBy(4);
    assert.ok(each > 1536 && each < 1536 + 512, `${each} octets`);
    // And a few octets of hash buckets; the base is a multiple of 16.
    const two = usedBy(7) - usedBy(5);
    assert.ok(two >= 2 * each - 16 && two <= 2 * each + 64, `${two} octets, one ${each}`);
  });

  it("is refused by the compiler when it fits no budget of RAM", () => {
    assert.throws(() => project.compile("board", "--lowMemoryLimit", "10000"), /low memory limit/i);
  });

  it("is refused by the compiler with a heap, which the laws do not allow", () => {
    assert.throws(() => project.compile("board", "--runtime", "minimal"), /--runtime stub/);
  });
});

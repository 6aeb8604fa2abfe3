/** A stack, call by call, in virtual time: what docs/virtual-time.md promises. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Stack } from "../../host/stack.js";
import {
  LEFT, RIGHT, StackPair, entropy, events, pattern, readAll,
} from "../support/stack_pair.js";

const code = (name: string) => ({ name: "StackError", code: name });

describe("a budget", () => {
  it("out of range is refused with the field's name and range", () => {
    const refused = (budget: object, message: RegExp) =>
      assert.throws(() => Stack.createSync({ budget }), { code: "EINVAL", message });
    refused({ connections: 0 }, /budget.connections is 0; .* whole number from 1 to 65,535/);
    refused({ connections: 70000 }, /budget.connections is 70000/);
    refused({ receiveRing: 3000 }, /budget.receiveRing is 3000; .* power of two from 256/);
    refused({ mtu: 1.5 }, /budget.mtu is 1.5/);
    refused({ mslSeconds: NaN }, /budget.mslSeconds is NaN/);
    refused({ sockets: 5 }, /budget.sockets is unknown; there are listeners, /);
  });

  it("of more memory than there can be is refused", () => {
    const budget = { connections: 65535, sendRing: 2 ** 20, receiveRing: 2 ** 20 };
    assert.throws(() => Stack.createSync({ budget }), { code: "ENOMEM" });
  });

  it("too large for a board says how much it takes and how much there is", () => {
    const budget = { connections: 1000 };
    const message = /the budget takes [\d,]+ octets, this build has [\d,]+/;
    assert.throws(() => Stack.createSync({ module: "board", budget }), { code: "ENOMEM", message });
  });

  it("gives as many connections as it says, and the next is refused", async () => {
    const { left } = await StackPair.create({ budget: { connections: 3 } });
    for (let count = 0; count < 3; count++) left.connect({ address: RIGHT, port: 80 });
    assert.throws(() => left.connect({ address: RIGHT, port: 80 }), code("ENOBUFS"));
  });

  it("of 10,000 connections with 16 KiB each way is taken in one init", () => {
    const ring = 16 * 1024;
    const stack = Stack.createSync({
      budget: { connections: 10_000, receiveRing: ring, sendRing: ring },
    });
    assert.ok(stack.core.octets.length > 10_000 * 2 * ring);
  });
});

describe("the arguments of configure", () => {
  const stack = Stack.createSync();
  it("are checked, and the error says what would be right", () => {
    assert.throws(() => stack.configure({ address: "10.0.0.1" }), /no prefix length/);
    assert.throws(() => stack.configure({ address: "10.0.0.1/24", mtu: 20 }), /mtu is 20/);
    assert.throws(
      () => stack.configure({ kind: "ethernet", address: "10.0.0.1/24", mac: "mote" }),
      /"mote" is not a MAC address/,
    );
    assert.throws(
      () => stack.configure({ address: "10.0.0.1/24", mtu: 9000 }),
      { code: "EINVAL", message: /address 10.0.0.1\/24, mtu 9000: mtu above the budget's, or/ },
    );
    assert.throws(() => stack.configure({ address: "10.0.0.255/24" }), /10.0.0.255.* no interface/);
    stack.configure({ address: "10.0.0.1/24" });
    assert.throws(() => stack.configure({ address: "10.0.0.1/24" }), /configured already/);
  });

  it("make it Ethernet where they name a MAC address", () => {
    const frameSizeWith = (mac?: string): number => {
      const stack = Stack.createSync();
      stack.configure({ address: "10.0.0.1/24", ...(mac === undefined ? {} : { mac }) });
      return stack.frameSize;
    };
    assert.equal(frameSizeWith("02:00:00:00:00:01"), frameSizeWith() + 14);
  });

  it("come before any socket call", () => {
    const fresh = Stack.createSync();
    assert.throws(() => fresh.listen({ port: 80 }), code("ENETDOWN"));
  });
});

for (const build of ["node", "board"] as const) {
  const budget = { connections: 4 };

  describe(`a connection (${build} build)`, () => {
    it("is opened, carries octets both ways, and is closed", async () => {
      const pair = await StackPair.create({ module: build, budget });
      const { left, right } = pair;
      const { client, server, listener } = pair.open();
      assert.deepEqual(events(left).map(({ names }) => names), [["connected", "writable"]]);
      assert.deepEqual(events(right).filter(({ handle }) => handle === listener), [
        { handle: listener, bits: 64, names: ["acceptable"] },
      ]);

      assert.equal(left.write(client, Buffer.from("ping")), 4);
      pair.settle();
      assert.equal(readAll(right, server).toString(), "ping");
      right.write(server, Buffer.from("pong"));
      pair.settle();
      assert.equal(readAll(left, client).toString(), "pong");

      left.shutdown(client);
      pair.settle();
      assert.equal(right.status(server).state, "CLOSE-WAIT");
      right.shutdown(server);
      pair.settle();
      assert.deepEqual(left.status(client).path, [
        "SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
      ]);
      assert.deepEqual(right.status(server).path, [
        "LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED",
      ]);
      assert.equal(right.status(server).reason, "finished");
    });

    it("takes no more than the rings hold, and goes on when there is room", async () => {
      const pair = await StackPair.create({ module: build, budget });
      const { left, right } = pair;
      const { client, server } = pair.open();
      const data = pattern(300_000);
      const received: Buffer[] = [];
      let sent = 0;
      let isHeldBack = false;
      for (let round = 0; sent < data.length || received.length < round; round++) {
        const taken = left.write(client, data.subarray(sent));
        isHeldBack ||= taken < data.length - sent;
        sent += taken;
        pair.settle();
        received.push(readAll(right, server));
        pair.run(0.3);
        assert.ok(round < 1000, `stuck after ${sent} octets`);
        if (Buffer.concat(received).length === data.length) break;
      }
      assert.ok(isHeldBack);
      assert.ok(Buffer.concat(received).equals(data));
    });
  });
}

describe("a refusal", () => {
  it("names the call, the code and the place", async () => {
    const pair = await StackPair.create();
    const { left, right } = pair;
    right.listen({ port: 80 });
    assert.throws(() => right.listen({ port: 80 }), {
      message: "listen EADDRINUSE: address already in use 0.0.0.0:80",
      code: "EADDRINUSE", errno: -98, syscall: "listen", address: "0.0.0.0", port: 80,
    });
    assert.throws(() => right.listen({ port: 81, address: "10.9.9.9" }), code("EADDRNOTAVAIL"));
    assert.throws(() => right.listen({ port: 0 }), { code: "ERR_SOCKET_BAD_PORT" });
    assert.throws(() => right.listen({ port: 82, backlog: 0 }), { code: "ERR_OUT_OF_RANGE" });
    assert.throws(() => left.connect({ address: LEFT, port: 1 }), {
      code: "EADDRNOTAVAIL", address: LEFT, port: 1,
    });
    assert.throws(() => left.connect({ address: "nowhere", port: 1 }), /not an IPv4 address/);
  });

  it("of a stale handle is EBADF, for every call", async () => {
    const pair = await StackPair.create();
    const { left } = pair;
    const { client } = pair.open();
    left.abort(client);
    const calls: (() => unknown)[] = [
      () => left.write(client, Buffer.from("x")), () => left.read(client),
      () => left.shutdown(client), () => left.close(client), () => left.abort(client),
      () => left.status(client), () => left.getOption(client, "noDelay"),
      () => left.setOption(client, "noDelay", true), () => left.accept(client),
      () => left.consume(client, 0), () => left.commit(client, 0),
    ];
    for (const call of calls) assert.throws(call, code("EBADF"), String(call));
  });

  it("to write after shutdown is EPIPE", async () => {
    const pair = await StackPair.create();
    const { client } = pair.open();
    pair.left.shutdown(client);
    assert.throws(() => pair.left.write(client, Buffer.from("x")), code("EPIPE"));
  });

  it("by the peer comes as an event with its reason", async () => {
    const pair = await StackPair.create();
    const client = pair.left.connect({ address: RIGHT, port: 4242 });
    pair.settle();
    assert.deepEqual(events(pair.left).map(({ names }) => names), [["closed"]]);
    assert.equal(pair.left.status(client).reason, "refused");
  });

  it("for want of a gateway is ENETUNREACH", () => {
    const stack = Stack.createSync();
    stack.configure({ kind: "ethernet", address: "10.0.0.1/24" });
    const call = { address: "10.9.9.9", port: 80 };
    assert.throws(() => stack.connect(call), { code: "ENETUNREACH", ...call });
    const other = Stack.createSync();
    other.configure({ kind: "ethernet", address: "10.0.0.1/24", gateway: "10.0.0.254" });
    assert.ok(other.connect(call) > 0);
  });

  it("of an option out of range names the option", async () => {
    const pair = await StackPair.create();
    const { client } = pair.open();
    assert.throws(() => pair.left.setOption(client, "timeToLive", 0), /timeToLive = 0/);
    pair.left.setOption(client, "timeToLive", 3);
    assert.equal(pair.left.getOption(client, "timeToLive"), 3);
  });
});

describe("time", () => {
  it("passes at the caller's word: an hour of silence in a moment", async () => {
    const pair = await StackPair.create();
    pair.isJoined = false;
    const client = pair.left.connect({ address: RIGHT, port: 80 });
    const startMs = performance.now();
    pair.run(3600);
    assert.ok(performance.now() - startMs < 2000, "an hour took longer than two seconds");
    assert.equal(pair.left.status(client).reason, "timed out");
  });

  it("runs TIME-WAIT out after twice the maximum segment lifetime", async () => {
    const pair = await StackPair.create({ budget: { mslSeconds: 5 } });
    const { client, server } = pair.open();
    pair.left.shutdown(client);
    pair.settle();
    pair.right.shutdown(server);
    pair.settle();
    pair.left.close(client);
    const [entry] = [...pair.left.entries("time-wait")];
    assert.deepEqual([entry?.state, entry?.timers.timeWait], ["TIME-WAIT", 10_000]);
    pair.run(9.9);
    assert.equal([...pair.left.entries("time-wait")].length, 1);
    pair.run(0.3);
    assert.equal([...pair.left.entries("time-wait")].length, 0);
  });
});

describe("a serial line", () => {
  it("carries the same, SLIP-encoded, cut anywhere", async () => {
    const { left, right } = await StackPair.create();
    const listener = right.listen({ port: 80 });
    const client = left.connect({ address: RIGHT, port: 80 });
    const pass = (from: Stack, to: Stack): void => {
      for (let chunk = from.serialTransmit(0); chunk; chunk = from.serialTransmit(0)) {
        const octets = chunk.slice();
        for (let at = 0; at < octets.length; at += 7) {
          to.serialReceive(octets.subarray(at, at + 7), 0);
        }
      }
    };
    const settle = (): void => {
      for (let round = 0; round < 10; round++) {
        pass(left, right);
        pass(right, left);
      }
    };
    settle();
    const server = right.accept(listener);
    const data = pattern(5000); // has the octets that SLIP escapes
    left.write(client, data);
    settle();
    assert.ok(readAll(right, server).equals(data));
  });
});

describe("the netstat listing", () => {
  it("has an entry for everything", async () => {
    const pair = await StackPair.create();
    pair.open();
    pair.isJoined = false;
    pair.left.connect({ address: RIGHT, port: 81 });
    pair.settle();
    const shown = pair.left.connections().map(({ table, state, remoteAddress, remotePort }) =>
      `${table} ${state} ${remoteAddress}:${remotePort}`);
    assert.deepEqual(shown, [
      `connections ESTABLISHED ${RIGHT}:80`, `connections SYN-SENT ${RIGHT}:81`,
    ]);
    const [listening, accepted] = pair.right.connections();
    assert.deepEqual(
      [listening?.table, listening?.state, listening?.localPort],
      ["listeners", "LISTEN", 80],
    );
    assert.deepEqual(
      [accepted?.state, accepted?.localAddress, accepted?.remoteAddress, accepted?.flags],
      ["ESTABLISHED", RIGHT, LEFT, ["passive", "windowScale", "sack", "timestamps", "cubic"]],
    );
  });

  it("shows neighbours with their MAC addresses", async () => {
    const [left, right] = [Stack.createSync(), Stack.createSync()];
    left.configure({ kind: "ethernet", address: `${LEFT}/24` });
    right.configure({ kind: "ethernet", address: `${RIGHT}/24`, mac: "02:01:02:03:04:05" });
    left.connect({ address: RIGHT, port: 80 });
    right.receive(left.transmit(0)!, 0);
    const neighbour = (): unknown[] => {
      const { state, localAddress, remoteAddress } = [...left.entries("neighbours")][0]!;
      return [state, localAddress, remoteAddress];
    };
    assert.deepEqual(neighbour(), ["INCOMPLETE", "00:00:00:00:00:00", RIGHT]);
    left.receive(right.transmit(0)!, 0);
    assert.deepEqual(neighbour(), ["REACHABLE", "02:01:02:03:04:05", RIGHT]);
  });

  it("shows queues and timers", async () => {
    const pair = await StackPair.create();
    const { client, server } = pair.open();
    pair.left.write(client, Buffer.from("seven.."));
    pair.run(0.1); // the ACK may wait
    pair.isJoined = false;
    pair.left.write(client, Buffer.from("lost"));
    pair.settle();
    const status = pair.left.status(client);
    assert.equal(status.sendQueue, 4);
    assert.ok(status.timers.retransmit! > 0, JSON.stringify(status.timers));
    assert.equal(pair.right.status(server).receiveQueue, 7);
  });

  it("counts frames under the names of the core", async () => {
    const pair = await StackPair.create();
    pair.open();
    const counters = pair.left.counters();
    assert.equal(counters.TcpActiveOpens, 1);
    assert.equal(counters.FramesOut, pair.right.counter("FramesIn"));
    pair.left.receive(new Uint8Array(100), 0);
    assert.equal(pair.left.counter("DropIpVersion"), 1);
  });

  it("counts a frame that is too long, which does no harm", async () => {
    const pair = await StackPair.create();
    const { client, server } = pair.open();
    pair.right.receive(new Uint8Array(200_000).fill(0xff), 0);
    assert.equal(pair.right.counter("DropFrameLength"), 1);
    pair.left.write(client, Buffer.from("unharmed"));
    pair.settle();
    assert.equal(readAll(pair.right, server).toString(), "unharmed");
  });
});

describe("the memory is the stack", () => {
  it("a snapshot goes back to where it was taken, connections and all", async () => {
    const pair = await StackPair.create();
    const { client, server } = pair.open();
    pair.left.write(client, Buffer.from("before "));
    pair.settle();
    const [left, right] = [pair.left.snapshot(), pair.right.snapshot()];
    pair.left.abort(client);
    pair.settle();
    assert.equal(pair.right.status(server).reason, "reset");

    pair.left.restore(left);
    pair.right.restore(right);
    pair.left.write(client, Buffer.from("and after"));
    pair.run(0.1); // the first text may not be acknowledged yet, and Nagle's algorithm waits for it
    assert.equal(readAll(pair.right, server).toString(), "before and after");
  });

  it("a fork goes its own way; reseeded, with other initial sequence numbers", async () => {
    const { left } = await StackPair.create();
    const iss = (stack: Stack): number =>
      stack.status(stack.connect({ address: RIGHT, port: 80 })).sendUnacknowledged;
    const twin = left.fork({ reseed: false });
    const sibling = left.fork({ entropy: entropy(9) });
    const first = iss(left);
    assert.equal(iss(twin), first);
    assert.notEqual(iss(sibling), first);
    assert.equal(twin.connections().length, 1);
  });

  it("with the same entropy the same frames come out, octet by octet", async () => {
    const record = async (): Promise<Buffer> => {
      const pair = await StackPair.create();
      const frames: Uint8Array[] = [];
      const receive = pair.right.receive.bind(pair.right);
      pair.right.receive = (frame, now) => {
        frames.push(frame.slice());
        receive(frame, now);
      };
      const { client } = pair.open();
      pair.left.write(client, pattern(20_000));
      pair.settle();
      return Buffer.concat(frames);
    };
    assert.ok((await record()).equals(await record()));
  });

  it("a snapshot larger than a board's memory is refused", () => {
    const board = Stack.createSync({ module: "board", budget: { connections: 4 } });
    assert.throws(() => board.restore(new Uint8Array(1 << 20)), { code: "ENOMEM" });
  });
});

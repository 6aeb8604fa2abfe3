/** Calls, handles and full tables: what is refused, and how (RFC 9293 section 3.9.1; S22, S27). */
import assert from "node:assert/strict";
import { Budget } from "../../assembly/abi/budget.js";
import { Parameter } from "../../assembly/abi/parameters.js";
import { Lab, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

onBothBuilds("a stated maximum: one connection more is refused with ENOBUFS " +
  "[S22, RFC9293-3.10.1b]", (lab) => {
  const handles = [1, 2, 3, 4].map((n) => connected(lab, { ownPort: 50000 + n }).handle);
  const more = () => lab.stack.connect({ address: "10.0.0.2", port: 80 });
  assert.throws(more, { code: "ENOBUFS" });
  lab.do((stack) => stack.abort(handles[2]!));
  assert.ok(more() > 0);
  assert.throws(more, { code: "ENOBUFS" });
  lab.ignoreFrames();
});

onBothBuilds("a handle of a life that is over is an error, never somebody else's connection " +
  "[S22, RFC9293-3.10.2a, RFC9293-3.10.3a]", (lab) => {
  const { handle } = accepted(lab);
  lab.do((stack) => stack.abort(handle));
  lab.ignoreFrames();
  const next = connected(lab);
  assert.notEqual(next.handle, handle);
  const { stack } = lab;
  for (const call of [
    () => stack.status(handle), () => stack.read(handle), () => stack.write(handle, textOf(1, 1)),
    () => stack.shutdown(handle), () => stack.close(handle), () => stack.abort(handle),
    () => stack.setOption(handle, "noDelay", true), () => stack.accept(handle),
  ]) {
    assert.throws(call, { code: "EBADF" });
  }
  assert.equal(lab.stack.status(next.handle).state, "ESTABLISHED");
}, { budget: { connections: 1 } });

onBothBuilds("what is no handle at all is an error: 0, -1, a number from nowhere [S22]", (lab) => {
  for (const handle of [0, -1, 1, 0x7fffffff, -0x80000000]) {
    assert.throws(() => lab.stack.status(handle), { code: "EBADF" });
    assert.throws(() => lab.stack.close(handle), { code: "EBADF" });
  }
});

onBothBuilds("the slot freed longest ago is taken first, so that stale handles stay stale " +
  "[S22]", (lab) => {
  const seen = new Set<number>();
  for (let count = 0; count < 1000; count++) {
    const { handle } = connected(lab, { ownPort: 50000 + count });
    assert.ok(!seen.has(handle), `handle ${handle} came back after ${count}`);
    seen.add(handle);
    lab.do((stack) => stack.abort(handle));
    lab.ignoreFrames();
  }
});

onBothBuilds("connect picks a port of 49152 to 65535 that the pair does not use " +
  "[S22, RFC6056-3.4]", (lab) => {
  const ports = new Set<number>();
  for (let count = 0; count < 4; count++) {
    const handle = lab.stack.connect({ address: "10.0.0.2", port: 80 });
    ports.add(lab.stack.status(handle).localPort);
  }
  lab.ignoreFrames();
  assert.equal(ports.size, 4);
  assert.ok([...ports].every((port) => port >= 49152));
});

onBothBuilds("which port that is, nobody can tell: not by the one before, not by another stack's " +
  "[RFC6056-3.3]", ({ build }) => {
  const portsOf = (entropy: number) => {
    const { stack } = new Lab(build, { entropy });
    return [1, 2, 3, 4].map(() =>
      stack.status(stack.connect({ address: "10.0.0.2", port: 80 })).localPort);
  };
  const ports = [1, 2, 3, 4, 5].map(portsOf);
  assert.equal(new Set(ports.map(([first]) => first)).size, 5);
  for (const [first = 0, ...others] of ports) {
    assert.ok(others.some((port) => Math.abs(port - first) > 64), `${first}, ${others.join(", ")}`);
  }
});

onBothBuilds("nobody connects to ourselves, to groups or to nobody: EADDRNOTAVAIL " +
  "[S22, MUST-46, RFC1122-3.2.1.3d]", (lab) => {
  for (const address of ["10.0.0.255", "255.255.255.255", "224.0.0.1", "0.0.0.0", "127.0.0.1"]) {
    const call = () => lab.stack.connect({ address, port: 80 });
    assert.throws(call, { code: "EADDRNOTAVAIL" }, address);
  }
  assert.throws(() => lab.stack.listen({ port: 80, address: "10.0.0.9" }),
    { code: "EADDRNOTAVAIL" });
});

onBothBuilds("write takes what the ring has room for, in any sizes, and all of it arrives " +
  "[S22, S23]", (lab) => {
  const { remote, handle } = connected(lab, { syn: { mss: 1460, window: 60_000 } });
  const heard: Buffer[] = [];
  let seq = 1;
  for (let size = 1; seq < 60_000; size = (size * 7 + 3) % 5000) {
    seq += lab.stack.write(handle, textOf(seq, size));
    lab.turn();
    heard.push(remote.hearsText());
    const got = heard.reduce((sum, text) => sum + text.length, 1);
    remote.says(`A 1 ack ${got}`);
    heard.push(remote.hearsText());
  }
  const got = heard.reduce((sum, text) => sum + text.length, 1);
  remote.says(`A 1 ack ${got}`);
  heard.push(remote.hearsText());
  assert.deepEqual(Buffer.concat(heard), textOf(1, seq - 1));
});

onBothBuilds("all that an owner holds can be ended at once: one RST for each, empty tables " +
  "[S27]", (lab) => {
  const { remote, listener } = accepted(lab);
  const waiting = new Remote(lab, { port: 5001 });
  waiting.opens();
  const half = new Remote(lab, { port: 5002 });
  half.says("S 0");
  half.hears();
  const out = connected(lab);
  lab.do((stack) => stack.close(listener));
  for (const { handle } of [...lab.stack.entries("connections")]) {
    lab.do((stack) => stack.abort(handle));
  }
  assert.deepEqual(remote.hears(), ["RA 1 ack 1"]);
  assert.deepEqual(waiting.hears(), ["RA 1 ack 1"]);
  assert.deepEqual(out.remote.hears(), ["RA 1 ack 1"]);
  half.says("A 1 ack 1");
  assert.deepEqual(half.hears(), ["R 1"]);
  assert.deepEqual(lab.stack.connections(), []);
});

onBothBuilds("what an owner has let go of can still be ended, by the handle that is listed " +
  "[S27]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.write(handle, textOf(1, 100));
  lab.do((stack) => stack.close(handle));
  const [orphan] = [...lab.stack.entries("connections")];
  assert.ok(orphan!.flags.includes("orphan"));
  lab.do((stack) => stack.abort(orphan!.handle));
  assert.deepEqual(remote.hears().map((line) => line.split(" ")[0]), ["RA"]);
  assert.deepEqual([...lab.stack.entries("connections")], []);
});

onBothBuilds("a peer that keeps its window shut does not hold what nobody owns: R2 ends it " +
  "[S11]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  lab.write(handle, textOf(1, 100));
  lab.do((stack) => stack.close(handle));
  for (let probes = 0; [...lab.stack.entries("connections")].length > 0; probes++) {
    assert.ok(probes < 20, "20 probes answered, and still there");
    lab.waitForFrame();
    remote.hears();
    remote.says("A 1 ack 1");
  }
  assert.ok(lab.atUs > 300e6 && lab.atUs < 400e6, `${lab.atUs / 1e6} s`);
  lab.ignoreFrames();
});

const ETHERNET = { kind: "ethernet" as const, mac: "02:00:00:00:00:01", address: "10.0.0.1/24" };
const TINY = {
  listeners: 1, connections: 1, halfOpen: 1, timeWait: 1, receiveRing: 256, sendRing: 256,
  ranges: 1, replies: 8, neighbours: 2,
};

/** Initialises the stack of the lab once more. */
function initAgain({ stack, nowUs }: Lab): void {
  const { words, parametersWord, parametersAt, octets, exports } = stack.core;
  const { listeners, connections, halfOpen, timeWait, receiveRing, sendRing, ...rest } = TINY;
  const { ranges, replies, neighbours } = rest;
  const budget = [
    4 * Budget.Words, listeners, connections, halfOpen, timeWait, receiveRing, sendRing, ranges,
    0, 0, replies, neighbours, 0, 0,
  ];
  words.set(budget, parametersWord);
  octets.fill(9, parametersAt + Parameter.Entropy, parametersAt + Parameter.Entropy + 32);
  assert.equal(exports.init(nowUs), 0);
}

onBothBuilds("init again begins with no timer of the life before [S22]", ({ build }) => {
  // The announcement's timer and the neighbour's share a place of the wheel in some of the rounds.
  for (let delayMs = 950; delayMs < 1050; delayMs += 2) {
    const lab = new Lab(build, { budget: TINY, interface: { ...ETHERNET, announce: true } });
    lab.wait(delayMs / 1000);
    lab.do((stack) => stack.connect({ address: "10.0.0.9", port: 1 }));
    lab.wait(1.96 - delayMs / 1000);
    initAgain(lab);
    lab.stack.configure(ETHERNET);
    const handle = lab.stack.connect({ address: "10.0.0.9", port: 1 });
    lab.wait(10);
    assert.equal(lab.stack.status(handle).reason, "unreachable", "timers go off");
  }
});

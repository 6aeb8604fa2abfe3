/** SYN cookies (RFC 4987 section 3.6): handshakes that only the peer remembers. */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { Remote, type RemoteOptions, listening } from "../support/remote.js";
import { type SegmentExtras, textOf } from "../support/segment_line.js";

/** A listener whose SYN queue is full. */
function flooded(lab: Lab): number {
  const listener = listening(lab, { backlog: 100 });
  for (let port = 6000; port < 6004; port++) new Remote(lab, { port }).says("S 0");
  lab.ignoreFrames();
  return listener;
}

/** A remote whose SYN has been answered with a cookie. */
function invited(lab: Lab, syn: SegmentExtras = {}, options: RemoteOptions = {}): Remote {
  const remote = new Remote(lab, options);
  const before = lab.stack.counter("TcpCookiesSent");
  remote.says("S 0", syn);
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.equal(lab.stack.counter("TcpCookiesSent"), before + 1);
  return remote;
}

onBothBuilds("with a full SYN queue the connection is made of the third segment alone " +
  "[S14, RFC4987-3.6a]", (lab) => {
  const listener = flooded(lab);
  const remote = invited(lab);
  assert.equal([...lab.stack.entries("half-open")].length, 4);
  lab.wait(20);
  lab.ignoreFrames();
  remote.says("PA 1+10 ack 1");
  const handle = lab.stack.accept(listener);
  assert.deepEqual(lab.read(handle), textOf(1, 10));
  assert.deepEqual(lab.stack.status(handle).path, ["LISTEN", "SYN-RECEIVED", "ESTABLISHED"]);
  lab.write(handle, textOf(1, 536));
  assert.deepEqual(remote.hears(), ["PA 1+536 ack 11"]);
});

for (const [offered, kept] of [
  [undefined, 536], [100, 48], [536, 536], [700, 536], [1220, 1220], [1300, 1220], [1460, 1460],
  [9000, 1460],
] as const) {
  onBothBuilds(`of an MSS of ${offered} a cookie keeps ${kept} [S03, S14]`, (lab) => {
    const listener = flooded(lab);
    const remote = invited(lab, offered === undefined ? {} : { mss: offered });
    remote.says("A 1 ack 1");
    const handle = lab.stack.accept(listener);
    assert.equal(lab.stack.status(handle).segmentSize, kept);
  });
}

for (const scale of [undefined, 0, 7, 14]) {
  onBothBuilds(`with timestamps a window scale of ${scale} and SACK survive ` +
    "[S14, RFC4987-3.6c]", (lab) => {
    const listener = flooded(lab);
    const syn: SegmentExtras = { mss: 1460, sackPermitted: true, ts: [500, 0] };
    if (scale !== undefined) syn.scale = scale;
    lab.wait(0.0123);
    const remote = invited(lab, syn);
    assert.equal(remote.last!.mayAcknowledgeSelectively, true);
    assert.equal(remote.last!.scale, scale === undefined ? -1 : 0);
    const { tsVal } = remote.last!;
    remote.says("A 1 ack 1", { ts: [501, tsVal], window: 100 });
    const handle = lab.stack.accept(listener);
    const { flags, sendWindow, segmentSize } = lab.stack.status(handle);
    assert.ok(flags.includes("sack") && flags.includes("timestamps"));
    assert.equal(flags.includes("windowScale"), scale !== undefined);
    assert.equal(sendWindow, 100 << (scale ?? 0));
    assert.equal(segmentSize, 1448);
    lab.write(handle, textOf(1, 8));
    remote.hears();
    assert.ok(remote.last!.tsVal >= tsVal && remote.last!.tsVal < tsVal + 64, "no way back");
  });
}

onBothBuilds("without timestamps there is nowhere to keep them: neither scale nor SACK " +
  "[S14]", (lab) => {
  flooded(lab);
  const remote = invited(lab, { mss: 1460, sackPermitted: true, scale: 7 });
  assert.equal(remote.last!.mayAcknowledgeSelectively, false);
  assert.equal(remote.last!.scale, -1);
});

onBothBuilds("an ACK that is of no cookie is refused [S14, RFC4987-3.6b]", (lab) => {
  const listener = flooded(lab);
  const remote = invited(lab);
  for (const line of ["A 1 ack 2", "A 1 ack 0", "A 1 ack 9"]) {
    remote.says(line);
    assert.match(remote.hears()[0]!, /^R/, line);
  }
  for (const line of ["A 2 ack 1", "A 1 ack 33"]) {
    remote.says(line);
    assert.deepEqual(remote.hears(), [], "it may be of the pair, but it opens nothing");
  }
  const other = new Remote(lab, { port: remote.port + 1 });
  other.ownIsn = remote.ownIsn;
  other.says("A 1 ack 1");
  assert.match(other.hears()[0]!, /^R/, "another port");
  assert.equal(lab.stack.accept(listener), 0);
  assert.equal(lab.stack.counter("TcpCookiesAccepted"), 0);
});

onBothBuilds("a cookie is good for a minute, and for no more than two and a quarter " +
  "[RFC4987-3.6b]", (lab) => {
  const listener = flooded(lab);
  const remote = invited(lab);
  const late = invited(lab, {}, { port: 5001 });
  lab.wait(64);
  lab.ignoreFrames();
  invited(lab, {}, { port: 5002 });
  remote.says("A 1 ack 1");
  assert.notEqual(lab.stack.accept(listener), 0);
  lab.wait(68);
  lab.ignoreFrames();
  invited(lab, {}, { port: 5003 });
  late.says("A 1 ack 1");
  assert.match(late.hears()[0]!, /^R/);
});

onBothBuilds("no cookie is believed when none has been sent [RFC4987-3.6b]", (lab) => {
  const flood = flooded(lab);
  const remote = invited(lab);
  const copy = lab.stack.snapshot();
  lab.wait(140);
  lab.ignoreFrames();
  assert.notEqual(flood, 0);
  remote.says("A 1 ack 1");
  assert.match(remote.hears()[0]!, /^R/);
  assert.ok(copy.length > 0);
});

onBothBuilds("text behind the third segment, which is lost, is waited for and not reset " +
  "[S14, RFC4987-3.6a]", (lab) => {
  const listener = flooded(lab);
  const remote = invited(lab);
  remote.says("PA 11+10 ack 1");
  assert.deepEqual(remote.hears(), []);
  remote.says("PA 1+10 ack 1");
  remote.says("PA 11+10 ack 1");
  assert.deepEqual(lab.read(lab.stack.accept(listener)), textOf(1, 20));
  lab.ignoreFrames();
});

onBothBuilds("no slot when the cookie comes back: no answer, and the next copy finds one " +
  "[S14, S22]", (lab) => {
  const listener = listening(lab, { backlog: 100 });
  const handles = [5001, 5002, 5003, 5004].map((port) => {
    const remote = new Remote(lab, { port });
    remote.opens();
    return lab.stack.accept(listener);
  });
  for (let port = 6000; port < 6004; port++) new Remote(lab, { port }).says("S 0");
  lab.ignoreFrames();
  const remote = invited(lab, {}, { port: 7000 });
  remote.says("PA 1+10 ack 1");
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.counter("DropTcpNoSlot"), 1);
  lab.do((stack) => stack.abort(handles[0]!));
  lab.ignoreFrames();
  remote.says("PA 1+10 ack 1");
  assert.deepEqual(lab.read(lab.stack.accept(listener)), textOf(1, 10));
  lab.ignoreFrames();
});

onBothBuilds("a copy of the SYN may find room, and get another number: the cookie still opens " +
  "[S14, RFC4987-3.6a]", (lab) => {
  const listener = flooded(lab);
  const remote = invited(lab);
  const { ownIsn } = remote;
  new Remote(lab, { port: 6000 }).says("R 1");
  remote.says("S 0");
  assert.equal(remote.hears().length, 1);
  assert.notEqual(remote.last!.seq, ownIsn);
  remote.says("PA 1+10 ack 1");
  assert.deepEqual(remote.hears(), []);
  assert.deepEqual(lab.read(lab.stack.accept(listener)), textOf(1, 10));
  assert.equal([...lab.stack.entries("half-open")].length, 3);
  lab.ignoreFrames();
});

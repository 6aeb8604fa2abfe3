/** What the descriptor tells so that no call is made in vain (docs/embedding.md). */
import assert from "node:assert/strict";
import { Event } from "../../assembly/abi/event.js";
import { Descriptor, ReceiveFlag, Waiting } from "../../assembly/abi/parameters.js";
import { initCore } from "../../host/budget.js";
import { watchHints } from "../support/hints.js";
import { type Lab, SMALL_BUDGET, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, listening } from "../support/remote.js";
import { echoRequest, textOf } from "../support/segment_line.js";

function word(lab: Lab, index: Descriptor): number {
  return lab.stack.core.descriptor[index]!;
}

/** What waits, in words. */
function waiting(lab: Lab): string[] {
  const bits = word(lab, Descriptor.Waiting);
  assert.equal(bits & ~(Waiting.Frames | Waiting.Events), 0, "bits that mean nothing");
  return [
    ...((bits & Waiting.Frames) === 0 ? [] : ["frames"]),
    ...((bits & Waiting.Events) === 0 ? [] : ["events"]),
  ];
}

/** Takes one frame without looking for another; it is not what the test is about. */
function take(lab: Lab): void {
  assert.ok(lab.take(), "a frame");
  lab.frames.length = 0;
}

onBothBuilds("nothing waits in a stack that has just been set up, and nothing when all is taken",
  (lab) => {
    assert.deepEqual(waiting(lab), []);
    accepted(lab);
    assert.deepEqual(waiting(lab), []);
  });

onBothBuilds("a reply waits until it is taken, and so does each of several", (lab) => {
  listening(lab);
  for (const port of [5001, 5002]) lab.receiveOnly(new Remote(lab, { port }).frame("S 0"));
  assert.deepEqual(waiting(lab), ["frames"]);
  take(lab);
  assert.deepEqual(waiting(lab), ["frames"]);
  take(lab);
  assert.deepEqual(waiting(lab), []);
});

onBothBuilds("an echo reply waits", (lab) => {
  lab.receiveOnly(echoRequest("10.0.0.2"));
  assert.deepEqual(waiting(lab), ["frames"]);
  take(lab);
  assert.deepEqual(waiting(lab), []);
});

onBothBuilds("text is news; its acknowledgment, delayed, is nothing but a timer's, until it is due",
  (lab) => {
    const { remote, handle } = accepted(lab);
    lab.receiveOnly(remote.frame("PA 1+5 ack 1"));
    assert.deepEqual(waiting(lab), ["events"]);
    assert.equal(lab.stack.pollEvent(), handle);
    assert.deepEqual(waiting(lab), []);
    assert.ok(lab.stack.nextDeadline(lab.nowUs) > 0);
    lab.waitForFrame();
    assert.deepEqual(remote.hears(), ["A 1 ack 6"]);
    assert.deepEqual(waiting(lab), []);
  });

onBothBuilds("news of two connections wait until both have been told", (lab) => {
  const { remote, listener } = accepted(lab);
  const other = new Remote(lab, { port: 5001 });
  other.opens();
  lab.stack.accept(listener);
  lab.turn();
  for (const from of [remote, other]) lab.receiveOnly(from.frame("PA 1+5 ack 1"));
  lab.stack.pollEvent();
  assert.deepEqual(waiting(lab), ["events"]);
  lab.stack.pollEvent();
  assert.deepEqual(waiting(lab), []);
  lab.ignoreFrames();
});

onBothBuilds("what a socket call makes ready waits at once", (lab) => {
  const remote = new Remote(lab, { port: 80, ownPort: 50000 });
  const handle = lab.stack.connect({ address: "10.0.0.2", port: 80, localPort: 50000 });
  assert.deepEqual(waiting(lab), ["frames"], "a SYN");
  lab.turn();
  remote.answers();
  const { stack } = lab;
  for (const call of [
    () => void stack.write(handle, textOf(1, 5)), () => stack.shutdown(handle),
    () => stack.abort(handle),
  ]) {
    assert.deepEqual(waiting(lab), []);
    call();
    assert.deepEqual(waiting(lab), ["frames"], String(call));
    lab.turn();
  }
  assert.deepEqual(remote.hears().map((line) => line.split(" ")[0]), ["PA", "FA", "RA"]);
});

onBothBuilds("reading a full ring opens the window: that waits", (lab) => {
  const { remote, handle } = accepted(lab);
  for (let seq = 1; seq < 4096; seq += 1024) {
    remote.says(`PA ${seq}+${Math.min(1024, 4097 - seq)} ack 1`);
  }
  lab.ignoreFrames();
  assert.deepEqual(waiting(lab), []);
  lab.stack.consume(handle, 4096);
  assert.deepEqual(waiting(lab), ["frames"]);
  lab.ignoreFrames();
});

onBothBuilds("closing a listener with connections that nobody has accepted waits for their end",
  (lab) => {
    const listener = listening(lab);
    const remote = new Remote(lab);
    remote.opens();
    lab.stack.close(listener);
    assert.deepEqual(waiting(lab), ["frames"]);
    lab.turn();
    assert.deepEqual(remote.hears(), ["RA 1 ack 1"]);
    assert.deepEqual(waiting(lab), []);
  });

onBothBuilds("on a serial line a packet of several chunks waits to its last octet", (lab) => {
  const { handle } = accepted(lab, { syn: { mss: 2048 } });
  // Half of a ring is the longest segment; escaped, the octets are twice as many.
  lab.stack.write(handle, new Uint8Array(2048).fill(0xc0));
  const octets: number[] = [];
  for (let ends = 0; ends < 2; ends = octets.filter((octet) => octet === 0xc0).length) {
    assert.deepEqual(waiting(lab), ["frames"]);
    octets.push(...lab.stack.serialTransmit(lab.nowUs)!);
  }
  assert.ok(octets.length > lab.stack.core.exports.serialSize());
  assert.equal(lab.stack.serialTransmit(lab.nowUs), null);
  assert.deepEqual(waiting(lab), []);
}, { interface: { kind: "serial", mtu: 2100 }, budget: { mtu: 2100 } });

onBothBuilds("init forgets what waited", (lab) => {
  const { remote } = accepted(lab);
  lab.receiveOnly(remote.frame("PA 1+5 ack 1"));
  lab.receiveOnly(echoRequest("10.0.0.2"));
  assert.deepEqual(waiting(lab), ["frames", "events"]);
  initCore(lab.stack.core, SMALL_BUDGET, new Uint8Array(32), lab.nowUs);
  assert.deepEqual(waiting(lab), []);
});

onBothBuilds("nextEvent says what there is to read, and where; consume what else", (lab) => {
  // An octet's place in the ring is its number: 96 of them lie before the ring's end.
  const { remote, handle } = accepted(lab, { isn: 4096 - 97 });
  const { exports } = lab.stack.core;
  const piece = (length: number): Buffer => {
    const at = word(lab, Descriptor.At);
    return Buffer.from(lab.stack.core.octets.slice(at, at + length));
  };
  lab.receiveOnly(remote.frame("PA 1+200 ack 1"));
  assert.equal(exports.nextEvent(), handle);
  assert.equal(word(lab, Descriptor.Received), 96);
  assert.deepEqual(piece(96), textOf(1, 96));
  assert.equal(exports.consume(handle, 90), 6);
  assert.deepEqual(piece(6), textOf(91, 6));
  assert.equal(exports.consume(handle, 6), 104);
  assert.deepEqual(piece(104), textOf(97, 104));
  assert.equal(exports.consume(handle, 104), 0);
  assert.equal(exports.receiveLen(handle), 0);
  lab.ignoreFrames();
});

onBothBuilds("a listener's news are of nothing to read, whatever was told before", (lab) => {
  const { remote } = accepted(lab);
  remote.says("PA 1+5 ack 1");
  const other = new Remote(lab, { port: 5001 });
  lab.receiveOnly(other.frame("S 0"));
  lab.turn();
  other.hears();
  lab.receiveOnly(other.frame("A 1 ack 1"));
  assert.notEqual(lab.stack.core.exports.nextEvent(), 0);
  assert.equal(word(lab, Descriptor.Events), Event.Acceptable);
  assert.equal(word(lab, Descriptor.Received), 0);
  lab.ignoreFrames();
});

onBothBuilds("sendSpace and receiveLen leave the place that sendPtr and receivePtr give", (lab) => {
  const { remote, handle } = accepted(lab);
  const { exports } = lab.stack.core;
  lab.write(handle, textOf(1, 100));
  remote.says("PA 1+7 ack 101");
  lab.ignoreFrames();
  for (const [length, place] of [
    [exports.sendSpace, exports.sendPtr], [exports.receiveLen, exports.receivePtr],
  ] as const) {
    assert.ok(length(handle) > 0);
    assert.equal(word(lab, Descriptor.At), place(handle) >>> 0);
  }
});

onBothBuilds("commit says how many octets fit next, and where; of a 0 nobody is told", (lab) => {
  // The first piece goes to the ring's end, wherever our ISN has put its beginning.
  const { remote, handle } = accepted(lab);
  const { exports } = lab.stack.core;
  const first = exports.sendSpace(handle);
  const at = word(lab, Descriptor.At);
  assert.equal(exports.commit(handle, 10, 0), first - 10);
  assert.equal(word(lab, Descriptor.At), at + 10);
  assert.equal(exports.commit(handle, first - 10, 0), 4096 - first);
  assert.equal(word(lab, Descriptor.At), at + first - 4096);
  assert.equal(exports.commit(handle, 4096 - first, 0), 0);
  lab.ignoreFrames();
  remote.says("A 1 ack 4097");
  lab.ignoreFrames();
  assert.deepEqual(lab.newsOf(handle).filter((name) => name === "writable"), []);
});

/** Octets behind the ring's end, and where; boards tell of them with the next call. */
function rest(lab: Lab): [number, number] {
  return [word(lab, Descriptor.Rest), word(lab, Descriptor.RestAt)];
}

onBothBuilds("of text across the ring's end both pieces are told, and read at once", (lab) => {
  const { remote, handle } = accepted(lab, { isn: 4096 - 97 });
  const { exports, octets } = lab.stack.core;
  const isTold = lab.build === "node";
  lab.receiveOnly(remote.frame("PA 1+200 ack 1"));
  assert.equal(exports.nextEvent(), handle);
  const [length, at] = rest(lab);
  assert.equal(length, isTold ? 104 : 0);
  if (isTold) {
    assert.equal(at, word(lab, Descriptor.At) + 96 - 4096);
    assert.deepEqual(Buffer.from(octets.slice(at, at + length)), textOf(97, 104));
    assert.deepEqual([exports.receiveLen(handle), ...rest(lab)], [96, length, at]);
    assert.deepEqual([exports.consume(handle, 50), ...rest(lab)], [46, length, at]);
  }
  // Both builds let both be read at once.
  assert.equal(exports.consume(handle, isTold ? 150 : 200), 0);
  assert.equal(rest(lab)[0], 0);
  lab.ignoreFrames();
});

onBothBuilds("of room across the ring's end both pieces are told, and filled at once", (lab) => {
  const { remote, handle } = accepted(lab);
  const { exports, octets } = lab.stack.core;
  const text = textOf(1, 4096);
  const first = exports.sendSpace(handle);
  const [length, restAt] = rest(lab);
  const at = word(lab, Descriptor.At);
  if (lab.build === "board") {
    assert.equal(length, 0);
    lab.ignoreFrames();
    return;
  }
  assert.equal(length, 4096 - first);
  assert.equal(restAt, at + first - 4096);
  octets.set(text.subarray(0, first), at);
  octets.set(text.subarray(first), restAt);
  assert.equal(exports.commit(handle, 4096, 0), 0);
  // Where the next octet's place is holds for an empty ring, too.
  assert.deepEqual([word(lab, Descriptor.At), ...rest(lab)], [at, 0, restAt]);
  let heard = Buffer.alloc(0);
  while (heard.length < 4096) {
    heard = Buffer.concat([heard, remote.hearsText()]);
    remote.says(`A 1 ack ${1 + heard.length}`);
  }
  assert.deepEqual(heard, text);
  assert.deepEqual([exports.sendSpace(handle), ...rest(lab)], [first, length, restAt]);
  assert.equal(word(lab, Descriptor.At), at);
  lab.ignoreFrames();
});

onBothBuilds("receive with ReceiveFlag.News answers as nextEvent does", (lab) => {
  const { remote, handle } = accepted(lab);
  const receive = (line: string, flags: number): number => {
    const frame = remote.frame(line);
    const { core } = lab.stack;
    core.octets.set(frame, core.exports.frameInPtr() >>> 0);
    return core.exports.receive(0, frame.length, flags, lab.nowUs);
  };
  assert.equal(receive("PA 1+5 ack 1", ReceiveFlag.None), 0);
  assert.deepEqual(waiting(lab), ["events"]);
  assert.equal(receive("A 6+7 ack 1", ReceiveFlag.News), handle);
  assert.equal(word(lab, Descriptor.Events), Event.Readable);
  assert.equal(word(lab, Descriptor.Received), 12);
  assert.equal(receive("A 1 ack 1", ReceiveFlag.News), 0);
  assert.ok(receive("PA 13+5 ack 1", 4) < 0, "a flag that there is not");
  assert.deepEqual(waiting(lab), ["frames"]);
  lab.ignoreFrames();
});

onBothBuilds("the watch of the other suites sees a hint that is wrong", (lab) => {
  const { remote } = accepted(lab);
  watchHints(lab.stack, (message) => assert.fail(message));
  const forget = (): void => {
    lab.stack.core.descriptor[Descriptor.Waiting] = 0;
  };
  lab.receiveOnly(remote.frame("PA 1+5 ack 1"));
  forget();
  assert.throws(() => lab.stack.nextDeadline(lab.nowUs), /news that nobody was told of/);
  lab.receiveOnly(new Remote(lab, { port: 5009 }).frame("S 0"));
  forget();
  assert.throws(() => lab.stack.transmit(lab.nowUs), /a frame that nobody was told of/);
});

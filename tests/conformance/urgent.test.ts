/** Urgent data (RFC 9293 sections 3.8.5 and 3.10, RFC 6093): the pointer, and who hears of it. */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connecting, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const URGENT = { urgent: true } as const;

function writeUrgent(lab: Lab, handle: number, octets: Uint8Array): void {
  assert.equal(lab.stack.write(handle, octets, URGENT), octets.length);
  lab.turn();
}

// Sending

onBothBuilds("the pointer designates the octet after the urgent data, which is in line " +
  "[S19, MUST-30, MUST-62, RFC6093-4]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 3));
  remote.says("A 1 ack 4");
  writeUrgent(lab, handle, textOf(4, 5));
  assert.deepEqual(remote.hears(), ["PA 1+3 ack 1", "PAU 4+5 ack 1 urg 5"]);
  assert.deepEqual(remote.lastText, textOf(4, 5));
  remote.says("A 1 ack 9");
  lab.write(handle, textOf(9, 2));
  assert.deepEqual(remote.hears(), ["PA 9+2 ack 1"], "what follows is not urgent");
});

onBothBuilds("urgent data of any length: each of its segments points to its end " +
  "[MUST-31]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1000 } });
  lab.stack.setOption(handle, "noDelay", true);
  writeUrgent(lab, handle, textOf(1, 2500));
  lab.write(handle, textOf(2501, 100));
  assert.deepEqual(remote.hears(), [
    "AU 1+1000 ack 1 urg 2500", "AU 1001+1000 ack 1 urg 1500", "PAU 2001+500 ack 1 urg 500",
    "PA 2501+100 ack 1",
  ]);
});

onBothBuilds("an end that 16 bits do not reach is pointed to as far as they go, then exactly " +
  "[MUST-31]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { mss: 1460, scale: 7, window: 65535 } });
  writeUrgent(lab, handle, textOf(1, 100_000));
  let heard = remote.hears();
  const pointers = new Map<number, number>();
  for (let end = 1; heard.length > 0; heard = remote.hears()) {
    for (const line of heard) {
      const [, seq, len, urgent] = /^P?AU (\d+)\+(\d+) ack 1 urg (\d+)$/.exec(line)!.map(Number);
      pointers.set(seq!, urgent!);
      end = seq! + len!;
    }
    remote.says(`A 1 ack ${end}`);
  }
  assert.ok(pointers.size > 60);
  for (const [seq, pointer] of pointers) {
    assert.equal(pointer, Math.min(65535, 100_001 - seq), `in the segment of ${seq}`);
  }
}, { onlyNode: true, budget: { sendRing: 131072 } });

onBothBuilds("what is sent again is urgent again, and so is the FIN's text " +
  "[MUST-30]", (lab) => {
  const { remote, handle } = accepted(lab);
  writeUrgent(lab, handle, textOf(1, 4));
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(remote.hears(), ["PAU 1+4 ack 1 urg 4", "FA 5 ack 1"]);
  lab.wait(1.1);
  assert.deepEqual(remote.hears(), ["FPAU 1+4 ack 1 urg 4"]);
  lab.ignoreFrames();
});

onBothBuilds("urgent data behind a closed window is announced at once, and by the probes " +
  "(RFC 9293 3.8.5) [MUST-36]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { window: 0 } });
  writeUrgent(lab, handle, textOf(1, 5));
  assert.deepEqual(remote.hears(), ["AU 1 ack 1 urg 5"]);
  lab.wait(1.1);
  assert.deepEqual(remote.hears(), ["AU 1+1 ack 1 urg 5"]);
  remote.says("A 1 ack 1", { window: 100 });
  assert.deepEqual(remote.hears(), ["PAU 1+5 ack 1 urg 5"]);
  remote.says("A 1 ack 6", { window: 100 });
});

onBothBuilds("urgent data that Nagle's algorithm holds back is announced at once " +
  "(RFC 9293 3.7.4)", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 3));
  writeUrgent(lab, handle, textOf(4, 2));
  assert.deepEqual(remote.hears(), ["PA 1+3 ack 1", "AU 4 ack 1 urg 2"]);
  remote.says("A 1 ack 4");
  assert.deepEqual(remote.hears(), ["PAU 4+2 ack 1 urg 2"]);
  remote.says("A 1 ack 6");
});

onBothBuilds("SEND, urgent, in SYN-SENT: the text bears URG, the SYN does not " +
  "(RFC 9293 3.10.2)", (lab) => {
  const { remote, handle } = connecting(lab);
  writeUrgent(lab, handle, textOf(1, 3));
  assert.deepEqual(remote.hears(), ["S 0"]);
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["PAU 1+3 ack 1 urg 3"]);
  remote.says("A 1 ack 4");
});

onBothBuilds("once all is acknowledged nothing bears URG: not the next ACK, no keep-alive probe " +
  "(RFC 9293 3.8.5)", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.stack.setOption(handle, "keepAliveIdle", 10);
  lab.stack.setOption(handle, "keepAlive", true);
  writeUrgent(lab, handle, textOf(1, 3));
  remote.says("A 1 ack 4");
  remote.hears();
  remote.says("PA 1+1 ack 4");
  lab.wait(11);
  assert.deepEqual(remote.hears(), ["A 4 ack 2", "A 3 ack 2"]);
});

onBothBuilds("urgent data is at least one octet (RFC 9293 3.8.5)", (lab) => {
  const { handle } = accepted(lab);
  assert.throws(() => lab.stack.commit(handle, 0, URGENT), { code: "EINVAL" });
  lab.stack.commit(handle, 0);
});

// Receiving

onBothBuilds("the application hears of urgent data, how much is left, and reads it in line " +
  "[S19, MUST-30, MUST-32, MUST-33, RFC6093-6]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PAU 1+8 ack 1 urg 5");
  assert.deepEqual(lab.newsOf(handle), ["readable", "urgent"]);
  assert.equal(lab.stack.urgentLeft(handle), 5);
  assert.deepEqual(lab.read(handle, 3), textOf(1, 3));
  assert.equal(lab.stack.urgentLeft(handle), 2);
  assert.deepEqual(lab.read(handle), textOf(4, 5), "no octet is taken out of the stream");
  assert.equal(lab.stack.urgentLeft(handle), 0);
  lab.wait(1);
  assert.deepEqual(remote.hears(), ["A 1 ack 9"]);
});

onBothBuilds("the pointer comes before its octets, advances, and never goes back " +
  "[MUST-31, MUST-32, RFC9293-3.10.7.4.6a]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("AU 1 ack 1 urg 60000");
  assert.deepEqual(lab.newsOf(handle), ["urgent"]);
  assert.equal(lab.stack.urgentLeft(handle), 60000);
  remote.says("AU 1 ack 1 urg 60000");
  assert.deepEqual(lab.newsOf(handle), [], "the same pointer is no news");
  remote.says("PAU 1+10 ack 1 urg 60001");
  assert.deepEqual(lab.newsOf(handle), ["readable", "urgent"]);
  lab.read(handle);
  remote.says("PAU 11+10 ack 1 urg 3");
  assert.deepEqual(lab.newsOf(handle), ["readable"]);
  assert.equal(lab.stack.urgentLeft(handle), 60001 - 10);
  lab.ignoreFrames();
});

onBothBuilds("what has been read is not urgent any more, and what follows may be " +
  "[MUST-32, MUST-33]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PAU 1+5 ack 1 urg 5");
  lab.read(handle);
  lab.newsOf(handle);
  remote.says("PAU 1+5 ack 1 urg 5");
  assert.deepEqual(lab.newsOf(handle), [], "an old segment again");
  remote.says("PAU 6+5 ack 1 urg 1");
  assert.deepEqual(lab.newsOf(handle), ["readable", "urgent"]);
  assert.equal(lab.stack.urgentLeft(handle), 1);
  lab.ignoreFrames();
});

onBothBuilds("URG counts although our window is closed [MUST-66]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (let at = 1; at < 4097; at += 1024) remote.says(`PA ${at}+1024 ack 1`);
  lab.newsOf(handle);
  remote.says("AU 4097 ack 1 urg 10");
  assert.deepEqual(lab.newsOf(handle), ["urgent"]);
  assert.equal(lab.stack.urgentLeft(handle), 4106);
  remote.says("AU 4097+1 ack 1 urg 11");
  assert.deepEqual(lab.newsOf(handle), ["urgent"], "in a probe of the window, too");
  lab.ignoreFrames();
});

onBothBuilds("a segment out of order tells of urgent data all the same [MUST-32]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PAU 6+5 ack 1 urg 5");
  assert.deepEqual(lab.newsOf(handle), ["urgent"]);
  assert.equal(lab.stack.urgentLeft(handle), 10);
  remote.says("PA 1+5 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 10));
  assert.equal(lab.stack.urgentLeft(handle), 0);
  lab.ignoreFrames();
});

onBothBuilds("URG on a SYN+ACK with text: the sixth step follows (RFC 9293 3.10.7.3)", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("SAU 0+3 ack 1 urg 3", { text: textOf(1, 3) });
  assert.ok(lab.newsOf(handle).includes("urgent"));
  assert.equal(lab.stack.urgentLeft(handle), 2, "the SYN is the segment's first number");
  assert.deepEqual(lab.read(handle), textOf(1, 3));
  lab.ignoreFrames();
});

onBothBuilds("URG on the third segment is told when the connection is accepted " +
  "(RFC 9293 3.10.7.4)", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0");
  remote.hears();
  remote.says("PAU 1+4 ack 1 urg 4");
  const handle = lab.do((stack) => stack.accept(listener));
  assert.ok(lab.newsOf(handle).includes("urgent"));
  assert.equal(lab.stack.urgentLeft(handle), 4);
  lab.ignoreFrames();
});

onBothBuilds("after the peer's FIN nothing is urgent but what is there " +
  "[RFC9293-3.10.7.4.6b]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FPAU 1+4 ack 1 urg 100");
  assert.equal(lab.stack.urgentLeft(handle), 4);
  lab.newsOf(handle);
  remote.says("AU 6 ack 1 urg 200");
  assert.deepEqual(lab.newsOf(handle), []);
  assert.equal(lab.stack.urgentLeft(handle), 4);
  lab.ignoreFrames();
});

onBothBuilds("a pointer without URG, one of 0, and one in a segment that is not acceptable mean " +
  "nothing (RFC 9293 3.8.5)", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+4 ack 1 urg 4");
  lab.read(handle);
  remote.says("PAU 5+4 ack 1 urg 0");
  remote.says("AU 100000 ack 1 urg 9");
  assert.deepEqual(lab.newsOf(handle), ["readable", "readable"]);
  assert.equal(lab.stack.urgentLeft(handle), 0);
  lab.ignoreFrames();
});

for (const isn of [0xffff_ffff, 0xffff_fff0, 0x7fff_fffa]) {
  onBothBuilds(`the pointer across the wrap of sequence numbers: ISN ${isn} [S15]`, (lab) => {
    const { remote, handle } = accepted(lab, { isn });
    remote.says("PAU 1+20 ack 1 urg 30");
    assert.deepEqual(lab.newsOf(handle), ["readable", "urgent"]);
    lab.read(handle);
    assert.equal(lab.stack.urgentLeft(handle), 10);
    remote.says("PA 21+20 ack 1");
    lab.read(handle);
    assert.equal(lab.stack.urgentLeft(handle), 0);
    lab.ignoreFrames();
  });
}

/** The serial line: SLIP (RFC 1055) in chunks, whatever noise is on it. */
import assert from "node:assert/strict";
import { Stack } from "../../host/stack.js";
import { Lab, onBothBuilds } from "../support/lab.js";
import { Remote, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

const SERIAL = { interface: { kind: "serial" as const } };

function encode(packet: Uint8Array): Uint8Array {
  const escaped = [...packet].flatMap((octet) =>
    octet === END ? [ESC, ESC_END] : octet === ESC ? [ESC, ESC_ESC] : [octet]);
  return Uint8Array.of(END, ...escaped, END);
}

/** Everything that the stack sends now, as it is on the line. */
function line(lab: Lab): number[] {
  const octets: number[] = [];
  for (let chunk = lab.stack.serialTransmit(lab.nowUs); chunk !== null;) {
    octets.push(...chunk);
    chunk = lab.stack.serialTransmit(lab.nowUs);
  }
  return octets;
}

onBothBuilds("a SYN comes over the line octet by octet, and is answered with an END on each side " +
  "[S24]", (lab) => {
  listening(lab);
  for (const octet of encode(new Remote(lab).frame("S 0"))) {
    lab.stack.serialReceive(Uint8Array.of(octet), lab.nowUs);
  }
  const answer = line(lab);
  assert.equal(answer[0], END);
  assert.equal(answer.at(-1), END);
  assert.ok(!answer.slice(1, -1).includes(END));
  assert.equal(lab.stack.counter("InTcp"), 1);
  assert.equal(lab.stack.counter("DropSlip"), 0, "the END in front is no packet");
}, SERIAL);

onBothBuilds("END and ESC in a packet are escaped, and come out as they were [S24]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  const receive = (frame: Uint8Array) => lab.stack.serialReceive(encode(frame), lab.nowUs);
  receive(remote.frame("S 0"));
  remote.ownIsn = isnIn(line(lab));
  const text = Uint8Array.of(END, ESC, ESC_END, ESC_ESC, END, END, 7, ESC);
  receive(remote.frame("PA 1 ack 1", { text }));
  const handle = lab.stack.accept(listener);
  assert.deepEqual(lab.stack.read(handle), text);
  lab.stack.write(handle, text);
  const sent = line(lab);
  const escaped = [...encode(text)].slice(1, -1);
  assert.deepEqual(sent.slice(-1 - escaped.length, -1), escaped);
}, SERIAL);

/** The sequence number of the only packet on the line. */
function isnIn(octets: number[]): number {
  const packet: number[] = [];
  for (let at = 1; octets[at] !== END; at++) {
    const octet = octets[at]!;
    packet.push(octet !== ESC ? octet : octets[++at] === ESC_END ? END : ESC);
  }
  return Buffer.from(packet).readUInt32BE(24);
}

onBothBuilds("noise, packets too long and wrong escapes are dropped and counted; the line goes " +
  "on [S24]", (lab) => {
  listening(lab);
  const receive = (octets: Uint8Array) => lab.stack.serialReceive(octets, lab.nowUs);
  receive(Buffer.concat([new Uint8Array(5000).fill(0x55), Uint8Array.of(END)]));
  receive(Uint8Array.of(1, 2, ESC, 3, 4, END));
  assert.equal(lab.stack.counter("DropSlip"), 2);
  receive(Uint8Array.of(END, END, END, 0x45, END));
  assert.equal(lab.stack.counter("DropIpMalformed"), 1);
  receive(encode(new Remote(lab).frame("S 0")));
  assert.notEqual(line(lab).length, 0);
}, SERIAL);

onBothBuilds("octets on the line before the interface is configured reach nobody's memory " +
  "[S24]", (lab) => {
  const budget = { mtu: 1500, connections: 4, receiveRing: 1024, sendRing: 1024 };
  const stack = Stack.createSync({ module: lab.build, budget });
  // Longer than a packet on this link may be, shorter than an Ethernet frame.
  stack.serialReceive(new Uint8Array(1510).fill(0x55), 0);
  stack.configure({ kind: "serial", address: "10.0.0.1/24" });
  const before = stack.snapshot();
  stack.serialReceive(new Uint8Array(80_000).fill(0x55), 0);
  const from = (stack.core.exports.frameInPtr() >>> 0) + 1500 + 16;
  const after = stack.core.octets;
  const changed = before.subarray(from).findIndex((octet, index) => octet !== after[from + index]);
  assert.equal(changed, -1, "the first octet beyond the slot that was written to");
});

onBothBuilds("a packet longer than a chunk leaves in several, whole [S24]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab, { syn: { mss: 1460 } });
  lab.stack.serialReceive(encode(remote.frame("S 0", { mss: 1460 })), lab.nowUs);
  remote.ownIsn = isnIn(line(lab));
  lab.stack.serialReceive(encode(remote.frame("A 1 ack 1")), lab.nowUs);
  const handle = lab.stack.accept(listener);
  lab.stack.write(handle, textOf(1, 1460));
  const sent = line(lab);
  assert.equal(sent.filter((octet) => octet === END).length, 2);
  const text = [...encode(textOf(1, 1460))].slice(1, -1);
  assert.deepEqual(sent.slice(-1 - text.length, -1), text);
}, SERIAL);

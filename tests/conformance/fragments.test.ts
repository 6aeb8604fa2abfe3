/**
 * Datagrams in fragments (RFC 791 section 3.2, RFC 815, RFC 1122 section 3.3.2), and the tricks
 * that are played with them (RFC 1858, RFC 3128; overlaps as RFC 5722 has it).
 */
import assert from "node:assert/strict";
import type { CounterName } from "../../host/names.js";
import { EthernetHost, destinationOf } from "../support/ethernet_host.js";
import { type Piece, fragmentOf, fragmentsOf } from "../support/fragments.js";
import { type Lab, OWN_ADDRESS, OWN_MAC, ethernetFrame, onBothBuilds } from "../support/lab.js";
import { Remote, accepted } from "../support/remote.js";
import { ipPacket, textOf } from "../support/segment_line.js";
import { Protocol, get16, put16, repairIp, repairTransport } from "../support/wire.js";

const STRANGER = "10.0.0.9";
const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const ECHO = 8;
const TIME_EXCEEDED = 11;
const ONE_BUFFER = { budget: { reassembly: 1 } };

/** An ICMP message of 8 and `len` octets from 10.0.0.9. */
function message(type: number, len: number, options: number[] = [], source = STRANGER): Uint8Array {
  const octets = Uint8Array.of(type, 0, 0, 0, 0x12, 0x34, 0, 1, ...textOf(0, len));
  const packet = ipPacket(Protocol.Icmp, { source, destination: OWN_ADDRESS }, octets, options);
  repairTransport(packet, 0, packet.length);
  return packet;
}

function give(lab: Lab, packets: Uint8Array[]): void {
  for (const packet of packets) lab.receive(packet);
}

/** The one ICMP message that the stack has sent, and nobody has looked at: from its type on. */
function heard(lab: Lab): Buffer {
  const [frame, ...more] = lab.frames.splice(0);
  assert.ok(frame, "a message");
  assert.equal(more.length, 0, "no other");
  const { octets, protocol, textAt } = frame.decoded;
  assert.equal(protocol, Protocol.Icmp);
  return Buffer.from(octets.subarray(textAt));
}

/** The echo of `len` octets of data has been answered. */
function isAnswered(lab: Lab, len: number): void {
  const reply = heard(lab);
  assert.equal(reply[0], 0);
  assert.deepEqual(reply.subarray(8), textOf(0, len));
}

/** Gives the pieces of an echo of 392 octets of data; the last of them counts as `counter`. */
function ends(lab: Lab, pieces: Piece[], counter: CounterName): void {
  const before = lab.stack.counter(counter);
  give(lab, pieces.map((piece) => fragmentOf(message(ECHO, 392), piece)));
  assert.equal(lab.stack.counter(counter), before + 1, counter);
}

onBothBuilds("three fragments, in whatever order they come, are one datagram " +
  "[RFC1122-3.3.2a]", (lab) => {
  const fragments = fragmentsOf(message(ECHO, 1200), [0, 400, 1000]);
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
  for (const order of orders) {
    give(lab, order.map((index) => fragments[index]!));
    isAnswered(lab, 1200);
  }
  const { stack } = lab;
  assert.equal(stack.counter("InIpFragment"), 12);
  assert.equal(stack.counter("InIcmpEcho"), 6);
  assert.equal(stack.counter("IpReassembled"), 6);
});

onBothBuilds("a segment in fragments reaches its connection [RFC1122-3.3.2a]", (lab) => {
  const { remote, handle } = accepted(lab);
  const segment = remote.frame("PA 1+1000 ack 1");
  give(lab, fragmentsOf(segment, [0, 24, 512]).reverse());
  assert.deepEqual(lab.read(handle), textOf(1, 1000));
  remote.says("PA 1001+5 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1001, 5));
  lab.ignoreFrames();
  const damaged = remote.frame("PA 1006+100 ack 1", { spoil: (octets) => octets[60]! ^= 1 });
  give(lab, fragmentsOf(damaged, [0, 64]));
  assert.equal(lab.stack.counter("DropTcpChecksum"), 1);
});

onBothBuilds("a datagram of any size up to the MTU can be put together, of units of 8 octets too " +
  "[RFC1122-3.3.2b]", (lab) => {
  for (const len of [1, 8, 548, 1471, 1472]) {
    const starts = Array.from({ length: Math.ceil((len + 8) / 8) }, (_, index) => index * 8);
    give(lab, fragmentsOf(message(ECHO, len), starts));
    isAnswered(lab, len);
  }
});

onBothBuilds("what is not whole after a minute is given up, and who sent it learns of it " +
  "[RFC1122-3.3.2c, RFC1122-3.3.2d, RFC1122-3.2.2b]", (lab) => {
  const [zero, one] = fragmentsOf(message(ECHO, 400), [0, 200]);
  lab.receive(zero!);
  lab.wait(30);
  assert.equal(lab.stack.connections().length, 0);
  lab.receive(zero!);
  lab.wait(29.9);
  assert.deepEqual(lab.frames, []);
  lab.wait(0.2);
  const error = heard(lab);
  assert.deepEqual([...error.subarray(0, 8)], [TIME_EXCEEDED, 1, error[2], error[3], 0, 0, 0, 0]);
  assert.deepEqual(error.subarray(8), Buffer.from(zero!.subarray(0, 28)));
  assert.equal(lab.stack.counter("IpReassemblyTimeouts"), 1);
  lab.receive(one!);
  assert.deepEqual(lab.frames, []);
});

onBothBuilds("without fragment zero nobody learns of it, nor of an ICMP error " +
  "[RFC1122-3.3.2d, RFC1122-3.2.2e, RFC1122-3.2.2h]", (lab) => {
  lab.receive(fragmentsOf(message(ECHO, 400), [0, 200])[1]!);
  lab.wait(61);
  lab.receive(fragmentsOf(message(UNREACHABLE, 400), [0, 200])[0]!);
  lab.wait(61);
  lab.receive(fragmentsOf(message(99, 400), [0, 200])[0]!);
  lab.wait(61);
  assert.equal(lab.stack.counter("IpReassemblyTimeouts"), 3);
});

onBothBuilds("a copy of what is there changes nothing (RFC 8200 4.5)", (lab) => {
  const whole = { from: 0, to: 200 };
  ends(lab, [whole, whole], "DropIpFragmentDuplicate");
  ends(lab, [{ from: 40, to: 80 }], "DropIpFragmentDuplicate");
  ends(lab, [{ from: 200, to: 400 }], "InIcmpEcho");
  isAnswered(lab, 392);
});

onBothBuilds("fragments that overlap: the whole datagram is given up (RFC 5722)", (lab) => {
  const pieces = [
    { from: 104, to: 304 }, { from: 96, to: 112 }, { from: 296, to: 400 }, { from: 0, to: 392 },
  ];
  for (const second of pieces.slice(1)) {
    ends(lab, [pieces[0]!, second], "DropIpFragmentOverlap");
    // Nothing is left of it.
    ends(lab, [{ from: 0, to: 104, more: true }], "InIpFragment");
    ends(lab, [{ from: 104, to: 400 }], "InIcmpEcho");
    isAnswered(lab, 392);
  }
});

onBothBuilds("other octets in the same place: the whole datagram is given up (RFC 5722)", (lab) => {
  const fragment = fragmentOf(message(ECHO, 392), { from: 0, to: 200 });
  for (const at of [20, 100, 219]) {
    lab.receive(fragment);
    const other = fragment.slice();
    other[at]! ^= 1;
    lab.receive(other);
  }
  assert.equal(lab.stack.counter("DropIpFragmentOverlap"), 3);
  assert.equal(lab.stack.counter("IpReassemblyTimeouts"), 0);
  lab.wait(61);
  assert.equal(lab.stack.counter("IpReassemblyTimeouts"), 0);
});

onBothBuilds("fragments that disagree on where the datagram ends: given up", (lab) => {
  const last = { from: 192, to: 200, more: false };
  for (const [first, second] of [
    [last, { from: 240, to: 248, more: true }],
    [last, { from: 240, to: 248, more: false }],
    [last, { from: 160, to: 168, more: false }],
    [{ from: 240, to: 248, more: true }, last],
    [{ from: 192, to: 200, more: true }, last],
  ] as const) {
    ends(lab, [first, second], "DropIpFragmentOverlap");
  }
  lab.wait(61);
  assert.equal(lab.stack.counter("IpReassemblyTimeouts"), 0);
});

onBothBuilds("a fragment without text, or cut between units, is dropped (RFC 791 3.2)", (lab) => {
  ends(lab, [{ from: 0, to: 199, more: true }], "DropIpFragment");
  ends(lab, [{ from: 0, to: 0, more: true }], "DropIpFragment");
  ends(lab, [{ from: 200, to: 200, more: false }], "DropIpFragment");
  assert.equal(lab.stack.counter("InIpFragment"), 0);
});

onBothBuilds("a datagram beyond the MTU is dropped, beyond 65,535 octets too", (lab) => {
  const packet = message(ECHO, 1472);
  for (const offset of [2, 1000, 0x1fff]) {
    const fragment = fragmentOf(packet, { from: 8, to: 1480, more: false });
    put16(fragment, 6, offset);
    repairIp(fragment, 0, 20);
    lab.receive(fragment);
  }
  assert.equal(lab.stack.counter("DropIpFragment"), 3);
});

onBothBuilds("a TCP header comes in one piece, or not at all (RFC 1858 3.1, RFC 3128)", (lab) => {
  const { remote, handle } = accepted(lab);
  const segment = remote.frame("PA 1+100 ack 1", { options: [1, 1, 1, 1, 1, 1, 1, 1] });
  give(lab, fragmentsOf(segment, [0, 8, 16, 24]).slice(0, 3));
  assert.equal(lab.stack.counter("DropIpFragment"), 3);
  // 24 octets are a header, but not the 28 of this one.
  lab.receive(fragmentOf(segment, { from: 0, to: 24 }));
  assert.equal(lab.stack.counter("DropIpFragment"), 4);
  give(lab, fragmentsOf(segment, [0, 32]));
  assert.deepEqual(lab.read(handle), textOf(1, 100));
  lab.ignoreFrames();
});

onBothBuilds("fragments of another sender, protocol or identification are another datagram's " +
  "[RFC1122-3.3.2a]", (lab) => {
  const [zero, one] = fragmentsOf(message(ECHO, 392), [0, 200]);
  lab.receive(zero!);
  const otherProtocol = one!.slice();
  otherProtocol[9] = 200;
  repairIp(otherProtocol, 0, 20);
  lab.receive(otherProtocol);
  lab.receive(fragmentsOf(message(ECHO, 392), [0, 200], 78)[1]!);
  lab.receive(fragmentsOf(message(ECHO, 392, [], "10.0.0.8"), [0, 200])[1]!);
  assert.deepEqual(lab.frames, []);
  lab.receive(one!);
  isAnswered(lab, 392);
}, { budget: { reassembly: 4, receiveRing: 2048, sendRing: 2048 } });

onBothBuilds("a header's options stay where they are, whether fragment zero comes first or last " +
  "[RFC1122-3.2.2b, RFC1122-3.2.1.8c]", (lab) => {
  const packet = message(ECHO, 400, new Array<number>(39).fill(1).concat(0));
  const fragments = fragmentsOf(packet, [0, 200, 304]);
  // Options without the copied flag are in fragment zero only.
  const bare = fragmentsOf(message(ECHO, 400), [0, 200, 304]);
  give(lab, [bare[1]!, bare[2]!, fragments[0]!]);
  isAnswered(lab, 400);
  give(lab, [bare[2]!, fragments[0]!]);
  lab.wait(61);
  assert.deepEqual(heard(lab).subarray(8), Buffer.from(fragments[0]!.subarray(0, 68)));
});

onBothBuilds("options are not counted against the text: as much of it as without them " +
  "[RFC1122-3.3.2b]", (lab) => {
  const options = new Array<number>(39).fill(1).concat(0);
  const whole = message(ECHO, 1472, options);
  const bare = fragmentsOf(message(ECHO, 1472), [0, 200, 1400]);
  give(lab, [bare[2]!, fragmentOf(whole, { from: 0, to: 200, more: true }), bare[1]!]);
  isAnswered(lab, 1472);
});

onBothBuilds("buffers full: the datagram begun longest ago goes", (lab) => {
  const halves = [1, 2, 3, 4].map((id) => fragmentsOf(message(ECHO_REPLY, 392), [0, 200], id));
  for (const [zero] of halves) {
    lab.receive(zero!);
    lab.wait(1);
  }
  assert.equal(lab.stack.counter("IpReassembliesEvicted"), 1);
  give(lab, halves.slice(1).map(([, one]) => one!));
  assert.equal(lab.stack.counter("InIcmpEchoReply"), 3);
  lab.receive(halves[0]![1]!);
  assert.equal(lab.stack.counter("InIcmpEchoReply"), 3);
}, { budget: { reassembly: 3, receiveRing: 2048, sendRing: 2048 } });

onBothBuilds("an ICMP message that waits to leave keeps its buffer; a datagram makes room " +
  "for one", (lab) => {
  const { stack } = lab;
  const [zero, one] = fragmentsOf(message(ECHO, 392), [0, 200]);
  lab.receiveOnly(zero!);
  lab.receiveOnly(message(ECHO, 100));
  assert.equal(stack.counter("IpReassembliesEvicted"), 1);
  lab.receiveOnly(one!);
  assert.equal(stack.counter("DropIpFragmentBusy"), 1);
  lab.turn();
  isAnswered(lab, 100);
  give(lab, [zero!, one!]);
  isAnswered(lab, 392);
}, ONE_BUFFER);

onBothBuilds("an echo put together that the link cannot carry back whole is cut " +
  "[RFC1122-3.2.2.6a]", (lab) => {
  give(lab, fragmentsOf(message(ECHO, 1200), [0, 512, 1024]));
  isAnswered(lab, 576 - 28);
}, { interface: { mtu: 576 } });

onBothBuilds("the MSS that is announced is of what can be put together [RFC1122-3.3.2e]", (lab) => {
  const remote = new Remote(lab, { port: 80, ownPort: 50000 });
  lab.do((stack) => stack.connect({ address: remote.address, port: 80, localPort: 50000 }));
  remote.hears();
  assert.equal(remote.last!.mss, 1460);
  give(lab, fragmentsOf(message(ECHO, remote.last!.mss + 12), [0, 512, 1024]));
  isAnswered(lab, 1472);
});

onBothBuilds("with two buffers an ICMP message and a datagram do not meet", (lab) => {
  const [zero, one] = fragmentsOf(message(ECHO, 392), [0, 200]);
  lab.receiveOnly(zero!);
  lab.receiveOnly(message(ECHO, 100));
  // The buffer of the datagram is the one begun longest ago.
  lab.receiveOnly(fragmentsOf(message(ECHO, 392), [0, 200], 78)[0]!);
  assert.equal(lab.stack.counter("IpReassembliesEvicted"), 1);
  lab.receiveOnly(zero!);
  assert.equal(lab.stack.counter("IpReassembliesEvicted"), 2);
  lab.turn();
  isAnswered(lab, 100);
  lab.receive(one!);
  isAnswered(lab, 392);
}, { budget: { reassembly: 2 } });

onBothBuilds("a refused datagram is quoted with the header of fragment zero " +
  "[RFC1122-3.2.2b]", (lab) => {
  const ends = { source: STRANGER, destination: OWN_ADDRESS };
  const packet = ipPacket(Protocol.Udp, ends, Uint8Array.of(0, 9, 0, 9, 1, 0x90, 0, 0,
    ...textOf(0, 392)));
  const fragments = fragmentsOf(packet, [0, 200]);
  give(lab, fragments);
  const error = heard(lab);
  assert.deepEqual([...error.subarray(0, 2)], [UNREACHABLE, 3]);
  assert.deepEqual(error.subarray(8), Buffer.from(fragments[0]!.subarray(0, 28)));
  assert.equal(lab.stack.counter("DropUdpPort"), 1);
});

onBothBuilds("fragments to others, or from nobody, take no buffer " +
  "[RFC1122-3.2.1.3b, RFC1122-3.2.1.3c]", (lab) => {
  for (const [source, destination] of [
    [STRANGER, "10.0.0.255"], [STRANGER, "10.0.0.7"],
    ["10.0.0.255", OWN_ADDRESS], ["127.0.0.1", OWN_ADDRESS],
  ] as const) {
    const packet = ipPacket(Protocol.Icmp, { source, destination }, textOf(0, 400));
    lab.receive(fragmentOf(packet, { from: 0, to: 200 }));
  }
  assert.equal(lab.stack.counter("DropIpDestination"), 1);
  assert.equal(lab.stack.counter("DropNotForUs"), 1);
  assert.equal(lab.stack.counter("DropIpSource"), 2);
  assert.equal(lab.stack.counter("InIpFragment"), 0);
});

onBothBuilds("the news of a datagram's end goes to the station that fragment zero came from " +
  "[RFC1122-3.3.2d]", (lab) => {
  const [zero, one] = fragmentsOf(message(ECHO, 392), [0, 200]);
  const from = (number: number, packet: Uint8Array): Uint8Array =>
    ethernetFrame(0x0800, OWN_MAC, new EthernetHost(lab, number).mac, packet);
  lab.receive(from(7, zero!));
  lab.receive(from(8, one!.slice(0, 20 + 64).fill(0x20, 6, 7)));
  lab.wait(61);
  assert.equal(destinationOf(lab.frames[0]!.decoded.octets), "2:0:0:0:0:7");
  assert.equal(heard(lab)[0], TIME_EXCEEDED);
  lab.receive(from(7, one!));
  lab.receive(from(8, zero!));
  assert.equal(destinationOf(lab.frames[0]!.decoded.octets), "2:0:0:0:0:8");
  isAnswered(lab, 392);
}, { interface: { kind: "ethernet" } });

onBothBuilds("100,000 fragments of nothing: a connection goes on, and nothing is left after " +
  "a minute", (lab) => {
  const { remote, handle } = accepted(lab);
  const fragment = fragmentOf(message(ECHO, 100), { from: 8, to: 16 });
  for (let count = 0; count < 100_000; count++) {
    put16(fragment, 4, count & 0xffff);
    put16(fragment, 14, 0x0100 + (count % 250));
    put16(fragment, 6, 0x2000 | (1 + (count % 180)));
    repairIp(fragment, 0, 20);
    lab.receiveOnly(fragment);
  }
  assert.equal(lab.stack.counter("InIpFragment"), 100_000);
  remote.says("PA 1+5 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.wait(61);
  assert.deepEqual(remote.hears(), ["A 1 ack 6"]);
  const { stack } = lab;
  const over = stack.counter("IpReassembliesEvicted") + stack.counter("IpReassemblyTimeouts");
  assert.equal(over, 100_000);
  assert.equal(get16(fragment, 2), 28);
});

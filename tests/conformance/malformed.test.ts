/**
 * What arrives broken: checksums, lengths, options, addresses (RFC 9293 sections 3.1, 3.2, 3.9.2.3;
 * RFC 1122 section 3.2). Each is dropped, counted under its reason, and never read past.
 */
import assert from "node:assert/strict";
import type { CounterName } from "../../host/names.js";
import { type Lab, OWN_ADDRESS, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, listening } from "../support/remote.js";
import { type SegmentExtras, ipPacket, textOf } from "../support/segment_line.js";
import {
  TCP_HEADER, checksum, get16, put16, repairIp, repairTransport,
} from "../support/wire.js";

/** Whoever says this must count under `counter` only, without an answer or an effect. */
function isDropped(lab: Lab, frame: Uint8Array, counter: CounterName): void {
  const before = lab.stack.counters();
  lab.receive(frame);
  const counted = Object.entries(lab.stack.counters())
    .filter(([name, value]) => value !== before[name as CounterName])
    .map(([name]) => name);
  assert.deepEqual(counted.sort(), [counter, "FramesIn", "OctetsIn"].sort());
}

onBothBuilds("a flipped bit anywhere in a segment is noticed: dropped and counted " +
  "[S16, MUST-3]", (lab) => {
  const { remote, handle } = accepted(lab);
  const tcp = 20;
  for (let bit = 0; bit < (TCP_HEADER + 3) * 8; bit++) {
    const octet = bit >> 3;
    // The ports name the connection, the data offset the text: seen before the checksum.
    if (octet === 12) continue;
    const frame = remote.frame("PA 1+3 ack 1", {
      spoil: (packet) => { packet[tcp + octet]! ^= 1 << (bit & 7); },
    });
    isDropped(lab, frame, "DropTcpChecksum");
  }
  assert.equal(lab.stack.status(handle).receiveQueue, 0);
  remote.says("PA 1+3 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 3));
  lab.ignoreFrames();
});

onBothBuilds("the checksum covers addresses and protocol: a segment led astray is dropped " +
  "[S16, MUST-3]", (lab) => {
  const { remote } = accepted(lab);
  const astray = remote.frame("PA 1+3 ack 1", {
    spoil: (packet) => {
      packet[15] = 3; // from 10.0.0.3 now
      repairIp(packet, 0, packet.length);
    },
  });
  isDropped(lab, astray, "DropTcpChecksum");
});

onBothBuilds("text of odd length is summed as if padded with zero " +
  "(RFC 9293 3.1) [S16, MUST-2]", (lab) => {
  const { remote, handle } = accepted(lab);
  let seq = 1;
  for (const len of [1, 3, 31, 33, 127, 535]) {
    remote.says(`PA ${seq}+${len} ack 1`);
    assert.deepEqual(lab.read(handle), textOf(seq, len));
    lab.write(handle, textOf(seq, len));
    assert.deepEqual(remote.hearsText(), textOf(seq, len));
    seq += len;
    remote.says(`A ${seq} ack ${seq}`);
  }
  lab.ignoreFrames();
});

onBothBuilds("a corrupt copy of text that is held spoils nothing [S16, S23]", (lab) => {
  const { remote, handle } = accepted(lab);
  const spoil = (packet: Uint8Array) => { packet[packet.length - 4]! ^= 255; };
  remote.says("A 101+100 ack 1");
  lab.receive(remote.frame("A 101+100 ack 1", { spoil }));
  lab.receive(remote.frame("A 51+100 ack 1", { spoil }));
  lab.receive(remote.frame("A 1+300 ack 1", { spoil }));
  lab.receive(remote.frame("A 1+100 ack 1", { spoil }));
  remote.says("A 1+100 ack 1");
  lab.receive(remote.frame("A 1+200 ack 1", { spoil }));
  assert.deepEqual(lab.read(handle), textOf(1, 200));
  assert.equal(lab.stack.counter("DropTcpChecksum"), 5);
  lab.ignoreFrames();
});

const WRONG_HEADERS: [string, SegmentExtras][] = [
  ["a data offset of 4", { change: (packet, tcp) => { packet[tcp + 12] = 0x40; } }],
  ["a data offset of 0", { change: (packet, tcp) => { packet[tcp + 12] = 0; } }],
  ["a data offset beyond the segment", { change: (packet, tcp) => { packet[tcp + 12] = 0x70; } }],
  ["source port 0", { change: (packet, tcp) => put16(packet, tcp, 0) }],
  ["destination port 0", { change: (packet, tcp) => put16(packet, tcp + 2, 0) }],
];
for (const [what, extras] of WRONG_HEADERS) {
  onBothBuilds(`${what}: dropped and counted [S20, RFC1122-3.3.8]`, (lab) => {
    listening(lab);
    isDropped(lab, new Remote(lab).frame("S 0", extras), "DropTcpMalformed");
  });
}

const WRONG_OPTIONS: [string, SegmentExtras][] = [
  ["an option of length 0", { options: [8, 0, 0, 0] }],
  ["an option of length 1", { options: [253, 1, 0, 0] }],
  ["an option longer than the header", { options: [1, 1, 8, 10] }],
  ["an option without a length", { options: [1, 1, 1, 8] }],
  ["an MSS longer than the header", { options: [1, 1, 2, 4] }],
];
for (const [what, extras] of WRONG_OPTIONS) {
  onBothBuilds(`${what}: dropped and counted [S20, MUST-7]`, (lab) => {
    listening(lab);
    isDropped(lab, new Remote(lab).frame("S 0", extras), "DropTcpMalformed");
  });
}

onBothBuilds("a segment cut short by its IP packet is dropped [S20]", (lab) => {
  listening(lab);
  for (let len = 0; len < TCP_HEADER; len++) {
    const whole = new Remote(lab).frame("S 0");
    const packet = whole.slice(0, 20 + len);
    put16(packet, 2, packet.length);
    repairIp(packet, 0, packet.length);
    isDropped(lab, packet, "DropTcpMalformed");
  }
});

onBothBuilds("an MSS option of a length it cannot have is skipped [S20]", (lab) => {
  const options = [2, 3, 99, 1, 2, 6, 0, 88, 0, 0, 1, 1];
  const { remote, handle } = accepted(lab, { syn: { options } });
  lab.write(handle, textOf(1, 536));
  assert.deepEqual(remote.hears(), ["PA 1+536 ack 1"]);
});

onBothBuilds("end of the list: what follows it is not read (RFC 9293 3.2) [S20, MUST-4]", (lab) => {
  const { remote, handle } = accepted(lab, { syn: { options: [0, 2, 4, 0, 88, 9, 0, 0] } });
  lab.write(handle, textOf(1, 536));
  assert.deepEqual(remote.hears(), ["PA 1+536 ack 1"]);
});

onBothBuilds("TCP's longest header, 60 octets, is read [S20]", (lab) => {
  const options = [...new Array<number>(36).fill(1), 2, 4, 2, 88];
  const { remote, handle } = accepted(lab, { syn: { options } });
  lab.write(handle, textOf(1, 600));
  assert.deepEqual(remote.hears(), ["PA 1+600 ack 1"]);
});

onBothBuilds("IP options, up to 40 octets, are skipped [S20, MUST-50, RFC1122-3.2.1.8c]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+5 ack 1", { ipOptions: [1, 1, 1, 0] });
  remote.says("PA 6+5 ack 1", { ipOptions: [68, 40, 5, 0, ...new Array<number>(36).fill(0)] });
  assert.deepEqual(lab.read(handle), textOf(1, 10));
  lab.ignoreFrames();
});

type WrongPacket = [string, (packet: Uint8Array) => void, CounterName];

/** A SYN whose IP header has been changed, and made right again. */
function changedSyn(lab: Lab, change: (packet: Uint8Array) => void): Uint8Array {
  listening(lab);
  return new Remote(lab).frame("S 0", {
    spoil: (packet) => {
      change(packet);
      put16(packet, 10, 0);
      put16(packet, 10, checksum(packet, 0, 20));
    },
  });
}

const WRONG_PACKETS: WrongPacket[] = [
  ["an IP header of 16 octets", (packet) => { packet[0] = 0x44; }, "DropIpMalformed"],
  ["an IP header beyond the packet", (packet) => {
    packet[0] = 0x4f;
    put16(packet, 2, 40);
  }, "DropIpMalformed"],
  ["a total length beyond the frame", (packet) => put16(packet, 2, 41), "DropIpMalformed"],
  ["a total length below the header", (packet) => put16(packet, 2, 19), "DropIpMalformed"],
  ["a fragment within a header", (packet) => put16(packet, 6, 0x0001), "DropIpFragment"],
];
for (const [what, change, counter] of WRONG_PACKETS) {
  onBothBuilds(`${what}: no SYN is answered [S20, RFC1122-3.3.8]`, (lab) => {
    isDropped(lab, changedSyn(lab, change), counter);
  });
}

const WRONG_DESTINATIONS: WrongPacket[] = [
  ["the subnet's broadcast address", (packet) => { packet[19] = 255; }, "DropIpDestination"],
  ["255.255.255.255", (packet) => { packet.fill(255, 16, 20); }, "DropIpDestination"],
  ["a multicast group", (packet) => { packet[16] = 224; }, "DropIpDestination"],
];
for (const [what, change, counter] of WRONG_DESTINATIONS) {
  onBothBuilds(`to ${what}: no SYN is answered [MUST-57, RFC1122-3.3.6a]`, (lab) => {
    isDropped(lab, changedSyn(lab, change), counter);
  });
}

const WRONG_SOURCES: WrongPacket[] = [
  ["a broadcast address", (packet) => { packet[15] = 255; }, "DropIpSource"],
  ["a multicast group", (packet) => { packet[12] = 239; }, "DropIpSource"],
  ["127.0.0.1", (packet) => packet.set([127, 0, 0, 1], 12), "DropIpSource"],
  ["0.0.0.0", (packet) => packet.fill(0, 12, 16), "DropIpSource"],
  ["ourselves", (packet) => packet.copyWithin(12, 16, 20), "DropIpSource"],
];
for (const [what, change, counter] of WRONG_SOURCES) {
  onBothBuilds(`from ${what}: no SYN is answered [MUST-63, RFC1122-3.2.1.3c]`, (lab) => {
    isDropped(lab, changedSyn(lab, change), counter);
  });
}

onBothBuilds("to somebody else: dropped, not forwarded " +
  "[RFC1122-3.1, RFC1122-3.2.1.3b, RFC1122-3.2.2.2a, RFC1122-3.3.4.2]", (lab) => {
  isDropped(lab, changedSyn(lab, (packet) => { packet[19] = 9; }), "DropNotForUs");
});

onBothBuilds("of another version of IP: dropped in silence [RFC1122-3.2.1.1]", (lab) => {
  for (const version of [0, 5, 6, 15]) {
    const change = (packet: Uint8Array) => { packet[0] = (version << 4) | 5; };
    isDropped(lab, changedSyn(lab, change), "DropIpVersion");
    lab.stack.close([...lab.stack.entries("listeners")][0]!.handle);
  }
});

onBothBuilds("a time to live of 1 or 0 is no reason to refuse [RFC1122-3.2.1.7b]", (lab) => {
  for (const timeToLive of [1, 0]) {
    lab.receive(changedSyn(lab, (packet) => { packet[8] = timeToLive; }));
    assert.equal(lab.frames.splice(0).length, 1, "a SYN+ACK");
    lab.stack.close([...lab.stack.entries("listeners")][0]!.handle);
  }
});

onBothBuilds("a wrong checksum of the IP header: dropped and counted " +
  "[S16, RFC1122-3.2.1.2]", (lab) => {
  listening(lab);
  const spoil = (packet: Uint8Array) => { packet[8]! ^= 1; };
  isDropped(lab, new Remote(lab).frame("S 0", { spoil }), "DropIpChecksum");
});

onBothBuilds("octets behind the IP packet are padding, not text [S20, S24]", (lab) => {
  const { remote, handle } = accepted(lab);
  const frame = remote.frame("PA 1+5 ack 1");
  lab.receive(Buffer.concat([frame, Buffer.alloc(17, 0xee)]));
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.ignoreFrames();
});

onBothBuilds("the IP header that leaves: 20 octets, TTL and service as set, a right checksum " +
  "[S20, MUST-48, MUST-49, SHLD-21, SHLD-22, RFC1122-3.2.1.7c]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.stack.setOption(handle, "timeToLive", 17);
  lab.stack.setOption(handle, "diffServ", 0x2e << 2);
  lab.write(handle, textOf(1, 5));
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"]);
  const { octets } = remote.last!;
  assert.deepEqual([octets[0], octets[1], octets[8], octets[9]], [0x45, 0xb8, 17, 6]);
  assert.equal(get16(octets, 2), 45);
});

onBothBuilds("TTL and service may change on the way, hold for what is sent again, for the FIN, " +
  "and the TTL in TIME-WAIT [MUST-49, SHLD-21]", (lab) => {
  const { remote, handle } = accepted(lab);
  const hears = (): number[][] => {
    remote.hears();
    const { octets } = remote.last!;
    return [[octets[8]!, octets[1]!]];
  };
  const set = (timeToLive: number, diffServ: number): void => {
    lab.stack.setOption(handle, "timeToLive", timeToLive);
    lab.stack.setOption(handle, "diffServ", diffServ);
  };
  set(255, 0xb8);
  lab.write(handle, textOf(1, 5));
  assert.deepEqual(hears(), [[255, 0xb8]]);
  set(3, 0x20);
  lab.wait(1.1);
  assert.deepEqual(hears(), [[3, 0x20]], "sent again");
  remote.says("A 1 ack 6");
  lab.do((stack) => stack.shutdown(handle));
  assert.deepEqual(hears(), [[3, 0x20]], "FIN");
  remote.says("FA 1 ack 7");
  assert.deepEqual(hears(), [[3, 0x20]], "the last ACK");
  remote.says("FA 1 ack 7");
  assert.deepEqual(hears(), [[3, 0]], "TIME-WAIT has room for one of them");
});

onBothBuilds("TTL and service of a listener are those of all its answers " +
  "[MUST-48, MUST-49]", (lab) => {
  const listener = listening(lab);
  lab.stack.setOption(listener, "timeToLive", 255);
  lab.stack.setOption(listener, "diffServ", 0xb8);
  const remote = new Remote(lab);
  for (const line of ["S 0", "A 2000000 ack 1"]) {
    remote.says(line);
    remote.hears();
    assert.deepEqual([remote.last!.octets[8], remote.last!.octets[1]], [255, 0xb8], line);
  }
});

onBothBuilds("UDP to a closed port and unknown protocols are answered by ICMP " +
  "[S24, RFC1122-3.2.2.1a, RFC1122-3.2.2b, RFC1122-4.1.3.1]", (lab) => {
  const ends = { source: "10.0.0.2", destination: OWN_ADDRESS };
  const udp = ipPacket(17, ends, Uint8Array.of(0, 53, 0, 53, 0, 10, 0, 0, 1, 2));
  repairTransport(udp, 0, udp.length);
  for (const [packet, code] of [[udp, 3], [ipPacket(89, ends, new Uint8Array(9)), 2]] as const) {
    lab.receive(packet);
    const { octets, textAt } = lab.frames.pop()!.decoded;
    assert.deepEqual([octets[textAt], octets[textAt + 1]], [3, code]);
    assert.deepEqual(Buffer.from(octets.subarray(textAt + 8)), Buffer.from(packet.subarray(0, 28)));
  }
});

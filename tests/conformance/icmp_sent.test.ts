/** What ICMP makes us say, and above all what it does not (RFC 1122 section 3.2.2). */
import assert from "node:assert/strict";
import { BROADCAST, EthernetHost } from "../support/ethernet_host.js";
import { type Lab, OWN_ADDRESS, ethernetFrame, onBothBuilds } from "../support/lab.js";
import { ipPacket, textOf } from "../support/segment_line.js";
import { put16, repairIp, repairTransport } from "../support/wire.js";

const ICMP = 1;
const UDP = 17;
const REDIRECT = 5;
const UNKNOWN_PROTOCOL = 143;

interface Changes {
  source?: string;
  destination?: string;
  /** The field of flags and offset. */
  fragment?: number;
  service?: number;
}

function packet(protocol: number, payload: Uint8Array, changes: Changes = {}): Uint8Array {
  const ends = { source: "10.0.0.2", destination: OWN_ADDRESS, ...changes };
  const made = ipPacket(protocol, ends, payload);
  made[1] = changes.service ?? 0;
  put16(made, 6, changes.fragment ?? 0);
  repairIp(made, 0, made.length);
  repairTransport(made, 0, made.length);
  return made;
}

/** A datagram to a port that nobody has. */
function datagram(changes: Changes = {}): Uint8Array {
  return packet(UDP, Uint8Array.of(0, 53, 0, 53, 0, 10, 0, 0, 1, 2), changes);
}

function icmp(type: number, code: number, rest: number[] = [], changes: Changes = {}): Uint8Array {
  return packet(ICMP, Uint8Array.of(type, code, 0, 0, 0, 0, 0, 0, ...rest), changes);
}

function answersTo(lab: Lab, frame: Uint8Array): number {
  lab.receive(frame);
  return lab.frames.splice(0).length;
}

onBothBuilds("a closed UDP port and an unknown protocol are answered, so that the tests below " +
  "mean something [RFC1122-3.2.2.1a, RFC1122-4.1.3.1]", (lab) => {
  assert.equal(answersTo(lab, datagram()), 1);
  assert.equal(answersTo(lab, packet(UNKNOWN_PROTOCOL, textOf(1, 20))), 1);
});

onBothBuilds("no error about an error, though it quotes what is nobody's " +
  "[RFC1122-3.2.2e]", (lab) => {
  for (const type of [3, 4, 5, 11, 12]) {
    assert.equal(answersTo(lab, icmp(type, 0, [...datagram()])), 0);
    assert.equal(answersTo(lab, icmp(type, 0)), 0, "cut short");
  }
});

onBothBuilds("no error about what went to a broadcast or a group [RFC1122-3.2.2f]", (lab) => {
  for (const destination of ["10.0.0.255", "255.255.255.255", "10.0.0.0", "224.0.0.1"]) {
    assert.equal(answersTo(lab, datagram({ destination })), 0, destination);
    const unknown = packet(UNKNOWN_PROTOCOL, textOf(1, 20), { destination });
    assert.equal(answersTo(lab, unknown), 0, destination);
  }
});

onBothBuilds("no error about what came as a link broadcast [RFC1122-3.2.2g]", (lab) => {
  const { mac } = new EthernetHost(lab, 2);
  assert.equal(answersTo(lab, ethernetFrame(0x0800, BROADCAST, mac, datagram())), 0);
  const group = [1, 0, 0x5e, 0, 0, 1];
  assert.equal(answersTo(lab, ethernetFrame(0x0800, group, mac, datagram())), 0);
}, { interface: { kind: "ethernet" } });

onBothBuilds("no error about a later fragment [RFC1122-3.2.2h]", (lab) => {
  for (const fragment of [1, 100, 0x2001]) {
    assert.equal(answersTo(lab, packet(UNKNOWN_PROTOCOL, textOf(1, 24), { fragment })), 0);
  }
});

onBothBuilds("no error, and no other answer, to what is no single host " +
  "[RFC1122-3.2.2i, RFC1122-4.1.3.6]", (lab) => {
  for (const source of ["0.0.0.0", "10.0.0.255", "255.255.255.255", "224.0.0.9", "127.0.0.1"]) {
    assert.equal(answersTo(lab, datagram({ source })), 0, source);
    assert.equal(answersTo(lab, icmp(8, 0, [1, 2, 3], { source })), 0, source);
  }
});

onBothBuilds("a wrong UDP checksum is dropped in silence; none at all is right " +
  "[RFC1122-4.1.3.4]", (lab) => {
  const spoilt = datagram();
  spoilt[28]! ^= 1;
  assert.equal(answersTo(lab, spoilt), 0);
  assert.equal(lab.stack.counter("DropUdpChecksum"), 1);
  const without = datagram();
  put16(without, 26, 0);
  assert.equal(answersTo(lab, without), 1);
});

onBothBuilds("errors leave with a service of zero and a time to live, whatever came " +
  "[RFC1122-3.2.1.6a, RFC1122-3.2.1.7a, RFC1122-3.2.2d]", (lab) => {
  lab.receive(datagram({ service: 0xb8 }));
  const [error] = lab.frames.splice(0);
  assert.equal(error!.decoded.octets[1], 0);
  assert.equal(error!.decoded.octets[8], 64);
});

onBothBuilds("redirects, address masks, information, timestamps and what nobody knows are " +
  "ignored [RFC1122-3.2.2a, RFC1122-3.2.2.2c, RFC1122-3.2.2.7, RFC1122-3.2.2.9b]", (lab) => {
  for (const type of [1, 2, REDIRECT, 6, 9, 10, 13, 15, 17, 40, 255]) {
    assert.equal(answersTo(lab, icmp(type, 0, [...datagram()])), 0, `type ${type}`);
  }
  assert.equal(lab.stack.counter("DropIcmpType"), 11);
});

onBothBuilds("an echo request to a broadcast or a group is ignored [RFC1122-3.2.2.6c]", (lab) => {
  assert.equal(answersTo(lab, icmp(8, 0, [1, 2, 3])), 1);
  for (const destination of ["10.0.0.255", "255.255.255.255", "224.0.0.1"]) {
    assert.equal(answersTo(lab, icmp(8, 0, [1, 2, 3], { destination })), 0, destination);
  }
});

/** The Ethernet below: ARP, and whom frames go to (RFC 826, RFC 1122 sections 2.3.2, 3.3.6). */
import assert from "node:assert/strict";
import { type Lab, OWN_MAC, ethernetFrame, onBothBuilds } from "../support/lab.js";
import { BROADCAST, EthernetHost, destinationOf, hearsArp } from "../support/ethernet_host.js";
import { listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const ETHERNET = { interface: { kind: "ethernet" as const } };
const MAC_2 = "2:0:0:0:0:2";

/** Connects from a port of its own to port 80 of 10.0.0.`number`. */
function connectTo(lab: Lab, number: number): number {
  const call = { address: `10.0.0.${number}`, port: 80, localPort: 50000 + number };
  return lab.do((stack) => stack.connect(call));
}

onBothBuilds("a connection waits for its neighbour's MAC address, then its SYN goes there " +
  "[S24, RFC1122-2.3.1, RFC1122-2.3.2.2, RFC1122-2.3.3a, RFC1122-2.4b]", (lab) => {
  const host = new EthernetHost(lab, 2);
  connectTo(lab, 2);
  assert.deepEqual(hearsArp(lab), ["who has 10.0.0.2, to all"]);
  const remote = host.remote({ port: 80, ownPort: 50002 });
  assert.deepEqual(remote.hears(), []);
  host.answers();
  assert.deepEqual(remote.hears(), ["S 0"]);
  assert.equal(destinationOf(remote.last!.octets), MAC_2);
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
}, ETHERNET);

onBothBuilds("a neighbour that never answers is asked once a second, then the attempt ends " +
  "[S13, RFC1122-2.3.2.1c]", (lab) => {
  const handle = connectTo(lab, 2);
  lab.wait(4.5);
  assert.equal(hearsArp(lab).length, 5);
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  lab.wait(1);
  assert.deepEqual(hearsArp(lab), []);
  assert.deepEqual(lab.newsOf(handle), ["closed"]);
  assert.equal(lab.stack.status(handle).reason, "unreachable");
}, ETHERNET);

onBothBuilds("more dead neighbours than entries: no storm, each is asked once a second " +
  "[RFC1122-2.3.2.1c]", (lab) => {
  const handles = [2, 3, 4].map((number) => connectTo(lab, number));
  const asked = new Set<string>();
  for (let seconds = 0; seconds < 20; seconds++) {
    lab.wait(0.999);
    const now = hearsArp(lab);
    assert.equal(new Set(now).size, now.length, "nobody twice in a second");
    now.forEach((line) => asked.add(line));
  }
  assert.equal(asked.size, 3);
  for (const handle of handles) assert.equal(lab.stack.status(handle).reason, "unreachable");
}, { ...ETHERNET, budget: { neighbours: 2 } });

onBothBuilds("who waits behind a full neighbour table gets through when one answers " +
  "[S22]", (lab) => {
  const hosts = [2, 3, 4].map((number) => new EthernetHost(lab, number));
  for (const { number } of hosts) connectTo(lab, number);
  hosts[0]!.answers();
  hosts[1]!.answers();
  assert.equal(hearsArp(lab).at(-1), "who has 10.0.0.4, to all");
  hosts[2]!.answers();
  for (const host of hosts) {
    const remote = host.remote({ port: 80, ownPort: 50000 + host.number });
    assert.ok(remote.hears().includes("S 0"), host.address);
  }
  lab.ignoreFrames();
}, { ...ETHERNET, budget: { neighbours: 2 } });

onBothBuilds("ARP requests for our address are answered, for others not (RFC 826)", (lab) => {
  const host = new EthernetHost(lab, 2);
  host.asks();
  assert.deepEqual(hearsArp(lab), [`10.0.0.1 is here, to ${MAC_2}`]);
  host.asks("10.0.0.7");
  assert.deepEqual(hearsArp(lab), []);
}, ETHERNET);

onBothBuilds("answers to a stranger go to the station that spoke, without asking for it " +
  "[S14]", (lab) => {
  listening(lab);
  const remote = new EthernetHost(lab, 2).remote();
  remote.says("S 0");
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.equal(destinationOf(remote.last!.octets), MAC_2);
  assert.deepEqual(hearsArp(lab), []);
  const closed = new EthernetHost(lab, 3).remote({ ownPort: 9 });
  closed.says("S 0");
  assert.deepEqual(closed.hears(), ["RA 0 ack 1"]);
  assert.equal(destinationOf(closed.last!.octets), "2:0:0:0:0:3");
}, ETHERNET);

/** An accepted connection over Ethernet, whose neighbour is known. */
function acceptedFrom(lab: Lab, host: EthernetHost) {
  host.asks();
  hearsArp(lab);
  const listener = listening(lab);
  const remote = host.remote();
  remote.opens();
  return { remote, handle: lab.stack.accept(listener) };
}

onBothBuilds("a neighbour of more than a minute is asked again, and used meanwhile " +
  "[RFC1122-2.3.2.1a]", (lab) => {
  const host = new EthernetHost(lab, 2);
  const { remote, handle } = acceptedFrom(lab, host);
  lab.wait(61);
  lab.write(handle, textOf(1, 5));
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"]);
  assert.deepEqual(hearsArp(lab), [`who has 10.0.0.2, to ${MAC_2}`], "by unicast");
  host.answers();
  remote.says("A 1 ack 6");
  lab.wait(30);
  lab.write(handle, textOf(6, 5));
  assert.deepEqual(remote.hears(), ["PA 6+5 ack 1"]);
  assert.deepEqual(hearsArp(lab), []);
  remote.says("A 1 ack 11");
}, ETHERNET);

onBothBuilds("a neighbour that falls silent is a soft error; back again, the text arrives " +
  "[S17]", (lab) => {
  const host = new EthernetHost(lab, 2);
  const { remote, handle } = acceptedFrom(lab, host);
  lab.wait(61);
  lab.write(handle, textOf(1, 5));
  lab.wait(20);
  assert.ok(lab.newsOf(handle).includes("softError"));
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  lab.ignoreFrames();
  host.asks();
  lab.wait(70);
  assert.ok(remote.hears().includes("PA 1+5 ack 1"));
  remote.says("A 1 ack 6");
  assert.equal(lab.stack.status(handle).sendQueue, 0);
  lab.ignoreFrames();
}, ETHERNET);

onBothBuilds("R1: after three retransmissions the neighbour is asked whether it is still there " +
  "[MUST-20, RFC1122-3.3.1.4]", (lab) => {
  const host = new EthernetHost(lab, 2);
  const { remote, handle } = acceptedFrom(lab, host);
  lab.write(handle, textOf(1, 5));
  lab.wait(6);
  assert.equal(remote.hears().length, 3);
  assert.deepEqual(hearsArp(lab), [], "it answered a minute ago at most");
  lab.wait(1.5);
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"]);
  assert.deepEqual(hearsArp(lab), [`who has 10.0.0.2, to ${MAC_2}`]);
  // It has got another network card, and answers for itself.
  host.mac[5] = 0x22;
  lab.wait(5);
  assert.equal(hearsArp(lab).length, 4, "by unicast, nobody answers");
  lab.wait(3);
  assert.deepEqual(hearsArp(lab), ["who has 10.0.0.2, to all"]);
  host.answers();
  assert.equal(remote.hears().at(-1), "PA 1+5 ack 1");
  assert.equal(destinationOf(remote.last!.octets), "2:0:0:0:0:22");
}, ETHERNET);

onBothBuilds("a RST leaves whole though the last record of the ring is an ARP request " +
  "[S13]", (lab) => {
  const host = new EthernetHost(lab, 2);
  const { remote, handle } = acceptedFrom(lab, host);
  lab.wait(70);
  lab.do((stack) => stack.abort(handle));
  assert.deepEqual(remote.hears(), ["RA 1 ack 1"]);
  hearsArp(lab);
}, { ...ETHERNET, budget: { replies: 1 } });

onBothBuilds("a neighbour's new MAC address is learnt from what it says (RFC 826)", (lab) => {
  const host = new EthernetHost(lab, 2);
  const { remote, handle } = acceptedFrom(lab, host);
  host.mac[5] = 0x22;
  lab.wait(1);
  host.asks("10.0.0.2");
  lab.write(handle, textOf(1, 5));
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"]);
  assert.equal(destinationOf(remote.last!.octets), "2:0:0:0:0:22");
}, ETHERNET);

onBothBuilds("without a router what is off the link is out of reach: ENETUNREACH " +
  "[S13, RFC1122-3.3.1.1]", (lab) => {
  const call = { address: "192.0.2.1", port: 80 };
  assert.throws(() => lab.stack.connect(call), { code: "ENETUNREACH" });
  assert.equal(lab.stack.connections().length, 0);
}, ETHERNET);

onBothBuilds("what is off the link goes to the router's MAC address " +
  "[RFC1122-3.3.1.1, RFC1122-3.3.1.6]", (lab) => {
  lab.do((stack) => stack.connect({ address: "192.0.2.1", port: 80, localPort: 50000 }));
  assert.deepEqual(hearsArp(lab), ["who has 10.0.0.254, to all"]);
  new EthernetHost(lab, 254).answers();
  const [syn] = lab.frames.splice(0);
  assert.equal(destinationOf(syn!.decoded.octets), "2:0:0:0:0:fe");
  assert.equal(syn!.decoded.destination, 0xc0000201);
}, { interface: { kind: "ethernet", gateway: "10.0.0.254" } });

onBothBuilds("frames to other stations and link broadcasts of unicast packets are dropped " +
  "(3.3.6) [RFC1122-2.4a, RFC1122-3.3.6b]", (lab) => {
  listening(lab);
  const remote = new EthernetHost(lab, 2).remote();
  const frame = remote.frame("S 0");
  lab.receive(ethernetFrame(0x0800, [2, 0, 0, 0, 0, 9], [2, 0, 0, 0, 0, 2], frame.subarray(14)));
  assert.equal(lab.stack.counter("DropNotForUs"), 1);
  lab.receive(ethernetFrame(0x0800, BROADCAST, [2, 0, 0, 0, 0, 2], frame.subarray(14)));
  assert.equal(lab.stack.counter("DropIpDestination"), 1);
  lab.receive(ethernetFrame(0x0800, OWN_MAC, [3, 0, 0, 0, 0, 2], frame.subarray(14)));
  assert.equal(lab.stack.counter("DropNotForUs"), 2, "a source that is a group");
  lab.receive(ethernetFrame(0x88cc, OWN_MAC, [2, 0, 0, 0, 0, 2], frame.subarray(14)));
  assert.equal(lab.stack.counter("DropEtherType"), 1);
  assert.deepEqual(remote.hears(), []);
}, ETHERNET);

onBothBuilds("an address is probed for three times before use, then announced twice " +
  "[RFC5227-2.1, RFC5227-2.3]", (lab) => {
  assert.throws(() => connectTo(lab, 2), { code: "ENETUNREACH" });
  assert.equal(lab.stack.addressPhase, "PROBING");
  lab.wait(10);
  const heard = hearsArp(lab);
  assert.deepEqual(heard.slice(0, 3), new Array(3).fill("probe 10.0.0.1"));
  assert.deepEqual(heard.slice(3), new Array(2).fill("announce 10.0.0.1"));
  assert.equal(lab.stack.addressPhase, "READY");
  connectTo(lab, 2);
  assert.equal(hearsArp(lab).length, 1);
}, { interface: { kind: "ethernet", probe: true, announce: true } });

onBothBuilds("somebody has the address: it is not used [RFC5227-2.1.1c]", (lab) => {
  const host = new EthernetHost(lab, 2);
  lab.wait(1);
  lab.receive(host.arp(2, OWN_MAC, "10.0.0.1", OWN_MAC, "10.0.0.1"));
  assert.equal(lab.stack.addressPhase, "CONFLICT");
  assert.throws(() => connectTo(lab, 3), { code: "ENETUNREACH" });
  hearsArp(lab);
  host.asks();
  lab.wait(20);
  assert.deepEqual(hearsArp(lab), []);
}, { interface: { kind: "ethernet", probe: true } });

onBothBuilds("the address is defended, once in ten seconds, after 25 days of quiet too " +
  "[RFC5227-2.4a, RFC5227-2.4b, RFC5227-2.4c]", (lab) => {
  const rival = new EthernetHost(lab, 2).arp(1, BROADCAST, "10.0.0.1", OWN_MAC, "10.0.0.1");
  for (let days = 0; days < 26; days++) {
    lab.stack.sleep(86_400);
    lab.wait(0.001);
  }
  lab.receive(rival);
  lab.wait(9);
  lab.receive(rival);
  assert.deepEqual(hearsArp(lab), ["announce 10.0.0.1"]);
  lab.wait(2);
  lab.receive(rival);
  assert.deepEqual(hearsArp(lab), ["announce 10.0.0.1"]);
}, ETHERNET);

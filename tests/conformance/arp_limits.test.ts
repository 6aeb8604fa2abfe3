/** The ARP cache under floods and lies (RFC 826, RFC 1122 section 2.3.2.1). */
import assert from "node:assert/strict";
import { BROADCAST, EthernetHost, destinationOf, hearsArp } from "../support/ethernet_host.js";
import { type Lab, OWN_ADDRESS, OWN_MAC, onBothBuilds } from "../support/lab.js";
import { type Remote, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const ROUTED = {
  interface: { kind: "ethernet" as const, gateway: "10.0.0.254" }, budget: { neighbours: 4 },
};
const REQUEST = 1;
const REPLY = 2;

/** A connection to port 80 of a host of the link; its neighbour has answered. */
function connectedTo(lab: Lab, host: EthernetHost): { remote: Remote; handle: number } {
  const call = { address: host.address, port: 80, localPort: 50000 };
  const handle = lab.do((stack) => stack.connect(call));
  host.answers();
  hearsArp(lab);
  const remote = host.remote({ port: 80, ownPort: 50000 });
  remote.answers();
  return { remote, handle };
}

/** The connection's text leaves at once, to this MAC address, and nobody is asked for it. */
function speaks(lab: Lab, remote: Remote, handle: number, mac: string, seq = 1): void {
  lab.write(handle, textOf(seq, 5));
  assert.deepEqual(hearsArp(lab), []);
  assert.deepEqual(remote.hears(), [`PA ${seq}+5 ack 1`]);
  assert.equal(destinationOf(remote.last!.octets), mac);
  remote.says(`A 1 ack ${seq + 5}`);
}

/** Requests, replies and announcements of `count` strangers, some of them from nowhere. */
function flood(lab: Lab, count: number): void {
  for (let number = 0; number < count; number++) {
    const stranger = new EthernetHost(lab, 10 + (number % 200));
    const sender = number % 3 === 0 ? `192.0.2.${number % 250}` : stranger.address;
    lab.receive(stranger.arp(REQUEST, BROADCAST, OWN_ADDRESS, OWN_MAC, sender));
    lab.receive(stranger.arp(REPLY, OWN_MAC, OWN_ADDRESS, OWN_MAC, sender));
    lab.receive(stranger.arp(REQUEST, BROADCAST, sender, OWN_MAC, sender));
  }
  lab.frames.length = 0;
}

onBothBuilds("strangers push out neither a neighbour in use nor the router [S22]", (lab) => {
  const host = connectedTo(lab, new EthernetHost(lab, 2));
  const router = new EthernetHost(lab, 254);
  const beyond = { address: "192.0.2.1", port: 80, localPort: 50001 };
  const handle = lab.do((stack) => stack.connect(beyond));
  router.answers();
  hearsArp(lab);
  const far = router.remote({ address: beyond.address, port: 80, ownPort: 50001 });
  far.answers();
  flood(lab, 1000);
  speaks(lab, host.remote, host.handle, "2:0:0:0:0:2");
  speaks(lab, far, handle, "2:0:0:0:0:fe");
  assert.ok([...lab.stack.entries("neighbours")].length <= 4);
}, ROUTED);

onBothBuilds("who is new makes room among strangers, not among neighbours in use [S22]", (lab) => {
  const host = connectedTo(lab, new EthernetHost(lab, 2));
  flood(lab, 50);
  for (const number of [3, 4, 5]) {
    const call = { address: `10.0.0.${number}`, port: 80, localPort: 50000 + number };
    lab.do((stack) => stack.connect(call));
    assert.deepEqual(hearsArp(lab), [`who has 10.0.0.${number}, to all`]);
  }
  speaks(lab, host.remote, host.handle, "2:0:0:0:0:2");
}, ROUTED);

onBothBuilds("a table full of neighbours in use has no room for strangers [S22]", (lab) => {
  for (const number of [2, 3, 4, 5]) {
    const call = { address: `10.0.0.${number}`, port: 80, localPort: 50000 + number };
    lab.do((stack) => stack.connect(call));
    new EthernetHost(lab, number).answers();
  }
  flood(lab, 50);
  const known = [...lab.stack.entries("neighbours")].map(({ remoteAddress }) => remoteAddress);
  assert.deepEqual(known.sort(), ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]);
  assert.equal(lab.stack.counter("NeighboursEvicted"), 0);
}, ROUTED);

onBothBuilds("what contradicts an answer is not believed for a second, and is then " +
  "(RFC 826)", (lab) => {
  const host = new EthernetHost(lab, 2);
  const { remote, handle } = connectedTo(lab, host);
  const liar = new EthernetHost(lab, 66);
  const lies = [
    liar.arp(REPLY, OWN_MAC, OWN_ADDRESS, OWN_MAC, host.address),
    liar.arp(REQUEST, BROADCAST, OWN_ADDRESS, OWN_MAC, host.address),
    liar.arp(REQUEST, BROADCAST, host.address, OWN_MAC, host.address),
  ];
  for (const lie of lies) lab.receive(lie);
  assert.equal(lab.stack.counter("NeighboursContradicted"), 3);
  hearsArp(lab);
  speaks(lab, remote, handle, "2:0:0:0:0:2");
  lab.wait(1.01);
  lab.receive(lies[2]!);
  speaks(lab, remote, handle, "2:0:0:0:0:42", 6);
}, ROUTED);

onBothBuilds("who agrees with what is known confirms it for another minute", (lab) => {
  const host = new EthernetHost(lab, 2);
  const { remote, handle } = connectedTo(lab, host);
  for (let count = 0; count < 3; count++) {
    lab.wait(40);
    host.asks("10.0.0.7");
  }
  speaks(lab, remote, handle, "2:0:0:0:0:2");
}, ROUTED);

onBothBuilds("nobody is entered whom we have not asked and who does not ask us " +
  "(RFC 826)", (lab) => {
  const stranger = new EthernetHost(lab, 9);
  stranger.asks("10.0.0.7");
  stranger.asks("10.0.0.9");
  lab.receive(stranger.arp(REPLY, BROADCAST, "10.0.0.7", OWN_MAC));
  assert.deepEqual([...lab.stack.entries("neighbours")], []);
  stranger.asks();
  assert.equal([...lab.stack.entries("neighbours")].length, 1);
  hearsArp(lab);
}, ROUTED);

onBothBuilds("a flood of requests: answers as far as there are records, the rest is counted, a " +
  "connection is served [S22]", (lab) => {
  listening(lab);
  const remote = new EthernetHost(lab, 2).remote();
  remote.opens();
  for (let number = 0; number < 10_000; number++) {
    const asker = new EthernetHost(lab, 10 + (number % 200));
    lab.receiveOnly(asker.arp(REQUEST, BROADCAST, OWN_ADDRESS, OWN_MAC));
  }
  lab.turn();
  assert.equal(hearsArp(lab).length, 8);
  assert.equal(lab.stack.counter("RepliesDropped"), 10_000 - 8);
  remote.says("FA 1 ack 1");
  assert.equal(hearsArp(lab).length, 1, "the other end is asked for");
  new EthernetHost(lab, 2).answers();
  assert.deepEqual(remote.hears(), ["A 1 ack 2"]);
}, ROUTED);

/** Whether somebody else has our address: probing, announcing, defending (RFC 5227). */
import assert from "node:assert/strict";
import { BROADCAST, EthernetHost, hearsArp } from "../support/ethernet_host.js";
import { Lab, OWN_ADDRESS, OWN_MAC, onBothBuilds } from "../support/lab.js";
import { ETHERNET_HEADER } from "../support/wire.js";

const ETHERNET = { interface: { kind: "ethernet" as const } };
const PROBING = { interface: { kind: "ethernet" as const, probe: true } };
const REQUEST = 1;
const REPLY = 2;
const NO_MAC = [0, 0, 0, 0, 0, 0];
const NOBODY = "0.0.0.0";

/** Lets time pass until the address may be used. Returns when each frame left, in seconds. */
function probe(lab: Lab): { sentAt: number[]; readyAt: number } {
  const began = lab.atUs;
  while (lab.stack.addressPhase === "PROBING") {
    assert.ok(lab.atUs - began < 100e6, "probing ends");
    lab.wait(0.01);
  }
  const sentAt = lab.frames.filter(({ atUs }) => atUs < lab.atUs - 1e4)
    .map(({ atUs }) => (atUs - began) / 1e6);
  return { sentAt, readyAt: (lab.atUs - began) / 1e6 };
}

onBothBuilds("three probes: the first within a second, 1 to 2 seconds between them, all at " +
  "random; in use 2 seconds after the last [RFC5227-2.1.1a]", ({ build }) => {
  const firsts = new Set<number>();
  const gaps: number[] = [];
  for (let entropy = 1; entropy <= 24; entropy++) {
    const lab = new Lab(build, { ...PROBING, entropy });
    const { sentAt, readyAt } = probe(lab);
    assert.equal(sentAt.length, 3);
    assert.ok(sentAt[0]! <= 1);
    firsts.add(Math.round(sentAt[0]! * 10));
    gaps.push(sentAt[1]! - sentAt[0]!, sentAt[2]! - sentAt[1]!);
    assert.ok(Math.abs(readyAt - sentAt[2]! - 2) < 0.02, `${readyAt - sentAt[2]!}`);
  }
  assert.ok(gaps.every((gap) => gap >= 1 && gap <= 2.001), gaps.join(" "));
  assert.ok(Math.max(...gaps) - Math.min(...gaps) > 0.7);
  assert.ok(firsts.size > 5, [...firsts].join(" "));
}, PROBING);

onBothBuilds("a probe is a request to all, from nobody, for our address " +
  "[RFC5227-2.1.1b]", (lab) => {
  lab.waitForFrame();
  const { octets } = lab.frames.splice(0)[0]!.decoded;
  assert.deepEqual([...octets.subarray(0, 6)], BROADCAST);
  const arp = octets.subarray(ETHERNET_HEADER);
  assert.deepEqual([...arp.subarray(6)], [0, 1, ...OWN_MAC, 0, 0, 0, 0, ...NO_MAC, 10, 0, 0, 1]);
}, PROBING);

onBothBuilds("somebody else's probe for the same address is a conflict; for another's not " +
  "[RFC5227-2.1.1d]", (lab) => {
  const rival = new EthernetHost(lab, 9);
  lab.receive(rival.arp(REQUEST, BROADCAST, "10.0.0.7", NO_MAC, NOBODY));
  assert.equal(lab.stack.addressPhase, "PROBING");
  lab.receive(rival.arp(REQUEST, BROADCAST, OWN_ADDRESS, NO_MAC, NOBODY));
  assert.equal(lab.stack.addressPhase, "CONFLICT");
  assert.equal(lab.stack.counter("AddressConflicts"), 1);
  lab.wait(20);
  lab.ignoreFrames();
}, PROBING);

for (const [operation, what] of [[REQUEST, "request"], [REPLY, "reply"]] as const) {
  onBothBuilds(`a ${what} with our address as its sender's, until two seconds after the last ` +
    "probe: a conflict [RFC5227-2.1.1c]", (lab) => {
    const rival = new EthernetHost(lab, 9);
    for (let count = 0; count < 3; count++) lab.waitForFrame();
    lab.wait(1.9);
    assert.equal(lab.stack.addressPhase, "PROBING");
    lab.receive(rival.arp(operation, BROADCAST, "10.0.0.7", NO_MAC, OWN_ADDRESS));
    assert.equal(lab.stack.addressPhase, "CONFLICT");
    lab.frames.length = 0;
    lab.wait(100);
    assert.deepEqual(hearsArp(lab), []);
  }, PROBING);
}

onBothBuilds("our own packets, come back to us, are no conflict [RFC5227-2.1.1f]", (lab) => {
  for (let count = 0; count < 5; count++) {
    lab.waitForFrame();
    const [own, ...more] = lab.frames.splice(0);
    assert.equal(more.length, 0, "nor is there an answer");
    lab.receive(own!.decoded.octets);
  }
  assert.equal(lab.stack.addressPhase, "READY");
  assert.equal(lab.stack.counter("AddressConflicts"), 0);
  assert.deepEqual([...lab.stack.entries("neighbours")], []);
}, PROBING);

onBothBuilds("after a conflict another address can be tried; after ten, one a minute " +
  "[RFC5227-2.1.1e]", (lab) => {
  const rival = new EthernetHost(lab, 9);
  for (let count = 1; count <= 12; count++) {
    const address = `10.0.0.${100 + count}`;
    const options = { kind: "ethernet" as const, mac: "02:00:00:00:00:01", probe: true };
    if (count > 1) lab.stack.configure({ ...options, address: `${address}/24` });
    assert.throws(() => lab.stack.configure({ ...options, address: "10.0.0.99/24" }));
    const waited = lab.waitForFrame();
    assert.ok(count <= 10 ? waited <= 1 : waited >= 60 && waited <= 61, `${count}: ${waited}`);
    const own = count === 1 ? OWN_ADDRESS : address;
    assert.deepEqual(hearsArp(lab), [`probe ${own}`]);
    lab.receive(rival.arp(REPLY, OWN_MAC, own, OWN_MAC, own));
    assert.equal(lab.stack.addressPhase, "CONFLICT");
  }
}, PROBING);

onBothBuilds("another address, tried after a conflict, is used when nobody has it " +
  "[RFC5227-2.1.1e]", (lab) => {
  const rival = new EthernetHost(lab, 9);
  lab.receive(rival.arp(REQUEST, BROADCAST, OWN_ADDRESS, NO_MAC, NOBODY));
  lab.stack.configure({
    kind: "ethernet", mac: "02:00:00:00:00:01", address: "10.0.0.50/24", probe: true,
  });
  lab.wait(10);
  assert.equal(lab.stack.addressPhase, "READY");
  lab.ignoreFrames();
  rival.asks("10.0.0.50");
  assert.deepEqual(hearsArp(lab), ["10.0.0.50 is here, to 2:0:0:0:0:9"]);
  rival.asks();
  assert.deepEqual(hearsArp(lab), []);
}, PROBING);

onBothBuilds("an address that has been probed for is announced: twice, two seconds apart " +
  "[RFC5227-2.3]", (lab) => {
  probe(lab);
  lab.wait(10);
  const announced = lab.frames.filter(({ atUs }) => atUs > 0).slice(3);
  assert.equal(announced.length, 2);
  assert.ok(Math.abs(announced[1]!.atUs - announced[0]!.atUs - 2e6) < 2e3);
  assert.deepEqual(hearsArp(lab).slice(3), ["announce 10.0.0.1", "announce 10.0.0.1"]);
}, PROBING);

onBothBuilds("replies go to who asked, never to all; to a probe, too [RFC5227-2.6]", (lab) => {
  const host = new EthernetHost(lab, 9);
  host.asks();
  lab.receive(host.arp(REQUEST, BROADCAST, OWN_ADDRESS, NO_MAC, NOBODY));
  assert.deepEqual(hearsArp(lab), new Array(2).fill("10.0.0.1 is here, to 2:0:0:0:0:9"));
}, ETHERNET);

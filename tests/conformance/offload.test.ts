/**
 * A driver that takes on checksums and segmentation (docs/embedding.md, "Offload"), on the way in:
 * what it says of a checksum is believed, and several segments may come as one.
 */
import assert from "node:assert/strict";
import { ReceiveFlag } from "../../assembly/abi/parameters.js";
import { Err } from "../../assembly/abi/error.js";
import { Stack } from "../../host/stack.js";
import { fragmentsOf } from "../support/fragments.js";
import { type Lab, type LabOptions, OWN_ADDRESS, onBothBuilds } from "../support/lab.js";
import { type Remote, accepted } from "../support/remote.js";
import { type SegmentExtras, ipPacket, textOf } from "../support/segment_line.js";
import { Protocol, put16 } from "../support/wire.js";

const MSS = 1460;
const RING = 65536;

const OFFLOAD: LabOptions = {
  onlyNode: true,
  budget: { mtu: 65535, receiveRing: RING, sendRing: RING },
  interface: { mtu: 1500, offload: true },
};

/** The driver has found the checksum right, or it was never made. */
const UNFINISHED: SegmentExtras = { spoil: (packet, tcp) => put16(packet, tcp + 16, 0x1234) };

/** Hands over a packet of which the driver says that its checksum is not to be looked at. */
function takeChecked(lab: Lab, packet: Uint8Array): void {
  lab.stack.receive(packet, lab.nowUs, ReceiveFlag.Checked);
  lab.turn();
}

/** The remote's segments have been joined by the driver. */
function saysJoined(lab: Lab, remote: Remote, line: string, extras: SegmentExtras = {}): void {
  takeChecked(lab, remote.frame(line, { ...UNFINISHED, ...extras }));
}

onBothBuilds("a checksum that the driver has looked at is not looked at; any other is " +
  "[MUST-3]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+100 ack 1", UNFINISHED);
  assert.deepEqual(remote.hears(), [], "dropped");
  assert.equal(lab.stack.counter("DropTcpChecksum"), 1);
  saysJoined(lab, remote, "PA 1+100 ack 1");
  assert.deepEqual(lab.read(handle), textOf(1, 100));
  remote.says("PA 101+100 ack 1", UNFINISHED);
  assert.equal(lab.stack.counter("DropTcpChecksum"), 2, "it was said of one packet only");
  lab.wait(0.5);
  assert.deepEqual(remote.hears(), ["A 1 ack 101"]);
}, OFFLOAD);

onBothBuilds("segments that come as one are acknowledged at once, and are no larger for that " +
  "[MUST-67]", (lab) => {
  const { remote, handle } = accepted(lab);
  saysJoined(lab, remote, `A 1+${10 * MSS} ack 1`);
  assert.deepEqual(remote.hears(), [`A 1 ack ${1 + 10 * MSS}`], "ten segments: at once");
  assert.deepEqual(lab.read(handle), textOf(1, 10 * MSS));
  remote.hears();
  // Every second full segment still draws an ACK, so nobody thinks that one is larger.
  const next = 1 + 10 * MSS;
  remote.says(`A ${next}+${MSS} ack 1`);
  assert.deepEqual(remote.hears(), []);
  remote.says(`A ${next + MSS}+${MSS} ack 1`);
  assert.deepEqual(remote.hears(), [`A 1 ack ${next + 2 * MSS}`]);
}, OFFLOAD);

onBothBuilds("the MSS that we announce is the interface's, whatever frames we take [MUST-67]",
  (lab) => {
    const listener = lab.stack.listen({ port: 80 });
    const { remote } = accepted(lab, { ownPort: 81 });
    assert.notEqual(listener, 0);
    assert.equal(remote.last!.mss, MSS);
  }, OFFLOAD);

onBothBuilds("segments that come as one fill holes, lie beyond them, and end at the window " +
  "[SHLD-31]", (lab) => {
  const { remote, handle } = accepted(lab);
  saysJoined(lab, remote, `A ${1 + MSS}+${20 * MSS} ack 1`);
  assert.deepEqual(remote.hears(), ["A 1 ack 1"], "beyond a hole");
  saysJoined(lab, remote, `A 1+${5 * MSS} ack 1`);
  assert.deepEqual(remote.hears(), [`A 1 ack ${1 + 21 * MSS}`], "the hole, and what was there");
  saysJoined(lab, remote, `PA ${1 + 21 * MSS}+60000 ack 1`);
  assert.deepEqual(remote.hears(), [`A 1 ack ${1 + 65535}`], "as far as the window goes");
  assert.deepEqual(lab.read(handle), textOf(1, 65535));
  remote.hears();
}, OFFLOAD);

onBothBuilds("the largest packet there is, is taken", (lab) => {
  const { remote, handle } = accepted(lab);
  saysJoined(lab, remote, `FPA 1+${65535 - 40} ack 1`);
  assert.deepEqual(remote.hears(), [`A 1 ack ${1 + 65495 + 1}`]);
  assert.deepEqual(lab.read(handle), textOf(1, 65495));
  assert.deepEqual(lab.newsOf(handle), ["readable", "peerFinished"]);
  remote.hears();
}, OFFLOAD);

onBothBuilds("what is said of a fragment says nothing of the datagram [MUST-3]", (lab) => {
  const { remote, handle } = accepted(lab);
  for (const fragment of fragmentsOf(remote.frame("PA 1+100 ack 1", UNFINISHED), [0, 64])) {
    takeChecked(lab, fragment);
  }
  assert.equal(lab.stack.counter("DropTcpChecksum"), 1);
  assert.deepEqual(lab.read(handle), Buffer.alloc(0));
}, OFFLOAD);

onBothBuilds("a UDP datagram whose checksum was never made is refused as any other", (lab) => {
  const datagram = Uint8Array.of(0x12, 0x34, 0, 9, 0, 12, 0xab, 0xcd, 1, 2, 3, 4);
  const ends = { source: "10.0.0.9", destination: OWN_ADDRESS };
  lab.receive(ipPacket(Protocol.Udp, ends, datagram));
  assert.equal(lab.stack.counter("DropUdpChecksum"), 1);
  takeChecked(lab, ipPacket(Protocol.Udp, ends, datagram));
  assert.equal(lab.stack.counter("DropUdpPort"), 1);
  assert.equal(lab.frames.splice(0).length, 1, "port unreachable");
}, OFFLOAD);

onBothBuilds("flags that nobody knows are refused, by boards that a checksum is right", (lab) => {
  const { exports } = lab.stack.core;
  const checked = lab.build === "board" ? Err.Invalid : 0;
  assert.equal(exports.receive(0, 20, ReceiveFlag.Checked, 0), checked);
  assert.equal(exports.receive(0, 20, ReceiveFlag.News, 0), 0);
  assert.equal(exports.receive(0, 20, ReceiveFlag.News << 1, 0), Err.Invalid);
  assert.equal(exports.receive(0, 20, 0x8000_0000, 0), Err.Invalid);
  if (lab.build === "node") return;
  const other = Stack.createSync({ module: "board" });
  assert.throws(() => other.configure({ address: "10.0.0.1/24", offload: true }), /EINVAL/);
});

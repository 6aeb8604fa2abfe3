/** Segments that answer each other: between two ends, and between an end and itself. */
import assert from "node:assert/strict";
import { OWN_ADDRESS } from "../support/lab.js";
import { packetOf } from "../support/segment_line.js";
import { PEER_ADDRESS, PORT, type Scene, attack } from "./scene.js";

/** Segment numbers that the attacker has seen, as the peer must take them for ours. */
function forgeToPeer(scene: Scene, line: string): Uint8Array {
  const { receiveNext, sendNext, remotePort } = scene.flow.status;
  return packetOf(line, {
    source: OWN_ADDRESS, destination: PEER_ADDRESS, sourcePort: PORT, destinationPort: remotePort,
    sourceIsn: sendNext, destinationIsn: receiveNext,
  });
}

attack("text put in on both sides: each end acknowledges what the other never sent, and they do " +
  "not shout at each other for ever [RFC5961-7a]", (scene) => {
  scene.peer.receive(forgeToPeer(scene, "PA 0+20 ack 0"), scene.lab.nowUs);
  scene.strike(scene.forge("PA 0+20 ack 0"));
  const before = scene.lab.stack.counter("FramesOut");
  for (let seconds = 0; seconds < 60; seconds++) {
    scene.flow.say(10);
    scene.wait(1);
  }
  const sent = scene.lab.stack.counter("FramesOut") - before;
  // Ten challenges in four seconds, and what each of the sixty writes needs.
  assert.ok(sent <= 400, `${sent} frames in a minute`);
}, { isInsider: true, mostEcho: 50 });

attack("LAND: segments from ourselves, from our port to the same port [RFC1122-3.2.1.3c, MUST-63]",
  (scene) => {
    const { remotePort } = scene.flow.status;
    const lines = ["S 0", "SA 0 ack 1", "A 0 ack 0", "PA 0+10 ack 0", "FA 0 ack 0", "R 0"];
    scene.strikes([PORT, remotePort].flatMap((port) => lines.map((line) => () => packetOf(line, {
      source: OWN_ADDRESS, destination: OWN_ADDRESS, sourcePort: port, destinationPort: PORT,
      sourceIsn: 1000, destinationIsn: 1000,
    }))));
    assert.equal(scene.answered, 0);
    assert.equal(scene.lab.stack.counter("DropIpSource"), 2 * lines.length);
  });

attack("RSTs and refusals are never answered, so that two cannot refuse each other " +
  "[S13]", (scene) => {
  const nobody = { source: "10.0.0.66", destination: OWN_ADDRESS, sourcePort: 7,
    sourceIsn: 0, destinationIsn: 0 };
  for (const destinationPort of [PORT, 9]) {
    scene.strikes(["R 0", "RA 0 ack 5", "SR 0", "FRA 5 ack 5", "RPA 5+9 ack 5"].map((line) => () =>
      packetOf(line, { ...nobody, destinationPort })));
  }
  assert.equal(scene.answered, 0);
});

attack("keep-alive probes, thousands of them: one answer each, no more [S21]", (scene) => {
  scene.strikes(Array.from({ length: 2000 }, () => () => scene.forge("A -1 ack 0")));
  assert.ok(scene.answered <= scene.struck);
});

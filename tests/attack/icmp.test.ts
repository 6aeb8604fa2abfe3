/** Forged ICMP (RFC 5927): errors about the connection from an attacker who sees none of it. */
import assert from "node:assert/strict";
import { OWN_ADDRESS } from "../support/lab.js";
import { UNREACHABLE, errorAbout } from "../support/router.js";
import { ipPacket } from "../support/segment_line.js";
import { Protocol, repairTransport } from "../support/wire.js";
import { around } from "./guesses.js";
import { ATTACKER, PEER_ADDRESS, PORT, type Scene, attack } from "./scene.js";

const FRAGMENTATION_NEEDED = 4;
const REDIRECT = 5;
const ERRORS = [
  ...Array.from({ length: 16 }, (_, code) => [UNREACHABLE, code]),
  [4, 0], [11, 0], [11, 1], [12, 0],
] as [type: number, code: number][];

/** An error that quotes the number `seq` from SND.UNA; of the MTU, for fragmentation needed. */
function errorAt(scene: Scene, type: number, code: number, seq: number, mtu = 0): Uint8Array {
  const { remotePort, sendUnacknowledged } = scene.flow.status;
  const remote = {
    address: PEER_ADDRESS, port: remotePort, ownPort: PORT, ownIsn: sendUnacknowledged,
  };
  return errorAbout(remote, type, code, seq, mtu, { totalLen: 1500 });
}

/** A message of this type from the attacker. */
function message(...octets: number[]): Uint8Array {
  const ends = { source: ATTACKER, destination: OWN_ADDRESS };
  const packet = ipPacket(Protocol.Icmp, ends, Uint8Array.from(octets));
  repairTransport(packet, 0, packet.length);
  return packet;
}

attack("errors of all kinds about guessed numbers: none is believed [RFC5927-4.1]", (scene) => {
  // What is on its way at any moment is no more than this.
  const guesses = around().filter((seq, index) => (seq < 0 || seq > 5000) && index % 6 === 0);
  scene.strikes(guesses.flatMap((seq) =>
    ERRORS.map(([type, code]) => () => errorAt(scene, type, code, seq))));
  assert.equal(scene.answered, 0);
  assert.equal(scene.flow.status.softError, "none");
});

attack("hard errors about what is on its way: heard of, and the connection goes on " +
  "[RFC5927-5.2, MUST-56]", (scene) => {
  for (const [type, code] of ERRORS) {
    if (type === UNREACHABLE && code === FRAGMENTATION_NEEDED) continue;
    scene.flow.say(500);
    scene.strike(errorAt(scene, type, code, 0));
    scene.flow.exchange(500);
  }
});

attack("MTUs of 0 to 1500 about guessed numbers: segments stay as large [RFC5927-7.2]", (scene) => {
  const { segmentSize } = scene.flow.status;
  for (const mtu of [0, 1, 68, 296, 552, 576, 1006, 1499]) {
    const guesses = around().filter((seq, index) => (seq < 0 || seq > 5000) && index % 16 === 0);
    scene.strikes(guesses.map((seq) =>
      () => errorAt(scene, UNREACHABLE, FRAGMENTATION_NEEDED, seq, mtu)));
  }
  assert.equal(scene.flow.status.segmentSize, segmentSize);
});

attack("an MTU of 68 about what is on its way: an ACK refutes it, segments stay as large " +
  "[RFC5927-7.2, RFC1191-3b]", (scene) => {
  scene.flow.exchange(4000);
  scene.flow.exchange(4000);
  const { segmentSize } = scene.flow.status;
  for (let count = 0; count < 100; count++) {
    scene.flow.say(2000);
    scene.strike(errorAt(scene, UNREACHABLE, FRAGMENTATION_NEEDED, 0, 68));
    scene.flow.exchange(0);
  }
  assert.equal(scene.flow.status.segmentSize, segmentSize);
});

attack("source quench and redirects change nothing [MUST-55, RFC1122-3.2.2.2c]", (scene) => {
  const { congestionWindow } = scene.flow.status;
  scene.strikes(around().filter((_, index) => index % 4 === 0)
    .flatMap((seq) => [4, REDIRECT].map((type) => () => errorAt(scene, type, 0, seq))));
  scene.strikes([0, 1, 2, 3].map((code) => () => errorAt(scene, REDIRECT, code, 0)));
  assert.ok(scene.flow.status.congestionWindow >= congestionWindow);
});

attack("messages cut short, of unknown types, with quotes of nothing [RFC1122-3.2.2a]", (scene) => {
  const types = Array.from({ length: 256 }, (_, type) => type).filter((type) => type !== 8);
  scene.strikes(types.map((type) => () => message(type, 0, 0, 0, 0, 0, 0, 0)));
  const whole = errorAt(scene, UNREACHABLE, 3, 0);
  scene.strikes(Array.from({ length: whole.length - 21 }, (_, cut) => () => {
    const packet = ipPacket(
      Protocol.Icmp, { source: ATTACKER, destination: OWN_ADDRESS },
      whole.subarray(20, whole.length - 1 - cut));
    repairTransport(packet, 0, packet.length);
    return packet;
  }));
  assert.equal(scene.answered, 0);
});

attack("a flood of echoes: one answer each at the most, and the stream goes on " +
  "[RFC1122-3.2.2.6a]", (scene) => {
  scene.strikes(Array.from({ length: 500 }, (_, index) => () =>
    message(8, 0, 0, 0, 0, 1, index >> 8, index & 255, ...new Uint8Array(index))));
});

/** Attacks on timestamps and PAWS (RFC 7323): TS.Recent must not be what an attacker says. */
import assert from "node:assert/strict";
import { around } from "./guesses.js";
import { type Scene, attack } from "./scene.js";

const WITH_TIMESTAMPS = { timestamps: true };
/** Values all around the clock: some are newer than any that the peer sends. */
const VALUES = Array.from({ length: 16 }, (_, index) => (index * 0x10000000 + 5) >>> 0);

/** A segment with timestamps of its own. */
function forgeAt(scene: Scene, line: string, value: number): Uint8Array {
  const octets = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
  return scene.forge(line, { options: [1, 1, 8, 10, ...octets, 0, 0, 0, 0] });
}

attack("a segment in the window with an ACK that cannot be does not set TS.Recent " +
  "[RFC7323-4.3a, RFC5961-5.2a]", (scene) => {
  assert.ok(scene.flow.status.flags.includes("timestamps"));
  for (const ack of [1, 70_000, 2 ** 30, -70_000_000]) {
    for (const line of [`A 0 ack ${ack}`, `PA 0+10 ack ${ack}`, `PA -5+20 ack ${ack}`]) {
      scene.strikes(VALUES.map((value) => () => forgeAt(scene, line, value)));
    }
  }
}, WITH_TIMESTAMPS);

attack("a segment without ACK does not set TS.Recent [RFC7323-4.3a]", (scene) => {
  for (const line of ["P 0+10", "F 0", "S 0", " 0+1"]) {
    scene.strikes(VALUES.map((value) => () => forgeAt(scene, line, value)));
  }
}, WITH_TIMESTAMPS);

attack("segments outside the window do not set TS.Recent [RFC7323-4.3a]", (scene) => {
  const outside = around().filter((seq, index) => (seq > 4096 || seq < -20) && index % 8 === 0);
  scene.strikes(outside.flatMap((seq) =>
    VALUES.map((value) => () => forgeAt(scene, `PA ${seq}+10 ack 0`, value))));
}, WITH_TIMESTAMPS);

attack("blind text without timestamps does not get in [RFC7323-3.2c]", (scene) => {
  scene.strikes([0, 1, 5, 100, 4000].map((seq) => () => scene.forge(`PA ${seq}+10 ack 0`)));
  assert.equal(scene.answered, 0);
}, WITH_TIMESTAMPS);

attack("timestamps options of every length and in every place [MUST-7]", (scene) => {
  scene.strikes(Array.from({ length: 40 }, (_, length) => () => {
    const fill = new Array<number>(Math.max(0, Math.min(38, length - 2))).fill(255);
    return scene.forge("PA 0+10 ack 5", { options: [8, length, ...fill] });
  }));
}, WITH_TIMESTAMPS);

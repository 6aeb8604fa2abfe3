/**
 * An attacker who knows both addresses and both ports, and sees nothing (RFC 5961): segments with
 * guessed numbers neither end the connection nor get into its stream.
 */
import assert from "node:assert/strict";
import { around, inWindow } from "./guesses.js";
import { type Scene, attack } from "./scene.js";

/** Answers that guesses draw from a connection in 4 seconds at the most (RFC 5961 section 7). */
const CHALLENGES = 10;

/** The segments strike one after the other; what they draw is limited. */
function forgeAll(scene: Scene, lines: string[]): void {
  const beganUs = scene.lab.atUs;
  scene.strikes(lines.map((line) => () => scene.forge(line)));
  const whiles = Math.ceil((scene.lab.atUs - beganUs) / 4e6) + 1;
  assert.ok(scene.answered <= CHALLENGES * whiles, `${scene.answered} answers`);
}

attack("blind RST, all around the sequence space [RFC5961-3.2a, RFC5961-3.2c, S13]", (scene) => {
  forgeAll(scene, around().flatMap((seq) => [`R ${seq}`, `RA ${seq} ack 0`]));
});

attack("blind RST, swept through the window: none is at RCV.NXT [RFC5961-3.2c, S13]", (scene) => {
  forgeAll(scene, inWindow(2000).map((seq) => `R ${seq}`));
});

attack("blind SYN, everywhere, at RCV.NXT too [RFC5961-4.2, S28]", (scene) => {
  forgeAll(scene, [0, ...around()].flatMap((seq) => [`S ${seq}`, `SA ${seq} ack 0`]));
});

attack("blind SYN with text and FIN [RFC5961-4.2]", (scene) => {
  forgeAll(scene, [0, ...around()].map((seq) => `SFP ${seq}+20`));
});

attack("blind text outside the window: answered, not taken [RFC5961-5.2a, S23]", (scene) => {
  const outside = around().filter((seq) => seq >= 4096 || seq < -5000);
  forgeAll(scene, outside.map((seq) => `PA ${seq}+20 ack 0`));
});

attack("blind text in the window with an ACK that cannot be [RFC5961-5.2a]", (scene) => {
  const impossible = around().filter((ack) => ack > 0 || ack < -66_000);
  forgeAll(scene, impossible.flatMap((ack) => [`PA 0+20 ack ${ack}`, `PA 50+20 ack ${ack}`]));
  assert.equal(scene.flow.status.outOfOrder, 0);
});

attack("blind FIN with an ACK that cannot be [RFC5961-5.2a, S07]", (scene) => {
  const impossible = around().filter((ack) => ack > 0 || ack < -66_000);
  forgeAll(scene, impossible.map((ack) => `FA 0 ack ${ack}`));
  assert.equal(scene.flow.status.state, "ESTABLISHED");
});

attack("blind ACK, all around both sequence spaces [RFC5961-5.2a]", (scene) => {
  const acks = around().filter((_, index) => index % 8 === 0);
  const lines = around().filter((_, index) => index % 4 === 0)
    .flatMap((seq) => acks.map((ack) => `A ${seq} ack ${ack}`));
  forgeAll(scene, lines);
});

attack("segments without ACK, without any flag, with all of them [RFC5961-4.2]", (scene) => {
  const flags = ["", "P", "F", "U", "FPU", "SFRPAU", "SFRPU", "SR"];
  forgeAll(scene, [1, -1, 50, 5000, -5000, 2 ** 31].flatMap((seq) =>
    flags.map((letters) => `${letters} ${seq}+5${letters.includes("A") ? " ack 0" : ""}`)));
});

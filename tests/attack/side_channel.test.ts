/**
 * What an attacker learns of a connection by counting the answers on another, its own (the attack
 * on RFC 5961's common limit, CVE-2016-5696): nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Build, onBothBuilds } from "../support/lab.js";
import { accepted } from "../support/remote.js";
import { meteredModule } from "../support/work_meter.js";
import { ATTACKER, PORT, Scene } from "./scene.js";

/** More than any limit on one connection. */
const PROBES = 200;

/** Challenge ACKs that the attacker gets on its own connection, after guesses at another. */
async function challengesAfter(build: Build, guess: string, guesses: number): Promise<number> {
  const scene = new Scene(build, { module: await meteredModule(build) });
  const { remote } = accepted(scene.lab, { address: ATTACKER, ownPort: PORT + 1 });
  // A whole while, so that both scenes have used up as much before.
  scene.wait(10);
  for (let count = 0; count < guesses; count++) scene.strike(scene.forge(guess));
  for (let count = 0; count < PROBES; count++) scene.strikeOwn(remote.frame("R 500"));
  return remote.hears().length;
}

for (const build of ["node", "board"] as const) {
  test(`guesses that hit the window of another connection, and guesses that do not, leave the ` +
    `attacker as many challenges [RFC5961-7c] [${build}]`, async () => {
    const hit = await challengesAfter(build, "R 100", 10);
    assert.ok(hit > 0, "challenges come at all");
    assert.equal(await challengesAfter(build, "R 1000000", 10), hit);
    assert.equal(await challengesAfter(build, "R 100", 0), hit);
    assert.equal(await challengesAfter(build, "S 7", 10), hit);
  });
}

onBothBuilds("the common limit is another one each second: who uses it up learns no number " +
  "[RFC5961-7c]", (lab) => {
  const remotes = Array.from({ length: 4 }, (_, index) =>
    accepted(lab, { address: ATTACKER, port: 1000 + index, ownPort: 100 + index }).remote);
  const sums = new Set<number>();
  for (let rounds = 0; rounds < 20; rounds++) {
    for (let count = 0; count < 20; count++) {
      for (const remote of remotes) lab.receive(remote.frame("R 500"));
    }
    sums.add(remotes.reduce((sum, remote) => sum + remote.hears().length, 0));
    lab.wait(5);
  }
  assert.ok(sums.size >= 4, `${[...sums].join(", ")} in a second`);
}, { budget: { challenges: 20, listeners: 4 } });

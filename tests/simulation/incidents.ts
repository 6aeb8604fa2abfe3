/** What befalls a run from outside: cut lines, narrow paths, closed listeners, forks, sleep. */
import { Random } from "../../host/link/random.js";
import type { Side } from "../support/flow_watch.js";
import type { Pair } from "../support/pair.js";
import type { Incident } from "./plan.js";

/** What an incident needs of a run. */
export interface Scene {
  readonly pair: Pair;
  befall(delayUs: number, action: () => void): void;
  openListener(side: Side): void;
  closeListener(side: Side): void;
}

const JUNK_FRAMES = 30;
const JUNK_SEED = 77;

/** Sees to it that the incident happens when its time has come. */
export function happen(scene: Scene, incident: Incident): void {
  scene.befall(incident.atUs, () => begin(scene, incident));
}

function begin(scene: Scene, incident: Incident): void {
  const { stations } = scene.pair;
  switch (incident.kind) {
    case "cut":
      for (const station of stations) station.isCut = true;
      scene.befall(incident.forUs, () => stations.forEach((station) => (station.isCut = false)));
      return;
    case "close listener":
      scene.closeListener(incident.side);
      scene.befall(incident.forUs, () => scene.openListener(incident.side));
      return;
    case "fork":
      stations[incident.side].fork();
      scene.befall(incident.forUs, () => stations[incident.side].endFork());
      return;
    case "restore":
      if (!stations[incident.side].isForked) goBack(scene.pair, incident.side, incident.reseed);
      return;
    case "narrow": {
      const narrow = scene.pair.narrows[incident.side];
      if (narrow === undefined) return;
      narrow.pathMtu = incident.mtu;
      narrow.isSilent = incident.isSilent;
      scene.befall(incident.forUs, () => (narrow.pathMtu = Infinity));
      return;
    }
    case "sleep":
      for (const station of stations) station.do((stack) => stack.sleep(incident.seconds));
      for (const station of stations) station.turn();
  }
}

/** The stack lives through something, is put back, and must not remember. */
function goBack(pair: Pair, side: Side, reseed: boolean): void {
  const station = pair.stations[side];
  const { stack } = station;
  const nowUs = pair.clock.now();
  const image = stack.snapshot();
  const random = new Random(JUNK_SEED);
  for (let count = 0; count < JUNK_FRAMES; count++) {
    const junk = random.fill(new Uint8Array(random.between(1, 200)));
    if (station.link.kind === "serial") stack.serialReceive(junk, nowUs);
    else stack.receive(junk, nowUs);
  }
  for (const entry of [...stack.entries("connections")]) {
    if (entry.handle !== 0) stack.abort(entry.handle);
  }
  for (let count = 0; count < JUNK_FRAMES; count++) stack.transmit(nowUs);
  stack.restore(image, reseed ? { entropy: random.fill(new Uint8Array(32)) } : { reseed });
  station.turn();
}

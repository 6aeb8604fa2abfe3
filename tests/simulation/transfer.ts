/**
 * The transfer of issue 2, line 8: one connection, 200 KB each way, on a very bad line. Builds,
 * links and sizes take turns with the seeds.
 */
import type { LinkType } from "../../host/link/link.js";
import { Random } from "../../host/link/random.js";
import type { SideOptions } from "../support/pair.js";
import type { Script } from "./endpoint.js";
import type { Plan } from "./plan.js";

export const TRANSFER_OCTETS = 200_000;

const LINKS: LinkType[] = ["ethernet", "ip", "serial"];
const RATES = [0, 1e6, 1e8];

/** An application that sends all it has, reads all that comes, and leaves when both are done. */
const SCRIPT: Script = {
  sendLen: TRANSFER_OCTETS,
  writeMost: 20_000,
  writePauseUs: 0,
  readMost: 65_536,
  readPauseUs: 0,
  readDelayUs: 0,
  leave: "finish",
  abortAfterUs: 0,
  options: {},
};

export function transferPlan(seed: number): Plan {
  const random = new Random(seed, 3);
  const build = seed % 2 === 0 ? "node" : "board";
  const link = LINKS[seed % 3]!;
  return {
    seed, link, mtu: 1500,
    wire: {
      seed, loss: 0.1, reorder: 0.1, duplicate: 0.05, corrupt: 0.01,
      delayMs: random.below(50), rateBitsPerSecond: RATES[random.below(RATES.length)]!,
    },
    sides: [sideOf(build, random), sideOf(build, random)],
    startUs: random.below(2 ** 32),
    wrap: seed % 10 === 0 ? "sequence numbers" : "none",
    connections: [{ opener: 0, localPort: 0, atUs: 0, scripts: [SCRIPT, SCRIPT] }],
    backlog: 16,
    acceptDelayUs: 0,
    incidents: [],
    isStrict: true,
  };
}

/** Rings as in the default budget of either build; a board has room for few of them. */
function sideOf(build: "node" | "board", random: Random): SideOptions {
  const entropy = random.fill(new Uint8Array(32));
  const budget = build === "board"
    ? { connections: 4, receiveRing: 2048, sendRing: 2048, mslSeconds: 60 }
    : { connections: 8, receiveRing: 65_536, sendRing: 65_536, mslSeconds: 60 };
  return { module: build, budget, entropy };
}

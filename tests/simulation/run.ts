/**
 * `npm run sim -- --seed N --seconds S`: random runs of the simulated network, one after the other
 * from a seed on, for so many seconds (without --seconds: just the one). What fails is told with
 * its seed, a capture, and the command that shows it again.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COUNTER_NAMES, type CounterName } from "../../host/names.js";
import type { LinkType } from "../../host/link/link.js";
import type { WireOptions } from "../../host/link/wire.js";
import { drawPlan, paced, type Plan, type Wishes } from "./plan.js";
import { transferPlan } from "./transfer.js";
import { World } from "./world.js";

const HELP = `\
npm run sim -- [--seed N] [--seconds S] [--count N] [--verbose] [what to fix, else drawn by seed]
  --build node|board  --board   the module on both sides
  --link ethernet|ip|serial
  --loss P --duplicate P --reorder P --corrupt P --delay MS
  --transfer                the transfer of thousand.test.ts instead
  --pacing                  all ends that are of the build for Node are paced
`;

/** Where captures of failures go: the next one of the same seed takes the place of the last. */
const CAPTURES = join("build", "captures");

/** What a command line asks for. */
interface Request extends Wishes {
  transfer?: true;
  pacing?: true;
}

function planOf(seed: number, { transfer, pacing, ...wishes }: Request): Plan {
  const plan = transfer === true ? transferPlan(seed) : drawPlan(seed, wishes);
  return pacing === true ? paced(plan) : plan;
}

/** Runs one seed. Throws what failed, with the replay command in the message. */
export function runSeed(seed: number, wishes: Request = {}): World {
  const world = new World(planOf(seed, wishes));
  try {
    world.run();
    return world;
  } catch (error) {
    const failure = error as Error;
    failure.message = `seed ${seed}: ${failure.message}\n  replay: ${replayCommand(seed, wishes)}`;
    throw failure;
  }
}

function replayCommand(seed: number, wishes: Request): string {
  const given = Object.entries(wishes).map(([name, value]) =>
    value === true ? `--${name}` : `--${name === "delayMs" ? "delay" : name} ${value}`);
  return ["npm run sim --", `--seed ${seed}`, ...given].join(" ");
}

/** The same run once more, recorded. Returns where the captures are. */
async function capture(seed: number, wishes: Request): Promise<string> {
  mkdirSync(CAPTURES, { recursive: true });
  const prefix = join(CAPTURES, `seed-${seed}`);
  const world = new World(planOf(seed, wishes), prefix);
  try {
    world.run();
  } catch {
    // Known: it is why we are here.
  }
  await world.pair.close();
  return `${prefix}-left.pcapng and ${prefix}-right.pcapng`;
}

function describePlan(plan: Plan): string {
  const { wire, sides, link, mtu } = plan;
  const ring = (side: 0 | 1): string => {
    const { module, budget } = plan.sides[side];
    return `${module as string} ${budget.connections}x${budget.receiveRing}/${budget.sendRing}`;
  };
  return [
    `${link} ${mtu}`, `${ring(0)} | ${ring(1)}`,
    `loss ${wire.loss} dup ${wire.duplicate} reorder ${wire.reorder} corrupt ${wire.corrupt}`,
    `delay ${wire.delayMs} ms rate ${wire.rateBitsPerSecond}`, describePath(wire),
    `${plan.connections.length} connections`, plan.isStrict ? "strict" : "rough",
    ...plan.incidents.map(({ kind }) => kind), plan.wrap === "none" ? "" : `wraps ${plan.wrap}`,
    sides.some((side) => side.interface?.probe) ? "probe" : "",
  ].filter((part) => part !== "").join(", ");
}

function describePath({ lossBurst, lossAt, reorderFrames, queueOctets }: WireOptions): string {
  const facts = { lossBurst, lossAt, reorderFrames, queueOctets };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return known.map(([name, value]) => `${name} ${value}`).join(" ");
}

/** Adds what both stacks have counted. */
export function addCounters(total: Map<CounterName, number>, world: World): void {
  for (const { stack } of world.pair.stations) {
    const counted = stack.counters();
    for (const name of COUNTER_NAMES) total.set(name, (total.get(name) ?? 0) + counted[name]);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" }, seconds: { type: "string" },
      count: { type: "string" }, verbose: { type: "boolean" }, help: { type: "boolean" },
      build: { type: "string" }, board: { type: "boolean" }, link: { type: "string" },
      loss: { type: "string" }, duplicate: { type: "string" }, reorder: { type: "string" },
      corrupt: { type: "string" }, delay: { type: "string" }, transfer: { type: "boolean" },
      pacing: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const wishes = readWishes(values);
  const untilMs = performance.now() + 1000 * Number(values.seconds ?? 0);
  const total = new Map<CounterName, number>();
  const first = Number(values.seed);
  const last = values.count === undefined ? Infinity : first + Number(values.count) - 1;
  let failed = 0;
  for (let seed = first; ; seed++) {
    const startMs = performance.now();
    let outcome = "ok";
    try {
      addCounters(total, runSeed(seed, wishes));
    } catch (error) {
      failed++;
      outcome = `FAILED\n${(error as Error).stack}\n  capture: ${await capture(seed, wishes)}`;
    }
    const isShown = outcome !== "ok" || values.verbose === true || untilMs === Infinity;
    const took = `${Math.round(performance.now() - startMs)} ms`;
    if (isShown) console.log(`${seed}: ${describePlan(planOf(seed, wishes))} (${took}) ${outcome}`);
    const isLast = values.count === undefined ? performance.now() >= untilMs : seed >= last;
    if (!isLast) continue;
    console.log(`${seed - first + 1} runs, ${failed} failed`);
    if (values.verbose) console.log(Object.fromEntries(total));
    return failed === 0 ? 0 : 1;
  }
}

function readWishes(values: Record<string, string | boolean | undefined>): Request {
  const wishes: Request = {};
  if (values.transfer === true) wishes.transfer = true;
  if (values.pacing === true) wishes.pacing = true;
  if (values.board === true) wishes.build = "board";
  if (values.build !== undefined) {
    wishes.build = oneOf<"node" | "board">("build", values.build, ["node", "board"]);
  }
  if (values.link !== undefined) {
    wishes.link = oneOf<LinkType>("link", values.link, ["ethernet", "ip", "serial"]);
  }
  for (const name of ["loss", "duplicate", "reorder", "corrupt"] as const) {
    if (values[name] !== undefined) wishes[name] = Number(values[name]);
  }
  if (values.delay !== undefined) wishes.delayMs = Number(values.delay);
  return wishes;
}

function oneOf<Name extends string>(option: string, given: unknown, names: Name[]): Name {
  const name = names.find((candidate) => candidate === given);
  if (name === undefined) throw new RangeError(`--${option} is one of ${names.join(", ")}`);
  return name;
}

// Run as a command, not imported by a test.
if (process.argv[1]?.endsWith("simulation/run.ts")) process.exitCode = await main();

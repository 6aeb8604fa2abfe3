/**
 * `npm run fuzz -- --seed N --frames M`: attacks with other seeds than the suite's, or one of them
 * again; and `--handshakes M` handshakes and closes from that seed on. Prints how often each reason
 * was counted.
 */
import { parseArgs } from "node:util";
import type { LinkType } from "../../host/link/link.js";
import { compileLong } from "../support/long.js";
import { Fuzzer, type FuzzOptions, type FuzzResult } from "./fuzzer.js";
import { reasonsOf } from "./targeted.js";
import { runSeeds } from "./watched.js";

export const BUILDS = ["node", "board"] as const;
export const LINKS: readonly LinkType[] = ["ethernet", "ip", "serial"];

const HELP = `\
npm run fuzz -- [--seed N] [--frames M] [--seconds S] [--build node|board] [--link LINK]
npm run fuzz -- --handshakes M [--seed N]
  Without --build or --link all of them in turn, and then a thousand handshakes; with --seconds,
  seed after seed.
`;
const HANDSHAKES = 1000;

/** Runs one attack. What goes wrong is thrown with the frame's number and the replay command. */
export function attack(options: FuzzOptions): FuzzResult {
  const fuzzer = new Fuzzer(options);
  try {
    return fuzzer.run();
  } catch (error) {
    const { build, link, seed, frames } = options;
    const wishes = `--build ${build} --link ${link} --seed ${seed} --frames ${frames}`;
    const failure = error as Error;
    const replay = `npm run fuzz -- ${wishes}`;
    failure.message = `frame ${fuzzer.frame}: ${failure.message}\n  replay: ${replay}`;
    throw failure;
  }
}

/** The reasons that a link knows and that were not counted. */
export function missingReasons(link: LinkType, { reasons }: FuzzResult): string[] {
  return reasonsOf(link).filter((name) => (reasons.get(name) ?? 0) === 0);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" }, frames: { type: "string", default: "1000000" },
      seconds: { type: "string", default: "0" }, build: { type: "string" },
      link: { type: "string" }, handshakes: { type: "string" }, help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (values.handshakes !== undefined) {
    return showHandshakes(Number(values.seed), Number(values.handshakes));
  }
  const builds = BUILDS.filter((build) => values.build === undefined || build === values.build);
  const links = LINKS.filter((link) => values.link === undefined || link === values.link);
  if (builds.length * links.length === 0) throw new RangeError(HELP);
  const untilMs = performance.now() + 1000 * Number(values.seconds);
  let failed = 0;
  for (let seed = Number(values.seed); ; seed++) {
    for (const build of builds) {
      for (const link of links) {
        failed += show({ build, link, seed, frames: Number(values.frames) });
      }
    }
    const isAll = values.build === undefined && values.link === undefined;
    if (isAll) failed += await showHandshakes(seed * HANDSHAKES, HANDSHAKES);
    if (performance.now() >= untilMs) return failed === 0 ? 0 : 1;
  }
}

/** Returns 1 if it failed. */
function show(options: FuzzOptions): number {
  const name = `${options.build} ${options.link} seed ${options.seed}`;
  try {
    const result = attack(options);
    const perSecond = Math.round(options.frames / result.seconds).toLocaleString("en");
    console.log(`${name}: ${perSecond} frames/s, ${result.delivered} honest octets arrived`);
    console.log(Object.fromEntries(result.reasons));
    console.log(`  missing: ${missingReasons(options.link, result).join(", ") || "none"}`);
    return 0;
  } catch (error) {
    console.log(`${name}: FAILED\n${(error as Error).stack}`);
    return 1;
  }
}

/** The same, of so many seeds of handshakes. */
async function showHandshakes(first: number, count: number): Promise<number> {
  try {
    const met = await runSeeds({ first, count, long: await compileLong() });
    console.log(`handshakes of seeds ${first} to ${first + count - 1}: met ${[...met].join(", ")}`);
    return 0;
  } catch (error) {
    // Which seed it was, the message has.
    console.log(`handshakes: FAILED\n${(error as Error).stack}`);
    console.log("  replay: npm run fuzz -- --handshakes 1 --seed SEED");
    return 1;
  }
}

if (process.argv[1]?.endsWith("fuzz/run.ts")) process.exitCode = await main();

/**
 * `npm run fuzz -- --seed N --frames M`: attacks with other seeds than the suite's, or one of them
 * again. Prints how often each reason was counted.
 */
import { parseArgs } from "node:util";
import type { LinkType } from "../../host/link/link.js";
import { Fuzzer, type FuzzOptions, type FuzzResult } from "./fuzzer.js";
import { reasonsOf } from "./targeted.js";

export const BUILDS = ["node", "board"] as const;
export const LINKS: readonly LinkType[] = ["ethernet", "ip", "serial"];

const HELP = `\
npm run fuzz -- [--seed N] [--frames M] [--seconds S] [--build node|board] [--link LINK]
  Without --build or --link all of them in turn; with --seconds, seed after seed.
`;

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

function main(): number {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" }, frames: { type: "string", default: "1000000" },
      seconds: { type: "string", default: "0" }, build: { type: "string" },
      link: { type: "string" }, help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
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

if (process.argv[1]?.endsWith("fuzz/run.ts")) process.exitCode = main();

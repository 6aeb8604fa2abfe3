/**
 * A second optimization of both modules, by the `binaryen` package: newer than the optimizer inside
 * the compiler, and told what to inline. A call costs two to three nanoseconds in Node, as much as
 * what many of our functions do, and there are a thousand of them for each full segment. Measured,
 * W1 of the benchmark with rings of 2 KiB:
 *
 *   board   only what makes the module smaller                40,250 octets   100 %
 *           always what is up to 16 long                      48,900           48 %
 *           hot calls alone (hot_calls.ts), as many as fit    40,900           60 %
 *           as many as pay                                    44,500           45 %
 *   Node    up to 40, and what has one caller                 67,000          100 %
 *           up to 100                                         77,000           96 %
 *           up to 300                                        121,000           92 % (W1 to W3)
 *           up to 600                                        138,000           94 %
 */
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import {
  parseSteps, splitText, withCopies, type ModuleText, type Step,
} from "./hot_calls.js";
import { withoutCustomSections } from "./wasm_sections.js";

/** What the board's engines have. */
const FEATURES = ["MutableGlobals", "SignExt", "NontrappingFPToInt", "BulkMemory", "BulkMemoryOpt"];

/** What `audit` allows for the board's module. */
export const MOST_BOARD_OCTETS = 40 * 1024 - 1;
const HOT_CALLS = new URL("hot_calls.txt", import.meta.url);
/** The products whose hot calls are inlined. */
const PROFILED = ["motetcp-board", "motetcp-small"];

/** The sizes are binaryen's: about the instructions of a function. */
interface Aims {
  shrinkLevel: number;
  /** A function so small is inlined whatever it costs. */
  alwaysInline: number;
  /**
   * Additions go into the offsets of loads and stores. Binaryen calls that the lowest 1,024 octets
   * being unused; what counts is that no address is ever made by going round beyond 2^32.
   */
  foldsOffsets: boolean;
}

/**
 * The one loop over all octets of a segment: alone in a function it has all registers. In the
 * three places where it would be inlined W1 with rings of 4 KiB took 3 % longer.
 */
const LONG_LOOP = "assembly/core/checksum/copyAndAdd";

const BOARD: Aims = { shrinkLevel: 2, alwaysInline: 3, foldsOffsets: true };
const NODE: Aims = { shrinkLevel: 0, alwaysInline: 300, foldsOffsets: false };

/** The same module, smaller or faster. Names of functions stay. */
export function optimize(bytes: Uint8Array, product: string): Uint8Array {
  if (product === "motetcp") return run(binaryen.readBinary(bytes), NODE);
  if (!PROFILED.includes(product)) return run(binaryen.readBinary(bytes), BOARD);
  return optimizeBoard(bytes, parseSteps(readFileSync(HOT_CALLS, "utf8")), MOST_BOARD_OCTETS);
}

/** Inlines the hot calls, the best first, as far as `most` octets go. */
export function optimizeBoard(bytes: Uint8Array, steps: readonly Step[], most: number): Uint8Array {
  const text = splitText(textOf(bytes));
  let best = withSteps(text, []);
  let count = stepsFor(steps, 0, most - lengthOf(best));
  for (let least = 0, limit = steps.length + 1; count > least && count < limit;) {
    const optimized = withSteps(text, steps.slice(0, count));
    const room = most - lengthOf(optimized);
    if (room >= 0) {
      best = optimized;
      least = count;
      count = Math.min(stepsFor(steps, count, room), limit - 1);
    } else {
      limit = count;
      count = Math.max(stepsFor(steps, count, room), least + (count - least >> 1));
    }
  }
  return best;
}

/** How many steps there are up to `count` and, as far as estimates go, `octets` more or less. */
function stepsFor(steps: readonly Step[], count: number, octets: number): number {
  let left = octets;
  while (left < 0 && count > 0) left += steps[--count]!.octets;
  while (count < steps.length && steps[count]!.octets <= left) left -= steps[count++]!.octets;
  return count;
}

function withSteps(text: ModuleText, steps: readonly Step[]): Uint8Array {
  return run(binaryen.parseText(withCopies(text, steps)), BOARD, ["inlining"]);
}

function lengthOf(module: Uint8Array): number {
  return withoutCustomSections(module).length;
}

/** The text form of a module. */
export function textOf(bytes: Uint8Array): string {
  const module = binaryen.readBinary(bytes);
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}

/** `first`: passes before the optimizer's own. */
function run(module: binaryen.Module, aims: Aims, first: string[] = []): Uint8Array {
  try {
    const features = binaryen.Features as unknown as Record<string, number>;
    const names = aims === BOARD ? FEATURES : [...FEATURES, "SIMD128"];
    module.setFeatures(names.reduce<number>((bits, name) => bits | features[name]!, 0));
    binaryen.setDebugInfo(true);
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(aims.shrinkLevel);
    binaryen.setAlwaysInlineMaxSize(aims.alwaysInline);
    binaryen.setFlexibleInlineMaxSize(aims.alwaysInline);
    binaryen.setLowMemoryUnused(aims.foldsOffsets);
    // A function that is called once is always cheaper in its caller.
    binaryen.setOneCallerInlineMaxSize(0xffffffff);
    // Before copies are found to be the same.
    if (first.length > 0) module.runPasses(first);
    if (aims === NODE) {
      binaryen.setPassArgument("no-inline", LONG_LOOP);
      module.runPasses(["no-inline"]);
    }
    module.optimize();
    // Once more, with what the first time has found: a few octets.
    if (aims === BOARD) module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

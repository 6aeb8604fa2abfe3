/**
 * npm run hot-calls: which calls of the board's module are worth inlining, into
 * host/tools/hot_calls.txt. Run it again when the core has changed much; a list that is old costs
 * speed, nothing else. It counts the calls that W1, W2 and W3 make, and takes those that save most
 * for each octet until the module is full: all by numbers that do not depend on the machine.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "../../host/tools/build.js";
import { formatSteps, splitText } from "../../host/tools/hot_calls.js";
import { MOST_BOARD_OCTETS, optimizeBoard, textOf } from "../../host/tools/optimize.js";
import { withoutCustomSections } from "../../host/tools/wasm_sections.js";
import { CallGraph } from "./hot_calls/graph.js";
import { metered } from "./hot_calls/meter.js";
import { countCalls } from "./hot_calls/profile.js";

const LIST = fileURLToPath(new URL("../../host/tools/hot_calls.txt", import.meta.url));
const NAME = "motetcp-board";
/** More than the module has room for, in estimated octets. */
const MOST_OCTETS = 4000;

const outputs = await compile(NAME, NAME, []);
const compiled = outputs.get(`${NAME}.wasm`) as Uint8Array;
const text = splitText(textOf(compiled));
const calls = countCalls(metered(text));
const steps = new CallGraph(text, calls).choose(MOST_OCTETS);

/** The module's length with the first `count` steps inlined. */
function lengthWith(count: number): number {
  return withoutCustomSections(optimizeBoard(compiled, steps.slice(0, count), Infinity)).length;
}

let fits = 0;
for (let tooMany = steps.length + 1; tooMany - fits > 1; ) {
  const middle = (fits + tooMany) >> 1;
  if (lengthWith(middle) <= MOST_BOARD_OCTETS) fits = middle;
  else tooMany = middle;
}
writeFileSync(LIST, formatSteps(steps.slice(0, fits)));

const all = [...calls.values()].reduce((sum, count) => sum + count, 0);
console.log(`${steps.length} steps, ${fits} fit; calls before: ${all.toFixed(0)}`);

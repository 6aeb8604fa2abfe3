/**
 * npm run hot-calls: which calls of the modules for boards are worth inlining, into
 * host/tools/hot_calls.txt. Run it again when the core has changed much; a list that is old costs
 * speed, nothing else. It counts the calls that W1, W2 and W3 make, and puts first those that save
 * most for each octet: all by numbers that do not depend on the machine. The build takes from the
 * list what the module has room for.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "../../host/tools/build.js";
import { formatSteps, splitText } from "../../host/tools/hot_calls.js";
import { textOf } from "../../host/tools/optimize.js";
import { CallGraph } from "./hot_calls/graph.js";
import { metered } from "./hot_calls/meter.js";
import { countCalls } from "./hot_calls/profile.js";

const LIST = fileURLToPath(new URL("../../host/tools/hot_calls.txt", import.meta.url));
const NAME = "motetcp-board";
/** More than the smallest module has room for, in estimated octets. */
const MOST_OCTETS = 6000;

const outputs = await compile(NAME, NAME, []);
const text = splitText(textOf(outputs.get(`${NAME}.wasm`) as Uint8Array));
const calls = countCalls(metered(text));
const steps = new CallGraph(text, calls).choose(MOST_OCTETS);
writeFileSync(LIST, formatSteps(steps));

const all = [...calls.values()].reduce((sum, count) => sum + count, 0);
console.log(`${steps.length} steps; calls before: ${all.toFixed(0)}`);

/** The thread of watched.ts in which seeds of handshakes are run. */
import { parentPort, workerData } from "node:worker_threads";
import { compareSeed } from "./handshakes.js";
import type { Seeds } from "./watched.js";

const { first, count, long, progress } = workerData as Seeds & { progress: Int32Array };
const met = new Set<string>();
for (let seed = first; seed < first + count; seed++) {
  for (const name of compareSeed(seed, long, progress)) met.add(name);
}
parentPort!.postMessage(met);

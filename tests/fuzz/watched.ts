/**
 * A call into a module that does not return holds its thread up for good: so seeds of handshakes
 * are run in a thread of their own, and this one watches how they get on.
 */
import { Worker } from "node:worker_threads";
import { Progress, placeOf } from "./trace.js";

/** Without a step for so long: it hangs. One takes less than a millisecond. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 50;

/** Node 20 does not load TypeScript in a thread by what loads it in the process. */
const START = `
  const { workerData } = require("node:worker_threads");
  import("tsx/esm/api").then(({ register }) => {
    register();
    return import(workerData.file);
  });
`;

export interface Seeds {
  first: number;
  count: number;
  /** The module without the short ways, to compare with. */
  long?: WebAssembly.Module;
}

/** Runs the seeds. Resolves with what was met; what goes wrong is thrown with the seed. */
export function runSeeds(seeds: Seeds): Promise<Set<string>> {
  const progress = newProgress();
  const file = new URL("./handshakes_worker.ts", import.meta.url).href;
  const worker = new Worker(START, { eval: true, workerData: { ...seeds, progress, file } });
  return watch(worker, progress);
}

export function newProgress(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * Progress.Words));
}

/** What the worker tells; or the place where it got stuck. */
export async function watch<Told>(
  worker: Worker, progress: Int32Array, patienceMs = PATIENCE_MS,
): Promise<Told> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Told>((resolve, reject) => {
      worker.on("message", resolve);
      worker.on("error", reject);
      let beat = 0;
      let sinceMs = performance.now();
      timer = setInterval(() => {
        const last = beat;
        beat = Atomics.load(progress, Progress.Beat);
        if (beat !== last) sinceMs = performance.now();
        if (performance.now() - sinceMs < patienceMs) return;
        reject(new Error(`seed ${progress[Progress.Seed]}, ${placeOf(progress)}: no return`));
      }, LOOK_MS);
    });
  } finally {
    clearInterval(timer);
    await worker.terminate();
  }
}

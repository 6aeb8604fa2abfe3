/** How often the workloads make each call of a metered module. */
import { Stack } from "../../../host/stack.js";
import { MoteRawPair } from "../subjects/mote_raw.js";
import type { Workload } from "../subjects/subject.js";
import { bulk, connectAndClose, exchange, openMany } from "../subjects/workloads.js";
import { counterOf, type Metered } from "./meter.js";

const RING = 2048;
const CONNECTIONS = 4;
const COUNT = 1000;

/** How much a segment, a transaction and a connection count. */
const WEIGHTS: Record<Workload, number> = { w1: 1, w2: 0.5, w3: 0.05 };

/** Calls by edge: of a full segment, half a transaction and a twentieth of a connection. */
export function countCalls(metered: Metered): Map<string, number> {
  const calls = new Map<string, number>();
  for (const [workload, weight] of Object.entries(WEIGHTS)) {
    const counts = countOne(metered, workload as Workload);
    metered.edges.forEach((edge, index) => {
      calls.set(edge, (calls.get(edge) ?? 0) + counts[index]! * weight / COUNT);
    });
  }
  return calls;
}

function countOne({ bytes, edges }: Metered, workload: Workload): number[] {
  const sides: Stack[] = [];
  const pair = new MoteRawPair({ module: bytes, ring: RING, connections: CONNECTIONS }, sides);
  const read = (): number[] => edges.map((_, index) => sides.reduce((sum, { core }) => {
    const counters = core.exports as unknown as Record<string, WebAssembly.Global<"i32">>;
    return sum + counters[counterOf(index)]!.value;
  }, 0));
  pair.listen(workload);
  if (workload !== "w3") openMany(pair, 1);
  const before = read();
  if (workload === "w1") bulk(pair, COUNT, false);
  else if (workload === "w2") exchange(pair, 1, COUNT, 0);
  else connectAndClose(pair, COUNT);
  return read().map((count, index) => count - before[index]!);
}

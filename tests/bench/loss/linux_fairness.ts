/** How ours and Linux, or two of Linux, share a bottleneck, in real time. Needs root. */
import { RATE } from "./cell.js";
import { FAIR_PATH } from "./fairness.js";
import { type Lane, Lanes, type Sender } from "./lanes.js";
import { beFirst } from "./linux_cells.js";

/** Two through one bottleneck to Linux, in real time: octets a second of both, by seed. */
export async function measureFairness(
  senders: Sender[], seeds: number, seconds: number, lanesAtOnce: number,
): Promise<[number, number][]> {
  const all: [number, number][] = [];
  beFirst();
  for (let first = 1; first <= seeds; first += lanesAtOnce) {
    const count = Math.min(lanesAtOnce, seeds - first + 1);
    const lanes = new Lanes(Array.from({ length: count }, (_, at): Lane => ({
      senders, rateBitsPerSecond: RATE, ...FAIR_PATH, faults: { seed: first + at }, burst: 0,
    })));
    try {
      const shares = await lanes.run(seconds);
      all.push(...shares.map(([a, b]): [number, number] => [a!.goodput, b!.goodput]));
    } finally {
      await lanes.close();
    }
    console.log(`${all.length} of ${seeds} pairs of ${senders.join(" and ")}`);
  }
  return all;
}

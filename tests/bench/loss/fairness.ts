/**
 * Fairness: two bulk transfers share one bottleneck, whose queue holds a bandwidth-delay product.
 * The windows are larger than path and queue, so that congestion control alone decides.
 */
import { VirtualClock } from "../../../host/link/clock.js";
import { Random } from "../../../host/link/random.js";
import { BULK_PORT, BulkHost, Sink, Source, addressOf } from "../../support/bulk.js";
import { Dumbbell } from "../../support/dumbbell.js";
import { RATE } from "./cell.js";

export interface FairnessPath {
  rttMs: number;
  ring: number;
}

export const FAIR_PATH: FairnessPath = { rttMs: 20, ring: 262_144 };
/** The second begins up to so much later than the first. */
const OFFSET_US = 1e6;
const RECEIVER = 9;

/** Two of ours from different hosts, in virtual time. Octets a second of first and second. */
export async function sharesOfOurs(
  path: FairnessPath, seed: number, seconds: number,
): Promise<[number, number]> {
  const clock = new VirtualClock(1e9);
  const { rttMs, ring } = path;
  const dumbbell = new Dumbbell({ kind: "ip", clock, rateBitsPerSecond: RATE, delayMs: rttMs / 2 });
  const host = (number: number, link: ReturnType<Dumbbell["plugLeft"]>) =>
    new BulkHost({ number, link, clock, ring, seed });
  const sink = new Sink(host(RECEIVER, dumbbell.plugRight(RECEIVER)));
  const left = [1, 2].map((number) => host(number, dumbbell.plugLeft(number)));
  const start = (at: number): void => {
    const call = { address: addressOf(RECEIVER), port: BULK_PORT, localPort: 1000 + at };
    new Source(left[at]!, call);
  };
  start(0);
  await Promise.resolve();
  clock.runUntil(clock.now() + new Random(seed, 5).below(OFFSET_US));
  start(1);
  await Promise.resolve();
  const before = [0, 1].map((at) => sink.octets.get(1000 + at) ?? 0);
  clock.runUntil(clock.now() + seconds * 1e6);
  const shares = [0, 1].map((at) => ((sink.octets.get(1000 + at) ?? 0) - before[at]!) / seconds);
  return [shares[0]!, shares[1]!];
}

/**
 * `npm run bench:pacing`: the figures of docs/decisions/pacing.md, in virtual time, so that they
 * are the same on every machine.
 */
import { type PacedOutcome, type PacedTransfer, runPaced } from "../support/paced_transfer.js";

const RATE = 20e6;
const ENDLESS_QUEUE = 1e9;
const LARGE_RING = 1 << 20;

type Transfer = Omit<PacedTransfer, "isPaced">;

/** Prints a line: what it is about, then of either way of sending what `show` says. */
async function line(
  about: (string | number)[], transfer: Transfer, show: (outcome: PacedOutcome) => string[],
): Promise<void> {
  const plain = show(await runPaced({ ...transfer, isPaced: false }));
  const paced = show(await runPaced({ ...transfer, isPaced: true }));
  console.log(`| ${[...about, ...plain.flatMap((cell, at) => [cell, paced[at]!])].join(" | ")} |`);
}

const megabits = (octets: number): string => ((octets * 8) / 1e6).toFixed(1);

console.log("| round trip | queue, packets | senders | Mbit/s | paced | dropped | paced |");
for (const [rttMs, packets, senders] of [
  [20, 3, 1], [20, 4, 1], [20, 8, 1], [20, 16, 1], [20, 33, 1],
  [40, 3, 1], [40, 6, 1], [40, 16, 1], [40, 33, 1], [40, 66, 1],
  [100, 8, 1], [100, 16, 1], [100, 41, 1], [100, 83, 1], [100, 166, 1],
  [40, 3, 4], [40, 6, 4], [40, 16, 4], [40, 66, 4],
] as const) {
  await line([`${rttMs} ms`, packets, senders], {
    rateBitsPerSecond: RATE, rttMs, queueOctets: packets * 1500 + 750, ring: LARGE_RING,
    seconds: 60, senders,
  }, ({ goodput, dropped }) => [megabits(goodput), `${dropped}`]);
}

console.log("\n| rate | round trip | window | largest queue | paced | Mbit/s | paced |");
for (const [rate, rttMs, ring] of [
  [20e6, 40, 32_768], [20e6, 40, 65_536], [100e6, 100, 65_536], [100e6, 40, 262_144],
  [1e9, 20, 1 << 20],
] as const) {
  await line([`${rate / 1e6} Mbit/s`, `${rttMs} ms`, `${ring / 1024} KiB`], {
    rateBitsPerSecond: rate, rttMs, ring, queueOctets: ENDLESS_QUEUE, seconds: 5,
  }, ({ goodput, largestQueue }) => [(largestQueue / 1500).toFixed(1), megabits(goodput)]);
}

console.log("\n| octets | round trip | ms until all have arrived | paced |");
for (const [octets, rttMs] of [
  [1448, 40], [14_480, 40], [100_000, 40], [1_000_000, 40], [14_480, 100], [100_000, 100],
] as const) {
  await line([octets, `${rttMs} ms`], {
    rateBitsPerSecond: 100e6, rttMs, ring: LARGE_RING, queueOctets: ENDLESS_QUEUE, octets,
    seconds: 60,
  }, ({ tookMs }) => [tookMs.toFixed(0)]);
}

console.log("\n| timers late by | ms until 2 MB have arrived over 1 Gbit/s and 40 ms, paced |");
for (const lateUs of [0, 1000, 2000, 4000, 8000]) {
  const { tookMs } = await runPaced({
    isPaced: true, rateBitsPerSecond: 1e9, rttMs: 40, ring: LARGE_RING, lateUs,
    queueOctets: ENDLESS_QUEUE, octets: 2_000_000, seconds: 60,
  });
  console.log(`| ${lateUs / 1000} ms | ${tookMs.toFixed(0)} |`);
}

/**
 * What is compared with Linux: goodput at 1 and at 5 % of loss, and two on one bottleneck. In real
 * time but for two of ours; a quarter of an hour, as root.
 */
import type { Cell } from "./cell.js";
import { FAIR_PATH, sharesOfOurs } from "./fairness.js";
import { type Measured, measureCells } from "./linux_cells.js";
import { measureFairness } from "./linux_fairness.js";
import { median } from "./median.js";

/** Two on one bottleneck, by seed: octets a second of the first and of the second. */
export interface Fairness {
  who: string;
  shares: [number, number][];
}

export interface Beside {
  loss: number;
  /** Medians, octets a second, of so many seeds. */
  ours: number;
  linux: number;
  seeds: number;
}

const FOLDER = "build/bench";
export const LINUX_FILE = `${FOLDER}/linux.json`;
const OURS_FILE = `${FOLDER}/ours.json`;
export const SEEDS_BESIDE = 20;
/** What is wanted at each loss: a share of what Linux reaches. */
const LEAST_SHARES = new Map([[0.01, 0.9], [0.05, 0.8]]);
/** The cells that are compared with Linux. */
export const BESIDE: Cell[] = [...LEAST_SHARES.keys()].map((loss) =>
  ({ pattern: "random", loss, rttMs: 20, ring: 65_536, module: "node" }));
/** Between what the first's share to the second's is to be. */
const EVEN = [0.8, 1.25] as const;

/** What Linux reaches to Linux is taken from `LINUX_FILE` where that has it. */
export async function measureBeside(seconds: number, lanes: number): Promise<Beside[]> {
  const wanted = { cells: BESIDE, seeds: SEEDS_BESIDE, seconds, lanes };
  const linux = await measureCells(LINUX_FILE, { ...wanted, senders: ["linux"] });
  const ours = await measureCells(OURS_FILE, { ...wanted, senders: ["ours"], isFresh: true });
  return BESIDE.map((cell) => ({
    loss: cell.loss, ours: median(goodputs(ours, cell)), linux: median(goodputs(linux, cell)),
    seeds: goodputs(ours, cell).length,
  }));
}

export async function fairnessOfOurs(seeds: number, seconds: number): Promise<Fairness> {
  const shares: [number, number][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    shares.push(await sharesOfOurs(FAIR_PATH, seed, seconds));
  }
  return { who: "ours and ours", shares };
}

export async function fairnessWithLinux(seconds: number, lanes: number): Promise<Fairness[]> {
  const pairs = [["ours", "linux"], ["linux", "linux"]] as const;
  const all: Fairness[] = [];
  for (const senders of pairs) {
    const shares = await measureFairness([...senders], SEEDS_BESIDE, seconds, lanes);
    all.push({ who: senders.join(" and "), shares });
  }
  return all;
}

/** Of what was measured, octets a second in this cell. */
export function goodputs(all: Measured[], cell: Cell): number[] {
  const { pattern, loss, rttMs, ring } = cell;
  return all.filter(({ cell: own }) => own.pattern === pattern && own.loss === loss &&
    own.rttMs === rttMs && own.ring === ring).map(({ goodput }) => goodput);
}

/** A line for each comparison; whether it is met, where ours take part. */
export function besideLines(beside: Beside[], fairness: Fairness[]): string[] {
  const mbit = (octets: number): string => (octets * 8 / 1e6).toFixed(2);
  const verdict = (isMet: boolean): string => (isMet ? "met    " : "NOT MET");
  return [
    ...beside.map(({ loss, ours, linux, seeds }) => {
      const share = ours / linux;
      const least = LEAST_SHARES.get(loss)!;
      return `${verdict(share >= least)}  ${loss * 100} % loss, 20 ms, 64 KiB, to Linux: ours ` +
        `${mbit(ours)} Mbit/s, Linux ${mbit(linux)}: ${share.toFixed(2)}, at least ${least}; ` +
        `medians of ${seeds} seeds`;
    }),
    ...fairness.map(({ who, shares }) => {
      const ratio = median(shares.map(([first, second]) => first / second));
      const even = median(shares.map(([a, b]) => Math.min(a, b) / Math.max(a, b)));
      const isMet = ratio >= EVEN[0] && ratio <= EVEN[1];
      const word = who.includes("ours") ? verdict(isMet) : "       ";
      return `${word}  two on one bottleneck, ${who}: first to second ${ratio.toFixed(2)}, ` +
        `${EVEN[0]} to ${EVEN[1]}; smaller to larger ${even.toFixed(2)}; medians of ` +
        `${shares.length} seeds`;
    }),
  ];
}

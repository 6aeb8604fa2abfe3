/**
 * The loss bench: goodput on a lossy bottleneck, ours in virtual time, and both ours and Linux to
 * Linux in real time; and how two share a bottleneck. Prints tables, keeps all in build/bench.
 *
 *   --quick        fewer cells, 10 s each, one seed; no Linux
 *   --linux        also against Linux in real time, as root: about 40 minutes. What Linux reaches
 *                  to Linux is kept (build/bench/linux.json), and not measured again
 *   --seeds N      of the table in virtual time, 3 by default
 *   --seconds N    of each run, 60 by default
 *   --lanes N      how many runs against Linux at a time, 10 by default
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { namespaceMissing } from "../../support/namespace.js";
import type { Cell } from "./cell.js";
import { FAIR_PATH, sharesOfOurs } from "./fairness.js";
import { type Measured, measureCells, readMeasured } from "./linux_cells.js";
import { measureFairness } from "./linux_fairness.js";
import { median } from "./median.js";
import { type Row, allCells, measureRow, printTable } from "./table.js";

export interface LossOptions {
  quick?: boolean;
  linux?: boolean;
  seeds?: number;
  seconds?: number;
  lanes?: number;
}

/** Two on one bottleneck, by seed: octets a second of the first and of the second. */
export interface Fairness {
  who: string;
  shares: [number, number][];
}

export interface LossReport {
  date: string;
  seconds: number;
  cells: Row[];
  /** Line 4 of the issue: ours to Linux beside Linux to Linux. Empty without `linux`. */
  beside: Beside[];
  fairness: Fairness[];
}

export interface Beside {
  loss: number;
  /** Medians, octets a second, of so many seeds. */
  ours: number;
  linux: number;
  seeds: number;
}

const FOLDER = "build/bench";
const LINUX_FILE = `${FOLDER}/linux.json`;
const OURS_FILE = `${FOLDER}/ours.json`;
const SEEDS_BESIDE = 20;
const SEEDS_OF_LINUX = 3;
/** The cells that the issue asks for beside Linux. */
const BESIDE: Cell[] = [0.01, 0.05].map((loss) =>
  ({ pattern: "random", loss, rttMs: 20, ring: 65_536, module: "node" }));

export async function runLoss(options: LossOptions): Promise<LossReport> {
  const { quick = false, seeds = quick ? 1 : 3, seconds = quick ? 10 : 60 } = options;
  const cells: Row[] = [];
  for (const cell of allCells(quick)) cells.push(await measureRow(cell, seeds, seconds));
  const fairness = [await fairnessOfOurs(quick ? 3 : SEEDS_BESIDE, seconds)];
  const missing = options.linux ? namespaceMissing("python3") : "it was not asked for (--linux)";
  if (missing !== false) console.log(`Nothing beside Linux: ${missing}`);
  const lanes = options.lanes ?? 10;
  const beside = missing === false ? await measureBeside(seconds, lanes) : [];
  if (missing === false) await measureLinux(cells, seconds, lanes);
  if (missing === false) fairness.push(...await fairnessWithLinux(seconds, lanes));
  addLinux(cells, readMeasured(LINUX_FILE));
  const date = new Date().toISOString();
  const report: LossReport = { date, seconds, cells, beside, fairness };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/loss.json`, JSON.stringify(report, null, 1));
  print(report);
  return report;
}

async function fairnessOfOurs(seeds: number, seconds: number): Promise<Fairness> {
  const shares: [number, number][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    shares.push(await sharesOfOurs(FAIR_PATH, seed, seconds));
  }
  return { who: "ours and ours", shares };
}

async function fairnessWithLinux(seconds: number, lanes: number): Promise<Fairness[]> {
  const pairs = [["ours", "linux"], ["linux", "linux"]] as const;
  const all: Fairness[] = [];
  for (const senders of pairs) {
    const shares = await measureFairness([...senders], SEEDS_BESIDE, seconds, lanes);
    all.push({ who: senders.join(" and "), shares });
  }
  return all;
}

async function measureBeside(seconds: number, lanes: number): Promise<Beside[]> {
  const wanted = { cells: BESIDE, seeds: SEEDS_BESIDE, seconds, lanes };
  const linux = await measureCells(LINUX_FILE, { ...wanted, senders: ["linux"] });
  const ours = await measureCells(OURS_FILE, { ...wanted, senders: ["ours"], isFresh: true });
  return BESIDE.map((cell) => ({
    loss: cell.loss, ours: median(goodputs(ours, cell)), linux: median(goodputs(linux, cell)),
    seeds: goodputs(ours, cell).length,
  }));
}

/** The cells of the table that a TAP interface can show: timers are as fine as a millisecond. */
async function measureLinux(rows: Cell[], seconds: number, lanes: number): Promise<void> {
  const cells = rows.filter(({ ring, rttMs }) => ring === BESIDE[0]!.ring && rttMs >= 20);
  const wanted = { cells, senders: ["linux" as const], seeds: SEEDS_OF_LINUX, seconds, lanes };
  await measureCells(LINUX_FILE, wanted);
}

function goodputs(all: Measured[], cell: Cell): number[] {
  const { pattern, loss, rttMs, ring } = cell;
  return all.filter(({ cell: own }) => own.pattern === pattern && own.loss === loss &&
    own.rttMs === rttMs && own.ring === ring).map(({ goodput }) => goodput);
}

/** What Linux reached in the same cells, where that has been measured. */
function addLinux(rows: Row[], linux: Measured[]): void {
  for (const row of rows) {
    const own = goodputs(linux, row);
    if (own.length > 0) row.linux = median(own) / row.allowed;
  }
}

function print({ cells, beside, fairness }: LossReport): void {
  console.log("Goodput, % of what link and loss allow; in brackets Linux to Linux\n");
  console.log(printTable(cells));
  const mbit = (octets: number): string => (octets * 8 / 1e6).toFixed(2);
  for (const { loss, ours, linux, seeds } of beside) {
    const share = `${Math.round((100 * ours) / linux)} %`;
    console.log(`${loss * 100} % loss, 20 ms, 64 KiB, to Linux: ours ${mbit(ours)} Mbit/s, ` +
      `Linux ${mbit(linux)}: ${share}; medians of ${seeds} seeds`);
  }
  for (const { who, shares } of fairness) {
    const ratio = median(shares.map(([first, second]) => first / second));
    const even = median(shares.map(([a, b]) => Math.min(a, b) / Math.max(a, b)));
    console.log(`Two on one bottleneck, ${who}: first to second ${ratio.toFixed(2)}, ` +
      `smaller to larger ${even.toFixed(2)}; medians of ${shares.length} seeds`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean" }, linux: { type: "boolean" }, seeds: { type: "string" },
      seconds: { type: "string" }, lanes: { type: "string" },
    },
  });
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const { quick, linux, seeds, seconds, lanes } = values;
  await runLoss({
    quick, linux, seeds: number(seeds), seconds: number(seconds), lanes: number(lanes),
  });
  // The libraries behind TAP may keep the process alive.
  process.exit(0);
}

// Run as a command, not imported.
if (process.argv[1]?.endsWith("bench/loss/run.ts")) await main();

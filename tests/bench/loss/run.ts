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
import {
  BESIDE, LINUX_FILE, SEEDS_BESIDE, besideLines, fairnessOfOurs, fairnessWithLinux, goodputs,
  measureBeside, type Beside, type Fairness,
} from "./beside.js";
import type { Cell } from "./cell.js";
import { type Measured, measureCells, readMeasured } from "./linux_cells.js";
import { median } from "./median.js";
import { type Row, allCells, measureRow, printTable } from "./table.js";

export interface LossOptions {
  quick?: boolean;
  linux?: boolean;
  seeds?: number;
  seconds?: number;
  lanes?: number;
}

export interface LossReport {
  date: string;
  seconds: number;
  cells: Row[];
  /** Ours to Linux beside Linux to Linux. Empty without `linux`. */
  beside: Beside[];
  fairness: Fairness[];
}

const FOLDER = "build/bench";
const SEEDS_OF_LINUX = 3;

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

/** The cells of the table that a TAP interface can show: timers are as fine as a millisecond. */
async function measureLinux(rows: Cell[], seconds: number, lanes: number): Promise<void> {
  const cells = rows.filter(({ ring, rttMs }) => ring === BESIDE[0]!.ring && rttMs >= 20);
  const wanted = { cells, senders: ["linux" as const], seeds: SEEDS_OF_LINUX, seconds, lanes };
  await measureCells(LINUX_FILE, wanted);
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
  for (const line of besideLines(beside, fairness)) console.log(line);
}

/** The comparisons with Linux alone. */
export async function runBeside(seconds = 60, lanes = 10): Promise<void> {
  const missing = namespaceMissing("python3");
  if (missing !== false) {
    console.log(`Nothing beside Linux: ${missing}`);
    return;
  }
  const fairness = [await fairnessOfOurs(SEEDS_BESIDE, seconds)];
  const beside = await measureBeside(seconds, lanes);
  fairness.push(...await fairnessWithLinux(seconds, lanes));
  for (const line of besideLines(beside, fairness)) console.log(line);
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

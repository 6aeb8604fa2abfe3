/**
 * The loss table: goodput over loss, round trip, pattern and ring, in virtual time, as a share of
 * what link and loss allow; medians over seeds.
 */
import { type Cell, type Pattern, allowed, runCell } from "./cell.js";
import { median } from "./median.js";

export interface Row extends Cell {
  /** Octets of text a second. */
  goodput: number;
  allowed: number;
  /** Of what is allowed: the medians of ours and, where it was measured, of Linux. */
  share: number;
  linux?: number;
  seeds: number;
}

export const PATTERNS: Pattern[] = ["random", "bursts", "tail", "reordering"];
const LOSSES = [0, 0.001, 0.01, 0.05, 0.1];
const RTTS_MS = [1, 20, 100, 300];
/** The rings of a board by default, and those of a desk. */
const RINGS = [2048, 16_384, 65_536, 262_144];
const BOARD_RING = 2048;
/** The cells that a quick look takes. */
const QUICK = { losses: [0, 0.01, 0.05], rtts: [20, 100], rings: [65_536] };

export function allCells(isQuick: boolean): Cell[] {
  const [losses, rtts, rings] = isQuick
    ? [QUICK.losses, QUICK.rtts, QUICK.rings] : [LOSSES, RTTS_MS, RINGS];
  return PATTERNS.flatMap((pattern) => rings.flatMap((ring) => rtts.flatMap((rttMs) =>
    losses.map((loss): Cell => ({
      pattern, loss, rttMs, ring, module: ring === BOARD_RING ? "board" : "node",
    })))));
}

/** Measures a cell: `seeds` runs of so many seconds. */
export async function measureRow(cell: Cell, seeds: number, seconds: number): Promise<Row> {
  const goodputs: number[] = [];
  // Without faults a seed changes nothing but ports and sequence numbers.
  const count = cell.loss === 0 ? 1 : seeds;
  for (let seed = 1; seed <= count; seed++) {
    goodputs.push((await runCell(cell, seed, seconds)).goodput);
  }
  const goodput = median(goodputs);
  const most = allowed(cell);
  return { ...cell, goodput, allowed: most, share: goodput / most, seeds: count };
}

/** The table in Markdown: a line for each pattern, ring and round trip, a column for each loss. */
export function printTable(rows: Row[]): string {
  const losses = [...new Set(rows.map(({ loss }) => loss))].sort((a, b) => a - b);
  const heads = losses.map((loss) => `${loss * 100} %`);
  const lines = [
    `| pattern | ring | RTT, ms | ${heads.join(" | ")} |`,
    `|---|---|---|${"---|".repeat(losses.length)}`,
  ];
  const nameOf = ({ pattern, ring, rttMs }: Row): string =>
    `| ${pattern} | ${ring / 1024} KiB | ${rttMs}`;
  for (const name of new Set(rows.map(nameOf))) {
    const group = rows.filter((row) => nameOf(row) === name);
    const texts = losses.map((loss) => printShare(group.find((row) => row.loss === loss)));
    lines.push(`${name} | ${texts.join(" | ")} |`);
  }
  return lines.join("\n");
}

function printShare(row: Row | undefined): string {
  if (row === undefined) return "";
  const linux = row.linux === undefined ? "" : ` (${percent(row.linux)})`;
  return `${percent(row.share)}${linux}`;
}

function percent(share: number): string {
  return share < 0.1 ? (100 * share).toFixed(1) : (100 * share).toFixed(0);
}

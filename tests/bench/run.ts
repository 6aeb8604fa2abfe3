/**
 * npm run bench [-- w1 w2 w3 tap loss beside board plots] [--quick --rows TEXT --node VERSION
 * --linux]: what the stack costs and reaches, beside its peers. Prints tables, writes
 * build/bench/*.json and *.svg. docs/benchmarks.md says how it is measured.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runBoard } from "./board/run.js";
import { runBeside, runLoss } from "./loss/run.js";
import { installNode } from "./peers/node_build.js";
import { drawAll } from "./plots.js";
import { ROWS, runRow, type RowReport } from "./rows.js";
import {
  checkPeers, formatGoodputs, formatHead, formatNotes, formatRow, formatVerdicts, verdicts,
  type Verdict,
} from "./table.js";
import { type Goodput, runTap, tapMissing } from "./tap/run.js";

const FOLDER = "build/bench";
const REPORT = `${FOLDER}/report.json`;
const EFFORT = { rounds: 41, roundMs: 60 };
const QUICK = { rounds: 11, roundMs: 40 };
const TAP_EFFORT = { rounds: 5, seconds: 3 };
const TAP_QUICK = { rounds: 3, seconds: 1 };
/** The Node whose figures docs/benchmarks.md has: the one with long-term support. */
const NODE = "26";
/** `beside` is part of `loss --linux`: only by name. */
const PARTS = ["w1", "w2", "w3", "tap", "loss", "beside", "board", "plots"];

interface Report {
  date: string;
  peers: { ratio: number; isBelieved: boolean | null };
  verdicts: Verdict[];
  rows: RowReport[];
  tap: Goodput[];
}

async function measureRows(
  parts: string[], wanted: string, isQuick: boolean, node: string,
): Promise<RowReport[]> {
  const reports: RowReport[] = [];
  const rows = ROWS.filter(({ workload, name }) =>
    parts.includes(workload) && name.includes(wanted));
  if (rows.length === 0) return reports;
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  console.log(`Node ${version}; CPU time, and in brackets its ratio to lwIP in Wasm`);
  console.log(formatHead());
  for (const row of rows) {
    const report = await runRow(row, { ...isQuick ? QUICK : EFFORT, node });
    reports.push(report);
    console.log(formatRow(report));
  }
  for (const note of formatNotes(reports)) console.log(note);
  return reports;
}

function judge(reports: RowReport[]): Pick<Report, "peers" | "verdicts"> {
  const peers = checkPeers(reports);
  const list = verdicts(reports);
  if (reports.length === 0) return { peers, verdicts: list };
  const ratio = peers.ratio.toFixed(2);
  if (peers.isBelieved === null) console.log("\nThe peers were not compared with each other");
  else if (peers.isBelieved) console.log(`\nlwIP native is ${ratio} of lwIP in Wasm: believed`);
  else console.log(`\nlwIP native is ${ratio} of lwIP in Wasm, not 0.5 to 0.7: NOT BELIEVED`);
  for (const line of formatVerdicts(list)) console.log(line);
  return { peers, verdicts: list };
}

/** The program of a Node: a version, or "here" for the one that runs this; none: `NODE`. */
function nodeOf(version: string | undefined): string {
  if (version === "here") return process.execPath;
  if (version !== undefined) return installNode(version);
  try {
    return installNode(NODE);
  } catch (error) {
    console.log(`Not by Node ${NODE}, but by the one that runs this: ${(error as Error).message}`);
    return process.execPath;
  }
}

async function measureTap(isQuick: boolean): Promise<Goodput[]> {
  const missing = tapMissing();
  if (missing !== false) {
    console.log(`\nNo goodput over TAP: ${missing}`);
    return [];
  }
  const goodputs = await runTap(isQuick ? TAP_QUICK : TAP_EFFORT);
  for (const line of formatGoodputs(goodputs)) console.log(line);
  return goodputs;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false }, rows: { type: "string", default: "" },
      linux: { type: "boolean" }, node: { type: "string" },
    },
  });
  const unknown = positionals.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}: ${PARTS.join(", ")}`);
  const parts = positionals.length === 0 ? PARTS : positionals;
  execFileSync("npm", ["run", "--silent", "build", "--", "--small"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  mkdirSync(FOLDER, { recursive: true });

  const measuresRows = ROWS.some(({ workload }) => parts.includes(workload));
  const node = measuresRows ? nodeOf(values.node) : process.execPath;
  const rows = await measureRows(parts, values.rows, values.quick, node);
  const judged = judge(rows);
  const tap = parts.includes("tap") ? await measureTap(values.quick) : [];
  if (positionals.includes("beside")) await runBeside();
  if (parts.includes("loss")) await runLoss({ quick: values.quick, linux: values.linux });
  if (parts.includes("board")) await runBoard();
  const report: Report = { date: new Date().toISOString(), ...judged, rows, tap };
  writeFileSync(REPORT, `${JSON.stringify(report, null, 2)}\n`);
  if (parts.includes("plots")) for (const path of await drawAll(FOLDER, rows)) console.log(path);
  process.exit(0); // the libraries behind TAP may keep the process alive
}

await main();

/**
 * npm run bench [-- w1 w2 w3 --quick --rows TEXT]: what the stack costs beside its peers. Prints a
 * table, writes build/bench/report.json. docs/benchmarks.md says how it is measured.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ROWS, runRow, type RowReport } from "./rows.js";
import {
  checkPeers, formatHead, formatNotes, formatRow, formatVerdicts, verdicts,
} from "./table.js";

const FOLDER = "build/bench";
const EFFORT = { rounds: 9, roundMs: 250 };
const QUICK = { rounds: 5, roundMs: 100 };
const PARTS = ["w1", "w2", "w3"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, rows: { type: "string" } },
});
const unknown = positionals.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}: ${PARTS.join(", ")}`);
const parts = positionals.length === 0 ? PARTS : positionals;

execFileSync("npm", ["run", "--silent", "build"], { stdio: ["ignore", "ignore", "inherit"] });
mkdirSync(FOLDER, { recursive: true });

const reports: RowReport[] = [];
const rows = ROWS.filter(({ workload, name }) =>
  parts.includes(workload) && name.includes(values.rows ?? ""));
console.log(`CPU time, and in brackets its ratio to lwIP in Wasm\n${formatHead()}`);
for (const row of rows) {
  const report = await runRow(row, values.quick === true ? QUICK : EFFORT);
  reports.push(report);
  console.log(formatRow(report));
}
for (const note of formatNotes(reports)) console.log(note);
const { ratio, isBelieved } = checkPeers(reports);
if (isBelieved === null) console.log("\nThe peers were not compared: believe the figures by half");
else console.log(`\nlwIP native is ${ratio.toFixed(2)} of lwIP in Wasm: ` + (isBelieved
  ? "as it must be (0.5 to 0.7)" : "not 0.5 to 0.7, so this run is not to be believed"));
const list = verdicts(reports);
for (const line of formatVerdicts(list)) console.log(line);
const report = { date: new Date().toISOString(), peers: { ratio, isBelieved }, verdicts: list,
  rows: reports };
writeFileSync(`${FOLDER}/report.json`, `${JSON.stringify(report, null, 2)}\n`);

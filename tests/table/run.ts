/**
 * `npm run conformance` writes docs/conformance.md. With `--check`, as the last suite of
 * `npm test`, it writes nothing, and fails when the page is out of date or claims what no test has
 * shown.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { check } from "./check.js";
import { gather } from "./evidence.js";
import { page } from "./page.js";
import { readTables } from "./requirements.js";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const PAGE = join(ROOT, "docs/conformance.md");

function main(isCheck: boolean): number {
  const tables = readTables(join(ROOT, "tests/conformance/requirements"));
  const evidence = gather(ROOT);
  const text = page(tables, evidence.files);
  const { faults, notRunHere, ripe } = check(tables, evidence);
  if (!isCheck) {
    writeFileSync(PAGE, text);
  } else if (!existsSync(PAGE) || readFileSync(PAGE, "utf8") !== text) {
    faults.push("docs/conformance.md is out of date: npm run conformance");
  }
  for (const fault of faults) console.log(fault);
  const rows = tables.flatMap((table) => table.rows);
  const open = rows.filter(({ status }) => status === "open").length;
  console.log(`${rows.length} rows, ${open} open, ${faults.length} faults`);
  if (notRunHere.length > 0) console.log(`not run here: ${notRunHere.join(", ")}`);
  if (ripe.length > 0) console.log(`open, though tests name them: ${ripe.join(", ")}`);
  return isCheck && faults.length > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.includes("--check"));

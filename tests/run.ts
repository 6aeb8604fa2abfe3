/**
 * `npm test`: every suite in turn, each to its end even when one before it failed, then one line
 * per suite. `npm test -- unit host` runs only those named.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Folders of `*.test.ts` files that are not run by `npm test`. */
const NOT_RUN = ["unit", "bench", "support"];

/** The folders in this order, cheap ones first; one that is not named here runs after them. */
const ORDER = ["structure", "host"];

/** What became of each test, for tests/table: a file for each folder. */
const RESULTS = "build/results";
/** As in package.json's "test:unit". */
const AS_PECT = [
  "--config", "tests/unit/as-pect.config.js", "--as-config", "tests/unit/as-pect.asconfig.json",
  "--summary", "--no-logo",
];

interface Suite {
  name: string;
  argv: string[];
}

function suites(): Suite[] {
  const bin = (name: string) => join(ROOT, "node_modules", ".bin", name);
  const tsx = (file: string) => [process.execPath, "--import", "tsx", file];
  const folders = readdirSync(join(ROOT, "tests"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_RUN.includes(entry.name))
    .map((entry) => entry.name)
    .filter((name) => testFiles(name).length > 0)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return [
    { name: "build", argv: tsx("host/tools/build.ts") },
    { name: "types", argv: [bin("tsc"), "-p", "."] },
    { name: "types of the core", argv: [bin("tsc"), "-p", "assembly"] },
    { name: "no heap", argv: tsx("tests/structure/noheap.ts") },
    { name: "audit", argv: tsx("host/cli/audit.ts") },
    { name: "unit", argv: [bin("asp"), ...AS_PECT] },
    ...folders.map((name) => ({
      name,
      argv: nodeTest(name),
    })),
    { name: "requirements", argv: [...tsx("tests/table/run.ts"), "--check"] },
  ];
}

function nodeTest(folder: string): string[] {
  return [
    process.execPath, "--import", "tsx", "--test",
    "--test-reporter=spec", "--test-reporter-destination=stdout",
    "--test-reporter=./tests/table/reporter.mjs",
    `--test-reporter-destination=${RESULTS}/${folder}.jsonl`,
    ...testFiles(folder),
  ];
}

function rank(folder: string): number {
  const index = ORDER.indexOf(folder);
  return index < 0 ? ORDER.length : index;
}

function testFiles(folder: string): string[] {
  const path = join("tests", folder);
  if (!existsSync(join(ROOT, path))) return [];
  return readdirSync(join(ROOT, path))
    .filter((file) => file.endsWith(".test.ts"))
    .sort()
    .map((file) => join(path, file));
}

function main(argv: string[]): number {
  const all = suites();
  const unknown = argv.find((name) => !all.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    console.error(`no suite "${unknown}"; there are: ${all.map((suite) => suite.name).join(", ")}`);
    return 2;
  }
  if (argv.length === 0) rmSync(join(ROOT, RESULTS), { recursive: true, force: true });
  mkdirSync(join(ROOT, RESULTS), { recursive: true });
  const lines: string[] = [];
  let failed = 0;
  for (const suite of all) {
    if (argv.length > 0 && !argv.includes(suite.name)) continue;
    console.log(`\n--- ${suite.name}`);
    const startMs = performance.now();
    const [command, ...rest] = suite.argv;
    const { status } = spawnSync(command!, rest, { cwd: ROOT, stdio: "inherit" });
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    if (status !== 0) failed++;
    lines.push(`${status === 0 ? "passed" : "FAILED"}  ${suite.name} (${seconds} s)`);
    // Without the products nothing below means anything.
    if (status !== 0 && suite.name === "build") break;
  }
  console.log(`\n${lines.join("\n")}`);
  console.log(failed === 0 ? "all suites passed" : `${failed} of ${lines.length} suites FAILED`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));

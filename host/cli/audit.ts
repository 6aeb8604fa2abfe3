/**
 * `motetcp audit [FILE.wasm ...]` and `npm run audit`: prints for each module the laws of the core,
 * each with its figure; without files, for the two products. A file whose name contains "board" is
 * held to the limits for boards.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { audit, type AuditReport, type Finding, type LawName } from "../tools/audit.js";

export const AUDIT_HELP = `motetcp audit [--board] [--firmware] [FILE.wasm ...]

Checks the laws of the core on built modules and prints each with its figure: no imports, no
memory.grow, no start function, no mutable globals, no indirect calls, no recursion, no floats,
and the size and memory limits. Without FILE: the two modules of this package.

  --board     hold each FILE to the limits for boards (else: those with "board" in their name)
  --firmware  each FILE is an application with the stack in it (docs/library.md): it may export
              more than the stack does, and be as large as its board has room for

Exit status: 0 all laws hold, 1 a law is broken, 2 a file cannot be read.`;

/** The package's modules: two folders up in the compiled package, in build/ of the sources. */
const PRODUCTS = ["motetcp.wasm", "motetcp-board.wasm"].map((name) => {
  const [packaged, built] = ["../../", "../../build/"].map((folder) =>
    fileURLToPath(new URL(folder + name, import.meta.url)));
  return existsSync(packaged!) ? packaged! : built!;
});

/** Runs the command. Returns the exit status. */
export async function auditCommand(argv: string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    console.log(AUDIT_HELP);
    return 0;
  }
  const unknown = argv.find((word) =>
    word.startsWith("-") && !["--board", "--firmware"].includes(word));
  if (unknown !== undefined) {
    console.error(`motetcp audit: unknown option ${unknown}; see motetcp audit --help`);
    return 2;
  }
  const files = argv.filter((word) => !word.startsWith("-"));
  let status = 0;
  for (const file of files.length > 0 ? files : PRODUCTS) {
    const [board, firmware] = ["--board", "--firmware"].map((word) => argv.includes(word));
    status = Math.max(status, await auditFile(file, board!, firmware!));
  }
  return status;
}

async function auditFile(file: string, forBoards: boolean, firmware: boolean): Promise<number> {
  const board = forBoards || basename(file).includes("board");
  try {
    const bytes = readFileSync(file);
    const report = await audit(bytes, { board, firmware, names: namesBeside(file, bytes) });
    console.log(formatReport(`${file} (limits for ${board ? "boards" : "Node"})`, report));
    return report.ok ? 0 : 1;
  } catch (error) {
    console.error(`motetcp audit: ${file}: ${(error as Error).message}`);
    return 2;
  }
}

/** The build leaves the functions' names beside the module, as the module itself has none. */
function namesBeside(file: string, bytes: Uint8Array): string[] | undefined {
  const beside = file.replace(/\.wasm$/, ".names.json");
  if (beside === file || !existsSync(beside)) return undefined;
  const { sha256, functions } = JSON.parse(readFileSync(beside, "utf8")) as {
    sha256: string; functions: string[];
  };
  const isOfThisFile = createHash("sha256").update(bytes).digest("hex") === sha256;
  return isOfThisFile ? functions : undefined;
}

/** Which of the seven laws a line is of; the others are limits of the products. */
const LAW_NUMBERS: Partial<Record<LawName, number>> = {
  imports: 1, "memory.grow": 2, memory: 2, "default budget": 2, "start function": 3,
  "mutable globals": 3, "data segments": 3, "indirect calls": 4, recursion: 4, "deepest stack": 4,
  floats: 5, loops: 6, "trap sites": 7,
};

/** The table, and below it what is to be said about single lines of it. */
export function formatReport(title: string, report: AuditReport): string {
  const cells = (one: Finding) =>
    [`${LAW_NUMBERS[one.law] ?? " "}  ${one.law}`, one.figure, one.limit, one.verdict];
  const rows = [["law", "figure", "limit", ""], ...report.findings.map(cells)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd();
  const notes = report.findings.flatMap((one) => one.notes.map((note) => `  ${one.law}: ${note}`));
  const broken = report.findings.filter((one) => one.verdict === "BROKEN").map((one) => one.law);
  const last = report.ok ? "all laws hold" : `BROKEN: ${broken.join(", ")}`;
  return [title, "", ...rows.map(line), "", ...notes, "", last, ""].join("\n");
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await auditCommand(process.argv.slice(2));
}

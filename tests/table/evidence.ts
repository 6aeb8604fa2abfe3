/**
 * What proves a requirement: which test files name it, as their source has it, and what became of
 * the tests that name it, as build/results has it from the last run of each suite (reporter.mjs).
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { idsIn, idsOf } from "./requirements.js";

export interface TestResult {
  title: string;
  outcome: "passed" | "failed" | "skipped";
  /** Where the test was registered, from the root: often a helper's file. */
  file: string;
}

export interface Evidence {
  /** The files that name an id, in order, from the root of the repository. */
  files: Map<string, string[]>;
  /** The results of each suite that has run. */
  results: Map<string, TestResult[]>;
}

/** Suites that hold no proofs: specs of single files, and the tests of this table. */
const NO_PROOF = ["unit", "table", "support"];

export function gather(root: string): Evidence {
  return { files: filesOfIds(root), results: readResults(join(root, "build/results")) };
}

/** The suite that a test file belongs to: the folder under tests/. */
export function suiteOf(file: string): string {
  return file.split("/")[1] ?? "";
}

/** The ids that a test file names: in brackets, or in the first lines of a script. */
export function idsOfFile(path: string, text: string): string[] {
  const ids = path.endsWith(".pkt") ? idsOfScript(text) : idsIn(text);
  return [...new Set(ids)];
}

/** Of the lines at the top that are comments, those that begin with "proves:". */
function idsOfScript(text: string): string[] {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !/^\s*(\/\/|$)/.test(line));
  return lines.slice(0, end < 0 ? lines.length : end)
    .flatMap((line) => idsOf(/^\s*\/\/\s*proves:(.*)$/.exec(line)?.[1] ?? ""));
}

function filesOfIds(root: string): Map<string, string[]> {
  const files = readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .map((file) => `tests/${file.replaceAll("\\", "/")}`)
    .filter((path) => /\.(test\.ts|pkt)$/.test(path) && !NO_PROOF.includes(suiteOf(path)))
    .sort();
  const found = new Map<string, string[]>();
  for (const path of files) {
    for (const id of idsOfFile(path, readFileSync(join(root, path), "utf8"))) {
      found.set(id, [...(found.get(id) ?? []), path]);
    }
  }
  return found;
}

function readResults(folder: string): Map<string, TestResult[]> {
  if (!existsSync(folder)) return new Map();
  return new Map(readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => [
      basename(file, ".jsonl"),
      readFileSync(join(folder, file), "utf8").split("\n").filter((line) => line !== "")
        .map((line) => JSON.parse(line) as TestResult),
    ]));
}

/** What a run has to say for people: where the stack did something else, and what. */
import { secondsText } from "./format.js";
import type { DrillFailure, DrillReport, DrillRun } from "./drill.js";

/** "node, ISN 0x00000000, remote 0xfffffc00" */
export function runText({ build, isn }: Pick<DrillRun, "build" | "isn">): string {
  return `${build}, ISN ${hex(isn.local)}, remote ${hex(isn.remote)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

/** The failures of a script, one for each text: runs that fail alike are named together. */
export function failuresText({ runs }: DrillReport): string {
  const alike = new Map<string, DrillRun[]>();
  for (const run of runs) {
    if (run.failure === undefined) continue;
    const { file, line, summary } = run.failure;
    // From run to run timestamps of ours differ, and times by the fraction of a millisecond.
    const plain = summary.replace(/TS val \d+/g, "TS val N").replace(/(\d\.\d\d)\d{4}/g, "$1");
    const key = `${file}:${line}: ${plain}`;
    alike.set(key, [...(alike.get(key) ?? []), run]);
  }
  return [...alike.values()].map((failed) => {
    const { file, line, summary } = failed[0]!.failure!;
    const heading = `${file}:${line}: ${summary}`;
    const where = failed.length === runs.length ? "in all runs"
      : `in ${failed.length} of ${runs.length} runs: ${failed.map(runText).join("; ")}`;
    return `${heading}\n  ${where}\n${failureText(failed[0]!.failure!)}`;
  }).join("\n");
}

/** The lines below the heading. */
function failureText(failure: DrillFailure): string {
  const { event, expected, actual, differences = [], unexamined, recent, state, atUs } = failure;
  const lines = recent.map((line) => `  before    ${line}`);
  lines.push(`  script    ${event}`);
  if (expected !== undefined) lines.push(`  expected  ${expected}`);
  if (actual !== undefined) lines.push(`  actual    ${actual}`);
  for (const difference of differences) lines.push(`  differs   ${difference}`);
  for (const line of unexamined) lines.push(`  also sent ${line}`);
  lines.push(`  at ${secondsText(atUs)} s${state.length === 0 ? ", no connections" : ":"}`);
  for (const line of state) lines.push(`    ${line}`);
  return `${lines.join("\n")}\n`;
}

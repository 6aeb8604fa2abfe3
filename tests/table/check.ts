/** Whether the tables tell the truth: what must hold before a row may say "done". */
import { type Evidence, suiteOf } from "./evidence.js";
import { type Requirement, type Table, idsIn } from "./requirements.js";

/** MUSTs of RFC 9293 that may be deviated from, each with its reason. */
const MOST_DEVIATIONS = 5;

export interface Verdict {
  faults: string[];
  /** Rows whose tests cannot run on this machine. */
  notRunHere: string[];
  /** Rows that are open, though a test that passed names them. */
  ripe: string[];
}

export function check(tables: Table[], evidence: Evidence): Verdict {
  const rows = tables.flatMap((table) => table.rows);
  const known = new Set(rows.map(({ id }) => id));
  const outcomes = outcomesOfIds(evidence);
  const faults = [
    ...tables.flatMap((table) => table.faults),
    ...twice(rows.map(({ id }) => id)).map((id) => `${id}: two rows of this id`),
    ...unknownIds(known, evidence),
    ...missingSuites(evidence),
    ...mereWords(evidence),
    ...tooManyDeviations(tables),
  ];
  const notRunHere: string[] = [];
  const ripe: string[] = [];
  for (const row of rows) {
    const { passed, failed } = outcomes.get(row.id) ?? { passed: 0, failed: [] };
    faults.push(...failed.map((title) => `${row.id}: failed: ${title}`));
    if (row.status === "open" && passed > 0) ripe.push(row.id);
    if (row.status !== "done" || passed > 0 || failed.length > 0) continue;
    if (isSkipped(row, evidence)) notRunHere.push(row.id);
    else faults.push(`${row.id}: said to be done, and no test that passed names it`);
  }
  return { faults, notRunHere, ripe };
}

interface Outcomes {
  passed: number;
  failed: string[];
}

function outcomesOfIds({ results }: Evidence): Map<string, Outcomes> {
  const found = new Map<string, Outcomes>();
  for (const { title, outcome } of [...results.values()].flat()) {
    for (const id of idsIn(title)) {
      const outcomes = found.get(id) ?? { passed: 0, failed: [] };
      found.set(id, outcomes);
      if (outcome === "passed") outcomes.passed++;
      if (outcome === "failed") outcomes.failed.push(title);
    }
  }
  return found;
}

/** Whether all that could prove the row has been skipped: by its title, or with its whole file. */
function isSkipped({ id }: Requirement, evidence: Evidence): boolean {
  const skipped = filesSkipped(evidence);
  return [...evidence.results.values()].flat()
    .some(({ title, outcome }) => outcome === "skipped" && idsIn(title).includes(id)) ||
    (evidence.files.get(id) ?? []).some((file) => skipped.has(file));
}

function unknownIds(known: Set<string>, { files, results }: Evidence): string[] {
  const inSource = [...files].filter(([id]) => !known.has(id))
    .map(([id, paths]) => `${id}: ${paths.join(", ")}: no such row`);
  const inResults = [...results.values()].flat().flatMap(({ title }) =>
    idsIn(title).filter((id) => !files.has(id))
      .map((id) => `${id}: must be written out in the source of its test: ${title}`));
  return [...inSource, ...new Set(inResults)];
}

/** Files that name a row, when no test of their suite that ran does: nobody would run the proof. */
function mereWords({ files, results }: Evidence): string[] {
  const named = new Set([...results].flatMap(([suite, tests]) =>
    tests.flatMap(({ title }) => idsIn(title).map((id) => `${suite} ${id}`))));
  const skipped = filesSkipped({ files, results });
  return [...files].flatMap(([id, paths]) => paths
    .filter((path) => results.has(suiteOf(path)) && !skipped.has(path))
    .filter((path) => !named.has(`${suiteOf(path)} ${id}`))
    .map((path) => `${id}: ${path} names it, and no test that ran does`));
}

/** Files of which a test, or all, were left out. */
function filesSkipped({ results }: Evidence): Set<string> {
  const all = [...results.values()].flat();
  return new Set(all.filter(({ outcome }) => outcome === "skipped").map(({ file }) => file));
}

function missingSuites({ files, results }: Evidence): string[] {
  const suites = new Set([...files.values()].flat().map(suiteOf));
  return [...suites].filter((suite) => !results.has(suite))
    .map((suite) => `no results of the suite "${suite}": npm test -- ${suite}`);
}

function tooManyDeviations(tables: Table[]): string[] {
  const deviations = tables.filter(({ name }) => name === "rfc9293")
    .flatMap(({ rows }) => rows)
    .filter(({ level, status }) => level.startsWith("MUST") && status === "deviation")
    .map(({ id }) => id);
  if (deviations.length <= MOST_DEVIATIONS) return [];
  const list = deviations.join(", ");
  return [`more than ${MOST_DEVIATIONS} deviations from MUSTs of RFC 9293: ${list}`];
}

function twice(ids: string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

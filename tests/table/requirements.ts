/**
 * The requirements as data: the tables under tests/conformance/requirements, one for each RFC.
 * What their columns mean stands in the README there.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const STATUSES = ["done", "deviation", "not applicable", "open"] as const;
export type Status = (typeof STATUSES)[number];

const LEVELS = [
  "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED", "MAY", "TEXT", "SEED",
];
const HEADER = "id\tlevel\tsection\trequirement\tstatus\treason";

export interface Requirement {
  id: string;
  level: string;
  section: string;
  text: string;
  status: Status;
  /** Why it is not done. Empty when it is. */
  reason: string;
}

export interface Table {
  /** The file's name without its ending: "rfc9293", "seeds". */
  name: string;
  rows: Requirement[];
  /** What is wrong with the file itself, a line each. */
  faults: string[];
}

/** What an id looks like, wherever it stands. */
const ID = /^(?:(?:MUST|SHLD|MAY|REC)-\d+|S\d\d|RFC\d{3,5}-[\w.]+)$/;

/** The ids in brackets in a text: "a title [MUST-14, S03] [node]" has two. */
export function idsIn(text: string): string[] {
  const groups = [...text.matchAll(/\[([^\][]*)\]/g)].map(([, group]) => group!);
  return groups.flatMap((group) => idsOf(group));
}

/** The ids in a list: "MUST-14, S03". */
export function idsOf(list: string): string[] {
  return list.split(",").map((word) => word.trim()).filter((word) => ID.test(word));
}

/** The tables that come first; the others follow by number. */
const FIRST = ["rfc9293", "events", "seeds"];

/** All tables of a folder, in the order of the page. */
export function readTables(folder: string): Table[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".tsv"))
    .map((file) => parseTable(file.replace(/\.tsv$/, ""), readFileSync(join(folder, file), "utf8")))
    .sort((a, b) => rank(a.name) - rank(b.name));
}

export function parseTable(name: string, text: string): Table {
  const [header, ...lines] = text.trimEnd().split("\n");
  const faults = header === HEADER ? [] : [`${name}.tsv: its first line is not the header`];
  const rows = lines.map((line) => {
    const [id = "", level = "", section = "", words = "", status = "", reason = "", ...more] =
      line.split("\t");
    const row = { id, level, section, text: words, status: status as Status, reason };
    faults.push(...faultsOf(row, more.length).map((fault) => `${name}.tsv: ${id}: ${fault}`));
    return row;
  });
  return { name, rows, faults };
}

function faultsOf(row: Requirement, columnsTooMany: number): string[] {
  const faults: string[] = [];
  if (columnsTooMany > 0) faults.push("more than six columns");
  if (!ID.test(row.id)) faults.push("not an id");
  if (!LEVELS.includes(row.level)) faults.push(`no such level: "${row.level}"`);
  if (row.text === "") faults.push("no requirement");
  if (!STATUSES.includes(row.status)) faults.push(`no such status: "${row.status}"`);
  if ((row.status === "done") !== (row.reason === "")) {
    faults.push("a reason belongs to what is not done, and only there");
  }
  return faults;
}

function rank(name: string): number {
  const index = FIRST.indexOf(name);
  return index < 0 ? Number(name.replace(/^rfc/, "")) : index;
}

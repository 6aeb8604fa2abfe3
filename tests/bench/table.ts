/** The figures as a table, and what they must show. Ratios are to lwIP in Wasm. */
import { type Result, ratioOf } from "./rounds.js";
import { Name, type RowReport } from "./rows.js";
import { type Goodput, PLAIN_LINUX } from "./tap/run.js";

const SUBJECTS = Object.values(Name);

function resultOf(report: RowReport | undefined, subject: string): Result | undefined {
  return report?.results.find((result) => result.subject === subject);
}

/** Nanoseconds, NaN when there is no figure. */
export function nsOf(report: RowReport | undefined, subject: string): number {
  return resultOf(report, subject)?.ns ?? NaN;
}

/** To lwIP in Wasm, in the same row. */
function ratioTo(report: RowReport | undefined, subject: string): number {
  return ratioOf(resultOf(report, subject), resultOf(report, Name.lwip));
}

export function formatRow(report: RowReport): string {
  const cells = SUBJECTS.map((subject) => {
    const ns = nsOf(report, subject);
    if (Number.isNaN(ns)) return "-".padStart(16);
    return `${ns.toFixed(0).padStart(7)} ${`(${ratioTo(report, subject).toFixed(3)})`.padStart(8)}`;
  });
  return `${report.name.padEnd(28)}${cells.join("")}  ${report.unit}`;
}

export function formatHead(): string {
  return " ".repeat(28) + SUBJECTS.map((subject) => subject.padStart(16)).join("");
}

/** What has no figure, and what stood still. */
export function formatNotes(reports: RowReport[]): string[] {
  const notes = reports.flatMap(({ name, results }) => results.flatMap((result) => {
    if (result.missing !== undefined) return [`${name}: no ${result.subject}: ${result.missing}`];
    if (result.stalls === 0) return [];
    return [`${name}: ${result.subject} stood still ${result.stalls} times`];
  }));
  return [...new Set(notes)];
}

export interface Verdict {
  what: string;
  /** NaN: not measured. */
  ratio: number;
  limit: number;
  goal?: number;
  isMet: boolean | null;
}

/** Native lwIP must stand to lwIP in Wasm as is known of them, or nothing here is believed. */
export function checkPeers(reports: RowReport[]): { ratio: number; isBelieved: boolean | null } {
  const report = reports.find(({ name }) => name === "W1 64 KiB, written");
  const ratio = ratioTo(report, Name.native);
  return { ratio, isBelieved: Number.isNaN(ratio) ? null : ratio >= 0.5 && ratio <= 0.7 };
}

export function verdicts(reports: RowReport[]): Verdict[] {
  const row = (name: string) => reports.find((report) => report.name === name);
  const verdict = (what: string, ratio: number, limit: number): Verdict =>
    ({ what, ratio, limit, isMet: Number.isNaN(ratio) ? null : ratio <= limit });
  const best = (report: RowReport | undefined) =>
    Math.min(nsOf(report, Name.stack), nsOf(report, Name.raw));
  // In a row without bursts there is no figure of them.
  const toPeer = (name: string) => [Name.raw, Name.bursts]
    .map((subject) => ratioTo(row(name), subject))
    .reduce((best, ratio) => (ratio < best ? ratio : best), ratioTo(row(name), Name.stack));
  const many = row("W2 N = 10000");
  return [
    ...["written", "in place"].flatMap((way) => [
      verdict(`W1 64 KiB ${way}, to lwIP Wasm`, toPeer(`W1 64 KiB, ${way}`), 0.75),
      verdict(`W1 4 KiB ${way}, to lwIP Wasm`, toPeer(`W1 4 KiB, ${way}`), 0.8),
      ...["board", "small"].map((product) => verdict(
        `W1 2 KiB ${way}, ${product}, to scalar`, toPeer(`W1 2 KiB, ${way}, ${product}`), 1.3,
      )),
    ]),
    verdict("W2 N = 1, to lwIP Wasm", toPeer("W2 N = 1"), 1),
    verdict("W2 N = 10000, to our N = 1", best(many) / best(row("W2 N = 1")), 4),
    verdict("W2 N = 10000, to lwIP Wasm", toPeer("W2 N = 10000"), 1 / 30),
    verdict("W3, to lwIP Wasm", toPeer("W3"), 1),
  ];
}

export function formatVerdicts(list: Verdict[]): string[] {
  return list.filter(({ isMet }) => isMet !== null).map(({ what, ratio, limit, isMet }) =>
    `${isMet ? "met    " : "NOT MET"}  ${what.padEnd(38)} ${ratio.toFixed(3)}, at most ` +
    `${Number(limit.toFixed(3))}`);
}

/** Ratios are to Linux without its offloads. */
export function formatGoodputs(goodputs: Goodput[]): string[] {
  const base = goodputs.find(({ path }) => path === PLAIN_LINUX);
  const cell = (bits: number, of = NaN) =>
    `${(bits / 1e6).toFixed(0).padStart(8)} ${`(${(bits / of).toFixed(2)})`.padStart(8)}`;
  return [
    "", "Goodput in Mbit a second, and for each second of CPU time of both processes;",
    "in brackets the ratio to Linux without offloads",
    ...goodputs.map(({ path, bitsPerSecond, bitsPerCpuSecond }) => path.padEnd(40) +
      cell(bitsPerSecond, base?.bitsPerSecond) + cell(bitsPerCpuSecond, base?.bitsPerCpuSecond)),
  ];
}

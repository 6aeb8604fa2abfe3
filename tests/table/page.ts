/**
 * docs/conformance.md from the tables and the test files that name their rows. The results of a run
 * are not in it, so that it is the same on every machine: check.ts holds them against it.
 */
import { type Requirement, STATUSES, type Table } from "./requirements.js";

/** What each table is about. */
const TITLES: Record<string, string> = {
  rfc9293: "RFC 9293: TCP",
  events: "RFC 9293 section 3.10: event by event",
  seeds: "What the project was asked for",
  rfc1122: "RFC 1122: hosts (less what RFC 9293 has)",
  rfc1191: "RFC 1191: path MTU discovery",
  rfc1337: "RFC 1337: TIME-WAIT assassination",
  rfc2018: "RFC 2018: selective acknowledgment",
  rfc2883: "RFC 2883: duplicates reported by SACK",
  rfc3042: "RFC 3042: limited transmit",
  rfc3168: "RFC 3168: explicit congestion notification",
  rfc3708: "RFC 3708: needless retransmissions told by D-SACK",
  rfc4015: "RFC 4015: Eifel response",
  rfc4821: "RFC 4821: path MTU discovery without ICMP",
  rfc4987: "RFC 4987: SYN floods",
  rfc5227: "RFC 5227: address conflicts",
  rfc5461: "RFC 5461: soft errors",
  rfc5482: "RFC 5482: user timeout option",
  rfc5681: "RFC 5681: congestion control",
  rfc5682: "RFC 5682: F-RTO",
  rfc5927: "RFC 5927: ICMP attacks",
  rfc5961: "RFC 5961: blind attacks",
  rfc6056: "RFC 6056: ports",
  rfc6093: "RFC 6093: urgent data",
  rfc6191: "RFC 6191: TIME-WAIT and timestamps",
  rfc6298: "RFC 6298: retransmission timer",
  rfc6528: "RFC 6528: initial sequence numbers",
  rfc6582: "RFC 6582: NewReno",
  rfc6675: "RFC 6675: loss recovery with SACK",
  rfc6691: "RFC 6691: MSS and options",
  rfc6928: "RFC 6928: initial window",
  rfc7323: "RFC 7323: window scale, timestamps, PAWS",
  rfc7661: "RFC 7661: windows that are not used",
  rfc8985: "RFC 8985: RACK-TLP",
  rfc9002: "RFC 9002: pacing",
  rfc9406: "RFC 9406: HyStart++",
  rfc9438: "RFC 9438: CUBIC",
  rfc9768: "RFC 9768: accurate ECN",
  rfc9937: "RFC 9937: proportional rate reduction",
};

const HEAD = `# Conformance

Requirement by requirement, in our words: what is done, what is not and why, and the tests that
prove it. Written by \`npm run conformance\` from the tables in \`tests/conformance/requirements/\`
and from the tests, which name the rows that they prove in brackets in their titles: search a file
for \`MUST-14\` to find the test. \`npm test\` fails when a row says done and no test that passed
proves it, or when a test that proves a row failed.
`;

export function page(tables: Table[], files: Map<string, string[]>): string {
  const sections = tables.map((table) => section(table, files));
  return [HEAD, summary(tables), levels(tables), ...sections].join("\n");
}

function summary(tables: Table[]): string {
  const all: Table = { name: "", rows: tables.flatMap(({ rows }) => rows), faults: [] };
  const statuses = STATUSES.filter((status) => all.rows.some((row) => row.status === status));
  const counts = ({ rows }: Table) => [rows.length, ...statuses.map((status) =>
    rows.filter((row) => row.status === status).length || "")];
  return [
    line(["", "rows", ...statuses]),
    line(["---", "--:", ...statuses.map(() => "--:")]),
    ...tables.map((table) => line([`[${titleOf(table)}](#${anchorOf(table)})`, ...counts(table)])),
    line(["all", ...counts(all)]),
    "",
  ].join("\n");
}

/** How RFC 9293's rows stand by their level. */
function levels(tables: Table[]): string {
  const rows = tables.find(({ name }) => name === "rfc9293")?.rows ?? [];
  const words = ["MUST", "SHOULD", "RECOMMENDED", "MAY"].map((level) => {
    const own = rows.filter((row) => row.level.startsWith(level));
    const list = STATUSES
      .map((status) => ({ status, count: own.filter((row) => row.status === status).length }))
      .filter(({ count }) => count > 0)
      .map(({ status, count }) => `${count} ${status}`);
    return `${own.length} ${level} (${list.join(", ")})`;
  });
  return `RFC 9293's rows by level: ${words.join("; ")}.\n`;
}

function section(table: Table, files: Map<string, string[]>): string {
  return [
    `## ${titleOf(table)}`,
    "",
    line(["", "level", "section", "requirement", "status", "tests"]),
    line(Array<string>(6).fill("---")),
    ...table.rows.map((row) => line([
      row.id, ["SEED", "TEXT"].includes(row.level) ? "" : row.level,
      row.section, row.text, statusOf(row),
      (files.get(row.id) ?? []).map(link).join(", "),
    ])),
    "",
  ].join("\n");
}

function statusOf({ status, reason }: Requirement): string {
  return status === "done" ? "done" : `**${status}**: ${reason}`;
}

/** A test file by its name, and by its folder unless that is the conformance tests'. */
function link(path: string): string {
  const name = path.replace(/^tests\/(conformance\/)?/, "").replace(/\.(test\.ts|pkt)$/, "");
  return `[${name}](../${path})`;
}

function titleOf({ name }: Table): string {
  return TITLES[name] ?? name;
}

/** As GitHub makes it of a title. */
function anchorOf(table: Table): string {
  return titleOf(table).toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-");
}

function line(cells: (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

/**
 * The numbers of `assembly/abi/` as a C header, host/board/motetcp_abi.h, comments and all. It is
 * kept in the repository, as it is what a user of C reads; `npx tsx host/tools/board/abi_header.ts`
 * writes it anew, and a test says when that is due.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = resolve(dirnameOf(import.meta.url), "../../..");
export const HEADER_FILE = join(ROOT, "host/board/motetcp_abi.h");
/** What only the shim itself needs: it has records for them. */
const HIDDEN = ["Interface", "Parameter", "ReceiveFlag", "FrameFlag", "Entropy", "Timers"];

/** Of these C has a struct; the enum says which word is which. */
const TAGS: Record<string, string> = {
  Budget: "motetcp_budget_word", Status: "motetcp_status_word",
};

const OPENING = `/*
 * The numbers that the stack takes and gives. Made from assembly/abi/ by
 * host/tools/board/abi_header.ts: not to be edited.
 */
#ifndef MOTETCP_ABI_H
#define MOTETCP_ABI_H
`;

/** The header's text. */
export function abiHeader(): string {
  const folder = join(ROOT, "assembly/abi");
  const enums = readdirSync(folder).sort().flatMap((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    return tree.statements.filter(ts.isEnumDeclaration);
  });
  const shown = enums.filter(({ name }) => !HIDDEN.includes(name.text));
  return `${OPENING}\n${shown.map(enumText).join("\n\n")}\n\n${counterNames(enums)}\n#endif\n`;
}

/** What a status page calls the counters: one text, each name with a NUL behind it. */
function counterNames(enums: ts.EnumDeclaration[]): string {
  const counters = enums.find(({ name }) => name.text === "Counter")?.members ?? [];
  const names = counters.slice(0, -1).map(({ name }) => `  "${name.getText()}\\0"`);
  return `/** Names of the counters in their order, each ended by a NUL. */
#define MOTETCP_COUNTER_NAMES \\
${names.join(" \\\n")}
`;
}

function enumText(node: ts.EnumDeclaration): string {
  const prefix = `MOTETCP_${upper(node.name.text)}_`;
  const members = node.members.map((member) => {
    const value = member.initializer === undefined ? "" : ` = ${valueText(member.initializer)}`;
    return `${comment(member, "  ")}  ${prefix}${upper(member.name.getText())}${value},`;
  });
  const name = TAGS[node.name.text] ?? `motetcp_${upper(node.name.text).toLowerCase()}`;
  return `${comment(node, "")}enum ${name} {\n${members.join("\n")}\n};`;
}

/** C99 has no enumerator above INT_MAX. */
function valueText(value: ts.Expression): string {
  return String(Number(value.getText()));
}

/** The last comment in front of `node`, as it stands there. */
function comment(node: ts.Node, indent: string): string {
  const text = node.getSourceFile().text;
  const range = ts.getLeadingCommentRanges(text, node.getFullStart())?.at(-1);
  if (range === undefined || text[range.pos + 2] !== "*") return "";
  return `${indent}${text.slice(range.pos, range.end)}\n`;
}

function upper(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

function dirnameOf(url: string): string {
  return resolve(fileURLToPath(url), "..");
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(HEADER_FILE, abiHeader());
}

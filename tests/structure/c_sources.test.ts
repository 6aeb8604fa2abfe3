/** The form of what is in C, and that its numbers are those of the module. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { abiHeader, HEADER_FILE } from "../../host/tools/board/abi_header.js";
import { assertNone, ROOT } from "./source_tree.js";

const COLUMNS = 100;
const FUNCTION_LINES = 70;
const FILE_LINES = 400;

interface Source {
  path: string;
  lines: string[];
}

/** All files of C and of the linker's, in host/board and its tests. */
function sources(): Source[] {
  return ["host/board", "tests/board"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.([ch]|ld)$/.test(name))
      .sort()
      .map((name) => join(folder, name))
      .map((path) => ({ path, lines: readFileSync(join(ROOT, path), "utf8").split("\n") })));
}

/** A function begins and ends where something stands in the first column. */
function longFunctions({ path, lines }: Source): string[] {
  const found: string[] = [];
  let start = 0;
  lines.forEach((line, index) => {
    if (/^\S.*\{$/.test(line)) start = index;
    const length = index - start + 1;
    if (line === "}" && length > FUNCTION_LINES) {
      found.push(`${path}:${start + 1}: ${length} lines`);
    }
  });
  return found;
}

describe("every C file", () => {
  const files = sources();
  const made = files.filter(({ path }) => join(ROOT, path) !== HEADER_FILE);

  it(`is at most ${COLUMNS} columns wide`, () => {
    assertNone(files.flatMap(({ path, lines }) => lines.flatMap((line, index) =>
      line.length > COLUMNS ? [`${path}:${index + 1}: ${line.length} columns`] : [])));
  });

  it(`is at most ${FILE_LINES} lines long, with functions of at most ${FUNCTION_LINES}`, () => {
    const long = made.filter(({ lines }) => lines.length - 1 > FILE_LINES);
    assertNone([...long.map(({ path }) => path), ...files.flatMap(longFunctions)]);
  });

  it("is named in snake_case and opens with a comment that says what it is", () => {
    assertNone(files.filter(({ path, lines }) =>
      !/^[a-z0-9]+(_[a-z0-9]+)*\.\w+$/.test(basename(path)) || !lines[0]!.startsWith("/*"))
      .map(({ path }) => path));
  });

  it("holds no tab, no space at an end of a line, and no promise to come back", () => {
    assertNone(files.flatMap(({ path, lines }) => lines.flatMap((line, index) =>
      /\t| $|\bTO[D]O\b|\bFIX[M]E\b/.test(line) ? [`${path}:${index + 1}: ${line}`] : [])));
  });
});

describe("motetcp_abi.h", () => {
  it("has the numbers of assembly/abi (npx tsx host/tools/board/abi_header.ts)", () => {
    assert.equal(readFileSync(HEADER_FILE, "utf8"), abiHeader());
  });
});

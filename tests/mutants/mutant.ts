/** A planted defect: one place of the core made wrong, and the tests that must turn red for it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Mutant {
  /** What is wrong, in a few words with hyphens. */
  name: string;
  /** The rules that it breaks: requirements of RFC 9293, seeds, sections of other RFCs. */
  breaks: string;
  /** Below assembly/. */
  file: string;
  /** Stands there exactly once. */
  find: string;
  replace: string;
  /**
   * Files below tests/: tests, without ".test.ts", in one of which a test of the Node build must
   * fail; specs, with ".spec"; and scripts (docs/drill.md), with ".pkt", of which one must not go
   * as it says.
   */
  noticedBy: string[];
}

/** The path of such a file. */
export function pathOf(file: string): string {
  if (file.endsWith(".pkt")) return `tests/${file}`;
  return file.endsWith(".spec") ? `tests/${file}.ts` : `tests/${file}.test.ts`;
}

/** The file of the tree at `root` with the defect in it. Throws when its place is not found. */
export function plant(root: string, { name, file, find, replace }: Mutant): string {
  const text = readFileSync(join(root, "assembly", file), "utf8");
  const count = text.split(find).length - 1;
  if (count !== 1) {
    const what = count === 0 ? "does not hold this any more" : `holds this ${count} times`;
    throw new Error(`mutant ${name}: assembly/${file} ${what}:\n${find}\n` +
      "Its row in tests/mutants/table/ must name the place as it is now.");
  }
  return text.replace(find, () => replace);
}

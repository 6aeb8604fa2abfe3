/** The planted defects of tests/mutants: each has its place, and who tries them sees the truth. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type Mutant, pathOf, plant } from "../mutants/mutant.js";
import { MUTANTS } from "../mutants/mutants.js";
import { chosen } from "../mutants/run.js";
import { Workshop } from "../mutants/workshop.js";
import { ROOT, assertNone } from "./source_tree.js";

/** What rules are grouped by: at least one defect must break one of each. */
const GROUPS = [
  ...Array.from({ length: 28 }, (_, index) => `S${String(index + 1).padStart(2, "0")}`),
  "MUST-", "SHLD-", "MAY-", "RFC 791", "RFC 826", "RFC 6093", "RFC 7323", "RFC 2018",
  "RFC 2883", "RFC 3168", "RFC 4987", "RFC 1191", "RFC 5482",
  ...[1122, 1337, 3042, 5227, 5461, 5681, 5927, 5961, 6056, 6191, 6298, 6528, 6582, 6691, 6928,
    3708, 4015, 5682, 6675, 8985, 9768, 9937].map((number) => `RFC ${number}`),
];

const ROW: Mutant = {
  name: "row", breaks: "nothing", file: "tcp/seq.ts", find: "return to - from;",
  replace: "return to - from;", noticedBy: ["conformance/serial"],
};

describe("the planted defects", () => {
  it("have a place in the core, exactly one each", () => {
    assertNone(MUTANTS.flatMap((mutant) => {
      try {
        plant(ROOT, mutant);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    }));
  });

  it("have names of their own, tests that exist, and change something", () => {
    assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
    assertNone(MUTANTS.flatMap(({ noticedBy }) => noticedBy)
      .map(pathOf)
      .filter((path) => !existsSync(join(ROOT, path))));
    assertNone(MUTANTS.filter(({ find, replace }) => find === replace).map(({ name }) => name));
  });

  it("break a rule of every group", () => {
    assertNone(GROUPS.filter((group) => !MUTANTS.some(({ breaks }) => breaks.includes(group))));
  });

  it("are chosen by name, or so many from all over the table", () => {
    assert.equal(chosen([]).length, MUTANTS.length);
    assert.equal(chosen([], 8).length, 8);
    assert.deepEqual(chosen(["nagle-off"]).map(({ name }) => name), ["nagle-off"]);
    assert.throws(() => chosen(["no-such"]), /no mutant "no-such"/);
  });

  it("are told by name when their place has gone or is there twice", () => {
    assert.throws(() => plant(ROOT, { ...ROW, find: "return from - to;" }), /row:.*any more/);
    assert.throws(() => plant(ROOT, { ...ROW, find: "a: u32, b: u32" }), /row:.*\d times/);
  });
});

describe("a workshop", () => {
  it("sees a survivor, a test that fails, and one that never ends", async () => {
    const workshop = new Workshop();
    try {
      const survivor = await workshop.try(ROW, () => 120_000);
      assert.equal(survivor.noticed, undefined);
      const off = { ...ROW, replace: "return to - from + 1;" };
      const wrong = await workshop.try(off, () => 120_000);
      assert.equal(wrong.noticed?.file, "conformance/serial");
      assert.doesNotMatch(wrong.noticed.title, /hangs/);
      const endless = "while (from != 1) from |= 2;\n  return to;";
      const hung = await workshop.try({ ...ROW, replace: endless }, () => 8_000);
      assert.match(hung.noticed!.title, /hangs/);
      const seen = await workshop.try(
        { ...off, noticedBy: ["unit/tcp/seq.spec"] }, () => 120_000,
      );
      assert.equal(seen.noticed?.file, "unit/tcp/seq.spec");
      const unseen = await workshop.try(
        { ...ROW, noticedBy: ["unit/tcp/seq.spec"] }, () => 120_000,
      );
      assert.equal(unseen.noticed, undefined);
      const spelt = { ...ROW, replace: "return to +;" };
      await assert.rejects(workshop.try(spelt, () => 1), /not compile/);
    } finally {
      workshop.clear();
    }
    assert.ok(!existsSync(workshop.folder));
  });
});

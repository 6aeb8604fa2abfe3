/** The table of conformance itself: planted faults are found, and what is right passes. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { check } from "./check.js";
import { type Evidence, type TestResult, idsOfFile } from "./evidence.js";
import { page } from "./page.js";
import { type Table, idsIn, parseTable } from "./requirements.js";

const HEADER = "id\tlevel\tsection\trequirement\tstatus\treason";
const FILE = "tests/conformance/a.test.ts";
const ROW = "MUST-1\tMUST\t3.1\tThe window is unsigned\tdone\t";

function table(...lines: string[]): Table {
  return parseTable("rfc9293", [HEADER, ...lines, ""].join("\n"));
}

function result(title: string, outcome: TestResult["outcome"] = "passed"): TestResult {
  return { title, outcome, file: FILE };
}

function evidence(results: TestResult[], files: Record<string, string[]> = {}): Evidence {
  return {
    files: new Map(Object.entries({ "MUST-1": [FILE], ...files })),
    results: new Map([["conformance", results]]),
  };
}

const faultsOf = (tables: Table[], found: Evidence) => check(tables, found).faults;

describe("the check", () => {
  it("is content with a row that a passing test names", () => {
    const found = evidence([result("a window of 40000 [MUST-1] [node]")]);
    assert.deepEqual(check([table(ROW)], found), { faults: [], notRunHere: [], ripe: [] });
  });

  it("finds a row that is done without a test", () => {
    const found = evidence([result("a window of 40000 (MUST-1)")], { "MUST-1": [] });
    const faults = faultsOf([table(ROW)], found);
    assert.deepEqual(faults, ["MUST-1: said to be done, and no test that passed names it"]);
  });

  it("finds a test that failed, though others passed", () => {
    const found = evidence([result("this [MUST-1]"), result("that [MUST-1]", "failed")]);
    assert.deepEqual(faultsOf([table(ROW)], found), ["MUST-1: failed: that [MUST-1]"]);
  });

  it("finds ids that no row has, and ids that a search for them would not find", () => {
    const found = evidence([result("this [MUST-1, MUST-99]"), result("that [S01]")], {
      "MUST-99": [FILE],
    });
    assert.deepEqual(faultsOf([table(ROW)], found), [
      `MUST-99: ${FILE}: no such row`,
      "S01: must be written out in the source of its test: that [S01]",
    ]);
  });

  it("finds a sixth deviation from a MUST, and counts no SHOULD", () => {
    const deviations = (level: string, count: number) => Array.from({ length: count }, (_, i) =>
      `${level === "MUST" ? "MUST" : "SHLD"}-${10 + i}\t${level}\t3\tText\tdeviation\tA reason`);
    const found = evidence([result("a [MUST-1]")]);
    const five = [ROW, ...deviations("MUST", 5), ...deviations("SHOULD", 9)];
    assert.deepEqual(faultsOf([table(...five)], found), []);
    assert.match(faultsOf([table(ROW, ...deviations("MUST", 6))], found).join(), /^more than 5/);
  });

  it("says what could not run here, and does not call it a fault", () => {
    const bySelf = check([table(ROW)], evidence([result("a [MUST-1]", "skipped")]));
    assert.deepEqual(bySelf, { faults: [], notRunHere: ["MUST-1"], ripe: [] });
    const byFile = check([table(ROW)], evidence([result("all of a file", "skipped")]));
    assert.deepEqual(byFile, { faults: [], notRunHere: ["MUST-1"], ripe: [] });
    const failed = check([table(ROW)], evidence([
      result("a [MUST-1]", "skipped"), result("b [MUST-1]", "failed"),
    ]));
    assert.equal(failed.faults.length, 1);
  });

  it("says what may be said to be done", () => {
    const open = table(ROW.replace("done\t", "open\tNot there yet"));
    const { faults, ripe } = check([open], evidence([result("a [MUST-1]")]));
    assert.deepEqual([faults, ripe], [[], ["MUST-1"]]);
    assert.deepEqual(check([open], evidence([])).ripe, []);
  });

  it("finds a file that names a row in no title of a test", () => {
    const other = "tests/host/b.test.ts";
    const found = evidence([result("a [MUST-1]")], { "MUST-1": [FILE, other] });
    assert.match(faultsOf([table(ROW)], found).join(), /no results of the suite "host"/);
    found.results.set("host", [{ title: "b", outcome: "passed", file: other }]);
    assert.deepEqual(faultsOf([table(ROW)], found),
      [`MUST-1: ${other} names it, and no test that ran does`]);
    found.results.set("host", [{ title: "b", outcome: "skipped", file: other }]);
    assert.deepEqual(faultsOf([table(ROW)], found), [], "it cannot run here");
  });

  it("asks for a suite whose results are missing", () => {
    const found = { ...evidence([]), results: new Map() };
    assert.match(faultsOf([table(ROW)], found).join(), /no results of the suite "conformance"/);
  });

  it("finds rows that are not well formed, and two of one id", () => {
    const wrong = [
      "NUST-1\tMUST\t3.1\tText\tdone\t", "MUST-2\tWILL\t3.1\tText\tdone\t",
      "MUST-3\tMUST\t3.1\tText\tperhaps\tA reason", "MUST-4\tMUST\t3.1\tText\tdeviation\t",
      "MUST-5\tMUST\t3.1\tText\tdone\tA reason", "MUST-6\tMUST\t3.1\tText\tdone\t\tMore",
    ];
    for (const line of wrong) assert.equal(table(line).faults.length, 1, line);
    const faults = faultsOf([table(ROW, ROW)], evidence([result("a [MUST-1]")]));
    assert.deepEqual(faults, ["MUST-1: two rows of this id"]);
  });
});

describe("ids", () => {
  it("are what stands in brackets, alone or in a list", () => {
    assert.deepEqual(idsIn("a [MUST-1, S03] b (S04) [RFC5961-3.2a] [node] [S7] [2, 3]"),
      ["MUST-1", "S03", "RFC5961-3.2a"]);
  });

  it("stand in the first lines of a script", () => {
    const script = "// A window.\n// proves: MUST-1, S03\n\n0 socket(..., SOCK_STREAM, 0) = 3\n";
    assert.deepEqual(idsOfFile("a.pkt", script), ["MUST-1", "S03"]);
    assert.deepEqual(idsOfFile("a.pkt", `+0 > S 0:0(0)\n${script}`), []);
  });
});

describe("the page", () => {
  it("links a row to its tests, and gives the reason of what is not done", () => {
    const text = page([table(ROW, "MAY-1\tMAY\t3\tText\tdeviation\tFor a reason")],
      new Map([["MUST-1", [FILE, "tests/host/b.test.ts", "tests/conformance/c/d.pkt"]]]));
    const links = "[a](../tests/conformance/a.test.ts), [host/b](../tests/host/b.test.ts), " +
      "[c/d](../tests/conformance/c/d.pkt)";
    assert.ok(text.includes(`| MUST-1 | MUST | 3.1 | The window is unsigned | done | ${links} |`));
    assert.ok(text.includes("| MAY-1 | MAY | 3 | Text | **deviation**: For a reason |  |"));
    assert.ok(text.includes("| [RFC 9293: TCP](#rfc-9293-tcp) | 2 | 1 | 1 |"));
  });
});

describe("the reporter", () => {
  it("writes what became of each test, of a whole file too", () => {
    const folder = mkdtempSync(join(tmpdir(), "motetcp-table-"));
    try {
      const file = join(folder, "sample.test.mjs");
      const out = join(folder, "out.jsonl");
      writeFileSync(file, `
        import { describe, it } from "node:test";
        it("good [S01]", () => {});
        it("bad [S02]", () => { throw new Error("on purpose"); });
        it("left out [S03]", { skip: "not here" }, () => {});
        describe("all left out", { skip: "not here" }, () => { it("within [S04]", () => {}); });
      `);
      spawnSync(process.execPath, [
        "--import", "tsx", "--test", "--test-reporter=./tests/table/reporter.mjs",
        `--test-reporter-destination=${out}`, file,
      ], { env: { ...process.env, NODE_TEST_CONTEXT: undefined } });
      const lines = readFileSync(out, "utf8").trim().split("\n").map((line) => JSON.parse(line));
      const outcomes = Object.fromEntries(lines.map(({ title, outcome }) => [title, outcome]));
      assert.equal(outcomes["good [S01]"], "passed");
      assert.equal(outcomes["bad [S02]"], "failed");
      assert.equal(outcomes["left out [S03]"], "skipped");
      assert.equal(outcomes["all left out"], "skipped");
      assert.ok(lines.every(({ file: from }) => from.endsWith("sample.test.mjs")));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

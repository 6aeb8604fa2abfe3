/**
 * Imports point one way. Inside the core: abi < core < wire < net < tcp < api < door, no cycles; as
 * for the library of applications: api < library < index.
 * Between the halves: the host knows of the core only the numbers in assembly/abi.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertNone, importCycle, parse, sourceFiles, type SourceFile } from "./source_tree.js";

const LAYERS = ["abi", "core", "wire", "net", "tcp", "api", "door", "library", "index"];
/** What every layer may import. */
const FOR_ALL = "assembly/config.ts";

function layerOf(path: string): string | undefined {
  return /^assembly\/(\w+)(?:\/\w+)?\.ts$/.exec(path)?.[1];
}

/** What is wrong with the imports of a file of the core. */
function wrongImports(file: SourceFile): string[] {
  const layer = LAYERS.indexOf(layerOf(file.path) ?? "");
  const wrong = file.packages.map((name) => `${file.path} imports the package ${name}`);
  if (file.path !== FOR_ALL && layer < 0) wrong.push(`${file.path} is in no layer`);
  for (const path of file.imports) {
    if (path === FOR_ALL) continue;
    const target = LAYERS.indexOf(layerOf(path) ?? "");
    if (target < 0 || target > layer) wrong.push(`${file.path} imports ${path}, which is above it`);
  }
  return wrong;
}

describe("the layers of the core", () => {
  const files = sourceFiles("assembly");

  it("import only from their own layer and those below [S24]", () => {
    assertNone(files.flatMap(wrongImports));
  });

  it("have no cycle of imports", () => {
    assert.equal(importCycle(files)?.join(" -> "), undefined);
  });

  it("keep abi free of imports, so that the host can take it as it is", () => {
    const abi = files.filter(({ path }) => layerOf(path) === "abi");
    assertNone(abi.filter(({ imports }) => imports.length > 0).map(({ path }) => path));
  });

  it("are left through door.ts, which only names what api/ exports", () => {
    const door = files.find(({ path }) => path === "assembly/door.ts")!;
    assertNone(door.imports.filter((path) => layerOf(path) !== "api"));
    assertNone(files.filter(({ imports }) => imports.includes(door.path)).map(({ path }) => path));
  });
});

describe("the host", () => {
  it("imports of the core only assembly/abi", () => {
    const wrong = sourceFiles("host").flatMap(({ path, imports }) =>
      imports.filter((to) => to.startsWith("assembly/") && layerOf(to) !== "abi")
        .map((to) => `${path} imports ${to}`));
    assertNone(wrong);
  });

  it("imports nothing from tests/", () => {
    const wrong = sourceFiles("host").flatMap(({ path, imports }) =>
      imports.filter((to) => to.startsWith("tests/")).map((to) => `${path} imports ${to}`));
    assertNone(wrong);
  });
});

describe("these rules", () => {
  it("see an import upwards, sideways out of the core, and of a package", () => {
    const wrong = (path: string, text: string) => wrongImports(parse(path, text)).length;
    assert.equal(wrong("assembly/net/input.ts", 'import { x } from "../tcp/state";'), 1);
    assert.equal(wrong("assembly/net/input.ts", 'export { x } from "../api/stack";'), 1);
    assert.equal(wrong("assembly/net/input.ts", 'import { x } from "../../host/stack";'), 1);
    assert.equal(wrong("assembly/net/input.ts", 'import { x } from "lodash";'), 1);
    assert.equal(wrong("assembly/core/ring.ts", 'import { x } from "../abi/state";'), 0);
    assert.equal(wrong("assembly/core/ring.ts", 'import { x } from "../config";'), 0);
  });

  it("see a cycle", () => {
    const a = { ...parse("a.ts", ""), imports: ["b.ts"] };
    const b = { ...parse("b.ts", ""), imports: ["c.ts"] };
    const c = { ...parse("c.ts", ""), imports: ["b.ts"] };
    assert.deepEqual(importCycle([a, b, c]), ["b.ts", "c.ts", "b.ts"]);
    assert.equal(importCycle([a, b]), undefined);
  });
});

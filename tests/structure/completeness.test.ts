/**
 * Nothing is dead, nothing is missing: every file and every function is used, every number of the
 * ABI has a use, every file of the core has its specs, every page that is referred to is there.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import ts from "typescript";
import { ABI_EXPORTS } from "../../host/tools/abi_exports.js";
import { ROOT, assertNone, reachable, sourceFile, sourceFiles, visit } from "./source_tree.js";

/** Where Node or a user of the package comes in; and what package.json's scripts run. */
function hostEntries(): string[] {
  const scripts = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;
  const run = Object.values(scripts as Record<string, string>)
    .flatMap((script) => [...script.matchAll(/\b(?:host|tests)\/[\w/]+\.m?ts\b/g)])
    .map(([path]) => path);
  // What `motetcp flash` loads where the sources are is no import that can be read off.
  return ["host/index.ts", "host/cli/main.ts", "host/tools/board/flash.ts", ...run];
}

describe("the core", () => {
  const files = sourceFiles("assembly");
  const inUse = reachable(["assembly/door.ts", "assembly/index.ts"]);

  it("has no file that neither the door nor the library leads to", () => {
    const paths = files.map(({ path }) => path).filter((path) => !path.startsWith("assembly/abi/"));
    assertNone(paths.filter((path) => !inUse.has(path)));
  });

  it("exports from its files only what something in it uses", () => {
    assertNone(files.filter(({ path }) => !/assembly\/(abi\/|door|index)/.test(path))
      .flatMap((file) => exportedNames(file.tree)
        .filter((name) => !isUsed(name, file.path))
        .map((name) => `${file.path}: ${name}`)));
  });

  for (const [path, name] of [
    ["counter", "Counter"], ["error", "Err"], ["event", "Event"], ["state", "State"],
  ] as const) {
    it(`uses every member of ${name}`, () => {
      const members = enumMembers(`assembly/abi/${path}.ts`, name);
      assert.notEqual(members.length, 0);
      const core = files.filter((file) => !file.path.startsWith("assembly/abi/"));
      assertNone(members.filter((member) =>
        !core.some(({ text }) => new RegExp(`\\b${name}\\.${member}\\b`).test(text))));
    });
  }

  it("has a spec of its name for every file of code", () => {
    const specs = new Set(specNames());
    const code = files.filter(({ path }) => /^assembly\/(core|wire|net|tcp|api)\//.test(path))
      .filter(({ tree }) => exportedFunctions(tree).length > 0);
    assertNone(code.map(({ path }) => path.replace(/^assembly\//, "").replace(/\.ts$/, ""))
      .filter((name) => !specs.has(name))
      .map((name) => `tests/unit/${name}.spec.ts is missing`));
  });

  it("has no spec without its file", () => {
    assertNone(specNames().filter((name) => !existsSync(join(ROOT, `assembly/${name}.ts`))));
  });

  /** Whether the name stands anywhere but where it is declared. */
  function isUsed(name: string, home: string): boolean {
    const word = new RegExp(`\\b${name}\\b`, "g");
    return files.some(({ path, text }) => {
      const code = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
      return (code.match(word) ?? []).length > (path === home ? 1 : 0);
    });
  }
});

describe("the host and the tests", () => {
  it("have no file that nothing leads to", () => {
    const tests = sourceFiles("tests").map(({ path }) => path);
    const isEntry = (path: string) => /\.(test|spec)\.ts$/.test(path);
    // A program that a test starts is named in a string there.
    const isNamed = (path: string) => sourceFiles("tests").some((file) =>
      file.path !== path && new RegExp(`"[^"]*${basename(path)}"`).test(file.text));
    const entries = tests.filter((path) => isEntry(path) || isNamed(path));
    const inUse = reachable([...hostEntries(), ...entries]);
    const all = [...sourceFiles("host").map(({ path }) => path), ...tests];
    assertNone(all.filter((path) => !inUse.has(path) && !FOUND_BY_NAME.test(path)));
  });

  it("refer only to pages of docs/ that exist", () => {
    const texts = [...sourceFiles("assembly", "host", "tests"), ...pages()];
    assertNone(texts.flatMap(({ path, text }) =>
      [...text.matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
        .filter(([page]) => !existsSync(join(ROOT, page)))
        .map(([page]) => `${path} refers to ${page}`)));
  });
});

describe("the ABI", () => {
  it("is the list that the audit has, which is what door.ts exports", () => {
    const names = exportedNames(sourceFile("assembly/door.ts").tree);
    assert.deepEqual([...ABI_EXPORTS].sort(), [...names, "memory"].sort());
  });

  it("is described in docs/embedding.md, call by call, and nothing else is", () => {
    const page = readFileSync(join(ROOT, "docs/embedding.md"), "utf8");
    const described = new Set([...page.matchAll(/`(\w+)(?:\([^`]*\))?`/g)].map(([, name]) => name));
    assertNone(ABI_EXPORTS.filter((name) => !described.has(name)));
  });
});

describe("the top of the repository", () => {
  it("holds only what is allowed there", () => {
    const allowed = [
      "assembly", "host", "build", "tests", "docs", "node_modules", "asconfig.json", "package.json",
      "package-lock.json", "tsconfig.json", "README.md", "LICENSE",
    ];
    const there = readdirSync(ROOT).filter((name) => !name.startsWith("."));
    assertNone(there.filter((name) => !allowed.includes(name) && !name.endsWith(".tgz")));
  });
});

/** Loaded by a name in a configuration, by another process, or by an example's reader. */
const FOUND_BY_NAME = /^tests\/(structure\/runtime\/|unit\/|package\/|fixtures\/)/;

function pages(): { path: string; text: string }[] {
  const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`);
  return [...docs, "README.md"].filter((path) => existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

function specNames(): string[] {
  return sourceFiles("tests/unit").map(({ path }) => path)
    .filter((path) => path.endsWith(".spec.ts"))
    .map((path) => path.replace(/^tests\/unit\//, "").replace(/\.spec\.ts$/, ""));
}

function exportedNames(tree: ts.SourceFile): string[] {
  const names: string[] = [];
  visit(tree, (node) => {
    if (ts.isExportSpecifier(node)) names.push(node.name.text);
    if (!ts.canHaveModifiers(node) || !isExported(node)) return;
    if (ts.isVariableStatement(node)) {
      for (const { name } of node.declarationList.declarations) names.push(name.getText());
    } else if ("name" in node && node.name !== undefined) {
      names.push((node.name as ts.Identifier).text);
    }
  });
  return names;
}

function exportedFunctions(tree: ts.SourceFile): string[] {
  return tree.statements.filter((node) => ts.isFunctionDeclaration(node) && isExported(node))
    .map((node) => (node as ts.FunctionDeclaration).name!.text);
}

function isExported(node: ts.Node): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** Members that count something, without the enum's own size and what is reserved. */
function enumMembers(path: string, name: string): string[] {
  const members: string[] = [];
  visit(sourceFile(path).tree, (node) => {
    if (!ts.isEnumMember(node) || node.parent.name.text !== name) return;
    const comment = node.getFullText().slice(0, node.getLeadingTriviaWidth());
    const isReserved = /\bReserved\b/.test(comment);
    if (!isReserved && !["Count", "Words"].includes(basename(node.name.getText()))) {
      members.push(node.name.getText());
    }
  });
  return members;
}

/** The source tree as the structure tests see it: files, their syntax, and who imports whom. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

export interface SourceFile {
  /** From the top of the repository, with slashes. */
  path: string;
  text: string;
  tree: ts.SourceFile;
  /** Paths of the files it imports or re-exports from; packages are not among them. */
  imports: string[];
  /** Names of the packages (and Node's modules) it imports. */
  packages: string[];
}

const cache = new Map<string, SourceFile>();

/** All TypeScript files below the folders, without declarations. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .map((file) => posix.join(folder, file))
      .filter((path) => /\.m?ts$/.test(path) && !path.endsWith(".d.ts"))
      .sort()
      .map(sourceFile));
}

export function sourceFile(path: string): SourceFile {
  let file = cache.get(path);
  if (file === undefined) {
    file = parse(path, readFileSync(join(ROOT, path), "utf8"));
    cache.set(path, file);
  }
  return file;
}

/** Fails with the list of what was found, if anything was. */
export function assertNone(found: string[]): void {
  assert.ok(found.length === 0, `\n  ${found.join("\n  ")}\n`);
}

/** A file that need not exist: for trying a rule on a text. */
export function parse(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: string[] = [];
  const packages: string[] = [];
  visit(tree, (node) => {
    const from = specifierOf(node);
    if (from === undefined) return;
    if (from.startsWith(".")) imports.push(resolveImport(path, from));
    else packages.push(from);
  });
  return { path, text, tree, imports, packages };
}

/** Calls `look` with every node below `node`, itself included. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** `path:line`, for messages. */
export function placeOf(file: SourceFile, node: ts.Node): string {
  const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree));
  return `${file.path}:${line + 1}`;
}

/** What an import, a re-export, an `import()` or an import type names. */
function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const specifier = node.moduleSpecifier;
    return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [first] = node.arguments;
    return first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    return ts.isStringLiteral(literal) ? literal.text : undefined;
  }
  return undefined;
}

/** AssemblyScript writes `./x`, Node's modules `./x.js`: both mean x.ts. */
function resolveImport(from: string, specifier: string): string {
  const bare = posix.join(posix.dirname(from), specifier).replace(/\.js$/, "");
  const candidates = [`${bare}.ts`, `${bare}.mts`, `${bare}.d.ts`, `${bare}/index.ts`, bare];
  return candidates.find((path) => existsSync(join(ROOT, path))) ?? `${bare}.ts`;
}

/** The files along a cycle of imports, or undefined. */
export function importCycle(files: SourceFile[]): string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (path: string): string[] | undefined => {
    const at = way.indexOf(path);
    if (at >= 0) return [...way.slice(at), path];
    if (done.has(path)) return undefined;
    way.push(path);
    for (const next of byPath.get(path)?.imports ?? []) {
      const cycle = walk(next);
      if (cycle !== undefined) return cycle;
    }
    way.pop();
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const cycle = walk(path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Paths of all that `entries` import, directly or not, themselves included. */
export function reachable(entries: string[]): Set<string> {
  const seen = new Set<string>();
  const rest = [...entries];
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    if (seen.has(path) || !existsSync(join(ROOT, path))) continue;
    seen.add(path);
    if (path.endsWith(".ts")) rest.push(...sourceFile(path).imports);
  }
  return seen;
}

/** A path as messages and rules write it. */
export function fromRoot(path: string): string {
  return relative(ROOT, path).replaceAll("\\", "/");
}

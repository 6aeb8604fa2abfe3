/** The form of the source: how long, how wide, how named, and what must not be written. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, it } from "node:test";
import ts from "typescript";
import { assertNone, parse, placeOf, sourceFiles, visit, type SourceFile } from "./source_tree.js";

const COLUMNS = 100;
const FUNCTION_LINES = 70;
const FILE_LINES = 400;

function longLines(file: SourceFile): string[] {
  return file.text.split("\n").flatMap((line, index) =>
    [...line].length > COLUMNS ? [`${file.path}:${index + 1}: ${[...line].length} columns`] : []);
}

/** The functions of a file that are too long. The blocks of `describe` hold tests, not code. */
function longFunctions(file: SourceFile): string[] {
  const found: string[] = [];
  visit(file.tree, (node) => {
    if (!ts.isFunctionLike(node) || isTestBlock(node)) return;
    const lineOf = (at: number) => file.tree.getLineAndCharacterOfPosition(at).line;
    const lines = lineOf(node.end) - lineOf(node.getStart(file.tree)) + 1;
    if (lines > FUNCTION_LINES) found.push(`${placeOf(file, node)}: ${lines} lines`);
  });
  return found;
}

function isTestBlock(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isCallExpression(parent) && /^(describe|suite)\b/.test(parent.expression.getText());
}

/** What the core must not hold: each with the reason. */
function banned(file: SourceFile): string[] {
  const found: string[] = [];
  const ban = (node: ts.Node, why: string) => found.push(`${placeOf(file, node)}: ${why}`);
  visit(file.tree, (node) => {
    if (ts.isNewExpression(node)) ban(node, "`new` takes memory from a heap, and there is none");
    if (ts.isArrayLiteralExpression(node) && !isArgumentOf(node, /^memory\.data\b/)) {
      ban(node, "an array takes memory from a heap, and there is none");
    }
    if (ts.isDecorator(node) && node.expression.getText() === "inline") {
      ban(node, "`@inline` is for the optimizer to decide");
    }
    if (ts.isIdentifier(node) && ["Date", "console", "Math", "process"].includes(node.text)) {
      ban(node, `\`${node.text}\` needs imports, and the core has none`);
    }
    if (ts.isStringLiteralLike(node) && !isHarmlessText(node)) ban(node, "no strings in the core");
    if (ts.isTemplateExpression(node)) ban(node, "no strings in the core");
    if (isTopLevelVariable(node)) ban(node, "a variable at the top is a mutable global");
    if (isRawComparison(node)) ban(node, "sequence numbers are compared by seqLt and its kin");
    if (isStateWrite(file, node)) ban(node, "a connection's state changes through `transition`");
  });
  return found;
}

/** Texts that the compiler consumes: they are not in the binary. */
function isHarmlessText(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true;
  return isArgumentOf(node, /^(assert|ERROR|WARNING|INFO|offsetof|isDefined)\b/);
}

function isArgumentOf(node: ts.Node, callee: RegExp): boolean {
  return ts.isCallExpression(node.parent) && callee.test(node.parent.expression.getText());
}

function isTopLevelVariable(node: ts.Node): boolean {
  return ts.isVariableStatement(node) && ts.isSourceFile(node.parent) &&
    (node.declarationList.flags & ts.NodeFlags.Const) === 0;
}

function isRawComparison(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node)) return false;
  if (!["<", "<=", ">", ">="].includes(node.operatorToken.getText())) return false;
  return [node.left, node.right].some((side) =>
    /^(\w+\.)?\w*(Nxt|Una)$|^seg\.(seq|ack)$/.test(side.getText()));
}

/** The door, and where a control block gets its first value. */
const STATE_WRITERS = ["state.ts", "connections.ts", "establish.ts"];

function isStateWrite(file: SourceFile, node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) {
    return false;
  }
  return node.left.getText() === "tcb.state" && !STATE_WRITERS.includes(basename(file.path));
}

/** A promise to come back must say who and when, so it belongs into an issue. */
function leftovers(file: SourceFile): string[] {
  return file.text.split("\n").flatMap((line, index) =>
    /\b(TODO|FIXME|XXX|HACK)\b/.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : []);
}

describe("every source file", () => {
  const files = sourceFiles("assembly", "host", "tests", "docs");
  const others = files.filter(({ path }) => path !== "tests/structure/form.test.ts");

  it(`is at most ${COLUMNS} columns wide`, () => {
    assertNone(files.flatMap(longLines));
  });

  it(`is at most ${FILE_LINES} lines long`, () => {
    const long = files.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
      .filter(({ lines }) => lines > FILE_LINES)
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    assertNone(long);
  });

  it(`has functions of at most ${FUNCTION_LINES} lines`, () => {
    assertNone(files.flatMap(longFunctions));
  });

  it("is named in snake_case", () => {
    const name = /^[a-z0-9]+(_[a-z0-9]+)*(\.(test|spec|config))?\.m?ts$/;
    const wrong = files.map(({ path }) => path).filter((path) => !name.test(basename(path)));
    assertNone(wrong);
  });

  it("opens with a comment that says what it is", () => {
    const silent = files.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text));
    assertNone(silent.map(({ path }) => path));
  });

  it("holds no promise to come back", () => {
    assertNone(others.flatMap(leftovers));
  });
});

describe("the core", () => {
  it("holds nothing that is banned", () => {
    assertNone(sourceFiles("assembly").flatMap(banned));
  });
});

describe("these rules", () => {
  const bannedIn = (text: string) => banned(parse("assembly/tcp/sample.ts", text)).length;

  it("see what is banned", () => {
    assert.equal(bannedIn("const a = new Thing();"), 1);
    assert.equal(bannedIn("const a = [1, 2];"), 1);
    assert.equal(bannedIn("// @ts-ignore: decorator\n@inline\nfunction f(): void {}"), 1);
    assert.equal(bannedIn("function f(): f64 { return Math.random(); }"), 1);
    assert.equal(bannedIn("function f(): i64 { return Date.now(); }"), 1);
    assert.equal(bannedIn('const name = "mote";'), 1);
    assert.equal(bannedIn("let counter: u32 = 0;"), 1);
    assert.equal(bannedIn("function f(tcb: Tcb): bool { return tcb.sndUna < tcb.sndMax; }"), 1);
    assert.equal(bannedIn("function f(): bool { return 5 >= tcb.rcvNxt; }"), 1);
    assert.equal(bannedIn("function f(seg: Segment): bool { return seg.seq < 5; }"), 1);
    assert.equal(bannedIn("function f(tcb: Tcb): void { tcb.state = 4; }"), 1);
  });

  it("let pass what is not", () => {
    assert.equal(bannedIn('import { a } from "./a";'), 0);
    assert.equal(bannedIn('assert(true, "a message");'), 0);
    assert.equal(bannedIn('const at = offsetof<Thing>("field");'), 0);
    assert.equal(bannedIn("const table = memory.data<u16>([1, 2]);"), 0);
    assert.equal(bannedIn("function f(tcb: Tcb): bool { return tcb.sndNxt - tcb.sndUna < 5; }"), 0);
    assert.equal(bannedIn("function f(tcb: Tcb): bool { return tcb.state == 4; }"), 0);
  });

  it("see a wide line and a long function", () => {
    const body = "  work();\n".repeat(FUNCTION_LINES);
    assert.equal(longFunctions(parse("a.ts", `function f() {\n${body}}\n`)).length, 1);
    assert.equal(longFunctions(parse("a.ts", `describe("x", () => {\n${body}});\n`)).length, 0);
    assert.equal(longLines(parse("a.ts", `${"x".repeat(COLUMNS)}\n`)).length, 0);
    assert.equal(longLines(parse("a.ts", `${"x".repeat(COLUMNS + 1)}\n`)).length, 1);
    assert.equal(leftovers(parse("a.ts", `// TO${"DO"}: later`)).length, 1);
  });
});

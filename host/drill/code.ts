/**
 * The code of `%{ ... }%`: as much of Python as assertions need. Statements are `assert EXPRESSION`
 * with a message perhaps, `print`, and `NAME = EXPRESSION`.
 */
import { Cursor, ScriptError } from "./cursor.js";
import { Mismatch } from "./mismatch.js";
import { Expressions, isTrue, textOf } from "./python.js";
import type { Code } from "./script.js";
import { CallError } from "./values.js";

export interface CodeContext {
  /** The value of a name; undefined: it has none. Throws NoCounterpart. */
  lookUp(name: string): unknown;
  assign(name: string, value: unknown): void;
  print(text: string): void;
  /** Something the user should know. */
  note(text: string): void;
}

/** White space and comments. */
const BLANK = /(?:\s+|#[^\n]*)*/y;

/** Runs the statements. Throws Mismatch for an assertion, ScriptError for what is not known. */
export function runCode(event: Code, file: string, context: CodeContext): void {
  const cursor = new Cursor(event.margin + event.code.replace(/\\\n/g, " \n"), file, BLANK);
  const expressions = new Expressions(cursor, (name) => context.lookUp(name));
  try {
    while (!cursor.isAtEnd) {
      expressions.begin();
      runStatement(cursor, expressions, context);
      while (cursor.accept(";")) continue;
    }
  } catch (error) {
    if (error instanceof CallError) throw new ScriptError(file, cursor.lineOf(), 1, error.message);
    throw error;
  }
}

function runStatement(cursor: Cursor, expressions: Expressions, context: CodeContext): void {
  if (cursor.acceptWord("assert")) return runAssertion(cursor, expressions, context);
  if (cursor.acceptWord("print")) return context.print(printed(cursor, expressions));
  if (cursor.acceptWord("pass") || cursor.take(/(import|from)\b[^\n;]*/y) !== null) return;
  const [, name] = cursor.expect(/([A-Za-z_]\w*)\s*=(?!=)/y, "assert, print or NAME = ...");
  context.assign(name!, expressions.read());
}

function runAssertion(cursor: Cursor, expressions: Expressions, context: CodeContext): void {
  const start = cursor.at;
  const value = expressions.read();
  const source = cursor.text.slice(start, cursor.at).replace(/\s+/g, " ").trim();
  const names = [...expressions.seen].map(([name, is]) => `${name} is ${textOf(is)}`);
  const { missing } = expressions;
  const message = cursor.accept(",") ? textOf(expressions.read()) : "";
  if (missing !== undefined) {
    context.note(`line ${cursor.lineOf(start)}: ${missing} has no counterpart, assertion skipped`);
    return;
  }
  if (isTrue(value)) return;
  throw new Mismatch({
    summary: `the assertion does not hold${message && `: ${message}`}`,
    expected: source, actual: names.join(", ") || textOf(value), differences: names,
  });
}

function printed(cursor: Cursor, expressions: Expressions): string {
  const items: string[] = [];
  do {
    if (cursor.isAtEnd || cursor.peek(/;/y) !== null) break;
    const value = expressions.read();
    // In parentheses as in Python 3, or a list without.
    items.push(...(Array.isArray(value) ? value : [value]).map(textOf));
  } while (cursor.accept(","));
  return items.join(" ");
}

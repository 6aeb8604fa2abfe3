/**
 * Expressions of Python, as many as assertions need: numbers, texts, lists, names, calls of a few
 * functions, and Python's operators with Python's precedence.
 */
import type { Cursor } from "./cursor.js";
import { NoCounterpart } from "./info.js";
import { CallError } from "./values.js";

export type Value = unknown;

const NUMBER = /0[xX][0-9a-fA-F]+|\d+(\.\d+)?/y;
const TEXT = /[fFrRbBuU]?(?:"([^"\n]*)"|'([^'\n]*)')/y;
const NAME = /[A-Za-z_][\w.]*/y;
/** Lowest first; all bind to the left. */
const LEVELS: readonly RegExp[] = [
  /\|(?!\|)/y, /\^/y, /&(?!&)/y, /<<|>>/y, /[+-]/y, /\*(?!\*)|\/\/|\/|%/y,
];
const COMPARISON = /==|!=|<=|>=|<(?!<)|>(?!>)|not\s+in\b|in\b|is\s+not\b|is\b/y;

const FUNCTIONS: Record<string, (...args: number[]) => Value> = {
  abs: Math.abs, min: Math.min, max: Math.max, round: Math.round, int: Math.trunc,
  len: (value: unknown) => (value as string | Value[]).length,
  str: (value: unknown) => textOf(value), float: Number, bool: (value) => isTrue(value),
};

export class Expressions {
  /** Names met since `begin`, with their values. */
  readonly seen = new Map<string, Value>();
  /** One of them that has no counterpart: 0 stood in for it. */
  missing: string | undefined;

  constructor(
    private readonly cursor: Cursor, private readonly lookUp: (name: string) => Value,
  ) {}

  begin(): void {
    this.seen.clear();
    this.missing = undefined;
  }

  /** Reads an expression and says what it is. Throws ScriptError and CallError. */
  read(): Value {
    const value = this.or();
    if (!this.cursor.acceptWord("if")) return value;
    const condition = this.or();
    if (!this.cursor.acceptWord("else")) this.cursor.fail('expected "else"');
    const other = this.read();
    return isTrue(condition) ? value : other;
  }

  // Both sides are always evaluated: nothing here has a side effect.
  private or(): Value {
    let value = this.and();
    while (this.cursor.acceptWord("or") || this.cursor.accept("||")) {
      const other = this.and();
      value = isTrue(value) ? value : other;
    }
    return value;
  }

  private and(): Value {
    let value = this.not();
    while (this.cursor.acceptWord("and") || this.cursor.accept("&&")) {
      const other = this.not();
      value = isTrue(value) ? other : value;
    }
    return value;
  }

  private not(): Value {
    return this.cursor.acceptWord("not") ? !isTrue(this.not()) : this.comparison();
  }

  /** `a < b < c` holds when both do. */
  private comparison(): Value {
    let left = this.binary(0);
    let holds: boolean | undefined;
    for (;;) {
      const operator = this.cursor.take(COMPARISON)?.[0].replace(/\s+/g, " ");
      if (operator === undefined) return holds ?? left;
      const right = this.binary(0);
      holds = holds !== false && compare(operator, left, right);
      left = right;
    }
  }

  private binary(level: number): Value {
    if (level === LEVELS.length) return this.unary();
    let value = this.binary(level + 1);
    for (;;) {
      const operator = this.cursor.take(LEVELS[level]!)?.[0];
      if (operator === undefined) return value;
      value = calculate(operator, value, this.binary(level + 1));
    }
  }

  private unary(): Value {
    const operator = this.cursor.take(/[-+~]/y)?.[0];
    if (operator === undefined) return this.power();
    const value = numeric(this.unary());
    return operator === "-" ? -value : operator === "~" ? ~value : value;
  }

  private power(): Value {
    const base = this.primary();
    return this.cursor.accept("**") ? numeric(base) ** numeric(this.unary()) : base;
  }

  private primary(): Value {
    const { cursor } = this;
    const number = cursor.take(NUMBER);
    if (number !== null) return Number(number[0]);
    const text = cursor.take(TEXT);
    if (text !== null) return text[1] ?? text[2];
    if (cursor.accept("(")) return this.list(")");
    if (cursor.accept("[")) return this.items("]");
    const start = cursor.at;
    const [name] = cursor.expect(NAME, "a value");
    if (cursor.accept("(")) return this.call(name, start);
    return this.named(name, start);
  }

  private named(name: string, start: number): Value {
    const words: Record<string, Value> = { True: true, False: false, None: null };
    if (Object.hasOwn(words, name)) return words[name];
    const value = this.valueOf(name);
    if (value === undefined) this.cursor.fail(`unknown name "${name}"`, start);
    this.seen.set(name, value);
    return value;
  }

  private valueOf(name: string): Value {
    try {
      return this.lookUp(name);
    } catch (error) {
      if (!(error instanceof NoCounterpart)) throw error;
      this.missing = name;
      return 0;
    }
  }

  private call(name: string, start: number): Value {
    const args = this.items(")") as number[];
    if (!Object.hasOwn(FUNCTIONS, name)) {
      this.cursor.fail(`unknown function "${name}"; there are ${Object.keys(FUNCTIONS).join(", ")}`,
        start);
    }
    return FUNCTIONS[name]!(...args);
  }

  /** In parentheses: one value, or a tuple. */
  private list(close: string): Value {
    const items = this.items(close);
    return items.length === 1 ? items[0] : items;
  }

  private items(close: string): Value[] {
    const items: Value[] = [];
    while (!this.cursor.accept(close)) {
      if (items.length > 0) this.cursor.require(",", `or "${close}"`);
      if (this.cursor.accept(close)) break;
      items.push(this.read());
    }
    return items;
  }
}

function compare(operator: string, left: Value, right: Value): boolean {
  const isIn = (): boolean => (right as Value[] | string).includes(left as string);
  switch (operator) {
    case "==": case "is": return isSame(left, right);
    case "!=": case "is not": return !isSame(left, right);
    case "in": return isIn();
    case "not in": return !isIn();
    case "<": return (left as number) < (right as number);
    case "<=": return (left as number) <= (right as number);
    case ">": return (left as number) > (right as number);
    default: return (left as number) >= (right as number);
  }
}

function isSame(left: Value, right: Value): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  }
  const plain = (value: Value): Value => typeof value === "boolean" ? Number(value) : value;
  return plain(left) === plain(right);
}

function calculate(operator: string, left: Value, right: Value): Value {
  if (operator === "+" && typeof left === "string") return left + textOf(right);
  if (operator === "%" && typeof left === "string") {
    const values = Array.isArray(right) ? [...right] : [right];
    return left.replace(/%[a-z]/g, () => textOf(values.shift()));
  }
  const a = numeric(left);
  const b = numeric(right);
  switch (operator) {
    case "+": return a + b;
    case "-": return a - b;
    case "*": return a * b;
    case "/": return a / b;
    case "//": return Math.floor(a / b);
    case "%": return a - b * Math.floor(a / b);
    case "&": return (a & b) >>> 0;
    case "|": return (a | b) >>> 0;
    case "^": return (a ^ b) >>> 0;
    case "<<": return a * 2 ** b;
    default: return Math.floor(a / 2 ** b);
  }
}

function numeric(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  throw new CallError(`${textOf(value)} is no number`);
}

export function isTrue(value: Value): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

export function textOf(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(", ")}]`;
  if (value === true) return "True";
  if (value === false) return "False";
  return value === null ? "None" : String(value);
}

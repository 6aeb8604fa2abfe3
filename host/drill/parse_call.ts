/** System calls of a script: `connect(3, ..., ...) = -1 EINPROGRESS (In progress)`. */
import type { Cursor } from "./cursor.js";
import type { CallAction, Expression } from "./script.js";

const WORD = /[A-Za-z_]\w*/y;
const HEX = /-?0[xX][0-9a-fA-F]+/y;
const DECIMAL = /-?\d+/y;
const STRING = /"((?:\\[^]|[^"\\])*)"/y;
const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", "0": "\0" };

/** Reads a call from its name on. */
export function parseCall(cursor: Cursor, endUs: number | undefined): CallAction {
  const [name] = cursor.expect(WORD, "a segment, a call, a `command`, or %{ code }%");
  cursor.require("(", `behind ${name}`);
  const args = cursor.accept(")") ? [] : parseList(cursor, ")");
  cursor.require("=", "and the result of the call");
  const result = parseExpression(cursor);
  const errno = cursor.take(/E[A-Z0-9]+\b/y)?.[0];
  cursor.take(/\([^()\n]*\)/y);
  return {
    kind: "call", name, args, result,
    ...(errno === undefined ? {} : { errno }), ...(endUs === undefined ? {} : { endUs }),
  };
}

/** Expressions up to the closing mark, and over that. */
function parseList(cursor: Cursor, close: string): Expression[] {
  const items = [parseExpression(cursor)];
  while (cursor.accept(",")) {
    if (cursor.peek(close === ")" ? /\)/y : /\]/y) !== null) break;
    items.push(parseExpression(cursor));
  }
  cursor.require(close, "or a comma");
  return items;
}

function parseExpression(cursor: Cursor): Expression {
  const parts = [parseTerm(cursor)];
  while (cursor.take(/\|/y) !== null) parts.push(parseTerm(cursor));
  return parts.length === 1 ? parts[0]! : { kind: "or", parts };
}

function parseTerm(cursor: Cursor): Expression {
  if (cursor.accept("...")) return { kind: "ellipsis" };
  if (cursor.accept("&")) return parseTerm(cursor);
  if (cursor.accept("[")) {
    return { kind: "array", items: cursor.accept("]") ? [] : parseList(cursor, "]") };
  }
  if (cursor.accept("{")) return parseStruct(cursor);
  const string = cursor.take(STRING);
  if (string !== null) {
    cursor.accept("...");
    return { kind: "string", value: unescape(string[1]!) };
  }
  const number = cursor.take(HEX) ?? cursor.take(DECIMAL);
  if (number !== null) return { kind: "number", value: Number(signed(number[0])) };
  const [word] = cursor.expect(WORD, "a value (a number, a name, \"text\", [...], {...} or ...)");
  if (!cursor.accept("(")) return { kind: "word", word };
  return { kind: "apply", name: word, args: cursor.accept(")") ? [] : parseList(cursor, ")") };
}

/** `Number` knows no "-0x10". */
function signed(text: string): number {
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
}

function parseStruct(cursor: Cursor): Expression {
  const fields = new Map<string, Expression>();
  for (let index = 0; !cursor.accept("}"); index++) {
    if (index > 0) cursor.require(",", 'or "}"');
    if (cursor.accept("}")) break;
    const named = cursor.take(/([A-Za-z_]\w*)\s*(?:\([^()]*\)\s*)?=/y);
    fields.set(named?.[1] ?? `${index}`, parseExpression(cursor));
  }
  return { kind: "struct", fields };
}

function unescape(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{1,2})|([^]))/g, (_, hex, char: string) =>
    hex === undefined ? ESCAPES[char] ?? char : String.fromCharCode(parseInt(hex, 16)));
}

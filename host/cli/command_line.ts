/**
 * Reading a verb's command line: `parseArgs` of `node:util` finds the words, and what is wrong with
 * them is said here, with what would be right.
 */
import { parseArgs } from "node:util";

import { nearest } from "./suggest.js";

/** What the user wrote makes no sense: told with a hint at the help, exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Options as `parseArgs` takes them. */
export type OptionTable = Readonly<Record<string, { readonly type: "string" | "boolean" }>>;

/** Their values; absent when not given. */
export type OptionValues<Table extends OptionTable> = {
  -readonly [Name in keyof Table]?: Table[Name]["type"] extends "boolean" ? boolean : string;
};

export interface Arguments<Table extends OptionTable> {
  values: OptionValues<Table>;
  positionals: string[];
}

/**
 * Reads options, and exactly the words that `positionals` names, in their order. Throws UsageError.
 */
export function readArguments<const Table extends OptionTable>(
  argv: readonly string[], options: Table, positionals: readonly string[] = [],
): Arguments<Table> {
  const { tokens } = parseArgs({
    args: [...argv], options, strict: false, allowPositionals: true, tokens: true,
  });
  const values: Record<string, string | boolean> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    checkOption(options, token);
    if (token.name in values) throw new UsageError(`${token.rawName} is given twice`);
    values[token.name] = token.value ?? true;
  }
  checkPositionals(words, positionals);
  return { values: values as OptionValues<Table>, positionals: words };
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function checkOption(options: OptionTable, { name, rawName, value, inlineValue }: OptionToken) {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) throw unknownOption(rawName, Object.keys(options));
  if (option.type === "boolean") {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value, "${value}" is one`);
  } else if (value === undefined || value === "") {
    throw new UsageError(`${rawName} needs a value behind it`);
  } else if (inlineValue !== true && value.startsWith("--")) {
    throw new UsageError(`${rawName} needs a value behind it, "${value}" is another option`);
  }
}

function unknownOption(rawName: string, names: readonly string[]): UsageError {
  const known = names.map((name) => `--${name}`);
  const meant = nearest(`--${rawName.replace(/^-+/, "")}`, known);
  const advice = meant === undefined ? `there are ${known.join(" ")}` : `did you mean ${meant}?`;
  return new UsageError(`unknown option ${rawName}; ${advice}`);
}

function checkPositionals(words: readonly string[], names: readonly string[]): void {
  const missing = names[words.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (words.length > names.length) {
    const surplus = words[names.length]!;
    const expected = names.length === 0 ? "only options" : `only ${names.join(" ")} and options`;
    throw new UsageError(`what is "${surplus}"? This verb takes ${expected}`);
  }
}

/** A whole number in a range. Throws UsageError that names the option. */
export function readInteger(
  name: string, text: string, least: number, most: number,
): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  const range = `${least.toLocaleString("en")} to ${most.toLocaleString("en")}`;
  throw new UsageError(`${name} takes a whole number from ${range}, not "${text}"`);
}

/** A number of seconds, with decimals, above 0. Throws UsageError that names the option. */
export function readSeconds(name: string, text: string, most = 86_400): number {
  const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= most) return value;
  throw new UsageError(
    `${name} takes seconds, above 0 and at most ${most.toLocaleString("en")}, not "${text}"`,
  );
}

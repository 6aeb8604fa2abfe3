/**
 * From the C that wasm2c writes to the C that a board runs: one instance, whose linear memory has
 * a base and a size that the compiler knows. wasm2c's own passes pointers to both, and reads them
 * for every access; with constants the check of an access is one comparison. The bounds checks
 * stay, all of them: `host/board/runtime/wasm_module.h` has them.
 *
 * The text is taken apart line by line. A line of a form that is not known here is an error, as is
 * one that is missing: what cannot be shown to mean the same is not built.
 */

import { Lines } from "./lines.js";
import type { Native } from "./natives.js";

/** What a firmware needs of a module. */
export interface Rewritten {
  /** The module in C. */
  source: string;
  /** Its exports, for whoever calls them. */
  header: string;
  /** Octets of its linear memory. */
  memorySize: number;
}

/** The name that wasm2c is told to give the module: it is in all names that it makes. */
export const MODULE_NAME = "module";

const PREFIX = `w2c_${MODULE_NAME}`;
const VAR = "var_\\w+";
const VARS = `${VAR}(?:, ${VAR})*`;
const NAME = `${PREFIX}_\\w+`;
const ANNOUNCED = new RegExp(`^static (?:void|u32|u64) ${NAME}\\(${PREFIX}\\*[u\\d, ]*\\);$`);
const DEFINED = new RegExp(
  `^(void|u32|u64) (${NAME})\\(${PREFIX}\\* instance((?:, u(?:32|64) ${VAR})*)\\) \\{$`);
const DATA = new RegExp(`^static const u8 data_segment_data_${PREFIX}_d(\\d+)\\[\\] = \\{$`);
const LOAD_DATA = new RegExp(`^  LOAD_DATA\\(instance->w2c_memory, (\\d+)u, ` +
  `data_segment_data_${PREFIX}_d(\\d+), (\\d+)\\);$`);

const ARITHMETIC = ["+", "-", "*", "&", "|", "^"];
const COMPARISONS = ["==", "!=", "<", ">", "<=", ">="];
const UNARY = ["CLZ", "CTZ", "POPCNT"].flatMap((name) => [`I32_${name}`, `I64_${name}`]);
const BINARY = ["DIV_S", "REM_S", "ROTL", "ROTR"].flatMap((name) => [`I32_${name}`, `I64_${name}`]);

/** Statements that stay as they are. V: a variable, N: a number, T: a type, C: casts. */
const KEPT = [
  "V = N;", "V = V;", "V = !(V);", "V = V ? V : V;", "V = C(V);",
  ...ARITHMETIC.map((operator) => `V ${operator}= V;`),
  "V <<= (V & N);", "V >>= (V & N);", "V = (T)((T)V >> (V & N));",
  ...COMPARISONS.flatMap((operator) => [`V = V ${operator} V;`, `V = (T)((T)V ${operator} (T)V);`]),
  ...UNARY.map((name) => `V = ${name}(V);`),
  ...[...BINARY, "DIV_U", "REM_U"].map((name) => `V = ${name}(V, V);`),
  "goto V;", "V = V; goto V;", "if (V) {", "if (V) {goto V;}", "if (V) {V = V; goto V;}",
  "switch (V) {", "case N: goto V;", "default: goto V;", "} else {", "}", "V:", "V:;",
  "return V;", "UNREACHABLE;",
].map(form);
const DECLARATION = new RegExp(`^(?:u32 |u64 )?${VAR}(?: = 0)?(?:, ${VAR}(?: = 0)?)*[,;]$`);

const NAME_CALLED = new RegExp(`\\b${NAME}\\(`);
const FRAME = /^FUNC_(?:PROLOGUE|EPILOGUE);$/;
const CALL = new RegExp(`^((?:${VAR} = )?${NAME}\\()instance(?:, )?(${VARS})?\\);$`);
const ACCESS = new RegExp(`^((?:${VAR} = )?i(?:32|64)_(?:load|store)\\w*)_default32\\(` +
  `&instance->w2c_memory, \\(u64\\)\\((${VAR})\\)(?: \\+ (\\d+)u?)?(, ${VAR})?\\);$`);
const BLOCK = new RegExp("^memory_(?:fill\\(|copy\\(&instance->w2c_memory, )" +
  `&instance->w2c_memory, ${VARS}\\);$`);

function form(text: string): RegExp {
  const letters: Record<string, string> = {
    V: VAR, N: "\\d+(?:u|ull)?", T: "[us](?:8|16|32|64)", C: "(?:\\([us](?:8|16|32|64)\\))+",
  };
  const parts = text.split(/\b([VNTC])\b/).map((part) =>
    letters[part] ?? part.replace(/[^\w ]/g, "\\$&"));
  return new RegExp(`^${parts.join("")}$`);
}

/**
 * Rewrites wasm2c's file. `natives` are called in place of the bodies of these functions. Throws
 * with the line that is not understood.
 */
export function rewrite(
  text: string, origin: string, natives: ReadonlyMap<number, Native> = new Map(),
): Rewritten {
  const lines = new Lines(text);
  const announced = takeAnnouncements(lines);
  const memorySize = takeMemorySize(lines);
  const data = takeData(lines, memorySize);
  const exports = takeExports(lines);
  const functions = takeFunctions(lines).map((body) => withNative(body, natives));
  if (functions.length !== announced.length) {
    throw new Error(`${announced.length} functions are announced, ${functions.length} are there`);
  }
  const intro = `/* Made from ${origin} by wasm2c and host/tools/board/rewrite.ts. Do not edit. */`;
  const declared = exports.map(({ result, name, parameters }) =>
    `${result} module_${name}(${parameters.join(", ") || "void"})`);
  return {
    memorySize,
    header: headerText(intro, declared),
    source: [
      intro,
      '#include "wasm_module.h"',
      '#include "motetcp_module.h"',
      ...announced.map((line) => line.replace(`${PREFIX}*, `, "").replace(`${PREFIX}*`, "void")),
      ...data,
      ...functions.flat(),
      ...exports.map(({ body }, index) => `${declared[index]} { ${body} }`),
      "",
    ].join("\n"),
  };
}

function headerText(intro: string, declared: string[]): string {
  return [
    intro,
    "#ifndef MOTETCP_MODULE_H",
    "#define MOTETCP_MODULE_H",
    '#include "wasm_module.h"',
    "/** As a Wasm engine does it: memory is zero but for the module's data. Before all others. */",
    "void module_instantiate(void);",
    ...declared.map((line) => `${line};`),
    "#endif",
    "",
  ].join("\n");
}

/** Forward declarations; wasm2c's prelude goes before them, and the types of functions after. */
function takeAnnouncements(lines: Lines): string[] {
  lines.skipUntil(ANNOUNCED);
  const announced = lines.takeWhile(ANNOUNCED);
  lines.takeWhile(/^FUNC_TYPE_T\(\w+\) = "[^"]*";$/);
  return announced;
}

/** Linear memory ends where the heap would begin: a module that never grows uses no more. */
function takeMemorySize(lines: Lines): number {
  lines.expect(new RegExp(`^static void init_globals\\(${PREFIX}\\* instance\\) \\{$`));
  const globals = lines.takeWhile(/^  instance->w2c_\w+ = \d+u;$/).map((line) =>
    /w2c_(\w+) = (\d+)u/.exec(line)!);
  lines.expect(/^\}$/);
  const unknown = globals.find(([, name]) => !/^0x5F_(data_end|heap_base)$/.test(name!));
  if (unknown !== undefined) throw new Error(`the module has a global, ${unknown[1]}`);
  const end = globals.find(([, name]) => name === "0x5F_heap_base");
  if (end === undefined) throw new Error("the module does not export __heap_base");
  return Number(end[2]);
}

/** Data segments, and the function that puts them in place. */
function takeData(lines: Lines, memorySize: number): string[] {
  const out: string[] = [];
  const copies: string[] = [];
  for (let match = lines.take(DATA); match !== undefined; match = lines.take(DATA)) {
    const octets = lines.takeWhile(/^  (?:0x[0-9a-f]{2}, )+$/);
    lines.expect(/^\};$/);
    out.push(`static const u8 data_${match[1]}[] = {`, ...octets, "};");
  }
  lines.expect(new RegExp(`^static void init_memories\\(${PREFIX}\\* instance\\) \\{$`));
  lines.expect(/^  wasm_rt_allocate_memory\(&instance->w2c_memory, [1-9]\d*, [1-9]\d*, 0, \d+\);$/);
  for (let match = lines.take(LOAD_DATA); match !== undefined; match = lines.take(LOAD_DATA)) {
    if (Number(match[1]) + Number(match[3]) > memorySize) throw new Error("data lies outside");
    copies.push(`  LOAD_DATA(${match[1]}, data_${match[2]}, ${match[3]});`);
  }
  lines.expect(/^\}$/);
  lines.expect(new RegExp(`^static void init_data_instances\\(${PREFIX} \\*instance\\) \\{$`));
  lines.expect(/^\}$/);
  const clear = "  __builtin_memset(MEMORY, 0, MOTETCP_MEMORY_SIZE);";
  return [...out, "void module_instantiate(void) {", clear, ...copies, "}"];
}

interface Export {
  name: string;
  result: string;
  /** Such as "u32 a0". */
  parameters: string[];
  body: string;
}

/** Exported functions; memory and the two globals are known to C without them. */
function takeExports(lines: Lines): Export[] {
  const exports: Export[] = [];
  const comment = /^\/\* export: '(\w+)' \*\/$/;
  for (let match = lines.take(comment); match !== undefined; match = lines.take(comment)) {
    const name = match[1]!;
    if (/^(__heap_base|__data_end|memory)$/.test(name)) {
      lines.takeUntil(/^\}$/);
      continue;
    }
    const [, result, symbol, text] = lines.expect(DEFINED);
    if (symbol !== `${PREFIX}_${name}`) throw new Error(`wasm2c calls ${name} ${symbol}`);
    const parameters = text!.split(", ").slice(1);
    const words = parameters.map((one) => one.split(" ")[1]!);
    const callee = takeCallee(lines, words);
    exports.push({
      name, result: result!, parameters, body: `${result === "void" ? "" : "return "}${callee}`,
    });
  }
  lines.skipUntil(DEFINED);
  return exports;
}

/** An export is a frame around one call; the frame is for engines with segments. */
function takeCallee(lines: Lines, words: string[]): string {
  const call = new RegExp(`(${NAME})\\(${["instance", ...words].join(", ")}\\);$`);
  const body = lines.takeUntil(/^\}$/).filter((line) => NAME_CALLED.test(line));
  const name = body.length === 1 ? call.exec(body[0]!)?.[1] : undefined;
  if (name === undefined) throw new Error(`wasm2c wrote an export as ${body.join(" ")}`);
  return `${name}(${words.join(", ")});`;
}

function takeFunctions(lines: Lines): string[][] {
  const functions: string[][] = [];
  for (let match = lines.take(DEFINED); match !== undefined; match = lines.take(DEFINED)) {
    const [, result, name, parameters] = match;
    const out = [`static ${result} ${name}(${parameters!.replace(/^, /, "") || "void"}) {`];
    for (let depth = 1; depth > 0; ) {
      const line = statement(lines.next());
      depth += (line.endsWith("{") ? 1 : 0) - (line.startsWith("}") ? 1 : 0);
      if (line !== "") out.push(line);
    }
    functions.push(out);
  }
  lines.expectEnd();
  return functions;
}

/** A function as it is, or as a call of what does the same. */
function withNative(body: string[], natives: ReadonlyMap<number, Native>): string[] {
  const [, result, index, parameters] =
    new RegExp(`^static (\\w+) ${PREFIX}_f(\\d+)\\((.*)\\) \\{$`).exec(body[0]!) ?? [];
  const native = index === undefined ? undefined : natives.get(Number(index));
  if (native === undefined) return body;
  const words = parameters!.split(", ").map((word) => word.split(" ") as [string, string]);
  const isAlike = result === "u64" && words.map(([type]) => type).join() === `${native.parameters}`;
  if (!isAlike) throw new Error(`${native.name} cannot stand for ${body[0]}`);
  return [body[0]!, `return ${native.name}(${words.map(([, name]) => name).join(", ")});`, "}"];
}

function statement(line: string): string {
  const text = line.trim();
  if (FRAME.test(text)) return "";
  const access = ACCESS.exec(text);
  if (access !== null) {
    const [, start, address, offset = "0", value = ""] = access;
    return `${start}(${address}, ${offset}u${value});`;
  }
  const call = CALL.exec(text);
  if (call !== null) return `${call[1]}${call[2] ?? ""});`;
  if (BLOCK.test(text)) return text.replaceAll("&instance->w2c_memory, ", "");
  if (DECLARATION.test(text) || KEPT.some((pattern) => pattern.test(text))) return text;
  throw new Error(`wasm2c wrote what is not understood: ${text}`);
}

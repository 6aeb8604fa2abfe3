/**
 * The laws of the core, checked on a built module: what the binary itself proves, with the figure
 * for each, and in plain words what it cannot prove.
 */
import { ABI_EXPORTS } from "./abi_exports.js";
import { measureMemory, type MemoryFigures } from "./memory_figures.js";
import { readModule, type FunctionFacts, type ModuleFacts } from "./module_facts.js";
import { deepestStack, findCycle } from "./call_graph.js";

/** ok: checked and held. BROKEN: checked and not held. told: a figure without a limit. */
export type Verdict = "ok" | "BROKEN" | "told";

export interface Finding {
  law: LawName;
  figure: string;
  limit: string;
  verdict: Verdict;
  /** Who breaks it, or what the figure means: lines for below the table. */
  notes: string[];
}

export interface AuditReport {
  findings: Finding[];
  /** Whether no law is broken. */
  ok: boolean;
}

export interface AuditOptions {
  /** Judge by the limits for boards: size, one page, no SIMD. */
  board?: boolean;
  /** A user's module, application and stack in one: it exports more, and is as large as it is. */
  firmware?: boolean;
  /** Names of the functions by index; without them a function is named by its export or number. */
  names?: string[];
}

export type LawName =
  | "imports" | "memory.grow" | "start function" | "mutable globals" | "indirect calls"
  | "recursion" | "floats" | "instructions" | "SIMD" | "exports" | "size" | "memory"
  | "default budget" | "deepest stack" | "loops" | "trap sites" | "data segments";

/** By these a loader shrinks linear memory to what is used (docs/interpreters.md). */
const LOADERS_NAMES = ["__heap_base", "__data_end"];
/** Octets of Wasm that the board's module stays under. */
const BOARD_SIZE_LIMIT = 40 * 1024;
/** Octets of linear memory that the board's default budget stays under. */
const BOARD_MEMORY_LIMIT = 46 * 1024;
/** A board's linear memory at the most. */
const PAGE = 64 * 1024;

/** Checks the module in `bytes`. Throws when that is no valid module. */
export async function audit(bytes: Uint8Array, options: AuditOptions = {}): Promise<AuditReport> {
  const facts = await readModule(bytes, options.names);
  const { board = false, firmware = false } = options;
  const exports = checkExports(facts, firmware);
  const isCallable = facts.imports.length === 0 && exports.verdict === "ok";
  const memory = isCallable ? measureMemory(bytes) : undefined;
  const findings = [
    zero("imports", facts.imports),
    perFunction("memory.grow", facts, (one) => one.memoryGrows),
    zero("start function", facts.start ? ["the module runs code before any call"] : []),
    zero("mutable globals", facts.mutableGlobals),
    checkIndirect(facts),
    checkRecursion(facts),
    checkFloats(facts),
    zero("instructions", facts.functions.flatMap((one) =>
      one.exotic.map((kind) => `${kind} in ${one.name}`)), "0 exotic"),
    ...(board ? [perFunction("SIMD", facts, (one) => one.vectors)] : []),
    exports,
    checkSize(facts, board && !firmware),
    checkMemory(facts, board),
    checkBudget(memory, board, firmware ? PAGE : BOARD_MEMORY_LIMIT),
    tellStack(facts),
    tellLoops(facts),
    tellTraps(facts),
    tellData(facts),
  ];
  return { findings, ok: findings.every(({ verdict }) => verdict !== "BROKEN") };
}

/** A law that allows none of something; `found` names what there is. */
function zero(law: LawName, found: string[], limit = "0"): Finding {
  const verdict = found.length === 0 ? "ok" : "BROKEN";
  return { law, figure: `${found.length}`, limit, verdict, notes: found };
}

/** The same, counted function by function. */
function perFunction(
  law: LawName, facts: ModuleFacts, countOf: (one: FunctionFacts) => number,
): Finding {
  const guilty = facts.functions.filter((one) => countOf(one) > 0);
  const total = guilty.reduce((sum, one) => sum + countOf(one), 0);
  const notes = guilty.map((one) => `${countOf(one)} in ${one.name}`);
  return { law, figure: `${total}`, limit: "0", verdict: total === 0 ? "ok" : "BROKEN", notes };
}

function checkIndirect(facts: ModuleFacts): Finding {
  const finding = perFunction("indirect calls", facts, (one) => one.indirects);
  finding.figure += `, tables ${facts.tables}, elements ${facts.elementSegments}`;
  finding.limit = "0, 0, 0";
  if (facts.tables + facts.elementSegments > 0) finding.verdict = "BROKEN";
  return finding;
}

function checkRecursion(facts: ModuleFacts): Finding {
  const cycle = findCycle(facts.functions);
  if (cycle === undefined) {
    return { law: "recursion", figure: "none", limit: "none", verdict: "ok", notes: [] };
  }
  const notes = [`${cycle.join(" -> ")} -> ${cycle[0]}`];
  const figure = `a cycle of ${cycle.length}`;
  return { law: "recursion", figure, limit: "none", verdict: "BROKEN", notes };
}

function checkFloats(facts: ModuleFacts): Finding {
  const finding = perFunction("floats", facts, (one) => one.floats);
  if (facts.floatGlobals.length > 0) {
    finding.verdict = "BROKEN";
    finding.notes.push(`globals ${facts.floatGlobals.join(", ")}`);
  }
  return finding;
}

function checkExports(facts: ModuleFacts, mayExportMore: boolean): Finding {
  const missing = ABI_EXPORTS.filter((name) => !facts.exports.includes(name));
  const extra = facts.exports.filter((name) => !(ABI_EXPORTS as readonly string[]).includes(name));
  const notes: string[] = [];
  if (missing.length > 0) notes.push(`missing: ${missing.join(", ")}`);
  const moving = LOADERS_NAMES.filter((name) =>
    facts.exports.includes(name) && !facts.constants.includes(name));
  if (moving.length > 0) notes.push(`no immutable global of type i32: ${moving.join(", ")}`);
  const isFault = missing.length + moving.length > 0 || (extra.length > 0 && !mayExportMore);
  if (extra.length > 0) {
    notes.push(`${mayExportMore ? "the application's" : "not in the ABI"}: ${extra.join(", ")}`);
  }
  return {
    law: "exports", figure: `${facts.exports.length}`,
    limit: `the ${ABI_EXPORTS.length} of the ABI`,
    verdict: isFault ? "BROKEN" : "ok", notes,
  };
}

function checkSize(facts: ModuleFacts, board: boolean): Finding {
  const figure = `${octets(facts.size)}`;
  if (!board) return { law: "size", figure, limit: "-", verdict: "told", notes: [] };
  const verdict = facts.size < BOARD_SIZE_LIMIT ? "ok" : "BROKEN";
  return { law: "size", figure, limit: `below ${octets(BOARD_SIZE_LIMIT)}`, verdict, notes: [] };
}

function checkMemory(facts: ModuleFacts, board: boolean): Finding {
  const { initial, maximum } = facts.memory ?? { initial: 0, maximum: undefined };
  const figure = `${initial} ${initial === 1 ? "page" : "pages"}, maximum ${maximum ?? "none"}`;
  const law = "memory";
  if (board) {
    const verdict = initial === 1 && maximum === 1 ? "ok" : "BROKEN";
    return { law, figure, limit: "1 page, maximum 1", verdict, notes: [] };
  }
  // The host of a Node build grows the memory before `init`: nothing may forbid that.
  const verdict = initial > 0 && maximum === undefined ? "ok" : "BROKEN";
  return { law, figure, limit: "maximum none", verdict, notes: [] };
}

function checkBudget(
  memory: MemoryFigures | string | undefined, board: boolean, most: number,
): Finding {
  const law = "default budget";
  if (memory === undefined) {
    const notes = ["that takes a module with no imports and the exports of the ABI"];
    return { law, figure: "not measured", limit: "-", verdict: "told", notes };
  }
  if (typeof memory === "string") {
    return { law, figure: "not measured", limit: "-", verdict: "BROKEN", notes: [memory] };
  }
  const { needed, arenaSize, heapBase, isReserved } = memory;
  if (!board) {
    const figure = octets(heapBase + needed);
    const notes = [`static ${octets(heapBase)}, arena ${octets(needed)}`];
    return { law, figure, limit: "-", verdict: "told", notes };
  }
  const arena = `arena ${octets(needed)} of ${octets(arenaSize)} reserved`;
  const notes = [`static ${octets(heapBase - arenaSize)}, ${arena}`];
  if (!isReserved) notes.push("the arena must be a reservation below __heap_base");
  const holds = isReserved && needed <= arenaSize && heapBase < most;
  const limit = `below ${octets(most)}`;
  return { law, figure: octets(heapBase), limit, verdict: holds ? "ok" : "BROKEN", notes };
}

function tellStack(facts: ModuleFacts): Finding {
  const law = "deepest stack";
  if (findCycle(facts.functions) !== undefined) {
    return { law, figure: "unbounded", limit: "-", verdict: "told", notes: ["see recursion"] };
  }
  const { frames, frameOctets, path } = deepestStack(facts.functions);
  const notes = [
    `${path.join(" > ")}`,
    "octets: 8 for each parameter and local (16 for a v128) of the functions on the deepest " +
      "path, an upper bound for locals; what an engine adds for each call is its own",
  ];
  const figure = `${frames} frames, ${octets(frameOctets)}`;
  return { law, figure, limit: "-", verdict: "told", notes };
}

function tellLoops(facts: ModuleFacts): Finding {
  const loops = facts.functions.reduce((sum, one) => sum + one.loops, 0);
  const count = facts.functions.filter((one) => one.loops > 0).length;
  const figure = `${loops} in ${count} functions`;
  const notes = ["that each loop is bounded (law 6) a binary does not show; the tests measure it"];
  return { law: "loops", figure, limit: "-", verdict: "told", notes };
}

function tellTraps(facts: ModuleFacts): Finding {
  const unreachables = facts.functions.reduce((sum, one) => sum + one.unreachables, 0);
  const divisions = facts.functions.reduce((sum, one) => sum + one.divisions, 0);
  const figure = `${unreachables} unreachable, ${divisions} divisions`;
  const notes = ["that no frame reaches one (law 7) a binary does not show; the fuzz tests try"];
  return { law: "trap sites", figure, limit: "-", verdict: "told", notes };
}

function tellData(facts: ModuleFacts): Finding {
  const { dataSegments: count } = facts;
  return { law: "data segments", figure: `${count}`, limit: "-", verdict: "told", notes: [] };
}

function octets(count: number): string {
  return `${count.toLocaleString("en")} octets`;
}

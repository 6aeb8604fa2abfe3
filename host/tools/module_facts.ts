/**
 * What a Wasm module is made of, as far as the laws of the core ask: read with the `binaryen`
 * package, function by function and expression by expression. Nothing is judged here.
 */
import type Binaryen from "binaryen";

/** What one function does. */
export interface FunctionFacts {
  name: string;
  /** Octets of parameters and locals: 8 for each, 16 for a v128. An upper bound for one frame. */
  frameOctets: number;
  /** Names of the functions it calls, each once. */
  calls: string[];
  loops: number;
  /** `unreachable`: an assertion, or code that the compiler knows is not reached. */
  unreachables: number;
  /** Integer divisions and remainders, which trap on 0. */
  divisions: number;
  memoryGrows: number;
  /** call_indirect, call_ref, and whatever touches a table or a function reference. */
  indirects: number;
  /** Float or float vector instructions, parameters, locals and results. */
  floats: number;
  /** v128 instructions, parameters, locals and results. */
  vectors: number;
  /** Instructions of proposals that boards lack (atomics, exceptions, references, GC ...). */
  exotic: string[];
}

export interface ModuleFacts {
  /** Octets of the file. */
  size: number;
  /** `module.name` of each import. */
  imports: string[];
  exports: string[];
  /** Those that are immutable globals of type i32: what a loader reads before anything runs. */
  constants: string[];
  start: boolean;
  mutableGlobals: string[];
  /** Globals of a float type. */
  floatGlobals: string[];
  tables: number;
  elementSegments: number;
  dataSegments: number;
  /** Pages, or undefined without a memory. `maximum` undefined: none is set. */
  memory: { initial: number; maximum: number | undefined } | undefined;
  functions: FunctionFacts[];
}

/** What the package exports at run time, which its types do not tell in full. */
type Library = typeof Binaryen & Record<string, unknown>;
type Expression = Record<string, unknown>;

/** The parts of each kind of expression that are expressions; a kind not listed is exotic. */
const CHILDREN: Record<string, string[]> = {
  Nop: [], Unreachable: [], Const: [], LocalGet: [], GlobalGet: [], MemorySize: [], DataDrop: [],
  Block: ["children"], If: ["condition", "ifTrue", "ifFalse"], Loop: ["body"],
  Break: ["condition", "value"], Switch: ["condition", "value"], Return: ["value"],
  Call: ["operands"], LocalSet: ["value"], GlobalSet: ["value"], Drop: ["value"],
  Load: ["ptr"], Store: ["ptr", "value"], Unary: ["value"], Binary: ["left", "right"],
  Select: ["ifTrue", "ifFalse", "condition"], MemoryGrow: ["delta"],
  MemoryInit: ["dest", "offset", "size"], MemoryCopy: ["dest", "source", "size"],
  MemoryFill: ["dest", "value", "size"],
  SIMDExtract: ["vec"], SIMDReplace: ["vec", "value"], SIMDShuffle: ["left", "right"],
  SIMDTernary: ["a", "b", "c"], SIMDShift: ["vec", "shift"], SIMDLoad: ["ptr"],
  SIMDLoadStoreLane: ["ptr", "vec"], CallIndirect: ["target", "operands"],
};

const INDIRECT = /^(CallIndirect|CallRef|Table|Ref|ElemDrop)/;
const DIVISION = /^(Div|Rem)[SU]Int(32|64)$/;
const FLOAT_UNARY =
  /^(Splat|Abs|Neg|Sqrt|Ceil|Floor|Trunc|Nearest|Convert|Demote|Promote|RelaxedTrunc)/;
const FLOAT_BINARY = /^((Relaxed|P)?(Min|Max)|Eq|Ne|Lt|Gt|Le|Ge|Add|Sub|Mul|Div)VecF/;
const FLOAT_TERNARY = /^Relaxed(Madd|Nmadd)VecF/;

/**
 * Reads `bytes`. `names` are the functions' names by index; one without is called by what it is
 * exported as, or by its number. Throws when the octets are not a valid module.
 */
export async function readModule(bytes: Uint8Array, names: string[] = []): Promise<ModuleFacts> {
  if (!WebAssembly.validate(bytes as BufferSource)) throw new Error("not a valid Wasm module");
  const library = await loadBinaryen();
  const module = library.readBinary(bytes);
  try {
    return new Reader(library, module, bytes, names).read();
  } finally {
    module.dispose();
  }
}

async function loadBinaryen(): Promise<Library> {
  try {
    return (await import("binaryen")).default as unknown as Library;
  } catch (error) {
    const message = "audit reads modules with the npm package binaryen, which is not installed; " +
      "run: npm install binaryen@132";
    throw new Error(message, { cause: error });
  }
}

class Reader {
  /** What the functions are called in the report, by the library's names for them. */
  private readonly labels = new Map<string, string>();
  private readonly kinds = new Map<number, string>();
  private readonly divisions: Set<number>;
  private readonly floatUnary: Set<number>;
  private readonly floatBinary: Set<number>;
  private readonly floatTernary: Set<number>;

  constructor(
    private readonly library: Library,
    private readonly module: Binaryen.Module,
    private readonly bytes: Uint8Array,
    private readonly names: string[],
  ) {
      const ids = (library as Record<string, unknown>)["ExpressionIds"];
    for (const [name, id] of Object.entries(ids as object)) this.kinds.set(id as number, name);
    // Unary, binary and ternary operations are numbered apart: a number may be in two sets.
    this.divisions = this.operations((name) => DIVISION.test(name));
    this.floatUnary = this.operations((name) => /VecF\d/.test(name) && FLOAT_UNARY.test(name));
    this.floatBinary = this.operations((name) => FLOAT_BINARY.test(name));
    this.floatTernary = this.operations((name) => FLOAT_TERNARY.test(name));
  }

  read(): ModuleFacts {
    const { library, module } = this;
    const functions = range(module.getNumFunctions()).map((index) =>
      library.getFunctionInfo(module.getFunctionByIndex(index)));
    const globals = range(module.getNumGlobals()).map((index) =>
      library.getGlobalInfo(module.getGlobalByIndex(index)));
    const memory = module.hasMemory() ? module.getMemoryInfo() : undefined;
    this.nameFunctions(functions.map(({ name }) => name));
    const exports = range(module.getNumExports()).map((index) =>
      library.getExportInfo(module.getExportByIndex(index)));
    const isConstant = (name: string): boolean => globals.some((one) =>
      one.name === name && !one.mutable && one.type === library.i32);
    const untyped = module as unknown as { getNumDataSegments(): number };
    return {
      size: this.bytes.length,
      imports: WebAssembly.Module.imports(new WebAssembly.Module(this.bytes as BufferSource))
        .map(({ module, name }) => `${module}.${name}`),
      exports: exports.map(({ name }) => name),
      constants: exports
        .filter(({ kind, value }) => kind === library.ExternalGlobal && isConstant(value))
        .map(({ name }) => name),
      start: module.getStart() !== 0,
      mutableGlobals: globals.filter(({ mutable }) => mutable).map(({ name }) => name),
      floatGlobals: globals.filter(({ type }) => this.isFloat(type)).map(({ name }) => name),
      tables: module.getNumTables(),
      elementSegments: module.getNumElementSegments(),
      dataSegments: untyped.getNumDataSegments(),
      memory: memory && { initial: memory.initial, maximum: memory.max },
      functions: functions.filter(({ module }) => !module).map((info) => this.readFunction(info)),
    };
  }

  private nameFunctions(functions: string[]): void {
    const { library, module } = this;
    const exported = new Map<string, string>();
    for (const index of range(module.getNumExports())) {
      const { kind, name, value } = library.getExportInfo(module.getExportByIndex(index));
      if (kind === library.ExternalFunction) exported.set(value, name);
    }
    functions.forEach((name, index) => {
      // Without a name section the library takes the index for a name.
      const own = /^\d+$/.test(name) ? `function ${index}` : name;
      this.labels.set(name, this.names[index] ?? exported.get(name) ?? own);
    });
  }

  private labelOf(name: string): string {
    return this.labels.get(name) ?? name;
  }

  private readFunction(info: Binaryen.FunctionInfo): FunctionFacts {
    const { library } = this;
    const locals = [...library.expandType(info.params), ...info.vars];
    const results = library.expandType(info.results);
    const facts: FunctionFacts = {
      name: this.labelOf(info.name), frameOctets: 0, calls: [], exotic: [], loops: 0,
      unreachables: 0, divisions: 0, memoryGrows: 0, indirects: 0, floats: 0, vectors: 0,
    };
    for (const type of locals) facts.frameOctets += type === library.v128 ? 16 : 8;
    for (const type of [...locals, ...results]) this.addType(facts, type);
    // A stack of our own: an expression may be nested deeper than the engine's stack allows.
    const rest = [info.body];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (next !== 0) rest.push(...this.readExpression(facts, next));
    }
    facts.calls = [...new Set(facts.calls)];
    facts.exotic = [...new Set(facts.exotic)];
    return facts;
  }

  /** Adds one expression to `facts`. Returns its parts. */
  private readExpression(facts: FunctionFacts, pointer: number): number[] {
    const { library } = this;
    const kind = this.kinds.get(library.getExpressionId(pointer)) ?? "unknown";
    const isIndirect = INDIRECT.test(kind);
    if (isIndirect) facts.indirects++;
    const parts = CHILDREN[kind];
    if (parts === undefined) {
      if (!isIndirect) facts.exotic.push(kind);
      return [];
    }
    this.addType(facts, library.getExpressionType(pointer));
    if (kind === "Unreachable") facts.unreachables++;
    if (parts.length === 0) return [];
    const info = library.getExpressionInfo(pointer) as unknown as Expression;
    if (kind === "Call") facts.calls.push(this.labelOf(info["target"] as string));
    if (kind === "Loop") facts.loops++;
    if (kind === "MemoryGrow") facts.memoryGrows++;
    if (kind === "Binary" && this.divisions.has(info["op"] as number)) facts.divisions++;
    if (kind.startsWith("SIMD")) facts.vectors++;
    if (info["isAtomic"] === true) facts.exotic.push(`atomic ${kind}`);
    if (this.isFloatOperation(kind, info["op"] as number)) facts.floats++;
    return parts.flatMap((part) => info[part] as number | number[]);
  }

  private isFloatOperation(kind: string, op: number): boolean {
    if (kind === "Unary") return this.floatUnary.has(op);
    if (kind === "Binary") return this.floatBinary.has(op);
    return kind === "SIMDTernary" && this.floatTernary.has(op);
  }

  private addType(facts: FunctionFacts, type: number): void {
    if (this.isFloat(type)) facts.floats++;
    if (type === this.library.v128) facts.vectors++;
  }

  private isFloat(type: number): boolean {
    return type === this.library.f32 || type === this.library.f64;
  }

  /** The numbers of the operations with such a name. */
  private operations(isWanted: (name: string) => boolean): Set<number> {
    const names = Object.keys(this.library).filter((name) => !name.startsWith("_"));
    const numbers = names.filter(isWanted).map((name) => this.library[name]);
    if (numbers.length === 0) throw new Error("binaryen names operations otherwise by now");
    return new Set(numbers as number[]);
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/**
 * How much work a call of the core takes, counted, not timed: a copy of the built module in which
 * every function entered, every function left and every turn of a loop counts one, and copying
 * memory counts its octets. What lies between two counts is straight code, so that the count bounds
 * the time, and is the same on every machine.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type Binaryen from "binaryen";
import type { Stack } from "../../host/stack.js";
import type { Build } from "./lab.js";

const BUILD = join(import.meta.dirname, "../../build");
const FILES = { node: "motetcp", board: "motetcp-board" } as const;
/** What the products use (audit checks it), without what Binaryen's passes do not know. */
const FEATURES = [
  "MutableGlobals", "NontrappingFPToInt", "SIMD128", "BulkMemory", "BulkMemoryOpt", "SignExt",
] as const;
const COUNT = "work";

const compiled = new Map<Build, Promise<WebAssembly.Module>>();

/** The module of a build with a counter in it: made once for a build, and kept beside it. */
export function meteredModule(build: Build): Promise<WebAssembly.Module> {
  const module = compiled.get(build) ?? compileMetered(FILES[build]);
  compiled.set(build, module);
  return module;
}

/** The work that a stack made of such a module has done so far. */
export function workOf(stack: Stack): number {
  const exports = stack.core.exports as unknown as Record<string, WebAssembly.Global>;
  return (exports[COUNT]!.value as number) >>> 0;
}

async function compileMetered(name: string): Promise<WebAssembly.Module> {
  const product = readFileSync(join(BUILD, `${name}.wasm`));
  const sha256 = createHash("sha256").update(product).digest("hex").slice(0, 16);
  const file = join(BUILD, "metered", `${name}-${sha256}.wasm`);
  if (!existsSync(file)) writeWhole(file, await addMeter(product));
  return new WebAssembly.Module(readFileSync(file));
}

/** The module with the counter, which it exports. */
export async function addMeter(product: Uint8Array): Promise<Uint8Array> {
  const { default: binaryen } = await import("binaryen");
  const { i32, none } = binaryen;
  const module = binaryen.readBinary(product);
  const features = binaryen.Features as unknown as Record<string, number>;
  module.setFeatures(FEATURES.map((name) => features[name]!).reduce((a, b) => a | b));
  // The passes make loops of copying, and calls of an import at every place that is to count.
  module.runPasses(["llvm-memory-copy-fill-lowering", "log-execution"]);
  const logger = importOf(binaryen, module);
  module.removeFunction(logger);
  module.addGlobal(COUNT, i32, true, module.i32.const(0));
  module.addGlobalExport(COUNT, COUNT);
  const more = module.i32.add(module.global.get(COUNT, i32), module.i32.const(1));
  module.addFunction(logger, i32, none, [], module.global.set(COUNT, more));
  if (!module.validate()) throw new Error("the module with a meter is not valid");
  const octets = module.emitBinary();
  module.dispose();
  return octets;
}

/** The one function that the module imports. */
function importOf(binaryen: typeof Binaryen, module: Binaryen.Module): string {
  for (let index = 0; index < module.getNumFunctions(); index++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(index));
    if (info.base === "log_execution") return info.name;
  }
  throw new Error("the pass has put in no calls");
}

/** Whoever reads the file at the same time sees all of it, or none. */
function writeWhole(file: string, octets: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, octets);
  renameSync(part, file);
}

/**
 * Builds the two products from `assembly/` into `build/` (`npm run build`):
 *
 *   motetcp.wasm          Node and browsers: SIMD, speed, memory that the host grows before `init`
 *   motetcp-board.wasm    boards: size, no SIMD, all in one page that cannot grow
 *   motetcp.d.ts, motetcp-board.d.ts      the exports as TypeScript sees them
 *   motetcp.names.json, ...               what its functions are called
 *
 * The options of each are a target in asconfig.json. `--small` builds `motetcp-small.wasm` too: the
 * board's, with loss recovery by SACK and NewReno alone. `--debug` builds beside them
 * `motetcp-debug.wasm` and `motetcp-board-debug.wasm`: not optimised, with names and source map.
 * A product whose sources and options have not changed since is left alone; `--force` builds it
 * all the same.
 */
import { createHash } from "node:crypto";
import {
  existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { functionNames, withoutCustomSections } from "./wasm_sections.js";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** This file and what it is made of: when they change, everything is built again. */
const BUILD_FILES = [
  "build.ts", "hot_calls.ts", "hot_calls.txt", "optimize.ts", "wasm_sections.ts",
].map((name) => `host/tools/${name}`);
const TARGETS = ["motetcp", "motetcp-board"];

/** What differs when a module to step through is wanted in place of a product. */
const DEBUG_OPTIONS = ["--sourceMap", "--optimizeLevel", "0", "--shrinkLevel", "0"];

/** A name in `build/`, and the octets to be written there. */
type Outputs = Map<string, string | Uint8Array>;

/**
 * Builds what is out of date, or of it only one product. Throws with the compiler's messages when a
 * product fails.
 */
export async function build(
  options: { debug?: boolean; force?: boolean; small?: boolean; only?: string } = {},
): Promise<void> {
  const all = options.small ? [...TARGETS, "motetcp-small"] : TARGETS;
  for (const target of options.only === undefined ? all : [options.only]) {
    await buildTarget(target, target, [], options.force);
    if (options.debug) await buildTarget(target, `${target}-debug`, DEBUG_OPTIONS, options.force);
  }
}

async function buildTarget(
  target: string, name: string, extra: string[], force = false,
): Promise<void> {
  const stamp = stampOf(target, extra);
  const stampFile = join(ROOT, "build", `.${name}.stamp`);
  const isBuilt = existsSync(join(ROOT, "build", `${name}.wasm`));
  if (!force && isBuilt && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
    return;
  }
  const startMs = performance.now();
  const outputs = await compile(target, name, extra);
  if (extra.length === 0) {
    await optimizeOutput(outputs, name);
    splitNames(outputs, name);
  }
  for (const [file, data] of outputs) writeWhole(join(ROOT, "build", file), data);
  writeWhole(stampFile, stamp);
  const size = (outputs.get(`${name}.wasm`) as Uint8Array).length;
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`build/${name}.wasm: ${size.toLocaleString("en")} octets, ${seconds} s`);
}

/** What the compiler leaves, with names: `name`.wasm, and its types. */
export async function compile(target: string, name: string, extra: string[]): Promise<Outputs> {
  const outputs: Outputs = new Map();
  // Loaded only when there is something to build: the compiler takes seconds to load.
  const { default: asc } = await import("assemblyscript/asc");
  const argv = ["--config", "asconfig.json", "--target", target, "--baseDir", ROOT, ...extra];
  // With --debug the code is the same octet for octet; it only adds the functions' names.
  argv.push("--debug", "--bindings", "raw", "--outFile", `build/${name}.wasm`);
  const result = await asc.main(argv, {
    writeFile(file, data) {
      const base = file.replace(/^.*\//, "");
      // The loader instantiates; of the bindings only the types are of use.
      if (!base.endsWith(".js")) outputs.set(base, data);
    },
  });
  const messages = String(result.stderr);
  if (result.error) throw new Error(`${name} does not compile\n${messages}${result.error.message}`);
  if (messages.trim() !== "") process.stderr.write(messages);
  return outputs;
}

async function optimizeOutput(outputs: Outputs, name: string): Promise<void> {
  const { optimize } = await import("./optimize.js");
  const bytes = outputs.get(`${name}.wasm`) as Uint8Array;
  outputs.set(`${name}.wasm`, optimize(bytes, name));
}

/** Takes the names out of the product and puts them into a file of their own. */
function splitNames(outputs: Outputs, name: string): void {
  const named = outputs.get(`${name}.wasm`) as Uint8Array;
  const product = withoutCustomSections(named);
  const sha256 = createHash("sha256").update(product).digest("hex");
  const functions = functionNames(named).map((long) => long.replace(/^assembly\//, ""));
  outputs.set(`${name}.wasm`, product);
  outputs.set(`${name}.names.json`, `${JSON.stringify({ sha256, functions }, null, 1)}\n`);
}

/** A hash of all that the product depends on. */
function stampOf(target: string, extra: string[]): string {
  const hash = createHash("sha256").update(JSON.stringify([target, extra]));
  const files = readdirSync(join(ROOT, "assembly"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => join("assembly", file));
  const compiler = "node_modules/assemblyscript/package.json";
  for (const file of [compiler, "asconfig.json", ...BUILD_FILES, ...files]) {
    hash.update(`${file}\0`).update(readFileSync(join(ROOT, file))).update("\0");
  }
  return hash.digest("hex");
}

/** Whoever reads the file at the same time sees the old one or the new one, never a part. */
function writeWhole(file: string, data: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.part`;
  writeFileSync(temporary, data);
  renameSync(temporary, file);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const argv = process.argv.slice(2);
  const unknown = argv.find((word) => !["--debug", "--force", "--small"].includes(word));
  if (unknown !== undefined) {
    console.error(`build: unknown option ${unknown}; there are --debug, --force and --small`);
    process.exit(2);
  }
  try {
    await build({
      debug: argv.includes("--debug"), force: argv.includes("--force"),
      small: argv.includes("--small"),
    });
  } catch (error) {
    console.error(`build: ${(error as Error).message}`);
    process.exit(1);
  }
}

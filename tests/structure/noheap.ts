/**
 * `npm run check:noheap`: compiles the core, in both products, with a runtime that has no
 * allocator. A hidden allocation (array literal, string concatenation, `new`) does not compile.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../..");

/** The compiler's complaints when `entry` is compiled without a heap; "" for none. */
export async function compileWithoutHeap(
  entry: string, options: { target?: string; baseDir?: string } = {},
): Promise<string> {
  const baseDir = options.baseDir ?? ROOT;
  const target = options.target === undefined ? [] : ["--target", options.target];
  const config = options.target === undefined ? [] : ["--config", "asconfig.json"];
  const argv = [entry, "--baseDir", baseDir, ...config, ...target, "--outFile", "none.wasm"];
  // Such a runtime gets a stack for managed values by default, more than a board has room for.
  argv.push("--runtime", runtimePath(baseDir), "--stackSize", "16");
  const result = await asc.main(argv, { writeFile: () => {} });
  return result.error ? `${result.stderr}${result.error.message}` : "";
}

/** The compiler takes it relative to its base, without the extension. */
function runtimePath(baseDir: string): string {
  const path = resolve(HERE, "runtime/none");
  return path.startsWith(`${baseDir}/`) ? path.slice(baseDir.length + 1) : path;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const target of ["motetcp", "motetcp-board"]) {
    const complaints = await compileWithoutHeap("assembly/door.ts", { target });
    if (complaints !== "") {
      console.error(`${target} needs a heap, which the core has not:\n${complaints}`);
      process.exitCode = 1;
    } else {
      console.log(`${target}: no heap needed`);
    }
  }
}

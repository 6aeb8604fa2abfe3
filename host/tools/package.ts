/**
 * Makes what `npm pack` packs (`npm run package`, and by itself before every pack): build/dist with
 * the host compiled to JavaScript and types, both modules beside it, and the files that it serves.
 * Nothing in there needs tsx, TypeScript or AssemblyScript.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.js";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const DIST = join(ROOT, "build", "dist");

/** Of the build: the modules, and the names of their functions for `motetcp audit`. */
const MODULES = ["motetcp", "motetcp-board"].flatMap((name) => [
  `${name}.wasm`, `${name}.names.json`,
]);
const COMMAND = "host/cli/main.js";

async function makePackage(): Promise<void> {
  await build();
  rmSync(DIST, { recursive: true, force: true });
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { status } = spawnSync(process.execPath, [compiler, "-p", "host"], {
    cwd: ROOT, stdio: "inherit",
  });
  if (status !== 0) throw new Error("the host does not compile; see above");
  for (const name of MODULES) cpSync(join(ROOT, "build", name), join(DIST, name));
  for (const file of assets()) cpSync(join(ROOT, file), join(DIST, file));
  if (existsSync(join(DIST, COMMAND))) chmodSync(join(DIST, COMMAND), 0o755);
}

/** Files of the command that are no code: the pages that it serves by default. */
function assets(): string[] {
  return readdirSync(join(ROOT, "host/cli"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

try {
  await makePackage();
} catch (error) {
  console.error(`package: ${(error as Error).message}`);
  process.exit(1);
}

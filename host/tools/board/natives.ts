/**
 * Functions of the core that a board has as native code: the same to the octet, but for what Wasm
 * cannot say. They are found by their names, which the build of a product writes into a file beside
 * it; a module without such a file, or with one of another module's, runs as it is.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/** By name in the core: what is called instead (host/board/runtime/wasm_module.h). */
const NATIVES: Record<string, { name: string; parameters: string[] }> = {
  "core/checksum/addOctets": { name: "memory_sum", parameters: ["u64", "u32", "u32"] },
  "core/checksum/copyAndAdd": {
    name: "memory_copy_and_sum", parameters: ["u64", "u32", "u32", "u32"],
  },
};

export interface Native {
  name: string;
  parameters: readonly string[];
}

/** The functions of this module that have a native one, by their index. */
export function nativesOf(module: string): Map<number, Native> {
  return new Map(functionNames(module).flatMap((name, index) =>
    Object.hasOwn(NATIVES, name) ? [[index, NATIVES[name]!] as const] : []));
}

/** What the functions of a product are called in the core, by their index; none: not known. */
export function functionNames(module: string): string[] {
  const path = module.replace(/\.wasm$/, ".names.json");
  if (path === module || !existsSync(path)) return [];
  const { sha256, functions } = JSON.parse(readFileSync(path, "utf8")) as {
    sha256: string; functions: string[];
  };
  const own = createHash("sha256").update(readFileSync(module)).digest("hex");
  return own === sha256 ? functions : [];
}

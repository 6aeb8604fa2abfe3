/**
 * Another Node to run the bench's subjects with: its engine compiles Wasm another way. Installed by
 * npm below build/bench/, as the program that it is, without scripts.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../../build/bench", import.meta.url));
const VERSION = /^\d+(\.\d+){0,2}$/;

/** Installs Node `version` ("24", "24.1.0"), unless it is there already. Returns its program. */
export function installNode(version: string): string {
  if (!VERSION.test(version)) {
    throw new Error(`--node ${version}: a version like 24 or 24.1.0, or "here"`);
  }
  const { platform, arch } = process;
  const name = `node-${platform === "win32" ? "win" : platform}-${arch}`;
  const folder = join(CACHE, `node-${version}`);
  const program = join(folder, "node_modules", name, "bin", "node");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const { status, stderr, error } = spawnSync("npm", [
    "install", "--prefix", folder, "--no-save", "--no-package-lock", "--ignore-scripts", "--silent",
    `${name}@${version}`,
  ], { encoding: "utf8" });
  if (status === 0 && existsSync(program)) return program;
  throw new Error(`--node ${version}: npm did not install it: ${error?.message ?? stderr.trim()}`);
}

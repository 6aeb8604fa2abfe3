/**
 * The programs that a firmware is made and run with. Those that are not npm's are named with the
 * Debian package that has them.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./description.js";

/** A program, and the Debian package that has it. */
const PACKAGES: Record<string, string> = {
  "arm-none-eabi-gcc": "gcc-arm-none-eabi",
  "arm-none-eabi-nm": "binutils-arm-none-eabi",
  "qemu-system-arm": "qemu-system-arm",
  "ip": "iproute2",
};

/** What is needed to make a firmware. */
export function compilerTools({ toolchain }: { toolchain: string }): string[] {
  return [`${toolchain}-gcc`, `${toolchain}-nm`];
}

/** Why something cannot be done here: the programs that are missing. False: it can. */
export function toolsMissing(programs: readonly string[]): string | false {
  const missing = programs.filter((name) => spawnSync("which", [name]).status !== 0);
  if (missing.length === 0) return false;
  const packages = [...new Set(missing.map((name) => PACKAGES[name] ?? name))];
  return `needs ${missing.join(", ")}: apt-get install -y --no-install-recommends ` +
    packages.join(" ");
}

/** Throws when one is missing. */
export function requireTools(programs: readonly string[]): void {
  const missing = toolsMissing(programs);
  if (missing !== false) throw new Error(missing);
}

/** npm's wasm2c: it is there without any package of the system, and always the same. */
export function wasm2c(module: string, name: string, output: string): void {
  const script = join(ROOT, "node_modules/wabt/bin/wasm2c");
  if (!existsSync(script)) throw new Error("needs the npm package wabt: npm install");
  const words = [script, "--no-debug-names", "-n", name, "-o", output, module];
  run(process.execPath, words);
}

/** Runs a program to its end, and gives what it printed. Throws with all that it said. */
export function run(program: string, words: readonly string[], cwd = ROOT): string {
  try {
    return execFileSync(program, [...words], {
      cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 28,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} failed\n${stdout}${stderr}`);
  }
}

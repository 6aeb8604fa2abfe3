/** A user's project: a folder with the package in node_modules, where the compiler is run. */
import { spawnSync } from "node:child_process";
import {
  cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const COMPILER = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
const PATIENCE_MS = 120_000;

export type Target = "node" | "board" | "small";

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "motetcp-project-"));

  /** `from`: a folder of the repository to begin with. */
  constructor(from?: string) {
    mkdirSync(join(this.folder, "node_modules"));
    symlinkSync(ROOT, join(this.folder, "node_modules/motetcp"));
    if (from !== undefined) cpSync(join(ROOT, from), this.folder, { recursive: true });
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** Compiles as a user does. Throws with the compiler's messages. */
  compile(target: Target, ...options: string[]): Uint8Array {
    const out = `build/${target}.wasm`;
    const argv = [COMPILER, "--target", target, "--outFile", out, ...options];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
      cwd: this.folder, encoding: "utf8", timeout: PATIENCE_MS,
    });
    if (status !== 0) throw new Error(`asc ${argv.slice(1).join(" ")}:\n${stdout}${stderr}`);
    return readFileSync(join(this.folder, out));
  }

  /** Writes the first blocks of AssemblyScript and JSON of a page, as a reader does. */
  follow(page: string): void {
    const text = readFileSync(join(ROOT, page), "utf8");
    const block = (kind: string) => new RegExp("```" + kind + "\\n([^]*?)```").exec(text)![1]!;
    this.write("firmware.ts", block("ts"));
    this.write("asconfig.json", block("json"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
